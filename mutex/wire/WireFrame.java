package mutex.wire;

import java.util.ArrayList;
import java.util.List;
import mutex.MutexProto;
import mutex.log.VectorClock;
import mutex.node.Frame;

/** The part of {@link WireFields} that is about frames. */
public final class WireFrame {

    /** Parts of a frame, bytes: with the header and the largest vector they stay below {@code EventLoop.MOST_MESSAGE}. */
    private static final int MOST_PARTS = 8 << 10;

    private WireFrame() {}

    /** One frame; several where a peer that wants hundreds of locks has more to say than fits into one. */
    public static List<MutexProto.Frame> out(Frame frame, VectorClock.Reading vector) {
        MutexProto.Frame.Builder out = header(frame);
        for (int i = 0; i < vector.peers().length; i++) {
            out.addVectorPeers(vector.peers()[i]).addVectorCounts(vector.counts()[i]);
        }
        return fill(out, frame.parts());
    }

    private static MutexProto.Frame.Builder header(Frame frame) {
        return MutexProto.Frame.newBuilder().setFrom(frame.from())
                .setFromEpoch(frame.fromEpoch()).setToEpoch(frame.toEpoch()).setVersion(WireFields.out(frame.version()))
                .setPrint(frame.print()).setTime(frame.time()).setSeen(frame.seen());
    }

    private static List<MutexProto.Frame> fill(MutexProto.Frame.Builder out, List<Frame.FramePart> parts) {
        List<MutexProto.Frame> frames = new ArrayList<>(1);
        int bytes = 0;
        for (Frame.FramePart part : parts) {
            if (part instanceof Frame.Relayed relayed) {
                for (MutexProto.Frame inner : fill(header(relayed.frame()), relayed.frame().parts())) {
                    bytes = add(MutexProto.Part.newBuilder().setRelayed(MutexProto.Relayed.newBuilder()
                            .setTo(relayed.to()).setProcess(relayed.process()).setFrame(inner)).build(), out, bytes, frames);
                }
            } else {
                bytes = add(WireParts.out(part), out, bytes, frames);
            }
        }
        frames.add(out.build());
        return frames;
    }

    /** Begins another frame with the same header where this one is full; gives the bytes in the parts so far. */
    private static int add(MutexProto.Part next, MutexProto.Frame.Builder out, int bytes, List<MutexProto.Frame> frames) {
        int size = next.getSerializedSize();
        boolean full = out.getPartsCount() > 0 && bytes + size > MOST_PARTS;
        if (full) {
            frames.add(out.build());
            out.clearParts();
        }
        out.addParts(next);
        return (full ? 0 : bytes) + size + 3; // its tag and length
    }

    public static Frame in(MutexProto.Frame frame) {
        WireFields.check(WireFields.epochs(frame.getFromEpoch()) && frame.getFromEpoch() > 0, "epoch", frame.getFromEpoch());
        WireFields.check(WireFields.epochs(frame.getToEpoch()), "receiver's epoch", frame.getToEpoch());
        WireFields.check(WireFields.counts(frame.getTime()), "time", frame.getTime());
        WireFields.check(WireFields.counts(frame.getSeen()), "fence seen", frame.getSeen());
        List<Frame.FramePart> parts = new ArrayList<>(frame.getPartsCount());
        for (MutexProto.Part part : frame.getPartsList()) {
            parts.add(part.hasRelayed() ? in(part.getRelayed()) : WireParts.in(part, frame.getFrom()));
        }
        return new Frame(WireFields.id(frame.getFrom()), frame.getFromEpoch(), frame.getToEpoch(), WireFields.in(frame.getVersion()),
                frame.getPrint(), frame.getTime(), frame.getSeen(), parts);
    }

    public static VectorClock.Reading vector(MutexProto.Frame frame) {
        int size = frame.getVectorPeersCount();
        WireFields.check(size == frame.getVectorCountsCount() && size <= 4 * WireFields.MOST_PEERS, "vector size", size);
        int[] peers = new int[size];
        long[] counts = new long[size];
        for (int i = 0; i < size; i++) {
            peers[i] = WireFields.id(frame.getVectorPeers(i));
            counts[i] = frame.getVectorCounts(i);
            WireFields.check(WireFields.counts(counts[i]), "vector count", counts[i]);
            WireFields.check(i == 0 || peers[i] > peers[i - 1], "vector peer", peers[i]);
        }
        return new VectorClock.Reading(peers, counts);
    }

    /** Its sender need not be the peer that the link leads to, so it must hold nothing that counts only directly. */
    private static Frame.FramePart in(MutexProto.Relayed relayed) {
        MutexProto.Frame frame = relayed.getFrame();
        WireFields.check(relayed.getTo() != frame.getFrom(), "relayed frame's receiver", relayed.getTo());
        WireFields.check(frame.getVectorPeersCount() + frame.getVectorCountsCount() == 0, "relayed frame's vector size",
                frame.getVectorPeersCount());
        for (MutexProto.Part part : frame.getPartsList()) {
            switch (part.getMessageCase()) {
                case HEARTBEAT, ACK, INQUIRY, TESTIMONY, RELAYED -> throw new IllegalArgumentException("relayed " + part.getMessageCase()
                        + ": that goes directly or not at all");
                default -> { }
            }
        }
        return new Frame.Relayed(WireFields.id(relayed.getTo()), relayed.getProcess(), in(frame));
    }
}
