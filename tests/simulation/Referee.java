package tests.simulation;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import mutex.algorithm.Algorithm.TokenPlace;
import mutex.algorithm.AlgorithmKind.EntryRule;
import mutex.algorithm.Message.Permission;
import mutex.algorithm.Stamp;
import mutex.group.Group;
import mutex.group.Promise;
import mutex.node.Effect;
import mutex.node.Event;
import mutex.node.Frame;
import mutex.node.LogEvent;
import mutex.node.Node;
import mutex.node.NodeView;
import mutex.text.LockName;

/** Watches every step of every peer and stops the world at the first broken promise. */
final class Referee {

    /** A permission that reached the peer that had asked for it. */
    private record Permit(String lock, Stamp stamp, int from, long toEpoch, long print) {}

    /** A request under way, in the order in which they were made. */
    private static final class Pending {
        final long number;
        final Map<Integer, Integer> overtakings = new HashMap<>();

        Pending(long number) {
            this.number = number;
        }
    }

    /** What the referee remembers of a machine. */
    private static final class Record {
        long epoch;
        long time;
        long seen;
        Group group;
        final Set<Group> promised = new HashSet<>(); // versions that it has bound itself to
        long stamped; // time of its last stamp
        final Map<String, Long> held = new HashMap<>(); // fence by lock
        final Map<String, Long> highest = new HashMap<>(); // fence of its last entry by lock
        final Set<Permit> permits = new HashSet<>();
        final Map<String, Set<Integer>> kept = new HashMap<>(); // whose permission has not been given back, by lock
        final Map<String, Set<Integer>> owed = new HashMap<>(); // who waits for this peer's permission, by lock
        final Map<String, Pending> pending = new HashMap<>(); // by lock

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
    private final Map<String, Stamp> lastEntry = new HashMap<>();
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
        oneHolder(machine, record);
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
        return new NodeView(view.id(), view.endpoint(), view.epoch(), view.time(), view.seen(), view.group(), null, view.locks(),
                new TreeMap<>(), view.standing(), view.suspects(), null);
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
                check(happening.stamp().time() > record.stamped,
                        () -> "stamp of peer " + machine.id + " is not above its last one");
                record.stamped = happening.stamp().time();
                check(world.company.excuses() || record.owed(lock).isEmpty(), // who is removed is not answered
                        () -> "peer " + machine.id + " asks for " + lock + " again before it has answered " + record.owed(lock));
                record.pending.put(lock, new Pending(++requests));
            }
            case SEND -> {
                if (happening.message() instanceof Permission) {
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
            case ENTRY -> entered(machine, record, happening);
            case EXIT, CANCEL, LOST -> {
                record.pending.remove(lock);
                record.held.remove(lock);
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
        for (int member : group.othersThan(machine.id)) {
            check(ofGroup || view.standing() != null && view.standing().absent().contains(member)
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
                check(theirs.highest.getOrDefault(lock, 0L) < entry.fence() || unrelated(group, other.getKey().id),
                        () -> "fence " + entry.fence() + " of " + lock + " is not above that of peer " + other.getKey().id);
            }
        }
        record.highest.put(lock, entry.fence());
        record.held.put(lock, entry.fence());
        Pending mine = record.pending.remove(lock);
        if (world.profile.orderly() && world.ofStamps()) {
            inOrder(machine, lock, entry.stamp(), mine);
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
        Stamp last = lastEntry.put(lock, stamp);
        check(last == null || last.compareTo(stamp) < 0, () -> "entry " + stamp + " of " + lock + " came after " + last);
        for (Record other : records.values()) {
            Pending theirs = other.pending.get(lock);
            if (theirs != null && theirs.number < mine.number) {
                check(theirs.overtakings.merge(machine.id, 1, Integer::sum) <= 1,
                        () -> "peer " + machine.id + " overtook a request of " + lock + " twice");
            }
        }
    }

    /** A holder whose standing has lapsed will notice before it does anything else. */
    private static boolean effective(Machine machine) {
        return machine.node.standing(machine.clock());
    }

    private void oneHolder(Machine machine, Record record) {
        if (record.held.isEmpty()) {
            return;
        }
        for (Map.Entry<Machine, Record> other : records.entrySet()) {
            for (String lock : other.getValue().held.keySet()) {
                check(other.getKey() == machine || !record.held.containsKey(lock)
                                || lock.equals(LockName.GROUP) && world.company.excuses()
                                || other.getValue().group.origin() != record.group.origin()
                                || !effective(machine) || !effective(other.getKey()),
                        () -> "peers " + machine.id + " and " + other.getKey().id + " both hold " + lock);
            }
        }
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
