package mutex.node;

import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import mutex.algorithm.Stamp;
import mutex.group.DurableWrites;
import mutex.lease.Absence;
import mutex.lease.Standing;
import mutex.text.Durations;
import mutex.text.LockName;

/**
 * What a lease puts between the locks and the group: they are asked for and entered in standing only, without the
 * absent, and with a fence that nobody else can have taken. With the lease off, or nobody else in the group, all pass.
 *
 * <p>Source: protocol.md, S2 and A3; F1 for the fence on the disk.
 */
final class LeaseGate {

    private static final long A_MOMENT = 100_000_000; // nanoseconds: a shorter silence is not worth its number

    private final long lease; // nanoseconds
    private final Clocks clocks;
    private final PeerTable peers;
    private final DurableWrites disk;
    private final Standing standing;
    private final Absence absence;
    private final Supplier<SortedSet<Integer>> removing;
    private SortedSet<Integer> others = Collections.emptySortedSet();
    private boolean on;
    private boolean blocked; // an entry waits for its fence
    private boolean unreserved; // and for a heartbeat that reserves it

    /** @param removing the members that the change under way at this peer removes or moves */
    LeaseGate(long lease, Clocks clocks, PeerTable peers, DurableWrites disk, Standing standing, Absence absence,
            Supplier<SortedSet<Integer>> removing) {
        this.lease = lease;
        this.clocks = clocks;
        this.peers = peers;
        this.disk = disk;
        this.standing = standing;
        this.absence = absence;
        this.removing = removing;
    }

    /** @param others the other members; on: there are some, and a lease */
    void regroup(SortedSet<Integer> others, boolean on) {
        this.others = others;
        this.on = on;
    }

    /** Whether entries have waited for their fence; they have to be tried again then. */
    boolean unblock() {
        boolean waited = blocked;
        blocked = false;
        return waited;
    }

    /** Whether an entry waits for a heartbeat to reserve its fence; asked once for each. */
    boolean takeUnreserved() {
        boolean waits = unreserved;
        unreserved = false;
        return waits;
    }

    /** S2: whether requests may be made, and permissions count. */
    boolean open() {
        return !on || standing.good();
    }

    /** Why it is not open, for a person. */
    String closedBecause() {
        return "no majority: " + heard() + " peers reachable, " + standing.majority() + " needed";
    }

    /** {@code 1 of 3}: the members that back this peer's standing, itself included. */
    String heard() {
        return standing.backers(clocks.now()) + " of " + (others.size() + 1);
    }

    /** Peers whose permission the lock does not need: the absent; for {@code .group} also who is to be removed, and so has no say in that (R1). */
    Set<Integer> absent(String lock) {
        SortedSet<Integer> absent = on ? absence.absent() : Collections.emptySortedSet();
        return lock.equals(LockName.GROUP) ? union(absent, removing.get()) : absent;
    }

    /** K7: the member has answered a request for units. */
    void answered(int id) {
        PeerTable.PeerFacts peer = peers.meet(id);
        if (peer.answeredIn != clocks.epoch()) {
            peer.answeredIn = clocks.epoch();
            peer.answeredAt = clocks.time();
        }
    }

    /** K7: whether all but the absent had answered one, in the present epoch, when that stamp was taken. */
    boolean hadAnswered(Set<Integer> absent, Stamp stamp) {
        for (int id : others) {
            PeerTable.PeerFacts peer = peers.get(id);
            if (!absent.contains(id) && (peer == null || peer.answeredIn != clocks.epoch() || peer.answeredAt >= stamp.time())) {
                return false;
            }
        }
        return true;
    }

    private static SortedSet<Integer> union(SortedSet<Integer> absent, SortedSet<Integer> removing) {
        if (removing.isEmpty()) {
            return absent;
        }
        SortedSet<Integer> excused = new TreeSet<>(absent);
        excused.addAll(removing);
        return excused;
    }

    /**
     * Whether nothing is to be expected of the peer now, in a line; null when it may answer. A linked peer is silent when it
     * left a try without an answer or, with a lease, when it has sent nothing for that long.
     */
    String silent(int id) {
        PeerTable.PeerFacts peer = peers.get(id);
        if (peer == null || !peer.linked && neighbour(id) == id) {
            return peer == null || peer.silentSince == Long.MAX_VALUE ? "no link to peer " + id
                    : noAnswer(id, clocks.now() - peer.silentSince);
        }
        long silence = clocks.now() - Math.max(peer.receivedAt, peer.linkedAt);
        return on && silence >= lease ? noAnswer(id, silence)
                : peer.linked && peer.silentSince != Long.MAX_VALUE ? noAnswer(id, clocks.now() - peer.silentSince) : null;
    }

    private static String noAnswer(int id, long nanos) {
        return "no answer from peer " + id + (nanos < A_MOMENT ? "" : " for " + Durations.say(nanos));
    }

    /** A try has had no answer of the peer since it was asked. */
    void unanswered(int id, long since) {
        PeerTable.PeerFacts peer = peers.get(id);
        if (peer != null && peer.receivedAt <= since) {
            peer.silentSince = Math.min(peer.silentSince, since);
        }
    }

    /** A3, F1, F5: in standing at this instant, and with a fence that a majority has reserved and this peer's disk covers. If not, {@link #unblock} tells when. */
    boolean fenceFree() {
        boolean written = disk.mayEnter(clocks.fence() + 1);
        boolean free = written && (!on || standing.backed(clocks.now()) && standing.clear() && clocks.fence() < standing.reserved());
        blocked |= !free;
        unreserved |= !free && clocks.fence() >= standing.asked();
        return free;
    }

    /** D1: a linked member that hears the other one, while there is no link to that; else the other one itself. */
    int neighbour(int to) {
        if (!on || !others.contains(to)) {
            return to;
        }
        return others.stream().filter(peer -> peers.linked(peer) && peers.get(peer).hears.contains(to)).findFirst().orElse(to);
    }
}
