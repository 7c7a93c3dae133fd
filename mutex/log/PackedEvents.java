package mutex.log;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import mutex.event.LogEvent;

/**
 * The last events of a peer as bytes, some 20 each, and made into objects when somebody reads them: 10,000 events with
 * their vectors as objects live long enough that each collection of young garbage copies what is new of them, which took
 * a third of the time when many locks were busy. What is rare (a text, a mode) stays an object. They stand in blocks, of
 * which the oldest is given up as a whole, so that nothing is read to make room. Loop thread only.
 */
final class PackedEvents {

    private static final int EVENTS_A_BLOCK = 1_000;

    /** Events in a row. */
    private static final class EventBlock {

        final PackedBytes bytes = new PackedBytes();
        final List<LogEvent> rare = new ArrayList<>(); // in their order
        PackedEvent before; // what the first one is compared with
        int size;

        /** Without an event; what stood in it is given up. */
        EventBlock begin(PackedEvent before) {
            this.before = before;
            bytes.clear();
            rare.clear();
            size = 0;
            return this;
        }

        void add(long micros, LogEvent what, VectorClock vector, PackedEvent newest) {
            bytes.reserve(PackedEvent.MOST_BYTES);
            newest.write(micros, what, vector, bytes);
            if (newest.rare()) {
                rare.add(what);
            }
            size++;
        }

        /** Adds all but the first ones to the list. */
        void read(int self, int skipped, List<LogEntry> into) {
            PackedEvent event = before.copy();
            PackedBytes.Reader in = bytes.new Reader();
            Iterator<LogEvent> rares = rare.iterator();
            for (int i = 0; i < size; i++) {
                event.read(in);
                LogEvent what = event.rare() ? rares.next() : i < skipped ? null : event.what();
                if (i >= skipped) {
                    into.add(new LogEntry(event.micros(), self, event.vector(), what));
                }
            }
        }
    }

    private final int most;
    private final int self;
    private final Deque<EventBlock> blocks = new ArrayDeque<>();
    private final PackedEvent newest; // what the next one is compared with
    private EventBlock last; // of the blocks
    private int kept;

    /** @param most events to be kept */
    PackedEvents(int most, int self) {
        this.most = most;
        this.self = self;
        newest = new PackedEvent(self);
        begin(new EventBlock());
    }

    private void begin(EventBlock block) {
        last = block.begin(newest.copy());
        blocks.add(last);
    }

    /** @param vector with this event counted */
    void add(long micros, LogEvent what, VectorClock vector) {
        if (last.size == EVENTS_A_BLOCK) {
            boolean enough = kept - blocks.element().size >= most;
            kept -= enough ? blocks.element().size : 0;
            begin(enough ? blocks.remove() : new EventBlock());
        }
        last.add(micros, what, vector, newest);
        kept++;
    }

    /** The last ones, oldest first, at most so many. */
    List<LogEntry> last(int count) {
        int skipped = kept - Math.min(Math.min(count, most), kept);
        List<LogEntry> entries = new ArrayList<>(kept - skipped);
        for (EventBlock block : blocks) {
            if (skipped < block.size) {
                block.read(self, skipped, entries);
            }
            skipped = Math.max(0, skipped - block.size);
        }
        return entries;
    }
}
