///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java simulation/Entries.java simulation/Table.java
//SOURCES ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tests.simulation.Entries.enters;
import static tests.simulation.Entries.messages;

import java.util.List;
import java.util.Set;
import mutex.algorithm.Algorithm.Outgoing;
import mutex.algorithm.Algorithm.State;
import mutex.algorithm.Message;
import mutex.algorithm.Message.Permission;
import mutex.algorithm.Message.Refusal;
import mutex.algorithm.Message.Request;
import mutex.algorithm.RoucairolCarvalho;
import mutex.algorithm.Stamp;
import mutex.event.Effect.Outcome;
import mutex.event.Event;
import mutex.event.Frame;
import mutex.event.NodeView;
import mutex.text.LockName;
import org.junit.jupiter.api.Test;
import tests.simulation.Entries;
import tests.simulation.Table;

/** One test per rule of kept permissions (protocol.md, kept permissions); the method name is the rule. */
class KeptPermissionsTest {

    private static final String LOCK = LockName.DEFAULT;
    private static final int MOST_LOCKS = 1_024;

    private final RoucairolCarvalho two = new RoucairolCarvalho(2, Set.of(1, 3)); // peer 2 of 1, 2, 3

    private static Request request(long time, int peer) {
        return new Request(new Stamp(time, peer), false);
    }

    private static Permission permission(long time, int peer) {
        return new Permission(new Stamp(time, peer));
    }

    private static Outgoing to(int peer, Message message) {
        return new Outgoing(peer, message);
    }

    private List<Outgoing> twoAsks(long time) {
        return two.request(new Stamp(time, 2), false);
    }

    private void twoEnters(long time) {
        twoAsks(time);
        two.receive(1, permission(time, 2));
        two.receive(3, permission(time, 2));
        two.enter(Set.of());
    }

    private void twoHasEntered(long time) {
        twoEnters(time);
        assertEquals(List.of(), two.exit());
    }

    // What is kept, and what ends it.

    @Test
    void whoEntersAgainAsksNobody() {
        twoHasEntered(5);
        assertEquals(List.of(), twoAsks(9));
        assertTrue(two.ready(Set.of()));
    }

    @Test
    void onlyThoseWhosePermissionIsMissingAreAsked() {
        twoHasEntered(5);
        two.receive(1, request(7, 1));
        assertEquals(List.of(to(1, request(9, 2))), twoAsks(9));
        assertEquals(Set.of(1), two.missing());
    }

    @Test
    void whoGivesPermissionLosesTheKeptOne() {
        twoHasEntered(5);
        assertEquals(List.of(to(1, permission(7, 1))), two.receive(1, request(7, 1)));
        twoAsks(9);
        assertFalse(two.ready(Set.of()));
    }

    @Test
    void whoGivesPermissionWhileItWantsAsksAgainWithTheSameStamp() {
        twoAsks(5);
        two.receive(1, permission(5, 2));
        assertEquals(List.of(to(1, permission(4, 1)), to(1, request(5, 2))), two.receive(1, request(4, 1)));
        two.receive(3, permission(5, 2));
        assertFalse(two.ready(Set.of()));
        two.receive(1, permission(5, 2));
        assertTrue(two.ready(Set.of()));
    }

    @Test
    void whoGivesPermissionToAPeerThatItHasAskedDoesNotAskAgain() {
        twoAsks(5);
        assertEquals(List.of(to(1, permission(4, 1))), two.receive(1, request(4, 1)));
    }

    @Test
    void whoDefersKeepsThePermission() {
        twoAsks(5);
        two.receive(1, permission(5, 2));
        assertEquals(List.of(), two.receive(1, request(6, 1)));
        assertEquals(Set.of(3), two.missing());
    }

    @Test
    void firstExitAnswersWhoeverIsDeferredAndLosesTheirPermissions() {
        twoEnters(5);
        two.receive(1, request(7, 1));
        assertEquals(List.of(to(1, permission(7, 1))), two.exit());
        assertEquals(List.of(to(1, request(9, 2))), twoAsks(9));
    }

    @Test
    void cancelKeepsWhatHasBeenGivenAndAnswersWhoeverIsDeferred() {
        twoAsks(5);
        two.receive(1, permission(5, 2));
        two.receive(3, permission(5, 2));
        two.receive(3, request(7, 3));
        assertEquals(List.of(to(3, permission(7, 3))), two.exit());
        assertEquals(List.of(to(3, request(9, 2))), twoAsks(9));
    }

    @Test
    void newEpochOfThePeerEndsIt() {
        twoHasEntered(5);
        two.onPeerEpoch(3);
        assertEquals(List.of(to(3, request(9, 2))), twoAsks(9));
    }

    @Test
    void newEpochOfOnesOwnEndsAll() {
        twoHasEntered(5);
        assertEquals(List.of(), two.onOwnEpochEnd());
        assertEquals(List.of(to(1, request(9, 2)), to(3, request(9, 2))), twoAsks(9));
    }

