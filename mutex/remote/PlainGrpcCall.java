package mutex.remote;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import mutex.discover.Lookups;
import mutex.text.Durations;
import mutex.text.Printable;
import mutex.transport.FailureText;
import mutex.transport.NetworkErrorText;

/**
 * One gRPC call over a connection of its own, with messages both ways, in the few frames of HTTP/2 that it takes.
 * A thread of its own connects and reads; what is sent is small, and sent by whoever sends it.
 *
 * <p>Source: RFC 9113; https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
final class PlainGrpcCall implements ByteCall {

    private static final int CONNECT_MILLIS = 1_500;
    /** A peer asks for a sign of life every five seconds, as its server has it. */
    private static final int SILENT_MILLIS = 12_000;
    private static final int MOST_HEADERS = 8 << 10;
    /** In as many milliseconds as {@link #SILENT_MILLIS}; few enough for the system to keep them all for a server that does not read. */
    private static final int MOST_REPLIES = 2_000;
    private static final int STREAM = 1; // the only one
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    /** Bytes that may come before we say that we have taken them in; we say so at half of it. */
    private static final int WINDOW = 1 << 20;
    private static final int FIRST_WINDOW = (1 << 16) - 1; // of a connection
    /** HEADER_TABLE_SIZE 0, so that each block of headers can be read by itself; ENABLE_PUSH 0; INITIAL_WINDOW_SIZE. */
    private static final byte[] OUR_SETTINGS = {0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 4, 0, WINDOW >> 16, 0, 0};

    private final String address;
    private final String method;
    private final byte[] request;
    private final ByteListener listener;
    private Socket socket; // guarded by this, as all below
    private DataOutputStream out; // null until the request was sent
    private final List<byte[]> early = new ArrayList<>(); // to be sent after it
    private volatile boolean finished; // by us
    private volatile boolean over;
    private volatile boolean looksUp = true;
    private final GrpcMessages messages = new GrpcMessages(); // of the thread, as the next
    private final ByteArrayOutputStream headers = new ByteArrayOutputStream();
    private boolean trailers; // the headers that are read now are the last
    private boolean answered; // in HTTP/2
    private long countedSince = System.nanoTime();
    private int replies; // since then
    private int taken; // bytes of messages, since we said so

    PlainGrpcCall(String address, String method, byte[] request, ByteListener listener) {
        this.address = address;
        this.method = method;
        this.request = request;
        this.listener = listener;
    }

    @Override
    public void start() {
        Thread thread = new Thread(this::run, "call");
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (OutOfMemoryError noThread) { // the call is over before it began, and that has to be told
            end(UNAVAILABLE, "this machine allows no more threads");
        }
    }

    /** Whatever is thrown, also by the listener, or while that is put into words: the call is over, and that has to be told. */
    private void run() {
        try {
            follow();
        } catch (Error broken) { // such as no memory
            end(UNAVAILABLE, "failed here: " + FailureText.inOneLine(broken));
        } finally {
            end(UNAVAILABLE, "failed here");
        }
    }

    private void follow() {
        try {
            connect();
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            while (!over) {
                frame(in);
            }
        } catch (EOFException gone) {
            end(finished ? OK : UNAVAILABLE, answered ? "it closed the connection" : NetworkErrorText.CLOSED_AT_ONCE);
        } catch (UnknownHostException e) {
            end(UNAVAILABLE, Lookups.unresolved(address.substring(0, address.lastIndexOf(':')), e));
        } catch (ConnectException e) {
            end(UNAVAILABLE, "nothing listens there");
        } catch (SocketTimeoutException silent) {
            end(UNAVAILABLE, answered ? "nothing has come from it for " + Durations.sayMillis(SILENT_MILLIS) : "it does not answer");
        } catch (RuntimeException garbled) {
            end(UNAVAILABLE, NetworkErrorText.NO_PEER);
        } catch (IOException e) {
            end(UNAVAILABLE, Printable.brief(String.valueOf(e.getMessage())));
        }
    }

    private void connect() throws IOException {
        Lookups.keepShort();
        int colon = address.lastIndexOf(':');
        InetAddress[] places = InetAddress.getAllByName(address.substring(0, colon));
        looksUp = false;
        Socket made = connectToAny(places, Integer.parseInt(address.substring(colon + 1)));
        synchronized (this) {
            socket = made;
            made.setTcpNoDelay(true);
            made.setSoTimeout(SILENT_MILLIS);
            out = new DataOutputStream(new BufferedOutputStream(made.getOutputStream()));
            out.write(PREFACE);
            Http2Frame.write(out, Http2Frame.SETTINGS, 0, 0, OUR_SETTINGS);
            Http2Frame.write(out, Http2Frame.HEADERS, Http2Frame.END_HEADERS, STREAM, PlainGrpcHeaders.request(address, method));
            Http2Frame.write(out, Http2Frame.WINDOW_UPDATE, 0, 0, number(WINDOW - FIRST_WINDOW));
            Http2Frame.write(out, Http2Frame.DATA, 0, STREAM, GrpcMessages.prefixed(request));
            for (byte[] more : early) {
                Http2Frame.write(out, Http2Frame.DATA, 0, STREAM, more);
            }
            early.clear();
            if (finished) {
                Http2Frame.write(out, Http2Frame.DATA, Http2Frame.END_STREAM, STREAM, new byte[0]);
            }
            out.flush();
        }
    }

    @Override
    public boolean looksUp() {
        return looksUp;
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    private static Socket connectToAny(InetAddress[] places, int port) throws IOException {
        IOException failed = null;
        for (InetAddress place : places) {
            Socket socket = new Socket(Proxy.NO_PROXY);
            try {
                socket.connect(new InetSocketAddress(place, port), CONNECT_MILLIS);
                return socket;
            } catch (IOException e) {
                socket.close();
                failed = e;
            }
        }
        throw failed; // there is one address at least
    }

    @Override
    public synchronized void send(byte[] message) {
        if (finished) {
            return;
        }
        byte[] prefixed = GrpcMessages.prefixed(message);
        if (out == null && !over) {
            early.add(prefixed);
        }
        sendQuietly(0, prefixed);
    }

    @Override
    public synchronized void finish() {
        if (!finished) {
            finished = true;
            sendQuietly(Http2Frame.END_STREAM, new byte[0]);
        }
    }

    private void sendQuietly(int flags, byte[] payload) {
        if (out != null && !over) {
            try {
                Http2Frame.write(out, Http2Frame.DATA, flags, STREAM, payload);
                out.flush();
            } catch (IOException broken) {
                // whoever reads finds out
            }
        }
    }

    /** Whoever makes us answer without end, and may not read that, would stop the thread that reads. */
    private synchronized void reply(int type, int flags, int stream, byte[] payload) throws IOException {
        long now = System.nanoTime();
        if (now - countedSince > SILENT_MILLIS * 1_000_000L) {
            countedSince = now;
            replies = 0;
        }
        if (++replies > MOST_REPLIES) {
            throw new IOException(NetworkErrorText.NO_PEER);
        }
        Http2Frame.write(out, type, flags, stream, payload);
        out.flush();
    }

    private void frame(DataInputStream in) throws IOException {
        Http2Frame frame = Http2Frame.read(in);
        answered = true;
        byte[] payload = frame.payload(in);
        boolean ours = frame.stream() == STREAM;
        switch (frame.type()) {
            case Http2Frame.DATA -> {
                if (ours) {
                    data(frame, payload);
                }
            }
            case Http2Frame.HEADERS, Http2Frame.CONTINUATION -> headers(frame, payload);
            case Http2Frame.RST_STREAM -> {
                if (ours) {
                    end(UNAVAILABLE, "it broke off the call");
                }
            }
            case Http2Frame.SETTINGS, Http2Frame.PING -> {
                if (!frame.has(Http2Frame.ACK)) {
                    reply(frame.type(), Http2Frame.ACK, 0, frame.type() == Http2Frame.PING ? payload : new byte[0]);
                }
            }
            case Http2Frame.GOAWAY -> {
                if (payload.length < 8 || (ByteBuffer.wrap(payload).getInt() & Integer.MAX_VALUE) < STREAM) {
                    end(UNAVAILABLE, "it takes no calls any more");
                }
            }
            default -> { } // WINDOW_UPDATE, too: what we send is read at once, and gives the window back
        }
    }

    private void data(Http2Frame frame, byte[] payload) throws IOException {
        taken += payload.length;
        if (taken >= WINDOW / 2) {
            reply(Http2Frame.WINDOW_UPDATE, 0, 0, number(taken));
            reply(Http2Frame.WINDOW_UPDATE, 0, STREAM, number(taken));
            taken = 0;
        }
        messages.take(frame.body(payload), listener);
        if (frame.has(Http2Frame.END_STREAM)) { // gRPC says how it ended in trailers
            end(finished ? OK : UNAVAILABLE, "it ended the call without a word");
        }
    }

    private void headers(Http2Frame frame, byte[] payload) throws IOException {
        boolean first = frame.type() == Http2Frame.HEADERS;
        headers.writeBytes(first ? frame.body(payload) : payload);
        if (headers.size() > MOST_HEADERS) {
            throw new IOException(NetworkErrorText.NO_PEER);
        }
        trailers |= first && frame.has(Http2Frame.END_STREAM);
        if (frame.has(Http2Frame.END_HEADERS)) {
            endOfHeaders();
        }
    }

    private void endOfHeaders() throws IOException {
        byte[] block = headers.toByteArray();
        headers.reset();
        if (trailers && finished) {
            end(OK, null); // it is as we wanted, whatever it says
        } else if (trailers) {
            PlainGrpcHeaders.GrpcStatus status = PlainGrpcHeaders.status(block);
            end(status.code(), status.code() == 12 ? "it is a gRPC server, but not a peer" : Printable.brief(status.message()));
        }
    }

    private void end(int status, String reason) {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
        }
        try {
            close();
        } finally {
            listener.ended(status, reason);
        }
    }

    private synchronized void close() {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            // it is gone either way
        }
    }
}
