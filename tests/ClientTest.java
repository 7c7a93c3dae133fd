///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Eventually.java support/FreePorts.java support/Neighbour.java support/Voice.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import mutex.MutexProto;
import mutex.algorithm.Algorithm.State;
import mutex.algorithm.LockMode;
import mutex.algorithm.Stamp;
import mutex.client.Held;
import mutex.client.Mutex;
import mutex.event.NodeView;
import mutex.remote.HoldClientCall;
import mutex.remote.StatusClient;
import mutex.shell.LocksCommand;
import mutex.shell.Screen;
import mutex.shell.Session;
import mutex.shell.Shell;
import mutex.status.Explanation;
import mutex.status.LockClient;
import mutex.status.LockClient.ClientKind;
import mutex.status.Snapshot;
import mutex.status.StatusText;
import mutex.status.TopTable;
import mutex.wire.WireStatus;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tests.support.Eventually;
import tests.support.Neighbour;

/** Who holds a lock at a peer, or waits there: its kind, its process and its machine, in the status that everybody reads. */
@Timeout(60)
class ClientTest {

    private static final long PID = ProcessHandle.current().pid();

    @TempDir
    static Path state;
    private static Neighbour peer;
    private final List<HoldClientCall> calls = new ArrayList<>();

    @BeforeAll
    static void startAlone() {
        peer = new Neighbour(state, 1, 0).awaitGroupOf(1);
    }

    /** As a watch is whose output nobody reads: another thread closes it, and it may be reading, before its loop has ended or after. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClientThatIsClosedWhileItReadsSaysSo(boolean after) {
        Set<Thread> before = loops();
        StatusClient client = new StatusClient(peer.endpoint(), null);
        client.whenLate(line -> { });
        CompletableFuture<String> end = CompletableFuture.supplyAsync(() -> assertThrows(IOException.class, () -> client.watch("", event -> {
            client.close();
            Eventually.holds(() -> !after || before.containsAll(loops()), () -> "its loop has ended");
        })).getMessage());
        Eventually.holds(() -> {
            peer.takeTurn("seen");
            return end.isDone();
        }, () -> "it sees an event, and ends");
        assertEquals("it was not waited for", end.join());
    }

    private static Set<Thread> loops() {
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().startsWith("loop")).collect(Collectors.toSet());
    }

    @AfterAll
    static void end() {
        peer.close();
    }

    @AfterEach
    void endTheCalls() {
        calls.forEach(HoldClientCall::close);
    }

    private static LockClient holder(String lock) {
        return peer.look().clients().get(lock);
    }

    /** As others get it. */
    private static LockClient onTheWire(String lock, LockClient client) {
        NodeView.LockView held = new NodeView.LockView(lock, State.HELD, new Stamp(7, 1), 7, 5, new TreeSet<>(), Map.of(), 0, 0, null, "", 3);
        NodeView node = new NodeView(1, "localhost:1", 1, 1, 1, null, "x", List.of(held), new TreeMap<>(), null, new TreeMap<>(), null);
        Snapshot now = new Snapshot(node, "ricart-agrawala", 0, List.of(), Map.of(), List.of(), client == null ? Map.of() : Map.of(lock, client));
        return WireStatus.in(WireStatus.out(now)).clients().get(lock);
    }

    /** By a call of Hold, until the test ends. */
    private void hold(String lock, LockClient client) {
        CompletableFuture<Long> held = new CompletableFuture<>();
        HoldClientCall call = HoldClientCall.open(peer.endpoint(), null, client, LockMode.exclusive(lock), false, 0, 0, 0, new HoldClientCall.HoldListener() {
            @Override
            public void waiting() {}

            @Override
            public void hasRun(int peer, long agoMillis, long againMillis) { }

            @Override
            public void held(long fence) {
                held.complete(fence);
            }

            @Override
            public void sure(long question, long millis, long atBestMillis, boolean able) {}

            @Override
            public void leaving() {}

            @Override
            public void ended(HoldClientCall.HoldEnd end, String reason) {}
        });
        Eventually.get(held, lock + " is held");
        calls.add(call);
    }

    @ParameterizedTest
    @EnumSource
    void everyKindIsToldToOtherPeers(ClientKind kind) {
        LockClient client = new LockClient(kind, 4_194_304, "db1.example.org", "192.0.2.7:4711");
        assertEquals(client, onTheWire("backup", client));
    }

    @Test
    void anOlderPeerSaysNothingAndIsBelieved() {
        assertNull(onTheWire("backup", null));
    }

    @Test
    void aKindOfALaterVersionIsNotGuessed() {
        MutexProto.StatusReply later = MutexProto.StatusReply.newBuilder().setId(1).setEndpoint("localhost:1").addLocks(
                MutexProto.LockStatus.newBuilder().setName("x").setClient(MutexProto.LockClient.newBuilder().setKindValue(99).setPid(5))).build();
        assertEquals(Map.of(), WireStatus.in(later).clients());
    }

    @ParameterizedTest
    @EnumSource(names = {"LOCK", "HOLD", "PROGRAM"})
    void aCallerOfHoldIsShownWithItsProcessItsMachineAndItsAddress(ClientKind kind) {
        hold("of-" + kind, LockClient.here(kind));
        LockClient found = holder("of-" + kind);
        assertEquals(kind, found.kind());
        assertEquals(PID, found.pid());
        assertEquals(LockClient.thisHost(), found.host());
        assertFalse(found.host().isEmpty());
        assertTrue(found.address().matches("127\\.0\\.0\\.1:\\d+|\\[.*:1]:\\d+"), found.address());
        endTheCalls();
        Eventually.holds(() -> holder("of-" + kind) == null, () -> "given back: " + peer.look());
    }

