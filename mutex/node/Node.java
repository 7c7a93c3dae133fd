package mutex.node;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import mutex.algorithm.Algorithm.TokenPlace;
import mutex.algorithm.AlgorithmKind;
import mutex.group.DurableState;
import mutex.group.Group;
import mutex.group.Hello;
import mutex.group.Membership;
import mutex.group.Seed;
import mutex.node.NamedLock.LocalAsker;

/**
 * One peer: its locks, its group and its links to the others. The real program and the simulator run
 * this same class.
 *
 * <p>Pure and single-threaded: every event is handed to {@link #step} with the time, and what it
 * causes comes back as effects. Equal events at equal times give equal effects.
 */
public final class Node {

    private final int self;
    private final String endpoint;
    private final long process;
    private final Clocks counters;
    private final StepOutput post;
    private final PeerTable peers = new PeerTable();
    private final NodeParts home;
    private final FrameReceiver inbox;
    private boolean started;
    private long now;

    /** With the lease off. */
    public Node(int id, String endpoint, long epoch, List<Seed> list, DurableState saved,
            AlgorithmKind algorithms) {
        this(id, endpoint, epoch, list, saved, algorithms, 0, 0);
    }

    /**
     * @param id 1 to 65535, unique in the group
     * @param epoch wall-clock milliseconds at process start
     * @param list the other peers of the start list
     * @param saved from the state file; null when there is none
     * @param algorithms makes the algorithm of one lock, given the other members
     * @param process random number of the process, as in its greeting
     * @param lease in nanoseconds; 0 turns it off
     */
    public Node(int id, String endpoint, long epoch, List<Seed> list, DurableState saved,
            AlgorithmKind algorithms, long process, long lease) {
        this(id, endpoint, epoch, list, saved, algorithms, process, lease, 0);
    }

    /**
     * One that may have no list, but be told by {@link Event.Discovered} where others may be.
     *
     * @param expect how many such peers found a group; 0: the list does
     */
    public Node(int id, String endpoint, long epoch, List<Seed> list, DurableState saved,
            AlgorithmKind algorithms, long process, long lease, int expect) {
        this(id, endpoint, epoch, list, saved, algorithms, process, lease, expect, false);
    }

    /**
     * One that may keep a floor for its fences.
     *
     * @param floors whether it writes one down, well ahead, and waits for that (rule F1 of protocol.md)
     */
    public Node(int id, String endpoint, long epoch, List<Seed> list, DurableState saved,
            AlgorithmKind algorithms, long process, long lease, int expect, boolean floors) {
        self = id;
        this.endpoint = endpoint;
        this.process = process;
        counters = new Clocks(epoch, saved == null ? 0 : saved.fence());
        post = new StepOutput(counters);
        home = new NodeParts(id, endpoint, list, saved, counters, post, peers, algorithms, lease, expect, floors);
        inbox = new FrameReceiver(id, counters, post, peers, home);
    }

    /** Takes in one event; now is monotonic, in nanoseconds. */
    public List<Effect> step(Event event, long now) {
        this.now = now;
        counters.at(now);
        home.at(now);
        if (!started) {
            started = true;
            home.lease.start(now);
            home.membership.start(now);
        }
        event.happen(this);
        home.settle();
        inbox.raiseEpoch(now);
        home.lease.settle(); // may enter .group, of which the changer has to hear
        home.tellChanger();
        home.disk.settle(now);
        return post.take(this::address);
    }

    /** D1; null when there is nothing that may go the way there is. */
    private Effect.Send address(int to, List<Frame.FramePart> parts) {
        int via = peers.linked(to) ? to : home.lease.neighbour(to);
        if (via == to) {
            return new Effect.Send(to, seal(to, parts));
        }
        List<Frame.FramePart> relayed = parts.stream().filter(part -> !(part instanceof Frame.OfLease || part instanceof Frame.Relayed)).toList();
        return relayed.isEmpty() && !parts.isEmpty() ? null
                : new Effect.Send(via, seal(via, List.of(new Frame.Relayed(to, process, seal(to, relayed)))));
    }

    private Frame seal(int to, List<Frame.FramePart> parts) {
        return new Frame(self, counters.epoch(), peers.epochOf(to), home.version(), home.print(),
                counters.time(), counters.fence(), parts);
    }

