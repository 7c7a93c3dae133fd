package mutex.node;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import mutex.algorithm.Algorithm;
import mutex.algorithm.Algorithm.Timed;
import mutex.algorithm.Algorithm.TokenBased;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.Suspects;
import mutex.text.LockName;

/** The locks that this peer knows, by name: made when first spoken of, forgotten when nobody here needs to remember them. */
final class LockTable {

    private final int self;
    private final int most; // L2, in use here at once: another peer never has to remember more of our requests
    private final AlgorithmKind algorithms;
    private final Suspects suspects;
    private final SortedMap<String, NamedLock> locks = new TreeMap<>();
    private final List<NamedLock> tended = new ArrayList<>(); // with a token or a timer
    private final Set<NamedLock> kept = new LinkedHashSet<>(); // that nobody here wants, but that have something to remember

    LockTable(int self, int most, AlgorithmKind algorithms, Suspects suspects) {
        this.self = self;
        this.most = most;
        this.algorithms = algorithms;
        this.suspects = suspects;
    }

    Collection<NamedLock> all() {
        return locks.values();
    }

    /** As they are now: what is done to one may forget it. */
    List<NamedLock> copy() {
        return List.copyOf(locks.values());
    }

    /** Those with a token or a timer. */
    List<NamedLock> tended() {
        return tended;
    }

    /** Null when there is none. */
    NamedLock find(String name) {
        return locks.get(name);
    }

    /** @param others the other members; null before there is a group */
    NamedLock lock(String name, Set<Integer> others) {
        NamedLock known = locks.get(name);
        return known != null ? known : make(name, others == null ? Set.of() : others);
    }

    /** The group's own locks run Ricart-Agrawala in any case. */
    private NamedLock make(String name, Set<Integer> others) {
        Algorithm algorithm = LockName.reserved(name) ? new RicartAgrawala(self, others) : algorithms.make(self, others);
        NamedLock lock = new NamedLock(name, algorithm);
        locks.put(name, lock);
        if (algorithm instanceof TokenBased || algorithm instanceof Timed) {
            tended.add(lock);
        }
        return lock;
    }

    /** Whether there is room for those that are new among them, at the cost of forgetting others that can be dropped. */
    boolean hasRoomFor(List<NamedLock> wanted) {
        return locks.size() <= most || wanted.stream().noneMatch(lock -> lock.unused() && !LockName.reserved(lock.name)) || forgetAllBut(wanted);
    }

    /** How many may be in use here at once. */
    int most() {
        return most;
    }

    /** P4: makes room; whether there is enough. What is forgotten costs messages when it is wanted again. */
    private boolean forgetAllBut(List<NamedLock> wanted) {
        kept.stream().filter(lock -> !wanted.contains(lock) && lock.unused() && lock.algorithm.droppable()).toList().forEach(this::forget);
        return locks.size() <= most;
    }

    /** To be asked whenever something was done to the lock. */
    void forgetIfIdle(NamedLock lock) {
        if (lock.idle()) {
            forget(lock);
        } else if (lock.unused()) {
            kept.add(lock);
        } else if (!kept.isEmpty()) {
            kept.remove(lock);
        }
    }

    private void forget(NamedLock lock) {
        locks.remove(lock.name);
        tended.remove(lock);
        if (!kept.isEmpty()) {
            kept.remove(lock);
        }
        suspects.forget(lock.name);
    }
}
