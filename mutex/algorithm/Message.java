package mutex.algorithm;

/** What peers say to each other about one lock. Each names the request it is about by its stamp. */
public sealed interface Message {

    /** The request that is made or answered. */
    Stamp stamp();

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

    /** REFUSED: the answer to a try that would have had to wait. */
    record Refusal(Stamp stamp) implements Message {
        @Override
        public String toString() {
            return "REFUSED " + stamp;
        }
    }
}
