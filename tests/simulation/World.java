package tests.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.AlgorithmKind.EntryRule;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.RingKind;
import mutex.algorithm.TokenRing;
import mutex.event.Event;
import mutex.group.DurableState;
import mutex.group.Group;
import mutex.log.LogEntry;

/**
 * Peers, people, links and bad luck under virtual time; everything follows from one seed. First trouble,
 * with every promise checked after each step; then all heals, and everybody must be served.
 */
public final class World {

    private static final long SECOND = 1_000_000_000L;
    private static final long HEALED_WITHIN = 300 * SECOND;
    private static final int MOST_STEPS = 400_000;

    /** Something on the agenda; number keeps equal times in order. */
    private record DueEvent(long at, long number, Runnable what) implements Comparable<DueEvent> {
        @Override
        public int compareTo(DueEvent other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    final SplittableRandom random;
    final Profile profile;
    final Company company;
    final Twins twins;
    final Wishes wishes;
    final Jobs jobs;
    final AlgorithmKind algorithms;
    final SortedMap<Integer, Machine> machines = new TreeMap<>();
    final Wires wires = new Wires(this);
    final Referee referee = new Referee(this);
    final SimulatedLog recorder;
    private final PriorityQueue<DueEvent> agenda = new PriorityQueue<>();
    private final Consumer<String> story; // null: nobody listens
    private boolean byHand; // people pass the token of a ring on
    private final long troubleEnds;
    long now;
    private long numbered;
    private int steps; // before the healing, then since

    private World(long seed, AlgorithmKind algorithm, Consumer<String> story, SimulatedLog recorder) {
        random = new SplittableRandom(seed);
        profile = Profile.of(random, algorithm);
        algorithms = algorithm.equals(TokenRing.KIND) ? new RingKind(random.nextLong(SECOND / 200, SECOND), byHand()) : algorithm;
        this.story = story;
        this.recorder = recorder;
        troubleEnds = profile.lease() > 0 ? random.nextLong(SECOND, random.nextInt(16) == 0 ? 15 * SECOND : 6 * SECOND)
                : random.nextLong(SECOND / 10, random.nextInt(4) == 0 ? 40 * SECOND : 4 * SECOND);
        company = new Company(this, new SplittableRandom(~seed), troubleEnds);
        twins = new Twins(this, new SplittableRandom(seed ^ 0x7477696e73L), troubleEnds);
        wishes = new Wishes(algorithms, new SplittableRandom(seed ^ 0x6d6f646573L));
        jobs = new Jobs(this, new SplittableRandom(seed ^ 0x6a6f6273L));
    }

    /**
     * Plays the schedule of the seed.
     *
     * @param algorithm a token ring's settings are the seed's
     * @param story is told every event in a line; null for none
     * @return how many entries there were
     * @throws AssertionError at the first broken promise, with the seed and how to replay it
     */
    public static long play(long seed, AlgorithmKind algorithm, Consumer<String> story) {
        return play(seed, algorithm, story, new SimulatedLog(false));
    }

    /** @param algorithm one of {@link AlgorithmKind#names} */
    public static long play(long seed, String algorithm, Consumer<String> story) {
        return play(seed, AlgorithmKind.named(algorithm), story);
    }

    /** Plays the schedule of the seed, and gives by peer what it would have logged. */
    public static Map<Integer, List<LogEntry>> logs(long seed, AlgorithmKind algorithm) {
        SimulatedLog recorder = new SimulatedLog(true);
        play(seed, algorithm, null, recorder);
        return recorder.logs();
    }

    /** Whether members are removed by force in that schedule, or move, or one has two processes. */
    public static boolean blursLogs(long seed, AlgorithmKind algorithm) {
        World world = new World(seed, algorithm, null, new SimulatedLog(false));
        return world.company.blursLogs() || world.twins.on;
    }

    /** With a second process of a member. */
    List<Machine> all() {
        List<Machine> all = new ArrayList<>(machines.values());
        Optional.ofNullable(twins.second()).ifPresent(all::add);
        return all;
    }

    private static long play(long seed, AlgorithmKind algorithm, Consumer<String> story, SimulatedLog recorder) {
        World world = new World(seed, algorithm, story, recorder);
        try {
            world.prepare();
            world.run();
            return world.referee.entries;
        } catch (AssertionError | RuntimeException broken) {
            throw new AssertionError("seed " + seed + " at " + world.now / 1e9 + " s: " + broken.getMessage()
                    + "\n" + world.profile + "\nreplay: ./jbang sim "
                    + (algorithm.name().equals(RicartAgrawala.NAME) ? "" : "--algorithm " + algorithm.name() + " ") + seed, broken);
        }
    }

    private void prepare() {
        List<Integer> founders = IntStream.rangeClosed(1, profile.founders()).boxed().toList();
        SortedMap<Integer, String> members = new TreeMap<>();
        founders.forEach(id -> members.put(id, Machine.endpoint(id)));
        for (int id : founders) {
            List<String> list = founders.stream().filter(other -> other != id).map(Machine::endpoint).toList();
            Machine machine = new Machine(this, id, list);
            machine.disk = profile.begun() ? new DurableState(Group.found(members), null) : null;
            machines.put(id, machine);
        }
        for (int i = 0; i < profile.newcomers(); i++) {
            int id = profile.founders() + 1 + i;
            boolean joins = random.nextBoolean();
            machines.put(id, new Machine(this, id, joins ? List.of(Machine.endpoint(any(founders))) : List.of()));
        }
        machines.values().forEach(machine -> after(random.nextLong(troubleEnds / 4), machine::startIfDown));
        if (byHand) {
            machines.values().forEach(this::passSoon);
        }
        Fate fate = new Fate(this);
        for (int i = 0; i < profile.actions(); i++) {
            after(random.nextLong(troubleEnds), fate::act);
        }
        fate.prefer();
        company.gather();
        twins.gather();
    }

    private boolean byHand() {
        byHand = random.nextInt(6) == 0;
        return byHand;
    }

    /** People let nobody wait for ever. */
    private void passSoon(Machine machine) {
        after(random.nextLong(SECOND / 5), () -> {
            for (int lock = 0; machine.up() && lock < profile.locks(); lock++) {
                machine.pass(Machine.lock(lock));
            }
            passSoon(machine);
        });
    }

    void after(long delay, Runnable what) {
        agenda.add(new DueEvent(Math.max(now, now + delay), numbered++, what));
    }

    boolean troubled() {
        return profile.faults() && now < troubleEnds;
    }

    /** Whether entries come in the order of stamps where nothing fails. */
    boolean ofStamps() {
        return algorithms.entryRule() == EntryRule.PERMISSIONS;
    }

    boolean ofToken() {
        return algorithms.entryRule() == EntryRule.TOKEN;
    }

    void tell(int peer, Object what) {
        if (story != null) {
            story.accept(String.format(Locale.ROOT, "%10.6f  peer %d  %s", now / 1e9, peer, what));
        }
    }

    private void run() {
        runUntil(troubleEnds);
        heal();
        long nextLook = now;
        while (!agenda.isEmpty()) {
            DueEvent due = agenda.poll();
            now = due.at;
            due.what.run();
            if (now >= nextLook) {
                if (everybodyServed()) {
                    return;
                }
                nextLook = now + SECOND / 4;
            }
            Referee.check(now < troubleEnds + HEALED_WITHIN && ++steps < MOST_STEPS, () -> "not healed: " + state());
        }
        Referee.check(everybodyServed(), () -> "all quiet, but " + state());
    }

    private void runUntil(long end) {
        while (!agenda.isEmpty() && agenda.peek().at <= end) {
            DueEvent due = agenda.poll();
            now = due.at;
            due.what.run();
            Referee.check(++steps < MOST_STEPS, () -> "never quiet: " + state());
        }
        now = end;
        steps = 0;
    }

    /** All peers run, all links can be made, disks answer; everybody asks once more, or in a ring at times one alone. */
    private void heal() {
        twins.settle();
        wires.mend();
        Machine only = ofToken() && random.nextBoolean() ? any(List.copyOf(machines.values())) : null;
        for (Machine machine : machines.values()) {
            machine.startIfDown();
            machine.later(0, () -> {
                machine.unhang();
                if (only != null && only != machine) {
                    machine.askers().forEach(asker -> machine.step(new Event.Withdraw(asker)));
                    return;
                }
                for (int lock = 0; lock < profile.locks(); lock++) {
                    machine.ask(Machine.lock(lock), false, Long.MAX_VALUE);
                }
            });
        }
        after(3 * SECOND, this::addMissing);
    }

    /** The largest group, of those the newest; not an older version of another. */
    private Group latest() {
        List<Group> all = machines.values().stream().filter(Machine::up).map(machine -> machine.node.group()).filter(Objects::nonNull).toList();
        return all.stream().filter(group -> all.stream().noneMatch(other -> other.origin() == group.origin() && other.version().compareTo(group.version()) > 0))
                .max(Comparator.comparing((Group group) -> group.members().size() > 1).thenComparing(Group::version)).orElse(null);
    }

    /** Newcomers that list nobody, and whoever was removed, depend on a person to add them, again if need be. */
    private void addMissing() {
        Group group = latest();
        Optional<Machine> member = machines.values().stream()
                .filter(machine -> machine.up() && !machine.paused() && group != null && group.equals(machine.node.group()) && ofFounders(group)).findFirst();
        for (Machine machine : machines.values()) {
            machine.renewList(member);
            if (member.isEmpty() || machine.endpoint.equals(group.members().get(machine.id))) {
                continue;
            }
            if (group.members().containsKey(machine.id)) { // it has moved: with a lease too few may be left to write that down
                boolean stands = machines.values().stream().anyMatch(other -> other.up() && group.equals(other.node.group()) && other.node.standing(other.clock()));
                if (profile.lease() > 0 && (group.members().size() == 2 || !stands)) {
                    member.get().remove(new TreeSet<>(List.of(machine.id)), true);
                }
                continue;
            }
            member.get().add(machine);
        }
        member.ifPresent(one -> {
            TreeSet<Integer> gone = new TreeSet<>(group.members().keySet());
            gone.removeAll(machines.keySet());
            if (!gone.isEmpty()) {
                one.remove(gone, true); // the disks of those who knew did not keep it
            }
        });
        after(12 * SECOND, this::addMissing);
    }

    /** Founders that have not begun yet, as one has moved, are not added to the group of a newcomer that is alone. */
    private boolean ofFounders(Group group) {
        return group.version().number() > 1 || group.members().firstKey() <= profile.founders() || machines.firstKey() > profile.founders();
    }

    private boolean everybodyServed() {
        Group group = latest();
        for (Machine machine : machines.values()) {
            if (group == null || !machine.up() || machine.paused() || !group.equals(machine.node.group()) || !machine.askers().isEmpty()
                    || promised(machine, group)) {
                return false;
            }
        }
        return group.members().size() == machines.size();
    }

    private boolean promised(Machine machine, Group group) {
        return machine.disk != null && !machine.unsure() && machine.disk.promise() != null
                && machine.disk.promise().next().version().compareTo(group.version()) > 0;
    }

    private String state() {
        StringBuilder state = new StringBuilder();
        machines.values().forEach(machine -> state.append("\n  ").append(machine.up() ? machine.node.view(machine.clock()) : "peer " + machine.id + " is down"));
        return state.toString();
    }

    <T> T any(List<T> some) {
        return some.get(random.nextInt(some.size()));
    }
}
