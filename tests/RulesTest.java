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
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import mutex.algorithm.Algorithm.Outgoing;
import mutex.algorithm.Algorithm.State;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.Message;
import mutex.algorithm.Message.Permission;
import mutex.algorithm.Message.Refusal;
import mutex.algorithm.Message.Request;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.RingKind;
import mutex.algorithm.RoucairolCarvalho;
import mutex.algorithm.Stamp;
import mutex.event.Effect;
import mutex.event.Effect.Outcome;
import mutex.event.Event;
import mutex.event.Frame;
import mutex.text.LockName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tests.simulation.Entries;
import tests.simulation.Table;
import tests.simulation.Table.Sent;

/** One test per rule of the lock (protocol.md, core); the method name is the rule. */
class RulesTest {

    private static final String LOCK = LockName.DEFAULT;

    private final RicartAgrawala two = new RicartAgrawala(2, Set.of(1, 3)); // peer 2 of 1, 2, 3

    private static Request request(long time, int peer) {
        return new Request(new Stamp(time, peer), false);
    }

    private static Request attempt(long time, int peer) {
        return new Request(new Stamp(time, peer), true);
    }

    private static Permission permission(long time, int peer) {
        return new Permission(new Stamp(time, peer));
    }

    private static List<Outgoing> to(int peer, Message message) {
        return List.of(new Outgoing(peer, message));
    }

    private void twoAsks(long time) {
        two.request(new Stamp(time, 2), false);
    }

    private void twoEnters(long time) {
        twoAsks(time);
        two.receive(1, permission(time, 2));
        two.receive(3, permission(time, 2));
        two.enter(Set.of());
    }

    @Test
    void messageOfAnotherAlgorithmChangesNothing() {
        twoAsks(5);
        for (Message foreign : List.of(new Message.Token(1, 1, 0), new Message.Census(1, 1), new Message.Vow(1, 1))) {
            assertEquals(List.of(), two.receive(1, foreign));
        }
        assertEquals(Set.of(1, 3), two.missing());
    }

    // C1, C2: who waits for whom.

    @Test
    void asksEveryOtherMember() {
        assertEquals(List.of(new Outgoing(1, request(5, 2)), new Outgoing(3, request(5, 2))),
                two.request(new Stamp(5, 2), false));
    }

    @Test
    void idleGivesPermissionAtOnce() {
        assertEquals(to(1, permission(4, 1)), two.receive(1, request(4, 1)));
    }

    @Test
    void olderRequestGoesFirst() {
        twoAsks(5);
        assertEquals(to(1, permission(4, 1)), two.receive(1, request(4, 1)));
        assertEquals(State.WANTED, two.state());
    }

    @Test
    void newerRequestIsDeferred() {
        twoAsks(5);
        assertEquals(List.of(), two.receive(1, request(6, 1)));
        assertEquals(new Stamp(6, 1), two.deferred().get(1));
    }

    @Test
    void equalTimesGoToTheSmallerId() {
        twoAsks(5);
        assertEquals(to(1, permission(5, 1)), two.receive(1, request(5, 1)));
        assertEquals(List.of(), two.receive(3, request(5, 3)));
    }

    @Test
    void comparesWithItsStampNotItsClock() {
        twoAsks(5);
        two.receive(1, request(9, 1)); // the clock is beyond 9 now
        assertEquals(List.of(), two.receive(3, request(7, 3)));
    }

    @Test
    void holderDefersEvenOlderRequests() {
        twoEnters(5);
        assertEquals(List.of(), two.receive(1, request(4, 1)));
    }

    @Test
    void oneSlotPerPeerKeepsTheNewestRequest() {
        twoEnters(5);
        two.receive(1, request(7, 1));
        two.receive(1, request(6, 1)); // late copy of one cancelled since
        assertEquals(to(1, permission(7, 1)), two.exit());
    }

    @Test
    void repeatedRequestIsAnsweredAgain() {
        two.receive(1, request(4, 1));
        assertEquals(to(1, permission(4, 1)), two.receive(1, request(4, 1)));
    }

    // C3, C5: what counts, and entry.

