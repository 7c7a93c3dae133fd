package tests.simulation;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import mutex.algorithm.Algorithm.TokenPlace;
import mutex.algorithm.AlgorithmKind.EntryRule;
import mutex.algorithm.Message.Permission;
import mutex.algorithm.Message.Request;
import mutex.algorithm.Mode;
import mutex.algorithm.Stamp;
import mutex.event.Effect;
import mutex.event.Event;
import mutex.event.Frame;
import mutex.event.LogEvent;
import mutex.event.NodeView;
import mutex.group.Group;
import mutex.group.Promise;
import mutex.node.Node;
import mutex.text.LockName;

/** Watches every step of every peer and stops the world at the first broken promise. */
final class Referee {

    /** A permission that reached the peer that had asked for it. */
    private record Permit(String lock, Stamp stamp, int from, long toEpoch, long print) {}

    /** A request under way, in the order in which they were made. */
    private static final class Pending {
        final long number;
        final Mode mode;
        final Map<Integer, Integer> overtakings = new HashMap<>();

        Pending(long number, Mode mode) {
            this.number = number;
            this.mode = mode;
        }
    }

    /** A request for one lock. */
    private record Sought(String lock, Stamp stamp) {}

    /** What the referee remembers of a machine. */
    private static final class Record {
        long epoch;
        long time;
        long seen;
        Group group;
        final Set<Group> promised = new HashSet<>(); // versions that it has bound itself to
        long stamped; // time of its last stamp
        final Map<Sought, Mode> asked = new HashMap<>(); // what waits or is inside
        final Set<Sought> sent = new HashSet<>(); // for which somebody was asked
        final Set<Sought> held = new LinkedHashSet<>();
        final Map<String, Map<Mode, Long>> highest = new HashMap<>(); // fence of its last entry by lock and mode
        final Set<Permit> permits = new HashSet<>();
        final Map<String, Set<Integer>> kept = new HashMap<>(); // whose permission has not been given back, by lock
        final Map<String, Set<Integer>> owed = new HashMap<>(); // who waits for this peer's permission, by lock
        final Map<String, Pending> pending = new HashMap<>(); // by lock

        /** What it has inside of the lock. */
        List<Mode> inside(String lock) {
            return held.stream().filter(one -> one.lock.equals(lock)).map(asked::get).toList();
        }

        Set<Integer> kept(String lock) {
            return kept.computeIfAbsent(lock, none -> new HashSet<>());
        }

        Set<Integer> owed(String lock) {
            return owed.computeIfAbsent(lock, none -> new HashSet<>());
        }

        void forget(int peer) {
            kept.values().forEach(of -> of.remove(peer));
            owed.values().forEach(of -> of.remove(peer));
        }
    }

    private final World world;
    private final Map<Machine, Record> records = new LinkedHashMap<>(); // by machine
    private final Map<String, Map<Mode, Stamp>> lastEntry = new HashMap<>();
    private long requests;
    private NodeView before; // a lie; null: the next step is none
    long entries;

    Referee(World world) {
        this.world = world;
    }

    private Record of(Machine machine) {
        return records.computeIfAbsent(machine, none -> new Record());
    }

    /** Whether fences grow whatever restarts: no clock goes back, or disks are sound and say how far they were. */
    private boolean fencesOutlast() {
        return !world.profile.clockBack() || world.company.clocks();
    }

    void crashed(Machine machine) {
        Record old = records.remove(machine);
        if (old != null && fencesOutlast()) {
            of(machine).highest.putAll(old.highest);
        }
    }

