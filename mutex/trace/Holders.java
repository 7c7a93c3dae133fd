package mutex.trace;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import mutex.algorithm.Mode;
import mutex.event.LogEvent;
import mutex.event.LogEvent.Detail.BeganEpoch;
import mutex.event.LogEvent.Detail.Reachable;
import mutex.event.LogEvent.EventKind;
import mutex.log.LogLine;
import mutex.text.Count;

/** Safety: whether holders of one lock that exclude each other followed one another, each knowing of the exit before. */
final class Holders {

    private final Trace trace;
    private final QuietSpans quiet;
    private final Map<RequestSpan, String> outlived = new LinkedHashMap<>(); // by the holder that was gone

    Holders(Trace trace, QuietSpans quiet) {
        this.trace = trace;
        this.quiet = quiet;
    }

    /** @param entries of one lock, in the merged order */
    List<Violation> check(List<RequestSpan> entries) {
        List<Violation> found = new ArrayList<>();
        for (RequestSpan entry : entries) {
            if (!entry.ungranted.isEmpty() && quiet.is(entry.asked, entry.entered)) {
                found.add(violation(Violation.Rule.PERMISSIONS, entry, "entered with " + entry.with()
                        + " without the permission of " + Count.peers(entry.ungranted)));
            }
        }
        List<RequestSpan> byFence = new ArrayList<>(entries);
        byFence.sort(Comparator.comparingLong((RequestSpan entry) -> entry.fence).thenComparingInt(entry -> entry.entered));
        Map<Integer, List<RequestSpan>> last = new TreeMap<>(); // by peer
        for (RequestSpan next : byFence) {
            last.values().forEach(ofPeer -> ofPeer.stream().filter(before -> next.excludes(before) && next.concerns(before))
                    .forEach(before -> compare(before, next).ifPresent(found::add)));
            List<RequestSpan> own = last.computeIfAbsent(next.peer(), none -> new ArrayList<>());
            own.removeIf(before -> standsFor(next, before));
            own.add(next);
        }
        return found;
    }

    /** Whether what comes after the next entry of a peer, and is excluded by it, comes after the one before as well. */
    private static boolean standsFor(RequestSpan next, RequestSpan before) {
        boolean excludesAsMuch = next.mode != null && (next.mode.equals(before.mode) || next.mode.equals(Mode.EXCLUSIVE)
                || next.mode instanceof Mode.Units units && before.mode instanceof Mode.Units fewer && units.of() == fewer.of() && units.take() >= fewer.take());
        return before.mode == null || excludesAsMuch && (next.excludes(before) || next.life != before.life || before.left() && before.ended <= next.ended);
    }

    /**
     * What {@link #check} found that is no violation: for each holder that was killed, or lost its standing while it was
     * cut off, the first entry after it, in a line.
     */
    Collection<String> outlived() {
        return outlived.values();
    }

    /** What is wrong between the two, of which the second has the higher fence. */
    private Optional<Violation> compare(RequestSpan before, RequestSpan next) {
        RequestSpan later = before.entered < next.entered ? next : before;
        RequestSpan earlier = later == next ? before : next;
        if (!follows(later, earlier) && !gone(earlier, later)) {
            return Optional.of(violation(Violation.Rule.ONE_HOLDER, later, "entered with " + later.with() + " while peer " + earlier.peer()
                    + " was inside with " + earlier.with() + " (" + trace.where(earlier.entered) + " to "
                    + (endsInLog(earlier) ? trace.where(earlier.ended) : "the end of its log") + ")"
                    + (later.ungranted.isEmpty() ? "" : ", without the permission of " + Count.peers(later.ungranted))));
        }
        return later == next && before.fence != next.fence || quiet.clockSetBack(later.entered) ? Optional.empty()
                : Optional.of(violation(Violation.Rule.FENCES, later, "entered with fence " + later.fence + ", which is not above fence "
                        + earlier.fence + " of the earlier entry of peer " + earlier.peer() + " (" + trace.where(earlier.entered) + ")"));
    }

