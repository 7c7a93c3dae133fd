package mutex.node;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import mutex.group.Absence;
import mutex.group.Group;
import mutex.group.LeaseMessage;
import mutex.group.LeaseMessage.Ack;
import mutex.group.LeaseMessage.Heartbeat;
import mutex.group.LeaseMessage.Inquiry;
import mutex.group.LeaseMessage.Testimony;
import mutex.group.Standing;
import mutex.group.Witness;
import mutex.node.LogEvent.Detail.BeganEpoch;
import mutex.node.LogEvent.Detail.Reachable;
import mutex.node.LogEvent.EventKind;
import mutex.text.Durations;

/**
 * What a lease adds to a node: heartbeats, standing, absent members, and when a lock may be entered.
 * With the lease off, or nobody else in the group, it lets everything pass.
 *
 * <p>Source: protocol.md, standing, absence and fence; the names of rules are those there.
 */
final class Lease implements Locks.EntryGate {

    private static final int BEATS_A_LEASE = 8;
    private static final long A_MOMENT = 100_000_000; // nanoseconds: a shorter silence is not worth its number

    private final int self;
    private final long length; // nanoseconds; 0: the lease is off
    private final Clocks counters;
    private final StepOutput post;
    private final PeerTable peers;
    private final NodeParts home;
    private final Standing standing;
    private final Absence absence;
    private final Witness witness = new Witness();
    private SortedSet<Integer> others = Collections.emptySortedSet();
    private boolean on; // there is a lease, and somebody else in the group
    private boolean alone; // in a group
    private boolean hurry; // the next heartbeat does not wait for its time
    private boolean blocked; // an entry waits for its fence
    private long beatAt; // when the next heartbeat is due, nanoseconds as all times here
    private long repeatAt;
    private long now;

    Lease(int self, long length, Clocks counters, StepOutput post, PeerTable peers, NodeParts home) {
        this.self = self;
        this.length = length;
        this.counters = counters;
        this.post = post;
        this.peers = peers;
        this.home = home;
        standing = new Standing(length);
        absence = new Absence(self, length);
    }

    boolean on() {
        return length > 0;
    }

    void start(long now) {
        witness.start(now);
    }

    /** S5: so much of the time that has passed is only what the wall clock says. */
    void skipped(long nanos) {
        witness.skipped(nanos);
    }

    /** S0: comes before every event. */
    void at(long now) {
        this.now = now;
        if (on && standing.good() && !standing.backed(now)) {
            lapse(counters.epoch() + 1, "no majority: only " + heard() + " heard within the lease");
        }
    }

    /** S0: the epoch is over, and nothing that was promised in it counts. */
    void lapse(long epoch, String reason) {
        home.locks.pause(reason);
        standing.lapse();
        absence.lapse();
        counters.raiseEpoch(epoch);
        post.note(EventKind.EPOCH, self, new BeganEpoch(epoch), "epoch " + epoch + ": " + reason);
        hurry = true;
    }

    private String heard() {
        return standing.backers(now) + " of " + (others.size() + 1);
    }

    /** The group is another one: null is none. */
    void regroup(Group group) {
        boolean wasOpen = open();
        SortedSet<Integer> before = others;
        others = group == null ? Collections.emptySortedSet() : group.othersThan(self);
        boolean wasOn = on;
        boolean wasAlone = alone;
        alone = group != null && others.isEmpty();
        boolean fewer = !others.containsAll(before);
        on = length > 0 && !others.isEmpty();
        standing.regroup(others);
        absence.regroup(others, now);
        if (on && wasAlone && others.size() == 1) {
            standing.begin(now); // S3: what is held stays so
        } else if (on && wasOpen && !wasOn) {
            home.locks.pause("this peer is not alone any more"); // nobody was promised anything: the epoch goes on
            standing.lapse();
        } else if (wasOpen && on && !standing.backed(now)) {
            lapse(counters.epoch() + 1, "no majority of the new group: only " + heard() + " heard within the lease");
        }
        if (fewer) {
            // F6: whoever is gone may have taken fences that are not known here.
            counters.see(0, witness.reservedBesides(self));
            counters.skip(DurableWrites.AHEAD); // up to their floor, for all that is known
        }
        standing.mark();
        hurry = on;
    }

    /** Does what the event and the time have made possible. */
    void settle() {
        if (!on) {
            return;
        }
        if (!standing.good() && standing.backed(now)) {
            standing.gain(); // S1
            hurry = true;
            post.note(EventKind.GROUP, 0, null, "in standing: " + heard() + " heard");
            home.locks.proceed(now);
        }
        if (now >= beatAt) {
            beatAt = now + length / BEATS_A_LEASE;
            hurry = true;
            lookForTheSilent();
        }
        if (hurry) {
            hurry = false;
            Heartbeat beat = standing.beat(hearing(), counters.fence(), now);
            others.forEach(peer -> send(peer, beat));
        }
    }

    private SortedSet<Integer> hearing() {
        SortedSet<Integer> hearing = new TreeSet<>();
        for (int peer : others) {
            PeerTable.PeerFacts known = peers.get(peer);
            if (known != null && now - known.receivedAt < length) {
                hearing.add(peer);
            }
        }
        return hearing;
    }

    private void lookForTheSilent() {
        if (!standing.good()) {
            return;
        }
        for (Inquiry inquiry : absence.inquire(witness, now)) {
            others.forEach(peer -> send(peer, inquiry));
        }
        if (now >= repeatAt) { // S2
            repeatAt = now + length;
            others.stream().filter(peer -> !peers.linked(peer) && !absence.absent().contains(peer))
                    .forEach(home.locks::repeatTo);
        }
    }

    private void send(int to, LeaseMessage message) {
        post.send(to, new Frame.OfLease(message));
    }

