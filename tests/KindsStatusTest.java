///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import mutex.algorithm.Algorithm.State;
import mutex.algorithm.Mode;
import mutex.algorithm.Stamp;
import mutex.event.NodeView;
import mutex.event.NodeView.HoldView;
import mutex.event.NodeView.LockView;
import mutex.event.NodeView.WishView;
import mutex.group.Group;
import mutex.log.Tallies.LockTally;
import mutex.status.Explanation;
import mutex.status.LockClient;
import mutex.status.LockClient.ClientKind;
import mutex.status.Snapshot;
import mutex.status.StatusText;
import mutex.status.TopTable;
import mutex.wire.StatusJson;
import mutex.wire.WireStatus;
import org.junit.jupiter.api.Test;

/** What people and programs are told of a lock that several hold at once. */
class KindsStatusTest {

    private static final long SECOND = 1_000_000_000L;
    private static final LockClient SHELL = new LockClient(ClientKind.SHELL, 5, "", "");

    private final SortedMap<Integer, Snapshot> peers = new TreeMap<>();

    private static Mode units(long take, long of) {
        return new Mode.Units(take, of);
    }

    private static HoldView hold(int peer, long time, Mode mode) {
        return new HoldView(new Stamp(time, peer), mode, 100 + time, 2 * SECOND, time);
    }

    private static WishView wish(int peer, long time, Mode mode) {
        return new WishView(new Stamp(time, peer), mode, SECOND, time);
    }

    /** A peer with lock "x", as it is read from the wire. */
    private void peer(int id, List<HoldView> holds, WishView wish, Integer... missing) {
        LockView lock = new LockView("x", !holds.isEmpty() ? State.HELD : wish != null ? State.WANTED : State.IDLE,
                !holds.isEmpty() ? holds.get(0).stamp() : wish != null ? wish.stamp() : null, holds.isEmpty() ? 0 : holds.get(0).fence(),
                !holds.isEmpty() ? 2 * SECOND : SECOND, new TreeSet<>(List.of(missing)), Map.of(), 0, 4, null, "", 0, holds, wish);
        peers.put(id, WireStatus.in(WireStatus.out(snapshot(id, lock, Map.of()))));
    }

    private static Snapshot snapshot(int id, LockView lock, Map<Stamp, LockClient> askers) {
        Group group = Group.found(new TreeMap<>(Map.of(1, "h:1", 2, "h:2", 3, "h:3")));
        List<Snapshot.Other> others = IntStream.rangeClosed(1, 3).filter(other -> other != id)
                .mapToObj(other -> new Snapshot.Other(other, "h:" + other, true, 1, 5, 5, "")).toList();
        return new Snapshot(new NodeView(id, "h:" + id, 1, 9, 77, group, null, List.of(lock), new TreeMap<>(), null, new TreeMap<>(), null),
                "ricart-agrawala", 0, others, Map.of("x", LockTally.NONE), List.of(), Map.of(), askers, Map.of());
    }

    private List<String> why(int self) {
        return Explanation.explain(self, "x", peers);
    }

    // Over the wire.

    @Test
    void allHoldsAndTheWishComeOutAsTheyWentIn() {
        for (Mode mode : List.of(Mode.EXCLUSIVE, Mode.SHARED, new Mode.OfKind("a"), units(3, 4))) {
            LockView lock = new LockView("x", State.HELD, new Stamp(3, 1), 103, 2 * SECOND, new TreeSet<>(List.of(2)), Map.of(), 1, 4, null, "", 0,
                    List.of(new HoldView(new Stamp(3, 1), mode, 103, 2 * SECOND, 0), new HoldView(new Stamp(4, 1), mode, 104, SECOND, 0)),
                    new WishView(new Stamp(5, 1), mode, SECOND, 0));
            Snapshot snapshot = snapshot(1, lock, Map.of(new Stamp(3, 1), SHELL, new Stamp(5, 1), SHELL));
            assertEquals(snapshot, WireStatus.in(WireStatus.out(snapshot)));
        }
    }

