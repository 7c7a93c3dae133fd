package mutex.trace;

import java.util.HashSet;
import java.util.Set;
import mutex.log.Entry;
import mutex.log.Life;
import mutex.node.Happening;
import mutex.node.Happening.Kind;

/**
 * Where nothing failed and the group stayed as it was: some promises, as the order of stamps, hold only
 * there. An event that is not about a lock is a disturbance, and so is every moment in which a member cannot
 * reach another.
 */
final class Calm {

    /** One peer has no link to another, or counts it as absent. */
    private record Gap(int witness, int other, Kind kind) {}

    private final int[] disturbed; // so many places before this one are
    private int clockSetBack = Integer.MAX_VALUE; // place of the first event of a life that began with an old epoch

    Calm(Trace trace) {
        Set<Gap> gaps = new HashSet<>();
        disturbed = new int[trace.lines().size() + 1];
        for (int at = 0; at < trace.lines().size(); at++) {
            Entry event = trace.event(at);
            Life anew = trace.begunAnew(at);
            if (anew != null) {
                gaps.removeIf(gap -> gap.witness == event.peer());
                Life before = trace.lives().get(event.peer()).get(anew.number() - 2);
                boolean older = event.what().epoch() <= before.last().event().what().epoch();
                clockSetBack = older ? Math.min(clockSetBack, at) : clockSetBack;
            }
            look(event, gaps);
            boolean here = event.what().lock() == null || !gaps.isEmpty() || anew != null;
            disturbed[at + 1] = disturbed[at] + (here ? 1 : 0);
        }
    }

    private static void look(Entry event, Set<Gap> gaps) {
        Happening what = event.what();
        Gap gap = new Gap(event.peer(), what.peer(), what.kind());
        if (what.kind() == Kind.GROUP) {
            gaps.removeIf(old -> old.witness == event.peer() && !what.text().contains(" " + old.other + " at "));
        } else if (what.kind() == Kind.ABSENT || what.kind() == Kind.LINK) {
            gaps.remove(gap);
            if (what.text().startsWith("absent") || what.text().equals("link broken")) {
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
