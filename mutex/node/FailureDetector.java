package mutex.node;

import java.util.List;
import java.util.SortedSet;
import mutex.event.Frame;
import mutex.event.LogEvent.Detail.Reachable;
import mutex.event.LogEvent.EventKind;
import mutex.lease.Absence;
import mutex.lease.LeaseMessage;
import mutex.lease.LeaseMessage.Heartbeat;
import mutex.lease.LeaseMessage.Inquiry;
import mutex.lease.LeaseMessage.Testimony;
import mutex.lease.Standing;
import mutex.lease.Witness;

/**
 * Which members are absent, with a lease: it asks the others about those that it has not heard, tells them what it has
 * heard itself, and takes back whoever is heard again. It also says again what a peer without a link may have missed.
 *
 * <p>Source: protocol.md, absence; the names of rules are those there.
 */
final class FailureDetector {

    private final int self;
    private final long lease; // nanoseconds
    private final StepOutput out;
    private final PeerTable peers;
    private final Standing standing;
    private final Absence absence;
    private final Witness witness;
    private final Locks locks;
    private long repeatAt; // nanoseconds

    FailureDetector(int self, long lease, StepOutput out, PeerTable peers, Standing standing, Absence absence, Witness witness,
            Locks locks) {
        this.self = self;
        this.lease = lease;
        this.out = out;
        this.peers = peers;
        this.standing = standing;
        this.absence = absence;
        this.witness = witness;
        this.locks = locks;
    }

    /** At each heartbeat: asks about the silent, and repeats requests to those without a link. */
    void beat(SortedSet<Integer> others, long now) {
        if (!standing.good()) {
            return;
        }
        for (Inquiry inquiry : absence.inquire(witness, now)) {
            others.forEach(peer -> send(peer, inquiry));
        }
        if (now >= repeatAt) { // S2
            repeatAt = now + lease;
            others.stream().filter(peer -> !peers.linked(peer) && !absence.absent().contains(peer))
                    .forEach(locks::repeatTo);
        }
    }

    /** A2: anything from a member is a sign of life, but a heartbeat that does not list us. */
    void heard(Frame frame, long now) {
        if (!deaf(frame.parts()) && absence.heard(frame.from(), now)) {
            out.note(EventKind.ABSENT, frame.from(), new Reachable(true), "heard again");
            locks.repeatTo(frame.from());
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

    /** A1: says how long the peer that is asked about has been silent here. */
    void answer(int from, Inquiry inquiry, long now) {
        send(from, new Testimony(inquiry.about(), inquiry.round(), witness.silent(inquiry.about(), now) / 1_000));
    }

    /** A1: whether by that testimony a majority has not heard the peer for a lease. */
    boolean absentBy(int from, Testimony testimony, long now) {
        if (!absence.testified(from, testimony, now)) {
            return false;
        }
        out.note(EventKind.ABSENT, testimony.about(), new Reachable(false), "absent: a majority has not heard it for a lease");
        return true;
    }

    private void send(int to, LeaseMessage message) {
        out.send(to, new Frame.OfLease(message));
    }
}
