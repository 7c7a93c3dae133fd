package mutex.client;

import java.util.List;
import java.util.stream.Stream;
import mutex.algorithm.LockMode;
import mutex.algorithm.Mode;
import mutex.status.AskedLocks;

/**
 * One lock, or up to sixteen together, each with how it is wanted: what {@link Mutex#acquire(LockSet)} takes. All are
 * acquired, given back and LOST together, whatever the order in which they are named: that cannot deadlock. Made by
 * {@link Mutex#exclusive}, {@link Mutex#shared}, {@link Mutex#kind}, {@link Mutex#units} and {@link #and}; immutable.
 */
public final class LockSet {

    final List<LockMode> locks;

    private LockSet(List<LockMode> locks) {
        this.locks = AskedLocks.check(locks);
    }

    static LockSet of(String lock, Mode mode) {
        return new LockSet(List.of(new LockMode(lock, mode)));
    }

    /**
     * What the command line takes, such as {@code a,b:shared,c:kind=red,gpu:2/8}.
     *
     * @throws IllegalArgumentException in one line when it is no such text
     */
    public static LockSet parse(String text) {
        return new LockSet(AskedLocks.parse(text, Mode.EXCLUSIVE));
    }

    /**
     * These locks and the others.
     *
     * @throws IllegalArgumentException in one line when one is named twice, or there are more than sixteen
     */
    public LockSet and(LockSet others) {
        return new LockSet(Stream.concat(locks.stream(), others.locks.stream()).toList());
    }

    /** As {@link #parse} takes it. */
    @Override
    public String toString() {
        return LockMode.text(locks);
    }
}
