package mutex.algorithm;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** An algorithm to choose, and what others may rely on in it. All peers of a group run the same. */
public interface AlgorithmKind {

    /** What it takes to enter: by this the logs of all peers are judged, besides one holder at a time and rising fences. */
    enum EntryRule {
        /** A new permission of every other member: entries come in the order of stamps, by 2(N-1) messages each. */
        PERMISSIONS,
        /** The permission of every other member, which lasts until it is given back: up to 2(N-1) messages. */
        KEPT_PERMISSIONS,
        /** The one token of the lock. */
        TOKEN,
        /** Something else, of which nothing is checked. */
        OTHER;

        /** Whether every other member is asked; then entries can do without those that the group counts as absent. */
        public boolean ofPermissions() {
            return this == PERMISSIONS || this == KEPT_PERMISSIONS;
        }
    }

    /** Every algorithm, the default first; a new one gets a line here. */
    static List<AlgorithmKind> all() {
        return List.of(
                RicartAgrawala.KIND,
                RoucairolCarvalho.KIND,
                TokenRing.KIND);
    }

    /** An algorithm without settings. */
    static AlgorithmKind of(String name, EntryRule rule, BiFunction<Integer, Set<Integer>, Algorithm> maker) {
        return new AlgorithmKind() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public EntryRule entryRule() {
                return rule;
            }

            @Override
            public Algorithm make(int self, Set<Integer> others) {
                return maker.apply(self, others);
            }

            @Override
            public String toString() {
                return name;
            }
        };
    }

    /** As {@code --algorithm} takes it, and as peers compare it. */
    String name();

    EntryRule entryRule();

    /**
     * The algorithm of one lock.
     *
     * @param self id of this peer
     * @param others ids of the other members; may be shared, is never changed
     */
    Algorithm make(int self, Set<Integer> others);

    /** Whether a lease goes with it: entries then do without absent members. */
    default boolean worksWithLease() {
        return entryRule().ofPermissions();
    }

    /** Whether locks can be had in other modes than exclusive, and several by one request. */
    default boolean worksWithModes() {
        return entryRule() == EntryRule.PERMISSIONS;
    }

    /** For the log: the name, and behind it what else there is to choose; {@link #parse} makes the same again. */
    default String text() {
        return name();
    }

    /**
     * The same algorithm with other settings.
     *
     * @param words of {@link #text}, behind the name
     */
    default AlgorithmKind with(List<String> words) {
        return this;
    }

    /** The names that {@code --algorithm} takes, the default first. */
    static List<String> names() {
        return all().stream().map(AlgorithmKind::name).toList();
    }

    /** Of the algorithm with that name, with the usual settings; empty when this version knows none. */
    static Optional<AlgorithmKind> find(String name) {
        return all().stream().filter(kind -> kind.name().equals(name)).findFirst();
    }

    /**
     * With the usual settings.
     *
     * @throws IllegalArgumentException when it is none of {@link #names}
     */
    static AlgorithmKind named(String name) {
        return find(name).orElseThrow(() ->
                new IllegalArgumentException("algorithm \"" + name + "\" is none of " + String.join(", ", names())));
    }

    /**
     * The inverse of {@link #text}.
     *
     * @throws IllegalArgumentException when it is of no algorithm that this version knows
     */
    static AlgorithmKind parse(String text) {
        List<String> words = List.of(text.split(" "));
        return named(words.get(0)).with(words.subList(1, words.size()));
    }
}