    /** Nobody else than this peer's own process is its shell or its page. */
    @ParameterizedTest
    @EnumSource(names = {"SHELL", "PAGE"})
    void aStrangerCannotPassForTheShellOrThePage(ClientKind kind) {
        hold("as-" + kind, new LockClient(kind, 7, "x", ""));
        assertEquals(ClientKind.PROGRAM, holder("as-" + kind).kind());
    }

    /** Into a terminal it goes, and into every status. */
    @Test
    void whatACallerSaysOfItselfIsShortAndPrintable() {
        hold("long", new LockClient(ClientKind.LOCK, -1, "\u001b[2J" + "h".repeat(5_000), ""));
        LockClient found = holder("long");
        assertTrue(found.host().length() <= 70 && found.host().chars().allMatch(c -> c >= ' '), found.host());
    }

    @Test
    void aProgramOfTheLibraryIsShownWithItsProcess() throws Exception {
        try (Mutex mutex = Mutex.connect(peer.endpoint()); Held held = mutex.acquire("of-library", Duration.ofSeconds(30))) {
            assertTrue(held.fence() > 0);
            LockClient found = holder("of-library");
            assertEquals(ClientKind.PROGRAM, found.kind());
            assertEquals(PID, found.pid());
            assertFalse(found.address().isEmpty());
        }
    }

    /** Where the program runs the peer itself; and the one whose request waits is named, not those behind it. */
    @Test
    void theOneWhoseTurnItIsIsNamed() {
        Neighbour.Asked first = peer.ask("here");
        Eventually.get(first.entered, "held");
        Neighbour.Asked second = peer.ask("here");
        assertEquals(new LockClient(ClientKind.PROGRAM, PID, LockClient.thisHost(), ""), holder("here"));
        peer.giveBack(first);
        Eventually.get(second.entered, "held by the next");
        peer.giveBack(second);
        assertEquals(List.of(), Stream.ofNullable(holder("here")).toList());
    }

    /** On this machine the host says nothing new; on another a person has to go there first. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            SHELL   |   | the shell of peer 2           | shell       | "release x" in that shell gives it back                  | "cancel x" in that shell withdraws the request
            PAGE    |   | the live page of peer 2       | page        | the button "release" on that page gives it back          | the button "cancel" on that page withdraws the request
            LOCK    |   | "lock", process 47            | lock 47     | it is given back when its command ends, or by "kill 47"  | "kill 47" withdraws the request
            LOCK    | f | "lock", process 47 on f       | lock 47@f   | it is given back when its command ends, or by "kill 47" on f | "kill 47" on f withdraws the request
            HOLD    | f | "hold", process 47 on f       | hold 47@f   | "kill 47" on f gives it back                             | "kill 47" on f withdraws the request
            PROGRAM |   | a program, process 47         | program 47  | that program gives it back, or its end does              | that program withdraws the request, or its end does
            """)
    void eachSaysWhoItIsAndWhatGivesTheLockBack(ClientKind kind, String host, String who, String brief, String held, String waits) {
        LockClient client = new LockClient(kind, 47, host == null ? LockClient.thisHost() : host, "127.0.0.1:9");
        assertEquals(List.of(who, brief, held, waits),
                List.of(client.who(2), client.brief(), client.wayBack("x", 2, true), client.wayBack("x", 2, false)));
        LockClient unknown = new LockClient(ClientKind.LOCK, 0, "", "192.0.2.7:4711");
        assertEquals("\"lock\" at 192.0.2.7:4711; its end withdraws the request", unknown.who(2) + "; " + unknown.wayBack("x", 2, false));
    }

    @Test
    void whoeverAsksIsToldWhoHasTheLockAndHowItIsGivenBack() throws Exception {
        hold("told", LockClient.here(ClientKind.HOLD));
        String who = "\"hold\", process " + PID;
        String back = "\"kill " + PID + "\" gives it back";
        List<String> status = StatusText.lines(peer.look());
        int at = IntStream.range(0, status.size()).filter(i -> status.get(i).contains("[told] HELD with ")).findFirst().orElseThrow();
        assertTrue(status.get(at).contains(" by " + who + ", fence "), status::toString);
        assertEquals("  " + back, status.get(at + 1));
        List<String> locks = LocksCommand.lines(List.of(peer.look()));
        assertTrue(locks.contains("  " + back) && locks.stream().anyMatch(line -> line.contains("peer 1 [told] HELD") && line.contains(" by " + who)), locks::toString);
        SortedMap<Integer, Snapshot> all = new TreeMap<>(Map.of(1, peer.look()));
        List<String> why = Explanation.explain(1, "told", all);
        assertTrue(why.get(0).endsWith("(" + who + ")") && why.get(1).equals("  " + back), why::toString);
        assertTrue(TopTable.lines(1, all, 200).stream().anyMatch(line -> line.startsWith("told ") && line.contains(" 1 hold " + PID + " ")), "top");

        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
        try (Screen screen = new Screen(out, out); Session session = new Session(peer.peer.loop(), screen, false)) {
            new Shell(session).run(new ByteArrayInputStream("release told\n".getBytes(StandardCharsets.UTF_8)));
        }
        assertEquals("release: [told] is HELD at peer 1 by " + who + ", not by this shell; " + back + "\n", said.toString(StandardCharsets.UTF_8));
    }

    public static void main(String[] args) {
        Run.only(ClientTest.class);
    }
}