    @Test
    void entersWhenEveryOtherMemberHasGivenPermission() {
        twoAsks(5);
        two.receive(1, permission(5, 2));
        assertFalse(two.ready(Set.of()));
        assertEquals(Set.of(3), two.missing());
        two.receive(3, permission(5, 2));
        assertTrue(two.ready(Set.of()));
    }

    @Test
    void repeatedPermissionCountsOnce() {
        twoAsks(5);
        two.receive(1, permission(5, 2));
        two.receive(1, permission(5, 2));
        assertFalse(two.ready(Set.of()));
    }

    @Test
    void latePermissionAfterCancelDoesNotCount() {
        twoAsks(5);
        two.receive(1, permission(5, 2));
        two.exit();
        twoAsks(8);
        two.receive(1, permission(5, 2));
        two.receive(3, permission(8, 2));
        assertFalse(two.ready(Set.of()));
    }

    @Test
    void permissionOfAStrangerDoesNotCount() {
        RicartAgrawala lock = new RicartAgrawala(2, Set.of(1));
        lock.request(new Stamp(5, 2), false);
        lock.receive(3, permission(5, 2));
        assertFalse(lock.ready(Set.of()));
    }

    @Test
    void enteringWithoutPermissionSaysWhoseIsMissing() {
        twoAsks(5);
        two.receive(1, permission(5, 2));
        Exception e = assertThrows(IllegalStateException.class, () -> two.enter(Set.of()));
        assertEquals("enter: WANTED, permission missing from [3]", e.getMessage());
    }

    @Test
    void askingTwiceSaysSo() {
        twoAsks(5);
        Exception e = assertThrows(IllegalStateException.class, () -> twoAsks(6));
        assertEquals("request: lock is WANTED at peer 2, not IDLE", e.getMessage());
    }

    @Test
    void exitAnswersEveryoneDeferredTheNextHolderFirst() {
        twoEnters(5);
        two.receive(1, request(7, 1));
        two.receive(3, request(6, 3));
        assertEquals(List.of(new Outgoing(3, permission(6, 3)), new Outgoing(1, permission(7, 1))), two.exit());
        assertEquals(List.of(), two.exit());
    }

    @Test
    void cancelAnswersEveryoneDeferredAndLeavesNoTrace() {
        twoAsks(5);
        two.receive(1, request(7, 1));
        two.receive(3, permission(5, 2));
        assertEquals(to(1, permission(7, 1)), two.exit());
        assertEquals(State.IDLE, two.state());
        assertNull(two.stamp());
        twoAsks(9);
        assertEquals(Set.of(1, 3), two.missing());
    }

    @Test
    void newLinkGetsTheRequestAgainOnlyIfItIsUnanswered() {
        twoAsks(5);
        two.receive(1, permission(5, 2));
        assertEquals(List.of(), two.repeatTo(1));
        assertEquals(to(3, request(5, 2)), two.repeatTo(3));
    }

    @Test
    void newGroupVersionVoidsPermissionsButKeepsTheStamp() { // G1
        twoAsks(5);
        two.receive(1, permission(5, 2));
        assertEquals(List.of(new Outgoing(1, request(5, 2)), new Outgoing(3, request(5, 2)), new Outgoing(4, request(5, 2))),
                two.onMembers(new TreeSet<>(Set.of(1, 3, 4))));
        assertEquals(Set.of(1, 3, 4), two.missing());
    }

    @Test
    void holderKeepsTheLockAcrossGroupVersionsAndStillDefers() {
        twoEnters(5);
        two.receive(1, request(7, 1));
        assertEquals(List.of(), two.onMembers(Set.of(1, 3, 4)));
        assertEquals(List.of(), two.receive(4, request(2, 4)));
        assertEquals(Set.of(1, 4), two.deferred().keySet());
    }

    // C4: epochs.

    @Test
    void newEpochVoidsThePermission() {
        twoAsks(5);
        two.receive(1, permission(5, 2));
        assertEquals(to(1, request(5, 2)), two.onPeerEpoch(1));
        assertEquals(Set.of(1, 3), two.missing());
    }

