package mutex.trace;

import java.util.HashSet;
import java.util.Set;
import mutex.event.LogEvent;
import mutex.event.LogEvent.Detail.InGroup;
import mutex.event.LogEvent.Detail.Reachable;
import mutex.event.LogEvent.EventKind;
import mutex.log.Incarnation;
import mutex.log.LogEntry;

/**
 * Where nothing failed and the group stayed as it was: some promises, as the order of stamps, hold only
 * there. An event that is not about a lock is a disturbance, and so is every moment in which a member cannot
 * reach another.
 */
final class QuietSpans {

    /** One peer has no link to another, or counts it as absent. */
    private record QuietGap(int witness, int other, EventKind kind) {}

    private final int[] disturbed; // so many places before this one are
    private int clockSetBack = Integer.MAX_VALUE; // place of the first event of a life that began with an old epoch

    QuietSpans(Trace trace) {
        Set<QuietGap> gaps = new HashSet<>();
        disturbed = new int[trace.lines().size() + 1];
        for (int at = 0; at < trace.lines().size(); at++) {
            LogEntry event = trace.event(at);
            Incarnation anew = trace.begunAnew(at);
            if (anew != null) {
                gaps.removeIf(gap -> gap.witness == event.peer());
                Incarnation before = trace.lives().get(event.peer()).get(anew.number() - 2);
                boolean older = event.what().epoch() <= before.last().event().what().epoch();
                clockSetBack = older ? Math.min(clockSetBack, at) : clockSetBack;
            }
            look(event, gaps);
            boolean here = event.what().lock() == null || !gaps.isEmpty() || anew != null;
            disturbed[at + 1] = disturbed[at] + (here ? 1 : 0);
        }
    }

    private static void look(LogEntry event, Set<QuietGap> gaps) {
        LogEvent what = event.what();
        QuietGap gap = new QuietGap(event.peer(), what.peer(), what.kind());
        if (what.detail() instanceof InGroup group) {
            gaps.removeIf(old -> old.witness == event.peer() && !group.members().contains(old.other));
        } else if (what.detail() instanceof Reachable reachable) {
            gaps.remove(gap);
            if (!reachable.now()) {
                gaps.add(gap);
            }
        }
    }

    /** Whether all places from the one to the other are. */
    boolean is(int from, int to) {
        return disturbed[to + 1] == disturbed[from];
    }

    /** Whether a peer that had been started anew by then had an older epoch than before: fences may repeat. */
    boolean clockSetBack(int by) {
        return clockSetBack <= by;
    }
}
