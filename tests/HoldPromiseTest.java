///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Eventually.java support/FreePorts.java support/Grpcurl.java
//SOURCES support/Jvm.java support/PeerProcesses.java support/Running.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import mutex.peer.GracePeriods;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tests.support.Eventually;
import tests.support.Grpcurl;
import tests.support.PeerProcesses;
import tests.support.Running;

/** What Hold tells a client is kept: for as long as it was told that the lock is sure nobody else enters, whatever dies. */
@Tag("grpcurl")
@Execution(ExecutionMode.CONCURRENT) // nearly all they do is to wait
@Timeout(90)
class HoldPromiseTest {

    private static final Pattern SURE = Pattern.compile("\"SURE\"[^}]*?\"question\": \"1\"([^}]*)}");
    private static final Pattern SURE_MILLIS = Pattern.compile("\"sure_millis\": \"(\\d+)\"");

    @TempDir
    private Path folder;
    private PeerProcesses peers;
    private int[] ports;
    private final List<Running> group = new ArrayList<>();

    @BeforeEach
    void begin() {
        peers = new PeerProcesses(folder);
        ports = PeerProcesses.ports(2);
        group.add(start(1));
        group.add(start(2));
        group.forEach(peer -> peer.await("listens on"));
        group.get(0).say("request begin").await("\\[begin\\] HELD");
        group.get(0).say("release begin").await("\\[begin\\] given back");
    }

    @AfterEach
    void end() {
        peers.close();
    }

    private Running start(int id) {
        return peers.start(PeerProcesses.arguments(folder.resolve("state"), id, ports));
    }

    private Running hold(int peer, String request) throws Exception {
        return peers.run(List.of(Grpcurl.find(), "-plaintext", "-max-time", "60", "-d", "@", "localhost:" + ports[peer - 1],
                "mutex.v1.Mutex/Hold")).say(request);
    }

    /** A client that asked how long the lock is sure. */
    private record AskedHold(Running client, long at, long sureMillis) {

        /** Nobody has come in before that was over. */
        void check(Running next) {
            next.await("\"HELD\"", 40_000);
            long after = (System.nanoTime() - at) / 1_000_000;
            assertTrue(after >= sureMillis, "sure for " + sureMillis + " ms, entered by another after " + after + " ms: " + client);
        }
    }

    private AskedHold holder(int notice) throws Exception {
        Running client = hold(1, "{\"lock\": \"x\", \"noticeMillis\": " + notice + "}");
        client.await("\"HELD\"");
        long at = System.nanoTime();
        String answer = client.say("{\"question\": 1}").await(SURE.pattern()).group(1);
        Matcher sure = SURE_MILLIS.matcher(answer);
        long millis = sure.find() ? Long.parseLong(sure.group(1)) : 0;
        assertEquals(notice == 0, millis == 0, "without notice nothing is sure, with it something is: " + answer);
        return new AskedHold(client, at, millis);
    }

