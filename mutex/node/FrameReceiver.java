package mutex.node;

import mutex.algorithm.Message;
import mutex.group.Group;
import mutex.group.GroupMessage;
import mutex.group.Hello;
import mutex.group.LeaseMessage.Heartbeat;
import mutex.group.LeaseMessage.Inquiry;
import mutex.group.Version;
import mutex.node.LogEvent.Detail.BeganEpoch;
import mutex.node.LogEvent.Detail.Reachable;
import mutex.node.LogEvent.EventKind;

/**
 * What comes over the links: decides whose word counts (C4: newest epoch, G1: same version of the same group,
 * believable numbers) and brings peers that are behind up to date.
 */
final class FrameReceiver {

    private final int self;
    private final Clocks counters;
    private final StepOutput post;
    private final PeerTable peers;
    private final NodeParts home;
    private long remembered; // E1: the highest epoch of ours that another peer has shown

    FrameReceiver(int self, Clocks counters, StepOutput post, PeerTable peers, NodeParts home) {
        this.self = self;
        this.counters = counters;
        this.post = post;
        this.peers = peers;
        this.home = home;
    }

    void linked(Hello hello, String dialed, long now) {
        int id = hello.id();
        Group group = home.membership.last();
        boolean moved = group != null && group.isElsewhere(hello);
        if (id == self || moved && !group.mayMove(hello)) {
            post.say("the peer at " + hello.endpoint() + " says it is peer " + id + ", but that one is "
                    + (id == self ? "this one" : "at " + group.members().get(id)) + "; start it with another --id");
            return;
        }
        if (hello.group() != null && isAbsurd(id, hello.group())) {
            return;
        }
        PeerTable.PeerFacts peer = peers.meet(id);
        if (!peer.linked) {
            post.note(EventKind.LINK, id, new Reachable(true), "linked with " + hello.endpoint());
        }
        peer.linked = true;
        peer.endpoint = hello.endpoint();
        peer.linkedAt = now;
        peer.silentSince = Long.MAX_VALUE;
        if (!home.isMember(id)) {
            peer.epoch = hello.epoch(); // W7
        } else if (hello.epoch() <= peer.epoch && hello.process() != peer.process) {
            learnEpoch(id, peer, peer.epoch + 1); // E2: started anew by a clock that went back, it has to be above
        }
        post.show(id); // our greeting may be older than our group, theirs older than the epoch we remember
        learnEpoch(id, peer, hello.epoch());
        peer.process = hello.process();
        boolean in = hello.isMember();
        peer.version = in ? hello.group().version() : Version.NONE;
        peer.print = in ? hello.group().print() : 0;
        home.membership.hear(hello, dialed, now);
        if (home.inStep(peer)) {
            home.locks.repeatTo(id);
        }
        home.lease.linked();
        if (moved) {
            home.locks.proceed(now); // its permission for .group may not be needed any more
        }
        post.add(new Effect.Redial());
    }

    void unlinked(int id, long now) {
        PeerTable.PeerFacts peer = peers.get(id);
        if (peer != null && peer.linked) {
            peer.linked = false;
            peer.silentSince = Math.min(peer.silentSince, now);
            post.note(EventKind.LINK, id, new Reachable(false), "link broken");
            home.membership.unlinked(id);
            if (!home.isMember(id)) {
                peers.forget(id);
            }
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
            if (maker == carrier && peers.linked(relayed.to()) && home.isMember(relayed.to())) {
                post.send(relayed.to(), relayed);
            }
        } else if (maker != self && home.isMember(maker) && !peers.linked(maker)) {
            PeerTable.PeerFacts peer = peers.meet(maker);
            if (frame.fromEpoch() == peer.epoch && relayed.process() != peer.process) {
                learnEpoch(maker, peer, peer.epoch + 1); // E2, as in a greeting; an older epoch may just be late
            }
            if (frame.fromEpoch() > peer.epoch) {
                peer.process = relayed.process();
            }
            home.locks.overtakings.renewed(maker); // what comes by a detour may have been overtaken itself
            receive(peer, frame, now);
        }
    }

    private void receive(PeerTable.PeerFacts peer, Frame frame, long now) {
        int from = frame.from();
        boolean member = home.isMember(from);
        if (!member) {
            peer.epoch = frame.fromEpoch(); // W7
        } else if (frame.fromEpoch() < peer.epoch) {
            if (!home.isStranger(peer, from)) {
                remember(from, frame.toEpoch()); // it may ignore us for the same reason
            }
            post.show(from);
            return;
        }
        if (showsAbsurd(frame)) {
            return;
        }
        if (home.isStranger(peer, from)) {
            receiveFromStranger(peer, frame, now);
            return;
        }
        if (!counters.believable(frame)) {
            post.say("peer " + from + " shows an absurd clock (time " + frame.time() + ", fence "
                    + frame.seen() + "); its message is dropped");
            return;
        }
        home.watch(from, frame);
        learnEpoch(from, peer, frame.fromEpoch());
        if (home.membership.group() != null) {
            counters.see(frame.time(), frame.seen()); // outside a group nobody is a member, and no fence is given
        }
        remember(from, frame.toEpoch());
        home.lease.heard(frame);
        boolean wasInStep = home.inStep(peer);
        peer.version = frame.version();
        peer.print = frame.print();
        boolean inStep = home.inStep(peer);
        if (inStep && !wasInStep) {
            home.locks.repeatTo(from); // G1: what we said before fell on deaf ears
        }
        for (Frame.FramePart part : frame.parts()) {
            handle(frame, part, inStep, now);
        }
        if (member) {
            home.locks.overtakings.shows(from, frame.time());
        }
        home.membership.shown(from, frame.version());
        bringUpToDate(frame, inStep);
    }

