package mutex.trace;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import mutex.text.AlignedTable;
import mutex.text.Count;
import mutex.text.Durations;

/** What ran, whether the rules held, and all entries with their waits, in lines of text. */
final class Summary {

    /** More entries than these are told by the longest waits only. */
    private static final int MOST_ENTRIES = 40;
    private static final int LONGEST_WAITS = 20;
    private static final int MOST_GAPS = 5;

    private final Trace trace;
    private final Check check;

    Summary(Trace trace, Check check) {
        this.trace = trace;
        this.check = check;
    }

    /** What ran: peers, lives, logs, time. */
    List<String> run() {
        List<String> lines = new ArrayList<>();
        long lives = trace.lives().values().stream().mapToInt(List::size).sum();
        lines.add(Count.of(trace.lives().size(), "peer") + (lives > trace.lives().size() ? " (" + lives + " processes)" : "") + ", "
                + Count.of(trace.lines().size(), "event") + " in " + Count.of(trace.logs().size(), "log")
                + (trace.lines().isEmpty() ? "" : ", " + Durations.sayMicros(trace.length()) + " from " + trace.event(0).time()));
        TreeSet<Integer> unheard = new TreeSet<>();
        trace.spans().stream().filter(span -> span.members != null).forEach(span -> unheard.addAll(span.members));
        unheard.removeAll(trace.lives().keySet());
        if (!unheard.isEmpty()) {
            lines.add("no log of " + Count.peers(unheard) + ": what " + (unheard.size() == 1 ? "it" : "they") + " did is not checked");
        }
        trace.lives().values().forEach(ofPeer -> ofPeer.stream().skip(1).forEach(life -> lines.add(life.first().where() + ": peer "
                + life.peer() + " restarted here, in epoch " + life.first().event().what().epoch())));
        trace.logs().forEach(log -> lines.addAll(log.cuts()));
        trace.lives().values().forEach(ofPeer -> ofPeer.forEach(life -> life.gaps().stream().limit(MOST_GAPS).forEach(lines::add)));
        return lines;
    }

    /** A line a lock: entries, messages, waits, requests that came to nothing. */
    List<String> locks() {
        List<String> lines = new ArrayList<>();
        Map<String, List<RequestSpan>> byLock = trace.spans().stream()
                .collect(Collectors.groupingBy(span -> span.lock, TreeMap::new, Collectors.toList()));
        byLock.forEach((lock, spans) -> {
            List<Long> waits = spans.stream().filter(RequestSpan::held).map(trace::waited).sorted().toList();
            lines.add("[" + lock + "] " + Count.of(spans.size(), "request") + ", " + Count.of(waits.size(), "entry")
                    + (waits.isEmpty() ? "" : "; median wait " + Durations.sayMicros(waits.get(waits.size() / 2)) + ", longest "
                            + Durations.sayMicros(waits.get(waits.size() - 1))));
        });
        return lines;
    }

    /** Entries after a holder that was gone without leaving. */
    List<String> outlived() {
        List<String> lines = new ArrayList<>(check.outlived().stream().limit(LONGEST_WAITS).toList());
        if (check.outlived().size() > LONGEST_WAITS) {
            lines.add("... and " + Count.of(check.outlived().size() - LONGEST_WAITS, "more entry") + " after a holder that was gone");
        }
        return lines;
    }

    /** Requests that neither ended nor were withdrawn: they still wait or hold the lock, or their process ended. */
    List<String> open() {
        return trace.spans().stream().filter(span -> span.end == RequestSpan.SpanEnd.OPEN || span.end == RequestSpan.SpanEnd.CUT)
                .map(span -> trace.where(span.held() ? span.entered : span.asked) + ": " + span + (span.held() ? " is inside" : " waits")
                        + (span.end == RequestSpan.SpanEnd.CUT ? " when its process ends" : " when the logs end")).toList();
    }

    /** The first events that broke a rule, a line each. */
    List<String> violations() {
        return check.worst().stream().map(violation -> "VIOLATION " + violation).toList();
    }

    /** Whether the rules held, in one line. */
    String verdict() {
        if (check.violations().isEmpty()) {
            String until = trace.judgedUntil() < trace.lines().size() ? "; only checked up to the first gap in the logs" : "";
            return "check: " + Count.of(check.entries(), "entry") + (trace.mixed() ? ", never two in conflict at once" : ", never two at once") + (check.outlived().isEmpty() ? ""
                    : ", not counting " + Count.of(check.outlived().size(), "holder") + " known to be gone") + "; " + AlgorithmText.of(trace).right + until;
        }
        Map<Violation.Rule, Long> byRule = check.violations().stream()
                .collect(Collectors.groupingBy(Violation::rule, TreeMap::new, Collectors.counting()));
        return "check: " + Count.of(check.entries(), "entry") + "; broken: " + byRule.entrySet().stream()
                .map(rule -> rule.getKey().words + " (" + Count.times(rule.getValue()) + ")").collect(Collectors.joining(", "));
    }

    /**
     * A line an entry, in their order; of very many only those that waited longest.
     *
     * @param width the most columns of a line; names are shortened where they do not fit
     */
    List<String> entries(int width) {
        List<RequestSpan> entries = trace.entries();
        List<RequestSpan> told = entries;
        List<String> lines = new ArrayList<>();
        if (entries.size() > MOST_ENTRIES) {
            told = entries.stream().sorted(Comparator.comparingLong(trace::waited).reversed()).limit(LONGEST_WAITS).toList();
            lines.add("the " + LONGEST_WAITS + " entries of " + entries.size() + " that waited longest:");
        }
        List<List<String>> rows = new ArrayList<>(List.of(List.of("entry", "peer", "stamp", "lock", "waited", "inside", "log")));
        for (RequestSpan entry : told) {
            String inside = switch (entry.end) {
                case EXIT -> Durations.sayMicros(trace.micros(entry.entered, entry.ended));
                case LOST -> "lost";
                case CUT -> "killed";
                default -> "inside";
            };
            rows.add(List.of(String.valueOf(entry.number), String.valueOf(entry.peer()), entry.with(), entry.lock,
                    Durations.sayMicros(trace.waited(entry)), inside, trace.where(entry.entered)));
        }
        lines.addAll(AlignedTable.lines(rows, Set.of(0, 1, 4, 5), width, 3, 6));
        return lines;
    }
}
