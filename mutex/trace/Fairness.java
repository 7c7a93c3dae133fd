package mutex.trace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import mutex.algorithm.AlgorithmKind.EntryRule;
import mutex.algorithm.Message;
import mutex.algorithm.Mode;
import mutex.event.LogEvent.EventKind;
import mutex.log.LogEntry;
import mutex.text.Count;
import mutex.text.LockName;

/**
 * What Ricart-Agrawala promises for one lock where nothing fails: among those that exclude each other the order of stamps and
 * at most one overtaking, and 2(N-1) messages. Those that join others at their own peer take none and have no place in the order.
 */
final class Fairness {

    private final Trace trace;
    private final QuietSpans quiet;
    private final List<Violation> found = new ArrayList<>();
    private int counted;

    Fairness(Trace trace, QuietSpans quiet) {
        this.trace = trace;
        this.quiet = quiet;
    }

    /** @param entries of one lock, in the merged order */
    List<Violation> check(List<RequestSpan> entries) {
        Map<Integer, Map<Mode, RequestSpan>> last = new HashMap<>(); // that asked others, by peer
        Map<Integer, RequestSpan> previously = new HashMap<>(); // by peer
        for (int i = 0; i < entries.size(); i++) {
            RequestSpan entry = entries.get(i);
            if (entry.rule != EntryRule.PERMISSIONS || entry.joins) {
                continue;
            }
            last.values().forEach(ofPeer -> ofPeer.values().stream().filter(earlier -> entry.excludes(earlier) && entry.concerns(earlier))
                    .forEach(earlier -> order(earlier, entry)));
            last.computeIfAbsent(entry.peer(), none -> new HashMap<>()).put(entry.mode, entry);
            if (quiet.is(entry.asked, entry.entered)) {
                overtaking(entries, i);
            }
            // Calm since it asked the time before: in between all have heard each other, and repeat nothing.
            RequestSpan previous = previously.put(entry.peer(), entry);
            if (previous != null && entry.members != null && !entry.lock.equals(LockName.GROUP)
                    && quiet.is(previous.asked, entry.ended)) {
                counted++;
                messages(entry);
            }
        }
        return found;
    }

    /** Of how many entries the messages were counted. */
    int counted() {
        return counted;
    }

    private void order(RequestSpan before, RequestSpan entry) {
        if (before.stamp.compareTo(entry.stamp) >= 0 && quiet.is(Math.min(before.asked, entry.asked), entry.entered)) {
            add(Violation.Rule.STAMPS, entry, "entered with " + entry.with() + " after peer " + before.peer()
                    + " had entered with the later " + before.with() + " (" + trace.where(before.entered) + ")");
        }
    }

    /** Each peer may go before a request once: it may have asked, too, before it heard of that. */
    private void overtaking(List<RequestSpan> entries, int i) {
        RequestSpan waited = entries.get(i);
        int first = i;
        while (first > 0 && entries.get(first - 1).entered > waited.asked) {
            first--;
        }
        Map<Integer, Integer> times = new HashMap<>();
        for (RequestSpan other : entries.subList(first, i)) {
            if (other.asked > waited.asked && other.excludes(waited) && !other.joins && other.concerns(waited) && other.peer() != waited.peer() && times.merge(other.peer(), 1, Integer::sum) == 2) {
                add(Violation.Rule.OVERTAKING, other, "overtook peer " + waited.peer() + ", which had been waiting with " + waited.with()
                        + " since " + trace.where(waited.asked) + ", for the second time");
            }
        }
    }

    /** Counted at the peer that asks: requests sent and members whose permission came, N-1 of each, unless it asked who is inside (C7). */
    private void messages(RequestSpan entry) {
        int requests = 0;
        boolean waits = false;
        boolean asks = false;
        SortedSet<Integer> asked = new TreeSet<>();
        SortedSet<Integer> permissions = new TreeSet<>(); // a network may repeat one
        for (int at : entry.about) {
            LogEntry event = trace.event(at);
            boolean own = event.peer() == entry.peer();
            if (own && event.what().kind() == EventKind.SEND && (asked.add(event.what().peer()) || !answersWhoWasHeard(at))) {
                requests++;
                boolean attempt = event.what().message() instanceof Message.Request request && request.attempt();
                waits |= !attempt;
                asks |= attempt;
            }
            if (own && event.what().kind() == EventKind.RECEIVE && event.what().message() instanceof Message.Permission) {
                permissions.add(event.what().peer());
            }
        }
        int expected = 2 * entry.members.size();
        if (requests + permissions.size() != expected && !(waits && asks)) {
            add(Violation.Rule.MESSAGES, entry, "entered with " + entry.with() + " after " + Count.of(requests + permissions.size(), "message")
                    + ", not 2(N-1) = " + expected);
        }
    }

    /** Whether the peer had just heard from the one that it sends that to, which may have said that it had not listened before (G1). */
    private boolean answersWhoWasHeard(int at) {
        int other = trace.event(at).what().peer();
        int before = trace.previous()[at];
        while (before >= 0 && trace.event(before).what().kind() == EventKind.SEND && knows(before, other) == knows(at, other)) {
            before = trace.previous()[before]; // it says so of all its locks
        }
        return before >= 0 && knows(before, other) < knows(at, other);
    }

    private long knows(int at, int other) {
        return trace.event(at).vector().of(other);
    }

    private void add(Violation.Rule rule, RequestSpan entry, String text) {
        found.add(new Violation(rule, entry.entered,
                trace.where(entry.entered) + ": [" + entry.lock + "] peer " + entry.peer() + " " + text));
    }
}
