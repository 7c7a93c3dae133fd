package mutex.log;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import mutex.node.LogEvent;

/**
 * The last events of a peer as bytes, some 20 each, and made into objects when somebody reads them: 10,000 events with
 * their vectors as objects live long enough that each collection of young garbage copies what is new of them, which took
 * a third of the time when many locks were busy. What is rare (a text, a mode) stays an object. Loop thread only.
 */
final class PackedEvents {

    private final int most;
    private final int self;
    private final ByteRing ring = new ByteRing();
    private final Deque<LogEvent> rare = new ArrayDeque<>(); // those of the kept ones, in their order
    private final PackedEvent newest; // what the next one is compared with
    private final PackedEvent beforeOldest; // what the oldest kept one was compared with
    private final ByteRing.Reader oldest = ring.new Reader(0);
    private int kept;

    /** @param most events to be kept */
    PackedEvents(int most, int self) {
        this.most = most;
        this.self = self;
        newest = new PackedEvent(self);
        beforeOldest = new PackedEvent(self);
    }

    /** @param vector with this event counted */
    void add(long micros, LogEvent what, VectorClock vector) {
        if (kept == most) {
            dropOldest();
        }
        kept++;
        ring.reserve(PackedEvent.MOST_BYTES);
        newest.write(micros, what, vector, ring);
        if (newest.rare()) {
            rare.add(what);
        }
    }

    private void dropOldest() {
        beforeOldest.read(oldest);
        ring.drop(oldest.at());
        if (beforeOldest.rare()) {
            rare.poll();
        }
        kept--;
    }

    /** The last ones, oldest first, at most so many. */
    List<LogEntry> last(int count) {
        int skipped = Math.max(0, kept - count);
        List<LogEntry> entries = new ArrayList<>(kept - skipped);
        PackedEvent event = beforeOldest.copy();
        ByteRing.Reader in = ring.new Reader(oldest.at());
        Iterator<LogEvent> rares = rare.iterator();
        for (int i = 0; i < kept; i++) {
            event.read(in);
            LogEvent what = event.rare() ? rares.next() : i < skipped ? null : event.what();
            if (i >= skipped) {
                entries.add(new LogEntry(event.micros(), self, event.vector(), what));
            }
        }
        return entries;
    }
}
