package mutex.group;

/** G8: how a change goes that somebody asked for: since when, how often it began anew, and why. */
final class Attempts {

    private static final long AT_LEAST = 60_000_000_000L;
    private static final int LEASES = 12;

    private final long endAt; // nanoseconds
    private int failed;
    private String last = ""; // why it began anew
    private boolean withdrawn; // by its asker, while it was proposed

    Attempts(long lease, long now) {
        endAt = now + within(lease);
    }

    /** So long a change may take that somebody asked for, in nanoseconds. */
    static long within(long lease) {
        return Math.max(AT_LEAST, LEASES * lease);
    }

    long endAt() {
        return endAt;
    }

    void failed(String why) {
        failed++;
        last = why;
    }

    void withdraw() {
        withdrawn = true;
    }

    boolean withdrawn() {
        return withdrawn;
    }

    /** {@code , begun anew 3 times, the last time as ...}; empty if it was not. */
    @Override
    public String toString() {
        return failed == 0 ? "" : ", begun anew " + (failed == 1 ? "once" : failed + " times") + ", the last time as " + last;
    }
}
