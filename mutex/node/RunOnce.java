package mutex.node;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mutex.algorithm.Invariant;
import mutex.algorithm.LockMode;
import mutex.group.DurableWrites;
import mutex.node.Effect.Outcome;
import mutex.node.LogEvent.EventKind;
import mutex.once.MarkMessage;
import mutex.once.MarkMessage.Kept;
import mutex.once.MarkMessage.Tell;
import mutex.once.RunMark;
import mutex.once.RunMarks;
import mutex.text.Durations;

/**
 * Jobs that run at most once a period: who has entered the lock of a job marks its run, and begins when enough of the
 * group have written that down, so that whoever enters next hears of it from somebody.
 *
 * <p>Source: docs/protocol/once.md, rules O1 to O4.
 */
final class RunOnce implements LocalRequests.AskerEvents {

    /** A local asker and its run. */
    private static final class JobRun {
        final LocalAsker asker;
        final long period; // milliseconds
        final Set<Integer> kept = new HashSet<>(); // who has the mark on its disk
        RunMark mark; // null before it has entered
        RunMark earlier; // the run that forbids this one; null: none is known
        long deadline = Long.MAX_VALUE; // of the marking, nanoseconds
        boolean begun;
        boolean failed; // and is not to count

        JobRun(LocalAsker asker, long period) {
            this.asker = asker;
            this.period = period;
        }

        boolean marks() {
            return mark != null && !begun && earlier == null;
        }

        String job() {
            return asker.wants.get(0).lock();
        }
    }

    /** A member waits to hear that the mark is on the disk here. */
    private record OwedAnswer(int to, RunMark mark) {}

    private final int self;
    private final boolean lease;
    private final Clocks clocks;
    private final StepOutput out;
    private final RunMarks marks;
    private final DurableWrites disk;
    private final LocalRequests requests;
    private final LeaseGate gate;
    private final Map<Long, JobRun> runs = new LinkedHashMap<>(); // by asker
    private final Set<OwedAnswer> owed = new LinkedHashSet<>();
    private Collection<Integer> others = Set.of();
    private long lastStart; // of a mark made here

    RunOnce(int self, boolean lease, Clocks clocks, StepOutput out, RunMarks marks, DurableWrites disk, LocalRequests requests, LeaseGate gate) {
        this.self = self;
        this.lease = lease;
        this.clocks = clocks;
        this.out = out;
        this.marks = marks;
        this.disk = disk;
        this.requests = requests;
        this.gate = gate;
    }

    void ask(Event.Ask ask, long now) {
        JobRun run = new JobRun(new LocalAsker(ask.asker(), ask.locks(), true, ask.deadline(), this), ask.period());
        RunMark known = known(run.job());
        if (known != null && known.forbids(next(run))) {
            out.add(new Effect.HasRun(ask.asker(), NodeView.JobView.at(known, wall()))); // which no entry would change
        } else if (!marks.hasRoom(run.job(), wall())) {
            out.add(new Effect.Ended(ask.asker(), LockMode.names(ask.locks()), Outcome.FULL,
                    "this peer remembers the runs of " + RunMarks.MOST + " jobs already; use fewer names"));
        } else {
            runs.put(ask.asker(), run);
            requests.ask(run.asker, now);
        }
    }

    private long wall() {
        return clocks.wallMillis();
    }

    /** Null when nothing is known of the job. */
    private RunMark known(String job) {
        return marks.find(job, wall());
    }

    /** The mark of the run, if it were to begin now. */
    private RunMark next(JobRun run) {
        return new RunMark(run.job(), Math.max(wall(), lastStart + 1), run.period, self);
    }

    /** What the asker has run is not to count. */
    void fails(long asker) {
        JobRun run = runs.get(asker);
        if (run != null) {
            run.failed = true;
        }
    }

    /** O2, O3: it may be in the middle of another call, so that only {@link #settle} gives the lock back. */
    @Override
    public void entered(LocalAsker asker) {
        JobRun run = runs.get(asker.id);
        RunMark mark = next(run);
        RunMark known = known(run.job());
        if (known != null && known.forbids(mark)) {
            run.earlier = known;
            return;
        }
        run.mark = mark;
        run.deadline = clocks.now() + LocalRequests.TRY;
        lastStart = mark.started();
        take(mark);
        others.forEach(peer -> send(peer, new Tell(mark, true)));
    }

    @Override
    public void ended(LocalAsker asker, Outcome outcome, String reason) {
        JobRun run = runs.remove(asker.id);
        if (run.mark != null && (!run.begun || run.failed)) {
            withdraw(run.mark);
        }
        if (run.earlier != null) {
            take(run.earlier);
            out.add(new Effect.HasRun(asker.id, NodeView.JobView.at(run.earlier, wall())));
        } else if (run.begun) {
            out.ended(asker, outcome, reason);
        } else { // nobody was told that it had entered
            out.ended(asker, outcome == Outcome.LOST ? Outcome.UNANSWERED : outcome == Outcome.RELEASED ? Outcome.CANCELLED : outcome, reason);
        }
    }

    /** O4: as far as others can be reached. */
    private void withdraw(RunMark mark) {
        RunMark withdrawn = mark.withdraw();
        take(withdrawn);
        others.forEach(peer -> send(peer, new Tell(withdrawn, false)));
    }

