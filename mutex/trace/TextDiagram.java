package mutex.trace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import mutex.event.LogEvent;
import mutex.log.LogEntry;
import mutex.text.DisplayWidth;

/**
 * The space-time diagram for a terminal: time goes down, a column a peer, a line an event. A message is an
 * arrow on the line of its arrival. The line of a peer is {@code |}, {@code :} while it waits and {@code #}
 * while it is inside.
 */
final class TextDiagram {

    private static final int TIME = 11;
    private static final int NARROWEST = 20; // "PERMISSION 123@1" between two peers
    private static final int USUAL = 24;
    private static final int WIDEST = 40;

    private final Trace trace;
    private final Set<String> locks = new HashSet<>(); // that are drawn
    private final Map<Integer, Integer> columns = new TreeMap<>(); // by peer
    private final Map<Integer, Integer> waiting = new HashMap<>(); // by peer, for how many locks
    private final Map<Integer, Integer> inside = new HashMap<>();
    private final Map<String, String> modes = new HashMap<>(); // by lock and stamp, where they are not exclusive
    private int width;
    private int most;

    private TextDiagram(Trace trace) {
        this.trace = trace;
        trace.spans().stream().filter(span -> !span.how().isEmpty()).forEach(span -> modes.put(span.lock + " " + span.stamp, " " + span.how()));
    }

    /**
     * Hands over line by line what happened at the places that are wanted.
     *
     * @param most columns, if so few are enough for so many peers
     */
    static void draw(Trace trace, IntPredicate wanted, int most, Consumer<String> out) {
        TextDiagram diagram = new TextDiagram(trace);
        List<Integer> places = IntStream.range(0, trace.lines().size()).filter(wanted).boxed().toList();
        places.forEach(at -> diagram.locks.add(trace.event(at).what().lock()));
        diagram.locks.remove(null);
        places = places.stream().filter(at -> !diagram.tellsTwice(at)).toList();
        int longest = places.stream().filter(at -> trace.event(at).what().lock() != null)
                .mapToInt(at -> diagram.label(at).length()).max().orElse(0);
        diagram.width = Math.max(USUAL, Math.min(WIDEST, longest + 5));
        diagram.most = most;
        int fitting = (most - TIME) / trace.lives().size();
        if (fitting >= NARROWEST) {
            diagram.width = Math.min(diagram.width, fitting);
        }
        diagram.draw(places, out);
    }

    private void draw(List<Integer> places, Consumer<String> out) {
        StringBuilder head = new StringBuilder(String.format(Locale.ROOT, "%" + (TIME - 2) + "s  ", "ms"));
        for (int peer : trace.lives().keySet()) {
            columns.put(peer, TIME + columns.size() * width);
            head.append(String.format(Locale.ROOT, "%-" + width + "s", "peer " + peer));
        }
        out.accept(head.toString().stripTrailing());
        Map<Integer, List<RequestSpan>> begins = new HashMap<>();
        Map<Integer, List<RequestSpan>> ends = new HashMap<>();
        trace.spans().stream().filter(span -> locks.contains(span.lock)).forEach(span -> {
            for (int at : new int[] {span.asked, span.entered}) {
                begins.computeIfAbsent(at, none -> new ArrayList<>()).add(span);
            }
            ends.computeIfAbsent(span.ended, none -> new ArrayList<>()).add(span);
        });
        int done = 0;
        for (int at : places) {
            for (; done < at; done++) {
                step(done, begins, ends);
            }
            out.accept(row(places.get(0), at));
        }
    }

    /** Follows the states of the peers from one place to the next. */
    private void step(int at, Map<Integer, List<RequestSpan>> begins, Map<Integer, List<RequestSpan>> ends) {
        for (RequestSpan span : begins.getOrDefault(at, List.of())) {
            boolean enters = at == span.entered;
            (enters ? inside : waiting).merge(span.peer(), 1, Integer::sum);
            if (enters && span.asked != span.entered) {
                waiting.merge(span.peer(), -1, Integer::sum);
            }
        }
        for (RequestSpan span : ends.getOrDefault(at, List.of())) {
            (span.held() ? inside : waiting).merge(span.peer(), -1, Integer::sum);
        }
    }

    private boolean tellsTwice(int at) {
        return switch (trace.event(at).what().kind()) {
            case SEND -> trace.partners()[at] >= 0;
            case PERMISSION -> true;
            default -> false;
        };
    }

    private String row(int first, int at) {
        LogEntry event = trace.event(at);
        StringBuilder row = new StringBuilder(String.format(Locale.ROOT, "%" + (TIME - 2) + ".2f  ", trace.micros(first, at) / 1e3));
        row.append(" ".repeat(columns.size() * width));
        columns.forEach((peer, column) -> row.setCharAt(column, inside.getOrDefault(peer, 0) > 0 ? '#' : waiting.getOrDefault(peer, 0) > 0 ? ':' : '|'));
        int own = columns.get(event.peer());
        Integer from = trace.partners()[at] >= 0 ? columns.get(event.what().peer()) : null;
        if (from == null) {
            write(row, own + 2, DisplayWidth.cut(label(at), own == TIME + (columns.size() - 1) * width ? Math.max(most - own - 2, width - 3) : width - 3));
        } else {
            int left = Math.min(from, own) + 1;
            int right = Math.max(from, own);
            String label = DisplayWidth.cut(" " + label(at) + " ", right - left - 2);
            write(row, left, "-".repeat(right - left));
            row.setCharAt(from < own ? right - 1 : left, from < own ? '>' : '<');
            write(row, (left + right - label.length()) / 2, label);
        }
        return row.toString().stripTrailing();
    }

    /** Of the request that the event is of; empty where that is exclusive. */
    private String mode(int at) {
        LogEvent what = trace.event(at).what();
        return modes.getOrDefault(what.lock() + " " + what.stamp(), "");
    }

    private static void write(StringBuilder row, int at, String text) {
        row.replace(at, Math.min(row.length(), at + text.length()), text);
    }

    private String label(int at) {
        LogEvent what = trace.event(at).what();
        String said = switch (what.kind()) {
            case REQUEST -> "asks with " + what.stamp() + mode(at);
            case SEND -> what.message() + " to " + what.peer() + " is lost";
            case RECEIVE -> what.message().toString();
            case PERMISSION -> "";
            case DEFER -> "defers " + what.peer();
            case ENTRY -> "ENTERS with " + what.stamp() + mode(at);
            case EXIT -> "leaves" + (mode(at).isEmpty() ? "" : " " + what.stamp() + mode(at));
            case CANCEL -> "withdraws " + what.stamp();
            case LOST -> "LOST it";
            case MARK -> "begins the run of its job";
            case RAN -> "runs nothing, as its job has run";
            case LINK, ABSENT -> what.peer() + ": " + what.text();
            case EPOCH -> (what.peer() == trace.event(at).peer() ? "" : what.peer() + ": ") + what.text();
            case GROUP -> what.text();
        };
        return said + (locks.size() > 1 && what.lock() != null ? " [" + what.lock() + "]" : "");
    }
}
