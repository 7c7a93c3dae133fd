package mutex.node;

import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import mutex.algorithm.Algorithm.TokenPlace;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.LockMode;
import mutex.algorithm.Suspects;
import mutex.event.Effect;
import mutex.event.Event;
import mutex.event.NodeView;
import mutex.group.DurableState;
import mutex.group.Group;
import mutex.group.Hello;
import mutex.group.Membership;
import mutex.group.Seed;
import mutex.lease.Absence;
import mutex.lease.Standing;
import mutex.once.RunMarks;

/**
 * One peer: its locks, its group and its links to the others. The real program and the simulator run
 * this same class.
 *
 * <p>Pure and single-threaded: every event is handed to {@link #step} with the time, and what it
 * causes comes back as effects. Equal events at equal times give equal effects.
 */
public final class Node {

    /** How many locks are in use here at once, unless said otherwise. */
    public static final int MOST_LOCKS = 1_024;

    private final int self;
    private final String endpoint;
    private final Clocks clocks;
    private final StepOutput out;
    private final PeerTable peers = new PeerTable();
    private final Suspects suspects;
    private final LeaseGate gate;
    private final Locks locks;
    private final Lease lease;
    private final LocalGroup group;
    private final Membership membership;
    private final RunOnce once;
    private final EventDispatch dispatch;
    private boolean started;

    /** With the lease off. */
    public Node(int id, String endpoint, long epoch, List<Seed> list, DurableState saved,
            AlgorithmKind algorithms) {
        this(id, endpoint, epoch, list, saved, algorithms, 0, 0, 0, false, MOST_LOCKS);
    }

    /** With as many locks as usual. */
    public Node(int id, String endpoint, long epoch, List<Seed> list, DurableState saved,
            AlgorithmKind algorithms, long process, long lease, int expect, boolean floors) {
        this(id, endpoint, epoch, list, saved, algorithms, process, lease, expect, floors, MOST_LOCKS);
    }

    /**
     * With no list it may be told by {@link Event.Discovered} where others may be.
     *
     * @param id 1 to 65535, unique in the group
     * @param epoch wall-clock milliseconds at process start
     * @param list the other peers of the start list
     * @param saved from the state file; null when there is none
     * @param algorithms makes the algorithm of one lock, given the other members
     * @param process random number of the process, as in its greeting
     * @param lease in nanoseconds; 0 turns it off
     * @param expect how many peers without a list found a group; 0: the list does
     * @param floors whether it writes a floor for its fences down, well ahead, and waits for that (rule F1 of protocol.md)
     * @param most locks in use here at once (rule L2)
     */
    public Node(int id, String endpoint, long epoch, List<Seed> list, DurableState saved,
            AlgorithmKind algorithms, long process, long lease, int expect, boolean floors, int most) {
        self = id;
        this.endpoint = endpoint;
        clocks = new Clocks(epoch, saved == null ? 0 : saved.fence());
        RunMarks marks = new RunMarks(saved == null ? List.of() : saved.marks());
        out = new StepOutput(process, clocks, marks, peers);
        suspects = new Suspects(out::say);
        DurableWrites disk = new DurableWrites(saved, floors, lease, clocks, out);
        Standing standing = new Standing(lease);
        Absence absence = new Absence(id, lease);
        gate = new LeaseGate(lease, clocks, peers, disk, standing, absence, this::removing);
        locks = new Locks(id, most, clocks, out, algorithms, suspects, gate);
        this.lease = new Lease(id, lease, clocks, out, peers, disk, standing, absence, gate, locks);
        once = new RunOnce(id, lease > 0, clocks, out, marks, disk, locks.requests, gate);
        group = new LocalGroup(id, endpoint, list, saved, lease, expect, clocks, out, peers, disk, locks, this.lease, gate, once);
        membership = group.membership;
        Incarnations incarnations = new Incarnations(id, clocks, out, peers, group, locks, this.lease, once);
        FrameReceiver receiver = new FrameReceiver(id, clocks, out, peers, group, locks, this.lease, incarnations, suspects, once);
        dispatch = new EventDispatch(out, disk, locks, this.lease, group, incarnations, receiver, once);
    }

