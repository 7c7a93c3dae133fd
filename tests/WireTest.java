///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import mutex.MutexProto;
import mutex.algorithm.Algorithm.State;
import mutex.algorithm.Algorithm.TokenPlace;
import mutex.algorithm.Message.Own;
import mutex.algorithm.Message.Permission;
import mutex.algorithm.Message.Refusal;
import mutex.algorithm.Message.Request;
import mutex.algorithm.Stamp;
import mutex.event.Frame;
import mutex.event.NodeView;
import mutex.group.Group;
import mutex.group.GroupMessage;
import mutex.group.Hello;
import mutex.group.Seed;
import mutex.group.Version;
import mutex.lease.LeaseMessage;
import mutex.lease.LeaseMessage.Ack;
import mutex.lease.LeaseMessage.Heartbeat;
import mutex.lease.LeaseMessage.Inquiry;
import mutex.lease.LeaseMessage.Testimony;
import mutex.log.Tallies.LockTally;
import mutex.log.VectorClock;
import mutex.status.Snapshot;
import mutex.text.Printable;
import mutex.transport.EventLoop;
import mutex.wire.IncomingFrame;
import mutex.wire.OutgoingFrame;
import mutex.wire.VectorPrototype;
import mutex.wire.WireFields;
import mutex.wire.WireStatus;
import org.junit.jupiter.api.Test;

/** What goes over the wire comes out as it went in, fits, and is refused where no honest peer could have sent it. */
class WireTest {

    private static final String LONGEST_ENDPOINT = "h".repeat(94) + ":50000";
    private static final String LONGEST_LOCK = "l".repeat(128);
    private static final long HIGHEST = (1L << 62) - 1;
    private static final Version VERSION = new Version((1L << 50) - 1, HIGHEST);
    private static final Group GROUP = new Group(-1, VERSION, new TreeMap<>(Map.of(1, "localhost:1", 2, "[::1]:65535")));
    private static final Stamp STAMP = new Stamp(HIGHEST, 65_535);

    @Test
    void everyPartComesOutAsItWentIn() {
        for (Frame.FramePart part : parts()) {
            Frame frame = new Frame(65_535, 7, 0, VERSION, -9, HIGHEST, HIGHEST, List.of(part));
            assertEquals(frame, overTheWire(frame, VectorClock.Reading.ZERO).get(0), part.toString());
        }
        Frame all = new Frame(65_535, 7, 3, Version.NONE, 0, 0, 0, parts());
        assertEquals(List.of(all), overTheWire(all, VectorClock.Reading.ZERO));
    }

    @Test
    void aHelloComesOutAsItWentIn() {
        List<Seed> list = List.of(new Seed("localhost:1", 0), new Seed("[::1]:65535", 65_535));
        for (Group group : new Group[] {null, GROUP}) {
            Hello hello = new Hello(1, "localhost:1", 7, -5, "ricart-agrawala", 5_000, group, list);
            assertEquals(hello, WireFields.in(WireFields.out(hello)));
        }
    }

    @Test
    void framesShareAVectorUntilItChanges() {
        VectorPrototype vectors = new VectorPrototype();
        VectorClock vector = new VectorClock(1);
        Frame asks = new Frame(1, 7, 0, VERSION, -9, 5, 5, List.of(new Frame.OfLock("x", new Request(new Stamp(5, 1), false))));
        Frame says = new Frame(1, 7, 3, VERSION, -9, 6, 5, List.of());
        for (int i = 0; i < 3; i++) {
            VectorClock.Reading now = vector.tick().reading();
            for (Frame frame : List.of(asks, says, asks)) {
                assertEquals(OutgoingFrame.of(frame, now), OutgoingFrame.of(frame, now, vectors));
            }
            vector.merge(new VectorClock.Reading(new int[] {1, 2 + i}, new long[] {0, 9 + i}));
        }
        assertEquals(OutgoingFrame.of(asks, VectorClock.Reading.ZERO), OutgoingFrame.of(asks, VectorClock.Reading.ZERO, vectors));
    }

