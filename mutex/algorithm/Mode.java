package mutex.algorithm;

import java.util.regex.Pattern;

/**
 * How a request wants its lock, and thereby who may be inside together with it. Exclusive requests alone are plain
 * Ricart-Agrawala.
 *
 * <p>Source: protocol.md, K1.
 */
public sealed interface Mode {

    Mode EXCLUSIVE = Plain.ALONE;
    Mode SHARED = Plain.TOGETHER;

    /** The size of a pool at most. */
    long MOST_UNITS = 1_000_000;

    /** More than there is room for in any mode. */
    long EVERYTHING = MOST_UNITS + 1;

    /** Those that nothing needs to be said of. Not records: these would make a start of {@code lock} slower by 20 ms. */
    enum Plain implements Mode {

        /** Beside nobody. */
        ALONE {
            @Override
            public String toString() {
                return "exclusive";
            }
        },

        /** Beside all others that are shared: readers. */
        TOGETHER {
            @Override
            public long use(Mode asked) {
                return asked == this ? 0 : EVERYTHING;
            }

            @Override
            public String toString() {
                return "shared";
            }
        }
    }

    /** Together with all others of the same kind: group mutual exclusion. */
    record OfKind(String kind) implements Mode {

        private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9._-]{1,32}");

        /** @throws IllegalArgumentException in one line when the name is none */
        public OfKind {
            if (!LEGAL.matcher(kind).matches()) {
                throw new IllegalArgumentException("a kind is 1 to 32 of A-Z a-z 0-9 . _ -");
            }
        }

        @Override
        public long use(Mode asked) {
            return equals(asked) ? 0 : EVERYTHING;
        }

        @Override
        public String toString() {
            return "kind=" + kind;
        }
    }

    /** A part of a pool: a semaphore. */
    record Units(long take, long of) implements Mode {

        /** @throws IllegalArgumentException in one line unless 1 &lt;= take &lt;= of &lt;= {@link #MOST_UNITS} */
        public Units {
            if (take < 1 || take > of || of > MOST_UNITS) {
                throw new IllegalArgumentException(take + "/" + of + " is not W/K, W of K units, with 1 <= W <= K <= " + MOST_UNITS);
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
        public Mode plus(Mode other) {
            return new Units(take + ((Units) other).take, of);
        }

        @Override
        public Mode minus(Mode other) {
            return new Units(take - ((Units) other).take, of);
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

    /** What holds of this mode and of the other, which go together, use between them: the same as one of that mode. */
    default Mode plus(Mode other) {
        return this;
    }

    /** What is left when one of that mode ends, and others stay: the inverse of {@link #plus}. */
    default Mode minus(Mode other) {
        return this;
    }

    /** Behind a stamp or a word, such as {@code " shared"}; empty where it is exclusive, which goes without saying. */
    default String suffix() {
        return equals(EXCLUSIVE) ? "" : " " + this;
    }

    /** Whether the two can never be inside together. */
    default boolean excludes(Mode other) {
        return use(other) > other.room();
    }

    /** Whether that is meant as a mode: it is one, or nearly. */
    static boolean looksLikeOne(String text) {
        return text.equals("exclusive") || text.equals("shared") || text.contains("=") || text.matches("-?\\d+/-?\\d+");
    }

    /**
     * The inverse of toString.
     *
     * @throws IllegalArgumentException in one line when it is none
     */
    static Mode parse(String text) {
        if (text.matches("\\d{1,9}/\\d{1,9}")) {
            int slash = text.indexOf('/');
            return new Units(Long.parseLong(text.substring(0, slash)), Long.parseLong(text.substring(slash + 1)));
        } else if (text.startsWith("kind=")) {
            return new OfKind(text.substring("kind=".length()));
        }
        return switch (text) {
            case "exclusive" -> EXCLUSIVE;
            case "shared" -> SHARED;
            default -> throw new IllegalArgumentException("\"" + text + "\" is none of exclusive, shared, kind=NAME, W/K");
        };
    }
}