    @Test
    void newEpochVoidsTheDeferredRequest() {
        twoEnters(5);
        two.receive(1, request(7, 1));
        two.onPeerEpoch(1);
        assertEquals(List.of(), two.exit());
    }

    @Test
    void permissionForAnotherEpochDoesNotCount() {
        Table table = Table.begun(2);
        long asker = table.ask(1, LOCK);
        table.underWay.clear();
        Frame frame = answer(table, 2, 1, table.view(1).epoch() - 1, table.view(2).epoch());
        table.step(1, new Event.Received(frame));
        assertNull(table.entered(1, asker));
    }

    @Test
    void permissionFromAnOlderEpochDoesNotCount() {
        Table table = Table.begun(2);
        long asker = table.ask(1, LOCK);
        Frame frame = answer(table, 2, 1, table.view(1).epoch(), table.view(2).epoch() - 1);
        table.step(1, new Event.Received(frame));
        assertNull(table.entered(1, asker));
    }

    @Test
    void permissionOfAnotherGroupVersionDoesNotCount() {
        Table table = Table.begun(2);
        long asker = table.ask(1, LOCK);
        Frame good = answer(table, 2, 1, table.view(1).epoch(), table.view(2).epoch());
        table.step(1, new Event.Received(new Frame(2, good.fromEpoch(), good.toEpoch(), good.version(),
                good.print() + 1, good.time(), good.seen(), good.parts())));
        assertNull(table.entered(1, asker));
        table.step(1, new Event.Received(good));
        assertNotNull(table.entered(1, asker));
    }

    /** The permission that the peer would give to the only request of the other. */
    private static Frame answer(Table table, int from, int to, long toEpoch, long fromEpoch) {
        Stamp asked = table.view(to).locks().get(0).stamp();
        return new Frame(from, fromEpoch, toEpoch, table.group(from).version(), table.group(from).print(),
                asked.time() + 1, table.view(from).seen(), List.of(new Frame.OfLock(LOCK, new Permission(asked))));
    }

    @Test
    void ownEpochRisesAboveWhatOthersRemember() {
        Table table = Table.begun(2);
        long remembered = table.view(2).epoch();
        table.crash(2);
        table.restartIn(2, remembered - 500);
        table.linkAll();
        table.settle();
        assertTrue(table.view(2).epoch() > remembered);
        long asker = table.ask(2, LOCK);
        table.settle();
        assertNotNull(table.entered(2, asker));
    }

    @Test
    void ownEpochRisesWhenTheClockShowsTheOldOneAgain() { // E1
        Table table = Table.begun(2);
        long asker = table.ask(1, LOCK);
        table.lose(sent -> !sent.messages().isEmpty() && sent.to() == 1);
        long remembered = table.view(2).epoch();
        table.crash(2);
        table.restartIn(2, remembered);
        table.linkAll();
        table.settle();
        assertTrue(table.view(2).epoch() > remembered);
        assertNull(table.entered(1, asker));
    }

    /** Two lives of peer 1, each below the last, would both be epoch 1003: only peer 3 heard of the first. */
    @Test
    void twoLivesThatTheClockPutBackNeverShareAnEpoch() {
        Table table = Table.begun(3);
        table.crash(1);
        table.restartIn(1, 900);
        table.link(1, 3);
        table.settle();
        table.lose(sent -> sent.frame().from() == 2);
        long asker = table.ask(3, LOCK);
        table.settle();
        assertEquals(Set.of(2), table.view(3).locks().get(0).missing());
        table.crash(1);
        table.restartIn(1, 800);
        table.lose(sent -> sent.to() == 1 && sent.frame().from() == 3);
        table.link(1, 3);
        table.settle();
        table.link(1, 2);
        table.settle();
        table.unlink(2, 3);
        table.link(2, 3);
        table.settle();
        assertNull(table.entered(3, asker));
    }

    @Test
    void holderWaitsWithItsNewEpoch() {
        Table table = Table.begun(2);
        long asker = table.ask(1, LOCK);
        table.settle();
        long epoch = table.view(1).epoch();
        table.step(1, new Event.Received(new Frame(2, table.view(2).epoch(), epoch + 7, table.group(2).version(),
                table.group(2).print(), 9, 9, List.of())));
        assertEquals(epoch, table.view(1).epoch());
        table.withdraw(1, asker);
        assertEquals(epoch + 8, table.view(1).epoch());
    }

