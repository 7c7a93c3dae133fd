package tests.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import mutex.event.Effect;
import mutex.event.Event;
import mutex.event.LogEvent;
import mutex.group.DurableState;
import mutex.group.Group;
import mutex.group.Hello;
import mutex.group.Seed;
import mutex.node.Node;
import mutex.text.LockName;

/** The computer a peer runs on: its process comes and goes, its disk stays, its wall clock jumps. */
final class Machine {

    private static final int SECOND_SEATS = 50;
    private static final long DAYS = 1_000_000_000L; // milliseconds that all clocks show at first

    final int id;
    final int seat; // no other machine has it
    String endpoint;
    private List<Seed> list;
    final Map<Long, String> waiting = new HashMap<>(); // lock by asker
    final Map<Long, String> holding = new HashMap<>();
    private final World world;
    private long clockOffset; // of the wall clock, milliseconds
    private long ahead; // what the process takes for time gone by, as its wall clock was set forward, nanoseconds
    private final double rate; // of its clock
    private long pausedUntil;
    private long leaver; // the asker that leaves the group; 0 none
    private final Map<Long, SortedSet<Integer>> removing = new HashMap<>(); // by asker
    private final List<SortedSet<Integer>> unsettled = new ArrayList<>(); // removals of which nobody knows how they went
    private boolean keptDown;
    private Group lastGroup; // that it was in
    private long startEpoch;
    private boolean unsure; // the disk said no and may have written all the same
    private long asker;
    private long tickAt;
    private Event.Written hanging; // the answer of a disk that hangs
    Node node; // null while down
    DurableState disk;
    int life; // counts the processes

    Machine(World world, int id, List<String> list) {
        this.world = world;
        this.id = id;
        seat = id;
        endpoint = endpoint(id);
        rate = world.profile.drift() ? world.random.nextDouble(0.9762, 1.0238) : 1;
        this.list = listed(list);
    }

    /** For a second process of the same peer, with that state. */
    Machine(World world, Machine original, DurableState state) {
        this.world = world;
        id = original.id;
        seat = SECOND_SEATS + id;
        endpoint = original.endpoint + "9";
        rate = original.rate;
        clockOffset = original.clockOffset;
        list = original.list;
        disk = state;
    }

    /** Whether it was started without the address of anybody. */
    boolean isListless() {
        return list.isEmpty();
    }

    private static List<Seed> listed(List<String> addresses) {
        return addresses.stream().map(address -> new Seed(address, 0)).toList();
    }

    static String endpoint(int id) {
        return "host" + id + ":5000";
    }

    boolean up() {
        return node != null;
    }

    /** Starts the process, as the same command line does each time. */
    void start() {
        life++;
        if (world.profile.clockBack()) {
            clockOffset -= world.random.nextLong(3_000);
        }
        startEpoch = DAYS + world.now / 1_000_000 + clockOffset;
        node = new Node(id, endpoint, startEpoch, list, disk, world.algorithms, process(), world.profile.lease(), 0, true);
        world.recorder.started(this);
        leaver = 0;
        tickAt = Long.MAX_VALUE;
        world.tell(id, "starts at " + endpoint + " in epoch " + startEpoch + " with " + (disk == null ? list : disk));
        settleRemovals();
        step(new Event.Tick());
        world.wires.refresh(this);
    }

    /** If it was in no group, and one that it lists has moved, or all have gone, a person starts it with another list. */
    void renewList(Optional<Machine> member) {
        List<String> there = new ArrayList<>();
        world.machines.values().stream().filter(other -> list.contains(new Seed(endpoint(other.id), 0)) || list.contains(new Seed(other.endpoint, 0)))
                .forEach(other -> there.add(other.endpoint));
        if (there.isEmpty()) {
            member.ifPresent(other -> there.add(other.endpoint));
        }
        boolean waits = up() && node.group() == null && (disk == null || disk.group() == null);
        if (waits && !list.containsAll(listed(there))) {
            crash();
            list = listed(there);
            start();
        }
    }

    void startIfDown() {
        if (!up() && !keptDown) {
            start();
        }
    }

    /** A person has seen to it that it does not run. */
    void keepDown() {
        keptDown = true;
        if (up()) {
            crash();
        }
    }

    void mayRun() {
        keptDown = false;
    }

