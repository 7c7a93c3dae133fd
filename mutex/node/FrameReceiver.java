package mutex.node;

import java.util.List;
import mutex.algorithm.Message;
import mutex.algorithm.Suspects;
import mutex.event.Frame;
import mutex.group.Group;
import mutex.group.GroupMessage;
import mutex.group.Hello;
import mutex.group.Version;
import mutex.lease.LeaseMessage.Heartbeat;
import mutex.lease.LeaseMessage.Inquiry;
import mutex.text.LockName;

/**
 * What comes over the links: decides whose word counts (C4: newest epoch, G1: same version of the same group,
 * believable numbers) and brings peers that are behind up to date.
 */
final class FrameReceiver {

    private final int self;
    private final Clocks clocks;
    private final StepOutput out;
    private final PeerTable peers;
    private final LocalGroup group;
    private final Locks locks;
    private final Lease lease;
    private final Incarnations incarnations;
    private final Suspects suspects;
    private final RunOnce once;

    FrameReceiver(int self, Clocks clocks, StepOutput out, PeerTable peers, LocalGroup group, Locks locks, Lease lease,
            Incarnations incarnations, Suspects suspects, RunOnce once) {
        this.self = self;
        this.clocks = clocks;
        this.out = out;
        this.peers = peers;
        this.group = group;
        this.locks = locks;
        this.lease = lease;
        this.incarnations = incarnations;
        this.suspects = suspects;
        this.once = once;
    }

    /** What greets over a link; an absurd group in it makes nothing of it count. */
    void linked(Hello hello, String dialed, long now) {
        if (hello.group() == null || !isAbsurd(hello.id(), hello.group())) {
            incarnations.linked(hello, dialed, now);
        }
    }

    /** Over a link from the peer that made it. */
    void receive(Frame frame, long now) {
        PeerTable.PeerFacts peer = peers.get(frame.from());
        if (peer != null) {
            peer.receivedAt = now;
            peer.silentSince = Long.MAX_VALUE;
            receive(peer, frame, now);
        }
    }

    /** D1, D2: for another member, or made by one that has no link with us. */
    private void relayed(int carrier, Frame.Relayed relayed, long now) {
        Frame frame = relayed.frame();
        int maker = frame.from();
        if (relayed.to() != self) {
            if (maker == carrier && peers.linked(relayed.to()) && group.isMember(relayed.to())) {
                out.send(relayed.to(), relayed);
            }
        } else if (maker != self && group.isMember(maker) && !peers.linked(maker)) {
            PeerTable.PeerFacts peer = peers.meet(maker);
            if (frame.fromEpoch() == peer.epoch && relayed.process() != peer.process) {
                incarnations.learn(maker, peer, peer.epoch + 1); // E2, as in a greeting; an older epoch may just be late
            }
            if (frame.fromEpoch() > peer.epoch) {
                peer.process = relayed.process();
            }
            suspects.renewed(maker); // what comes by a detour may have been overtaken itself
            receive(peer, frame, now);
        }
    }

    private void receive(PeerTable.PeerFacts peer, Frame frame, long now) {
        int from = frame.from();
        boolean member = group.isMember(from);
        if (!member) {
            incarnations.takeLast(peer, frame.fromEpoch());
        }
        if (incarnations.isOver(peer, frame.fromEpoch())) {
            receiveFromOlderEpoch(peer, frame, now);
            return;
        }
        if (showsAbsurd(frame)) {
            return;
        }
        if (group.isStranger(peer, from)) {
            receiveFromStranger(peer, frame, now);
            return;
        }
        if (!clocks.believable(frame)) {
            out.say("peer " + from + " shows an absurd clock (time " + frame.time() + ", fence "
                    + frame.seen() + "); its message is dropped");
            return;
        }
        if (member) {
            suspects.watch(from, frame.time() - clocks.time(), clocks.daysAhead(frame.seen()));
        }
        boolean unknown = peer.epoch == 0; // W7: what we have said since was for no epoch of it
        incarnations.learn(from, peer, frame.fromEpoch());
        if (group.membership.group() != null) {
            clocks.see(frame.time(), frame.seen()); // outside a group nobody is a member, and no fence is given
        }
        incarnations.remember(from, frame.toEpoch());
        if (member && frame.toEpoch() < clocks.epoch()) {
            out.show(from); // E1: it has missed our epoch, and nothing else may tell it
        }
        lease.heard(frame);
        boolean wasInStep = group.inStep(peer);
        peer.version = frame.version();
        peer.print = frame.print();
        boolean inStep = group.inStep(peer);
        if (inStep && (!wasInStep || unknown || showsVersion(frame))) {
            locks.repeatTo(from); // G1: what we said before fell on deaf ears, also if its greeting had the version that it enters only now
            once.greet(from);
        }
        for (Frame.FramePart part : frame.parts()) {
            handle(frame, part, inStep, now);
        }
        if (member) {
            suspects.shows(from, frame.time());
        }
        group.membership.shown(from, frame.version());
        bringUpToDate(frame, inStep);
    }

