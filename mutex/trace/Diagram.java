package mutex.trace;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mutex.algorithm.Message;
import mutex.node.Happening;

/**
 * The space-time diagram as one HTML file that needs nothing else: diagram.html with the run in it. The page
 * draws only what is in view, so that long runs stay usable.
 */
final class Diagram {

    private static final String SLOT = "/*DATA*/null";

    private final Trace trace;
    private final Check check;
    private final List<Integer> peers;
    private final List<String> locks;
    private final StringBuilder json;

    private Diagram(Trace trace, Check check) {
        this.trace = trace;
        this.check = check;
        peers = List.copyOf(trace.lives().keySet());
        locks = trace.locks();
        json = new StringBuilder(64 * trace.lines().size() + 1_000);
    }

    static String html(Trace trace, Check check) {
        return template("diagram.html").replace(SLOT, new Diagram(trace, check).data());
    }

    /** A text that stands beside this class. */
    static String template(String name) {
        try (InputStream in = Diagram.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the program; it belongs into its //FILES");
            }
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new IllegalStateException(name + ": " + e.getMessage());
        }
    }

    private String data() {
        Summary summary = new Summary(trace, check);
        json.append("{\"title\":").append(quoted(summary.run().get(0)));
        json.append(",\"verdict\":").append(quoted(summary.verdict()));
        json.append(",\"peers\":").append(peers);
        json.append(",\"locks\":").append(locks.stream().map(Diagram::quoted).toList());
        places();
        list("turns", trace.turns().stream().map(lanes()::of).toList());
        list("arrows", arrows());
        list("marks", marks());
        list("violations", check.worst().stream()
                .map(violation -> violation.place() + "," + quoted(violation.text())).toList());
        return json.append('}').toString();
    }

    /** Times since the first event in microseconds; file and line. */
    private void places() {
        Map<String, Integer> files = new HashMap<>();
        List<String> names = new ArrayList<>();
        StringBuilder where = new StringBuilder();
        json.append(",\"times\":[");
        for (int at = 0; at < trace.lines().size(); at++) {
            Line line = trace.lines().get(at);
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
        String of(Turn turn);
    }

    /** Requests of one peer for several locks at once lie a little beside each other. */
    private Rows lanes() {
        Set<Integer> bad = new HashSet<>();
        check.violations().forEach(violation -> bad.add(violation.place()));
        Map<Integer, List<Integer>> ends = new HashMap<>(); // of the last turn in each lane, by peer
        return turn -> {
            List<Integer> lanes = ends.computeIfAbsent(turn.peer(), none -> new ArrayList<>());
            int lane = 0;
            while (lane < lanes.size() && lanes.get(lane) > turn.asked) {
                lane++;
            }
            if (lane == lanes.size()) {
                lanes.add(0);
            }
            lanes.set(lane, turn.ended);
            String fence = turn.held() ? String.valueOf(trace.event(turn.entered).what().fence()) : "";
            return peers.indexOf(turn.peer()) + "," + locks.indexOf(turn.lock) + "," + Math.min(lane, 4) + ",\"" + turn.stamp + "\","
                    + turn.asked + "," + turn.entered + "," + turn.ended + ",\"" + turn.end + "\",\"" + fence + "\"," + turn.number
                    + "," + (bad.contains(turn.entered) ? 1 : 0);
        };
    }

    private List<String> arrows() {
        List<String> arrows = new ArrayList<>();
        for (int at = 0; at < trace.lines().size(); at++) {
            Entry event = trace.event(at);
            Happening what = event.what();
            int partner = trace.partners()[at];
            boolean sent = what.kind() == Happening.Kind.SEND;
            if (!sent && !(what.kind() == Happening.Kind.RECEIVE && partner < 0) || !peers.contains(what.peer())) {
                continue;
            }
            int kind = what.message() instanceof Message.Request ? 0 : what.message() instanceof Message.Permission ? 1 : 2;
            int own = peers.indexOf(event.peer());
            int other = peers.indexOf(what.peer());
            arrows.add(kind + "," + locks.indexOf(what.lock()) + ",\"" + what.stamp() + "\"," + (sent ? own : other) + ","
                    + (sent ? other : own) + "," + (sent ? at : -1) + "," + (sent ? partner : at));
        }
        return arrows;
    }

    /** What neither bars nor arrows show. */
    private List<String> marks() {
        List<String> marks = new ArrayList<>();
        for (int at = 0; at < trace.lines().size(); at++) {
            Entry event = trace.event(at);
            Life anew = trace.begunAnew(at);
            boolean marked = switch (event.what().kind()) {
                case DEFER, CANCEL, LOST, ABSENT, EPOCH, GROUP, LINK -> true;
                default -> false;
            };
            if (marked || anew != null) {
                marks.add(peers.indexOf(event.peer()) + "," + locks.indexOf(event.what().lock()) + ",\"" + event.what().stamp() + "\","
                        + at + "," + quoted((anew == null ? "" : "started anew; ") + event));
            }
        }
        return marks;
    }

    /** As a string of JSON that may stand in a script of a page. */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            boolean plain = c >= ' ' && c < 127 && c != '"' && c != '\\' && c != '<';
            quoted.append(plain ? String.valueOf(c) : String.format("\\u%04x", (int) c));
        }
        return quoted.append('"').toString();
    }
}
