///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Closing.java support/Eventually.java support/FreePorts.java support/InProcess.java
//SOURCES support/Jvm.java support/Neighbour.java support/PeerProcesses.java
//SOURCES support/Running.java support/Voice.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mutex.algorithm.Algorithm.State;
import mutex.event.LogEvent;
import mutex.event.NodeView;
import mutex.log.LogEntry;
import mutex.log.VectorClock;
import mutex.web.EventBuffer;
import mutex.web.WebServer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Closing;
import tests.support.Eventually;
import tests.support.InProcess;
import tests.support.Neighbour;
import tests.support.PeerProcesses;

/** The server of the live page: who is answered, what the buttons do, and that nothing of it is left behind. */
@Timeout(120)
class WebTest {

    private static final int ANSWER_MILLIS = 30_000;

    @TempDir
    private Path folder;
    @AutoClose
    private final Closing open = new Closing();
    private Neighbour peer;
    private WebServer server;
    private int port;
    private String secret; // with the slashes around it

    private void start() throws IOException {
        peer = open.add(new Neighbour(folder, 1, 0)).awaitGroupOf(1);
        serve(null);
    }

    private void serve(Path kept) throws IOException {
        server = open.add(new WebServer(peer.peer.loop(), 0, null, kept));
        port = URI.create(server.address()).getPort();
        secret = URI.create(server.address()).getPath();
    }

    /** Sends the request line and headers as they are; what comes until the server closes the connection. */
    private String answer(String body, String... lines) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(ANSWER_MILLIS);
            String head = Stream.concat(Stream.of(lines), Stream.of("Connection: close", "Content-Length: " + body.length(), "", ""))
                    .collect(Collectors.joining("\r\n"));
            socket.getOutputStream().write((head + body).getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String get(String path, String... headers) throws IOException {
        return answer("", Stream.concat(Stream.of("GET " + below(path) + " HTTP/1.1"), Stream.of(headers)).toArray(String[]::new));
    }

    private String below(String path) {
        return secret + path.substring(1);
    }

    /** A button of the page itself. */
    private String press(String button, String lock) throws IOException {
        return answer(lock, "POST " + secret + button + " HTTP/1.1", host(), "Origin: http://localhost:" + port);
    }

    private String host() {
        return "Host: localhost:" + port;
    }

    private static void assertSays(int code, String line, String answer) {
        assertTrue(answer.startsWith("HTTP/1.1 " + code + " "), answer);
        assertTrue(answer.endsWith("\r\n\r\n" + line + "\n"), answer);
    }

    @Test
    @Tag("slow")
    void halfRequestsCostAFixedNumberOfThreads() throws IOException {
        Eventually.holds(() -> pageThreads() == 0, () -> "those of another test have ended");
        start();
        long threads = pageThreads();
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 90; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                sockets.add(socket);
                socket.getOutputStream().write((i % 2 == 0 ? "GET " + secret + "ev" : "POST " + secret + "request HTTP/1.1\r\n" + host()).getBytes(StandardCharsets.US_ASCII));
            }
            Eventually.holds(this::answers, () -> "the page is there once those are cut off");
            assertEquals(threads, pageThreads());
            sockets.get(0).setSoTimeout(ANSWER_MILLIS);
            assertEquals(-1, sockets.get(0).getInputStream().read(), "half a request is cut off");
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private boolean answers() {
        try {
            return get("/", host()).startsWith("HTTP/1.1 200 ");
        } catch (IOException cutOff) { // for it waited as long as the others
            return false;
        }
    }

    private static long pageThreads() {
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().equals("page")).count();
    }

    @Test
    void onlyThisMachinesNamesAreAnswered() throws IOException {
        start();
        for (String name : List.of("localhost:" + port, "127.0.0.1:" + port, "LOCALHOST", "[::1]:9000")) { // a tunnel has another port
            assertTrue(get("/", "Host: " + name).startsWith("HTTP/1.1 200 "), name);
        }
        String open = ", not this machine; open the address that the peer has printed";
        for (String name : List.of("evil.example", "evil.example:" + port, "localhost.evil.example", "127.0.0.1.evil.example:80", "localhost:1@evil.example")) {
            assertSays(403, "the host is \"" + name + "\"" + open, get("/", "Host: " + name));
            assertSays(403, "the host is \"" + name + "\"" + open, get("/events", "Host: " + name));
        }
        assertSays(403, "the host is missing" + open, get("/", "Host: localhost", "Host: evil.example"));
    }

