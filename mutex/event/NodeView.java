package mutex.event;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import mutex.algorithm.Algorithm;
import mutex.algorithm.Mode;
import mutex.algorithm.Stamp;
import mutex.group.Group;
import mutex.once.RunMark;
import mutex.text.Durations;

/**
 * A node as it is now, for people and programs to look at.
 *
 * @param group null while the peer is in none
 * @param waitingFor what stands between the peer and a group; null in a group
 * @param locks those held, wanted or waited for at this peer, by name
 * @param moreLocks how many there are besides those
 * @param differences for linked peers with another start list: what differs
 * @param standing null while the lease is off, or this peer is in no group or alone in it
 * @param suspects peers that have done what honest ones with good clocks do not, and what
 * @param change of the group, under way at this peer or agreed to, in words; null when there is none
 * @param jobs what is known of those that run once a period, by name
 */
public record NodeView(
        int id, String endpoint, long epoch, long time, long seen, Group group, String waitingFor,
        List<LockView> locks, int moreLocks, SortedMap<Integer, String> differences, StandingView standing, SortedMap<Integer, String> suspects,
        String change, List<JobView> jobs) {

    /** With all its locks, and without jobs that run once a period. */
    public NodeView(
            int id, String endpoint, long epoch, long time, long seen, Group group, String waitingFor,
            List<LockView> locks, SortedMap<Integer, String> differences, StandingView standing, SortedMap<Integer, String> suspects,
            String change) {
        this(id, endpoint, epoch, time, seen, group, waitingFor, locks, 0, differences, standing, suspects, change, List.of());
    }

    /**
     * The run of a job that the group remembers.
     *
     * @param agoMillis how long ago it began, by this peer's wall clock
     * @param againMillis how long it does not run again; 0 where it may
     */
    public record JobView(RunMark mark, long agoMillis, long againMillis) {

        public static JobView at(RunMark mark, long wall) {
            return new JobView(mark, Math.max(0, wall - mark.started()), Math.max(0, mark.next() - wall));
        }

        /** Such as {@code ran 12 min ago at peer 2, not again for 42 min}. */
        public String text() {
            return text(mark.peer(), agoMillis, againMillis);
        }

        /** The same of a run at that peer. */
        public static String text(int peer, long agoMillis, long againMillis) {
            return "ran " + Durations.sayMillis(agoMillis) + " ago at peer " + peer
                    + (againMillis == 0 ? "" : ", not again for " + Durations.sayMillis(againMillis));
        }
    }

    /**
     * Of all locks but that of the group.
     *
     * @param held locks
     * @param waiting requests of this peer that are to enter yet
     * @param deferred requests of other peers
     */
    public record LockTotals(long held, long waiting, long deferred) {}

    /**
     * Whether the peer may use the group's locks now.
     *
     * @param heard how many members, with this one, have acknowledged a heartbeat sent within the lease
     * @param majority how many are needed
     * @param absent members that a majority has not acknowledged for a lease: entries do without them
     */
    public record StandingView(boolean good, int heard, int majority, SortedSet<Integer> absent) {}

    /**
     * Somebody of this peer who is inside.
     *
     * @param sinceNanos how long ago it entered, in nanoseconds
     * @param asker number of the local asker
     */
    public record HoldView(Stamp stamp, Mode mode, long fence, long sinceNanos, long asker) {}

    /**
     * The request of this peer that waits.
     *
     * @param stamp null for want of standing
     * @param sinceNanos how long ago it was made, in nanoseconds
     * @param asker number of the local asker
     */
    public record WishView(Stamp stamp, Mode mode, long sinceNanos, long asker) {}

    /**
     * One lock at this peer.
     *
     * @param stamp of the oldest hold, or else of the request that waits; null when there is neither
     * @param fence of that hold; 0 unless HELD
     * @param sinceNanos how long ago it was asked for or entered, in nanoseconds
     * @param missing whose permission is missing
     * @param deferred requests of other peers that wait for this one
     * @param waiting how many local askers queue behind the present one
     * @param messages sent and received for the newest request or entry
     * @param token where the token is, as far as the peer knows; null where the algorithm has none
     * @param about what the algorithm adds for people; may be empty
     * @param asker number of the local asker who holds it, or whose request it is that waits; 0 when there is none
     * @param holds all who are inside, the oldest first
     * @param wish what waits, beside holds or alone; null when nothing does
     */
    public record LockView(
            String name, Algorithm.State state, Stamp stamp, long fence, long sinceNanos,
            SortedSet<Integer> missing, Map<Integer, Stamp> deferred, int waiting, int messages,
            Algorithm.TokenPlace token, String about, long asker, List<HoldView> holds, WishView wish) {

        /** Of an exclusive lock. */
        public LockView(
                String name, Algorithm.State state, Stamp stamp, long fence, long sinceNanos,
                SortedSet<Integer> missing, Map<Integer, Stamp> deferred, int waiting, int messages,
                Algorithm.TokenPlace token, String about, long asker) {
            this(name, state, stamp, fence, sinceNanos, missing, deferred, waiting, messages, token, about, asker,
                    state == Algorithm.State.HELD ? List.of(new HoldView(stamp, Mode.EXCLUSIVE, fence, sinceNanos, asker)) : List.of(),
                    state == Algorithm.State.WANTED ? new WishView(stamp, Mode.EXCLUSIVE, sinceNanos, asker) : null);
        }

        /** Without a known asker. */
        public LockView(
                String name, Algorithm.State state, Stamp stamp, long fence, long sinceNanos,
                SortedSet<Integer> missing, Map<Integer, Stamp> deferred, int waiting, int messages,
                Algorithm.TokenPlace token, String about) {
            this(name, state, stamp, fence, sinceNanos, missing, deferred, waiting, messages, token, about, 0);
        }
    }
}
