///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Mutator.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import mutex.MutexProto;
import mutex.MutexProto.LinkMessage;
import mutex.algorithm.Message;
import mutex.algorithm.Mode;
import mutex.algorithm.Stamp;
import mutex.event.Frame;
import mutex.group.GroupMessage;
import mutex.group.Version;
import mutex.lease.LeaseMessage;
import mutex.log.VectorClock;
import mutex.once.MarkMessage;
import mutex.once.RunMark;
import mutex.wire.FrameReader;
import mutex.wire.FrameWriter;
import mutex.wire.IncomingFrame;
import mutex.wire.OutgoingFrame;
import mutex.wire.Packet;
import org.junit.jupiter.api.Test;
import tests.support.Mutator;

/** Frames that are read and written field by field are what generated code makes of them. {@code PacketTest SEED} replays. */
class PacketTest {

    private static final int FRAMES = 20_000;
    private static final int SPOILED = 200_000;
    private static final long[] NUMBERS = {1, 2, 127, 128, 16_383, 16_384, (1L << 21) - 1, 1L << 21, (1L << 28) - 1, 1L << 28, 1L << 35, 1L << 42, (1L << 50) - 1};
    private static final String[] LOCKS = {"default", "a", "orders/42", ".group", "x".repeat(127), "x".repeat(128), ".token/" + "y".repeat(128)};
    private static long seed = System.nanoTime() & 0xffffff;

    private final Random random = new Random(seed);
    private final Mutator mutator = new Mutator(random);

    @Test
    void whatIsWrittenIsWhatGeneratedCodeWrites() {
        FrameWriter writer = new FrameWriter();
        VectorClock.Reading vector = vector();
        for (int i = 0; i < FRAMES; i++) {
            vector = switch (random.nextInt(3)) { // the writer keeps the last one
                case 0 -> vector;
                case 1 -> new VectorClock.Reading(vector.peers(), Arrays.stream(vector.counts()).map(count -> count + 1).toArray());
                default -> vector();
            };
            Frame frame = frame();
            Packet.WrittenFrame written = writer.write(frame, vector);
            assertNotNull(written, () -> "no plain frame? " + frame + replay());
            assertArrayEquals(generated(frame, vector), written.bytes(), () -> frame + replay());
            assertEquals(written.bytes().length, written.size());
        }
    }

    @Test
    void ofManyRequestsNoMoreAreWrittenThanGeneratedCodeHasInOneFrame() {
        int whole = 0;
        for (int parts = 300; parts < 800; parts++) {
            String lock = LOCKS[parts % 3];
            long stamp = parts % 2 == 0 ? 5 : 500;
            Frame frame = new Frame(1, 5, 6, new Version(1, 2), 3, 4, 5,
                    new ArrayList<>(Collections.nCopies(parts, new Frame.OfLock(lock, new Message.Request(new Stamp(stamp, 1), false)))));
            Packet.WrittenFrame written = new FrameWriter().write(frame, VectorClock.Reading.ZERO);
            int frames = OutgoingFrame.of(frame, VectorClock.Reading.ZERO).size();
            assertTrue(written == null || frames == 1, parts + " parts about " + lock + " in one frame instead of " + frames);
            whole += written == null ? 0 : 1;
        }
        assertTrue(whole > 50, whole + " in one frame");
    }

    @Test
    void whatIsReadIsWhatGeneratedCodeReads() throws InvalidProtocolBufferException {
        for (int i = 0; i < FRAMES; i++) {
            Frame frame = frame();
            VectorClock.Reading vector = vector();
            byte[] bytes = generated(frame, vector);
            assertReadAlike(bytes, FrameReader.read(bytes));
            assertEquals(frame, FrameReader.read(bytes).frame(), this::replay);
        }
    }

    @Test
    void whatIsSpoiledIsReadAsByGeneratedCodeOrLeftToIt() throws InvalidProtocolBufferException {
        int read = 0;
        for (int i = 0; i < SPOILED; i++) {
            byte[] good = generated(frame(), vector());
            byte[] bytes = random.nextBoolean() ? mutator.bytes(good, generated(frame(), vector()))
                    : mutator.field(LinkMessage.parseFrom(good)).toByteArray();
            Packet.ReadFrame found = FrameReader.read(bytes);
            if (found != null) {
                assertReadAlike(bytes, found);
                read++;
            }
        }
        assertTrue(read > SPOILED / 20 && read < SPOILED * 19 / 20, read + " read" + replay());
    }