    @Test
    void newGroupVersionEndsAll() {
        twoHasEntered(5);
        two.onMembers(Set.of(1, 3, 4));
        twoAsks(9);
        assertEquals(Set.of(1, 3, 4), two.missing());
    }

    @Test
    void holderOfAnOlderGroupVersionKeepsNothingAtItsExit() {
        twoEnters(5);
        two.onMembers(Set.of(1, 3, 4));
        two.exit();
        twoAsks(9);
        assertEquals(Set.of(1, 3, 4), two.missing());
    }

    // Late and repeated messages.

    @Test
    void lateCopyOfAnOldPermissionCountsForNothing() {
        twoHasEntered(5);
        two.receive(1, request(7, 1));
        two.receive(1, permission(5, 2)); // idle
        twoAsks(9);
        two.receive(1, permission(5, 2)); // waiting
        assertEquals(Set.of(1), two.missing());
    }

    @Test
    void repeatedRequestIsAnsweredAgainAndKeepsNothing() {
        two.receive(1, request(7, 1));
        twoHasEntered(9);
        assertEquals(List.of(to(1, permission(7, 1))), two.receive(1, request(7, 1)));
        assertEquals(List.of(to(1, request(11, 2))), twoAsks(11));
    }

    @Test
    void newLinkGetsTheRequestAgainOnlyIfThePermissionIsMissing() {
        twoHasEntered(5);
        two.receive(1, request(7, 1));
        twoAsks(9);
        assertEquals(List.of(to(1, request(9, 2))), two.repeatTo(1));
        assertEquals(List.of(), two.repeatTo(3));
    }

    // A try.

    @Test
    void tryWithAllPermissionsKeptEntersWithoutAMessage() {
        twoHasEntered(5);
        assertEquals(List.of(), two.request(new Stamp(9, 2), true));
        assertTrue(two.ready(Set.of()));
    }

    @Test
    void refusedTryKeepsWhatHasBeenGivenAndTheRefuserStaysMissing() {
        two.request(new Stamp(5, 2), true);
        two.receive(1, permission(5, 2));
        assertEquals(List.of(), two.receive(3, new Refusal(new Stamp(5, 2))));
        assertEquals(State.IDLE, two.state());
        assertEquals(List.of(to(3, request(9, 2))), twoAsks(9));
    }

    @Test
    void refusedTryGivesPermissionOnceToWhoeverIsDeferred() {
        two.request(new Stamp(5, 2), true);
        two.receive(1, request(7, 1));
        assertEquals(List.of(to(1, permission(7, 1))), two.receive(3, new Refusal(new Stamp(5, 2))));
    }

    @Test
    void refusalTakesNothingBack() {
        twoHasEntered(5);
        twoAsks(9);
        two.enter(Set.of());
        two.receive(1, new Request(new Stamp(10, 1), true));
        two.exit();
        assertEquals(List.of(), twoAsks(12));
    }

    // What is remembered, and shown.

    @Test
    void peersCompareTheNameOfTheAlgorithm() {
        assertEquals("roucairol-carvalho", RoucairolCarvalho.KIND.name());
        assertEquals("roucairol-carvalho", RoucairolCarvalho.KIND.make(1, Set.of(2)).name());
    }

    @Test
    void lockIsRememberedWhileItIsWanted() {
        twoAsks(5);
        assertFalse(two.idle());
        assertFalse(two.droppable());
    }

    @Test
    void saysWhosePermissionIsKeptUnlessItWantsTheLock() {
        assertEquals("", two.describe());
        twoHasEntered(5);
        assertEquals("permission kept of [1, 3]", two.describe());
        two.receive(1, request(7, 1));
        twoAsks(9);
        assertEquals("", two.describe());
    }

    @Test
    void lockIsRememberedWhileAPermissionIsKept() {
        assertTrue(two.idle());
        twoHasEntered(5);
        assertFalse(two.idle());
        assertTrue(two.droppable());
        two.receive(1, request(7, 1));
        assertFalse(two.idle());
        two.receive(3, request(8, 3));
        assertTrue(two.idle());
    }

    // Whole nodes.

    private static Table begun(int n) {
        return Table.begun(n, RoucairolCarvalho.KIND);
    }

    private static NodeView.LockView lock(Table table, int peer) {
        return Entries.lock(table, peer, LOCK);
    }

    @Test
    void anEntryCostsTwoMessagesForEachPermissionThatIsMissing() {
        Table table = begun(5);
        assertEquals(8, enters(table, 1, LOCK));
        assertEquals(0, enters(table, 1, LOCK));
        assertEquals(8, enters(table, 2, LOCK));
        assertEquals(2, enters(table, 1, LOCK)); // it still has those of the other three
        assertEquals(0, enters(table, 1, LOCK));
    }

    @Test
    void entryWithoutAMessageShowsNone() {
        Table table = begun(3);
        enters(table, 1, LOCK);
        table.ask(1, LOCK);
        assertEquals(State.HELD, lock(table, 1).state());
        assertEquals(0, lock(table, 1).messages());
    }

