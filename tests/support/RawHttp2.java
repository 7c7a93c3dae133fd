package tests.support;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A client that writes its HTTP/2 frames itself, so that it can do what no library does. */
public final class RawHttp2 implements AutoCloseable {

    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int ACK = 1;
    private static final int PING = 6;
    private static final byte CANCEL = 8;

    private final Socket socket;
    private final DataInputStream in;

    /** @param window bytes of each stream that the peer may send before more are asked for, which never happens */
    public RawHttp2(int port, int window) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        in = new DataInputStream(socket.getInputStream());
        socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        send(SETTINGS, 0, 0, new byte[] {0, 4, (byte) (window >> 24), (byte) (window >> 16), (byte) (window >> 8), (byte) window});
    }

    /** Begins a call on the stream, whose number is odd and grows. */
    public void call(int stream, String method) throws IOException {
        write(headers(stream, method));
    }

    private static byte[] headers(int stream, String method) throws IOException {
        ByteArrayOutputStream headers = new ByteArrayOutputStream();
        String[] all = {":method", "POST", ":scheme", "http", ":path", "/" + method, ":authority", "localhost",
            "content-type", "application/grpc", "te", "trailers"};
        for (int i = 0; i < all.length; i += 2) {
            headers.write(0); // a literal that is not indexed
            for (String text : new String[] {all[i], all[i + 1]}) {
                headers.write(text.length());
                headers.write(text.getBytes(StandardCharsets.US_ASCII));
            }
        }
        return frame(HEADERS, END_HEADERS, stream, headers.toByteArray());
    }

    /** So many calls, each begun with the message and then broken off; in one piece. */
    public void brokenOff(int calls, String method, byte... message) throws IOException {
        many(0, calls, true, method, message);
    }

    /** So many calls with that one message, after so many others, ended in order; in one piece. */
    public void complete(int before, int calls, String method, byte... message) throws IOException {
        many(before, calls, false, method, message);
    }

    private void many(int before, int calls, boolean brokenOff, String method, byte... message) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int stream = 2 * before + 1; stream < 2 * (before + calls); stream += 2) {
            all.write(headers(stream, method));
            all.write(frame(DATA, brokenOff ? 0 : END_STREAM, stream, message));
            if (brokenOff) {
                all.write(frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, CANCEL}));
            }
        }
        write(all.toByteArray());
    }

    public void data(int stream, boolean last, byte... bytes) throws IOException {
        send(DATA, last ? END_STREAM : 0, stream, bytes);
    }

    private void send(int type, int flags, int stream, byte[] payload) throws IOException {
        write(frame(type, flags, stream, payload));
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(new byte[] {(byte) (payload.length >> 16), (byte) (payload.length >> 8), (byte) payload.length, (byte) type, (byte) flags,
            (byte) (stream >> 24), (byte) (stream >> 16), (byte) (stream >> 8), (byte) stream});
        frame.write(payload);
        return frame.toByteArray();
    }

    private synchronized void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** Sends no more. */
    public void end() throws IOException {
        socket.shutdownOutput();
    }

    /** Reads on, and answers pings, until the peer ends the stream or the connection; gives the type of the frame that does, or -1. */
    public int awaitEnd(int stream, int withinMillis) throws IOException {
        long deadline = System.nanoTime() + withinMillis * 1_000_000L;
        while (true) {
            socket.setSoTimeout((int) Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
            int first = readOrReset();
            if (first < 0) {
                return -1;
            }
            int length = first << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int of = in.readInt();
            byte[] payload = in.readNBytes(length);
            if (type == PING && (flags & ACK) == 0) {
                send(PING, ACK, 0, payload);
            }
            if (of == stream && (type == RST_STREAM || type == HEADERS && (flags & END_STREAM) != 0)) {
                return type;
            }
        }
    }

    /** The peer that closes while something from us is on its way to it resets the connection: that, too, is its end. */
    private int readOrReset() throws IOException {
        try {
            return in.read();
        } catch (SocketException reset) {
            return -1;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
