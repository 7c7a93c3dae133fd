package mutex.text;

import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations as people write and read them: {@code 300ms}, {@code 5s} or {@code 5}, {@code 2m}, {@code 1h}. */
public final class Durations implements ITypeConverter<Duration> {

    private static final Duration LONGEST = Duration.ofDays(365);

    @Override
    public Duration convert(String text) {
        double millis = Length.millis(text);
        if (millis < 0) {
            throw new TypeConversionException(Usage.quoted(text) + " is not a duration, e.g. 300ms, 5s, 2m or 1h");
        }
        if (millis > LONGEST.toMillis()) {
            throw new TypeConversionException(Usage.quoted(text) + " is longer than a year");
        }
        return Duration.ofNanos((long) (millis * 1_000_000));
    }

    /** A length of time for people: {@code 0.4 ms}, {@code 2.1 s}, {@code 5 min}. */
    public static String say(long nanos) {
        if (nanos < 1_000_000_000L) {
            return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
        }
        return nanos < 120_000_000_000L ? String.format(Locale.ROOT, "%.1f s", nanos / 1e9) : nanos / 60_000_000_000L + " min";
    }
}