    /** Somebody at another peer wants what is held. */
    private Running waiter() throws Exception {
        Running next = hold(2, "{\"lock\": \"x\"}");
        next.await("WAITING");
        return next;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1_500})
    void whenThePeerIsKilledAndStartedAgain(int notice) throws Exception {
        AskedHold asked = holder(notice);
        Running next = waiter();
        group.get(0).signal("KILL");
        group.get(0).exit();
        start(1);
        asked.check(next);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1_500})
    void whenTheStreamBreaks(int notice) throws Exception {
        AskedHold asked = holder(notice);
        Running next = waiter();
        asked.client.signal("KILL");
        asked.check(next);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1_500})
    void whenTheClientIsSilent(int notice) throws Exception {
        AskedHold asked = holder(notice);
        Running next = waiter();
        asked.client.signal("STOP");
        asked.check(next);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1_500})
    void whenThePeerLeavesAndTheClientDoesNothing(int notice) throws Exception {
        AskedHold asked = holder(notice);
        Running next = waiter();
        group.get(0).say("quit");
        asked.check(next);
    }

    @Test
    void whenTheClientBreaksTheRulesOfTheStream() throws Exception {
        AskedHold asked = holder(1);
        Running next = waiter();
        asked.client.say("{\"lock\": \"y\"}");
        asked.check(next);
    }

    /** The file of the programs under a lock; there must be somebody inside. */
    private Path tenants() throws Exception {
        Running inside = hold(1, "{\"lock\": \"any\", \"noticeMillis\": 100}");
        inside.await("\"HELD\"");
        Path file;
        try (Stream<Path> all = Files.list(folder.resolve("state"))) {
            file = all.filter(path -> path.toString().endsWith(".tenants")).findFirst().orElseThrow();
        }
        inside.hangUp().exit();
        Eventually.holds(() -> !Files.exists(file), () -> "nobody is inside, but the file is there");
        return file;
    }

    @Test
    void nobodyIsToldThatItHoldsBeforeThatIsWritten() throws Exception {
        Path fresh = tenants().resolveSibling(tenants().getFileName() + ".new");
        assertEquals(0, peers.run(List.of("mkfifo", fresh.toString())).exit()); // a disk that takes its time
        List<Running> both = List.of(hold(1, "{\"lock\": \"a\", \"noticeMillis\": 5000}"), hold(1, "{\"lock\": \"b\", \"noticeMillis\": 4000}"));
        both.forEach(client -> client.await("WAITING"));
        Running without = hold(1, "{\"lock\": \"c\"}");
        without.await("\"HELD\""); // needs no file, and came after them
        both.forEach(client -> assertTrue(!client.out().contains("\"HELD\""), client::toString));
        peers.run(List.of("cat", fresh.toString()));
        both.forEach(client -> client.await("\"HELD\""));
    }

    @Test
    void aDiskThatCannotBeWrittenIsALineAndNoLock() throws Exception {
        Path file = tenants();
        Files.createDirectories(file.resolve("in the way"));
        for (int i = 0; i < 2; i++) {
            Running refused = hold(1, "{\"lock\": \"x\", \"noticeMillis\": 1000}");
            group.get(0).awaitError("(?s)(\\.tenants: cannot be written [^\n]*get no lock here.*){" + (i + 1) + "}");
            refused.hangUp(); // grpcurl tells how a call ended once its own side is closed
            assertNotEquals(0, refused.exit());
            assertTrue(refused.err().matches("(?s).*Code: Unavailable\n.*\\[x\\] refused: \\S+\\.tenants: cannot be written[^\n]*\n.*"), refused::toString);
        }
        hold(1, "{\"lock\": \"x\"}").await("\"HELD\"");
        Files.delete(file.resolve("in the way"));
        Files.delete(file);
        hold(1, "{\"lock\": \"y\", \"noticeMillis\": 1000}").await("\"HELD\"");
        assertTrue(Files.isRegularFile(file));
    }

    @Test
    void aPeerWithADamagedFileWaitsABelievableTimeAndSaysSo() throws Exception {
        Path file = tenants();
        group.get(0).signal("KILL");
        group.get(0).exit();
        Files.writeString(file, "");
        Running again = start(1);
        again.awaitError("\\.tenants: cannot be read \\(it is empty\\); this peer waits 14 s, [^\n]+");
        again.say("request x").await("\\[x\\] HELD", 40_000);
        assertTrue(!Files.exists(file));
    }

    @Test
    void whateverIsInTheFileTheWaitIsBoundedAndWhatWasWrittenIsReadAgain() throws Exception {
        Path file = tenants();
        hold(1, "{\"lock\": \"x\", \"noticeMillis\": 40000}").await("\"HELD\"");
        assertEquals(47_000, left(file, line -> { }));
        String good = Files.readString(file);
        for (String bad : List.of("", "\0".repeat(good.length()), good.substring(0, good.length() - 1), good.substring(1), good.substring(0, 2),
                "47000\n", "999999 ms to stop, checksum 00000000\n", good.replace("47000", "607000"), good + good, "x".repeat(1 << 20), "-1", "\u00e9")) {
            Files.writeString(file, bad);
            List<String> said = new ArrayList<>();
            assertEquals(14_000, left(file, said::add), bad);
            assertEquals(1, said.size(), bad);
        }
        Files.delete(file);
        assertEquals(0, left(file, line -> { }));
        Files.createDirectory(file);
        assertEquals(14_000, left(file, line -> { }));
    }

    /** How long a peer with that file waits when it starts, milliseconds. */
    private static long left(Path file, Consumer<String> voice) {
        try (GracePeriods periods = new GracePeriods(file.resolveSibling(file.getFileName().toString().replace(".tenants", ".json")), null, voice)) {
            return periods.left();
        }
    }

    public static void main(String[] args) {
        Run.only(HoldPromiseTest.class);
    }
}
