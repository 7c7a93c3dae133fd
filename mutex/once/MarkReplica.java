package mutex.once;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import mutex.once.MarkMessage.Kept;
import mutex.once.MarkMessage.Tell;

/**
 * The marks of a group's runs at one of its members: those made here are told to all and count when enough have written
 * them down, those of others are taken in and acknowledged, and whoever may have missed some is told them again.
 *
 * <p>Source: docs/protocol/once.md, rules O2 to O4.
 */
public final class MarkReplica {

    /** What the marks ask of the node they live in. Every call returns at once and never throws. */
    public interface MarkHost {

        long wallMillis();

        void send(int to, MarkMessage message);

        /** The marks are to be these on the disk, too. */
        void save(List<RunMark> all);

        /** Those on the disk. */
        List<RunMark> saved();

        /** A member has asked in vain to have its mark written down. */
        void isNotRemembered(int from, RunMark mark);
    }

    /** A member waits to hear that the mark is on the disk here. */
    private record OwedAnswer(int to, RunMark mark) {}

    private final int self;
    private final boolean lease;
    private final RunMarks marks;
    private final MarkHost host;
    private final Map<String, MarkedRun> marking = new HashMap<>(); // by job: the run here that waits until enough know of it
    private final Set<OwedAnswer> owed = new LinkedHashSet<>();
    private Collection<Integer> others = Set.of();
    private long lastStart; // of a mark made here

    public MarkReplica(int self, boolean lease, RunMarks marks, MarkHost host) {
        this.self = self;
        this.lease = lease;
        this.marks = marks;
        this.host = host;
    }

    private long wall() {
        return host.wallMillis();
    }

    /** O2: the run that is known and forbids this one, if it were to begin now; null when none does. */
    public RunMark whatForbids(MarkedRun run) {
        return whatForbids(next(run));
    }

    private RunMark whatForbids(RunMark mark) {
        RunMark known = known(mark.job());
        return known != null && known.forbids(mark) ? known : null;
    }

    /** Null when nothing is known of the job. */
    private RunMark known(String job) {
        return marks.find(job, wall());
    }

    /** The mark of the run, if it were to begin now. */
    private RunMark next(MarkedRun run) {
        return new RunMark(run.job(), Math.max(wall(), lastStart + 1), run.period, self);
    }

    /** O2, O3: the run has its lock. Whether its mark was made; if not, it is known which run forbids it. */
    public boolean mark(MarkedRun run) {
        RunMark mark = next(run);
        run.earlier = whatForbids(mark);
        if (run.earlier != null) {
            return false;
        }
        run.mark = mark;
        marking.put(run.job(), run);
        lastStart = mark.started();
        take(mark);
        others.forEach(peer -> host.send(peer, new Tell(mark, true)));
        return true;
    }

    /** O3: without a lease to all, as a permission of any may be old; with one to a majority, of whom one answers whoever marks next. */
    public boolean isKnown(MarkedRun run) {
        long kept = others.stream().filter(run.kept::contains).count();
        return isWritten(run) && (lease ? 1 + kept > (1 + others.size()) / 2 : kept == others.size());
    }

    /** Whether its mark is on the disk here. */
    public boolean isWritten(MarkedRun run) {
        return host.saved().contains(run.mark);
    }

    /** The first of the others that has not written its mark down; 0 when all have. */
    public int firstWithout(MarkedRun run) {
        return others.stream().filter(other -> !run.kept.contains(other)).sorted().findFirst().orElse(0);
    }

    public void begin(MarkedRun run) {
        run.begun = true;
        marking.remove(run.job(), run);
    }

    /** The run is over, or will not be. O4: where it does not count that is told to others, as far as they can be reached. */
    public void end(MarkedRun run, boolean failed) {
        marking.remove(run.job(), run);
        if (run.mark != null && (!run.begun || failed)) {
            RunMark withdrawn = run.mark.withdraw();
            take(withdrawn);
            others.forEach(peer -> host.send(peer, new Tell(withdrawn, false)));
        }
        if (run.earlier != null) {
            take(run.earlier);
        }
    }

    private void take(RunMark mark) {
        if (marks.take(mark, wall())) {
            host.save(marks.all(wall()));
        }
    }

    /** From a member. */
    public void receive(int from, MarkMessage message) {
        RunMark mark = message.mark();
        MarkedRun ours = marking.get(mark.job());
        if (message instanceof Kept) {
            if (ours != null && ours.mark.isOf(mark)) {
                ours.kept.add(from);
            }
        } else if (ours != null && mark.forbids(ours.mark) && mark.isBelievable(wall())) {
            ours.earlier = mark; // whose peer may have lost its lock, or be gone
            marking.remove(mark.job());
        } else {
            take(mark);
            if (message instanceof Tell told && told.ask()) {
                answer(from, mark);
            }
        }
    }

    /** O4: what this peer knows already counts more than the question. */
    private void answer(int from, RunMark asked) {
        RunMark known = known(asked.job());
        if (known == null) {
            host.isNotRemembered(from, asked);
        } else if (known.isOf(asked) && !known.withdrawn()) {
            owed.add(new OwedAnswer(from, asked));
        } else {
            host.send(from, new Tell(known, false));
        }
    }

    /** O4: acknowledges what is on the disk now. */
    public void acknowledge() {
        if (!owed.isEmpty()) { // as at nearly every event
            owed.removeIf(this::isSettled);
        }
    }

    /** Acknowledges what is on the disk; whether nothing more is owed. */
    private boolean isSettled(OwedAnswer one) {
        RunMark known = known(one.mark().job());
        boolean remembered = known != null && known.isOf(one.mark());
        if (remembered && host.saved().contains(one.mark())) {
            host.send(one.to(), new Kept(one.mark()));
            return true;
        }
        return !remembered;
    }

    /** O4: the member may have been away; what was said to it before may not have counted. */
    public void greet(int peer) {
        if (!marks.isEmpty() && others.contains(peer)) {
            marks.all(wall()).forEach(mark -> {
                MarkedRun ours = marking.get(mark.job());
                host.send(peer, new Tell(mark, ours != null && ours.mark.isOf(mark)));
            });
        }
    }

    /** @param members the others; null: this peer is in no group */
    public void regroup(Set<Integer> members) {
        others = members == null ? Set.of() : new TreeSet<>(members); // in the same order in each JVM
        owed.removeIf(one -> !others.contains(one.to()));
        others.forEach(this::greet);
    }
}