    /** C4: what it says is void, but for the epoch of ours that it names, and for a version, which stays in force whoever shows it. */
    private void receiveFromOlderEpoch(PeerTable.PeerFacts peer, Frame frame, long now) {
        List<GroupMessage> versions = versions(frame);
        if (!group.isStranger(peer, frame.from())) {
            incarnations.remember(frame.from(), frame.toEpoch()); // it may ignore us for the same reason
            if (!showsAbsurd(frame)) {
                versions.forEach(version -> group.membership.receive(frame.from(), version, now));
            }
        }
        if (frame.parts().size() > versions.size()) {
            out.show(frame.from()); // but not in answer to a header, nor to what answers ours: that would go back and forth for ever
        }
    }

    private static List<GroupMessage> versions(Frame frame) {
        return frame.parts().stream().filter(FrameReceiver::isVersion).map(part -> ((Frame.OfGroup) part).message()).toList();
    }

    /** Asked of every frame, so without a stream. */
    private static boolean showsVersion(Frame frame) {
        for (Frame.FramePart part : frame.parts()) {
            if (isVersion(part)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isVersion(Frame.FramePart part) {
        return part instanceof Frame.OfGroup ofGroup && ofGroup.message() instanceof GroupMessage.Present;
    }

    private boolean showsAbsurd(Frame frame) {
        for (Frame.FramePart part : frame.parts()) {
            Group shown = part instanceof Frame.OfGroup ofGroup ? shown(ofGroup.message()) : null;
            if (shown != null && isAbsurd(frame.from(), shown)) {
                return true;
            }
        }
        return false;
    }

    private static Group shown(GroupMessage message) {
        return message instanceof GroupMessage.Present present ? present.group()
                : message instanceof GroupMessage.Propose propose ? propose.next() : null;
    }

    /** F2: a version that no group can honestly have got to would end all that come after it. */
    private boolean isAbsurd(int from, Group shown) {
        boolean absurd = !clocks.believable(shown.version(), group.membership.known(shown));
        if (absurd) {
            out.say("peer " + from + " shows an absurd " + shown.version() + " of a group; its message is dropped");
        }
        return absurd;
    }

    /** W1, M1: moves neither our counters nor our epoch; it may ask to be added, and answer our proposal. */
    private void receiveFromStranger(PeerTable.PeerFacts peer, Frame frame, long now) {
        peer.version = frame.version();
        peer.print = frame.print();
        boolean toPresentEpoch = clocks.epoch() == frame.toEpoch();
        boolean alone = group.membership.group().members().size() == 1; // another group may add us
        for (Frame.FramePart part : frame.parts()) {
            if (part instanceof Frame.OfGroup ofGroup && countsFromStranger(ofGroup.message(), toPresentEpoch, alone)) {
                if (group.membership.proposer().takesIn(frame.from(), ofGroup.message()) && clocks.believable(frame)) {
                    clocks.bring(frame.from(), frame.seen(), ofGroup.message() instanceof GroupMessage.Bound);
                }
                group.membership.receive(frame.from(), ofGroup.message(), now);
            }
        }
        if (frame.version().equals(Version.NONE)) {
            group.membership.shown(frame.from(), frame.version()); // it is in no group any more
        }
        bringUpToDate(frame, false);
    }

    private boolean countsFromStranger(GroupMessage message, boolean toPresentEpoch, boolean alone) {
        return message instanceof GroupMessage.Join
                || message instanceof GroupMessage.Propose // of another group: in one with others, the answer is no
                || message instanceof GroupMessage.Present present && (alone || group.membership.promised(present.group()))
                || toPresentEpoch && (message instanceof GroupMessage.Bound || message instanceof GroupMessage.Unbound);
    }

    private void handle(Frame frame, Frame.FramePart part, boolean inStep, long now) {
        int from = frame.from();
        boolean toPresentEpoch = frame.toEpoch() == clocks.epoch(); // C3
        if (part instanceof Frame.OfGroup ofGroup) {
            GroupMessage message = ofGroup.message();
            boolean answers = message instanceof GroupMessage.Bound || message instanceof GroupMessage.Unbound;
            if (toPresentEpoch || !answers) {
                group.membership.receive(from, message, now);
            }
        } else if (inStep && group.isMember(from)) {
            boolean ignored = group.membership.ignores(from); // R2
            if (part instanceof Frame.OfLock ofLock) {
                Message message = ofLock.message();
                boolean asks = message instanceof Message.Request;
                boolean honest = asks && message.stamp().peer() == from && message.stamp().time() <= frame.time(); // C2
                if (asks ? honest && (!ignored || ofLock.lock().equals(LockName.GROUP)) : toPresentEpoch) {
                    locks.receive(from, ofLock.lock(), message, now);
                }
            } else if (part instanceof Frame.OfLease ofLease && !ignored) {
                boolean asks = ofLease.message() instanceof Heartbeat || ofLease.message() instanceof Inquiry;
                if (asks || toPresentEpoch) {
                    lease.receive(from, ofLease.message());
                }
            } else if (part instanceof Frame.OfMark ofMark && !ignored) {
                once.receive(from, ofMark.message());
            } else if (part instanceof Frame.Relayed relayed) {
                relayed(from, relayed, now);
            }
        }
    }

    private void bringUpToDate(Frame frame, boolean inStep) {
        if (inStep) {
            return;
        }
        int theirs = frame.version().compareTo(group.version());
        if (theirs < 0 && group.membership.group() != null) {
            group.membership.present(frame.from());
        } else if (theirs > 0 && !showsVersion(frame)) {
            out.show(frame.from()); // G1: tells it that we need the newer group
        }
    }
}