    @Test
    void aVectorComesOutAsItWentIn() {
        VectorClock.Reading reading = new VectorClock.Reading(new int[] {1, 2, 65_535}, new long[] {0, 5, HIGHEST});
        Frame frame = new Frame(1, 7, 0, VERSION, 0, 1, 1, List.of());
        VectorClock.Reading back = IncomingFrame.vector(OutgoingFrame.of(frame, reading).get(0));
        assertArrayEquals(reading.peers(), back.peers());
        assertArrayEquals(reading.counts(), back.counts());
    }

    @Test
    void aStatusComesOutAsItWentIn() {
        for (Group group : new Group[] {null, GROUP}) {
            Snapshot snapshot = snapshot(group, 3, 3, "x", "localhost:3", "no link");
            assertEquals(snapshot, WireStatus.in(WireStatus.out(snapshot)));
        }
    }

    @Test
    void theLargestHelloAndTheLargestGroupMessagesFit() {
        Group group = largestGroup();
        List<Seed> list = group.members().entrySet().stream().map(m -> new Seed(m.getValue(), m.getKey())).toList();
        fits(MutexProto.LinkMessage.newBuilder().setHello(WireFields.out(new Hello(65_535, LONGEST_ENDPOINT, (1L << 50) - 1, -1,
                "a".repeat(100), Long.MAX_VALUE, group, list))).build());
        for (GroupMessage message : List.of(new GroupMessage.Present(group), new GroupMessage.Propose(VERSION, group),
                new GroupMessage.Listing(list), new GroupMessage.Unbound(VERSION, "\u00e4".repeat(5_000)))) {
            Frame frame = new Frame(65_535, 7, 7, VERSION, -1, HIGHEST, HIGHEST, List.of(new Frame.OfGroup(message)));
            OutgoingFrame.of(frame, largestVector()).forEach(sent -> fits(MutexProto.LinkMessage.newBuilder().setFrame(sent).build()));
        }
    }

