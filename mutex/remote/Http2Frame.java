package mutex.remote;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import mutex.transport.NetworkErrorText;

/**
 * The header of a frame of HTTP/2, and the frame's payload behind it.
 *
 * <p>Source: RFC 9113, sections 4.1 and 6
 *
 * @param length of the payload, bytes
 * @param stream 0 where the frame is about the connection
 */
record Http2Frame(int length, int type, int flags, int stream) {

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    // Flags. The first has two names, by the type of the frame.
    static final int ACK = 1;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;
    private static final int PADDED = 8;
    private static final int PRIORITY = 0x20;

    private static final int MOST = 16 << 10;
    private static final int TLS_ALERT = 0x1503; // as a record of TLS begins

    /** @throws IOException in one line, also when it is another protocol, as its lengths show */
    static Http2Frame read(DataInputStream in) throws IOException {
        int head = in.readInt();
        if (head >>> 8 > MOST) { // an alert of TLS is shorter than the rest of this
            throw new IOException(head >>> 16 == TLS_ALERT ? NetworkErrorText.REQUIRES_TLS : NetworkErrorText.NO_PEER);
        }
        return new Http2Frame(head >>> 8, head & 0xff, in.readUnsignedByte(), in.readInt() & Integer.MAX_VALUE);
    }

    static void write(DataOutputStream out, int type, int flags, int stream, byte[] payload) throws IOException {
        out.writeInt(payload.length << 8 | type);
        out.writeByte(flags);
        out.writeInt(stream);
        out.write(payload);
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** What follows the header: to be read once. */
    byte[] payload(DataInputStream in) throws IOException {
        byte[] payload = new byte[length];
        in.readFully(payload);
        return payload;
    }

    /** The payload of DATA or HEADERS without padding and priority. */
    byte[] body(byte[] payload) throws IOException {
        int from = 0;
        int to = payload.length;
        if (has(PADDED)) {
            to -= payload[0] & 0xff;
            from++;
        }
        if (type == HEADERS && has(PRIORITY)) {
            from += 5;
        }
        if (from > to) {
            throw new IOException(NetworkErrorText.NO_PEER);
        }
        return Arrays.copyOfRange(payload, from, to);
    }
}
