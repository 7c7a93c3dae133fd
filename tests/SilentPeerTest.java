///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Closing.java support/FreePorts.java support/Jvm.java support/PeerProcesses.java
//SOURCES support/Running.java support/Tmux.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Closing;
import tests.support.PeerProcesses;
import tests.support.Running;
import tests.support.Tmux;

/** Commands whose peer takes the call and says nothing, as one that is stopped: a person who waits sees for what. */
@Timeout(120)
class SilentPeerTest {

    @TempDir
    private Path folder;
    @AutoClose
    private final Closing open = new Closing();
    private PeerProcesses processes;
    private String silent; // the address of that peer

    @BeforeEach
    void prepare() throws IOException {
        processes = open.add(new PeerProcesses(folder));
        silent = "localhost:" + open.add(new ServerSocket(0, 50, InetAddress.getByName("localhost"))).getLocalPort();
    }

    @Test
    @Tag("tmux")
    void whoReadsIsToldForWhatACommandWaits() {
        Tmux.Pane pane = open.add(new Tmux(folder)).open("waits", 100, 40, Map.of());
        for (String line : List.of("lock x true", "hold x", "status", "why x", "locks", "peers", "watch")) {
            List<String> words = new ArrayList<>(List.of(line.split(" ")));
            words.addAll(1, List.of("--peer", silent));
            pane.peer(words.toArray(String[]::new)).await("^" + words.get(0) + ": waiting for the peer at " + silent + " to answer$");
            pane.press("C-c").await("^\\$ ?\\z");
        }
        pane.peer("status", "--peer", silent + ",localhost:1").await("^status: waiting for one of the peers at " + silent + ", localhost:1 to answer$");
    }

    @Test
    @Tag("slow")
    void whereNobodyReadsNothingIsSaidBeforeTheEnd() {
        String line = ": the peer at " + silent + " does not answer\n";
        for (Running command : List.of(processes.start("lock", "--peer", silent, "x", "true"), processes.start("status", "--peer", silent))) {
            assertEquals(75, command.exit(), command::toString);
            assertEquals(line, command.err().replaceFirst("^\\w+", ""));
        }
    }

    @Test
    void whatTheLockWaitsForIsSaidOnceThePeerAnswers() {
        Running peer = processes.alone();
        String address = peer.await("listens on (\\S+)").group(1);
        peer.say("request x").await("\\[x\\] HELD");
        peer.signal("STOP");
        Running lock = processes.start("lock", "--verbose", "--peer", address, "x", "true");
        lock.awaitError("^lock: waiting for the peer at " + address + " to answer$");
        peer.signal("CONT");
        lock.awaitError("^lock: waiting for \\[x\\]: peer 1 holds it ");
        peer.say("release x");
        assertEquals(0, lock.exit(), lock::toString);
        assertEquals(1, lock.err().lines().filter(line -> line.endsWith("to answer")).count(), lock::toString);
    }

    /** Java's own hosts file is a pipe that nobody writes to: each lookup takes long. */
    @Test
    @Tag("tmux")
    void aPeerWhoseOwnNameTakesLongSaysSo() throws Exception {
        Path pipe = folder.resolve("hosts.pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        Tmux.Pane pane = open.add(new Tmux(folder)).open("start", 100, 20, Map.of("JAVA_TOOL_OPTIONS", "-Djdk.net.hosts.file=" + pipe));
        pane.peer("--id", "1", "--port", "0", "--host", "slow.example", "--insecure", "--state", folder.toString())
                .await("^peer: waiting for a name server: slow.example is being looked up$");
    }

    @Test
    @Tag("tmux")
    void topSaysWhomItAsksAndObeysItsKeysMeanwhile() {
        Tmux.Pane pane = open.add(new Tmux(folder)).open("top", 100, 20, Map.of());
        for (String key : List.of("q", "C-c")) {
            boolean obeyed = false;
            for (int tries = 0; tries < 3 && !obeyed; tries++) { // a machine that stalls may be late once
                pane.peer("top", "--peer", silent).await("^asking " + silent + " \\.\\.\\.$");
                pane.await("^q: quit; waiting for the peer at " + silent + " to answer$");
                long pressed = System.nanoTime();
                pane.press(key).await("^\\$ ?\\z");
                obeyed = System.nanoTime() - pressed < 2_500_000_000L; // the answer would be late 4 s from then
            }
            assertTrue(obeyed, () -> key + " ends it only when the peer was to have answered");
        }
    }

    public static void main(String[] args) {
        Run.only(SilentPeerTest.class);
    }
}