    private SortedSet<Integer> removing() {
        return membership.changes().removing();
    }

    /** Takes in one event, and says all that it causes, frames last; now is monotonic, in nanoseconds. */
    public List<Effect> step(Event event, long now) {
        List<Effect> effects = feed(event, now);
        for (Effect.Send frame = nextFrame(); frame != null; frame = nextFrame()) {
            effects.add(frame);
        }
        return effects;
    }

    /** Takes the frame that has waited longest since {@link #feed}; null when there is none. */
    public Effect.Send nextFrame() {
        return out.nextFrame();
    }

    public boolean hasFrames() {
        return out.hasFrames();
    }

    /** As {@link #step}, but frames stay here until they are taken; then those of several steps to one peer go as one. */
    public List<Effect> feed(Event event, long now) {
        clocks.at(now);
        lease.at(now); // S0 first: an event must not meet permissions and locks whose lease has run out
        if (!started) {
            started = true;
            lease.start(now);
            membership.start(now);
        }
        dispatch.handle(event, now);
        dispatch.settle(now);
        return out.take(group, gate); // only now the frames get their headers, with the numbers as they are at the end
    }

    /** When a {@link Event.Tick} is due at the latest, in nanoseconds; Long.MAX_VALUE for never. */
    public long wakeAt() {
        return dispatch.wakeAt();
    }

    /** Whether who asks for these locks now enters in the step that it asks in, and no other peer hears of it; changes nothing. */
    public boolean entersAlone(List<LockMode> locks) {
        return this.locks.requests.entersAlone(locks);
    }

    /** The same for who is inside, and gives its locks back; changes nothing. */
    public boolean leavesAlone(long asker) {
        return locks.requests.leavesAlone(asker);
    }

    /** Where this node wants links to: the members, or the start list before there is a group, and a newcomer. */
    public SortedSet<String> addresses() {
        return group.addresses();
    }

    /** What to tell another peer first. */
    public Hello hello(long process, String algorithm, long leaseMillis) {
        return new Hello(self, endpoint, clocks.epoch(), process, algorithm, leaseMillis,
                membership.shown(), membership.list(), membership.expect());
    }

    public long epoch() {
        return clocks.epoch();
    }

    /** Lamport time. */
    public long time() {
        return clocks.time();
    }

    /** The highest fence known. */
    public long seen() {
        return clocks.fence();
    }

    /** Null while the peer is in none. */
    public Group group() {
        return membership.group();
    }

    /** The one it is in, or else the one that went on without it; null when it was in none. */
    public Group lastGroup() {
        return membership.last();
    }

    /** Whether the locks of the group may be held at that time: always while the lease is off. */
    public boolean standing(long now) {
        return lease.standing(now);
    }

    /** Until when what is held here stays so even if this peer fell silent now; Long.MAX_VALUE while the lease is off. */
    public long sureUntil() {
        return lease.sureUntil();
    }

    /** Names of the locks whose token is there, as far as this node knows. */
    public Set<String> locksWithToken(TokenPlace place) {
        return locks.withToken(place);
    }

    /** How many locks are held, and requests wait, here. */
    public NodeView.LockTotals totals() {
        return locks.totals();
    }

    /** The node as it is at the time now, with all its locks. */
    public NodeView view(long now) {
        return view(now, Set.of(), Integer.MAX_VALUE);
    }

    /**
     * The same with so many locks at most, as a peer may have very many and is looked at often.
     *
     * @param about locks that are among them in any case, and first
     */
    public NodeView view(long now, Set<String> about, int most) {
        SortedMap<Integer, String> differences = new TreeMap<>();
        peers.linked().forEach(id -> membership.difference(id).ifPresent(text -> differences.put(id, text)));
        List<NamedLock> shown = locks.some(about, most);
        return new NodeView(self, endpoint, clocks.epoch(), clocks.time(), clocks.fence(), membership.group(),
                membership.waitingFor().orElse(null),
                shown.stream().map(lock -> lock.view(gate.absent(lock.name), now)).toList(), locks.all().size() - shown.size(), differences,
                lease.view(now), suspects.deeds(), membership.changing().orElse(null), once.all());
    }
}
