package mutex.node;

/** Text of others as it may be printed: not endless, and never moving a terminal's cursor. */
public final class Printable {

    private Printable() {}

    /** The text without control characters and bytes that are no character. */
    public static String of(String text) {
        return text.replaceAll("[\\p{Cntrl}\\x80-\\x9f\\ufffd]", "?");
    }

    /** A length of time, such as 2.5 s or 11 s. */
    public static String seconds(long nanos) {
        long tenths = nanos / 100_000_000;
        return (tenths >= 100 || tenths % 10 == 0 ? String.valueOf(tenths / 10) : tenths / 10 + "." + tenths % 10) + " s";
    }

    /** The text without them, cut after so many characters. */
    public static String of(String text, int most) {
        return of(text.length() > most ? text.substring(0, most) + "..." : text);
    }
}
