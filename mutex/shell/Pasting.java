package mutex.shell;

import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jline.reader.LineReader;
import org.jline.reader.Widget;
import org.jline.reader.impl.LineReaderImpl;

/**
 * What is pasted into a terminal that does not say so comes as if it were typed, only faster: it is drawn once, not once for
 * each letter, and an empty line of it is not a person who presses Enter.
 */
public final class Pasting {

    private static final int DELETE = 127; // the first character after those that stand for themselves
    private static final long AT_ONCE = 1; // milliseconds
    private static final long BEFORE_THE_PROMPT = 30; // milliseconds; it is drawn so much later, and no person has seen it sooner

    private final LineReaderImpl reader;
    private boolean ahead; // more had come before this line was asked for

    private Pasting(LineReaderImpl reader) {
        this.reader = reader;
        Map<String, Widget> widgets = reader.getWidgets();
        Widget insert = widgets.get(LineReader.SELF_INSERT);
        widgets.put(LineReader.SELF_INSERT, () -> insert.apply() && drain());
    }

    /** From now on text comes in pieces as large as they are read. */
    public static void drawnAtOnce(LineReader reader) {
        new Pasting((LineReaderImpl) reader);
    }

    /**
     * The same; and an empty line that was there before its prompt is passed over.
     *
     * @param counts whether an empty line counts all the same now
     */
    static Pasting withoutEmptyLines(LineReader reader, BooleanSupplier counts) {
        Pasting pasting = new Pasting((LineReaderImpl) reader);
        Map<String, Widget> widgets = reader.getWidgets();
        Widget accept = widgets.get(LineReader.ACCEPT_LINE);
        widgets.put(LineReader.ACCEPT_LINE, () -> {
            if (pasting.ahead && reader.getBuffer().toString().isBlank() && !counts.getAsBoolean()) {
                reader.getBuffer().clear();
                pasting.begins();
                return true;
            }
            return accept.apply();
        });
        return pasting;
    }

    /** A line is read from here on. */
    void begins() {
        ahead = reader.peekCharacter(BEFORE_THE_PROMPT) >= 0;
    }

    private boolean drain() {
        for (int next = reader.peekCharacter(AT_ONCE); next >= ' ' && next != DELETE; next = reader.peekCharacter(AT_ONCE)) {
            reader.getBuffer().write(reader.readCharacter());
        }
        return true;
    }
}
