package mutex.wire;

import mutex.MutexProto.LinkMessage;
import mutex.event.Frame;
import mutex.log.VectorClock;

/**
 * What goes over a link in one piece: a LinkMessage of the wire, in the form that costs least. A {@link ReadFrame} only comes in, and a
 * {@link WrittenFrame} only goes out; a {@link Generated} one goes either way.
 */
public sealed interface Packet {

    /** Bytes on the wire. */
    int size();

    /** Any of them, as generated code has it. */
    record Generated(LinkMessage message) implements Packet {
        @Override
        public int size() {
            return message.getSerializedSize();
        }
    }

    /**
     * A frame of another peer, read and checked by {@link FrameReader}.
     *
     * @param vector how many logged events of each peer its sender knew
     */
    record ReadFrame(Frame frame, VectorClock.Reading vector, int size) implements Packet {}

    /** A frame to another peer, written by {@link FrameWriter}. The bytes are not to be changed. */
    record WrittenFrame(byte[] bytes) implements Packet {
        @Override
        public int size() {
            return bytes.length;
        }
    }
}
