package mutex.algorithm;

/**
 * How a request wants its lock, and thereby what may be inside together with it (docs/protocol.md, "Kinds of lock").
 * Exclusive requests alone are plain Ricart-Agrawala.
 */
public sealed interface Mode {

    Mode EXCLUSIVE = new Exclusive();
    Mode SHARED = new OfKind("");

    /** The size of a pool at most. */
    long MOST_UNITS = 1_000_000;

    /** More than there is room for in any mode. */
    long EVERYTHING = MOST_UNITS + 1;

    /** Alone. */
    record Exclusive() implements Mode {
        @Override
        public String toString() {
            return "exclusive";
        }
    }

    /**
     * Together with the same kind: readers (the kind without a name), or whatever else goes together.
     *
     * @param kind empty: shared
     */
    record OfKind(String kind) implements Mode {
        @Override
        public long use(Mode asked) {
            return equals(asked) ? 0 : EVERYTHING;
        }

        @Override
        public String toString() {
            return kind.isEmpty() ? "shared" : "kind " + kind;
        }
    }

    /** A part of a pool: a semaphore. */
    record Units(long take, long of) implements Mode {

        /** @throws IllegalArgumentException in one line when they are not 1 &lt;= take &lt;= of &lt;= {@link #MOST_UNITS} */
        public Units {
            if (take < 1 || take > of || of > MOST_UNITS) {
                throw new IllegalArgumentException(take + "/" + of + " is not W/K with 1 <= W <= K <= " + MOST_UNITS);
            }
        }

        @Override
        public long room() {
            return of - take;
        }

        @Override
        public long use(Mode asked) {
            return asked instanceof Units units && units.of == of ? take : EVERYTHING;
        }

        @Override
        public String toString() {
            return take + "/" + of;
        }
    }

    /** How much others may use of what this mode asks for. */
    default long room() {
        return 0;
    }

    /** What a hold or a wish of this mode uses of what the other asks for. */
    default long use(Mode asked) {
        return EVERYTHING;
    }
}
