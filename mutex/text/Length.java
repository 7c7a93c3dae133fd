package mutex.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lengths of time as people write them, the same everywhere: seconds, as 5 or 0.5, or with a unit: 300ms, 5s, 2m, 1h. */
public final class Length {

    /** ASCII digits only, no sign and no exponent: what a person is sure to read as the program does. */
    private static final Pattern FORM = Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{0,9})?|\\.[0-9]{1,9})(ms|s|m|h|)");

    private Length() {}

    /** Its milliseconds; negative when the text is none. */
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
}