    /** Kill -9: memory and what was being written are lost, the disk stays. */
    void crash() {
        world.tell(id, "crashes");
        world.referee.crashed(this);
        life++;
        node = null;
        hanging = null;
        waiting.clear();
        holding.clear();
        unsettled.addAll(removing.values()); // a person waits until it runs again, and looks
        removing.clear();
        world.wires.lose(this);
    }

    /** How the removals went that were under way when it crashed, as its state file says. */
    void settleRemovals() {
        Group group = disk == null ? null : disk.group();
        unsettled.forEach(ids -> world.company.removed(this, ids, group != null && ids.stream().noneMatch(group.members()::containsKey)));
        unsettled.clear();
    }

    /** The last group that it was in; null: none. */
    Group lastGroup() {
        return lastGroup != null || disk == null ? lastGroup : disk.group();
    }

    /** In which its present or last process began. */
    long startEpoch() {
        return startEpoch;
    }

    /** Once, if its state shows the group that it is the member (rule M1). */
    boolean mayMove() {
        Group group = disk == null ? null : disk.group();
        return !keptDown && !moved() && group != null && endpoint.equals(group.members().get(id));
    }

    /** Neither removed, leaving nor on the move, as far as that version and its own state say. */
    boolean isAtItsPlaceIn(Group group) {
        Group last = lastGroup();
        return !keptDown && leaver == 0 && endpoint.equals(group.members().get(id)) && last != null && endpoint.equals(last.members().get(id));
    }

    private boolean moved() {
        return !endpoint.equals(endpoint(id));
    }

    /** Ends; it will start at another address, with its state. */
    void move() {
        if (up()) {
            crash();
        }
        endpoint += "0";
    }

    /** A person sets the wall clock by so many milliseconds. What it is ahead then a process takes for time gone by. */
    void setClock(long millis) {
        world.tell(id, "has its clock set by " + millis / 1_000 + " s");
        clockOffset += millis;
        if (up() && millis > 0) {
            later(0, () -> {
                ahead += millis * 1_000_000;
                tickAt = Long.MAX_VALUE;
                step(new Event.Skipped(millis * 1_000_000));
            });
        }
    }

    Hello hello() {
        return node.hello(process(), world.algorithms.name(), world.profile.lease() / 1_000_000);
    }

    private long process() {
        return life * 1_000_003L + seat;
    }

    /** What its clock shows, in nanoseconds. */
    long clock() {
        return (long) (world.now * rate) + ahead;
    }

    boolean paused() {
        return world.now < pausedUntil;
    }

    /** Nothing happens in the process for so long; what comes meanwhile waits. */
    void pause(long nanos) {
        world.tell(id, "pauses for " + nanos / 1e9 + " s");
        pausedUntil = world.now + nanos;
    }

    /** Whether what the state file says may differ from what the process was told. */
    boolean unsure() {
        return unsure;
    }

    /** Asks; wait is in nanoseconds, Long.MAX_VALUE for ever. */
    long ask(String lock, boolean attempt, long wait) {
        asker++;
        if (world.jobs.wanted()) {
            if (up()) {
                waiting.put(asker, Jobs.JOB);
            }
            step(world.jobs.ask(asker));
            return asker;
        }
        if (up()) {
            waiting.put(asker, lock);
        }
        step(new Event.Ask(asker, world.wishes.of(lock), attempt, wait == Long.MAX_VALUE ? wait : clock() + wait));
        return asker;
    }

    /** Asks for the peer to be added, unless this one is down. */
    void add(Machine newcomer) {
        step(new Event.Add(++asker, newcomer.endpoint));
    }

    /** Passes the token on, if it is here. */
    void pass(String lock) {
        step(new Event.PassToken(++asker, lock));
    }

    void remove(SortedSet<Integer> ids, boolean force) {
        removing.put(++asker, ids);
        step(new Event.Remove(asker, ids, force));
    }

    /** Gives everything back, leaves the group and ends. */
    void leave() {
        askers().forEach(waiter -> step(new Event.Withdraw(waiter)));
        leaver = ++asker;
        step(new Event.Leave(leaver));
    }

    /** A stranger does that to it: nothing may come of it, as what is due anyway comes before. */
    void mislead(Event lie) {
        step(new Event.Tick());
        if (up()) {
            world.referee.mislead(this);
            step(lie);
        }
    }