    @Test
    void onlyThePageItselfPressesButtonsAndReadsEvents() throws IOException {
        start();
        String own = "http://localhost:" + port;
        String only = ", not " + own + "; only the page itself may ask this";
        for (String origin : List.of("http://evil.example", "null", "https://localhost:" + port, "http://localhost:" + (port - 1), own + ".evil.example")) {
            assertSays(403, "the origin is \"" + origin + "\"" + only, get("/events", host(), "Origin: " + origin));
            assertSays(403, "the origin is \"" + origin + "\"" + only, answer("x", "POST " + secret + "request HTTP/1.1", host(), "Origin: " + origin));
        }
        assertSays(403, "the origin is missing" + only, answer("x", "POST " + secret + "request HTTP/1.1", host()));
        String another = "another page has asked; only the page itself may";
        assertSays(403, another, get("/events", host(), "Sec-Fetch-Site: cross-site"));
        assertSays(403, another, answer("x", "POST " + secret + "request HTTP/1.1", host(), "Origin: " + own, "Sec-Fetch-Site: same-site"));
        assertTrue(get("/", host(), "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate").startsWith("HTTP/1.1 200 "), "a link is followed");
        assertEquals(List.of(), peer.look().node().locks(), "nothing was asked for");
    }

    @Test
    void onlyWhoKnowsTheAddressSeesAnythingOrPressesAButton() throws IOException {
        start();
        assertTrue(secret.matches("/[A-Za-z0-9_-]{22}/"), secret);
        char first = secret.charAt(1) == 'A' ? 'B' : 'A';
        String wrong = "/" + first + secret.substring(2);
        String upper = secret.equals(secret.toUpperCase(Locale.ROOT)) ? secret.toLowerCase(Locale.ROOT) : secret.toUpperCase(Locale.ROOT);
        for (String before : List.of("/", wrong, upper, secret.substring(0, 22) + "/", "/x" + secret, "/" + secret, wrong.substring(0, 23) + secret,
                "/./", "/.." + secret, "/%00/", "/" + "x".repeat(5_000) + "/", "/?" + secret)) {
            for (String what : List.of("", "events", "live.js", "diagram.css", "request", "none")) {
                String answer = answer("", "GET " + before + what + " HTTP/1.1", host());
                assertSays(404, "nothing is here; open the whole address that the peer has printed", answer);
                assertFalse(answer.contains(secret.substring(1, 23)), answer);
            }
            assertSays(404, "nothing is here; open the whole address that the peer has printed",
                    answer("x", "POST " + before + "request HTTP/1.1", host(), "Origin: http://localhost:" + port));
        }
        assertEquals(List.of(), peer.look().node().locks(), "nothing was asked for");
        String noSlash = answer("", "GET " + secret.substring(0, 23) + " HTTP/1.1", host());
        assertTrue(noSlash.startsWith("HTTP/1.1 308 ") && noSlash.contains("Location: " + secret + "\r\n"), noSlash);
        assertTrue(get("/", host()).startsWith("HTTP/1.1 200 "));
        assertTrue(answer("", "GET " + secret.replaceFirst("^/(.)", "/%" + Integer.toHexString(secret.charAt(1))) + " HTTP/1.1", host())
                .startsWith("HTTP/1.1 200 "), "the same address, written otherwise");
    }