    // C6: a try.

    @Test
    void holderRefusesATryAndForgetsIt() {
        twoEnters(5);
        assertEquals(to(1, new Refusal(new Stamp(6, 1), true)), two.receive(1, attempt(6, 1)));
        assertEquals(List.of(), two.exit());
    }

    @Test
    void whoAskedEarlierRefusesATry() {
        twoAsks(5);
        assertEquals(to(1, new Refusal(new Stamp(6, 1))), two.receive(1, attempt(6, 1)));
    }

    @Test
    void ofTwoTriesAtOnceTheOlderWins() {
        RicartAgrawala one = new RicartAgrawala(1, Set.of(2));
        RicartAgrawala other = new RicartAgrawala(2, Set.of(1));
        one.request(new Stamp(5, 1), true);
        other.request(new Stamp(5, 2), true);
        other.receive(1, one.receive(2, attempt(5, 2)).get(0).message());
        one.receive(2, permission(5, 1));
        assertTrue(one.ready(Set.of()));
        assertEquals(State.IDLE, other.state());
    }

    @Test
    void firstRefusalEndsATryLikeACancel() {
        two.request(new Stamp(5, 2), true);
        two.receive(1, request(7, 1));
        assertEquals(to(1, permission(7, 1)), two.receive(3, new Refusal(new Stamp(5, 2))));
        assertEquals(State.IDLE, two.state());
    }

    @Test
    void lateRefusalDoesNotEndALaterTry() {
        two.request(new Stamp(5, 2), true);
        two.exit();
        two.request(new Stamp(8, 2), true);
        two.receive(1, new Refusal(new Stamp(5, 2)));
        assertEquals(State.WANTED, two.state());
    }

    @Test
    void tryBehindALocalAskerIsRefusedAtOnce() {
        Table table = Table.begun(2);
        table.ask(1, LOCK);
        long attempt = table.ask(1, LOCK, true, Long.MAX_VALUE);
        assertEquals("peer 1 itself asked for it first", table.ended(1, attempt).reason());
        assertEquals(Outcome.PRECEDED, table.ended(1, attempt).outcome());
    }

    @Test
    void tryIsRefusedAtOnceWhereAMemberIsNotLinked() {
        for (AlgorithmKind algorithms : List.of(AlgorithmKind.named(RicartAgrawala.NAME), RoucairolCarvalho.KIND, new RingKind(1, false))) {
            Table table = Table.begun(3, algorithms);
            table.withdraw(3, table.ask(3, LOCK)); // a ring's token is not with the one that tries
            table.settle();
            table.unlink(1, 2);
            table.pass(11);
            long attempt = table.ask(1, LOCK, true, Long.MAX_VALUE);
            assertEquals(Outcome.UNANSWERED, table.ended(1, attempt).outcome(), algorithms.name());
            assertEquals("no answer from peer 2 for 11 s", table.ended(1, attempt).reason());
            assertEquals(List.of(), table.view(1).locks().stream().filter(lock -> lock.state() == State.WANTED).toList());
        }
    }

    @Test
    void tryThatNeedsNobodyIsServedWhateverTheOthersDo() {
        Table table = Table.begun(2, RoucairolCarvalho.KIND);
        long before = table.ask(1, LOCK);
        table.settle();
        table.withdraw(1, before); // peer 1 keeps the permission
        table.unlink(1, 2);
        assertNotNull(table.entered(1, table.ask(1, LOCK, true, Long.MAX_VALUE)));
    }

    @Test
    void tryWithoutAnAnswerEndsInTimeAndTheNextAtOnce() {
        Table table = Table.begun(2);
        table.lose(sent -> sent.to() == 2); // it is stopped, and its link is there
        long first = table.ask(1, LOCK, true, Long.MAX_VALUE);
        table.run(2_400_000_000L);
        assertNull(table.ended(1, first));
        table.run(150_000_000L);
        assertEquals(Outcome.UNANSWERED, table.ended(1, first).outcome());
        assertEquals("no answer from peer 2 for 2.5 s", table.ended(1, first).reason());
        table.pass(9);
        long next = table.ask(1, "other", true, Long.MAX_VALUE);
        assertEquals("no answer from peer 2 for 11.6 s", table.ended(1, next).reason());
    }

