package mutex.shell;

import java.io.IOException;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jline.reader.LineReader;
import org.jline.reader.Widget;
import org.jline.reader.impl.LineReaderImpl;

/**
 * Handles text that is pasted into a terminal without bracketed paste, where it looks like very fast typing: draws it once
 * rather than letter by letter, and does not take an empty line in it for a person who presses Enter.
 */
public final class Pasting {

    private static final int DELETE = 127; // the first character after those that stand for themselves
    private static final long AT_ONCE = 1; // milliseconds
    /** Characters; no such line was typed before, and looking for one takes seconds. */
    private static final int NOT_SUGGESTED = 1_000;

    private final LineReaderImpl reader;
    private boolean more; // came together with the end of the line before this one

    private Pasting(LineReaderImpl reader) {
        this.reader = reader;
        Map<String, Widget> widgets = reader.getWidgets();
        Widget insert = widgets.get(LineReader.SELF_INSERT);
        widgets.put(LineReader.SELF_INSERT, () -> insert.apply() && drain());
        Widget paste = widgets.get(LineReader.BEGIN_PASTE);
        widgets.put(LineReader.BEGIN_PASTE, () -> paste.apply() && suggestOnlyIfShort());
    }

    /** From now on text is inserted in pieces as large as they arrive. */
    public static void drawnAtOnce(LineReader reader) {
        new Pasting((LineReaderImpl) reader);
    }

    /**
     * The same; and an empty line that came together with the line before it is passed over.
     *
     * @param counts whether an empty line counts all the same now
     */
    static void withoutEmptyLines(LineReader reader, BooleanSupplier counts) {
        Pasting pasting = new Pasting((LineReaderImpl) reader);
        Map<String, Widget> widgets = reader.getWidgets();
        Widget accept = widgets.get(LineReader.ACCEPT_LINE);
        widgets.put(LineReader.ACCEPT_LINE, () -> {
            boolean together = pasting.more;
            pasting.more = pasting.isThereMore();
            if (together && reader.getBuffer().toString().isBlank() && !counts.getAsBoolean()) {
                reader.getBuffer().clear();
                return true;
            }
            return accept.apply();
        });
    }

    /** Asks the system first, which knows however busy it is; the reader may have taken some in already. */
    private boolean isThereMore() {
        try {
            return System.in.available() > 0 || reader.peekCharacter(AT_ONCE) >= 0;
        } catch (IOException cannotSay) {
            return false;
        }
    }

    private boolean drain() {
        for (int next = reader.peekCharacter(AT_ONCE); next >= ' ' && next != DELETE; next = reader.peekCharacter(AT_ONCE)) {
            reader.getBuffer().write(reader.readCharacter());
        }
        return suggestOnlyIfShort();
    }

    private boolean suggestOnlyIfShort() {
        if (reader.getBuffer().length() > NOT_SUGGESTED) {
            reader.setAutosuggestion(LineReader.SuggestionType.NONE);
        }
        return true;
    }
}
