package mutex.text;

/** The lease as people write and read it; in milliseconds, 0 when it is off. */
public final class LeaseText {

    /** What becomes of a group that is too small for it. */
    public static final String OF_TWO = "two peers with a lease: each stops when the other is silent; "
            + "without a lease it would wait, and of three peers two go on";

    private LeaseText() {}

    /** {@code lease 5 s}, {@code lease off}; never rounded, as two that differ are compared. */
    public static String say(long millis) {
        return "lease " + (millis == 0 ? "off" : millis < 1_000 || millis % 100 == 0 ? Durations.sayMillis(millis) : millis + " ms");
    }
}
