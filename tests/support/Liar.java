package tests.support;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import mutex.MutexProto;
import mutex.MutexProto.LinkMessage;
import mutex.algorithm.Message;
import mutex.algorithm.Stamp;
import mutex.event.Frame;
import mutex.group.Group;
import mutex.group.GroupMessage;
import mutex.group.Seed;
import mutex.group.Version;
import mutex.lease.LeaseMessage;
import mutex.log.VectorClock;
import mutex.transport.Tls;
import mutex.wire.OutgoingFrame;
import mutex.wire.WireFields;

/**
 * A peer that is no member of the group, and says whatever could do harm: it has read origin, members and version of the
 * group in the greetings, and keeps no rule. A link that is closed on it is made anew.
 */
public final class Liar implements AutoCloseable {

    private static final long[] STEPS = {0, 1, 1L << 20, (1L << 40) - 1, 1L << 42, (1L << 49), (1L << 58) - 1, 1L << 58};

    public final int id;
    private final Tls tls; // null: without
    private final String address; // of the peer that is lied to
    private final Random random;
    private final Mutator mutator;
    private final long own = System.currentTimeMillis(); // its epoch
    private RawPeer link;
    private MutexProto.Hello theirs;
    private Group group; // of the peer that is lied to
    public int refused; // how often the link was closed on it

    public Liar(int id, Tls tls, String address, long seed) {
        this.id = id;
        this.tls = tls;
        this.address = address;
        random = new Random(seed);
        mutator = new Mutator(random);
        connect();
    }

    private void connect() {
        link = new RawPeer(tls, address, true).greet(RawPeer.hello(id).setProcess(random.nextLong()).setEpoch(own));
        theirs = link.await(LinkMessage.WhatCase.HELLO).getHello();
        group = WireFields.in(theirs).group();
    }

    /** The group as the peer showed it when it greeted. */
    public Group group() {
        return group;
    }

    /** The newest epoch that the peer showed. */
    public long epoch() {
        return theirs.getEpoch();
    }

    /** Says exactly that, under a header that fits. */
    public void say(Frame.FramePart... parts) {
        say(epoch(), 1, 1, parts);
    }

    /** The same with these numbers in the header. */
    public void say(long toEpoch, long time, long seen, Frame.FramePart... parts) {
        write(OutgoingFrame.of(frame(toEpoch, time, seen, List.of(parts)), new VectorClock(id).tick().reading()).get(0));
    }

    /** As it stands. */
    public void write(MutexProto.Frame frame) {
        if (link.ended.isDone()) {
            refused++;
            link.close();
            connect();
        }
        link.received.clear();
        link.say(LinkMessage.newBuilder().setFrame(frame));
    }

    private Frame frame(long toEpoch, long time, long seen, List<Frame.FramePart> parts) {
        Group shown = group != null ? group : Group.found(Map.of(id, "localhost:1"));
        return new Frame(id, own, toEpoch, shown.version(), shown.print(), time, seen, parts);
    }

    /** Waits until the peer has read all that was said: it answers what comes behind it. */
    public void flush() {
        write(OutgoingFrame.of(frame(0, 1, 1, List.of()), new VectorClock(id).tick().reading()).get(0));
        link.say(LinkMessage.newBuilder().setPing(7));
        Eventually.holds(() -> link.ended.isDone() || link.received.stream().anyMatch(LinkMessage::hasPong), () -> "the peer answers");
    }

    /** The next random lie. */
    public void lie(long time, long fence) {
        long far = STEPS[random.nextInt(STEPS.length)];
        Frame.FramePart part = part(time + far, fence + far);
        Frame frame = frame(random.nextInt(3) == 0 ? epoch() + far : epoch(), time + (random.nextBoolean() ? far >>> 18 : 1),
                fence + (random.nextBoolean() ? far : 0), random.nextInt(10) == 0 ? List.of() : List.of(part));
        MutexProto.Frame out = OutgoingFrame.of(frame, new VectorClock(id).tick().reading()).get(0);
        if (random.nextInt(5) == 0) {
            out = (MutexProto.Frame) mutator.field(out);
        } else if (random.nextInt(20) == 0) {
            out = out.toBuilder().setFromEpoch(own + far).build();
        }
        if (out.getVectorPeersCount() > 0 && random.nextInt(5) == 0) {
            out = out.toBuilder().clearVectorPeers().clearVectorCounts().addVectorPeers(1 + random.nextInt(65_535))
                    .addVectorCounts((1L << 62) - 1).build();
        }
        write(out);
    }

    private Frame.FramePart part(long time, long fence) {
        Version next = new Version(group.version().number() + 1 + random.nextInt(2), fence);
        List<Integer> members = new ArrayList<>(group.members().keySet());
        int victim = members.get(random.nextInt(members.size()));
        Group alone = new Group(group.origin(), next, new TreeMap<>(Map.of(victim, group.members().get(victim))));
        Group same = new Group(group.origin(), next, group.members());
        Group with = new Group(group.origin(), next, group.with(id, "localhost:" + (1_000 + id), fence).members());
        Group lie = List.of(alone, same, with).get(random.nextInt(3));
        Stamp stamp = new Stamp(random.nextBoolean() ? 1 : Math.max(1, time), random.nextBoolean() ? id : victim);
        String lock = random.nextBoolean() ? "x" : "y";
        boolean again = random.nextBoolean();
        List<Frame.FramePart> parts = List.of(ofGroup(new GroupMessage.Present(lie)), ofGroup(new GroupMessage.Propose(group.version(), lie, again)),
                ofGroup(new GroupMessage.Bound(next, again)), ofGroup(new GroupMessage.Unbound(next, "no")),
                ofGroup(new GroupMessage.Listing(List.of(new Seed(group.members().get(victim), victim)), again)),
                new Frame.OfLock(lock, new Message.Request(new Stamp(stamp.time(), id), again)),
                new Frame.OfLock(lock, new Message.Permission(stamp)), new Frame.OfLock(lock, new Message.Refusal(stamp)),
                new Frame.OfLock(lock, new Message.Token(1 + random.nextInt(3), 1, 0)),
                new Frame.OfLock(lock, new Message.Census(1 + random.nextInt(3), 1)), new Frame.OfLock(lock, new Message.Vow(1, random.nextInt(3))),
                new Frame.OfLease(new LeaseMessage.Heartbeat(1, new TreeSet<>(Set.of(id, victim)), fence)),
                new Frame.OfLease(new LeaseMessage.Ack(1 + random.nextInt(100), fence)), new Frame.OfLease(new LeaseMessage.Inquiry(victim, 1)),
                new Frame.OfLease(new LeaseMessage.Testimony(victim, random.nextInt(100), 1L << 40)));
        Frame.FramePart part = parts.get(random.nextInt(parts.size()));
        if (random.nextInt(6) > 0 || part instanceof Frame.OfLease) {
            return part;
        }
        // As if it only passed on what a member says.
        return new Frame.Relayed(members.get(0), random.nextLong(), new Frame(victim == members.get(0) ? id : victim, 1 + random.nextInt(1_000),
                epoch(), group.version(), group.print(), Math.max(1, time), fence, List.of(part)));
    }

    private static Frame.FramePart ofGroup(GroupMessage message) {
        return new Frame.OfGroup(message);
    }

    @Override
    public void close() {
        link.close();
    }
}
