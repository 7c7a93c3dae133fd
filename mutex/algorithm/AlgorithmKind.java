package mutex.algorithm;

import java.util.List;
import java.util.Set;

/** Makes the algorithm of each lock at a peer. All peers of a group run the same. */
@FunctionalInterface
public interface AlgorithmKind {

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

    /** For the log: the name, and behind it what else there is to choose; {@link #of} makes the same again. */
    default String text() {
        return name();
    }

    /** @throws IllegalArgumentException when the text is of no algorithm that this version knows */
    static AlgorithmKind of(String text) {
        String name = text.split(" ")[0];
        return name.equals(TokenRing.NAME) ? RingKind.of(text) : named(name);
    }

    /**
     * With what is usual where there is something to choose.
     *
     * @param name one of {@link #NAMES}
     * @throws IllegalArgumentException when it is none of them
     */
    static AlgorithmKind named(String name) {
        return switch (name) {
            case RicartAgrawala.NAME -> RicartAgrawala::new;
            case RoucairolCarvalho.NAME -> RoucairolCarvalho.LOCKS;
            case TokenRing.NAME -> TokenRing.locks(TokenRing.PACE, false);
            default -> throw new IllegalArgumentException("algorithm \"" + name + "\" is none of " + String.join(", ", NAMES));
        };
    }
}
