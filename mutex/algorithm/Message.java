package mutex.algorithm;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What peers say to each other about one lock. */
public sealed interface Message {

    /** The request that is made or answered; null where none is. */
    default Stamp stamp() {
        return null;
    }

    /** Whether it makes or answers a request, and has a stamp; the others are about a token. */
    default boolean ofRequest() {
        return stamp() != null;
    }

    /** Whether it is one of those by which a request of the peer comes to be entered: an answer to it, or a token. */
    default boolean serves(int peer) {
        return stamp() != null && stamp().peer() == peer;
    }

    /**
     * REQUEST: "may I enter?"
     *
     * @param attempt a try (rule C6): whoever would defer it answers {@link Refusal} and forgets it
     * @param mode how the lock is wanted
     */
    record Request(Stamp stamp, boolean attempt, Mode mode) implements Message {

        /** For the lock alone. */
        public Request(Stamp stamp, boolean attempt) {
            this(stamp, attempt, Mode.EXCLUSIVE);
        }

        @Override
        public String toString() {
            return (attempt ? "TRY " : "REQUEST ") + stamp + mode.suffix();
        }
    }

    /**
     * PERMISSION: "as far as I am concerned, this request may enter."
     *
     * @param used how many units of the pool that it asks for are used, or were asked for before it, where it is given; else 0
     */
    record Permission(Stamp stamp, long used) implements Message {

        /** With nothing used. */
        public Permission(Stamp stamp) {
            this(stamp, 0);
        }

        @Override
        public String toString() {
            return "PERMISSION " + stamp + (used == 0 ? "" : " used " + used);
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
        public boolean serves(int peer) {
            return true;
        }

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

    /**
     * What only one algorithm says: peers that run another change nothing by it.
     *
     * @param name 1 to 32 of A to Z and {@code -}, and none of the names above
     * @param stamp the request that is made or answered; null where none is
     * @param numbers at most 256, none below 0
     */
    record Own(String name, Stamp stamp, List<Long> numbers) implements Message {

        public static final int MOST_NUMBERS = 256;
        private static final Pattern NAME = Pattern.compile("[A-Z][A-Z-]{0,31}");
        private static final Set<String> TAKEN =
                Set.of("REQUEST", "TRY", "PERMISSION", "REFUSED", "REFUSED-HELD", "TOKEN", "CENSUS", "VOW");

        /** @throws IllegalArgumentException when one is not as it should be */
        public Own {
            if (!NAME.matcher(name).matches() || TAKEN.contains(name)) {
                throw new IllegalArgumentException("message's name is not 1 to 32 of A-Z and -, or is taken");
            } else if (numbers.size() > MOST_NUMBERS || numbers.stream().anyMatch(number -> number < 0)) {
                throw new IllegalArgumentException("message's numbers are more than " + MOST_NUMBERS + ", or one is below 0");
            }
            numbers = List.copyOf(numbers);
        }

        @Override
        public boolean serves(int peer) {
            return stamp == null || stamp.peer() == peer;
        }

        /** Without the stamp, such as {@code TOKEN-OF 3.0.17}. */
        public String text() {
            return numbers.isEmpty() ? name : name + " " + numbers.stream().map(String::valueOf).collect(Collectors.joining("."));
        }

        @Override
        public String toString() {
            return stamp == null ? text() : text() + " " + stamp;
        }
    }
}
