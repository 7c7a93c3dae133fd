package mutex.shell;

import java.time.Duration;
import mutex.text.Durations;
import mutex.text.Printable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the value of an option that is a length of time; a year at most. */
public final class DurationConverter implements ITypeConverter<Duration> {

    private static final Duration LONGEST = Duration.ofDays(365);

    @Override
    public Duration convert(String text) {
        double millis = Durations.millis(text);
        if (millis < 0) {
            throw new TypeConversionException(Printable.quoted(text) + " is not a duration, e.g. 300ms, 5s, 2m or 1h");
        }
        if (millis > LONGEST.toMillis()) {
            throw new TypeConversionException(Printable.quoted(text) + " is longer than a year");
        }
        return Duration.ofNanos((long) (millis * 1_000_000));
    }
}