    private static boolean endsInLog(RequestSpan entry) {
        return entry.end != RequestSpan.SpanEnd.OPEN && entry.end != RequestSpan.SpanEnd.CUT;
    }

    /** Whether the entry had good reason not to know of an exit; that is said then. */
    boolean gone(RequestSpan earlier, RequestSpan entry) {
        boolean gone = mayOutlive(earlier, entry);
        if (gone) {
            outlived.putIfAbsent(earlier, trace.where(entry.entered) + ": " + entry + " entered once peer " + earlier.peer() + ", which was inside with " + earlier.with()
                    + ", was known to be gone (" + (!endsInLog(earlier) ? "its log ends inside" : (earlier.end == RequestSpan.SpanEnd.EXIT ? "it left later, at "
                    : "it lost the lock at ") + trace.where(earlier.ended)) + ")");
        }
        return gone;
    }

    Violation violation(Violation.Rule rule, RequestSpan entry, String text) {
        return new Violation(rule, entry.entered,
                trace.where(entry.entered) + ": [" + entry.lock + "] peer " + entry.peer() + " " + text);
    }

    /** Whether the entry knows of the exit of the earlier one. */
    boolean follows(RequestSpan entry, RequestSpan earlier) {
        return earlier.left() && earlier.ended < entry.entered && (earlier.peer() == entry.peer()
                || trace.event(entry.entered).vector().covers(trace.event(earlier.ended).vector()));
    }

    /**
     * Whether the entry had good reason not to know of an exit: the earlier holder was killed, or lost its standing
     * while it was cut off, and the logs show that the entering peer knew.
     */
    private boolean mayOutlive(RequestSpan earlier, RequestSpan entry) {
        boolean exitAfter = earlier.end == RequestSpan.SpanEnd.EXIT && earlier.ended > entry.entered
                && trace.event(earlier.ended).vector().covers(trace.event(entry.entered).vector());
        if (exitAfter) {
            return false;
        }
        if (earlier.peer() == entry.peer()) {
            return earlier.life != entry.life;
        }
        boolean logEndsBefore = (earlier.end == RequestSpan.SpanEnd.OPEN || earlier.end == RequestSpan.SpanEnd.CUT) && trace.event(entry.entered).vector().of(earlier.peer())
                > earlier.life.last().event().vector().of(earlier.peer());
        return logEndsBefore || knewBetter(earlier, entry) || hasHeardOfLater(entry, earlier);
    }

    /** Whether the entering peer counted the earlier holder as absent, as started anew, or as no member. */
    private boolean knewBetter(RequestSpan earlier, RequestSpan entry) {
        boolean gone = entry.members != null && !entry.members.contains(earlier.peer());
        for (LogLine line : entry.life.lines()) {
            if (line == trace.lines().get(entry.entered)) {
                break;
            }
            LogEvent what = line.event().what();
            if (what.peer() == earlier.peer() && what.kind() == EventKind.ABSENT && what.detail() instanceof Reachable reachable) {
                gone = !reachable.now();
            } else if (what.peer() == earlier.peer() && what.detail() instanceof BeganEpoch began) {
                gone |= began.epoch() > trace.event(earlier.entered).what().epoch();
            }
        }
        return gone;
    }

    /**
     * Whether what the earlier holder did in a later epoch or life came to the entering peer by messages, however many hands they
     * went through and however long ago: a permission or a token may have been kept since.
     */
    private boolean hasHeardOfLater(RequestSpan entry, RequestSpan earlier) {
        BitSet known = new BitSet(); // places
        known.set(entry.entered);
        for (int at = entry.entered; at >= 0; at = known.previousSetBit(at - 1)) {
            if (trace.event(at).peer() == earlier.peer() && (trace.lifeNumbers()[at] > earlier.life.number()
                    || trace.event(at).what().epoch() > trace.event(earlier.entered).what().epoch())) {
                return true;
            }
            IntStream.of(trace.previous()[at], trace.sendings()[at]).filter(place -> place >= 0).forEach(known::set);
        }
        return false;
    }
}