    void stepped(Machine machine, Event event, List<Effect> effects) {
        Record record = of(machine);
        Node node = machine.node;
        check(node.epoch() >= record.epoch, () -> "epoch of peer " + machine.id + " fell");
        check(node.time() >= record.time, () -> "clock of peer " + machine.id + " fell");
        check(node.seen() >= record.seen, () -> "fence of peer " + machine.id + " fell");
        record.epoch = node.epoch();
        record.time = node.time();
        record.seen = node.seen();
        record.group = node.group();
        check(node.wakeAt() > machine.clock(), () -> "peer " + machine.id + " would wake without end");
        if (before != null) {
            unmoved(machine, effects);
        }
        if (event instanceof Event.Received received) {
            keepPermits(machine, record, received.frame());
        }
        for (Effect effect : effects) {
            if (effect instanceof LogEvent note) {
                noted(machine, record, note);
            } else if (effect instanceof Effect.Save save) {
                movesNobodyThatLives(machine, record, save.saved().promise(), event instanceof Event.Written);
            }
        }
        allOrNothing(machine, record);
        noConflict(machine, record);
        if (world.ofToken() && mayBringAToken(event)) {
            oneToken(machine, node);
        }
    }

    /**
     * M2: who has a link to a member at its address does not bind itself to a version in which that one has moved; if the disk
     * was slow, it looked earlier. A promise may be written again, with a new floor.
     */
    private void movesNobodyThatLives(Machine machine, Record record, Promise promise, boolean looked) {
        boolean known = promise == null || !record.promised.add(promise.next())
                || machine.disk != null && promise.equals(machine.disk.promise()); // of the process before
        if (known || machine.node.group() == null) {
            return;
        }
        for (Machine other : world.all()) {
            boolean moves = !looked && other != machine && other.endpoint.equals(machine.node.group().members().get(other.id))
                    && promise.next().members().containsKey(other.id) && !other.endpoint.equals(promise.next().members().get(other.id));
            check(!moves || !world.wires.linked(machine, other), () -> "peer " + machine.id + " lets peer " + other.id + " move, to which it has a link");
        }
    }

    /** The next step is a lie that this peer is told. */
    void mislead(Machine machine) {
        before = sober(machine.node.view(machine.clock()));
    }

    /** Without what is only said to a person: whose start list is another one. */
    private static NodeView sober(NodeView view) {
        return new NodeView(view.id(), view.endpoint(), view.epoch(), view.time(), view.seen(), view.group(), null, view.locks(), view.moreLocks(),
                new TreeMap<>(), view.standing(), view.suspects(), null, view.jobs());
    }

    private void unmoved(Machine machine, List<Effect> effects) {
        NodeView then = before;
        before = null;
        NodeView now = sober(machine.node.view(machine.clock()));
        check(now.equals(then), () -> "a stranger moved peer " + machine.id + " from " + then + " to " + now);
        for (Effect effect : effects) {
            check(effect instanceof Effect.Send || effect instanceof Effect.Say || effect instanceof LogEvent || effect instanceof Effect.Redial,
                    () -> "a stranger made peer " + machine.id + " do " + effect);
        }
    }

    private void keepPermits(Machine machine, Record record, Frame frame) {
        for (Frame.FramePart part : frame.parts()) {
            if (part instanceof Frame.Relayed relayed && relayed.to() == machine.id) {
                keepPermits(machine, record, relayed.frame());
            } else if (part instanceof Frame.OfLock ofLock && ofLock.message() instanceof Permission permission) {
                check(permission.stamp().peer() == machine.id, () -> "permission for a request of somebody else");
                record.permits.add(new Permit(ofLock.lock(), permission.stamp(), frame.from(), frame.toEpoch(), frame.print()));
            }
        }
    }