    void step(Event event) {
        if (!up()) {
            return; // it has left meanwhile
        }
        world.tell(id, event);
        if (event instanceof Event.Received received) {
            world.recorder.received(this, received.frame());
        }
        List<Effect> effects = node.step(event, clock());
        lastGroup = node.group() != null ? node.group() : lastGroup;
        world.referee.stepped(this, event, effects);
        int then = life;
        for (Effect effect : effects) {
            if (life == then) {
                carryOut(effect);
            }
        }
        if (life != then) {
            return; // it has left
        }
        long wakeAt = node.wakeAt();
        if (wakeAt < tickAt) {
            tickAt = wakeAt;
            later(wakeAt < Long.MAX_VALUE / 2 ? (long) Math.ceil((wakeAt - ahead) / rate) + 1 - world.now : Long.MAX_VALUE / 2, () -> {
                if (tickAt == wakeAt) {
                    tickAt = Long.MAX_VALUE;
                    step(new Event.Tick());
                }
            });
        }
    }

    /** Does it later, if the same process still runs then. */
    void later(long delay, Runnable what) {
        int then = life;
        world.after(delay, () -> {
            if (life == then && paused()) {
                later(pausedUntil - world.now, what);
            } else if (life == then) {
                what.run();
            }
        });
    }

    private void carryOut(Effect effect) {
        if (effect instanceof LogEvent note) {
            world.recorder.noted(this, note, world.now);
        } else {
            world.tell(id, effect);
        }
        if (effect instanceof Effect.Send send) {
            world.recorder.sent(this, send.frame());
            world.wires.send(this, send.to(), send.frame());
        } else if (effect instanceof Effect.Save save) {
            write(save.saved());
        } else if (effect instanceof Effect.Redial) {
            world.wires.refresh(this);
        } else if (effect instanceof Effect.Entered entered) {
            holding.put(entered.asker(), waiting.remove(entered.asker()));
            boolean outlasts = world.troubled() && world.profile.lease() > 0 && world.random.nextInt(3) == 0 | world.twins.entered(this);
            later(world.random.nextLong(1_000_000, outlasts ? 3 * world.profile.lease() : 200_000_000),
                    () -> step(entered.lock().equals(Jobs.JOB) ? world.jobs.end(this, entered.asker()) : new Event.Withdraw(entered.asker())));
        } else if (effect instanceof Effect.Answered answered && answered.asker() == leaver) {
            leaver = 0;
            if (answered.problem() == null) {
                crash();
                long away = world.random.nextLong(2_000_000_000L);
                world.company.left(this, away);
            }
        } else if (effect instanceof Effect.Answered answered && removing.containsKey(answered.asker())) {
            world.company.removed(this, removing.remove(answered.asker()), answered.problem() == null);
        } else if (effect instanceof Effect.HasRun ran) {
            waiting.remove(ran.asker());
        } else if (effect instanceof Effect.Ended ended) {
            waiting.remove(ended.asker());
            holding.remove(ended.asker());
        }
    }

    /** The disk may be slow, full or hang; a crash may come before or after the bytes are there. */
    private void write(DurableState saved) {
        int fate = world.troubled() && !world.company.clocks() && !world.twins.inside ? world.random.nextInt(10) : 9;
        Event.Written answer = new Event.Written(fate == 0 || fate == 1 ? "disk full" : null);
        unsure = fate < 2;
        long bytesAt = world.random.nextLong(10_000_000);
        if (fate != 0) { // 1: the bytes are there although the disk says no
            later(bytesAt, () -> disk = saved);
        }
        if (fate == 2) {
            later(bytesAt, () -> {
                hanging = answer;
                if (!world.troubled()) {
                    unhang();
                }
            });
        } else {
            later(bytesAt + world.random.nextLong(10_000_000), () -> step(answer));
        }
    }

    /** The disk that hung answers after all. */
    void unhang() {
        if (hanging != null) {
            Event.Written answer = hanging;
            hanging = null;
            step(answer);
        }
    }

    List<Long> askers() {
        List<Long> askers = new ArrayList<>(waiting.keySet());
        askers.addAll(holding.keySet());
        askers.sort(null);
        return askers;
    }

    static String lock(int number) {
        return number == 0 ? LockName.DEFAULT : "lock" + number;
    }
}