    @Test
    void everythingElseIsLeftToGeneratedCode() {
        Stamp stamp = new Stamp(7, 1);
        Frame.FramePart plain = lock(new Message.Request(stamp, false));
        RunMark mark = new RunMark("job", 1, 60_000, 1, false);
        List<Frame.FramePart> others = List.of(
                lock(new Message.Request(stamp, false, Mode.SHARED)), lock(new Message.Permission(stamp, 3)),
                lock(new Message.Token(1, 2, 0)), lock(new Message.Census(1, 1)), lock(new Message.Vow(1, 1)),
                lock(new Message.Own("MINE", stamp, List.of(1L))), new Frame.OfGroup(new GroupMessage.Join()),
                new Frame.OfMark(new MarkMessage.Tell(mark, true)),
                new Frame.OfLease(new LeaseMessage.Heartbeat(1, new TreeSet<>(List.of(1)), 2)),
                new Frame.Relayed(2, 3, new Frame(1, 5, 6, new Version(1, 2), 3, 4, 5, List.of(plain))));
        for (Frame.FramePart other : others) {
            for (List<Frame.FramePart> parts : List.of(List.of(other), List.of(plain, other), List.of(other, plain))) {
                Frame frame = new Frame(1, 5, 6, new Version(1, 2), 3, 4, 5, parts);
                assertNull(new FrameWriter().write(frame, VectorClock.Reading.ZERO), parts::toString);
                assertNull(FrameReader.read(generated(frame, VectorClock.Reading.ZERO)), parts::toString);
            }
        }
    }

    /** What a writer may do and ours does not: fields that are unknown here, twice, in another order, not packed, of another message. */
    @Test
    void whatIsWrittenOtherwiseIsReadAlikeOrLeftToGeneratedCode() throws InvalidProtocolBufferException {
        byte[] good = generated(new Frame(1, 5, 6, new Version(1, 2), 3, 4, 5, List.of(lock(new Message.Request(new Stamp(7, 1), false)))),
                VectorClock.Reading.from(Map.of(1, 3L, 2, 4L)));
        LinkMessage message = LinkMessage.parseFrom(good);
        byte[] from = MutexProto.Frame.newBuilder().setFrom(2).build().toByteArray();
        UnknownFieldSet unknown = UnknownFieldSet.newBuilder().addField(999, UnknownFieldSet.Field.newBuilder().addVarint(1).build()).build();
        List<byte[]> odd = List.of(new byte[0], joined(good, good), joined(good, LinkMessage.newBuilder().setPing(1).build().toByteArray()),
                framed(joined(message.getFrame().toByteArray(), from)), framed(joined(from, message.getFrame().toByteArray())),
                framed(joined(message.getFrame().toByteArray(), message.getFrame().toByteArray())),
                framed(new byte[] {8, 1, 16, 5, 34, 0, 74, 0, 82, 0, 74, 1, 1, 82, 1, 1}), // version empty, vectors empty at first
                framed(new byte[] {8, 1, 16, 5, 72, 1, 80, 1}), // not packed
                framed(new byte[] {8, 1, 16, 5, 82, 1, 1, 74, 1, 1}), // the counts first
                framed(new byte[] {8, 1, 16, 5, 74, 2, 1, 2, 82, 1, 1}), // one too few
                framed(new byte[] {8, 1, 16, 5, 74, 1, 1, 82, 1, 1, 82, 1, 1}), framed(new byte[] {8, 1, 16, 5, 74, 1, 1, 74, 1, 2, 82, 1, 1}),
                framed(new byte[] {8, 1, 16, 5, 66, 9, 10, 1, 'a', 18, 4, 8, 7, 16, 2}), // a request of another peer
                framed(new byte[] {66, 9, 10, 1, 'a', 18, 4, 8, 7, 16, 1, 16, 5, 8, 1}), // the part first
                framed(new byte[] {8, 1, 16, 5, 66, 9, 10, 1, (byte) 0xe4, 18, 4, 8, 7, 16, 1}), // no UTF-8
                framed(new byte[] {8, 1, 16, 5, 66, 15, 10, 1, 'a', 18, 4, 8, 7, 16, 1, 34, 4, 8, 9, 16, 2}), // asks and answers
                framed(new byte[] {8, 1, 16, 5, 66, 11, 10, 1, 'a', 18, 2, 8, 7, 18, 2, 16, 1}), // its stamp in two pieces
                framed(new byte[] {8, 1, 16, 5, 66, 9, 10, 1, 'a', 18, 7, 8, 7, 16, 1, 48, 1}), // the stamp ends beyond its part
                framed(new byte[] {8, 1, 16, 5, 66, 25, 10, 1, 'a', 18, 20, 26, 18, 4, 8, 7, 16, 1, 10, 11, // the stamp has another field
                    'b', 'b', 'b', 'b', 'b', 'b', 'b', 'b', 'b', 'b', 'b'}),
                framed(new byte[] {8, 1, 16, 5, 66, 12, 10, 1, (byte) 0xe4, 10, 1, 'a', 18, 4, 8, 7, 16, 1}), // two names, one no UTF-8
                message.toBuilder().setUnknownFields(unknown).build().toByteArray(),
                message.toBuilder().setFrame(message.getFrame().toBuilder().setUnknownFields(unknown)).build().toByteArray(),
                LinkMessage.newBuilder().setPing(3).build().toByteArray(), LinkMessage.newBuilder().addAbout("a").build().toByteArray());
        int read = 0;
        for (byte[] bytes : odd) {
            Packet.ReadFrame found = FrameReader.read(bytes);
            if (found != null) {
                assertReadAlike(bytes, found);
                read++;
            }
        }
        assertEquals(3, read, "sender 2, then 1; nothing at first; asks and answers");
        assertNull(FrameReader.read(odd.get(1)), "a frame twice is one frame with all that both have");
    }

