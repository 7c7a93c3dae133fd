package mutex.trace;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import mutex.event.LogEvent.EventKind;
import mutex.log.LogEntry;
import mutex.text.LockName;

/**
 * What the logs of all peers show: that no two that exclude each other held a lock at once, by causal order, and that no pool
 * gave more units than it has; that among those fences grew and stamps came in order; that every entry had its permissions, all
 * its locks at once, and how many messages it took.
 *
 * @param entries how often a lock was entered
 * @param messages how many messages about locks were sent
 * @param violations in the order of the events that broke a rule; empty when all hold
 * @param outlived a line for each holder that was gone without leaving: the entry after it, whose peer knew that
 * @param counted of how many entries the messages were counted one by one: where a link was made, or a peer began anew, some are
 *     said again
 */
public record Check(int entries, int messages, List<Violation> violations, List<String> outlived, int counted) {

    private static final int MOST_NAMED = 5;

    /** Checks the events of all peers about one lock, in any order between peers. */
    public static Check of(String lock, List<LogEntry> events) {
        return of(Trace.ofEvents(events), lock);
    }

    /** Checks all locks. */
    static Check of(Trace trace) {
        return of(trace, null);
    }

    private static Check of(Trace trace, String lock) {
        TreeMap<String, List<RequestSpan>> entries = new TreeMap<>();
        trace.entries().stream().filter(entry -> lock == null || entry.lock.equals(lock))
                .forEach(entry -> entries.computeIfAbsent(entry.lock, none -> new ArrayList<>()).add(entry));
        QuietSpans quiet = new QuietSpans(trace);
        List<Violation> violations = new ArrayList<>();
        List<String> outlived = new ArrayList<>();
        int[] counted = {0};
        entries.forEach((name, ofLock) -> {
            if (!name.equals(LockName.GROUP)) { // a member that is being removed has no say in that
                Holders holders = new Holders(trace, quiet);
                violations.addAll(holders.check(ofLock));
                violations.addAll(new Pools(trace, holders).check(ofLock));
                outlived.addAll(holders.outlived());
            }
            Fairness fairness = new Fairness(trace, quiet);
            violations.addAll(fairness.check(ofLock));
            counted[0] += fairness.counted();
        });
        new Together(trace, quiet).check().stream().filter(violation -> lock == null || lock.equals(trace.event(violation.place()).what().lock()))
                .forEach(violations::add);
        int judged = trace.judgedUntil();
        violations.removeIf(violation -> violation.place() >= judged);
        violations.sort(Comparator.comparingInt(Violation::place).thenComparing(Violation::rule));
        long messages = trace.lines().stream().map(line -> line.event().what())
                .filter(what -> what.kind() == EventKind.SEND && (lock == null || lock.equals(what.lock()))).count();
        return new Check(entries.values().stream().mapToInt(List::size).sum(), (int) messages, violations, outlived, counted[0]);
    }

    /** The first broken rule in one line, with file and line. */
    public Optional<String> violation() {
        return violations.stream().map(Violation::text).findFirst();
    }

    /** The first few events that broke a rule, each with the worst rule that it broke. */
    List<Violation> worst() {
        Map<Integer, Violation> worst = new LinkedHashMap<>(); // by place
        violations.forEach(violation -> worst.putIfAbsent(violation.place(), violation));
        return worst.values().stream().limit(MOST_NAMED).toList();
    }
}