    /** C4: of us, that peer has seen this epoch. */
    private void remember(int from, long epoch) {
        if (epoch > remembered && home.membership.counts(from) && counters.believableEpoch(epoch)) {
            remembered = epoch;
        }
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
    private boolean isAbsurd(int from, Group group) {
        boolean absurd = !counters.believable(group.version(), home.membership.known(group));
        if (absurd) {
            post.say("peer " + from + " shows an absurd " + group.version() + " of a group; its message is dropped");
        }
        return absurd;
    }

    /** W1, M1: moves neither our counters nor our epoch; it may ask to be added, and answer our proposal. */
    private void receiveFromStranger(PeerTable.PeerFacts peer, Frame frame, long now) {
        peer.version = frame.version();
        peer.print = frame.print();
        boolean toPresentEpoch = counters.epoch() == frame.toEpoch();
        boolean alone = home.membership.group().members().size() == 1; // another group may add us
        for (Frame.FramePart part : frame.parts()) {
            if (part instanceof Frame.OfGroup ofGroup && countsFromStranger(ofGroup.message(), toPresentEpoch, alone)) {
                if (home.membership.change().takesIn(frame.from(), ofGroup.message()) && counters.believable(frame)) {
                    counters.see(0, frame.seen()); // of the fences that it gave while it was alone, or is bound to
                }
                home.membership.receive(frame.from(), ofGroup.message(), now);
            }
        }
        if (frame.version().equals(Version.NONE)) {
            home.membership.shown(frame.from(), frame.version()); // it is in no group any more
        }
        bringUpToDate(frame, false);
    }

    private static boolean countsFromStranger(GroupMessage message, boolean toPresentEpoch, boolean alone) {
        return message instanceof GroupMessage.Join
                || message instanceof GroupMessage.Propose // of another group: in one with others, the answer is no
                || alone && message instanceof GroupMessage.Present
                || toPresentEpoch && (message instanceof GroupMessage.Bound || message instanceof GroupMessage.Unbound);
    }

    private void handle(Frame frame, Frame.FramePart part, boolean inStep, long now) {
        int from = frame.from();
        boolean toPresentEpoch = frame.toEpoch() == counters.epoch();
        if (part instanceof Frame.OfGroup ofGroup) {
            GroupMessage message = ofGroup.message();
            boolean answers = message instanceof GroupMessage.Bound || message instanceof GroupMessage.Unbound;
            if (toPresentEpoch || !answers) {
                home.membership.receive(from, message, now);
            }
        } else if (inStep && home.isMember(from)) {
            boolean ignored = home.membership.ignores(from);
            if (part instanceof Frame.OfLock ofLock) {
                Message message = ofLock.message();
                boolean asks = message instanceof Message.Request;
                boolean honest = asks && message.stamp().peer() == from && message.stamp().time() <= frame.time();
                if (asks ? honest && (!ignored || ofLock.lock().equals(LockName.GROUP)) : toPresentEpoch) {
                    home.locks.receive(from, ofLock.lock(), message, now);
                }
            } else if (part instanceof Frame.OfLease ofLease && !ignored) {
                boolean asks = ofLease.message() instanceof Heartbeat || ofLease.message() instanceof Inquiry;
                if (asks || toPresentEpoch) {
                    home.lease.receive(from, ofLease.message());
                }
            } else if (part instanceof Frame.Relayed relayed) {
                relayed(from, relayed, now);
            }
        }
    }

    private void bringUpToDate(Frame frame, boolean inStep) {
        if (inStep) {
            return;
        }
        int theirs = frame.version().compareTo(home.version());
        boolean broughtGroup = frame.parts().stream().anyMatch(part ->
                part instanceof Frame.OfGroup ofGroup && ofGroup.message() instanceof GroupMessage.Present);
        if (theirs < 0 && home.membership.group() != null) {
            home.membership.present(frame.from());
        } else if (theirs > 0 && !broughtGroup) {
            post.show(frame.from()); // G1: tells it that we need the newer group
        }
    }

    private void learnEpoch(int id, PeerTable.PeerFacts peer, long epoch) {
        boolean reborn = peer.epoch != 0 && epoch > peer.epoch;
        peer.epoch = Math.max(peer.epoch, epoch);
        if (reborn && home.isMember(id)) {
            post.note(EventKind.EPOCH, id, new BeganEpoch(epoch), "epoch " + epoch);
            if (home.lease.on()) {
                home.lease.renewed(id);
            } else {
                counters.skipFences(); // F3: its last entry may have taken one that nobody heard of
            }
            home.locks.onPeerEpoch(id);
        }
    }

    /** E1: starts above every epoch of ours that others remember; a holder waits with it. */
    void raiseEpoch(long now) {
        if (remembered > counters.epoch() && !home.locks.anyHeld()) {
            home.lease.lapse(remembered + 1, "the others remember " + remembered);
            home.locks.proceed(now);
            peers.linked().forEach(post::show);
        }
    }
}