    @Test
    void whoIsHeardAgainIsAskedAgain() {
        Table table = Table.begun(2);
        table.lose(sent -> sent.to() == 2);
        table.ask(1, LOCK, true, Long.MAX_VALUE);
        table.pass(3);
        table.lose(sent -> false);
        table.withdraw(2, table.ask(2, "other"));
        table.settle();
        long next = table.ask(1, LOCK, true, Long.MAX_VALUE);
        table.settle();
        assertNotNull(table.entered(1, next));
    }

    @Test
    void waitIsNotBoundedAsATryIs() {
        Table table = Table.begun(2);
        table.unlink(1, 2);
        long asker = table.ask(1, LOCK);
        table.pass(60);
        assertNull(table.ended(1, asker));
        long bounded = table.ask(1, "other", false, table.clock(1) + 5_000_000_000L);
        table.pass(6);
        assertEquals(Outcome.UNANSWERED, table.ended(1, bounded).outcome());
        assertEquals("no answer from peer 2 for 1 min 5 s", table.ended(1, bounded).reason());
        table.link(1, 2);
        table.settle();
        assertNotNull(table.entered(1, asker));
    }

    @Test
    void tryBeforeTheGroupHasBegunEndsAtOnceAndOneInAGroupOfOneIsServed() {
        Table table = new Table();
        table.start(1, 2);
        long attempt = table.ask(1, LOCK, true, Long.MAX_VALUE);
        assertEquals(Outcome.UNANSWERED, table.ended(1, attempt).outcome());
        assertEquals("the group has not begun", table.ended(1, attempt).reason());
        Table alone = Table.begun(1);
        assertNotNull(alone.entered(1, alone.ask(1, LOCK, true, Long.MAX_VALUE)));
    }

    @Test
    void tryTellsAHolderFromOneThatOnlyAskedFirst() {
        Table table = Table.begun(3);
        table.lose(sent -> sent.frame().from() == 3 && sent.to() == 2); // peer 2 cannot enter
        table.ask(2, LOCK);
        table.settle();
        long attempt = table.ask(1, LOCK, true, Long.MAX_VALUE);
        table.settle();
        assertEquals(Outcome.PRECEDED, table.ended(1, attempt).outcome());
        assertEquals("peer 2 asked first", table.ended(1, attempt).reason());
    }

    @Test
    void refusedTrySaysByWhomAndTheNextAskerGoesOn() {
        Table table = Table.begun(2);
        long holder = table.ask(1, LOCK);
        table.settle();
        long attempt = table.ask(2, LOCK, true, Long.MAX_VALUE);
        long next = table.ask(2, LOCK);
        table.settle();
        assertEquals(Outcome.REFUSED, table.ended(2, attempt).outcome());
        assertEquals("peer 1 holds it", table.ended(2, attempt).reason());
        table.withdraw(1, holder);
        table.settle();
        assertNotNull(table.entered(2, next));
    }

    // The node: clocks, local askers, deadlines.

    @Test
    void stampIsAboveTheLastOneAndEverythingSeen() {
        Table table = Table.begun(2);
        long first = table.ask(2, LOCK);
        table.settle();
        table.withdraw(2, first);
        long second = table.ask(1, LOCK);
        table.settle();
        assertTrue(table.entered(1, second).stamp().time() > table.entered(2, first).stamp().time());
        long third = table.ask(1, "other");
        long fourth = table.ask(1, "another");
        table.settle();
        assertTrue(table.entered(1, third).stamp().time() > table.entered(1, second).stamp().time());
        assertTrue(table.entered(1, fourth).stamp().time() > table.entered(1, third).stamp().time());
    }

