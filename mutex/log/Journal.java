package mutex.log;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.Consumer;
import mutex.event.LogEvent;

/**
 * A peer's log: gives every event its time and vector, keeps the last ones in memory and hands each
 * to whoever listens. Loop thread only, but for listening.
 */
public final class Journal {

    /** How many events the {@code log} command can look back. */
    public static final int KEPT = 10_000;

    private final int self;
    private final VectorClock vector;
    private final PackedEvents last;
    private final Tallies tallies;
    private final Set<Consumer<LogEntry>> listeners = new CopyOnWriteArraySet<>();
    private final Consumer<Throwable> failed;

    /** @param failed is told what a listener threw, which is no matter of the others */
    public Journal(int self, Consumer<Throwable> failed) {
        this.failed = failed;
        this.self = self;
        this.vector = new VectorClock(self);
        last = new PackedEvents(KEPT, self);
        tallies = new Tallies(self);
    }

    /** What the clock on the wall says. */
    public static long micros() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    }

    /** @param micros when it happened, since 1970 */
    public void record(LogEvent what, long micros) {
        vector.tick();
        last.add(micros, what, vector);
        tallies.add(what);
        if (!listeners.isEmpty()) {
            tell(new LogEntry(micros, self, vector.reading(), what));
        }
    }

    private void tell(LogEntry entry) {
        for (Consumer<LogEntry> listener : listeners) {
            try {
                listener.accept(entry);
            } catch (Throwable error) {
                failed.accept(error);
            }
        }
    }

    /** What entries of this peer cost. */
    public Tallies tallies() {
        return tallies;
    }

    /** What to send along with a message. */
    public VectorClock.Reading reading() {
        return vector.reading();
    }

    /** Takes in what came along with a message. */
    public void merge(VectorClock.Reading theirs) {
        vector.merge(theirs);
    }

    /** The last events, oldest first, at most so many. */
    public List<LogEntry> last(int count) {
        return last.last(count);
    }

    /** The listener is called on the loop thread, or on one that has its baton; it must not block. */
    public void listen(Consumer<LogEntry> listener) {
        listeners.add(listener);
    }

    public void unlisten(Consumer<LogEntry> listener) {
        listeners.remove(listener);
    }
}
