///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Closing.java support/Eventually.java support/FreePorts.java support/InProcess.java
//SOURCES support/Neighbour.java support/Voice.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mutex.metrics.MetricsServer;
import mutex.transport.EventLoop;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Closing;
import tests.support.Eventually;
import tests.support.FreePorts;
import tests.support.InProcess;
import tests.support.Neighbour;

/** What a peer tells a machine that looks after it, beside what has happened. */
@Timeout(120)
class MetricsTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private Path folder;
    @AutoClose
    private final Closing open = new Closing();

    private MetricsServer measured(Neighbour peer) throws IOException {
        return open.add(new MetricsServer(peer.peer.loop(), InetAddress.getLoopbackAddress(), 0));
    }

    private static HttpResponse<String> get(MetricsServer server, String path) {
        try {
            return HTTP.send(HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path)).build(), BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The value of the line that begins so; 0 where there is none, as of what never happened with a label. */
    private static double value(MetricsServer server, String name) {
        HttpResponse<String> scraped = get(server, "/metrics");
        assertEquals(200, scraped.statusCode());
        Matcher line = Pattern.compile("(?m)^" + Pattern.quote(name) + " (\\S+)$").matcher(scraped.body());
        return line.find() ? Double.parseDouble(line.group(1)) : 0;
    }

    private static void assertShows(MetricsServer server, double expected, String name) {
        assertEquals(expected, value(server, name), () -> name + " in\n" + get(server, "/metrics").body());
    }

    @Test
    @Tag("slow")
    void halfARequestSilencesNobody() throws IOException {
        Neighbour one = open.add(new Neighbour(folder, 1, 0)).awaitGroupOf(1);
        MetricsServer server = measured(one);
        String[] halves = {"GET /met", "GET /ready HTTP/1.1\r\nHost: loc", "POST /ready HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\nx", ""};
        List<Socket> sockets = new ArrayList<>();
        try {
            long began = System.nanoTime();
            for (int i = 0; i < 90; i++) {
                Socket socket = new Socket("localhost", server.port());
                sockets.add(socket);
                socket.getOutputStream().write(halves[i % halves.length].getBytes(StandardCharsets.US_ASCII));
            }
            assertTrue(System.nanoTime() - began < 5_000_000_000L, "the system's queue of those that wait to be accepted is long enough");
            HttpRequest ready = HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + "/ready"))
                    .timeout(Duration.ofSeconds(20)).build();
            Eventually.holds(() -> code(ready) == 200, () -> "it is served once those are cut off");
            Socket half = sockets.get(0);
            half.setSoTimeout(30_000);
            assertEquals(-1, half.getInputStream().read(), "half a request is cut off");
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    /** 0 where it waited as long as the others, and was cut off with them. */
    private static int code(HttpRequest request) {
        try {
            return HTTP.send(request, BodyHandlers.ofString()).statusCode();
        } catch (IOException cutOff) {
            return 0;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aScrapeShowsWhatHasHappened() throws IOException {
        int port = Neighbour.freePort();
        Neighbour one = open.add(new Neighbour(folder, 1, 0, "localhost:" + port));
        Neighbour two = open.add(new Neighbour(folder, 2, port, one.endpoint())).awaitGroupOf(2);
        one.awaitGroupOf(2);
        MetricsServer server = measured(one);
        for (int i = 0; i < 5; i++) {
            one.takeTurn("turns");
        }
        Neighbour.Asked held = one.ask("held");
        Eventually.get(held.entered, "peer 1 holds the lock");
        one.ask("held"); // waits behind it
        Neighbour.Asked withdrawn = one.ask("theirs2");
        Eventually.get(withdrawn.entered, "peer 1 holds another");
        one.giveBack(withdrawn);
        Neighbour.Asked theirs = two.ask("theirs");
        Eventually.get(theirs.entered, "peer 2 holds its lock");
        Neighbour.Asked cancelled = one.ask("theirs");
        Eventually.holds(() -> one.look().node().locks().size() == 2, () -> "peer 1 wants the other lock: " + one.look());
        assertShows(server, 2, "afteryou_waiting");
        assertShows(server, 1, "afteryou_held");
        one.giveBack(cancelled);
        two.ask("held");
        Eventually.holds(() -> value(server, "afteryou_deferred") == 1, () -> "peer 2 waits for peer 1");
        assertShows(server, 7, "afteryou_entries_total");
        assertShows(server, 1, "afteryou_cancelled_total");
        assertShows(server, 0, "afteryou_lost_total");
        assertShows(server, 7, "afteryou_acquire_seconds_count");
        assertShows(server, 7, "afteryou_acquire_seconds_bucket{le=\"+Inf\"}");
        assertShows(server, 6, "afteryou_hold_seconds_count");
        assertTrue(value(server, "afteryou_hold_seconds_sum") > 0);
        // A request to the one other for each entry, and one more that was withdrawn.
        assertShows(server, 8, "afteryou_messages_total{direction=\"sent\",kind=\"request\"}");
        assertShows(server, 7, "afteryou_messages_total{direction=\"received\",kind=\"permission\"}");
        assertShows(server, 1, "afteryou_waiting");
        assertShows(server, 2, "afteryou_members");
        assertShows(server, 1, "afteryou_linked");
        assertShows(server, 1, "afteryou_serving");
        assertShows(server, one.look().node().epoch(), "afteryou_epoch");
    }

    @Test
    @Tag("slow")
    void aPeerWithoutAMajorityHasLostWhatItHeldAndServesNoMore() throws Exception {
        List<Neighbour> group = leased();
        Neighbour one = group.get(0);
        MetricsServer server = measured(one);
        ManagedChannel channel = open.add(new EventLoop()).channelTo(one.endpoint());
        open.add(channel::shutdownNow);
        Eventually.holds(() -> health(channel) == ServingStatus.SERVING, () -> "healthy while in standing");
        Eventually.holds(() -> get(server, "/ready").statusCode() == 200, () -> "ready while in standing: " + one.look());
        Eventually.get(one.ask("mine").entered, "peer 1 holds the lock");
        double epoch = value(server, "afteryou_epoch");
        group.get(2).close();
        Eventually.holds(() -> value(server, "afteryou_absent") == 1, () -> "peer 3 is absent: " + one.look());
        assertShows(server, 1, "afteryou_serving");
        group.get(1).close();
        Eventually.holds(() -> value(server, "afteryou_serving") == 0, () -> "no majority, but: " + one.look());
        assertShows(server, 1, "afteryou_lost_total");
        assertShows(server, 0, "afteryou_held");
        assertShows(server, 1, "afteryou_hold_seconds_count");
        assertTrue(value(server, "afteryou_epoch") > epoch);
        assertEquals(503, get(server, "/ready").statusCode());
        Eventually.holds(() -> health(channel) == ServingStatus.NOT_SERVING, () -> "healthy without standing");
    }

    /** Three with a lease that a loaded machine keeps. */
    private List<Neighbour> leased() {
        List<Integer> ports = FreePorts.take(3);
        List<Neighbour> group = new ArrayList<>();
        for (int id = 1; id <= 3; id++) {
            String[] others = {"localhost:" + ports.get(id % 3), "localhost:" + ports.get((id + 1) % 3)};
            group.add(open.add(new Neighbour(folder, id, ports.get(id - 1), 5_000L, others)));
        }
        group.forEach(peer -> peer.awaitGroupOf(3));
        return group;
    }

    private static ServingStatus health(ManagedChannel channel) {
        return HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.newBuilder().setService("mutex.v1.Mutex").build()).getStatus();
    }

    @Test
    void anEndlessFirstLineOrHeaderIsRefused() throws IOException {
        MetricsServer server = measured(open.add(new Neighbour(folder, 1, 0)));
        String much = "x".repeat(100_000);
        for (String request : List.of("GET /" + much + " HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET /ready HTTP/1.1\r\nHost: localhost\r\nX: " + much + "\r\n\r\n")) {
            try (Socket socket = new Socket("localhost", server.port())) {
                String answer;
                try {
                    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                    answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
                } catch (IOException cutOff) { // with what was not read
                    answer = "";
                }
                assertTrue(answer.isEmpty() || answer.equals("HTTP/1.1 400"), answer);
            }
        }
        assertEquals(404, get(server, "/" + "x".repeat(10_000)).statusCode());
    }

    /** What is logged would stand on the peer's terminal, with a stack trace. */
    @Test
    void whoGoesBeforeItHasReadItsAnswersIsNoNews() throws IOException {
        List<String> logged = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                logged.add(line.getLoggerName() + ": " + line.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger root = Logger.getLogger("");
        root.addHandler(handler);
        open.add(() -> root.removeHandler(handler));
        MetricsServer server = measured(open.add(new Neighbour(folder, 1, 0)));
        byte[] requests = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(200).getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 40; i++) {
            try (Socket socket = new Socket("localhost", server.port())) {
                socket.setSoLinger(true, 0);
                socket.getOutputStream().write(requests);
                assertTrue(socket.getInputStream().read() >= 0);
            }
        }
        assertShows(server, 0, "afteryou_held");
        assertEquals(List.of(), logged);
    }

    @Test
    void thereIsNothingElseToGet() throws IOException {
        MetricsServer server = measured(open.add(new Neighbour(folder, 1, 0)));
        assertEquals(404, get(server, "/").statusCode());
        assertEquals(404, get(server, "/ready/x").statusCode());
        assertFalse(get(server, "/metrics").body().contains("lock=\""), "names of locks are no labels");
    }

    @Test
    void aPortThatIsTakenIsNamedInOneLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
            int port = taken.getLocalPort();
            InProcess peer = InProcess.run("--id", "7", "--port", "0", "--peers-file", "/dev/null",
                    "--state", folder.toString(), "--metrics", "" + port);
            assertEquals(78, peer.code(), peer::toString);
            assertEquals("peer: --metrics " + port + ": localhost:" + port + " cannot be listened on (Address already in use); choose another port\n",
                    peer.err());
            assertEquals("", peer.out());
        }
    }

    public static void main(String[] args) {
        Run.only(MetricsTest.class);
    }
}
