package mutex.node;

import mutex.event.Effect;
import mutex.event.LogEvent.Detail.BeganEpoch;
import mutex.event.LogEvent.Detail.Reachable;
import mutex.event.LogEvent.EventKind;
import mutex.group.Group;
import mutex.group.Hello;
import mutex.group.Version;

/**
 * Links made and broken, and which process of a peer, which epoch, is the present one: what was promised in an older one
 * is void. Of its own epoch this peer hears what others remember.
 *
 * <p>Source: protocol.md, rule C4; W7 for who is no member.
 */
final class Incarnations {

    private final int self;
    private final Clocks clocks;
    private final StepOutput out;
    private final PeerTable peers;
    private final LocalGroup group;
    private final Locks locks;
    private final Lease lease;
    private final RunOnce once;
    private long remembered; // E1: the highest epoch of ours that another peer has shown

    Incarnations(int self, Clocks clocks, StepOutput out, PeerTable peers, LocalGroup group, Locks locks, Lease lease, RunOnce once) {
        this.self = self;
        this.clocks = clocks;
        this.out = out;
        this.peers = peers;
        this.group = group;
        this.locks = locks;
        this.lease = lease;
        this.once = once;
    }

    void linked(Hello hello, String dialed, long now) {
        int id = hello.id();
        Group last = group.membership.last();
        boolean moved = last != null && last.isElsewhere(hello); // H2, M1
        if (id == self || moved && !last.mayMove(hello)) {
            out.say("the peer at " + hello.endpoint() + " says it is peer " + id + ", but that one is "
                    + (id == self ? "this one" : "at " + last.members().get(id)) + "; start it with another --id");
            return;
        }
        PeerTable.PeerFacts peer = peers.meet(id);
        if (!peer.linked) {
            out.note(EventKind.LINK, id, new Reachable(true), "linked with " + hello.endpoint());
        }
        peer.linked = true;
        peer.endpoint = hello.endpoint();
        peer.linkedAt = now;
        peer.silentSince = Long.MAX_VALUE;
        if (!group.isMember(id)) {
            peer.epoch = hello.epoch(); // W7
        } else if (hello.epoch() <= peer.epoch && hello.process() != peer.process) {
            learn(id, peer, peer.epoch + 1); // E2, started anew by a clock that went back: it has to be above
        }
        out.show(id); // our hello may be older than our present group, or than the epoch that we know of theirs
        learn(id, peer, hello.epoch());
        peer.process = hello.process();
        boolean in = hello.isMember();
        peer.version = in ? hello.group().version() : Version.NONE;
        peer.print = in ? hello.group().print() : 0;
        group.membership.hear(hello, dialed, now);
        if (group.inStep(peer)) {
            locks.repeatTo(id);
            once.greet(id);
        }
        lease.linked();
        if (moved) {
            locks.entrySection.proceed(now); // its permission for .group may not be needed any more
        }
        out.add(new Effect.Redial());
    }

    void unlinked(int id, long now) {
        PeerTable.PeerFacts peer = peers.get(id);
        if (peer != null && peer.linked) {
            peer.linked = false;
            peer.silentSince = Math.min(peer.silentSince, now);
            out.note(EventKind.LINK, id, new Reachable(false), "link broken");
            group.membership.unlinked(id);
            if (!group.isMember(id)) {
                peers.forget(id);
            }
        }
    }

    /** The peer, which is no member, shows that epoch of its own: only the last one counts. */
    void takeLast(PeerTable.PeerFacts peer, long epoch) {
        peer.epoch = epoch; // W7
    }

    /** C4: whether the epoch is older than one that the peer has shown. */
    boolean isOver(PeerTable.PeerFacts peer, long epoch) {
        return epoch < peer.epoch;
    }

    /** C4: the peer shows that epoch of its own. */
    void learn(int id, PeerTable.PeerFacts peer, long epoch) {
        boolean reborn = peer.epoch != 0 && epoch > peer.epoch;
        peer.epoch = Math.max(peer.epoch, epoch);
        if (reborn && group.isMember(id)) {
            out.note(EventKind.EPOCH, id, new BeganEpoch(epoch), "epoch " + epoch);
            if (lease.on()) {
                lease.renewed(id);
            } else {
                clocks.skipFences(); // F3: its last entry may have taken one that nobody heard of
            }
            locks.onPeerEpoch(id);
            once.greet(id); // it may have been started anew, behind a neighbour
        }
    }

    /** The peer shows that epoch of ours. */
    void remember(int from, long epoch) {
        if (epoch > remembered && group.membership.counts(from) && clocks.believableEpoch(epoch)) {
            remembered = epoch;
        }
    }

    /** E1: starts above every epoch of ours that others remember; a holder waits with it. */
    void raiseOwn(long now) {
        if (remembered > clocks.epoch() && !locks.anyHeld()) {
            lease.lapse(remembered + 1, "the others remember " + remembered);
            locks.entrySection.proceed(now);
            peers.linked().forEach(out::show);
        }
    }
}