    @Test
    void deferredPermissionGoesOutBeforeTheNextLocalAskersRequest() {
        Table table = Table.begun(2);
        long first = table.ask(1, LOCK);
        table.ask(1, LOCK);
        table.settle();
        table.ask(2, LOCK);
        table.settle();
        table.withdraw(1, first);
        List<Message> messages = table.underWay.peek().messages();
        assertTrue(messages.get(0) instanceof Permission);
        assertTrue(messages.get(1) instanceof Request);
        table.settle();
        assertEquals(List.of(2), table.holders(LOCK)); // overtaken once only
    }

    static List<Arguments> everyAlgorithmNewAndUsed() {
        return Stream.of(RicartAgrawala.KIND, RoucairolCarvalho.KIND, new RingKind(Table.SECOND, false))
                .flatMap(algorithm -> Stream.of(Arguments.of(algorithm, false), Arguments.of(algorithm, true))).toList();
    }

    /** @param used the holder has entered before, and keeps what let it in */
    @ParameterizedTest
    @MethodSource("everyAlgorithmNewAndUsed")
    void waitingPeerEntersBeforeTheHoldersNextAsker(AlgorithmKind algorithm, boolean used) {
        Table table = Table.begun(3, algorithm);
        if (used) {
            Entries.enters(table, 1, LOCK);
        }
        long first = table.ask(1, LOCK);
        table.ask(1, LOCK);
        table.settle();
        long other = table.ask(2, LOCK);
        table.settle();
        table.withdraw(1, first);
        table.settle();
        assertNotNull(table.entered(2, other));
        assertEquals(List.of(2), table.holders(LOCK));
    }

    @Test
    void localAskersEnterInOrderOfArrivalEachWithANewStamp() {
        Table table = Table.begun(2);
        List<Long> askers = List.of(table.ask(1, LOCK), table.ask(1, LOCK), table.ask(1, LOCK));
        List<Stamp> stamps = new ArrayList<>();
        for (long asker : askers) {
            table.settle();
            stamps.add(table.entered(1, asker).stamp());
            table.withdraw(1, asker);
        }
        assertEquals(3, new TreeSet<>(stamps).size());
        assertEquals(stamps.stream().sorted().toList(), stamps);
    }

    @Test
    void cancelIsPossibleAtEveryInstant() {
        for (int delivered = 0; delivered <= 4; delivered++) {
            Table table = Table.begun(3);
            long asker = table.ask(1, LOCK);
            for (int i = 0; i < delivered; i++) {
                Sent sent = table.underWay.poll();
                table.step(sent.to(), new Event.Received(sent.frame()));
            }
            table.withdraw(1, asker);
            table.settle();
            assertEquals(delivered == 4 ? Outcome.RELEASED : Outcome.CANCELLED, table.ended(1, asker).outcome());
            long other = table.ask(2, LOCK);
            table.settle();
            assertNotNull(table.entered(2, other));
        }
    }

    @Test
    void deadlineEndsTheWaitLikeACancel() {
        Table table = Table.begun(2);
        long holder = table.ask(1, LOCK);
        table.settle();
        long late = table.ask(2, LOCK, false, table.now() + 3 * Table.SECOND);
        long next = table.ask(2, LOCK);
        assertEquals(3 * Table.SECOND, table.node(2).wakeAt());
        table.pass(2);
        assertNull(table.ended(2, late));
        table.pass(1);
        assertEquals(Outcome.EXPIRED, table.ended(2, late).outcome());
        assertEquals("peer 1 holds it", table.ended(2, late).reason());
        table.withdraw(1, holder);
        table.settle();
        assertNotNull(table.entered(2, next));
    }

    @Test
    void deadlineDoesNotEndAHold() {
        Table table = Table.begun(2);
        long asker = table.ask(1, LOCK, false, Table.SECOND);
        table.settle();
        table.pass(3);
        assertNull(table.ended(1, asker));
    }

    @Test
    void anEntryCostsExactlyTwoMessagesPerOtherMember() {
        for (int n = 1; n <= 7; n++) {
            Table table = Table.begun(n);
            long asker = table.ask(1, LOCK);
            assertEquals(2 * (n - 1), table.settle().size());
            assertNotNull(table.entered(1, asker));
            table.withdraw(1, asker);
            assertEquals(0, table.settle().size());
        }
    }