    /** A link made anew has all requests repeated at once: that must not be more than the other side takes. */
    @Test
    void aThousandRequestsInOneStepAreSeveralFramesThatFit() {
        List<Frame.FramePart> requests = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            requests.add(new Frame.OfLock(LONGEST_LOCK.substring(4) + (1_000 + i), new Request(STAMP, false)));
        }
        Frame frame = new Frame(65_535, 7, 7, VERSION, -1, HIGHEST, HIGHEST, requests);
        OutgoingFrame.of(frame, largestVector()).forEach(sent -> fits(MutexProto.LinkMessage.newBuilder().setFrame(sent).build()));
        List<Frame.FramePart> arrived = new ArrayList<>();
        for (Frame part : overTheWire(frame, largestVector())) {
            assertEquals(frame, new Frame(part.from(), part.fromEpoch(), part.toEpoch(), part.version(), part.print(),
                    part.time(), part.seen(), requests), "each frame has the whole header");
            arrived.addAll(part.parts());
        }
        assertEquals(requests, arrived);
    }

    @Test
    void aFrameIsKeptWholeHoweverMuchAnotherProgramPutsIntoIt() {
        List<Frame.FramePart> parts = new ArrayList<>();
        for (int i = 1; i <= 700; i++) {
            parts.add(new Frame.OfLock("l" + i, new Request(new Stamp(i, 1), false)));
        }
        Frame frame = new Frame(1, 1, 1, new Version(1, 1), 1, 1, 1, parts);
        assertTrue(OutgoingFrame.of(frame, VectorClock.Reading.ZERO).size() > 1);
        assertEquals(frame, IncomingFrame.of(OutgoingFrame.whole(frame, VectorClock.Reading.ZERO)));
    }

    /** What is relayed is wrapped once more; it must not be the relaying peer that finds it too large. */
    @Test
    void aThousandRelayedRequestsAreSeveralFramesThatFit() {
        List<Frame.FramePart> requests = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            requests.add(new Frame.OfLock(LONGEST_LOCK.substring(4) + (1_000 + i), new Request(STAMP, false)));
        }
        Frame inner = new Frame(65_535, 7, 7, VERSION, -1, HIGHEST, HIGHEST, requests);
        Frame outer = new Frame(3, 7, 7, VERSION, -1, HIGHEST, HIGHEST, List.of(new Frame.Relayed(2, -1, inner)));
        OutgoingFrame.of(outer, largestVector()).forEach(sent -> fits(MutexProto.LinkMessage.newBuilder().setFrame(sent).build()));
        List<Frame.FramePart> arrived = new ArrayList<>();
        for (Frame frame : overTheWire(outer, largestVector())) {
            for (Frame.FramePart part : frame.parts()) {
                Frame.Relayed relayed = (Frame.Relayed) part;
                assertEquals(new Frame.Relayed(2, -1, inner), new Frame.Relayed(relayed.to(), relayed.process(),
                        new Frame(65_535, 7, 7, VERSION, -1, relayed.frame().time(), relayed.frame().seen(), requests)));
                arrived.addAll(relayed.frame().parts());
            }
        }
        assertEquals(requests, arrived);
        Frame large = new Frame(65_535, 7, 7, VERSION, -1, HIGHEST, HIGHEST,
                List.of(new Frame.OfGroup(new GroupMessage.Propose(VERSION, largestGroup()))));
        OutgoingFrame.of(new Frame(3, 7, 7, VERSION, -1, HIGHEST, HIGHEST, List.of(new Frame.Relayed(2, -1, large))), largestVector())
                .forEach(sent -> fits(MutexProto.LinkMessage.newBuilder().setFrame(sent).build()));
    }

    @Test
    void theLargestStatusFits() {
        String trouble = "\u00e4".repeat(5_000);
        Snapshot large = snapshot(largestGroup(), 500, 63, LONGEST_LOCK.substring(3), LONGEST_ENDPOINT, trouble);
        MutexProto.StatusReply status = WireStatus.out(large);
        fits(MutexProto.LinkMessage.newBuilder()
                .setReport(MutexProto.Report.newBuilder().setInquiry(-1).setStatus(status)).build());
        assertTrue(status.getLocksCount() > 0, "some locks are shown");
        assertEquals(500, status.getLocksCount() + status.getMoreLocks());
        assertTrue(WireStatus.out(snapshot(GROUP, 100, 2, "lock", "localhost:1", "")).getMoreLocks() == 0,
                "locks of a common size are all shown");
    }

    /** What differs in the lists of 64 peers is a line each, and just then somebody looks. */
    @Test
    void aStatusFitsWhileNothingIsAgreed() {
        NodeView view = new NodeView(1, LONGEST_ENDPOINT, 1, 1, 1, null, "peer 2 has another start list, ".repeat(2_000), List.of(), new TreeMap<>(),
                null, new TreeMap<>(), null);
        Snapshot waiting = new Snapshot(view, "ricart-agrawala", 0, List.of(), Map.of(), Collections.nCopies(100, "\u20ac".repeat(5_000)));
        MutexProto.StatusReply status = WireStatus.out(waiting);
        fits(MutexProto.LinkMessage.newBuilder().setReport(MutexProto.Report.newBuilder().setInquiry(-1).setStatus(status)).build());
        assertTrue(status.getWaitingFor().startsWith("peer 2 has another") && status.getFaultsCount() > 0, status::toString);
    }

    @Test
    void aHelloOutOfRangeIsRefusedByTheNameOfTheField() {
        refuses("peer id 0 ", hello -> hello.setId(0));
        refuses("peer id 65536 ", hello -> hello.setId(65_536));
        refuses("peer id -1 ", hello -> hello.setId(-1));
        refuses("epoch 0 ", hello -> hello.setEpoch(0));
        refuses("epoch " + (1L << 50) + " ", hello -> hello.setEpoch(1L << 50));
        refuses("lease -1 ", hello -> hello.setLeaseMillis(-1));
        for (String endpoint : List.of("", "localhost", "localhost:", "a b:1", "!!:99999", "a/b?x:5", "::1:50",
                "\u001b[2J:1", "h".repeat(99) + ":1", "LOCALHOST:1", "\u00e4:1")) {
            refuses("address " + endpoint.replace('\u001b', '?') + " ", hello -> hello.setEndpoint(endpoint));
        }
        refuses("port 0 ", hello -> hello.setEndpoint("localhost:0"));
        refuses("port 65536 ", hello -> hello.setEndpoint("localhost:65536"));
        refuses("start list's length 65 ", hello -> {
            for (int i = 0; i < 65; i++) {
                hello.addList(MutexProto.Listed.newBuilder().setEndpoint("localhost:" + (i + 1)));
            }
            return hello;
        });
        refuses("members 0 ", hello -> hello.setGroup(MutexProto.Group.getDefaultInstance()));
        MutexProto.Member one = MutexProto.Member.newBuilder().setId(1).setEndpoint("localhost:1").build();
        refuses("members of different id 1 ", hello -> hello.setGroup(MutexProto.Group.newBuilder()
                .setVersion(MutexProto.Version.newBuilder().setNumber(1)).addMembers(one).addMembers(one)));
        refuses("version 0 ", hello -> hello.setGroup(MutexProto.Group.newBuilder().addMembers(one)));
        refuses("version's fence -1 ", hello -> hello.setGroup(MutexProto.Group.newBuilder()
                .setVersion(MutexProto.Version.newBuilder().setNumber(1).setFence(-1)).addMembers(one)));
    }

    @Test
    void aFrameOutOfRangeIsRefusedByTheNameOfTheField() {
        refusesFrame("peer id 0 ", frame -> frame.setFrom(0));
        refusesFrame("epoch 0 ", frame -> frame.setFromEpoch(0));
        refusesFrame("receiver's epoch -1 ", frame -> frame.setToEpoch(-1));
        refusesFrame("time " + Long.MAX_VALUE + " ", frame -> frame.setTime(Long.MAX_VALUE));
        refusesFrame("fence seen -1 ", frame -> frame.setSeen(-1));
        refusesFrame("version -1 ", frame -> frame.setVersion(MutexProto.Version.newBuilder().setNumber(-1)));
        refusesFrame("a part without a message", frame -> frame.addParts(MutexProto.Part.newBuilder().setLock("x")));
        for (String lock : List.of("", "a b", "l".repeat(129), "\u00e4", "\u001b[2J")) {
            refusesFrame("lock name ", frame -> frame.addParts(MutexProto.Part.newBuilder().setLock(lock)
                    .setRequest(MutexProto.Stamp.newBuilder().setTime(1).setPeer(1))));
        }
        refusesFrame("stamp's time 0 ", frame -> frame.addParts(request(0, 1)));
        refusesFrame("stamp's time -1 ", frame -> frame.addParts(request(-1, 1)));
        refusesFrame("stamp's peer 2 ", frame -> frame.addParts(request(1, 2)));
        refusesFrame("vector size 1 ", frame -> frame.addVectorPeers(1));
        refusesFrame("vector peer 1 ", frame -> frame.addVectorPeers(2).addVectorPeers(1).addVectorCounts(1).addVectorCounts(1));
    }

    @Test
    void textOfAnotherPeerIsOneLineThatMovesNoCursor() {
        assertEquals("a?b?[2J?c", Printable.brief("a\nb\u001b[2J\rc"));
        assertEquals(1_003, Printable.brief("x".repeat(20_000)).length());
    }

    @Test
    void aLeaseMessageOutOfRangeIsRefusedByTheNameOfTheField() {
        refusesPart("heartbeat's number -1 ", part -> part.setHeartbeat(MutexProto.Heartbeat.newBuilder().setNumber(-1)));
        refusesPart("reservation " + (HIGHEST + 1) + " ", part -> part.setHeartbeat(MutexProto.Heartbeat.newBuilder().setReserve(HIGHEST + 1)));
        refusesPart("peer id 0 ", part -> part.setHeartbeat(MutexProto.Heartbeat.newBuilder().addHeard(0)));
        refusesPart("peer heard 2 ", part -> part.setHeartbeat(MutexProto.Heartbeat.newBuilder().addHeard(3).addHeard(2)));
        refusesPart("peer heard 3 ", part -> part.setHeartbeat(MutexProto.Heartbeat.newBuilder().addHeard(3).addHeard(3)));
        refusesPart("number of peers heard 65 ", part -> part.setHeartbeat(MutexProto.Heartbeat.newBuilder()
                .addAllHeard(IntStream.rangeClosed(1, 65).boxed().toList())));
        refusesPart("ACK's number -1 ", part -> part.setAck(MutexProto.Ack.newBuilder().setNumber(-1)));
        refusesPart("reservation -1 ", part -> part.setAck(MutexProto.Ack.newBuilder().setReserved(-1)));
        refusesPart("peer id 65536 ", part -> part.setInquiry(MutexProto.Inquiry.newBuilder().setAbout(65_536)));
        refusesPart("round -1 ", part -> part.setInquiry(MutexProto.Inquiry.newBuilder().setAbout(1).setRound(-1)));
        refusesPart("peer id 0 ", part -> part.setTestimony(MutexProto.Testimony.newBuilder()));
        refusesPart("round -1 ", part -> part.setTestimony(MutexProto.Testimony.newBuilder().setAbout(1).setRound(-1)));
        for (long micros : new long[] {-1, Long.MAX_VALUE / 1_000 + 1}) { // in nanoseconds it would be negative
            refusesPart("silence " + micros + " ", part -> part.setTestimony(MutexProto.Testimony.newBuilder().setAbout(1).setSilentMicros(micros)));
        }
    }

    @Test
    void aRelayedFrameHoldsOnlyWhatMayBeRelayed() {
        Frame good = new Frame(2, 7, 0, VERSION, 0, 1, 1, List.of(new Frame.OfLock("x", new Request(new Stamp(1, 2), false))));
        MutexProto.Frame inner = OutgoingFrame.of(good, VectorClock.Reading.ZERO).get(0);
        assertEquals(good, ((Frame.Relayed) IncomingFrame.of(framed(relayed(inner.toBuilder()))).parts().get(0)).frame(),
                "its sender is not the sender of the frame it is in");
        String directly = ": that goes directly or not at all";
        Map<String, UnaryOperator<MutexProto.Part.Builder>> direct = Map.of(
                "HEARTBEAT", part -> part.setHeartbeat(MutexProto.Heartbeat.getDefaultInstance()),
                "ACK", part -> part.setAck(MutexProto.Ack.getDefaultInstance()),
                "INQUIRY", part -> part.setInquiry(MutexProto.Inquiry.newBuilder().setAbout(1)),
                "TESTIMONY", part -> part.setTestimony(MutexProto.Testimony.newBuilder().setAbout(1)),
                "RELAYED", relayed(inner.toBuilder()));
        direct.forEach((kind, part) -> refusesPart("relayed " + kind + directly,
                relayed(inner.toBuilder().addParts(part.apply(MutexProto.Part.newBuilder())))));
        refusesPart("relayed frame's vector size 1 ", relayed(inner.toBuilder().addVectorPeers(2).addVectorCounts(1)));
        refusesPart("relayed frame's receiver 5 ", relayed(inner.toBuilder().setFrom(5)));
        refusesPart("stamp's peer 2 ", relayed(inner.toBuilder().setFrom(4)));
        refusesPart("peer id 0 ", relayed(inner.toBuilder().setFrom(0).clearParts()));
        refusesPart("peer id 65536 ", part -> part.setRelayed(MutexProto.Relayed.newBuilder().setTo(65_536).setFrame(inner)));
        refusesPart("epoch 0 ", part -> part.setRelayed(MutexProto.Relayed.newBuilder().setTo(5)));
    }

    private static UnaryOperator<MutexProto.Part.Builder> relayed(MutexProto.Frame.Builder frame) {
        return part -> part.setRelayed(MutexProto.Relayed.newBuilder().setTo(5).setFrame(frame));
    }

    private static MutexProto.Frame framed(UnaryOperator<MutexProto.Part.Builder> part) {
        Frame empty = new Frame(1, 7, 0, VERSION, 0, 1, 1, List.of());
        return OutgoingFrame.of(empty, VectorClock.Reading.ZERO).get(0).toBuilder().addParts(part.apply(MutexProto.Part.newBuilder())).build();
    }

    @Test
    void aMessageOfOneAlgorithmOutOfRangeIsRefused() {
        refusesOwn("number of numbers 257 ", own -> own.addAllNumbers(Collections.nCopies(257, 1L)));
        refusesOwn("number -1 ", own -> own.addNumbers(-1));
        refusesOwn("number " + (HIGHEST + 1) + " ", own -> own.addNumbers(HIGHEST + 1));
        refusesOwn("stamp's time 0 ", own -> own.setStamp(MutexProto.Stamp.newBuilder().setPeer(1)));
        for (String name : List.of("", "who", "\u001b[2J", "W".repeat(33), "REQUEST", "VOW")) {
            refusesOwn("message's name is not ", own -> own.setName(name));
        }
    }

    private static void refusesOwn(String start, UnaryOperator<MutexProto.AlgorithmMessage.Builder> own) {
        refusesPart(start, part -> part.setLock("a").setOwn(own.apply(MutexProto.AlgorithmMessage.newBuilder().setName("WHO"))));
    }

    private static void refusesPart(String start, UnaryOperator<MutexProto.Part.Builder> part) {
        said(start, assertThrows(IllegalArgumentException.class, () -> IncomingFrame.of(framed(part)), start));
    }

    private static List<Frame.FramePart> parts() {
        List<GroupMessage> ofGroup = List.of(new GroupMessage.Present(GROUP), new GroupMessage.Join(),
                new GroupMessage.Listing(List.of(new Seed("localhost:1", 0), new Seed("[::1]:2", 7))),
                new GroupMessage.Listing(List.of()), new GroupMessage.Propose(Version.NONE, GROUP),
                new GroupMessage.Propose(VERSION, GROUP, true), new GroupMessage.Bound(VERSION), new GroupMessage.Bound(VERSION, true), new GroupMessage.Unbound(VERSION, "why not"));
        List<Frame.FramePart> parts = new ArrayList<>(List.of(new Frame.OfLock("a", new Request(STAMP, false)),
                new Frame.OfLock(LONGEST_LOCK, new Request(STAMP, true)), new Frame.OfLock(".group", new Permission(STAMP)),
                new Frame.OfLock("A.z_0:/-", new Refusal(new Stamp(1, 1))),
                new Frame.OfLock("A.z_0:/-", new Refusal(new Stamp(1, 1), true)),
                new Frame.OfLock("a", new Own("A", null, List.of())),
                new Frame.OfLock("a", new Own("-".repeat(32).replaceFirst("-", "Z"), STAMP, Collections.nCopies(256, HIGHEST)))));
        ofGroup.forEach(message -> parts.add(new Frame.OfGroup(message)));
        List<Frame.FramePart> relayed = List.copyOf(parts);
        List<LeaseMessage> ofLease = List.of(new Heartbeat(1, new TreeSet<>(), 0), new Heartbeat(HIGHEST, largestHeard(), HIGHEST),
                new Ack(0, 0), new Ack(HIGHEST, HIGHEST), new Inquiry(1, 0), new Inquiry(65_535, HIGHEST), new Testimony(1, 0, 0),
                new Testimony(65_535, HIGHEST, Long.MAX_VALUE / 1_000));
        ofLease.forEach(message -> parts.add(new Frame.OfLease(message)));
        parts.add(new Frame.Relayed(3, -7, new Frame(65_535, (1L << 50) - 1, 9, VERSION, -9, HIGHEST, HIGHEST, relayed)));
        parts.add(new Frame.Relayed(65_535, Long.MAX_VALUE, new Frame(1, 7, 0, Version.NONE, 0, 0, 0, List.of())));
        return parts;
    }

    private static TreeSet<Integer> largestHeard() {
        return IntStream.range(0, 64).mapToObj(i -> 65_535 - i).collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<Frame> overTheWire(Frame frame, VectorClock.Reading vector) {
        return OutgoingFrame.of(frame, vector).stream().map(IncomingFrame::of).toList();
    }

    private static Group largestGroup() {
        SortedMap<Integer, String> members = new TreeMap<>();
        IntStream.range(0, 64).forEach(i -> members.put(65_535 - i, LONGEST_ENDPOINT.substring(2, 99) + (100 + i)));
        return new Group(-1, VERSION, members);
    }

    private static VectorClock.Reading largestVector() {
        return new VectorClock.Reading(IntStream.rangeClosed(65_535 - 255, 65_535).toArray(),
                IntStream.range(0, 256).mapToLong(i -> HIGHEST).toArray());
    }

    private static Snapshot snapshot(Group group, int locks, int others, String lock, String endpoint, String trouble) {
        TreeSet<Integer> missing = new TreeSet<>();
        SortedMap<Integer, Stamp> deferred = new TreeMap<>();
        List<Snapshot.Other> peers = new ArrayList<>();
        for (int id = 65_535; id > 65_535 - others; id--) {
            missing.add(id);
            deferred.put(id, new Stamp(HIGHEST, id));
            peers.add(new Snapshot.Other(id, endpoint, id % 2 == 0, HIGHEST, id % 2 == 0 ? -1 : HIGHEST, HIGHEST, trouble));
        }
        List<NodeView.LockView> all = new ArrayList<>();
        for (int i = 0; i < locks; i++) {
            all.add(new NodeView.LockView(lock + (100 + i), State.values()[i % 3], i % 3 == 0 ? null : STAMP, HIGHEST, 5_000_000,
                    missing, deferred, 1_000_000, 1_000_000, i % 4 == 0 ? null : TokenPlace.values()[i % 3], trouble));
        }
        NodeView.StandingView standing = group == null ? null : new NodeView.StandingView(others % 2 == 1, 1, others / 2 + 1, missing);
        SortedMap<Integer, String> suspects = new TreeMap<>(group == null ? Map.of() : Map.of(3, "overtook twice", 65_535, trouble));
        NodeView node = new NodeView(65_535, endpoint, (1L << 50) - 1, HIGHEST, HIGHEST, group, group == null ? "x" : null, all, new TreeMap<>(), standing, suspects, group == null ? null : trouble);
        Map<String, LockTally> tallies = new TreeMap<>();
        all.forEach(each -> tallies.put(each.name(), new LockTally(HIGHEST, HIGHEST)));
        return new Snapshot(node, "ricart-agrawala", 5_000, peers, tallies);
    }

    private static void fits(Message message) {
        int size = message.getSerializedSize();
        assertTrue(size <= EventLoop.MOST_MESSAGE, size + " bytes, but the others take " + EventLoop.MOST_MESSAGE);
    }

    private static MutexProto.Part request(long time, int peer) {
        return MutexProto.Part.newBuilder().setLock("x")
                .setRequest(MutexProto.Stamp.newBuilder().setTime(time).setPeer(peer)).build();
    }

    private static void refuses(String start, UnaryOperator<MutexProto.Hello.Builder> change) {
        Hello good = new Hello(1, "localhost:1", 7, 1, "ricart-agrawala", 0, null, List.of());
        MutexProto.Hello bad = change.apply(WireFields.out(good).toBuilder()).build();
        said(start, assertThrows(IllegalArgumentException.class, () -> WireFields.in(bad), start));
    }

    private static void refusesFrame(String start, UnaryOperator<MutexProto.Frame.Builder> change) {
        Frame good = new Frame(1, 7, 0, VERSION, 0, 1, 1, List.of());
        MutexProto.Frame bad = change.apply(OutgoingFrame.of(good, VectorClock.Reading.ZERO).get(0).toBuilder()).build();
        said(start, assertThrows(IllegalArgumentException.class, () -> {
            IncomingFrame.of(bad);
            IncomingFrame.vector(bad);
        }, start));
    }

    private static void said(String start, Exception refusal) {
        assertTrue(refusal.getMessage().startsWith(start), "\"" + refusal.getMessage() + "\" does not start with \"" + start + "\"");
        assertTrue(refusal.getMessage().chars().noneMatch(Character::isISOControl), refusal.getMessage());
    }

    public static void main(String[] args) {
        Run.only(WireTest.class);
    }
}