    private void noted(Machine machine, Record record, LogEvent happening) {
        String lock = happening.lock();
        switch (happening.kind()) {
            case REQUEST -> {
                boolean together = happening.stamp().time() == record.stamped && record.asked.keySet().stream().anyMatch(one -> one.stamp.equals(happening.stamp()));
                check(happening.stamp().time() > record.stamped || together,
                        () -> "stamp of peer " + machine.id + " is not above its last one");
                record.stamped = happening.stamp().time();
                check(world.company.excuses() || !record.inside(lock).isEmpty() || record.owed(lock).isEmpty(), // who is removed is not answered
                        () -> "peer " + machine.id + " asks for " + lock + " again before it has answered " + record.owed(lock));
                Mode mode = happening.detail() instanceof LogEvent.Detail.InMode in ? in.mode() : Mode.EXCLUSIVE;
                record.asked.put(new Sought(lock, happening.stamp()), mode);
                record.pending.put(lock, new Pending(++requests, mode));
            }
            case SEND -> {
                if (happening.message() instanceof Request request) {
                    record.sent.add(new Sought(lock, request.stamp()));
                } else if (happening.message() instanceof Permission) {
                    record.kept(lock).remove(happening.peer());
                    record.owed(lock).remove(happening.peer());
                }
            }
            case PERMISSION -> record.kept(lock).add(happening.peer());
            case DEFER -> record.owed(lock).add(happening.peer());
            case GROUP -> {
                record.kept.clear();
                record.owed.clear();
            }
            case EPOCH -> (happening.peer() == machine.id ? world.machines.keySet() : Set.of(happening.peer())).forEach(record::forget);
            case MARK -> world.jobs.marked(machine);
            case ENTRY -> entered(machine, record, happening);
            case EXIT, CANCEL, LOST -> {
                Sought over = new Sought(lock, happening.stamp());
                record.asked.remove(over);
                record.sent.remove(over);
                if (!record.held.remove(over)) {
                    record.pending.remove(lock);
                }
            }
            default -> { }
        }
    }

    private void entered(Machine machine, Record record, LogEvent entry) {
        entries++;
        String lock = entry.lock();
        Group group = record.group;
        long print = group.print();
        NodeView view = machine.node.view(machine.clock());
        check(view.standing() == null || view.standing().good(), () -> "peer " + machine.id + " entered without standing");
        check(!world.profile.inOrder() || world.company.clocks() || view.suspects().isEmpty(), () -> "innocent peers are suspected: " + view.suspects());
        boolean ofGroup = lock.equals(LockName.GROUP) && world.company.excuses();
        Sought mine = new Sought(lock, entry.stamp());
        Mode mode = record.asked.get(mine);
        boolean joins = mode.use(mode) == 0 && record.inside(lock).contains(mode); // K6
        boolean asked = record.sent.contains(mine);
        check(!joins || asked || record.owed(lock).isEmpty() || world.profile.removals() || world.company.excuses(), // who is being removed does not count
                () -> "peer " + machine.id + " joined " + lock + " past " + record.owed(lock));
        for (int member : group.othersThan(machine.id)) {
            check(ofGroup || joins && !asked || view.standing() != null && view.standing().absent().contains(member)
                            || permitted(record, new Permit(lock, entry.stamp(), member, entry.epoch(), print)),
                    () -> "peer " + machine.id + " entered " + lock + " without permission of peer " + member);
        }
        for (Map.Entry<Machine, Record> other : records.entrySet()) {
            Record theirs = other.getValue();
            Group there = theirs.group;
            if (ofGroup || world.profile.lease() > 0 && !fencesOutlast()) {
                break; // restarted witnesses know by their clocks only how far the fences are
            }
            if (there == null || there.origin() == group.origin()) {
                theirs.highest.getOrDefault(lock, Map.of()).forEach((before, fence) -> check(!before.excludes(mode) || fence < entry.fence() || unrelated(group, other.getKey().id),
                        () -> "fence " + entry.fence() + " of " + lock + " is not above that of peer " + other.getKey().id));
            }
        }
        record.highest.computeIfAbsent(lock, none -> new HashMap<>()).merge(mode, entry.fence(), Math::max);
        record.held.add(mine);
        Pending pending = record.pending.remove(lock);
        if (world.profile.orderly() && world.ofStamps() && !(joins && !asked)) {
            inOrder(machine, lock, entry.stamp(), pending);
        }
    }

    /** Whether that member has permitted the entry, or its permission is kept; in a ring it has no say. */
    private boolean permitted(Record record, Permit needed) {
        if (LockName.reserved(needed.lock) || world.ofStamps()) {
            return record.permits.contains(needed);
        }
        return world.algorithms.entryRule() != EntryRule.KEPT_PERMISSIONS || record.kept(needed.lock).contains(needed.from);
    }

    /** A newcomer that is in no group now may have entries of its own group of one behind it. */
    private boolean unrelated(Group group, int peer) {
        return !group.members().containsKey(peer) && !world.company.isOutcast(peer, group);
    }

