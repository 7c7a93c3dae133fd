///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Closing.java support/Eventually.java support/FreePorts.java support/Jvm.java
//SOURCES support/PeerProcesses.java support/Running.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tests.support.Closing;
import tests.support.Eventually;
import tests.support.PeerProcesses;
import tests.support.Running;

/** A peer that the system gives no more threads: too few to start with, or none once it runs. Takes root, whom no limit binds. */
@Tag("slow")
@Timeout(120)
class ThreadsTest {

    private static final String USER = Long.toString(700_000 + ProcessHandle.current().pid()); // whose tasks are those of the test alone
    private static final List<String> OTHER = List.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups",
            "--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private Path folder;
    @AutoClose
    private final Closing open = new Closing();
    private PeerProcesses peers;

    @BeforeEach
    void begin() throws IOException {
        assumeTrue(ProcessHandle.current().info().user().orElse("").equals("root"), "takes root");
        assumeTrue(Stream.of("setpriv", "prlimit").allMatch(program -> Files.isExecutable(Path.of("/usr/bin", program))), "takes util-linux");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        peers = open.add(new PeerProcesses(folder));
    }

    /** A peer of another user, who reads our classes all the same, and may have so many tasks. */
    private Running limited(int tasks) {
        List<String> command = new ArrayList<>(List.of("prlimit", "--nproc=" + tasks));
        command.addAll(OTHER);
        command.addAll(PeerProcesses.command(PeerProcesses.arguments(folder.resolve("state"), 1, new int[1], "--web", "0", "--metrics", "0")));
        return peers.run(command);
    }

    @ParameterizedTest
    @ValueSource(ints = {18, 30, 48, 75})
    void tooFewToStartWithAreALineAndAnExitCodeOfItsOwn(int tasks) {
        Running peer = limited(tasks);
        assertEquals(70, peer.exit(), peer::toString);
        String said = peer.out() + peer.err();
        assertTrue(said.contains("peer: the system allows no more memory or threads (unable to create native thread"), said);
        assertFalse(said.matches("(?s).*(\n\\s+at |Exception in thread).*"), said);
    }

    /** Where the supervisor of the command cannot be started the lock would be held for ever, and nothing run. */
    @ParameterizedTest
    @ValueSource(ints = {16, 17, 18, 19, 20})
    void tooFewForTheCommandAreALineAndTheLockGoesBack(int tasks) throws IOException {
        Running peer = peers.alone();
        List<String> command = new ArrayList<>(List.of("prlimit", "--nproc=" + tasks));
        command.addAll(OTHER);
        Path temporary = Files.createDirectory(folder.resolve("temporary"));
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxrwxrwx"));
        command.addAll(PeerProcesses.command(temporary, "lock", "--peer", "localhost:" + peer.await("listens on localhost:(\\d+)").group(1), "x", "--", "true"));
        Running lock = peers.run(command);
        int code = lock.exit();
        assertTrue(Set.of(0, 69, 70, 75).contains(code), lock::toString);
        assertTrue(code == 0 || lock.err().contains("lock: "), lock::toString);
        turn(peer, "x");
        Eventually.holds(() -> temporary.toFile().list().length == 0, () -> List.of(temporary.toFile().list()) + " is left by " + lock);
    }

    @Test
    void halfRequestsMakeNoneAndLocksGoOnWithoutMore() throws Exception {
        Running peer = limited(400);
        int web = URI.create(peer.await("(http://localhost:\\d+/\\S*)\\s").group(1)).getPort();
        int metrics = URI.create(peer.await("metrics at (\\S+)").group(1)).getPort();
        peer.await("listens on");
        assertEquals(200, get(metrics, "/ready")); // what that needs is there
        turn(peer, "before");
        noMore(peer);
        List<Socket> halves = new ArrayList<>();
        try {
            for (int i = 0; i < 120; i++) {
                for (int port : new int[] {web, metrics}) {
                    Socket half = new Socket(InetAddress.getLoopbackAddress(), port);
                    halves.add(half);
                    begin(half);
                }
                if (i % 30 == 0) {
                    turn(peer, "beside" + i);
                }
            }
            turn(peer, "after");
            Eventually.holds(() -> get(metrics, "/ready") == 200, peer::toString);
            Eventually.holds(() -> get(web, "/") == 404, peer::toString); // the secret of its address is not ours
            halves.get(0).setSoTimeout(30_000);
            assertEquals(-1, halves.get(0).getInputStream().read(), "half a request is cut off");
        } finally {
            for (Socket half : halves) {
                half.close();
            }
        }
        turn(peer, "last");
        assertTrue(peer.isAlive(), peer::toString);
        assertFalse((peer.out() + peer.err()).matches("(?s).*Failed to start.*Thread \"(page|metrics)\".*"), peer::toString); // as the JVM says
    }

    /** From now on it can make none beside those that it has. */
    private void noMore(Running peer) {
        int tasks = Path.of("/proc", Long.toString(peer.pid()), "task").toFile().list().length;
        List<String> command = new ArrayList<>(OTHER);
        command.addAll(List.of("prlimit", "--pid", Long.toString(peer.pid()), "--nproc=" + tasks));
        Running limits = peers.run(command);
        assertEquals(0, limits.exit(), limits::toString);
    }

    private static void begin(Socket half) {
        try {
            half.getOutputStream().write("GET /eve".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException closed) {
            // it was one too many
        }
    }

    private static void turn(Running peer, String lock) {
        peer.say("request " + lock).await("\\[" + lock + "\\] HELD");
        peer.say("release " + lock).await("\\[" + lock + "\\] given back");
    }

    /** The code; 0 where the connection was closed. */
    private static int get(int port, String path) {
        try {
            return HTTP.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).timeout(Duration.ofSeconds(20)).build(),
                    BodyHandlers.discarding()).statusCode();
        } catch (IOException closed) {
            return 0;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    public static void main(String... args) {
        Run.only(ThreadsTest.class);
    }
}
