package mutex.text;

import java.time.Duration;

/** The lease as people write and read it; in milliseconds, 0 when it is off. */
public final class LeaseText {

    private static final Duration SHORTEST = Duration.ofMillis(200);
    private static final Duration LONGEST = Duration.ofMinutes(10);

    /** What becomes of a group that is too small for it. */
    public static final String OF_TWO = "two peers with a lease: each stops when the other is silent; "
            + "a lease of 0 waits instead, three peers go on";

    private LeaseText() {}

    /** Whether a lease that is on may be so long: 200 ms to 10 min. */
    public static boolean allows(Duration lease) {
        return lease.compareTo(SHORTEST) >= 0 && lease.compareTo(LONGEST) <= 0;
    }

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
