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
     * @param width the most columns of a piece; without escape sequences each character is one
     */
    public static List<String> lines(String line, int width) {
        List<String> pieces = new ArrayList<>();
        int indent = Math.min(line.length() - line.stripLeading().length(), width / 2);
        String hanging = " ".repeat(indent + HANGING);
        String rest = line;
        while (rest.length() > width) {
            int from = pieces.isEmpty() ? indent : hanging.length();
            int at = rest.lastIndexOf(' ', width);
            if (at <= from) {
                at = rest.indexOf(' ', Math.max(from, width));
            }
            if (at < 0 || rest.substring(at).isBlank()) {
                break;
            }
            pieces.add(rest.substring(0, at).stripTrailing());
            rest = hanging + rest.substring(at).strip();
        }
        pieces.add(rest);
        return pieces;
    }
}
