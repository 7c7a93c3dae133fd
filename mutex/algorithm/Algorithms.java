package mutex.algorithm;

import java.util.List;
import java.util.Set;

/** Makes the algorithm of each lock at a peer. All peers of a group run the same. */
@FunctionalInterface
public interface Algorithms {

    /** The names that {@code --algorithm} takes, the default first. */
    List<String> NAMES = List.of(RicartAgrawala.NAME, RoucairolCarvalho.NAME, TokenRing.NAME);

    /**
     * The algorithm of one lock.
     *
     * @param self id of this peer
     * @param others ids of the other members; may be shared, is never changed
     */
    Algorithm make(int self, Set<Integer> others);

    /** As peers compare it. */
    default String name() {
        return RicartAgrawala.NAME;
    }
}