    private void take(RunMark mark) {
        if (marks.take(mark, wall())) {
            disk.save(marks.all(wall()));
        }
    }

    private void send(int to, MarkMessage message) {
        out.send(to, new Frame.OfMark(message));
    }

    /** From a member. */
    void receive(int from, MarkMessage message) {
        RunMark mark = message.mark();
        JobRun marking = marking(mark.job());
        if (message instanceof Kept) {
            if (marking != null && marking.mark.isOf(mark)) {
                marking.kept.add(from);
            }
        } else if (marking != null && mark.forbids(marking.mark) && mark.isBelievable(wall())) {
            marking.earlier = mark; // whose peer may have lost its lock, or be gone
        } else {
            take(mark);
            if (message instanceof Tell told && told.ask()) {
                answer(from, mark);
            }
        }
    }

    private JobRun marking(String job) {
        return runs.values().stream().filter(run -> run.marks() && run.job().equals(job)).findFirst().orElse(null);
    }

    /** O4: what this peer knows already counts more than the question. */
    private void answer(int from, RunMark asked) {
        RunMark known = known(asked.job());
        if (known == null) {
            out.say("the run of [" + asked.job() + "] at peer " + from + " is not remembered here: " + (asked.isBelievable(wall()) && !asked.isOver(wall())
                    ? "these are " + RunMarks.MOST + " jobs already" : "the clocks of the two differ by " + Durations.sayMillis(Math.abs(asked.started() - wall()))));
        } else if (known.isOf(asked) && !known.withdrawn()) {
            owed.add(new OwedAnswer(from, asked));
        } else {
            send(from, new Tell(known, false));
        }
    }

    /** O4: the member may have been away; what was said to it before may not have counted. */
    void greet(int peer) {
        if (!marks.isEmpty() && others.contains(peer)) {
            marks.all(wall()).forEach(mark -> {
                JobRun marking = marking(mark.job());
                send(peer, new Tell(mark, marking != null && marking.mark.isOf(mark)));
            });
        }
    }

    void regroup(Set<Integer> members) {
        others = members == null ? Set.of() : Set.copyOf(members);
        owed.removeIf(one -> !others.contains(one.to()));
        others.forEach(this::greet);
    }

    /** Acknowledges what is on the disk now, begins the runs that enough know of, and ends those that may not begin. */
    void settle(long now) {
        acknowledge();
        for (JobRun due = due(now); due != null; due = due(now)) {
            LocalAsker asker = due.asker;
            if (due.earlier != null) {
                out.note(EventKind.RAN, due.job(), asker.stamp, asker.fence);
                requests.withdraw(asker, Outcome.RELEASED, null, now);
            } else if (isKnown(due)) {
                Invariant.holds(asker.inside(), () -> "run of " + asker.names() + " without its lock");
                due.begun = true;
                out.note(EventKind.MARK, due.job(), asker.stamp, asker.fence);
                out.entered(asker);
            } else {
                requests.withdraw(asker, Outcome.UNANSWERED, unknownTo(due), now);
            }
        }
    }

    private void acknowledge() {
        if (!owed.isEmpty()) { // as at nearly every event
            owed.removeIf(this::isSettled);
        }
    }

    /** Acknowledges what is on the disk; whether nothing more is owed. */
    private boolean isSettled(OwedAnswer one) {
        RunMark known = known(one.mark().job());
        boolean remembered = known != null && known.isOf(one.mark());
        if (remembered && disk.marks().contains(one.mark())) {
            send(one.to(), new Kept(one.mark()));
            return true;
        }
        return !remembered;
    }

    private JobRun due(long now) {
        for (JobRun run : runs.values()) {
            if (run.asker.inside() && !run.begun && (run.earlier != null || run.marks() && (isKnown(run) || now >= run.deadline || disk.marksTrouble() != null))) {
                return run;
            }
        }
        return null;
    }

    /** O3: without a lease to all, as a permission of any may be old; with one to a majority, of whom one answers whoever marks next. */
    private boolean isKnown(JobRun run) {
        long kept = others.stream().filter(run.kept::contains).count();
        return disk.marks().contains(run.mark) && (lease ? 1 + kept > (1 + others.size()) / 2 : kept == others.size());
    }

    private String unknownTo(JobRun run) {
        if (!disk.marks().contains(run.mark)) {
            return disk.marksTrouble() != null ? "this peer cannot write down the run: " + disk.marksTrouble()
                    : "the disk of this peer has not taken the run down for " + Durations.say(LocalRequests.TRY);
        }
        int peer = others.stream().filter(other -> !run.kept.contains(other)).sorted().findFirst().orElse(0);
        String silent = gate.silent(peer);
        return silent != null ? silent : "peer " + peer + " has not written down the run for " + Durations.say(LocalRequests.TRY)
                + "; it is of an older release, its disk is in trouble, or its clock is off";
    }

    long wakeAt() {
        long soonest = Long.MAX_VALUE;
        for (JobRun run : runs.values()) {
            soonest = run.begun ? soonest : Math.min(soonest, run.deadline);
        }
        return soonest;
    }

    List<NodeView.JobView> all() {
        return marks.all(wall()).stream().filter(mark -> !mark.withdrawn()).map(mark -> NodeView.JobView.at(mark, wall())).toList();
    }
}
