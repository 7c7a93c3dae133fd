package mutex.log;

import java.util.LinkedHashMap;
import java.util.Map;
import mutex.algorithm.Message;
import mutex.event.LogEvent;

/**
 * Tells which messages went the same way before, for people who count them: a request, and what answers it, is said again
 * over a new link. Remembers the last few hundred. Not thread-safe.
 */
public final class Repeats {

    private static final int REMEMBERED = 500;

    private record Told(LogEvent.EventKind kind, String lock, int peer, Message message) {}

    private final Map<Told, Boolean> told = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Told, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** Whether the event is a message that was sent to, or received from, the same peer before; from now on it was. */
    public boolean again(LogEvent what) {
        return what.message() != null && told.put(new Told(what.kind(), what.lock(), what.peer(), what.message()), true) != null;
    }
}
