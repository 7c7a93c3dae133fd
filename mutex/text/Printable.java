package mutex.text;

import java.util.HexFormat;
import java.util.regex.Pattern;

/** Text of others as it may be printed: not endless, never moving a terminal's cursor or turning the order of its characters. */
public final class Printable {

    /** Controls, what has no shape of its own such as U+202E, which shows a name backwards, ends of lines, halves of characters. */
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\p{Zl}\\p{Zp}\\ufffd]");
    private static final int MOST_BRIEF = 1_000;
    private static final int MOST_QUOTED = 80;
    private static final HexFormat HEX = HexFormat.of();

    private Printable() {}

    /** The text with a question mark for each character that is not to be printed. */
    public static String of(String text) {
        return UNPRINTABLE.matcher(text).replaceAll("?");
    }

    /** JSON, where such characters stand in strings only, without any beyond ASCII. */
    public static String json(String json) {
        StringBuilder ascii = new StringBuilder(json.length());
        for (char c : json.toCharArray()) {
            if (c < 127) {
                ascii.append(c);
            } else {
                ascii.append("\\u").append(HEX.toHexDigits(c));
            }
        }
        return ascii.toString();
    }

    /** A text that another peer sent, as it is shown in a line: without them, and not endless. */
    public static String brief(String text) {
        return of(text, MOST_BRIEF);
    }

    /** A word that somebody typed, in quotes, as a message shows it. */
    public static String quoted(String word) {
        return "\"" + of(String.valueOf(word), MOST_QUOTED) + "\"";
    }

    /** The text without them, cut after so many characters. */
    public static String of(String text, int most) {
        return of(text.length() > most ? text.substring(0, most) + "..." : text);
    }
}
