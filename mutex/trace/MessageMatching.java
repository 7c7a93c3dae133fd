package mutex.trace;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import mutex.algorithm.Message;
import mutex.event.LogEvent;
import mutex.event.LogEvent.EventKind;
import mutex.log.LogEntry;
import mutex.log.LogLine;

/** Finds out which arrival belongs to which sending. */
final class MessageMatching {

    /** What a sending and its arrival have in common. */
    record MessageKey(int from, int to, String lock, Message message) {

        /** Null when the event is neither. */
        static MessageKey of(LogEntry event) {
            LogEvent what = event.what();
            return what.message() == null ? null
                    : what.kind() == EventKind.SEND ? new MessageKey(event.peer(), what.peer(), what.lock(), what.message())
                    : what.kind() == EventKind.RECEIVE ? new MessageKey(what.peer(), event.peer(), what.lock(), what.message())
                    : null;
        }
    }

    private MessageMatching() {}

    /**
     * By the place of a sending that of its arrival, and the other way round; -1 where there is none, and for all
     * other events. Where a message was repeated, an arrival belongs to the last sending that it can know of.
     */
    static int[] partners(List<LogLine> lines) {
        int[] partners = new int[lines.size()];
        Arrays.fill(partners, -1);
        Map<MessageKey, Deque<Integer>> arrivals = new HashMap<>(); // the last first
        for (int at = lines.size() - 1; at >= 0; at--) {
            LogEntry event = lines.get(at).event();
            MessageKey key = MessageKey.of(event);
            if (key == null) {
                continue;
            }
            if (event.what().kind() == EventKind.RECEIVE) {
                arrivals.computeIfAbsent(key, none -> new ArrayDeque<>()).addLast(at);
            } else {
                int arrival = arrival(arrivals.get(key), event, lines);
                partners[at] = arrival;
                if (arrival >= 0) {
                    partners[arrival] = at;
                }
            }
        }
        return partners;
    }

    /** By the place of an arrival that of the last sending before it that it counts; -1 where there is none, and for all other events. */
    static int[] sendings(List<LogLine> lines) {
        int[] sendings = new int[lines.size()];
        Map<MessageKey, Deque<Integer>> sent = new HashMap<>(); // the last first
        for (int at = 0; at < sendings.length; at++) {
            LogEntry event = lines.get(at).event();
            MessageKey key = MessageKey.of(event);
            boolean sends = event.what().kind() == EventKind.SEND;
            if (sends) {
                sent.computeIfAbsent(key, none -> new ArrayDeque<>()).addFirst(at);
            }
            sendings[at] = key == null || sends || !sent.containsKey(key) ? -1 : sent.get(key).stream()
                    .filter(place -> counts(event, lines.get(place).event())).findFirst().orElse(-1);
        }
        return sendings;
    }

    private static boolean counts(LogEntry event, LogEntry earlier) {
        return event.vector().of(earlier.peer()) >= earlier.vector().of(earlier.peer());
    }

    /** The last arrival that nothing later was sent for and that counts the sending. */
    private static int arrival(Deque<Integer> candidates, LogEntry sending, List<LogLine> lines) {
        if (candidates != null) {
            for (Iterator<Integer> each = candidates.iterator(); each.hasNext();) {
                int at = each.next();
                if (counts(lines.get(at).event(), sending)) {
                    each.remove();
                    return at;
                }
            }
        }
        return -1;
    }
}
