package mutex.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import mutex.algorithm.Message;
import mutex.algorithm.Mode;
import mutex.algorithm.Stamp;
import mutex.event.Frame;
import mutex.log.VectorClock;

/**
 * Writes frames in which locks ask and answer, nearly all that a busy group sends, as {@link FrameReader} reads them: byte for byte
 * what generated code makes of {@link OutgoingFrame}, in less than half of the time. It writes from the last byte to the first, so that
 * the length of a message, which stands before it, is known when its turn comes. One thread only.
 */
public final class FrameWriter {

    private static final int ROOM = 16 << 10; // bytes, more than the largest vector, as many parts as a frame may have, and the rest

    private final byte[] buffer = new byte[ROOM];
    private int at = ROOM; // where the bytes written so far begin
    private VectorClock.Reading last = VectorClock.Reading.ZERO;
    private int vectorAt = ROOM; // where that one begins: it stays, since a request goes to all members with the same one

    /** The frame with that vector; null: it is to be written by {@link OutgoingFrame}. */
    public Packet.WrittenFrame write(Frame frame, VectorClock.Reading vector) {
        List<Frame.FramePart> parts = frame.parts();
        putVector(vector);
        for (int i = parts.size() - 1; i >= 0; i--) {
            if (!(parts.get(i) instanceof Frame.OfLock part) || !isPlain(part.message())) {
                return null;
            }
            putPart(part.lock(), part.message());
            boolean full = vectorAt - at + parts.size() > OutgoingFrame.MOST_PARTS; // that one counts up to a byte more for each part
            if (full) {
                return null;
            }
        }
        putHeader(frame);
        putLength(ROOM, FrameTags.FRAME);
        return new Packet.WrittenFrame(Arrays.copyOfRange(buffer, at, ROOM));
    }

    private static boolean isPlain(Message message) {
        return message instanceof Message.Request request ? request.mode().equals(Mode.EXCLUSIVE)
                : message instanceof Message.Permission permission ? permission.used() == 0 : message instanceof Message.Refusal;
    }

    private void putVector(VectorClock.Reading vector) {
        if (vector != last) {
            at = ROOM;
            int size = vector.peers().length;
            if (size > 0) {
                for (int i = size - 1; i >= 0; i--) {
                    putNumber(vector.counts()[i]);
                }
                putLength(ROOM, FrameTags.VECTOR_COUNTS);
                int end = at;
                for (int i = size - 1; i >= 0; i--) {
                    putNumber(vector.peers()[i]);
                }
                putLength(end, FrameTags.VECTOR_PEERS);
            }
            last = vector;
            vectorAt = at;
        }
        at = vectorAt;
    }

    private void putHeader(Frame frame) {
        put(FrameTags.SEEN, frame.seen());
        put(FrameTags.TIME, frame.time());
        if (frame.print() != 0) {
            at -= Long.BYTES;
            for (int i = 0; i < Long.BYTES; i++) {
                buffer[at + i] = (byte) (frame.print() >>> i * Byte.SIZE);
            }
            putNumber(FrameTags.PRINT);
        }
        int end = at;
        put(FrameTags.VERSION_FENCE, frame.version().fence());
        put(FrameTags.VERSION_NUMBER, frame.version().number());
        putLength(end, FrameTags.VERSION);
        put(FrameTags.TO_EPOCH, frame.toEpoch());
        put(FrameTags.FROM_EPOCH, frame.fromEpoch());
        put(FrameTags.FROM, frame.from());
    }

    private void putPart(String lock, Message message) {
        int end = at;
        int tag = FrameTags.PERMISSION;
        if (message instanceof Message.Request request) {
            tag = request.attempt() ? FrameTags.ATTEMPT : FrameTags.REQUEST;
        } else if (message instanceof Message.Refusal refusal) {
            tag = FrameTags.REFUSAL;
            put(FrameTags.HELD, refusal.held() ? 1 : 0);
        }
        putStamp(tag, message.stamp());
        int nameEnd = at;
        byte[] name = lock.getBytes(StandardCharsets.ISO_8859_1);
        at -= name.length;
        System.arraycopy(name, 0, buffer, at, name.length);
        putLength(nameEnd, FrameTags.LOCK);
        putLength(end, FrameTags.PARTS);
    }

    private void putStamp(int tag, Stamp stamp) {
        int end = at;
        put(FrameTags.STAMP_PEER, stamp.peer());
        put(FrameTags.STAMP_TIME, stamp.time());
        putLength(end, tag);
    }

    /** A field of that number; none where it is 0. */
    private void put(int tag, long number) {
        if (number != 0) {
            putNumber(number);
            putNumber(tag);
        }
    }

    /** Before what was written since then, which is a field of its own. */
    private void putLength(int end, int tag) {
        putNumber(end - at);
        putNumber(tag);
    }

    /** Seven bits a byte, the lowest first, and a bit that says whether there is another. */
    private void putNumber(long number) {
        int bits = Long.SIZE - Long.numberOfLeadingZeros(number | 1);
        at -= (bits + 6) / 7;
        int next = at;
        long left = number;
        for (; (left & ~0x7fL) != 0; left >>>= 7) {
            buffer[next++] = (byte) (left | 0x80);
        }
        buffer[next] = (byte) left;
    }
}
