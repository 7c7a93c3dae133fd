package mutex.algorithm;

/** What peers say to each other about one lock. */
public sealed interface Message {

    /** The request that is made or answered; null where none is. */
    default Stamp stamp() {
        return null;
    }

    /** Whether it makes or answers a request, and has a stamp; the others are about the token of a ring. */
    default boolean ofRequest() {
        return this instanceof Request || this instanceof Permission || this instanceof Refusal;
    }

    /**
     * REQUEST: "may I enter?"
     *
     * @param attempt a try (rule C6): whoever would defer it answers {@link Refusal} and forgets it
     */
    record Request(Stamp stamp, boolean attempt) implements Message {
        @Override
        public String toString() {
            return (attempt ? "TRY " : "REQUEST ") + stamp;
        }
    }

    /** PERMISSION: "as far as I am concerned, this request may enter." */
    record Permission(Stamp stamp) implements Message {
        @Override
        public String toString() {
            return "PERMISSION " + stamp;
        }
    }

    /**
     * REFUSED: the answer to a try that would have had to wait.
     *
     * @param held whoever answers holds the lock; else it only asked first
     */
    record Refusal(Stamp stamp, boolean held) implements Message {

        /** Of one that asked first. */
        public Refusal(Stamp stamp) {
            this(stamp, false);
        }

        @Override
        public String toString() {
            return (held ? "REFUSED-HELD " : "REFUSED ") + stamp;
        }
    }

    /**
     * TOKEN: who has it may enter.
     *
     * @param generation how many tokens there have been, with this one
     * @param hops how often it has been passed on, this time included
     * @param quiet how often since anybody wanted it
     */
    record Token(long generation, long hops, int quiet) implements Message {
        @Override
        public String toString() {
            return "TOKEN " + generation + "." + hops + "." + quiet;
        }
    }

    /**
     * CENSUS: "vow to discard every token older than this generation", as a new one is to be made.
     *
     * @param number of the question; the answer names it
     */
    record Census(long generation, long number) implements Message {
        @Override
        public String toString() {
            return "CENSUS " + generation + "#" + number;
        }
    }

    /**
     * VOW: the answer to a census.
     *
     * @param highest generation seen or vowed before; the vow is only good if it is lower than that of the census
     */
    record Vow(long number, long highest) implements Message {
        @Override
        public String toString() {
            return "VOW " + highest + "#" + number;
        }
    }
}
