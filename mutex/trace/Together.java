package mutex.trace;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import mutex.algorithm.Stamp;
import mutex.event.LogEvent;
import mutex.event.LogEvent.EventKind;

/**
 * Whether the locks of one request were entered in one step and left in one step (K4), and those that joined others at their
 * own peer had their fence, and passed nobody whose request waited there (K6).
 */
final class Together {

    private record RequestKey(int peer, int life, Stamp stamp) {}

    private final Trace trace;
    private final QuietSpans quiet;
    private final List<Violation> found = new ArrayList<>();

    Together(Trace trace, QuietSpans quiet) {
        this.trace = trace;
        this.quiet = quiet;
    }

    List<Violation> check() {
        Map<RequestKey, List<RequestSpan>> requests = new LinkedHashMap<>();
        trace.spans().forEach(span -> requests.computeIfAbsent(new RequestKey(span.peer(), span.life.number(), span.stamp), none -> new ArrayList<>(1)).add(span));
        requests.values().forEach(this::check);
        return found;
    }

    /** @param locks the spans of one request */
    private void check(List<RequestSpan> locks) {
        List<RequestSpan> entered = locks.stream().filter(RequestSpan::held).toList();
        if (locks.size() > 1) {
            oneStep(locks, RequestSpan::held, span -> span.entered, "entered", what -> what.kind() == EventKind.ENTRY);
            oneStep(locks, span -> span.left() || span.end == RequestSpan.SpanEnd.CANCEL, span -> span.ended, "was gone from", Together::leaves);
        }
        long fence = entered.stream().mapToLong(span -> span.joins ? span.fenceBeside : span.fence).max().orElse(0);
        for (RequestSpan entry : entered) {
            if (entry.fence != fence) {
                add(Violation.Rule.FENCES, entry, entry.entered, "entered with fence " + entry.fence + ", not " + fence
                        + (entry.joins ? ", as those inside that it joined" : ", as the other locks of its request"));
            }
            if (entry.joins && !entered.get(0).joins) {
                add(Violation.Rule.TOGETHER, entry, entry.entered, "entered with " + entry.with() + " unasked, but had asked for [" + entered.get(0).lock + "]");
            } else if (entry.passes >= 0 && quiet.is(entry.passes, entry.entered)) {
                add(Violation.Rule.JOINS, entry, entry.entered, "joined with " + entry.with() + " past a request of peer "
                        + trace.event(entry.passes).what().peer() + " that waits since " + trace.where(entry.passes));
            }
        }
    }

    /** An end is followed by the permissions that waited for it, and where a peer loses its standing by others. */
    private static boolean leaves(LogEvent what) {
        return switch (what.kind()) {
            case EXIT, CANCEL, LOST, SEND -> true;
            default -> false;
        };
    }

    /** Whether what happened to one of the locks happened to all, with nothing else between; a log may end in the middle. */
    private void oneStep(List<RequestSpan> locks, Predicate<RequestSpan> happened, ToIntFunction<RequestSpan> place, String words, Predicate<LogEvent> between) {
        List<RequestSpan> those = locks.stream().filter(happened).sorted(Comparator.comparingInt(place)).toList();
        if (those.isEmpty()) {
            return;
        }
        RequestSpan first = those.get(0);
        RequestSpan other = locks.stream().filter(span -> !happened.test(span)).findFirst().orElse(those.get(those.size() - 1));
        int at = happened.test(other) ? place.applyAsInt(other) : lastPlace(other);
        for (; at > place.applyAsInt(first); at = trace.previous()[at]) {
            if (!between.test(trace.event(at).what())) {
                add(Violation.Rule.TOGETHER, first, place.applyAsInt(first), words + " with " + first.with() + ", but "
                        + (happened.test(other) ? "only at " + trace.where(place.applyAsInt(other)) : "never") + " with [" + other.lock + "], which it had asked for at once");
                return;
            }
        }
    }

    /** The last event of the peer until that was over. */
    private int lastPlace(RequestSpan span) {
        int at = span.ended;
        while (trace.event(at).peer() != span.peer()) {
            at--;
        }
        return at;
    }

    private void add(Violation.Rule rule, RequestSpan entry, int place, String text) {
        found.add(new Violation(rule, place, trace.where(place) + ": [" + entry.lock + "] peer " + entry.peer() + " " + text));
    }
}
