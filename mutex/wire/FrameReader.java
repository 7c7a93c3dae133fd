package mutex.wire;

import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import mutex.algorithm.Message;
import mutex.algorithm.Stamp;
import mutex.event.Frame;
import mutex.log.VectorClock;
import mutex.text.LockName;

/**
 * Reads frames in which locks ask and answer, nearly all that a busy group sends, field by field into the messages of the core.
 * Generated code with {@link IncomingFrame} behind it takes twice as long. Everything else, and whatever is odd or out of
 * range, is left to these two, which say what is wrong: what is read here is what they would read.
 */
public final class FrameReader {

    private final byte[] bytes;
    private final CodedInputStream in;
    private int from;
    private long fromEpoch;
    private long toEpoch;
    private long version;
    private long versionFence;
    private long print;
    private long time;
    private long seen;
    private final List<Frame.FramePart> parts = new ArrayList<>(2);
    private int[] peers = {};
    private long[] counts = {};

    private FrameReader(byte[] bytes) {
        this.bytes = bytes;
        in = CodedInputStream.newInstance(bytes);
    }

    /** The frame in that LinkMessage, or null: it is to be read by generated code. */
    public static Packet.ReadFrame read(byte[] message) {
        try {
            FrameReader reader = new FrameReader(message);
            return reader.readAll() ? reader.frame() : null;
        } catch (IOException | IllegalArgumentException odd) {
            return null;
        }
    }

    /** Whether there is one frame, and nothing in it but what is known here. */
    private boolean readAll() throws IOException {
        if (in.readTag() != FrameTags.FRAME || in.readRawVarint32() != bytes.length - in.getTotalBytesRead()) {
            return false;
        }
        boolean known = true;
        while (known && !in.isAtEnd()) {
            known = readField(in.readTag());
        }
        return known;
    }

    private boolean readField(int tag) throws IOException {
        switch (tag) {
            case FrameTags.FROM -> {
                from = in.readUInt32();
                return parts.isEmpty(); // stamps of requests have to be of that peer
            }
            case FrameTags.FROM_EPOCH -> fromEpoch = in.readUInt64();
            case FrameTags.TO_EPOCH -> toEpoch = in.readUInt64();
            case FrameTags.PRINT -> print = in.readFixed64();
            case FrameTags.TIME -> time = in.readUInt64();
            case FrameTags.SEEN -> seen = in.readUInt64();
            case FrameTags.VERSION -> {
                return readVersion();
            }
            case FrameTags.PARTS -> {
                Frame.FramePart part = readPart();
                return part != null && parts.add(part);
            }
            case FrameTags.VECTOR_PEERS -> {
                return peers.length == 0 && readPeers();
            }
            case FrameTags.VECTOR_COUNTS -> {
                return counts.length == 0 && readCounts();
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean readVersion() throws IOException {
        int limit = in.pushLimit(in.readRawVarint32());
        while (!in.isAtEnd()) {
            switch (in.readTag()) {
                case FrameTags.VERSION_NUMBER -> version = in.readUInt64();
                case FrameTags.VERSION_FENCE -> versionFence = in.readUInt64();
                default -> {
                    return false;
                }
            }
        }
        in.popLimit(limit);
        return true;
    }

    /** Null: of another kind, or odd. */
    private Frame.FramePart readPart() throws IOException {
        int limit = in.pushLimit(in.readRawVarint32());
        String lock = "";
        int kind = 0;
        Stamp stamp = null;
        boolean held = false;
        while (!in.isAtEnd()) {
            int tag = in.readTag();
            switch (tag) {
                case FrameTags.LOCK -> {
                    lock = readName();
                    if (!LockName.legal(lock)) {
                        return null;
                    }
                }
                case FrameTags.REQUEST, FrameTags.ATTEMPT, FrameTags.PERMISSION, FrameTags.REFUSAL -> {
                    kind = tag; // of several the last one counts
                    stamp = readStamp();
                    if (stamp == null) {
                        return null; // in the middle of it
                    }
                }
                case FrameTags.HELD -> held = in.readBool();
                default -> {
                    return null;
                }
            }
        }
        in.popLimit(limit);
        Message message = stamp == null || lock.isEmpty() ? null : message(kind, stamp, held);
        return message == null ? null : new Frame.OfLock(lock, message);
    }

    private Message message(int kind, Stamp stamp, boolean held) {
        return switch (kind) {
            case FrameTags.PERMISSION -> new Message.Permission(stamp);
            case FrameTags.REFUSAL -> new Message.Refusal(stamp, held);
            default -> stamp.peer() == from ? new Message.Request(stamp, kind == FrameTags.ATTEMPT) : null;
        };
    }

    /** A character a byte; a legal name has no others. */
    private String readName() throws IOException {
        int length = in.readRawVarint32();
        int at = in.getTotalBytesRead();
        in.skipRawBytes(length);
        return new String(bytes, at, length, StandardCharsets.ISO_8859_1);
    }

    /** Null: there is something in it that is not known here, and it was not read to its end. */
    private Stamp readStamp() throws IOException {
        int limit = in.pushLimit(in.readRawVarint32());
        long stampTime = 0;
        int peer = 0;
        while (!in.isAtEnd()) {
            switch (in.readTag()) {
                case FrameTags.STAMP_TIME -> stampTime = in.readUInt64();
                case FrameTags.STAMP_PEER -> peer = in.readUInt32();
                default -> {
                    return null;
                }
            }
        }
        in.popLimit(limit);
        return WireFields.stamp(stampTime, peer);
    }

    private boolean readPeers() throws IOException {
        int limit = in.pushLimit(in.readRawVarint32());
        int[] found = new int[in.getBytesUntilLimit()]; // each takes one at least
        int size = 0;
        while (!in.isAtEnd()) {
            found[size++] = in.readUInt32();
        }
        in.popLimit(limit);
        peers = size == found.length ? found : Arrays.copyOf(found, size);
        return true;
    }

    private boolean readCounts() throws IOException {
        int limit = in.pushLimit(in.readRawVarint32());
        counts = new long[peers.length];
        int size = 0;
        while (!in.isAtEnd() && size < counts.length) {
            counts[size++] = in.readUInt64();
        }
        boolean whole = in.isAtEnd() && size == counts.length;
        in.popLimit(limit);
        return whole;
    }

    private Packet.ReadFrame frame() {
        IncomingFrame.check(fromEpoch, toEpoch, time, seen);
        Frame frame = new Frame(WireFields.id(from), fromEpoch, toEpoch, WireFields.version(version, versionFence), print, time, seen, parts);
        return new Packet.ReadFrame(frame, IncomingFrame.vector(peers, counts), bytes.length);
    }
}
