///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/FreePorts.java support/Jvm.java support/PeerProcesses.java support/Running.java
//SOURCES ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tests.support.PeerProcesses;
import tests.support.Running;

/** A peer that ends while commands run under its locks: it says whom it waits for, and leaves all the same. */
@Timeout(90)
class QuitTest {

    @TempDir
    private Path folder;
    private PeerProcesses peers;

    @BeforeEach
    void begin() {
        peers = new PeerProcesses(folder);
    }

    @AfterEach
    void end() {
        peers.close();
    }

    private static String port(Running peer) {
        return peer.await("listens on localhost:(\\d+)").group(1);
    }

    /** Takes so many seconds to end on TERM. */
    private Running slowToStop(String port, String lock, int seconds, String grace) {
        Running command = peers.run(PeerProcesses.command(folder, "lock", lock, "--peer", "localhost:" + port, "-k", grace, "--",
                "sh", "-c", "trap 'sleep " + seconds + "; exit 0' TERM; echo runs; while :; do sleep 0.1; done"));
        command.await("runs");
        return command;
    }

    private List<Running> pair() {
        List<Running> pair = peers.group(2);
        pair.get(0).say("request begin").await("\\[begin\\] HELD");
        pair.get(0).say("release begin").await("\\[begin\\] given back");
        return pair;
    }

    @Test
    @Tag("slow")
    void quitWaitsForTheCommandsOfThisPeerAndLeaves() {
        List<Running> pair = pair();
        slowToStop(port(pair.get(0)), "x", 7, "12s");
        slowToStop(port(pair.get(0)), "y", 4, "12s");
        pair.get(0).say("quit").await("quit: waits for the commands under \\[x\\], \\[y\\] to stop, up to [12]\\d s");
        assertEquals(0, pair.get(0).exit(), pair.get(0)::toString);
        assertTrue(!pair.get(0).err().contains("did not agree"), pair.get(0)::toString);
        pair.get(1).say("request x").await("\\[x\\] HELD"); // alone: peer 1 is no member any more
    }

    @Test
    @Tag("slow")
    void quitSaysAgainThatItWaits() {
        List<Running> pair = pair();
        slowToStop(port(pair.get(0)), "x", 12, "20s");
        pair.get(0).say("quit").await("(?s)under \\[x\\] to stop.*under \\[x\\] to stop");
        assertEquals(0, pair.get(0).exit(), pair.get(0)::toString);
    }

    @Test
    @Tag("slow")
    void theOthersAreBlamedOnlyOnceTheyWereAsked() {
        List<Running> pair = pair();
        slowToStop(port(pair.get(0)), "x", 6, "12s");
        pair.get(1).signal("STOP");
        pair.get(0).say("quit").await("under \\[x\\] to stop");
        assertEquals(1, pair.get(0).exit(), pair.get(0)::toString);
        assertTrue(pair.get(0).err().contains("stays a member of the group: the others did not agree within 3 s"), pair.get(0)::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    @Tag("slow")
    void aSecondSignalEndsAtOnceAPeerThatWaits(String signal) {
        Running peer = peers.alone("--no-shell");
        Running command = slowToStop(port(peer), "x", 30, "40s");
        peer.signal(signal);
        peer.awaitError("waits for the command under \\[x\\] to stop, up to 4\\d s; INT or TERM once more \\(Ctrl-C\\) ends at once");
        assertTrue(peer.isAlive());
        peer.signal(signal);
        assertEquals(signal.equals("INT") ? 130 : 143, peer.exit(5_000), peer::toString);
        command.close();
    }

    @Test
    @Tag("slow")
    void oneSignalWaitsForTheCommandAndEndsInOrder() {
        Running peer = peers.alone("--no-shell");
        slowToStop(port(peer), "x", 6, "12s");
        peer.signal("TERM");
        peer.awaitError("waits for the command under \\[x\\] to stop, up to [12]\\d s");
        assertEquals(143, peer.exit(), peer::toString);
    }

    public static void main(String[] args) {
        Run.only(QuitTest.class);
    }
}