    @Test
    void theAddressStaysWhereOnlyItsOwnerCanHaveReadIt() throws IOException {
        Path kept = folder.resolve("no folder yet").resolve("peer-1.page");
        peer = open.add(new Neighbour(folder, 1, 0)).awaitGroupOf(1);
        serve(kept);
        String first = secret;
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)));
        serve(kept);
        assertEquals(first, secret, "an open page goes on after a restart");
        Files.setPosixFilePermissions(kept, PosixFilePermissions.fromString("rw-r-----"));
        serve(kept);
        assertNotEquals(first, secret, "others may have read it");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)));
        for (String text : List.of("", "\n", "short", "x".repeat(23), "../../../../etc/passwd", "x".repeat(100_000))) {
            String before = secret;
            Files.writeString(kept, text);
            serve(kept);
            assertNotEquals(before, secret, text);
            assertTrue(secret.matches("/[A-Za-z0-9_-]{22}/"), secret);
        }
        Path other = Files.writeString(folder.resolve("other"), secret.substring(1, 23), StandardOpenOption.CREATE_NEW);
        Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rw-------"));
        Files.delete(kept);
        Files.createSymbolicLink(kept, other);
        String before = secret;
        serve(kept);
        assertNotEquals(before, secret, "a link is not followed");
        assertEquals(before, "/" + Files.readString(other) + "/", "nor written through");
        Files.delete(kept);
        Files.createDirectories(kept.resolve("a folder"));
        serve(kept); // it cannot be kept: the page is there all the same
        assertTrue(get("/", host()).startsWith("HTTP/1.1 200 "));
    }

    @Test
    void noPageMayHaveItInAFrameOrKeepIt() throws IOException {
        start();
        for (String path : List.of("/", "/live.js", "/diagram.js", "/live.css", "/diagram.css", "/none")) {
            String answer = get(path, host());
            assertTrue(answer.contains("Content-security-policy: default-src 'none'; script-src 'self';") && answer.contains("frame-ancestors 'none'")
                    && answer.contains("Cache-control: no-store") && answer.contains("X-frame-options: DENY") && answer.contains("X-content-type-options: nosniff"), answer);
        }
        assertSays(404, "nothing is here; the page is " + server.address(), get("/../peers.txt", host()));
        assertSays(405, "GET is not possible here", get("/request", host()));
        assertSays(405, "DELETE is not possible here", answer("", "DELETE " + secret + " HTTP/1.1", host(), "Origin: http://localhost:" + port));
    }

    @Test
    void buttonsAskCancelAndGiveBackAtThisPeer() throws IOException {
        start();
        assertSays(200, "done", press("request", "x"));
        Eventually.holds(() -> state("x") == State.HELD, () -> "held: " + peer.look());
        assertSays(409, "request: peer 1 [x] is already HELD; \"release\" gives it back", press("request", "x"));
        assertSays(409, "cancel: peer 1 [x] is HELD; \"release\" gives it back", press("cancel", "x"));
        assertSays(200, "done", press("release", "x"));
        Eventually.holds(() -> state("x") == null, () -> "given back: " + peer.look());
        Neighbour.Asked other = peer.ask("y");
        Eventually.get(other.entered, "somebody else at this peer has the lock");
        assertSays(409, "release: peer 1 [y] is not HELD by this page; the table says who has it, and how it is given back", press("release", "y"));
        assertSays(200, "done", press("request", "y"));
        assertSays(409, "request: peer 1 [y] is already waiting; \"cancel\" gives up", press("request", "y"));
        assertSays(409, "release: peer 1 [y] is still waiting; \"cancel\" gives up", press("release", "y"));
        assertSays(200, "done", press("cancel", "y"));
        Eventually.holds(() -> peer.look().node().locks().get(0).waiting() == 0, () -> "withdrawn: " + peer.look());
        assertEquals(State.HELD, state("y"), "the other one keeps it");
    }

    @Test
    void aButtonPressedBeforeItsRequestIsMadeWithdrawsIt() throws Exception {
        start();
        CountDownLatch busy = new CountDownLatch(1);
        peer.peer.loop().follow(0, entry -> {
            try {
                busy.await(); // the loop makes no request meanwhile
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        Neighbour.Asked first = peer.ask("first");
        assertSays(200, "done", press("request", "x"));
        assertSays(200, "done", press("cancel", "x"));
        busy.countDown();
        Eventually.get(first.entered, "the loop goes on");
        Eventually.holds(() -> state("x") == null, () -> "withdrawn: " + peer.look());
        assertSays(409, "cancel: peer 1 [x] is not asked for by this page; the table says who has it, and how it is given back", press("cancel", "x"));
    }

    private State state(String lock) {
        return peer.look().node().locks().stream().filter(each -> each.name().equals(lock)).map(NodeView.LockView::state).findFirst().orElse(null);
    }

    @Test
    void severalLocksWithModesAreRequestedAndReleasedTogether() throws IOException {
        start();
        assertSays(200, "done", press("request", "a,b:shared,gpu:2/8"));
        Eventually.holds(() -> state("a") == State.HELD && state("b") == State.HELD && state("gpu") == State.HELD, () -> "held: " + peer.look());
        assertEquals(List.of("exclusive", "shared", "2/8"), peer.look().node().locks().stream().map(lock -> lock.holds().get(0).mode().toString()).toList());
        assertSays(409, "request: peer 1 [gpu] is already HELD; \"release\" gives it back", press("request", "c,gpu:1/8"));
        assertSays(409, "cancel: peer 1 [c] is not asked for by this page; the table says who has it, and how it is given back", press("cancel", "c"));
        assertSays(200, "done", press("request", "d:shared"));
        assertSays(200, "done", press("release", "gpu"));
        Eventually.holds(() -> state("a") == null && state("b") == null && state("gpu") == null && state("d") == State.HELD, () -> "given back: " + peer.look());
        assertSays(400, "lock \"a\" is named twice; name it once, with the stronger mode", press("request", "a,a:shared"));
        assertSays(400, "17 locks are more than the 16 that one request may name", press("request", "a" + ",b".repeat(16)));
        assertTrue(press("request", "a:9/8").contains("HTTP/1.1 400 "), "more than there are");
        assertTrue(press("request", "a,").contains("HTTP/1.1 400 "), "no name");
    }

    @Test
    void aNameThatNoLockCanHaveIsRefusedAsInTheShell() throws IOException {
        start();
        String use = ": use 1 to 128 of a-z A-Z 0-9 . _ : / -";
        assertSays(400, "lock name \"\"" + use, press("request", ""));
        assertSays(400, "lock name \"a b\"" + use, press("request", "a b"));
        assertSays(400, "lock name \"<b>?\"" + use, press("request", "<b>\u001b"));
        assertSays(400, "lock name \"" + "x".repeat(80) + "...\"" + use, press("release", "x".repeat(5_000)));
        assertSays(400, "lock name \".group\": names with a dot first are the group's own", press("request", ".group"));
    }

    /** The events of the page, as a browser reads them. */
    private BufferedReader events() throws IOException {
        Socket socket = open.add(new Socket(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout(ANSWER_MILLIS);
        socket.getOutputStream().write(("GET " + secret + "events HTTP/1.1\r\n" + host() + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    private static String await(BufferedReader events, String part) throws IOException {
        for (String line = events.readLine(); line != null; line = events.readLine()) {
            if (line.contains(part)) {
                return line;
            }
        }
        throw new AssertionError("the stream ended without " + part);
    }

    @Test
    void aHeldLockStaysWhenThePageIsClosedAndThePageThatComesNextHasIt() throws IOException {
        start();
        BufferedReader first = events();
        press("request", "stays");
        await(first, "\"stays\":\"held\"");
        first.close();
        assertTrue(await(events(), "\"stays\":\"held\"").contains("HELD with "));
        assertEquals(State.HELD, state("stays"));
    }

    @Test
    void aPageTooManyIsRefusedUntilAnotherIsClosed() throws IOException {
        start();
        List<BufferedReader> pages = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            pages.add(events());
            await(pages.get(i), "event: mine");
        }
        assertSays(503, "20 pages of this peer are open; close one", get("/events", host()));
        pages.get(0).close();
        Eventually.holds(() -> {
            try {
                return events().readLine().startsWith("HTTP/1.1 200 ");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }, () -> "room for another page");
    }

    @Test
    @Tag("slow")
    void anEventStreamEndsInOrderBeforeItIsCutOffAndComesBackAtOnce() throws IOException {
        try (PeerProcesses peers = new PeerProcesses(folder)) {
            List<String> command = new ArrayList<>(PeerProcesses.command("--id", "1", "--port", "0", "--peers-file", "/dev/null", "--state",
                    folder.toString(), "--no-shell", "--web", "0"));
            command.add(command.indexOf("-cp"), "-Dsun.net.httpserver.maxRspTime=20"); // seconds: so is it cut off
            URI page = URI.create(peers.run(command).await("live page at (http://localhost:.*/)").group(1));
            port = page.getPort();
            secret = page.getPath();
            String stream = get("/events", host());
            assertTrue(stream.contains("event: group"), stream);
            assertTrue(stream.endsWith("retry: 50\n\n\r\n0\r\n\r\n"), "its last chunk: " + stream);
        }
    }

    @Test
    void onlyThisMachineCanConnect() throws IOException {
        start();
        // Who listens on all addresses answers on this one, too: all of 127.0.0.0/8 is this machine.
        assertThrows(ConnectException.class, () -> new Socket("127.0.0.2", port).close());
    }

    @Test
    void nothingIsLeftWhenItIsClosed() throws IOException {
        start();
        BufferedReader page = events();
        await(page, "event: group");
        assertTrue(threads().contains("page") && threads().contains("live") && threads().contains("watch"), threads().toString());
        server.close();
        while (page.readLine() != null) {
            continue; // it ends
        }
        new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
        Eventually.holds(() -> threads().isEmpty(), () -> "threads left: " + threads());
        assertNull(peer.broken.getNow(null));
        peer.isWell();
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().filter(Thread::isAlive).map(Thread::getName)
                .filter(name -> name.matches("page|live|watch.*|HTTP-Dispatcher")).map(name -> name.replaceFirst("-.*", "")).sorted().toList();
    }

    @Test
    void aPortThatIsTakenIsNamedInOneLine() throws Exception {
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int used = taken.getLocalPort();
            for (String[] mode : new String[][] {{}, {"--no-shell"}}) {
                InProcess run = InProcess.run(Stream.concat(Stream.of("--id", "7", "--port", "0", "--peers-file", "/dev/null", "--state",
                        folder.toString(), "--web", "" + used), Stream.of(mode)).toArray(String[]::new));
                assertEquals(78, run.code(), run::toString);
                assertEquals("peer: --web " + used + ": localhost:" + used
                        + " cannot be listened on (Address already in use); choose another port, or 0\n", run.err());
                assertEquals("", run.out());
            }
        }
        InProcess wrong = InProcess.run("--id", "7", "--port", "0", "--web", "x");
        assertEquals(64, wrong.code(), wrong::toString);
        assertEquals("peer: --web \"x\" is not a number from 0 to 65535; see --help\n", wrong.err());
    }

    private static LogEntry event(int peer, long epoch, long count, long micros) {
        return new LogEntry(micros, peer, new VectorClock.Reading(new int[] {peer}, new long[] {count}),
                new LogEvent(LogEvent.EventKind.GROUP, epoch, count, null, null, 0, 0, null, null, "version 1 of 1 peers"));
    }

    @Test
    void whatIsRememberedIsBoundedAndEachEventCountsOnce() {
        EventBuffer events = new EventBuffer();
        for (int i = 1; i <= 50_000; i++) {
            events.accept(event(1, 5, i, i));
            events.accept(event(2, 9, i, i));
        }
        assertEquals(EventBuffer.KEPT, events.all().size());
        assertEquals(50_000 - EventBuffer.KEPT / 2 + 1, events.all().get(0).vector().of(1), "the last ones are kept");
        for (int i = 49_000; i <= 50_000; i++) {
            events.accept(event(1, 5, i, i)); // said again, as after a broken connection
        }
        assertEquals(Map.of(1, 1_500L, 2, 1_500L), events.all().stream().collect(Collectors.groupingBy(LogEntry::peer, Collectors.counting())));
        events.accept(event(1, 3, 1, 50_001)); // started anew, and the clock was set back
        events.accept(event(1, 3, 2, 50_002));
        events.accept(event(1, 5, 50_000, 50_000));
        List<LogEntry> all = events.all();
        assertEquals(List.of(1L, 2L), all.stream().filter(entry -> entry.what().epoch() == 3).map(entry -> entry.vector().of(1)).toList());
        assertEquals(EventBuffer.KEPT, all.size());
    }

    public static void main(String[] args) {
        Run.only(WebTest.class);
    }
}