    @Test
    void entriesComeInTheOrderOfStampsWithRisingFences() {
        Table table = Table.begun(4);
        List<Long> askers = List.of(table.ask(3, LOCK), table.ask(1, LOCK), table.ask(4, LOCK), table.ask(2, LOCK));
        List<Integer> peers = List.of(1, 2, 3, 4); // equal times: by id
        long lastFence = 0;
        table.settle();
        for (int peer : peers) {
            assertEquals(List.of(peer), table.holders(LOCK));
            Effect.Entered entry = table.effects(peer, Effect.Entered.class).get(0);
            assertTrue(entry.fence() > lastFence && askers.contains(entry.asker()));
            lastFence = entry.fence();
            table.withdraw(peer, entry.asker());
            table.settle();
        }
    }

    @Test
    void fenceIsAboveThatOfWhoeverWasInsideBefore() {
        Table table = Table.begun(2);
        long second = table.ask(2, LOCK); // its clock, and so its fence, started later
        table.settle();
        table.withdraw(2, second);
        long first = table.ask(1, LOCK);
        table.settle();
        assertTrue(table.entered(1, first).fence() > table.entered(2, second).fence());
    }

    @Test
    void brokenLinkIsNoAnswerAndTheRequestIsRepeatedOnTheNextOne() {
        Table table = Table.begun(2);
        table.lose(sent -> true);
        long asker = table.ask(1, LOCK);
        table.settle();
        table.lose(sent -> false);
        table.unlink(1, 2);
        assertNull(table.entered(1, asker));
        table.link(1, 2);
        table.settle();
        assertNotNull(table.entered(1, asker));
    }

    @Test
    void locksDoNotWaitForEachOther() {
        Table table = Table.begun(2);
        table.ask(1, LOCK);
        table.settle();
        long other = table.ask(2, "other");
        table.settle();
        assertNotNull(table.entered(2, other));
    }

    @Test
    void idleLockIsForgottenEverywhere() {
        Table table = Table.begun(2);
        long asker = table.ask(1, LOCK);
        table.settle();
        table.withdraw(1, asker);
        assertEquals(List.of(), table.view(1).locks());
        assertEquals(List.of(), table.view(2).locks());
    }

    @Test
    void absurdClockOrFenceIsRefused() { // F2
        Table table = Table.begun(2);
        long time = table.view(1).time();
        long seen = table.view(1).seen();
        for (long[] jump : new long[][] {{1L << 41, 0}, {-1, 0}, {0, Long.MAX_VALUE}, {0, -1}, {0, 4_000_000_000_000L << 20}}) {
            table.step(1, new Event.Received(new Frame(2, table.view(2).epoch(), table.view(1).epoch(),
                    table.group(2).version(), table.group(2).print(), jump[0], jump[1], List.of())));
        }
        assertEquals(time, table.view(1).time());
        assertEquals(seen, table.view(1).seen());
        assertTrue(table.said(1).get(0).startsWith("peer 2 shows an absurd clock"), table.said(1).toString());
    }

    @Test
    void epochFarAheadIsNotTaken() { // W4
        Table table = Table.begun(2);
        long before = table.view(1).epoch();
        for (long far : new long[] {1L << 49, before + (1L << 42)}) {
            table.step(1, new Event.Received(new Frame(2, table.view(2).epoch(), far,
                    table.group(2).version(), table.group(2).print(), 1, 1, List.of())));
            table.step(1, new Event.Tick());
        }
        assertEquals(before, table.view(1).epoch());
    }

    @Test
    void requestInSomebodyElsesNameIsIgnored() {
        Table table = Table.begun(3);
        table.step(1, new Event.Received(new Frame(2, table.view(2).epoch(), table.view(1).epoch(),
                table.group(2).version(), table.group(2).print(), 9, 9, List.of(new Frame.OfLock(LOCK, request(4, 3))))));
        assertEquals(0, table.underWay.size());
    }

    public static void main(String[] args) {
        Run.only(RulesTest.class);
    }
}