    void ask(Event.Ask ask) {
        home.locks.ask(new LocalAsker(ask.asker(), ask.lock(), ask.attempt(), ask.deadline()), now);
    }

    void withdraw(long asker) {
        home.locks.withdraw(asker, now);
        home.membership.change().withdraw(asker);
    }

    void pass(Event.PassToken pass) {
        post.add(new Effect.Answered(pass.asker(), home.locks.pass(pass.lock())));
    }

    void add(Event.Add add) {
        home.membership.change().add(add.asker(), add.endpoint());
        post.add(new Effect.Redial());
    }

    void remove(Event.Remove remove) {
        home.membership.change().remove(remove.asker(), remove.ids(), remove.force());
    }

    void leave(long asker) {
        home.membership.change().leave(asker);
    }

    void linked(Hello hello, String dialed) {
        inbox.linked(hello, dialed, now);
    }

    void unlinked(int peer) {
        inbox.unlinked(peer, now);
    }

    void receive(Frame frame) {
        inbox.receive(frame, now);
    }

    void ownAddress(String dialed) {
        home.membership.dropAddress(dialed);
        post.add(new Effect.Redial());
    }

    void discovered(Set<String> addresses) {
        home.membership.discovered(addresses, now);
        post.add(new Effect.Redial());
    }

    void skipped(long nanos) {
        home.lease.skipped(nanos);
        home.membership.change().skipped(nanos);
    }

    void written(String problem) {
        home.disk.written(problem, home.membership, now);
    }

    /** When a {@link Event.Tick} is due at the latest, in nanoseconds; Long.MAX_VALUE for never. */
    public long wakeAt() {
        return Math.min(home.lease.wakeAt(), Math.min(home.locks.wakeAt(), Math.min(home.membership.wakeAt(), home.disk.wakeAt())));
    }

    /** Where this node wants links to: the members, or the start list before there is a group, and a newcomer. */
    public SortedSet<String> addresses() {
        Membership membership = home.membership;
        SortedSet<String> addresses = new TreeSet<>();
        Group group = membership.group();
        if (group != null) {
            addresses.addAll(group.members().values());
        } else {
            membership.list().forEach(entry -> addresses.add(entry.endpoint()));
            addresses.addAll(membership.found());
            Optional.ofNullable(membership.promise()).ifPresent(promise -> addresses.addAll(promise.next().members().values()));
            Optional.ofNullable(membership.outside())
                    .ifPresent(outside -> outside.othersThan(self).forEach(member -> addresses.add(outside.members().get(member))));
        }
        Optional.ofNullable(membership.change().seeking()).ifPresent(addresses::add);
        addresses.remove(endpoint);
        return addresses;
    }

    /** What to tell another peer first. */
    public Hello hello(long process, String algorithm, long leaseMillis) {
        return new Hello(self, endpoint, counters.epoch(), process, algorithm, leaseMillis,
                home.membership.shown(), home.membership.list(), home.membership.expect());
    }

    public long epoch() {
        return counters.epoch();
    }

    /** Lamport time. */
    public long time() {
        return counters.time();
    }

    /** The highest fence known. */
    public long seen() {
        return counters.fence();
    }

    /** Null while the peer is in none. */
    public Group group() {
        return home.membership.group();
    }

    /** Whether the locks of the group may be held at that time: always while the lease is off. */
    public boolean standing(long now) {
        return home.lease.standing(now);
    }

    /** Until when what is held here stays so even if this peer fell silent now; Long.MAX_VALUE while the lease is off. */
    public long sureUntil() {
        return home.lease.sureUntil();
    }

    /** Names of the locks whose token is there, as far as this node knows. */
    public Set<String> locksWithToken(TokenPlace place) {
        return home.locks.withToken(place);
    }

    /** The node as it is at the time now. */
    public NodeView view(long now) {
        Membership membership = home.membership;
        SortedMap<Integer, String> differences = new TreeMap<>();
        peers.linked().forEach(id -> membership.difference(id).ifPresent(text -> differences.put(id, text)));
        return new NodeView(self, endpoint, counters.epoch(), counters.time(), counters.fence(), membership.group(),
                membership.waitingFor().orElse(null),
                home.locks.all().stream().map(lock -> lock.view(home.lease.absent(lock.name), now)).toList(), differences,
                home.lease.view(now), new TreeMap<>(home.suspects()), membership.changing().orElse(null));
    }
}