    private void inOrder(Machine machine, String lock, Stamp stamp, Pending mine) {
        Map<Mode, Stamp> last = lastEntry.computeIfAbsent(lock, none -> new HashMap<>());
        last.forEach((mode, before) -> check(!mode.excludes(mine.mode) || before.compareTo(stamp) < 0, () -> "entry " + stamp + " of " + lock + " came after " + before));
        last.put(mine.mode, stamp);
        for (Record other : records.values()) {
            Pending theirs = other.pending.get(lock);
            if (theirs != null && theirs.number < mine.number && theirs.mode.excludes(mine.mode)) {
                check(theirs.overtakings.merge(machine.id, 1, Integer::sum) <= 1,
                        () -> "peer " + machine.id + " overtook a request of " + lock + " twice");
            }
        }
    }

    /** A holder whose standing has lapsed will notice before it does anything else. */
    private static boolean effective(Machine machine) {
        return machine.node.standing(machine.clock());
    }

    /** K4: what is asked for under one stamp is entered, left and lost together. */
    private static void allOrNothing(Machine machine, Record record) {
        for (Sought held : record.held) {
            for (Sought other : record.asked.keySet()) {
                check(!other.stamp.equals(held.stamp) || record.held.contains(other),
                        () -> "peer " + machine.id + " holds " + held + ", but waits for " + other);
            }
        }
    }

    /** No two are inside that exclude each other, and never more units of a pool than there are. */
    private void noConflict(Machine machine, Record record) {
        for (Sought held : record.held) {
            Mode mode = record.asked.get(held);
            long used = used(record, held, mode) - mode.use(mode); // but for itself
            for (Map.Entry<Machine, Record> other : records.entrySet()) {
                if (other.getKey() != machine && !excused(held.lock, machine, record, other.getKey(), other.getValue())) {
                    long there = used(other.getValue(), held, mode);
                    check(there <= mode.room(), () -> "peers " + machine.id + " and " + other.getKey().id + " both hold " + held.lock + ": " + holders(held.lock));
                    used += there;
                }
            }
            check(used <= mode.room(), () -> "peer " + machine.id + " holds " + held + " " + mode + " beside too much of it: " + holders(held.lock));
        }
    }

    private boolean excused(String lock, Machine machine, Record record, Machine other, Record theirs) {
        return lock.equals(LockName.GROUP) && world.company.excuses() || theirs.held.isEmpty() || theirs.group.origin() != record.group.origin()
                || !effective(machine) || !effective(other);
    }

    /** How much is inside there of what that request asks for. */
    private static long used(Record record, Sought held, Mode mode) {
        long used = 0;
        for (Sought other : record.held) {
            used += other.lock.equals(held.lock) ? record.asked.get(other).use(mode) : 0;
        }
        return used;
    }

    private String holders(String lock) {
        StringBuilder holders = new StringBuilder();
        records.forEach((machine, record) -> holders.append(" peer ").append(machine.id).append(' ').append(record.inside(lock)));
        return holders.toString();
    }

    /** A token comes over a link, or is made when the last vow comes, or by a peer alone. */
    private static boolean mayBringAToken(Event event) {
        return event instanceof Event.Ask || event instanceof Event.Received received && received.frame().parts().stream()
                .anyMatch(part -> part instanceof Frame.OfLock ofLock && !ofLock.message().ofRequest());
    }

    /** Of each lock there is one token at most. */
    private void oneToken(Machine machine, Node node) {
        Set<String> here = tokens(machine);
        for (Machine other : here.isEmpty() ? List.<Machine>of() : world.machines.values()) {
            boolean apart = other == machine || !other.up() || other.node.group() == null || node.group() == null
                    || other.node.group().origin() != node.group().origin();
            check(apart || tokens(other).stream().noneMatch(here::contains),
                    () -> "peers " + machine.id + " and " + other.id + " both have a token of " + here);
        }
    }

    private static Set<String> tokens(Machine machine) {
        return machine.node.locksWithToken(TokenPlace.HERE);
    }

    static void check(boolean kept, Supplier<String> broken) {
        if (!kept) {
            throw new AssertionError(broken.get());
        }
    }
}
