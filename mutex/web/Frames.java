package mutex.web;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The newest of each kind of news. Each page is told what it has not seen yet, and only the newest of that: a page that
 * reads slowly costs nothing, and one that comes back misses nothing. For any thread.
 */
class Frames { // not final: a test has one that fails

    /** What a page is told; the lower-case name is that of the event. */
    enum Kind { RUN, GROUP, MINE }

    /** @param number grows with each one */
    record Frame(Kind kind, long number, byte[] text) {}

    private final Map<Kind, Frame> newest = new EnumMap<>(Kind.class); // guarded by this, as all
    private long number;
    private boolean closed;

    /** @param json one line */
    synchronized void put(Kind kind, String json) {
        number++;
        byte[] text = ("event: " + kind.name().toLowerCase(Locale.ROOT) + "\nid: " + number + "\ndata: " + json + "\n\n")
                .getBytes(StandardCharsets.UTF_8);
        newest.put(kind, new Frame(kind, number, text));
        notifyAll();
    }

    /** That is no news any more. */
    synchronized void drop(Kind kind) {
        newest.remove(kind);
    }

    /** Those after this number, oldest first; waits for one, and gives none when none comes in time; null at the end. */
    synchronized List<Frame> after(long seen, long millis) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (!closed && number <= seen) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return List.of();
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        if (closed) {
            return null;
        }
        List<Frame> news = new ArrayList<>(newest.values());
        news.removeIf(frame -> frame.number <= seen);
        news.sort(Comparator.comparingLong(Frame::number));
        return news;
    }

    /** Ends all waits. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
