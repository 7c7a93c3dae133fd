///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES ModesContender.java ModesHistory.java Run.java support/Folders.java support/FreePorts.java
//SOURCES support/Jvm.java support/Processes.java support/Running.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tests.support.Processes;
import tests.support.Running;

/**
 * The promise for locks in all modes, with nothing simulated: three peers in processes of their own, twelve askers at each,
 * and files that only the locks protect.
 */
@Timeout(300)
class ModesSafetyTest {

    private static final int PEERS = 3;
    private static final int ASKERS = 12;
    private static final int COUNTING = 3; // of them

    @AutoClose
    private Processes processes;

    @BeforeEach
    void makeFolder() throws IOException {
        processes = new Processes();
    }

    private Optional<String> run(ModesHistory history, int entries, String how) throws IOException {
        List<Running> peers = processes.group(PEERS, ports -> Processes.each(PEERS, i -> {
            List<String> arguments = new ArrayList<>(List.of(String.valueOf(i + 1), String.valueOf(ports.get(i)), processes.folder.toString(),
                    String.valueOf(entries), how));
            IntStream.range(0, PEERS).filter(other -> other != i).forEach(other -> arguments.add("localhost:" + ports.get(other)));
            return processes.start("tests.ModesContender", arguments);
        }));
        peers.forEach(peer -> peer.await("^all inside with \\d+ \\d+$")); // readers of three peers, and three units of three
        peers.forEach(peer -> peer.tell("go"));
        peers.forEach(peer -> peer.await("^done$", 200_000));
        for (Running peer : peers) {
            assertEquals(0, peer.finish(), "exit code of " + peer);
        }
        return history.violation(Files.readAllLines(processes.folder.resolve("history")));
    }

    private long counter() throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(processes.folder.resolve("counter"))).getLong();
    }

    @Test
    @Tag("slow")
    void whoExcludesEachOtherNeverMeetsAndTheRestDoes() throws IOException {
        ModesHistory history = new ModesHistory();
        int entries = 40;
        assertEquals(Optional.empty(), run(history, entries, "locked"));
        assertEquals(PEERS * ASKERS * entries, history.entries());
        assertEquals((long) PEERS * COUNTING * entries, counter(), "increments under two locks, taken in both orders");
        assertTrue(history.most("rw") >= 2, () -> "readers at once: " + history.most("rw"));
        assertTrue(history.most("pool") >= 2, () -> "in the pool at once: " + history.most("pool"));
        assertEquals(1, history.most("x"));
    }

    @Test
    @Tag("slow")
    void thoseWhoDoNotAskAreFoundOut() throws IOException {
        String found = run(new ModesHistory(), 20, "unlocked").orElse("no violation");
        assertTrue(found.contains("overlap"), found);
        assertTrue(counter() < PEERS * COUNTING * 20, "lost increments");
    }

    // The check itself, on histories written by hand.

    private static void finds(String expected, String... lines) {
        String found = new ModesHistory().violation(List.of(lines)).orElse("no violation");
        assertTrue(found.contains(expected), "expected \"" + expected + "\", found: " + found);
    }

    @Test
    void readersGoTogether() {
        finds("no violation", "enter a:shared 1 5", "enter a:shared 2 5", "exit a:shared 1 5", "exit a:shared 2 5", "enter a 3 6", "exit a 3 6");
        finds("overlap", "enter a:shared 1 5", "enter a 2 6");
        finds("overlap", "enter b,a 1 5", "enter a:shared 2 6");
        finds("overlap", "enter a:kind=x 1 5", "enter a:kind=y 2 6");
        finds("overlap", "enter a:kind=x 1 5", "enter a:shared 2 6");
    }

    @Test
    void unitsAddUp() {
        finds("never left", "enter a:2/4 1 5", "enter a:1/4 2 6", "enter a:1/4 3 7");
        finds("overlap", "enter a:2/4 1 5", "enter a:1/4 2 6", "enter a:2/4 3 7");
        finds("overlap", "enter a:1/4 1 5", "enter a:1/5 2 6");
        finds("overlap", "enter a:1/4 1 5", "enter a 2 6");
    }

    @Test
    void fencesRiseWhereOneExcludesTheOther() {
        finds("fence is not above", "enter a 1 5", "exit a 1 5", "enter a:shared 2 5");
        finds("fence is not above", "enter a:shared 1 7", "exit a:shared 1 7", "enter a 2 6");
        finds("fence is not above", "enter a 1 7", "exit a 1 7", "enter a 2 7");
    }

    @Test
    void whoLeavesWithoutEnteringIsFound() {
        finds("is not inside", "enter a 1 5", "exit a 2 5");
        finds("torn", "enter a 1 5exit a 1 5");
    }

    public static void main(String[] args) {
        Run.only(ModesSafetyTest.class);
    }
}
