///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java simulation/Table.java support/Closing.java support/Eventually.java support/FreePorts.java support/HeldLocks.java
//SOURCES support/Neighbour.java support/Voice.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.RoucairolCarvalho;
import mutex.event.Effect.Outcome;
import mutex.event.LogEvent.EventKind;
import mutex.event.NodeView;
import mutex.log.LogEntry;
import mutex.peer.LocalPeer;
import mutex.remote.StatusClient;
import mutex.shell.LocksCommand;
import mutex.status.Explanation;
import mutex.status.Snapshot;
import mutex.status.StatusText;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tests.simulation.Table;
import tests.support.Closing;
import tests.support.Eventually;
import tests.support.HeldLocks;
import tests.support.Neighbour;

/** {@code --most-locks}: very many locks at one peer, among peers that have other numbers. */
@Timeout(120)
class MostLocksTest {

    private static final int USUAL = 1_024;

    @TempDir
    private Path folder;
    private final Closing open = new Closing();

    @AfterEach
    void end() {
        open.close();
    }

    /** Two peers, of which the first may hold so many, the other as many as usual. */
    private static Table pair(int most, boolean kept) {
        Table table = Table.seated(2, kept ? RoucairolCarvalho.KIND : RicartAgrawala.KIND, 0);
        table.mostLocks(1, most);
        table.restart(1);
        table.linkAll();
        table.settle();
        return table;
    }