    @Test
    void ofACrowdTheFirstAreToldAndHowManyMoreThereAre() {
        List<HoldView> crowd = new ArrayList<>();
        Map<Stamp, LockClient> askers = new HashMap<>();
        for (int time = 1; time <= 1_000; time++) {
            crowd.add(hold(1, time, new Mode.OfKind("k".repeat(32))));
            askers.put(new Stamp(time, 1), new LockClient(ClientKind.PROGRAM, Integer.MAX_VALUE, "\u20ac".repeat(64), "\u20ac".repeat(64)));
        }
        LockView lock = new LockView("x", State.HELD, new Stamp(1, 1), 101, 2 * SECOND, new TreeSet<>(), Map.of(), 0, 4, null, "", 0, crowd, null);
        var status = WireStatus.out(snapshot(1, lock, askers));
        assertTrue(status.getSerializedSize() < 16 << 10, status.getSerializedSize() + " bytes");
        Snapshot told = WireStatus.in(status);
        assertEquals(1_000, told.holds(told.node().locks().get(0)));
        assertTrue(StatusText.lines(told).contains("  and HELD 984 times more"), () -> StatusText.lines(told).toString());
    }

    /** A peer that knows no holds reads what it always read. */
    @Test
    void olderReadersSeeTheFirstHold() {
        peer(1, List.of(hold(1, 3, Mode.SHARED), hold(1, 4, Mode.SHARED)), null);
        var old = WireStatus.out(peers.get(1)).getLocks(0).toBuilder().clearHolds().clearWish().build();
        assertEquals(3, old.getStamp().getTime());
        assertEquals(103, old.getFence());
        LockView exclusive = new LockView("x", State.HELD, new Stamp(3, 1), 103, SECOND, new TreeSet<>(), Map.of(), 0, 4, null, "");
        assertEquals(0, WireStatus.out(snapshot(1, exclusive, Map.of())).getLocks(0).getHoldsCount(), "nothing new is said of an exclusive lock");
    }

    @Test
    void programsReadModesByTheNamesOfTheirFields() {
        peer(1, List.of(hold(1, 3, units(3, 4))), wish(1, 4, units(1, 4)));
        String json = StatusJson.status(WireStatus.out(peers.get(1)));
        assertTrue(json.contains("\"holds\":[{\"stamp\":{\"time\":\"3\",\"peer\":1},\"mode\":{\"units\":{\"take\":3,\"of\":4}},\"fence\":\"103\""), json);
        assertTrue(json.contains("\"wish\":{\"stamp\":{\"time\":\"4\",\"peer\":1},\"mode\":{\"units\":{\"take\":1,\"of\":4}}"), json);
    }

    // The state of one peer.

    @Test
    void statusShowsAllHoldersAndWhatWaits() {
        LockView lock = new LockView("x", State.HELD, new Stamp(3, 1), 103, 2 * SECOND, new TreeSet<>(List.of(2)), Map.of(), 1, 4, null, "", 3,
                List.of(hold(1, 3, units(2, 4)), hold(1, 4, units(1, 4))), wish(1, 5, units(3, 4)));
        assertEquals(List.of("[x] HELD with 3@1 2/4 for 2 s, fence 103, entered with 4 messages, 1 more waiting here",
                "  and HELD with 4@1 1/4 for 2 s by the shell of peer 1, fence 104", "  \"release x\" in that shell gives it back",
                "  and WANTED with 5@1 3/4 for 1 s, waiting for permission from peer 2"),
                StatusText.lines(lock, snapshot(1, lock, Map.of(new Stamp(4, 1), SHELL))));
    }

    // Why one waits.

    @Test
    void whyCountsTheUnits() {
        peer(1, List.of(hold(1, 3, units(3, 4))), null);
        peer(2, List.of(), wish(2, 5, units(2, 4)));
        peer(3, List.of(), null);
        assertEquals(List.of("peer 2 [x] waits with 5@2 2/4 for 1 s, has every permission, and needs units that others have:",
                "  peer 1: has 3 of 4 units with 3@1 for 2 s, you want 2"), why(2));
    }

