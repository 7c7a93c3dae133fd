package mutex.trace;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import mutex.algorithm.Message;
import mutex.log.Entry;
import mutex.log.Line;
import mutex.node.Happening;
import mutex.node.Happening.Kind;

/** Finds out which arrival belongs to which sending. */
final class Messages {

    /** What a sending and its arrival have in common. */
    record Key(int from, int to, String lock, Message message) {

        /** Null when the event is neither. */
        static Key of(Entry event) {
            Happening what = event.what();
            return what.message() == null ? null
                    : what.kind() == Kind.SEND ? new Key(event.peer(), what.peer(), what.lock(), what.message())
                    : what.kind() == Kind.RECEIVE ? new Key(what.peer(), event.peer(), what.lock(), what.message())
                    : null;
        }
    }

    private Messages() {}

    /**
     * By the place of a sending that of its arrival, and the other way round; -1 where there is none, and for all
     * other events. Where a message was repeated, an arrival belongs to the last sending that it can know of.
     */
    static int[] partners(List<Line> lines) {
        int[] partners = new int[lines.size()];
        Arrays.fill(partners, -1);
        Map<Key, Deque<Integer>> arrivals = new HashMap<>(); // the last first
        for (int at = lines.size() - 1; at >= 0; at--) {
            Entry event = lines.get(at).event();
            Key key = Key.of(event);
            if (key == null) {
                continue;
            }
            if (event.what().kind() == Kind.RECEIVE) {
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

    /** The last arrival that nothing later was sent for and that counts the sending. */
    private static int arrival(Deque<Integer> candidates, Entry sending, List<Line> lines) {
        if (candidates != null) {
            for (Iterator<Integer> each = candidates.iterator(); each.hasNext();) {
                int at = each.next();
                if (lines.get(at).event().vector().of(sending.peer()) >= sending.vector().of(sending.peer())) {
                    each.remove();
                    return at;
                }
            }
        }
        return -1;
    }
}
