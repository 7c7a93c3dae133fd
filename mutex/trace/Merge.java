package mutex.trace;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SortedMap;
import mutex.event.LogEvent.Detail.BeganEpoch;
import mutex.event.LogEvent.EventKind;
import mutex.log.Incarnation;
import mutex.log.LogEntry;
import mutex.log.LogLine;
import mutex.log.VectorClock;

/**
 * Puts the events of all lives into one order that agrees with cause and effect: no event comes before
 * one that its vector counts. A peer that is started anew counts from 1 again; there the messages
 * and what others say of its epoch help. Where all of that leaves it open, the wall clock decides.
 */
final class Merge {

    /** One peer's events, from its first life to its last. */
    private static final class MergeSource {
        final int peer;
        final List<LogLine> lines = new ArrayList<>();
        final Set<Long> epochs = new HashSet<>(); // that are still to come
        int next;
        long highest; // of its own counts so far

        MergeSource(int peer) {
            this.peer = peer;
        }

        LogLine head() {
            return lines.get(next);
        }

        boolean done() {
            return next == lines.size();
        }

        /** Whether its next event is counted by this; not if it begins a new life, which counts from 1. */
        boolean hasUpTo(long count) {
            if (done() || highest >= count) {
                return false;
            }
            long head = head().event().vector().of(peer);
            return head > highest && head <= count;
        }
    }

    private static final Comparator<MergeSource> BY_CLOCK =
            Comparator.comparingLong((MergeSource source) -> source.head().event().timeMicros()).thenComparingInt(source -> source.peer);

    /** How often a message was sent, and arrived. */
    private static final class Traffic {
        int unsent; // still to come
        int underWay;
    }

    private final Map<Integer, MergeSource> sources = new HashMap<>();
    private final Map<MessageMatching.MessageKey, Traffic> traffic = new HashMap<>();
    private final PriorityQueue<MergeSource> ready = new PriorityQueue<>(BY_CLOCK);
    private final Map<Integer, Deque<MergeSource>> waiting = new HashMap<>(); // by the peer whose event has to come first
    private final List<LogLine> order = new ArrayList<>();

    private Merge(SortedMap<Integer, List<Incarnation>> lives) {
        lives.forEach((peer, ofPeer) -> {
            MergeSource source = new MergeSource(peer);
            ofPeer.forEach(life -> source.lines.addAll(life.lines()));
            source.lines.forEach(line -> source.epochs.add(line.event().what().epoch()));
            source.lines.stream().map(LogLine::event).filter(event -> event.what().kind() == EventKind.SEND)
                    .forEach(event -> traffic.computeIfAbsent(MessageMatching.MessageKey.of(event), none -> new Traffic()).unsent++);
            sources.put(peer, source);
            ready.add(source);
        });
    }

    static List<LogLine> of(SortedMap<Integer, List<Incarnation>> lives) {
        return new Merge(lives).run();
    }

    private List<LogLine> run() {
        while (true) {
            MergeSource source = ready.poll();
            if (source == null) {
                // Lines are missing, or a vector was garbled: nothing that is waited for comes.
                source = waiting.values().stream().flatMap(Deque::stream).min(BY_CLOCK).orElse(null);
                if (source == null) {
                    return order;
                }
                MergeSource first = source;
                waiting.values().forEach(queue -> queue.remove(first));
                take(source);
                continue;
            }
            int before = before(source);
            if (before != 0) {
                waiting.computeIfAbsent(before, none -> new ArrayDeque<>()).add(source);
            } else {
                take(source);
            }
        }
    }

    /** A peer of which the event knows more than has come so far; 0 when there is none. */
    private int before(MergeSource source) {
        LogEntry event = source.head().event();
        VectorClock.Reading vector = event.vector();
        for (int i = 0; i < vector.peers().length; i++) {
            MergeSource other = sources.get(vector.peers()[i]);
            if (other != null && other != source && other.hasUpTo(vector.counts()[i])) {
                return other.peer;
            }
        }
        MergeSource other = sources.get(event.what().peer());
        return other != null && other != source && !other.done() && (sentLater(event) || livesLater(event, other)) ? other.peer : 0;
    }

    private boolean sentLater(LogEntry event) {
        Traffic same = event.what().kind() == EventKind.RECEIVE ? traffic.get(MessageMatching.MessageKey.of(event)) : null;
        return same != null && same.underWay <= 0 && same.unsent > 0;
    }

    /** Whether the event tells of an epoch of the other peer that is still to come. */
    private static boolean livesLater(LogEntry event, MergeSource other) {
        return event.what().detail() instanceof BeganEpoch began && other.epochs.contains(began.epoch());
    }

    private void take(MergeSource source) {
        LogLine line = source.head();
        order.add(line);
        source.next++;
        source.highest = Math.max(source.highest, line.event().vector().of(source.peer));
        source.epochs.remove(line.event().what().epoch());
        Traffic same = traffic.get(MessageMatching.MessageKey.of(line.event()));
        if (same != null) {
            boolean sent = line.event().what().kind() == EventKind.SEND;
            same.unsent -= sent ? 1 : 0;
            same.underWay += sent ? 1 : -1;
        }
        if (!source.done()) {
            ready.add(source);
        }
        Deque<MergeSource> freed = waiting.remove(source.peer);
        if (freed != null) {
            ready.addAll(freed);
        }
    }
}
