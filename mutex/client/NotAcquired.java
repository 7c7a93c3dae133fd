package mutex.client;

/** A request for a lock came to nothing; the message says in one line why. */
public final class NotAcquired extends Exception {

    private static final long serialVersionUID = 1;

    /** Why in general. */
    public enum Cause {
        /** The wait ran out. */
        TIMEOUT,
        /** It would have had to wait, and was not to. */
        REFUSED,
        /** The peer takes no more locks. */
        FULL,
        /** The peer cannot be reached, is leaving, or may not use locks now; a try: another member does not answer. */
        UNREACHABLE
    }

    private final Cause kind;

    NotAcquired(Cause kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Cause kind() {
        return kind;
    }
}
