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
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import mutex.MutexProto;
import mutex.algorithm.Algorithm.State;
import mutex.algorithm.Stamp;
import mutex.client.Held;
import mutex.client.Mutex;
import mutex.node.NodeView;
import mutex.algorithm.LockMode;
import mutex.remote.HoldClientCall;
import mutex.status.LockClient;
import mutex.status.LockClient.ClientKind;
import mutex.status.Snapshot;
import mutex.wire.WireStatus;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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
        HoldClientCall call = HoldClientCall.open(peer.endpoint(), null, client, LockMode.exclusive(lock), false, 0, 0, new HoldClientCall.HoldListener() {
            @Override
            public void waiting() {}

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

    public static void main(String[] args) {
        Run.only(ClientTest.class);
    }
}
