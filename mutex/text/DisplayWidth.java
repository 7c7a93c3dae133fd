package mutex.text;

/**
 * How many columns of a terminal a text takes: two for a character of Chinese, Japanese or Korean and for an emoji, none for one that
 * is drawn over the one before, or rings the bell.
 *
 * <p>Source: W and F of https://www.unicode.org/reports/tr11/, by blocks.
 */
public final class DisplayWidth {

    /** First and last code points of blocks whose characters are wide. */
    private static final int[][] WIDE = {
        {0x1100, 0x115f}, {0x231a, 0x231b}, {0x2329, 0x232a}, {0x23e9, 0x23f3}, {0x2e80, 0x303e}, {0x3041, 0xa4cf}, {0xa960, 0xa97f},
        {0xac00, 0xd7a3}, {0xf900, 0xfaff}, {0xfe10, 0xfe19}, {0xfe30, 0xfe6f}, {0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x16fe0, 0x18aff},
        {0x1b000, 0x1b2ff}, {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f7e0, 0x1f7eb}, {0x1f900, 0x1faff}, {0x20000, 0x3fffd}};
    private static final int FIRST = WIDE[0][0];

    private DisplayWidth() {}

    /** Of a text without escape sequences. */
    public static int of(String text) {
        return text.codePoints().map(DisplayWidth::of).sum();
    }

    /** How many of its chars fit into so many columns, from the first one on. */
    public static int fitting(String text, int columns) {
        int at = 0;
        for (int used = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
            used += of(text.codePointAt(at));
            if (used > columns) {
                return at;
            }
        }
        return at;
    }

    /** The text in at most so many columns, the end given up for dots. */
    public static String cut(String text, int columns) {
        String dots = ".".repeat(Math.max(0, Math.min(3, columns - 1)));
        return of(text) <= columns ? text : text.substring(0, fitting(text, columns - dots.length())) + dots;
    }

    private static int of(int character) {
        int type = Character.getType(character);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
            return 0;
        }
        if (character >= FIRST) {
            for (int[] block : WIDE) {
                if (character >= block[0] && character <= block[1]) {
                    return 2;
                }
            }
        }
        return 1;
    }
}
