package mutex.text;

import java.util.ArrayList;
import java.util.List;

/** Breaks lines between words, for people: a terminal does it anywhere. */
public final class WordWrap {

    private static final int HANGING = 2; // columns by which what follows is indented, so that it is seen to follow

    private WordWrap() {}

    /**
     * The line in pieces, the first one as it begins; a word that does not fit is left whole.
     *
     * @param width the most columns of a piece
     */
    public static List<String> lines(String line, int width) {
        return lines(line, width, line.length() - line.stripLeading().length() + HANGING);
    }

    /**
     * The same, with what follows indented by so many columns: there the text of a row begins, beside a time, say.
     *
     * @param hanging at most half the width is used
     */
    public static List<String> lines(String line, int width, int hanging) {
        List<String> pieces = new ArrayList<>();
        int indent = line.length() - line.stripLeading().length();
        String before = " ".repeat(Math.min(hanging, width / 2));
        String rest = line;
        for (int fits = DisplayWidth.fitting(rest, width); fits < rest.length(); fits = DisplayWidth.fitting(rest, width)) {
            int from = pieces.isEmpty() ? indent : before.length();
            int at = rest.lastIndexOf(' ', fits);
            if (at <= from) {
                at = rest.indexOf(' ', Math.max(from, fits));
            }
            if (at < 0 || rest.substring(at).isBlank()) {
                break;
            }
            pieces.add(rest.substring(0, at).stripTrailing());
            rest = before + rest.substring(at).strip();
        }
        pieces.add(rest);
        return pieces;
    }
}
