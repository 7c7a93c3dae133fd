package tests.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import mutex.algorithm.Message;
import mutex.algorithm.Stamp;
import mutex.event.Frame;
import mutex.event.NodeView;
import mutex.group.Group;
import mutex.group.GroupMessage;
import mutex.group.Promise;
import mutex.group.Seed;
import mutex.group.Version;
import mutex.lease.LeaseMessage;
import mutex.once.MarkMessage;
import mutex.once.RunMark;
import mutex.text.LockName;

/** Every message between peers, from one who is no member: each number alone could be true. */
final class Lies {

    private static final long FAR_TIME = 1L << 39;
    private static final long FAR_FENCE = 1L << 57;
    private static final long FAR_EPOCH = 1L << 40;

    private final SplittableRandom random;
    private final int liar;
    private final String endpoint;
    private final boolean joins; // it would be refused

    Lies(SplittableRandom random, int liar, String endpoint, boolean joins) {
        this.random = random;
        this.liar = liar;
        this.endpoint = endpoint;
        this.joins = joins;
    }

    /** The one that it is in, or may come to. */
    static Group groupOf(Machine machine) {
        return machine.lastGroup() != null ? machine.lastGroup() : Group.alone(machine.id, machine.endpoint, 0);
    }

    /** For that machine. */
    Frame frame(long epoch, Machine machine) {
        List<Frame.FramePart> parts = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            parts.add(random.nextInt(8) == 0 ? relayed(machine) : part(machine));
        }
        return frame(liar, epoch, machine, parts);
    }

    private Frame frame(int from, long epoch, Machine machine, List<Frame.FramePart> parts) {
        Group group = groupOf(machine);
        boolean equal = random.nextBoolean();
        Version version = equal ? group.version() : new Version(random.nextInt(joins ? 1 : 0, 4), random.nextInt(2) * machine.node.seen());
        return new Frame(from, epoch, machine.node.epoch() + random.nextInt(3) * FAR_EPOCH / 2, version,
                equal ? group.print() : random.nextLong(), machine.node.time() + random.nextInt(2) * FAR_TIME,
                machine.node.seen() + random.nextInt(2) * FAR_FENCE, parts);
    }

    /** A frame of a member, as if that one had no link and this one had been asked to carry it. */
    private Frame.FramePart relayed(Machine machine) {
        List<Integer> members = List.copyOf(groupOf(machine).members().keySet());
        return new Frame.Relayed(machine.id, random.nextLong(), frame(members.get(random.nextInt(members.size())),
                machine.node.epoch() + FAR_EPOCH, machine, List.of(part(machine))));
    }

    private Frame.FramePart part(Machine machine) {
        return switch (random.nextInt(5)) {
            case 0 -> ofLock(machine);
            case 2 -> new Frame.OfMark(random.nextBoolean() ? new MarkMessage.Tell(ofJob(machine), random.nextBoolean()) : new MarkMessage.Kept(ofJob(machine)));
            case 1 -> new Frame.OfLease(ofLease(machine));
            default -> new Frame.OfGroup(ofGroup(machine));
        };
    }

    /** One of its own, or that the present run does not count. */
    private RunMark ofJob(Machine machine) {
        List<NodeView.JobView> known = machine.node.view(machine.clock()).jobs();
        return known.isEmpty() || random.nextBoolean() ? new RunMark(Jobs.JOB, machine.startEpoch() + random.nextLong(10_000), random.nextLong(1, 100_000), liar, random.nextBoolean())
                : known.get(0).mark().withdraw();
    }

    private GroupMessage ofGroup(Machine machine) {
        Promise promise = machine.disk == null ? null : machine.disk.promise();
        boolean guessed = promise != null && random.nextBoolean() && !promise.next().members().containsKey(liar);
        Group next = guessed ? promise.next() : next(machine);
        return switch (random.nextInt(joins ? 6 : 5)) {
            case 0 -> new GroupMessage.Present(next);
            case 1 -> isForAnybody(machine) ? new GroupMessage.Present(next) : new GroupMessage.Propose(groupOf(machine).version(), next, random.nextBoolean());
            case 2 -> new GroupMessage.Bound(next.version(), random.nextBoolean());
            case 3 -> new GroupMessage.Unbound(next.version(), "a lie");
            case 4 -> new GroupMessage.Listing(List.of(new Seed(endpoint, liar), new Seed(machine.endpoint, machine.id)), random.nextBoolean());
            default -> new GroupMessage.Join();
        };
    }

    /** Newer than the receiver's group: of the receiver alone, the liar alone, both, or all of them. */
    private Group next(Machine machine) {
        Group group = groupOf(machine);
        SortedMap<Integer, String> members = new TreeMap<>();
        int who = random.nextInt(1, 8);
        if ((who & 1) != 0) {
            members.put(machine.id, machine.endpoint);
        }
        if ((who & 2) != 0) {
            members.put(liar, endpoint);
        }
        if ((who & 4) != 0) {
            members.putAll(group.members());
        }
        boolean other = random.nextInt(4) == 0 && !mayBeAdded(machine);
        return new Group(group.origin() + (other ? 1 : 0), new Version(group.version().number() + random.nextInt(1, 3), machine.node.seen() + 1), members);
    }

    /** Whoever is alone, or was removed, may be added to another group by anybody. */
    private static boolean mayBeAdded(Machine machine) {
        return machine.lastGroup() != null && (machine.node.group() == null || machine.node.group().members().size() == 1);
    }

    /** W3: nor can who was alone, without a list, and is being added tell who has a right to. */
    private static boolean isForAnybody(Machine machine) {
        return machine.node.group() == null && (machine.disk == null || machine.disk.group() == null) && machine.isListless();
    }

    private Frame.FramePart ofLock(Machine machine) {
        NodeView view = machine.node.view(machine.clock());
        boolean wants = !view.locks().isEmpty() && random.nextInt(4) > 0;
        NodeView.LockView lock = wants ? view.locks().get(random.nextInt(view.locks().size())) : null;
        Stamp mine = lock != null && lock.stamp() != null ? lock.stamp() : new Stamp(1, machine.id);
        return new Frame.OfLock(lock != null ? lock.name() : LockName.DEFAULT, switch (random.nextInt(6)) {
            case 0 -> new Message.Request(new Stamp(random.nextInt(3), liar), random.nextBoolean());
            case 1 -> new Message.Refusal(mine, random.nextBoolean());
            case 2 -> new Message.Token(random.nextInt(1, 9), random.nextInt(99), 0);
            case 3 -> new Message.Census(random.nextInt(1, 9), random.nextInt(3));
            case 4 -> new Message.Vow(random.nextInt(3), random.nextInt(9));
            default -> new Message.Permission(mine);
        });
    }

    private LeaseMessage ofLease(Machine machine) {
        int about = random.nextInt(1, 8);
        return switch (random.nextInt(4)) {
            case 0 -> new LeaseMessage.Heartbeat(random.nextLong(1L << 30), new TreeSet<>(groupOf(machine).members().keySet()),
                    machine.node.seen() + FAR_FENCE);
            case 1 -> new LeaseMessage.Ack(random.nextInt(100), machine.node.seen() + FAR_FENCE);
            case 2 -> new LeaseMessage.Inquiry(about, random.nextInt(9));
            default -> new LeaseMessage.Testimony(about, random.nextInt(9), Long.MAX_VALUE / 2_000);
        };
    }
}
