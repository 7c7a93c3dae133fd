package mutex.trace;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import mutex.event.LogEvent.EventKind;
import mutex.log.LogEntry;

/**
 * The run as ShiViz reads it (https://bestchai.bitbucket.io/shiviz/, parser {@value #PARSER}): two lines an
 * event. The vectors are counted anew, by messages only and without gaps or restarts, as ShiViz demands.
 */
final class Shiviz {

    /** What to give ShiViz as its regular expression for the log. */
    static final String PARSER = "(?<host>\\S*) (?<clock>{.*})\\n(?<event>.*)";

    private Shiviz() {}

    static String of(Trace trace) {
        StringBuilder log = new StringBuilder(100 * trace.lines().size());
        Map<Integer, SortedMap<Integer, Integer>> clocks = new HashMap<>(); // by peer
        Map<Integer, SortedMap<Integer, Integer>> underWay = new HashMap<>(); // by the place of the sending
        for (int at = 0; at < trace.lines().size(); at++) {
            LogEntry event = trace.event(at);
            SortedMap<Integer, Integer> clock = clocks.computeIfAbsent(event.peer(), none -> new TreeMap<>());
            clock.merge(event.peer(), 1, Integer::sum);
            SortedMap<Integer, Integer> message = underWay.remove(trace.partners()[at]);
            if (event.what().kind() == EventKind.RECEIVE && message != null) {
                message.forEach((peer, count) -> clock.merge(peer, count, Math::max));
            } else if (trace.partners()[at] >= 0) {
                underWay.put(at, new TreeMap<>(clock));
            }
            log.append("peer").append(event.peer()).append(" {");
            clock.forEach((peer, count) -> log.append(peer.equals(clock.firstKey()) ? "\"peer" : ", \"peer").append(peer).append("\":").append(count));
            log.append("}\n").append(event.toString().replaceFirst("^peer \\d+ ", "")).append('\n');
        }
        return log.toString();
    }
}