    @Test
    void fencesRiseAlthoughNoMessageIsSent() {
        Table table = begun(2);
        long last = 0;
        for (int peer : new int[] {1, 1, 1, 2, 2, 1}) {
            long asker = table.ask(peer, LOCK);
            table.settle();
            long fence = table.entered(peer, asker).fence();
            assertTrue(fence > last);
            last = fence;
            table.withdraw(peer, asker);
        }
    }

    @Test
    void restartedPeerIsAskedAgain() {
        Table table = begun(3);
        enters(table, 1, LOCK);
        table.crash(2);
        table.restart(2);
        table.linkAll();
        table.settle();
        long fromTwo = table.ask(2, LOCK);
        table.lose(sent -> sent.to() == 1); // who knows of the new epoch, not of the request
        table.settle();
        long again = table.ask(1, LOCK);
        assertNull(table.entered(1, again));
        table.lose(sent -> false);
        table.unlink(1, 2);
        table.unlink(1, 3);
        table.linkAll();
        table.settle();
        Entries.oneAfterTheOther(table, LOCK, 1, again, 2, fromTwo);
    }

    @Test
    void restartedPeerHasNothingKept() {
        Table table = begun(3);
        enters(table, 1, LOCK);
        table.crash(1);
        table.restart(1);
        table.linkAll();
        table.settle();
        assertEquals(4, enters(table, 1, LOCK));
    }

    @Test
    void ownEpochThatRisesForgetsWhatIsKept() {
        Table table = begun(3);
        enters(table, 1, LOCK);
        table.step(1, new Event.Received(new Frame(2, table.view(2).epoch(), table.view(1).epoch() + 7, table.group(2).version(),
                table.group(2).print(), table.view(2).time(), table.view(2).seen(), List.of())));
        table.settle();
        assertNull(lock(table, 1));
        assertEquals(4, enters(table, 1, LOCK));
    }

    @Test
    void newMemberIsAskedAndSoAreAllOthersAgain() {
        Table table = begun(3);
        enters(table, 1, LOCK);
        table.start(4);
        table.linkAll();
        long added = table.add(3, 4);
        table.settle();
        table.linkAll();
        table.settle();
        assertEquals("done", table.answer(3, added));
        long asker = table.ask(1, LOCK);
        assertEquals(Set.of(2, 3, 4), lock(table, 1).missing());
        table.settle();
        assertNotNull(table.entered(1, asker));
    }

    @Test
    void whoLosesItsStandingLosesWhatIsKept() {
        Table table = Table.leased(3, RoucairolCarvalho.KIND);
        long first = table.ask(1, LOCK);
        assertTrue(table.runUntil(3 * Table.LEASE, () -> table.entered(1, first) != null));
        table.withdraw(1, first);
        table.unlink(1, 2);
        table.unlink(1, 3);
        long other = table.ask(2, LOCK);
        assertTrue(table.runUntil(9 * Table.LEASE, () -> table.entered(2, other) != null));
        long second = table.ask(1, LOCK);
        assertNull(table.entered(1, second));
        table.linkAll();
        table.run(3 * Table.LEASE);
        assertEquals(List.of(2), table.inside(LOCK));
        table.withdraw(2, other);
        assertTrue(table.runUntil(3 * Table.LEASE, () -> table.entered(1, second) != null));
    }

    @Test
    void onlyWhoKeepsAPermissionRemembersTheLock() {
        Table table = begun(2);
        enters(table, 1, LOCK);
        assertEquals("permission kept of [2]", lock(table, 1).about());
        assertNull(lock(table, 2));
        enters(table, 2, LOCK);
        assertNull(lock(table, 1));
        assertEquals("permission kept of [1]", lock(table, 2).about());
    }

    @Test
    void whatIsKeptIsForgottenBeforeALockIsRefused() {
        Table table = begun(2);
        long held = table.ask(1, "held");
        table.settle();
        for (int i = 1; i < MOST_LOCKS; i++) {
            assertEquals(2, enters(table, 1, "lock" + i));
        }
        assertEquals(MOST_LOCKS, table.view(1).locks().size());
        assertEquals(0, enters(table, 1, "lock7"));
        assertEquals(2, enters(table, 1, "one-more"));
        assertEquals(2, table.view(1).locks().size());
        assertNotNull(table.entered(1, held));
        assertEquals(2, enters(table, 1, "lock7"));
        table.withdraw(1, held);
        assertEquals(Outcome.RELEASED, table.ended(1, held).outcome());
    }

    @Test
    void whoWaitsForAGroupIsNotForgottenForAnother() {
        Table table = new Table(RoucairolCarvalho.KIND, 0);
        table.start(1, 2);
        long first = table.ask(1, LOCK);
        for (int i = 1; i < MOST_LOCKS; i++) {
            table.ask(1, "lock" + i);
        }
        long refused = table.ask(1, "one-more");
        assertEquals("this peer wants or holds 1024 locks already; release some", table.ended(1, refused).reason());
        table.start(2, 1);
        table.linkAll();
        table.settle();
        assertNotNull(table.entered(1, first));
    }

    public static void main(String[] args) {
        Run.only(KeptPermissionsTest.class);
    }
}
