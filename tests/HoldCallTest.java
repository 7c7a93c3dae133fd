///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Eventually.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import mutex.algorithm.LockMode;
import mutex.remote.HoldClientCall;
import mutex.status.LockClient;
import mutex.remote.HoldClientCall.HoldEnd;
import mutex.status.LockClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tests.support.Eventually;

/** A call tells how it ended, whatever is on the other side. */
@Timeout(60)
class HoldCallTest {

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int PING = 6;
    private static final int SETTINGS = 4;
    private static final int GOAWAY = 7;
    private static final int CONTINUATION = 9;
    private static final byte[] WAITING = {0, 0, 0, 0, 2, 8, 1};

    private interface Script {
        void play(DataOutputStream out) throws IOException;
    }

    private final CompletableFuture<String> ended = new CompletableFuture<>();
    private ServerSocket server;

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    /** Plays the server, which then leaves the connection open; why the call ended. */
    private String endOf(Script script, Runnable onWaiting) throws IOException {
        server = new ServerSocket(0, 5, InetAddress.getByName("localhost"));
        Thread thread = new Thread(() -> {
            try (Socket socket = server.accept()) {
                DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                frame(out, SETTINGS, 0, 0);
                script.play(out);
                ended.join();
            } catch (IOException e) {
                // the client has gone
            }
        });
        thread.setDaemon(true);
        thread.start();
        HoldClientCall.open("localhost:" + server.getLocalPort(), null, LockClient.here(LockClient.ClientKind.LOCK), LockMode.exclusive("x"), false, 0, 0, 0, new HoldClientCall.HoldListener() {
            @Override
            public void waiting() {
                onWaiting.run();
            }

            @Override
            public void hasRun(int peer, long agoMillis, long againMillis) { }

            @Override
            public void held(long fence) {}

            @Override
            public void sure(long question, long millis, long atBestMillis, boolean able) {}

            @Override
            public void leaving() {}

            @Override
            public void ended(HoldEnd end, String reason) {
                ended.complete(end + ": " + reason);
            }
        });
        return Eventually.get(ended, "the end of the call");
    }

    private String endOf(Script script) throws IOException {
        return endOf(script, () -> { });
    }

    private static void frame(DataOutputStream out, int type, int flags, int stream, int... payload) throws IOException {
        byte[] bytes = new byte[payload.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) payload[i];
        }
        frame(out, type, flags, stream, bytes);
    }

    private static void frame(DataOutputStream out, int type, int flags, int stream, byte[] payload) throws IOException {
        out.writeInt(payload.length << 8 | type);
        out.writeByte(flags);
        out.writeInt(stream);
        out.write(payload);
        out.flush();
    }

    /** Else whoever holds a lock would go on as if it did. */
    @Test
    void anErrorOfOursEndsTheCall() throws IOException {
        String end = endOf(out -> frame(out, DATA, 0, 1, WAITING), () -> {
            throw new OutOfMemoryError("Java heap space");
        });
        assertTrue(end.matches("UNAVAILABLE: failed here: OutOfMemoryError \\(Java heap space\\) at mutex\\.\\S+"), end);
    }

    @Test
    void messageOfANegativeLength() throws IOException {
        assertEquals("UNAVAILABLE: it is not a peer", endOf(out -> frame(out, DATA, 0, 1, 0, 0xff, 0xff, 0xff, 0xff)));
    }

    @Test
    void messageThatIsTooLong() throws IOException {
        assertEquals("UNAVAILABLE: it is not a peer", endOf(out -> frame(out, DATA, 0, 1, 0, 0x7f, 0xff, 0xff, 0xff)));
    }

    @Test
    void messageThatIsCompressed() throws IOException {
        assertEquals("UNAVAILABLE: it is not a peer", endOf(out -> frame(out, DATA, 0, 1, 1, 0, 0, 0, 0)));
    }

    @Test
    void messageWithATimeBelowZero() throws IOException {
        int[] sure = {0, 0, 0, 0, 13, 8, 3, 0x38, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1};
        assertEquals("UNAVAILABLE: it is not a peer", endOf(out -> frame(out, DATA, 0, 1, sure)));
    }

    @Test
    void paddingWithoutAByte() throws IOException {
        assertEquals("UNAVAILABLE: it is not a peer", endOf(out -> frame(out, DATA, 8, 1)));
    }

    @Test
    void headersWithoutAnEnd() throws IOException {
        assertEquals("UNAVAILABLE: it is not a peer", endOf(out -> {
            frame(out, HEADERS, 0, 1, new byte[1_000]);
            for (int i = 0; i < 20; i++) {
                frame(out, CONTINUATION, 0, 1, new byte[1_000]);
            }
        }));
    }

    @Test
    void streamThatEndsWithoutTrailers() throws IOException {
        assertEquals("UNAVAILABLE: it ended the call without a word", endOf(out -> frame(out, DATA, 1, 1)));
    }

    @Test
    void connectionThatTakesNoCalls() throws IOException {
        assertEquals("UNAVAILABLE: it takes no calls any more", endOf(out -> frame(out, GOAWAY, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0)));
    }

    @Test
    void listenerThatThrows() throws IOException {
        assertEquals("UNAVAILABLE: it is not a peer", endOf(out -> frame(out, DATA, 0, 1, WAITING), () -> {
            throw new IllegalStateException("a fault of the test's");
        }));
    }

    @Test
    void dataOfAnotherStreamDoesNotCount() throws IOException {
        assertEquals("UNAVAILABLE: it ended the call without a word", endOf(out -> {
            frame(out, DATA, 0, 3, 0, 0xff, 0xff, 0xff, 0xff);
            frame(out, DATA, 1, 1);
        }));
    }

    /** More answers than any system keeps for a server that does not read: the thread that reads would stand still. */
    @Test
    void pingsWithoutEndByWhomReadsNoAnswer() throws IOException {
        ByteArrayOutputStream pings = new ByteArrayOutputStream();
        for (int i = 0; i < 1_000; i++) {
            frame(new DataOutputStream(pings), PING, 0, 0, new byte[8]);
        }
        assertEquals("UNAVAILABLE: it is not a peer", endOf(out -> {
            for (int i = 0; i < 2_000 && !ended.isDone(); i++) {
                out.write(pings.toByteArray());
            }
        }));
    }

    @Test
    void noRoomForALockIsToldFromNoRoomForACall() throws IOException {
        assertEquals("FULL: [x] refused: 1024 locks", endOf(out -> frame(out, HEADERS, 5, 1, trailers("8", "[x] refused: 1024 locks"))));
    }

    @Test
    void noRoomForACallSendsTheClientOn() throws IOException {
        assertEquals("UNAVAILABLE: this peer has 200 Hold streams open",
                endOf(out -> frame(out, HEADERS, 5, 1, trailers("8", "this peer has 200 Hold streams open"))));
    }

    /** Literals that are not indexed (RFC 7541, 6.2.2). */
    private static byte[] trailers(String status, String message) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (String[] field : new String[][] {{"grpc-status", status}, {"grpc-message", message}}) {
            block.write(0);
            for (String text : field) {
                block.write(text.length());
                block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
            }
        }
        return block.toByteArray();
    }

    @Test
    @Tag("slow")
    void machineThatFallsSilentWhileOneWaits() throws IOException {
        long began = System.nanoTime();
        assertEquals("UNAVAILABLE: nothing has come from it for 12 s", endOf(out -> frame(out, DATA, 0, 1, WAITING)));
        assertTrue(System.nanoTime() - began < 30_000_000_000L);
    }

    public static void main(String[] args) {
        Run.only(HoldCallTest.class);
    }
}
