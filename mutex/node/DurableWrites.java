package mutex.node;

import java.util.List;
import mutex.event.Effect;
import mutex.group.DurableState;
import mutex.group.Membership;
import mutex.once.RunMark;

/**
 * What this peer writes down, one write at a time (G4): its group and promise when these change, and, well ahead and
 * rarely, a floor for its fences. No fence above the floor is entered with or acknowledged; after a restart all are
 * above it, whatever the wall clock says then. And the marks of jobs (O3, O4). A disk that fails or hangs does not stop the locks: it is said, and
 * entries go on as the wall clock, which a restarted peer starts from, passes their fences.
 *
 * <p>Source: protocol.md, rule F1.
 */
final class DurableWrites {

    /** So many fences are written down ahead: 16 epochs, and less of the clock they start from than a restart takes. */
    static final long AHEAD = 1L << 24;
    private static final long PATIENCE = 1_000_000_000L; // nanoseconds
    private static final long SAID_AFTER = 5_000_000_000L; // nanoseconds: a busy machine is no sick disk
    private static final long RETRY_AFTER = 1_000_000_000L;
    private static final long LONGEST_WAIT = 60_000; // milliseconds for the wall clock, while the disk is in trouble

    private final boolean floors; // else only group and promise are written down
    private final long patience; // with a disk that does not answer, nanoseconds
    private final Clocks clocks;
    private final StepOutput out;
    private DurableState durable; // what the disk says
    private DurableState wanted; // group and promise that are to be written next; null: they stay
    private DurableState writing; // under way; null: nothing is
    private List<RunMark> marks; // that are to be written next; null: they stay
    private String marksTrouble; // why they could not be written; null: they could
    private boolean told; // the group rules wait for that
    private long since; // when it was begun, nanoseconds
    private long retryAt = Long.MIN_VALUE;
    private long asked; // the highest fence that was to be acknowledged
    private long entry; // the fence that an entry waits with; 0: none does
    private String trouble; // why there is no relying on the floor; null: there is
    private boolean said; // and a person knows

    /**
     * @param saved from the state file; null when there is none
     * @param floors whether a floor for fences is kept
     * @param lease in nanoseconds; 0 is off
     */
    DurableWrites(DurableState saved, boolean floors, long lease, Clocks clocks, StepOutput out) {
        durable = saved == null ? new DurableState(null, null) : saved;
        this.floors = floors;
        patience = lease == 0 ? PATIENCE : Math.min(PATIENCE, lease / 4);
        this.clocks = clocks;
        this.out = out;
    }

    /** Group and promise; {@link #written} answers. */
    void save(DurableState saved) {
        wanted = saved;
    }

    /** The marks are to be these; {@link #marks} tells when they are. */
    void save(List<RunMark> all) {
        marks = all;
    }

    /** Those on the disk. */
    List<RunMark> marks() {
        return durable.marks();
    }

    /** Why the marks are not on the disk, in a line for a person; null while there is hope. */
    String marksTrouble() {
        return marksTrouble;
    }

    /** Whether others may be told that no entry here will have a lower fence. */
    boolean mayAcknowledge(long fence) {
        asked = Math.max(asked, fence);
        return !floors || fence <= durable.floor() || trouble != null;
    }

    /** Whether an entry may have that fence; if not, {@link #freed} tells when. */
    boolean mayEnter(long fence) {
        boolean may = !floors || fence <= durable.floor() || trouble != null && isPassed(fence);
        entry = may ? 0 : fence;
        return may;
    }

    private boolean isPassed(long fence) {
        long ahead = clocks.millisAhead(fence);
        return ahead <= 0 || ahead > LONGEST_WAIT;
    }

    /** Whether an entry that waited need not wait any longer. */
    boolean freed(long now) {
        if (writing != null && floors && now - since >= patience) {
            trouble = "its disk does not answer";
            if (now - since >= SAID_AFTER) {
                say();
            }
        }
        return entry != 0 && mayEnter(entry);
    }

    /** Writes what has changed, and a higher floor before it is needed. */
    void settle(long now) {
        long high = Math.max(clocks.fence() + 1, asked);
        boolean low = floors && high > durable.floor() - AHEAD / 2 && now >= retryAt;
        boolean marked = marks != null && (marksTrouble == null || now >= retryAt);
        if (writing == null && (wanted != null || low || marked)) {
            told = wanted != null;
            writing = (told ? wanted : durable).with(floors ? Math.max(durable.floor(), high + AHEAD) : 0, marks == null ? durable.marks() : marks);
            wanted = null;
            marks = null;
            since = now;
            out.add(new Effect.Save(writing));
        }
    }

    /** The last {@link Effect.Save} was carried out, or could not be (problem, for a person). */
    void written(String problem, Membership membership, long now) {
        DurableState done = writing;
        writing = null;
        if (done == null) {
            return;
        }
        sayOfMarks(done, problem);
        if (problem == null) {
            durable = done;
            trouble = null;
            if (said) {
                said = false;
                out.say("the fences of this peer are written down again");
            }
            retryAt = Long.MIN_VALUE;
        } else {
            retryAt = now + RETRY_AFTER;
        }
        if (problem != null && floors) {
            trouble = problem;
            say();
        }
        if (told) {
            membership.saved(problem, now);
            if (problem != null && membership.isIn(done)) { // all the same: the next write has it again
                durable = done.with(durable.floor(), durable.marks());
            }
        }
    }

    private void sayOfMarks(DurableState done, String problem) {
        if (problem == null) {
            marksTrouble = null;
        } else if (!done.marks().equals(durable.marks())) {
            if (marksTrouble == null) {
                out.say("the runs of jobs are not written down: " + problem + "; --once-per does not run here until they can be");
            }
            marksTrouble = problem;
            marks = marks == null ? done.marks() : marks;
        }
    }

    private void say() {
        if (!said) {
            said = true;
            out.say("the fences of this peer are not written down: " + trouble
                    + "; should its clock be set back, they may come again after a restart");
        }
    }

    /** When an entry need not wait any longer even if the disk does not answer, or has to be tried again, nanoseconds. */
    long wakeAt() {
        long saidAt = writing == null || said || trouble == null ? Long.MAX_VALUE : since + SAID_AFTER;
        long marksAt = marks != null && marksTrouble != null && writing == null ? retryAt : Long.MAX_VALUE;
        return Math.min(Math.min(saidAt, marksAt), entryAt());
    }

    private long entryAt() {
        if (entry == 0) {
            return Long.MAX_VALUE;
        } else if (trouble == null) {
            return writing == null ? Long.MAX_VALUE : since + patience;
        }
        return Math.min(clocks.whenPassed(entry), writing == null ? retryAt : Long.MAX_VALUE);
    }
}
