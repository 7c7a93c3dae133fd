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
public class LatestNews { // not final: a test has one that fails

    /** What a page is told; the lower-case name is that of the event. */
    public enum NewsKind { RUN, GROUP, MINE }

    /** @param number grows with each one */
    record News(NewsKind kind, long number, byte[] text) {}

    private final Map<NewsKind, News> newest = new EnumMap<>(NewsKind.class); // guarded by this, as all
    private long number;
    private boolean closed;

    /** @param json one line */
    public synchronized void put(NewsKind kind, String json) {
        number++;
        byte[] text = ("event: " + kind.name().toLowerCase(Locale.ROOT) + "\nid: " + number + "\ndata: " + json + "\n\n")
                .getBytes(StandardCharsets.UTF_8);
        newest.put(kind, new News(kind, number, text));
        notifyAll();
    }

    /** That is no news any more. */
    synchronized void drop(NewsKind kind) {
        newest.remove(kind);
    }

    /** Those after this number, oldest first; waits for one, and gives none when none comes in time; null at the end. */
    synchronized List<News> after(long seen, long millis) throws InterruptedException {
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
        List<News> news = new ArrayList<>(newest.values());
        news.removeIf(frame -> frame.number <= seen);
        news.sort(Comparator.comparingLong(News::number));
        return news;
    }

    /** Ends all waits. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
