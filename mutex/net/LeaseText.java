package mutex.net;

/** The lease as people write and read it; in milliseconds, 0 when it is off. */
public final class LeaseText {

    public static final long SHORTEST = 200;
    public static final long LONGEST = 600_000;

    /** What becomes of a group that is too small for it. */
    public static final String OF_TWO = "two peers with a lease: each stops when the other is silent; "
            + "a lease of 0 waits instead, three peers go on";

    private LeaseText() {}

    /** {@code lease 5 s}, {@code lease off}. */
    public static String say(long millis) {
        return "lease " + (millis == 0 ? "off" : time(millis));
    }

    public static String time(long millis) {
        return millis < 1_000 ? millis + " ms"
                : millis % 60_000 == 0 ? millis / 60_000 + " min"
                : millis % 1_000 == 0 ? millis / 1_000 + " s" : millis / 1e3 + " s";
    }
}
