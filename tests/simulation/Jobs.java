package tests.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import mutex.algorithm.LockMode;
import mutex.event.Event;
import mutex.event.NodeView.JobView;
import mutex.group.Group;
import mutex.once.RunMark;

/** A job that every peer starts now and then and that is to run once a period; stops the world where it runs twice (O1 to O4). */
final class Jobs {

    static final String JOB = "job";

    private final World world;
    private final SplittableRandom random;
    private final boolean on;
    private final long period; // milliseconds
    private final Map<RunMark, Set<Machine>> runs = new HashMap<>(); // that count, and who had written them down when they began
    private final Map<Machine, RunMark> last = new HashMap<>(); // that began there

    Jobs(World world, SplittableRandom random) {
        this.world = world;
        this.random = random;
        on = random.nextInt(3) == 0;
        period = random.nextLong(100, random.nextBoolean() ? 2_000 : 50_000);
    }

    /** Whether the next who asks wants to run the job. */
    boolean wanted() {
        return on && world.troubled() && random.nextBoolean();
    }

    Event.Ask ask(long asker) {
        return new Event.Ask(asker, LockMode.exclusive(JOB), true, Long.MAX_VALUE, period);
    }

    /** How it ends: one in four fails, and does not count. */
    Event.Withdraw end(Machine machine, long asker) {
        boolean failed = random.nextInt(4) == 0;
        if (failed) {
            runs.remove(last.get(machine));
        }
        return new Event.Withdraw(asker, failed);
    }

    /** The run begins at that machine. */
    void marked(Machine machine) {
        if (world.company.excuses() || world.company.clocks() || world.profile.clockBack()) {
            return; // a group may be two, a clock years ahead or a second back, more than a tenth of the period, a disk copied
        }
        RunMark mark = machine.node.view(machine.clock()).jobs().stream().map(JobView::mark).filter(one -> one.job().equals(JOB)).findFirst().orElseThrow();
        Group group = machine.node.group();
        int size = group.members().size();
        Set<Machine> knows = knowing(mark, group);
        Referee.check(isQuorum(knows.size(), size), () -> "peer " + machine.id + " runs the job, but only " + knows.size() + " of " + size + " know");
        new ArrayList<>(runs.keySet()).forEach(run -> {
            runs.get(run).forEach(other -> Referee.check(keeps(other, run), () -> "peer " + other.id + " has forgotten " + run));
            int still = knowing(run, group).size();
            boolean met = still + quorum(size) > size; // any quorum has one that knows
            Referee.check(!run.forbids(mark) || !met, () -> "the job runs as " + mark + " after " + run + ", which " + still + " of " + size + " know");
        });
        runs.put(mark, knows);
        last.put(machine, mark);
    }

    private Set<Machine> knowing(RunMark mark, Group group) {
        Set<Machine> knowing = new HashSet<>();
        group.members().keySet().stream().map(world.machines::get).filter(machine -> machine != null && marks(machine).contains(mark)).forEach(knowing::add);
        return knowing;
    }

    private static List<RunMark> marks(Machine machine) {
        return machine.disk == null ? List.of() : machine.disk.marks();
    }

    /** Or a later run that it does not forbid. */
    private static boolean keeps(Machine machine, RunMark run) {
        return marks(machine).stream().anyMatch(mark -> mark.isOf(run) || mark.started() > run.started() && !run.forbids(mark));
    }

    private int quorum(int size) {
        return world.profile.lease() > 0 ? size / 2 + 1 : size;
    }

    private boolean isQuorum(int knowing, int size) {
        return knowing >= quorum(size);
    }
}
