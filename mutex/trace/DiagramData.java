package mutex.trace;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import mutex.algorithm.Message;
import mutex.event.LogEvent;
import mutex.log.Incarnation;
import mutex.log.LogEntry;
import mutex.log.LogLine;

/** A run as diagram.js draws it: one JSON object. */
public final class DiagramData {

    private static final int MOST_LANES = 6; // as in diagram.js

    private final Trace trace;
    private final Check check;
    private final List<Integer> peers;
    private final List<String> locks;
    private final StringBuilder json;

    private DiagramData(Trace trace, Check check, Collection<Integer> peers) {
        this.trace = trace;
        this.check = check;
        this.peers = List.copyOf(peers);
        locks = trace.locks();
        json = new StringBuilder(64 * trace.lines().size() + 1_000);
    }

    /** Of a run that is over, with what the check found. */
    static String of(Trace trace, Check check) {
        return new DiagramData(trace, check, trace.lives().keySet()).whole();
    }

    /**
     * Of a run that goes on, without a check: what is still on its way is missing.
     *
     * @param events of each peer in their order
     * @param members have a line even where there is no event of theirs
     */
    public static String of(List<LogEntry> events, Collection<Integer> members) {
        Trace trace = Trace.ofEvents(events);
        SortedSet<Integer> peers = new TreeSet<>(members);
        peers.addAll(trace.lives().keySet());
        return new DiagramData(trace, new Check(0, 0, List.of(), List.of(), 0), peers).part();
    }

    private String whole() {
        Summary summary = new Summary(trace, check);
        Map<LogLine, Integer> last = new IdentityHashMap<>(); // places
        for (int at = 0; at < trace.lines().size(); at++) {
            last.put(trace.lines().get(at), at);
        }
        json.append("{\"title\":").append(Diagram.quoted(summary.run().get(0)));
        json.append(",\"verdict\":").append(Diagram.quoted(summary.verdict()));
        json.append(",\"last\":").append(peers.stream().map(peer -> trace.lives().get(peer)).map(lives -> lives.get(lives.size() - 1).last()).map(last::get).toList());
        list("violations", check.worst().stream()
                .map(violation -> violation.place() + "," + Diagram.quoted(violation.text())).toList());
        return picture();
    }

    private String part() {
        json.append("{\"start\":").append(trace.lines().isEmpty() ? 0 : trace.micros(0));
        return picture();
    }

    private String picture() {
        json.append(",\"peers\":").append(peers);
        json.append(",\"locks\":").append(locks.stream().map(Diagram::quoted).toList());
        places();
        list("turns", trace.spans().stream().map(lanes()::of).toList());
        list("arrows", arrows());
        list("marks", marks());
        return json.append('}').toString();
    }

    /** Times since the first event in microseconds; file and line. */
    private void places() {
        Map<String, Integer> files = new HashMap<>();
        List<String> names = new ArrayList<>();
        StringBuilder where = new StringBuilder();
        json.append(",\"times\":[");
        for (int at = 0; at < trace.lines().size(); at++) {
            LogLine line = trace.lines().get(at);
            Integer file = files.get(line.file());
            if (file == null) {
                file = names.size();
                files.put(line.file(), file);
                names.add(line.file());
            }
            json.append(at == 0 ? "" : ",").append(trace.micros(0, at));
            where.append(at == 0 ? "" : ",").append(file).append(',').append(line.number());
        }
        json.append("],\"where\":[").append(where).append("],\"files\":").append(names.stream().map(Diagram::quoted).toList());
    }

    private void list(String name, List<String> items) {
        json.append(",\"").append(name).append("\":[");
        for (int i = 0; i < items.size(); i++) {
            json.append(i == 0 ? "[" : ",[").append(items.get(i)).append(']');
        }
        json.append(']');
    }

    private interface Rows {
        String of(RequestSpan span);
    }

    /** Requests of one peer for several locks at once lie beside each other. */
    private Rows lanes() {
        Set<Integer> bad = new HashSet<>();
        check.violations().forEach(violation -> bad.add(violation.place()));
        Map<Integer, List<Integer>> ends = new HashMap<>(); // of the last span in each lane, by peer
        return span -> {
            List<Integer> lanes = ends.computeIfAbsent(span.peer(), none -> new ArrayList<>());
            int lane = 0;
            while (lane < lanes.size() && lanes.get(lane) > span.asked) {
                lane++;
            }
            if (lane == lanes.size()) {
                lanes.add(0);
            }
            lanes.set(lane, span.ended);
            String fence = span.held() ? String.valueOf(trace.event(span.entered).what().fence()) : "";
            return peers.indexOf(span.peer()) + "," + locks.indexOf(span.lock) + "," + Math.min(lane, MOST_LANES - 1) + ",\"" + span.stamp + "\","
                    + span.asked + "," + span.entered + "," + span.ended + ",\"" + span.end + "\",\"" + fence + "\"," + span.number
                    + "," + (bad.contains(span.entered) ? 1 : 0) + "," + Diagram.quoted(span.how());
        };
    }

    private List<String> arrows() {
        List<String> arrows = new ArrayList<>();
        for (int at = 0; at < trace.lines().size(); at++) {
            LogEntry event = trace.event(at);
            LogEvent what = event.what();
            int partner = trace.partners()[at];
            boolean sent = what.kind() == LogEvent.EventKind.SEND;
            if (!sent && !(what.kind() == LogEvent.EventKind.RECEIVE && partner < 0) || !peers.contains(what.peer())) {
                continue;
            }
            int kind = what.message() instanceof Message.Request ? 0 : what.message() instanceof Message.Permission ? 1
                    : what.message() instanceof Message.Refusal ? 2 : 3;
            String about = kind == 3 ? event.message() : String.valueOf(what.stamp());
            int own = peers.indexOf(event.peer());
            int other = peers.indexOf(what.peer());
            arrows.add(kind + "," + locks.indexOf(what.lock()) + "," + Diagram.quoted(String.valueOf(about)) + "," + (sent ? own : other) + ","
                    + (sent ? other : own) + "," + (sent ? at : -1) + "," + (sent ? partner : at));
        }
        return arrows;
    }

    /** What neither bars nor arrows show. */
    private List<String> marks() {
        List<String> marks = new ArrayList<>();
        for (int at = 0; at < trace.lines().size(); at++) {
            LogEntry event = trace.event(at);
            Incarnation anew = trace.begunAnew(at);
            boolean marked = switch (event.what().kind()) {
                case DEFER, CANCEL, LOST, MARK, RAN, ABSENT, EPOCH, GROUP, LINK -> true;
                default -> false;
            };
            if (marked || anew != null) {
                marks.add(peers.indexOf(event.peer()) + "," + locks.indexOf(event.what().lock()) + ",\"" + event.what().stamp() + "\","
                        + at + "," + Diagram.quoted((anew == null ? "" : "restarted; ") + event));
            }
        }
        return marks;
    }
}
