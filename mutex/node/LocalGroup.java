package mutex.node;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import mutex.group.DurableState;
import mutex.group.Group;
import mutex.group.GroupHost;
import mutex.group.GroupMessage;
import mutex.group.Membership;
import mutex.group.Seed;
import mutex.group.Version;
import mutex.node.LogEvent.Detail.InGroup;
import mutex.node.LogEvent.EventKind;
import mutex.text.LockName;

/**
 * The group at this node: does what the group rules ask of their host, brings each new version to the locks and
 * the lease, and says what another peer is to the group.
 */
final class LocalGroup implements GroupHost {

    final Membership membership;
    private final int self;
    private final Clocks clocks;
    private final StepOutput out;
    private final PeerTable peers;
    private final DurableWrites disk;
    private final Locks locks;
    private final Lease lease;
    private final LeaseGate gate;
    private final GroupLock lock;
    private Version version = Version.NONE; // of our group
    private long print; // of our group, computed once; 0 outside a group

    LocalGroup(int self, String endpoint, List<Seed> list, DurableState saved, long leaseLength, int expect, Clocks clocks,
            StepOutput out, PeerTable peers, DurableWrites disk, Locks locks, Lease lease, LeaseGate gate) {
        this.self = self;
        this.clocks = clocks;
        this.out = out;
        this.peers = peers;
        this.disk = disk;
        this.locks = locks;
        this.lease = lease;
        this.gate = gate;
        lock = new GroupLock(locks);
        membership = new Membership(self, endpoint, list, saved, this, leaseLength, expect);
    }

    Version version() {
        return version;
    }

    long print() {
        return print;
    }

    /** G1: messages between peers count only at the same version of the same group. */
    boolean inStep(PeerTable.PeerFacts peer) {
        return print != 0 && peer.version.equals(version) && peer.print == print;
    }

    boolean isMember(int id) {
        Group group = membership.group();
        return group != null && group.members().containsKey(id);
    }

    /** W1, M1: there is a group, and the peer is no member of it, or is linked from another address than it has there. */
    boolean isStranger(PeerTable.PeerFacts peer, int id) {
        Group group = membership.group();
        String there = group == null ? null : group.members().get(id);
        return group != null && (there == null || peer.linked && !there.equals(peer.endpoint));
    }

    /** Tells the change of the group how its request for {@code .group} went. */
    void tellChange() {
        lock.tell(membership.changes(), clocks.now());
    }

    // What the group rules ask for.

    @Override
    public void seize() {
        lock.request(clocks.now());
    }

    @Override
    public void yield() {
        lock.withdraw(clocks.now());
    }

    @Override
    public String waitsFor() {
        NodeView.StandingView standing = lease.view(clocks.now());
        return standing != null && !standing.good() ? "no majority is heard"
                : locks.all().stream().filter(any -> any.name.equals(LockName.GROUP)).map(any -> any.missing(gate.absent(any.name)))
                        .filter(missing -> !missing.isEmpty()).map(missing -> "waiting for permission from " + missing).findFirst()
                        .orElse("another change goes first");
    }

    @Override
    public boolean idle() {
        return locks.all().stream().allMatch(any -> any.current == null);
    }

    @Override
    public void switched(Group group) {
        if (version.equals(Version.NONE) && group != null) {
            peers.forgetOthersThan(group);
        }
        version = group == null ? Version.NONE : group.version();
        clocks.see(0, version.fence()); // F3: above every entry of those who made it
        print = group == null ? 0 : group.print();
        out.note(EventKind.GROUP, 0, new InGroup(group == null ? Collections.emptySortedSet() : new TreeSet<>(group.members().keySet())),
                group == null ? "in no group" : group.toString());
        lease.regroup(group);
        locks.onMembers(group == null ? null : group.othersThan(self), clocks.now());
        out.add(new Effect.Redial());
    }

    @Override
    public void send(int to, GroupMessage message) {
        out.send(to, new Frame.OfGroup(message));
    }

    @Override
    public long nextFence() {
        clocks.see(0, clocks.fence() + self);
        return clocks.fence();
    }

    @Override
    public void ignore(Set<Integer> removed) {
        removed.forEach(locks::onRemoval);
    }

    @Override
    public void announce(GroupMessage message) {
        peers.linked().forEach(id -> send(id, message));
    }

    @Override
    public void save(DurableState saved) {
        disk.save(saved);
    }

    @Override
    public void answered(long asker, String problem) {
        out.add(new Effect.Answered(asker, problem));
    }

    @Override
    public void say(String line) {
        out.say(line);
    }
}
