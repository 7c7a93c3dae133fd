///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Contender.java Effort.java EntersUnasked.java History.java Run.java support/Folders.java
//SOURCES support/FreePorts.java support/Jvm.java support/Processes.java support/Running.java ../Peer.java
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
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.RoucairolCarvalho;
import mutex.algorithm.TokenRing;
import mutex.log.LogEntry;
import mutex.log.LogReader;
import mutex.text.LockName;
import mutex.trace.Check;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tests.support.Processes;
import tests.support.Running;

/**
 * The promise itself, with nothing simulated: peers in processes of their own, real gRPC between
 * them, and files that only the lock protects.
 */
class SafetyTest {

    @AutoClose
    private Processes processes;

    @BeforeEach
    void makeFolder() throws IOException {
        processes = new Processes();
    }

    @Test
    @Tag("slow")
    void threePeersNeverMeetInside() throws IOException {
        contend(3, Effort.of(300, 700), RicartAgrawala.NAME);
    }

    @Test
    @Tag("slow")
    void fivePeersNeverMeetInside() throws IOException {
        contend(5, Effort.of(200, 400), RicartAgrawala.NAME);
    }

    @Test
    @Tag("slow")
    void threePeersThatKeepPermissionsNeverMeetInside() throws IOException {
        contend(3, Effort.of(200, 400), RoucairolCarvalho.NAME);
    }

    @Test
    @Tag("slow")
    void fivePeersThatPassATokenRoundNeverMeetInside() throws IOException {
        contend(5, Effort.of(200, 400), TokenRing.NAME);
    }

    private void contend(int peers, int each, String algorithm) throws IOException {
        run(peers, each, 0, algorithm);
        boolean ofStamps = algorithm.equals(RicartAgrawala.NAME);
        assertEquals(Optional.empty(), violation(peers * each, ofStamps));
        Check check = checkLogs(peers);
        assertEquals(peers * each, check.entries(), "entries in the logs");
        int most = 2 * (peers - 1) * peers * each;
        assertEquals(Optional.empty(), check.violation());
        if (ofStamps) {
            assertEquals(most, check.messages(), "messages in the logs, 2(N-1) an entry");
        } else {
            assertTrue(check.messages() <= most, check.messages() + " messages in the logs, more than 2(N-1) an entry");
        }
    }

    private Check checkLogs(int peers) throws IOException {
        List<LogEntry> events = new ArrayList<>();
        for (int id = 1; id <= peers; id++) {
            events.addAll(LogReader.read(processes.folder.resolve("log-" + id)));
        }
        return Check.of(LockName.DEFAULT, events);
    }

    @Test
    @Tag("slow")
    void aPeerThatEntersUnaskedIsFoundOut() throws IOException {
        run(2, 50, 2_000_000, "enters-unasked");
        String found = violation(100, true).orElse("no violation");
        assertTrue(found.contains("overlap"), "expected an overlap, as nobody waits; found: " + found);
        assertTrue(counter() < 100, "expected lost increments, as both read the counter before one writes it; counter "
                + counter() + " after 100 entries");
        assertTrue(checkLogs(2).violations().stream().anyMatch(broken -> broken.toString().matches(
                ".* peer \\d entered with \\S+ while peer \\d was inside with .*, without the permission of peer \\d")), "the logs show it, too");
    }

    /**
     * Each peer enters so often, against all the others.
     *
     * @param algorithm its name, or that of a fault
     */
    private void run(int size, int entries, long stayNanos, String algorithm) throws IOException {
        List<Running> peers = processes.group(size, ports -> Processes.each(size, i -> {
            List<String> arguments = new ArrayList<>(List.of(String.valueOf(i + 1), String.valueOf(ports.get(i)),
                    processes.folder.toString(), String.valueOf(entries), String.valueOf(stayNanos), algorithm));
            IntStream.range(0, size).filter(other -> other != i)
                    .forEach(other -> arguments.add("localhost:" + ports.get(other)));
            return processes.start("tests.Contender", arguments);
        }));
        peers.forEach(peer -> peer.await("^ready$"));
        peers.forEach(peer -> peer.tell("go"));
        peers.forEach(peer -> peer.await("^done$"));
        for (Running peer : peers) {
            assertEquals(0, peer.finish(), "exit code of " + peer);
        }
    }

    private Optional<String> violation(int entries, boolean ofStamps) throws IOException {
        return History.violation(Files.readAllLines(processes.folder.resolve("history")), counter(), entries, ofStamps);
    }

    private long counter() throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(processes.folder.resolve("counter"))).getLong();
    }

    // The check itself, on histories written by hand.

    private static void finds(String expected, int counter, String... lines) {
        String found = History.violation(List.of(lines), counter, 2, true).orElse("no violation");
        assertTrue(found.contains(expected), "expected \"" + expected + "\", found: " + found);
    }

    @Test
    void oneAfterTheOtherIsInOrder() {
        finds("no violation", 2, "enter 1 1@1 10", "exit 1 1@1 10", "enter 2 1@2 11", "exit 2 1@2 11");
    }

    @Test
    void twoInsideAtOnceIsAnOverlap() {
        finds("overlap, peer 1 is still inside", 2, "enter 1 1@1 10", "enter 2 1@2 11", "exit 1 1@1 10", "exit 2 1@2 11");
        finds("overlap, exit", 2, "enter 1 1@1 10", "exit 2 1@2 11", "enter 2 1@2 11", "exit 1 1@1 10");
        finds("overlap, exit", 2, "enter 1 1@1 10", "exit 1 1@1 10", "exit 1 1@1 10", "enter 2 1@2 11");
    }

    @Test
    void anExitMissingAtTheEndIsFound() {
        finds("peer 2 never left", 2, "enter 1 1@1 10", "exit 1 1@1 10", "enter 2 1@2 11");
        finds("2 lines for 2 entries", 2, "enter 1 1@1 10", "exit 1 1@1 10");
    }

    @Test
    void aLostIncrementIsFound() {
        finds("the counter is 1 after 2", 1, "enter 1 1@1 10", "exit 1 1@1 10", "enter 2 1@2 11", "exit 2 1@2 11");
    }

    @Test
    void fencesRiseStrictly() {
        finds("fence is not above", 2, "enter 1 1@1 10", "exit 1 1@1 10", "enter 2 1@2 10", "exit 2 1@2 10");
    }

    @Test
    void stampsRiseStrictly() {
        finds("stamp is not after", 2, "enter 2 1@2 10", "exit 2 1@2 10", "enter 1 1@1 11", "exit 1 1@1 11");
        finds("stamp is not after", 2, "enter 2 10@2 10", "exit 2 10@2 10", "enter 1 9@1 11", "exit 1 9@1 11");
    }

    @Test
    void aTornLineIsFound() {
        finds("torn", 2, "enter 1 1@1 10exit", "exit 1 1@1 10");
    }

    public static void main(String[] args) {
        Run.only(SafetyTest.class);
    }
}
