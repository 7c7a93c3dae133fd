package mutex.node;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import mutex.event.Frame;
import mutex.event.LogEvent.Detail.BeganEpoch;
import mutex.event.LogEvent.EventKind;
import mutex.event.NodeView;
import mutex.group.Group;
import mutex.lease.Absence;
import mutex.lease.LeaseMessage;
import mutex.lease.LeaseMessage.Ack;
import mutex.lease.LeaseMessage.Heartbeat;
import mutex.lease.LeaseMessage.Inquiry;
import mutex.lease.LeaseMessage.Testimony;
import mutex.lease.Standing;
import mutex.lease.Witness;

/**
 * What a lease adds to a node: heartbeats, which get this peer its standing, and give others theirs. Who is absent is the
 * {@link FailureDetector}'s part, what follows for an entry the {@link LeaseGate}'s.
 *
 * <p>Source: protocol.md, standing, absence and fence; the names of rules are those there.
 */
final class Lease {

    private static final int BEATS_A_LEASE = 8;

    private final int self;
    private final long length; // nanoseconds; 0: the lease is off
    private final Clocks clocks;
    private final StepOutput out;
    private final PeerTable peers;
    private final DurableWrites disk;
    private final Standing standing;
    private final Absence absence;
    private final FailureDetector failures;
    private final LeaseGate gate;
    private final Locks locks;
    private final Witness witness = new Witness();
    private SortedSet<Integer> others = Collections.emptySortedSet();
    private boolean on; // there is a lease, and somebody else in the group
    private boolean alone; // in a group
    private boolean hurry; // the next heartbeat does not wait for its time
    private long beatAt; // when the next heartbeat is due, nanoseconds as all times here
    private long now;

    Lease(int self, long length, Clocks clocks, StepOutput out, PeerTable peers, DurableWrites disk, Standing standing,
            Absence absence, LeaseGate gate, Locks locks) {
        this.self = self;
        this.length = length;
        this.clocks = clocks;
        this.out = out;
        this.peers = peers;
        this.disk = disk;
        this.standing = standing;
        this.absence = absence;
        this.gate = gate;
        this.locks = locks;
        failures = new FailureDetector(self, length, out, peers, standing, absence, witness, locks);
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
            lapse(clocks.epoch() + 1, "no majority: only " + gate.heard() + " heard within the lease");
        }
    }

    /** S0: the epoch is over, and nothing that was promised in it counts. */
    void lapse(long epoch, String reason) {
        locks.pause(reason);
        standing.lapse();
        absence.lapse();
        clocks.raiseEpoch(epoch);
        out.note(EventKind.EPOCH, self, new BeganEpoch(epoch), "epoch " + epoch + ": " + reason);
        hurry = true;
    }

    /** The group is another one: null is none. */
    void regroup(Group group) {
        boolean wasOpen = gate.open();
        SortedSet<Integer> before = others;
        others = group == null ? Collections.emptySortedSet() : group.othersThan(self);
        boolean wasOn = on;
        boolean wasAlone = alone;
        alone = group != null && others.isEmpty();
        boolean fewer = !others.containsAll(before);
        on = length > 0 && !others.isEmpty();
        gate.regroup(others, on);
        standing.regroup(others);
        absence.regroup(others, now);
        if (on && wasAlone && others.size() == 1) {
            standing.begin(now); // S3: what is held stays so
        } else if (on && wasOpen && !wasOn) {
            locks.pause("this peer is not alone any more"); // nobody was promised anything: the epoch goes on
            standing.lapse();
        } else if (wasOpen && on && !standing.backed(now)) {
            lapse(clocks.epoch() + 1, "no majority of the new group: only " + gate.heard() + " heard within the lease");
        }
        if (fewer) {
            // F6: whoever is gone may have taken fences that are not known here.
            clocks.see(0, witness.reservedBesides(self));
            clocks.skip(DurableWrites.AHEAD); // up to their floor, for all that is known
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
            out.note(EventKind.GROUP, 0, null, "in standing: " + gate.heard() + " heard");
            locks.entrySection.proceed(now);
        }
        if (now >= beatAt) {
            beatAt = now + length / BEATS_A_LEASE;
            hurry = true;
            failures.beat(others, now);
        }
        if (gate.takeUnreserved() || hurry) {
            hurry = false;
            Heartbeat beat = standing.beat(hearing(), clocks.fence(), now);
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

    private void send(int to, LeaseMessage message) {
        out.send(to, new Frame.OfLease(message));
    }

    /** A link was made: what goes over it need not wait. */
    void linked() {
        hurry |= on;
    }

    /** A member has sent that. */
    void heard(Frame frame) {
        if (on) {
            failures.heard(frame, now);
        }
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
        if (message instanceof Heartbeat beat && clocks.believable(beat.reserve())) {
            peers.get(from).hears = beat.heard();
            if (beat.heard().contains(self)) {
                acknowledge(from, beat);
            }
        } else if (message instanceof Ack ack && clocks.believable(ack.reserved())) {
            standing.acked(from, ack.number(), ack.reserved()).ifPresent(known -> {
                // F4: this peer is one of that majority, and what it has acknowledged itself counts like the ACKs.
                clocks.see(0, Math.max(known, witness.reservedBesides(self)));
                hurry = true;
            });
            unblock();
        } else if (message instanceof Inquiry inquiry) {
            failures.answer(from, inquiry, now);
        } else if (message instanceof Testimony testimony && failures.absentBy(from, testimony, now)) {
            standing.mark();
            hurry = true;
            locks.entrySection.proceed(now);
        }
    }

    /** S4, F1: not before it is written down; the heartbeat comes again. */
    private void acknowledge(int from, Heartbeat beat) {
        if (disk.mayAcknowledge(beat.reserve())) {
            witness.acknowledge(from, beat.reserve(), now);
            send(from, new Ack(beat.number(), witness.reservedBesides(from)));
        }
    }

    /** What entries waited for may be there. */
    void unblock() {
        if (gate.unblock()) {
            locks.entrySection.proceedUnfenced(now);
        }
    }

    long wakeAt() {
        return !on ? Long.MAX_VALUE : standing.good() ? Math.min(beatAt, standing.until()) : beatAt;
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