    private void assertReadAlike(byte[] bytes, Packet.ReadFrame found) throws InvalidProtocolBufferException {
        String what = HexFormat.of().formatHex(bytes) + replay();
        LinkMessage message = LinkMessage.parseFrom(bytes);
        assertTrue(message.hasFrame(), what);
        assertEquals(IncomingFrame.of(message.getFrame()), found.frame(), what);
        VectorClock.Reading vector = IncomingFrame.vector(message.getFrame());
        assertTrue(Arrays.equals(vector.peers(), found.vector().peers()) && Arrays.equals(vector.counts(), found.vector().counts()), what);
        assertEquals(bytes.length, found.size(), what);
    }

    private static byte[] generated(Frame frame, VectorClock.Reading vector) {
        List<MutexProto.Frame> frames = OutgoingFrame.of(frame, vector);
        assertEquals(1, frames.size());
        return LinkMessage.newBuilder().setFrame(frames.get(0)).build().toByteArray();
    }

    private static byte[] framed(byte[] frame) {
        return joined(new byte[] {26, (byte) frame.length}, frame);
    }

    private static byte[] joined(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    private static Frame.FramePart lock(Message message) {
        return new Frame.OfLock("a", message);
    }

    private Frame frame() {
        int from = peer();
        List<Frame.FramePart> parts = new ArrayList<>();
        for (int i = random.nextInt(random.nextInt(8) == 0 ? 30 : 3); i > 0; i--) {
            Stamp stamp = new Stamp(number(), from);
            parts.add(new Frame.OfLock(LOCKS[random.nextInt(LOCKS.length)], switch (random.nextInt(4)) {
                case 0 -> new Message.Request(stamp, false);
                case 1 -> new Message.Request(stamp, true);
                case 2 -> new Message.Permission(new Stamp(number(), peer()));
                default -> new Message.Refusal(new Stamp(number(), peer()), random.nextBoolean());
            }));
        }
        return new Frame(from, number(), orNone(number()), new Version(orNone(number() - 1), orNone(number())), orNone(random.nextLong()),
                orNone(number()), orNone(number()), parts);
    }

    private VectorClock.Reading vector() {
        int[] peers = random.ints(random.nextInt(random.nextInt(8) == 0 ? 250 : 5), 1, 65_536).sorted().distinct().toArray();
        return new VectorClock.Reading(peers, Arrays.stream(peers).mapToLong(peer -> orNone(number())).toArray());
    }

    private int peer() {
        return random.nextInt(4) == 0 ? 65_535 : 1 + random.nextInt(200);
    }

    private long number() {
        return random.nextInt(3) == 0 ? 1 + (random.nextLong() >>> 15) : NUMBERS[random.nextInt(NUMBERS.length)];
    }

    private long orNone(long number) {
        return random.nextInt(6) == 0 ? 0 : number;
    }

    private String replay() {
        return "\nreplay: ./jbang tests/PacketTest.java " + seed;
    }

    public static void main(String[] args) {
        if (args.length == 1) {
            seed = Long.parseLong(args[0]);
        }
        Run.only(PacketTest.class);
    }
}
