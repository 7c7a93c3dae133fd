package mutex.client;

/** A request for a lock came to nothing; the message says in one line why. */
public final class NotAcquired extends Exception {

    private static final long serialVersionUID = 1;

    /** Why in general. */
    public enum Cause {
        /** The wait ran out. */
        TIMEOUT,
        /** It would have had to wait, and was not to; or the peer takes no more requests. */
        REFUSED,
        /** The peer cannot be reached, or is leaving. */
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
