package mutex.node;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.Stamp;
import mutex.group.DurableState;
import mutex.group.Group;
import mutex.group.GroupHost;
import mutex.group.GroupMessage;
import mutex.group.Membership;
import mutex.group.Seed;
import mutex.group.Version;
import mutex.node.LogEvent.Detail.InGroup;
import mutex.node.LogEvent.EventKind;
import mutex.node.NamedLock.LocalAsker;

/**
 * Where the locks and the group of one peer meet: the changer is a local asker like any other, a new
 * version of the group reaches every lock, and what either wants of the world goes to the post.
 */
final class NodeParts implements GroupHost, Locks.AskerEvents {

    /** The asker that is the group's own: it wants {@code .group} to change the group. */
    static final long CHANGER = -1;
    private static final long DAY_MILLIS = 86_400_000;
    private static final long FAST_TIME = 1L << 32; // requests that nobody makes between two messages

    final Locks locks;
    final Lease lease;
    final DurableWrites disk;
    final Membership membership;
    private final int self;
    private final StepOutput post;
    private final PeerTable peers;
    private final Clocks counters;
    private final SortedMap<Integer, String> suspects = new TreeMap<>(); // what they did
    private Version version = Version.NONE; // of our group
    private long print; // of our group, computed once; 0 outside a group
    private boolean lostGroupLock; // and the change has not been told
    private long groupFence; // of an entry of .group that the change has not been told of; 0 none
    private long now;

    NodeParts(int self, String endpoint, List<Seed> list, DurableState saved, Clocks counters, StepOutput post, PeerTable peers,
            AlgorithmKind algorithms, long leaseLength, int expect, boolean floors) {
        this.self = self;
        this.post = post;
        this.peers = peers;
        this.counters = counters;
        disk = new DurableWrites(saved, floors, leaseLength, counters, post);
        lease = new Lease(self, leaseLength, counters, post, peers, this);
        locks = new Locks(self, counters, post, algorithms, this, lease);
        membership = new Membership(self, endpoint, list, saved, this, leaseLength, expect);
    }

    void at(long now) {
        this.now = now;
        lease.at(now);
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

    /** Does what time and the last event have made possible. */
    void settle() {
        if (disk.freed(now)) {
            lease.unblock();
        }
        locks.tend(now);
        membership.tick(now);
    }

    /** Later than the entry itself: the change may be in the middle of asking for it. */
    void tellChanger() {
        if (lostGroupLock) {
            lostGroupLock = false;
            membership.change().lost(now);
        }
        if (groupFence != 0) {
            long fence = groupFence;
            groupFence = 0;
            membership.change().entered(fence, now);
        }
    }

    // For the askers.

    @Override
    public void entered(LocalAsker asker, Stamp stamp, long fence) {
        if (asker.id() == CHANGER) {
            groupFence = fence;
        } else if (asker.id() > 0) {
            post.add(new Effect.Entered(asker.id(), asker.lock(), stamp, fence));
        }
    }

    @Override
    public void ended(LocalAsker asker, Effect.Outcome outcome, String reason) {
        if (asker.id() == CHANGER) {
            groupFence = 0;
            lostGroupLock |= outcome == Effect.Outcome.LOST;
        } else if (asker.id() > 0) {
            post.add(new Effect.Ended(asker.id(), asker.lock(), outcome, reason));
        }
    }

    @Override
    public void suspect(int peer, String what) {
        suspects.put(peer, what);
        post.say("peer " + peer + " " + what);
    }

    /** F2: names a member whose numbers can be honest, but are far from ours: a clock is wrong, or it lies. */
    void watch(int peer, Frame frame) {
        boolean jumps = frame.time() - counters.time() > FAST_TIME;
        if (!jumps && frame.seen() <= counters.fence()) {
            return; // asked at every message
        }
        long days = counters.millisAhead(frame.seen()) / DAY_MILLIS;
        if ((jumps || days > 0) && isMember(peer) && !suspects.containsKey(peer)) {
            suspect(peer, jumps ? "is " + (frame.time() - counters.time()) + " requests ahead in Lamport time"
                    : "was the first to show fences " + days + (days == 1 ? " day" : " days") + " ahead of this peer's clock: one of the two is wrong");
        }
    }

    SortedMap<Integer, String> suspects() {
        return suspects;
    }

    /** R1: who is to be removed has no say in that. */
    Set<Integer> excusedFromGroupLock(SortedSet<Integer> absent) {
        SortedSet<Integer> removing = membership.change().removing();
        if (removing.isEmpty()) {
            return absent;
        }
        SortedSet<Integer> excused = new TreeSet<>(absent);
        excused.addAll(removing);
        return excused;
    }

    // For the group.

    @Override
    public void seize() {
        locks.ask(new LocalAsker(CHANGER, LockName.GROUP, false, Long.MAX_VALUE), now);
    }

    @Override
    public void yield() {
        groupFence = 0;
        locks.withdraw(CHANGER, now);
    }

    @Override
    public String waitsFor() {
        NodeView.StandingView standing = lease.view(now);
        return standing != null && !standing.good() ? "no majority is heard"
                : locks.all().stream().filter(lock -> lock.name.equals(LockName.GROUP)).map(lock -> lock.missing(lease.absent(lock.name)))
                        .filter(missing -> !missing.isEmpty()).map(missing -> "waiting for permission from " + missing).findFirst()
                        .orElse("another change goes first");
    }

    @Override
    public boolean idle() {
        return locks.all().stream().allMatch(lock -> lock.current == null);
    }

    @Override
    public void switched(Group group) {
        if (version.equals(Version.NONE) && group != null) {
            peers.forgetOthersThan(group);
        }
        version = group == null ? Version.NONE : group.version();
        counters.see(0, version.fence()); // F3: above every entry of those who made it
        print = group == null ? 0 : group.print();
        post.note(EventKind.GROUP, 0, new InGroup(group == null ? Collections.emptySortedSet() : new TreeSet<>(group.members().keySet())),
                group == null ? "in no group" : group.toString());
        lease.regroup(group);
        locks.onMembers(group == null ? null : group.othersThan(self), now);
        post.add(new Effect.Redial());
    }

    @Override
    public void send(int to, GroupMessage message) {
        post.send(to, new Frame.OfGroup(message));
    }

    @Override
    public long nextFence() {
        counters.see(0, counters.fence() + self);
        return counters.fence();
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
        post.add(new Effect.Answered(asker, problem));
    }

    @Override
    public void say(String line) {
        post.say(line);
    }
}
