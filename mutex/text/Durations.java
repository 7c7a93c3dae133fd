package mutex.text;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lengths of time: the one way to read them and the one way to write them, for options, shell, trace and messages. */
public final class Durations {

    /** ASCII digits only, no sign and no exponent: what a person is sure to read as the program does. */
    private static final Pattern FORM = Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{0,9})?|\\.[0-9]{1,9})(ms|s|m|h|)");
    private static final double SECOND = 1e9;

    private Durations() {}

    /**
     * Reads seconds, as {@code 5} or {@code 0.5}, or a number with a unit: {@code 300ms}, {@code 5s}, {@code 2m}, {@code 1h}.
     *
     * @return milliseconds; negative when the text is no length of time
     */
    public static double millis(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return -1;
        }
        return Double.parseDouble(form.group(1)) * switch (form.group(2)) {
            case "ms" -> 1;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            default -> 1_000;
        };
    }

    /**
     * A length of time for people, three digits up to a minute: {@code 0.43 ms}, {@code 302 ms}, {@code 2.15 s},
     * {@code 1 min 30 s}, {@code 2 h 5 min}. Negative where two clocks disagree. The page's {@code lengthOf} writes the same.
     */
    public static String say(long nanos) {
        if (nanos < 0) {
            return "-" + say(-nanos);
        } else if (nanos < 0.9995 * SECOND) {
            return threeDigits(nanos / 1e6) + " ms";
        } else if (nanos < 59.95 * SECOND) {
            return threeDigits(nanos / SECOND) + " s";
        }
        long seconds = Math.round(nanos / SECOND);
        return seconds < 3_600 ? two(seconds / 60, " min", seconds % 60, " s")
                : two(seconds / 3_600, " h", seconds / 60 % 60, " min");
    }

    /** The same, of milliseconds. */
    public static String sayMillis(long millis) {
        return say(millis * 1_000_000);
    }

    /** The same, of microseconds. */
    public static String sayMicros(long micros) {
        return say(micros * 1_000);
    }

    private static String threeDigits(double value) {
        int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
        String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
        return decimals == 0 ? text : text.replaceFirst("\\.?0+$", "");
    }

    private static String two(long many, String unit, long more, String smaller) {
        return many + unit + (more == 0 ? "" : " " + more + smaller);
    }
}
