package mutex.trace;

import java.util.Locale;

/** Lengths of time for people. */
final class DurationText {

    private DurationText() {}

    /** {@code 0.43 ms}, {@code 302.1 ms}, {@code 2.15 s}, {@code 12 min}; negative where two clocks disagree. */
    static String say(long micros) {
        double millis = micros / 1e3;
        double size = Math.abs(millis);
        return size < 10 ? String.format(Locale.ROOT, "%.2f ms", millis)
                : size < 1_000 ? String.format(Locale.ROOT, "%.1f ms", millis)
                : size < 120_000 ? String.format(Locale.ROOT, "%.2f s", millis / 1e3)
                : String.format(Locale.ROOT, "%.0f min", millis / 60e3);
    }
}