    private static List<Long> askAll(Table table, int peer, String prefix, int count) {
        List<Long> askers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            askers.add(table.ask(peer, prefix + i));
        }
        return askers;
    }

    // The rules.

    @Test
    void theNextIsRefusedWithTheNumberThatIsSet() {
        Table table = pair(3_000, false);
        List<Long> held = askAll(table, 1, "lock", 3_000);
        long more = table.ask(1, "more");
        table.settle();
        held.forEach(asker -> assertNotNull(table.entered(1, asker)));
        assertEquals("this peer wants or holds 3000 locks already; release some", table.ended(1, more).reason());
        table.withdraw(1, held.get(7));
        assertNull(table.ended(1, table.ask(1, "more")));
    }

    @Test
    void peerWithFewerAnswersForMoreThanItMayHold() {
        Table table = pair(3_000, false);
        List<Long> theirs = askAll(table, 2, "theirs", USUAL);
        table.settle();
        assertEquals(Outcome.FULL, table.ended(2, table.ask(2, "one-more")).outcome());
        List<Long> others = askAll(table, 1, "others", 3_000 - USUAL);
        List<Long> same = askAll(table, 1, "theirs", USUAL);
        table.settle();
        others.forEach(asker -> assertNotNull(table.entered(1, asker)));
        same.forEach(asker -> assertNull(table.entered(1, asker)));
        assertEquals(USUAL, table.view(2).locks().size());
        theirs.forEach(asker -> table.withdraw(2, asker));
        table.settle();
        same.forEach(asker -> assertNotNull(table.entered(1, asker)));
        assertEquals(List.of(), table.view(2).locks());
    }

    @Test
    void peerWithFewerWaitsForWhatTheOtherHolds() {
        Table table = pair(3_000, false);
        List<Long> held = askAll(table, 1, "lock", 3_000);
        table.settle();
        List<Long> waiting = askAll(table, 2, "lock", USUAL);
        table.settle();
        waiting.forEach(asker -> assertNull(table.entered(2, asker)));
        held.forEach(asker -> table.withdraw(1, asker));
        table.settle();
        waiting.forEach(asker -> assertNotNull(table.entered(2, asker)));
    }

    @Test
    void keptPermissionsMakeRoomForLocksThatAreWanted() {
        Table table = pair(2_000, true);
        for (long asker : askAll(table, 1, "once", 1_500)) {
            table.settle();
            table.withdraw(1, asker);
        }
        table.settle();
        assertEquals(1_500, table.view(1).locks().size());
        List<Long> held = askAll(table, 1, "held", 2_000);
        table.settle();
        held.forEach(asker -> assertNotNull(table.entered(1, asker)));
        assertEquals(2_000, table.view(1).locks().size());
        assertEquals(Outcome.FULL, table.ended(1, table.ask(1, "more")).outcome());
    }

    @Test
    void keptLockThatIsAskedForBesideANewOneStays() {
        Table table = pair(64, true);
        for (long asker : askAll(table, 1, "once", 64)) {
            table.settle();
            table.withdraw(1, asker);
        }
        table.settle();
        long both = table.askFor(1, "once7,new");
        table.settle();
        assertNotNull(table.entered(1, both));
        assertEquals(List.of("new", "once7"), table.view(1).locks().stream().map(NodeView.LockView::name).toList());
    }

    @Test
    void lookIsShortButHasWhatItIsAbout() {
        Table table = pair(5_000, false);
        askAll(table, 1, "lock", 5_000);
        table.settle();
        NodeView view = table.node(1).view(table.now(), Set.of("lock4999", "unknown"), 100);
        assertEquals(100, view.locks().size());
        assertEquals("lock4999", view.locks().get(0).name());
        assertEquals("lock0", view.locks().get(1).name());
        assertEquals(4_900, view.moreLocks());
        assertEquals(100, view.locks().stream().map(NodeView.LockView::name).distinct().count());
        assertEquals(5_000, table.view(1).locks().size());
        assertEquals(0, table.view(1).moreLocks());
    }

    // Over real links.

    private Neighbour peer(int id, int mostLocks, String... others) {
        return open.add(new Neighbour((events, start) -> LocalPeer.start(events, new LocalPeer.PeerStart(start.id(), start.host(), start.port(), start.listen(),
                start.insecure(), start.list(), start.state(), start.algorithms(), start.leaseMillis(), start.expect(), mostLocks, start.voice(),
                start.dying(), start.log())), folder, id, 0, 0, others));
    }

    @Test
    void manyAtOnceBreakNoLink() throws Exception {
        int count = 40_000;
        Neighbour one = peer(1, count);
        Neighbour two = peer(2, USUAL, one.endpoint());
        Eventually.holds(() -> two.look().node().group() != null && two.look().node().group().members().size() == 2, () -> "the group stands: " + two.look());
        AtomicInteger links = new AtomicInteger();
        one.peer.loop().follow(0, entry -> links.addAndGet(isOfLink(entry) ? 1 : 0));
        HeldLocks.take(one.peer.loop(), "a-lock-with-a-name-as-long-as-they-are-", count).get(100, TimeUnit.SECONDS);
        assertEquals(0, links.get(), () -> "links that were made or broken: " + one.voice.lines() + two.voice.lines());
        showsWhatItIsAskedFor(one, two, count);
    }

    private static boolean isOfLink(LogEntry entry) {
        return entry.what().kind() == EventKind.LINK;
    }

    private static StatusClient.Survey inquire(StatusClient client, Set<String> about) {
        try {
            return client.inquire(about);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void showsWhatItIsAskedFor(Neighbour one, Neighbour two, int count) throws Exception {
        String last = "a-lock-with-a-name-as-long-as-they-are-9999";
        // Asked again each time: a peer that says nothing for a second is left out.
        Eventually.holds(() -> Explanation.explain(2, last, Eventually.get(two.peer.loop().inquire(Set.of(last)), "the reports")).get(0)
                .startsWith("peer 2 has not asked for [" + last + "]; peer 1 holds it"), () -> "peer 2 knows who holds it");
        try (StatusClient client = new StatusClient(List.of(two.endpoint()), null)) {
            Eventually.holds(() -> Explanation.explain(2, last, inquire(client, Set.of(last)).byId()).get(0).contains("peer 1 holds it"), () -> "so does a client");
            Eventually.holds(() -> {
                List<String> locks = LocksCommand.lines(inquire(client, Set.of()).byId().values());
                return locks.get(locks.size() - 1).matches("peer 1 and \\d+ locks more");
            }, () -> "the rest is counted");
        }
        Snapshot shown = Eventually.get(one.peer.loop().snapshot(), "a look");
        List<String> status = StatusText.lines(shown);
        assertEquals("and " + (count - shown.node().locks().size()) + " locks more", status.get(status.size() - 1));
        assertTrue(status.size() < 5_000);
        assertEquals(new NodeView.LockTotals(count, 0, 0), Eventually.get(one.peer.loop().counted((now, locks) -> locks), "all"));
    }

    public static void main(String[] args) {
        Run.only(MostLocksTest.class);
    }
}