    @Test
    void whyCountsTheUnitsOfAllPeersAndOurOwn() {
        peer(1, List.of(hold(1, 3, units(1, 4)), hold(1, 4, units(1, 4))), null);
        peer(2, List.of(hold(2, 2, units(1, 4))), wish(2, 5, units(2, 4)), 1);
        assertEquals(List.of("peer 2 [x] is HELD with 2@2 1/4 for 2 s", "peer 2 [x] waits with 5@2 2/4 for 1 s, for permission from:",
                "  peer 1: has 2 of 4 units with 3@1 for 2 s and 1 more, you want 2",
                "  peer 2: has 1 of 4 units with 2@2 for 2 s, you want 2"), why(2));
    }

    @Test
    void whyTellsAReaderOfTheWriterThatGoesFirst() {
        peer(1, List.of(hold(1, 2, Mode.SHARED)), null);
        peer(2, List.of(), wish(2, 4, Mode.EXCLUSIVE), 1);
        peer(3, List.of(), wish(3, 5, Mode.SHARED), 2);
        assertEquals(List.of("peer 3 [x] waits with 5@3 shared for 1 s, for permission from:",
                "  peer 2: waits to write with 4@2 for 1 s, and goes first",
                "    peer 1: holds it shared with 2@1 for 2 s"), why(3));
    }

    @Test
    void whyTellsAWriterOfAllReaders() {
        peer(1, List.of(hold(1, 2, Mode.SHARED), hold(1, 3, Mode.SHARED)), null);
        peer(2, List.of(), wish(2, 4, Mode.EXCLUSIVE), 1, 3);
        peer(3, List.of(hold(3, 1, Mode.SHARED)), null);
        assertEquals(List.of("peer 2 [x] waits with 4@2 for 1 s, for permission from:", "  peer 1: holds it shared with 2@1 for 2 s and 1 more",
                "  peer 3: holds it shared with 1@3 for 2 s"), why(2));
    }

    @Test
    void whoIsNotInConflictIsNotInTheWay() {
        peer(1, List.of(hold(1, 2, Mode.SHARED)), null);
        peer(2, List.of(), wish(2, 4, Mode.SHARED), 1);
        assertEquals("  peer 1: its answer is on its way", why(2).get(1));
    }

    @Test
    void twoSizesOfAPoolAreNamedAsAMistake() {
        peer(1, List.of(hold(1, 3, units(1, 5))), null);
        peer(2, List.of(), wish(2, 5, units(1, 4)), 1);
        assertEquals("  peer 1: holds it as 1 of 5 units with 3@1 for 2 s; that is a pool of 5, and you want one of 4: "
                + "two sizes of one lock exclude each other, and one is a mistake", why(2).get(1));
    }

    @Test
    void unitsBesideAnotherModeAreNamed() {
        peer(1, List.of(hold(1, 3, new Mode.OfKind("a"))), wish(1, 4, new Mode.OfKind("b")));
        peer(2, List.of(), wish(2, 5, units(1, 4)), 1);
        assertEquals("  peer 1: holds it as kind a with 3@1 for 2 s; waits for kind b with 4@1 for 1 s, and goes first; units of a lock go beside units only",
                why(2).get(1));
    }

    @Test
    void whyTellsWhoHoldsItAndHow() {
        peer(1, List.of(hold(1, 3, Mode.SHARED)), null);
        peer(2, List.of(), null);
        assertEquals(List.of("peer 2 has not asked for [x]; peer 1 holds it, shared"), why(2));
    }

    // All locks.

    @Test
    void topShowsEachHolderWithItsMode() {
        peer(1, List.of(hold(1, 2, Mode.SHARED), hold(1, 3, Mode.SHARED)), null);
        peer(2, List.of(hold(2, 1, Mode.SHARED)), wish(2, 5, Mode.EXCLUSIVE), 1);
        peer(3, List.of(), wish(3, 6, Mode.SHARED), 2);
        List<String> table = TopTable.lines(1, peers, 200);
        assertEquals("x     1 shared x2, 2 shared  2 s, 2 s  102, 101  -          2 (1 s), 3 shared (1 s)", table.get(2), table::toString);
        assertFalse(table.size() > 3, table::toString);
    }

    public static void main(String[] args) {
        Run.only(KindsStatusTest.class);
    }
}
