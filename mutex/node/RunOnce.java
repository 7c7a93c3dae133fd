package mutex.node;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mutex.algorithm.Invariant;
import mutex.algorithm.LockMode;
import mutex.event.Effect;
import mutex.event.Effect.Outcome;
import mutex.event.Event;
import mutex.event.Frame;
import mutex.event.LogEvent.EventKind;
import mutex.event.NodeView;
import mutex.once.MarkMessage;
import mutex.once.MarkReplica;
import mutex.once.MarkedRun;
import mutex.once.RunMark;
import mutex.once.RunMarks;
import mutex.text.Durations;

/**
 * Jobs that run at most once a period: who has entered the lock of a job marks its run, and begins when enough of the
 * group have written that down, so that whoever enters next hears of it from somebody.
 *
 * <p>Source: docs/protocol/once.md, rules O1 to O4.
 */
final class RunOnce implements LocalRequests.AskerEvents, MarkReplica.MarkHost {

    /** Of a local asker. */
    private static final class JobRun extends MarkedRun {
        final LocalAsker asker;
        long deadline = Long.MAX_VALUE; // of the marking, nanoseconds
        boolean failed; // and is not to count

        JobRun(LocalAsker asker, long period) {
            super(asker.wants.get(0).lock(), period);
            this.asker = asker;
        }
    }

    private final Clocks clocks;
    private final StepOutput out;
    private final RunMarks marks;
    private final MarkReplica replica;
    private final DurableWrites disk;
    private final LocalRequests requests;
    private final LeaseGate gate;
    private final Map<Long, JobRun> runs = new LinkedHashMap<>(); // by asker

    RunOnce(int self, boolean lease, Clocks clocks, StepOutput out, RunMarks marks, DurableWrites disk, LocalRequests requests, LeaseGate gate) {
        this.clocks = clocks;
        this.out = out;
        this.marks = marks;
        this.disk = disk;
        this.requests = requests;
        this.gate = gate;
        replica = new MarkReplica(self, lease, marks, this);
    }

    void ask(Event.Ask ask, long now) {
        JobRun run = new JobRun(new LocalAsker(ask.asker(), ask.locks(), true, ask.deadline(), this), ask.period());
        RunMark earlier = replica.whatForbids(run);
        if (earlier != null) {
            hasRun(ask.asker(), earlier); // which no entry would change
        } else if (!marks.hasRoom(run.job(), wallMillis())) {
            out.add(new Effect.Ended(ask.asker(), LockMode.names(ask.locks()), Outcome.FULL,
                    "this peer remembers the runs of " + RunMarks.MOST + " jobs already; use fewer names"));
        } else {
            runs.put(ask.asker(), run);
            requests.ask(run.asker, now);
        }
    }

    private void hasRun(long asker, RunMark earlier) {
        out.add(new Effect.HasRun(asker, NodeView.JobView.at(earlier, wallMillis())));
    }

    /** What the asker has run is not to count. */
    void fails(long asker) {
        JobRun run = runs.get(asker);
        if (run != null) {
            run.failed = true;
        }
    }

    /** It may be in the middle of another call, so that only {@link #settle} gives the lock back. */
    @Override
    public void entered(LocalAsker asker) {
        JobRun run = runs.get(asker.id);
        if (replica.mark(run)) {
            run.deadline = clocks.now() + LocalRequests.TRY;
        }
    }

    @Override
    public void ended(LocalAsker asker, Outcome outcome, String reason) {
        JobRun run = runs.remove(asker.id);
        replica.end(run, run.failed);
        if (run.earlier() != null) {
            hasRun(asker.id, run.earlier());
        } else if (run.begun()) {
            out.ended(asker, outcome, reason);
        } else { // nobody was told that it had entered
            out.ended(asker, outcome == Outcome.LOST ? Outcome.UNANSWERED : outcome == Outcome.RELEASED ? Outcome.CANCELLED : outcome, reason);
        }
    }

    /** From a member. */
    void receive(int from, MarkMessage message) {
        replica.receive(from, message);
    }

    /** The member may have been away. */
    void greet(int peer) {
        replica.greet(peer);
    }

    void regroup(Set<Integer> others) {
        replica.regroup(others);
    }

    /** O3, O4: acknowledges what is on the disk now, begins the runs that enough know of, and ends those that may not begin. */
    void settle(long now) {
        replica.acknowledge();
        for (JobRun due = due(now); due != null; due = due(now)) {
            LocalAsker asker = due.asker;
            if (due.earlier() != null) {
                out.note(EventKind.RAN, due.job(), asker.stamp, asker.fence);
                requests.withdraw(asker, Outcome.RELEASED, null, now);
            } else if (replica.isKnown(due)) {
                Invariant.holds(asker.inside(), () -> "run of " + asker.names() + " without its lock");
                replica.begin(due);
                out.note(EventKind.MARK, due.job(), asker.stamp, asker.fence);
                out.entered(asker);
            } else {
                requests.withdraw(asker, Outcome.UNANSWERED, unknownTo(due), now);
            }
        }
    }

    private JobRun due(long now) {
        for (JobRun run : runs.values()) {
            if (run.asker.inside() && !run.begun()
                    && (run.earlier() != null || run.marks() && (replica.isKnown(run) || now >= run.deadline || disk.marksTrouble() != null))) {
                return run;
            }
        }
        return null;
    }

    private String unknownTo(JobRun run) {
        if (!replica.isWritten(run)) {
            return disk.marksTrouble() != null ? "this peer cannot write down the run: " + disk.marksTrouble()
                    : "the disk of this peer has not taken the run down for " + Durations.say(LocalRequests.TRY);
        }
        int peer = replica.firstWithout(run);
        String silent = gate.silent(peer);
        return silent != null ? silent : "peer " + peer + " has not written down the run for " + Durations.say(LocalRequests.TRY)
                + "; it is of an older release, its disk is in trouble, or its clock is off";
    }

    long wakeAt() {
        long soonest = Long.MAX_VALUE;
        for (JobRun run : runs.values()) {
            soonest = run.begun() ? soonest : Math.min(soonest, run.deadline);
        }
        return soonest;
    }

    List<NodeView.JobView> all() {
        return marks.all(wallMillis()).stream().filter(mark -> !mark.withdrawn()).map(mark -> NodeView.JobView.at(mark, wallMillis())).toList();
    }

    // What the marks ask for.

    @Override
    public long wallMillis() {
        return clocks.wallMillis();
    }

    @Override
    public void send(int to, MarkMessage message) {
        out.send(to, new Frame.OfMark(message));
    }

    @Override
    public void save(List<RunMark> all) {
        disk.save(all);
    }

    @Override
    public List<RunMark> saved() {
        return disk.marks();
    }

    @Override
    public void isNotRemembered(int from, RunMark asked) {
        long wall = wallMillis();
        out.say("the run of [" + asked.job() + "] at peer " + from + " is not remembered here: " + (asked.isBelievable(wall) && !asked.isOver(wall)
                ? "these are " + RunMarks.MOST + " jobs already" : "the clocks of the two differ by " + Durations.sayMillis(Math.abs(asked.started() - wall))));
    }
}
