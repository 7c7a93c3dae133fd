package mutex.web;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import mutex.log.LogEntry;

/** The last events of all peers, each once, also where a peer tells them again. For any thread. */
public final class EventBuffer implements Consumer<LogEntry> {

    /** How many events are kept, of all peers together. */
    public static final int KEPT = 3_000;

    private static final int MOST_EPOCHS = 1_000;

    /** @param number in the order of arrival here: the clocks of peers differ */
    private record Arrived(LogEntry entry, long number) {}

    private static final class OfPeer {
        final Deque<Arrived> events = new ArrayDeque<>();
        final Set<Long> epochs = new HashSet<>(); // that have been seen
        long epoch = -1; // of the last event
        long count; // of the last event, as the peer counts its own
    }

    private final SortedMap<Integer, OfPeer> peers = new TreeMap<>(); // guarded by this, as all
    private int size;
    private long changes;

    @Override
    public synchronized void accept(LogEntry entry) {
        OfPeer peer = peers.computeIfAbsent(entry.peer(), none -> new OfPeer());
        long epoch = entry.what().epoch();
        long count = entry.vector().of(entry.peer());
        boolean again = epoch == peer.epoch ? count <= peer.count : peer.epochs.contains(epoch);
        if (again) {
            return;
        }
        if (peer.epochs.size() == MOST_EPOCHS) {
            peer.epochs.clear();
        }
        peer.epochs.add(epoch);
        peer.epoch = epoch;
        peer.count = count;
        changes++;
        peer.events.add(new Arrived(entry, changes));
        if (++size > KEPT) {
            dropOldest();
        }
    }

    private void dropOldest() {
        peers.values().stream().filter(peer -> !peer.events.isEmpty())
                .min(Comparator.comparingLong(peer -> peer.events.peek().number)).orElseThrow().events.poll();
        size--;
    }

    /** Those of each peer in their order. */
    public synchronized List<LogEntry> all() {
        List<LogEntry> all = new ArrayList<>(size);
        peers.values().forEach(peer -> peer.events.forEach(event -> all.add(event.entry)));
        return all;
    }

    /** Grows with every event. */
    synchronized long changes() {
        return changes;
    }

    /** Keeps none of them. */
    synchronized void clear() {
        peers.values().forEach(peer -> peer.events.clear());
        size = 0;
        changes++;
    }
}
