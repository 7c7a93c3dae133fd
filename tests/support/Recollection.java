package tests.support;

import java.util.List;
import java.util.function.Consumer;
import mutex.log.LogEntry;
import mutex.web.EventBuffer;

/** Lets tests see what a live page remembers. */
public final class Recollection implements Consumer<LogEntry> {

    /** How many events it keeps. */
    public static final int KEPT = EventBuffer.KEPT;

    private final EventBuffer recent = new EventBuffer();

    @Override
    public void accept(LogEntry entry) {
        recent.accept(entry);
    }

    public List<LogEntry> all() {
        return recent.all();
    }
}
