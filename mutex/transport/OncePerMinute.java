package mutex.transport;

import java.util.LinkedHashMap;
import java.util.Map;

/** Keeps what happens again and again from being said more than once a minute. */
public final class OncePerMinute {

    private static final long AGAIN_AFTER = 60_000_000_000L;
    private static final int MOST = 200;

    private final Map<String, Long> saidAt = new LinkedHashMap<>();

    /** Whether the line was not said in the last minute; now is monotonic, in nanoseconds. */
    public boolean first(String line, long now) {
        saidAt.values().removeIf(at -> now - at > AGAIN_AFTER);
        if (saidAt.size() >= MOST) {
            saidAt.remove(saidAt.keySet().iterator().next());
        }
        return saidAt.putIfAbsent(line, now) == null;
    }
}