    /** A link was made: what goes over it need not wait. */
    void linked() {
        hurry |= on;
    }

    /** A2: anything from a member is a sign of life, but a heartbeat that does not list us. */
    void heard(Frame frame) {
        if (on && !deaf(frame.parts()) && absence.heard(frame.from(), now)) {
            post.note(EventKind.ABSENT, frame.from(), new Reachable(true), "heard again");
            home.locks.repeatTo(frame.from());
        }
    }

    /** A2: whether they are heartbeats of a peer that does not hear us, and nothing else. */
    private boolean deaf(List<Frame.FramePart> parts) {
        for (Frame.FramePart part : parts) {
            if (!(part instanceof Frame.OfLease lease && lease.message() instanceof Heartbeat beat) || beat.heard().contains(self)) {
                return false;
            }
        }
        return !parts.isEmpty();
    }

    /** F4: the peer has a new epoch; in the old one it may have taken fences that are not known here. */
    void renewed(int peer) {
        witness.renewed(peer);
        standing.mark();
        hurry |= on;
    }

    /** A message of a member at our version; answers are to our present epoch. */
    void receive(int from, LeaseMessage message) {
        if (!on) {
            return;
        }
        if (message instanceof Heartbeat beat && counters.believable(beat.reserve())) {
            peers.get(from).hears = beat.heard();
            if (beat.heard().contains(self)) {
                acknowledge(from, beat);
            }
        } else if (message instanceof Ack ack && counters.believable(ack.reserved())) {
            standing.acked(from, ack.number(), ack.reserved()).ifPresent(known -> {
                // F4: this peer is one of that majority, and what it has acknowledged itself counts like the ACKs.
                counters.see(0, Math.max(known, witness.reservedBesides(self)));
                hurry = true;
            });
            unblock();
        } else if (message instanceof Inquiry inquiry) {
            send(from, new Testimony(inquiry.about(), inquiry.round(), witness.silent(inquiry.about(), now) / 1_000));
        } else if (message instanceof Testimony testimony && absence.testified(from, testimony, now)) {
            standing.mark();
            hurry = true;
            post.note(EventKind.ABSENT, testimony.about(), new Reachable(false), "absent: a majority has not heard it for a lease");
            home.locks.proceed(now);
        }
    }

    /** F1: not before it is written down; the heartbeat comes again. */
    private void acknowledge(int from, Heartbeat beat) {
        if (home.disk.mayAcknowledge(beat.reserve())) {
            witness.acknowledge(from, beat.reserve(), now);
            send(from, new Ack(beat.number(), witness.reservedBesides(from)));
        }
    }

    /** What entries waited for may be there. */
    void unblock() {
        if (blocked) {
            blocked = false;
            home.locks.proceed(now);
        }
    }

    // For the locks.

    @Override
    public boolean open() {
        return !on || standing.good();
    }

    @Override
    public String closedBecause() {
        return "no majority: " + heard() + " peers reachable, " + standing.majority() + " needed";
    }

    @Override
    public Set<Integer> absent(String lock) {
        return lock.equals(LockName.GROUP) ? home.excusedFromGroupLock(absence.absent()) : absence.absent();
    }

    /** A linked peer is silent when it left a try without an answer or, with a lease, when it has sent nothing for that long. */
    @Override
    public String silent(int id) {
        PeerTable.PeerFacts peer = peers.get(id);
        if (peer == null || !peer.linked && neighbour(id) == id) {
            return peer == null || peer.silentSince == Long.MAX_VALUE ? "no link to peer " + id : noAnswer(id, now - peer.silentSince);
        }
        long heardAt = Math.max(peer.receivedAt, peer.linkedAt);
        return on && now - heardAt >= length ? noAnswer(id, now - heardAt)
                : peer.linked && peer.silentSince != Long.MAX_VALUE ? noAnswer(id, now - peer.silentSince) : null;
    }

    private static String noAnswer(int id, long nanos) {
        return "no answer from peer " + id + (nanos < A_MOMENT ? "" : " for " + Durations.say(nanos));
    }

    @Override
    public void unanswered(int id, long since) {
        PeerTable.PeerFacts peer = peers.get(id);
        if (peer != null && peer.receivedAt <= since) {
            peer.silentSince = Math.min(peer.silentSince, since);
        }
    }

    /** A3, F1, F5: in standing at this instant, and with a fence that a majority has reserved and this peer's disk covers. */
    @Override
    public boolean fenceFree() {
        boolean written = home.disk.mayEnter(counters.fence() + 1);
        boolean free = written && (!on || standing.backed(now) && standing.clear() && counters.fence() < standing.reserved());
        blocked |= !free;
        hurry |= !free && counters.fence() >= standing.asked();
        return free;
    }

    long wakeAt() {
        return !on ? Long.MAX_VALUE : standing.good() ? Math.min(beatAt, standing.until()) : beatAt;
    }

    /** D1: a linked member that hears the other one, while there is no link to that; else the other one itself. */
    int neighbour(int to) {
        if (!on || !others.contains(to)) {
            return to;
        }
        return others.stream().filter(peer -> peers.linked(peer) && peers.get(peer).hears.contains(to)).findFirst().orElse(to);
    }

    boolean standing(long at) {
        return !on || standing.good() && standing.backed(at);
    }

    /** Until when no other peer enters what is held here, whatever happens; Long.MAX_VALUE where silence ends nothing. */
    long sureUntil() {
        return !on ? Long.MAX_VALUE : standing.good() ? standing.until() : now;
    }

    NodeView.StandingView view(long at) {
        return !on ? null : new NodeView.StandingView(standing(at), standing.backers(at),
                standing.majority(), new TreeSet<>(absence.absent()));
    }
}
