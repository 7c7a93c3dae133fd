package mutex.status;

import java.util.List;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.LockMode;
import mutex.algorithm.Mode;
import mutex.algorithm.RicartAgrawala;
import mutex.text.LockName;
import mutex.text.Printable;

/** The locks that a person or program asks for together, and whether it may. */
public final class AskedLocks {

    private AskedLocks() {}

    /**
     * What is written as {@code a,b:shared,gpu:2/8}.
     *
     * @param otherwise the mode of those without one of their own
     * @throws IllegalArgumentException in one line when it is no such list, or a name is not legal
     */
    public static List<LockMode> parse(String text, Mode otherwise) {
        try {
            return check(LockMode.parse(text, otherwise));
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(Printable.brief(wrong.getMessage()), wrong);
        }
    }

    /**
     * The same locks, if one request may name them.
     *
     * @throws IllegalArgumentException in one line when it may not: a name is not legal, one stands twice, they are too many or none
     */
    public static List<LockMode> check(List<LockMode> locks) {
        if (locks.size() <= LockMode.MOST) {
            locks.forEach(one -> LockName.check(one.lock()));
        }
        return LockMode.check(locks);
    }

    /**
     * The same locks, if peers with that algorithm can give them.
     *
     * @throws IllegalArgumentException in one line when they cannot, which names the algorithm that can
     */
    public static List<LockMode> check(List<LockMode> locks, AlgorithmKind algorithm) {
        check(locks);
        if (!LockMode.plain(locks) && !algorithm.worksWithModes()) {
            throw new IllegalArgumentException("this group runs " + algorithm.name() + ", which takes one exclusive lock a request; "
                    + (locks.size() > 1 ? "several locks" : "mode " + locks.get(0).mode()) + " needs peers with --algorithm " + RicartAgrawala.NAME);
        }
        return locks;
    }
}
