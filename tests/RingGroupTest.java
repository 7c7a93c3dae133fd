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
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tests.simulation.Entries.enters;
import static tests.simulation.Entries.messages;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import mutex.algorithm.Algorithm.State;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.Message.Census;
import mutex.algorithm.Message.Request;
import mutex.algorithm.Message.Token;
import mutex.algorithm.RingKind;
import mutex.event.Effect.Answered;
import mutex.event.Effect.Entered;
import mutex.event.Effect.Outcome;
import mutex.event.Event;
import mutex.event.Frame;
import mutex.event.NodeView;
import mutex.text.LockName;
import org.junit.jupiter.api.Test;
import tests.simulation.Entries;
import tests.simulation.Table;
import tests.simulation.Table.Sent;

/** One test per rule of a group that passes a token round (protocol.md, token ring); the method name is the rule. */
class RingGroupTest {

    private static final String LOCK = LockName.DEFAULT;
    private static final int MOST_LOCKS = 1_024;
    private static final AlgorithmKind RING = new RingKind(Table.SECOND, false);

    private static Table begun(int n) {
        return Table.begun(n, RING);
    }

    private static NodeView.LockView lock(Table table, int peer) {
        return Entries.lock(table, peer, LOCK);
    }

    private static <T> List<T> all(List<Sent> delivered, Class<T> kind) {
        return delivered.stream().flatMap(sent -> sent.messages().stream()).filter(kind::isInstance).map(kind::cast).toList();
    }

    /** Where the token is; there is one at most. */
    private static List<Integer> tokens(Table table, int... peers) {
        List<Integer> here = IntStream.of(peers).filter(peer -> table.node(peer) != null && lock(table, peer) != null
                && lock(table, peer).about().startsWith("the token is here")).boxed().toList();
        assertTrue(here.size() <= 1, "tokens at " + here);
        return here;
    }

    private static void comesBack(Table table, int peer) {
        table.crash(peer);
        table.restart(peer);
        table.linkAll();
        table.settle();
    }

    // Making the first, and going round.

    @Test
    void firstRequestMakesATokenUnderALockOfTheGroupsOwn() {
        Table table = begun(3);
        long asker = table.ask(2, LOCK);
        boolean held = false;
        while (!table.underWay.isEmpty()) {
            table.deliverSome(1);
            held |= table.holders(".token/default").equals(List.of(2));
        }
        assertTrue(held);
        assertEquals(List.of(), table.holders(".token/default"));
        assertNotNull(table.entered(2, asker));
        assertEquals("the token is here, generation 1, hop 0", lock(table, 2).about());
    }

    @Test
    void twoWhoWantTheFirstTokenAtOnceMakeOne() {
        Table table = begun(3);
        long first = table.ask(1, LOCK);
        long second = table.ask(3, LOCK);
        List<Sent> delivered = table.settle();
        assertEquals(4, all(delivered, Census.class).size()); // two rounds of one maker
        assertEquals(List.of(1), table.holders(LOCK));
        table.withdraw(1, first);
        delivered = table.settle();
        assertEquals(0, all(delivered, Census.class).size());
        assertNotNull(table.entered(3, second));
    }

    @Test
    void locksOfTheGroupsOwnHaveNoToken() {
        Table table = begun(2);
        enters(table, 1, LOCK);
        assertTrue(table.view(1).locks().stream().allMatch(lock -> lock.name().equals(LOCK)));
        assertTrue(table.view(2).locks().stream().allMatch(lock -> lock.name().equals(LOCK)));
    }

    @Test
    void entriesGoRoundInTheOrderOfIds() {
        Table table = begun(4);
        for (int peer : new int[] {3, 1, 4, 2}) {
            table.ask(peer, LOCK);
        }
        table.settle();
        List<Integer> order = new ArrayList<>();
        long last = 0;
        for (int i = 0; i < 4; i++) {
            int peer = table.holders(LOCK).get(0);
            order.add(peer);
            long fence = lock(table, peer).fence();
            assertTrue(fence > last);
            last = fence;
            table.withdraw(peer, table.effects(peer, Entered.class).get(0).asker());
            table.settle();
        }
        int first = order.get(0);
        assertEquals(IntStream.range(0, 4).mapToObj(i -> (first - 1 + i) % 4 + 1).toList(), order);
    }

    @Test
    void anEntryCostsOneMessageWhereAllWantIt() {
        Table table = begun(5);
        IntStream.rangeClosed(1, 5).forEach(peer -> IntStream.range(0, 4).forEach(i -> table.ask(peer, LOCK)));
        table.settle();
        int cost = 0;
        for (int i = 0; i < 19; i++) {
            int peer = table.holders(LOCK).get(0);
            List<Entered> entered = table.effects(peer, Entered.class);
            table.withdraw(peer, entered.get(entered.size() - 1).asker());
            cost += messages(table.settle());
        }
        assertEquals(19, cost);
    }

    @Test
    void unwantedTokenRestsAfterTwoRoundsAndARequestWakesIt() {
        Table table = begun(3);
        long asker = table.ask(1, LOCK);
        table.settle();
        table.withdraw(1, asker);
        assertEquals(6, messages(table.settle()));
        assertEquals(List.of(1), tokens(table, 1, 2, 3));
        assertEquals(table.now() + Table.SECOND, table.node(1).wakeAt());
        long other = table.ask(3, LOCK);
        List<Sent> delivered = table.settle();
        assertEquals(2, all(delivered, Request.class).size());
        assertEquals(2, all(delivered, Token.class).size());
        assertNotNull(table.entered(3, other));
    }

    @Test
    void restingTokenGoesOnWhenThePaceIsOver() {
        Table table = begun(3);
        enters(table, 1, LOCK);
        List<List<Integer>> rests = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            rests.add(tokens(table, 1, 2, 3));
            table.pass(1);
        }
        assertEquals(List.of(List.of(1), List.of(2), List.of(3), List.of(1)), rests);
    }

    @Test
    void whoWaitsForTheTokenCanCancelAtEveryInstant() {
        for (int delivered = 0; delivered < 40; delivered++) {
            Table table = begun(3);
            enters(table, 1, LOCK);
            comesBack(table, 1);
            long asker = table.ask(2, LOCK);
            for (int i = 0; i < delivered; i++) {
                table.deliverSome(1);
            }
            table.withdraw(2, asker);
            table.settle();
            assertNotNull(table.ended(2, asker));
            assertEquals(List.of(), table.holders(".token/default"));
            enters(table, 3, LOCK);
            tokens(table, 1, 2, 3);
        }
    }

    @Test
    void deadlineEndsTheWaitForTheToken() {
        Table table = begun(2);
        long holder = table.ask(1, LOCK);
        table.settle();
        long late = table.ask(2, LOCK, false, table.now() + Table.SECOND);
        table.pass(1);
        assertEquals(Outcome.EXPIRED, table.ended(2, late).outcome());
        assertEquals("peer 1 holds it", table.ended(2, late).reason());
        table.withdraw(1, holder);
        table.settle();
        enters(table, 2, LOCK);
    }

    @Test
    void brokenLinkLosesNoToken() {
        Table table = begun(3);
        long asker = table.ask(1, LOCK);
        table.settle();
        long other = table.ask(2, LOCK);
        table.settle();
        table.lose(sent -> sent.has(Token.class));
        table.withdraw(1, asker);
        table.settle();
        assertEquals("the token went to peer 2, generation 1, hop 1", lock(table, 1).about());
        table.lose(sent -> false);
        table.unlink(1, 2);
        table.link(1, 2);
        assertEquals(0, all(table.settle(), Census.class).size());
        assertNotNull(table.entered(2, other));
    }

    // Losing it.

    @Test
    void restartOfTheHolderDestroysTheTokenAndOneNewOneIsMade() {
        Table table = begun(4);
        table.ask(1, LOCK);
        table.settle();
        long second = table.ask(2, LOCK);
        long fourth = table.ask(4, LOCK);
        table.settle();
        comesBack(table, 1);
        int inside = table.holders(LOCK).get(0);
        assertEquals(List.of(inside), tokens(table, 1, 2, 3, 4));
        assertEquals("the token is here, generation 2, hop 0", lock(table, inside).about());
        table.withdraw(inside, inside == 2 ? second : fourth);
        assertEquals(0, all(table.settle(), Census.class).size());
        assertNotNull(table.entered(2, second));
        assertNotNull(table.entered(4, fourth));
    }

    @Test
    void nobodyIsInsideUntilTheCrashedHolderIsBackOrOutOfTheGroup() {
        Table table = begun(3);
        table.ask(1, LOCK);
        table.settle();
        long asker = table.ask(2, LOCK);
        table.settle();
        table.crash(1);
        table.pass(30);
        assertNull(table.entered(2, asker));
        long removal = table.removeByForce(2, 1);
        table.settle();
        assertEquals("done", table.answer(2, removal));
        assertNotNull(table.entered(2, asker));
    }

    @Test
    void holderInsideIsLeftInPeaceWhileANewTokenIsMade() {
        Table table = begun(3);
        long holder = table.ask(1, LOCK);
        table.settle();
        long asker = table.ask(2, LOCK);
        table.settle();
        comesBack(table, 3); // who might have had it
        assertTrue(lock(table, 2).about().startsWith("a new token is being made"));
        assertEquals(List.of(1), table.holders(LOCK));
        table.withdraw(1, holder);
        assertEquals(List.of(), tokens(table, 1));
        table.settle();
        assertNotNull(table.entered(2, asker));
    }

    @Test
    void makerMayCrashAtEveryInstant() {
        for (int delivered = 0; delivered < 30; delivered++) {
            Table table = begun(3);
            long asker = table.ask(1, LOCK);
            for (int i = 0; i < delivered && table.entered(1, asker) == null; i++) {
                table.deliverSome(1);
                tokens(table, 1, 2, 3);
            }
            comesBack(table, 1);
            long second = table.ask(2, LOCK);
            table.settle();
            long third = table.ask(3, LOCK);
            table.settle();
            assertEquals(List.of(2), table.holders(LOCK), "after " + delivered);
            tokens(table, 1, 2, 3);
            table.withdraw(2, second);
            table.settle();
            assertNotNull(table.entered(3, third));
        }
    }

    @Test
    void whoVowedMayCrashAtEveryInstant() {
        for (int delivered = 0; delivered < 30; delivered++) {
            Table table = begun(3);
            enters(table, 3, LOCK);
            comesBack(table, 3);
            long asker = table.ask(1, LOCK);
            for (int i = 0; i < delivered && table.entered(1, asker) == null; i++) {
                table.deliverSome(1);
                tokens(table, 1, 2, 3);
            }
            comesBack(table, 2);
            assertNotNull(table.entered(1, asker), "after " + delivered);
            long second = table.ask(2, LOCK);
            table.settle();
            assertEquals(List.of(1), table.holders(LOCK), "after " + delivered);
            table.withdraw(1, asker);
            table.settle();
            assertNotNull(table.entered(2, second));
        }
    }

    @Test
    void oldTokenUnderWayToAForgottenVowCountsForNothing() {
        Table table = begun(3);
        long first = table.ask(1, LOCK);
        table.settle();
        table.delay(sent -> sent.has(Token.class));
        table.withdraw(1, first); // the token is under way to 2, whose process ends
        table.settle();
        table.crash(3);
        table.restart(3);
        table.linkAll();
        table.settle();
        long asker = table.ask(3, LOCK);
        table.settle();
        assertNotNull(table.entered(3, asker));
        table.deliverLate(); // into the group that has a newer one
        assertEquals(List.of(3), tokens(table, 1, 2, 3));
        long second = table.ask(2, LOCK);
        table.settle();
        assertEquals(List.of(3), table.holders(LOCK));
        table.withdraw(3, asker);
        table.settle();
        assertNotNull(table.entered(2, second));
    }

    @Test
    void lifeThatNobodyKnewOfMayHaveHadTheToken() { // peers 1 and 2 have never met
        Table table = Table.seated(3, RING, 0);
        table.link(1, 3);
        table.link(2, 3);
        table.settle();
        long first = table.ask(3, LOCK);
        table.settle();
        table.withdraw(3, first);
        table.settle();
        assertEquals("the token went to peer 2, generation 1, hop 2", lock(table, 1).about());
        long asker = table.ask(2, LOCK);
        table.settle();
        comesBack(table, 1);
        assertNotNull(table.entered(2, asker));
    }

    @Test
    void tokenForAnEpochThatIsOverIsMissedByWhoSentIt() {
        Table table = begun(3);
        table.crash(1);
        table.restart(1);
        table.link(1, 2); // 3 still knows of the old epoch
        table.settle();
        long first = table.ask(2, LOCK);
        table.settle();
        table.withdraw(2, first);
        table.settle();
        assertEquals("the token went to peer 1, generation 1, hop 2", lock(table, 3).about());
        long asker = table.ask(2, LOCK);
        table.settle();
        assertNull(table.entered(2, asker));
        table.link(1, 3);
        table.settle();
        assertNotNull(table.entered(2, asker));
    }

    @Test
    void tokensOfTwoLocksAreMadeAtOnce() {
        Table table = begun(2);
        long one = table.ask(1, LOCK);
        long other = table.ask(1, "other");
        table.settle();
        assertNotNull(table.entered(1, one));
        assertNotNull(table.entered(1, other));
        assertEquals(2, table.view(1).locks().size());
        long both = table.ask(2, LOCK);
        table.withdraw(1, one);
        table.withdraw(1, other);
        table.settle();
        assertNotNull(table.entered(2, both));
    }

    // The group changes.

    private static void adds(Table table, int member, int newcomer) {
        table.start(newcomer);
        table.linkAll();
        long added = table.add(member, newcomer);
        table.settle();
        table.linkAll();
        table.settle();
        assertEquals("done", table.answer(member, added));
    }

    @Test
    void newMemberIsPartOfTheRing() {
        Table table = begun(3);
        long holder = table.ask(3, LOCK);
        table.settle();
        adds(table, 1, 4);
        long fourth = table.ask(4, LOCK);
        long first = table.ask(1, LOCK);
        table.settle();
        assertEquals(List.of(3), table.holders(LOCK));
        table.withdraw(3, holder);
        table.settle();
        assertEquals(1, table.holders(LOCK).size());
        for (int i = 0; i < 2; i++) {
            int inside = table.holders(LOCK).get(0);
            table.withdraw(inside, inside == 4 ? fourth : first);
            table.settle();
        }
        assertNotNull(table.entered(4, fourth));
        assertNotNull(table.entered(1, first));
    }

    @Test
    void tokenOfAPeerThatWasAloneEndsWhenItJoins() {
        Table table = new Table(RING, 0);
        table.start(1);
        enters(table, 1, LOCK);
        assertEquals(List.of(1), tokens(table, 1));
        table.start(2);
        enters(table, 2, LOCK);
        table.linkAll();
        long added = table.add(1, 2);
        table.settle();
        table.linkAll();
        table.settle();
        assertEquals("done", table.answer(1, added));
        assertEquals(List.of(), tokens(table, 1, 2));
        enters(table, 2, LOCK);
        enters(table, 1, LOCK);
        assertEquals(1, tokens(table, 1, 2).size());
    }

    @Test
    void holderThatWasAloneStaysInsideWhenAnotherJoins() {
        Table table = new Table(RING, 0);
        table.start(1);
        long holder = table.ask(1, LOCK);
        adds(table, 1, 2);
        long asker = table.ask(2, LOCK);
        table.settle();
        assertEquals(List.of(1), table.holders(LOCK));
        table.withdraw(1, holder);
        table.settle();
        assertNotNull(table.entered(2, asker));
    }

    @Test
    void holderThatLeavesTakesTheTokenWithIt() {
        Table table = begun(3);
        enters(table, 1, LOCK);
        assertEquals(List.of(1), tokens(table, 1, 2, 3));
        long left = table.leave(1);
        table.settle();
        assertEquals("done", table.answer(1, left));
        assertNull(lock(table, 1));
        long second = table.ask(2, LOCK);
        long third = table.ask(3, LOCK);
        table.settle();
        int inside = table.holders(LOCK).get(0);
        tokens(table, 2, 3);
        table.withdraw(inside, inside == 2 ? second : third);
        table.settle();
        assertNotNull(table.entered(2, second));
        assertNotNull(table.entered(3, third));
    }

    @Test
    void groupThatChangesWhileATokenIsMadeGetsOne() {
        for (int delivered = 0; delivered < 24; delivered++) {
            Table table = begun(3);
            table.start(4);
            table.linkAll();
            table.settle();
            long added = table.add(2, 4);
            long asker = table.ask(1, LOCK);
            for (int i = 0; i < delivered; i++) {
                table.deliverSome(1);
            }
            long other = table.ask(3, LOCK);
            table.settle();
            table.linkAll();
            table.settle();
            assertEquals("done", table.answer(2, added));
            assertNotNull(table.entered(1, asker) == null ? table.entered(3, other) : table.entered(1, asker));
            int inside = table.holders(LOCK).get(0);
            tokens(table, 1, 2, 3, 4);
            table.withdraw(inside, inside == 1 ? asker : other);
            table.settle();
            assertEquals(1, table.holders(LOCK).size());
        }
    }

    // Tries.

    @Test
    void tryGetsATokenThatRestsElsewhereAndIsRefusedByWhoeverIsInside() {
        Table table = begun(3);
        enters(table, 1, LOCK);
        long attempt = table.ask(3, LOCK, true, Long.MAX_VALUE);
        table.settle();
        assertNotNull(table.entered(3, attempt));
        long refused = table.ask(2, LOCK, true, Long.MAX_VALUE);
        table.settle();
        assertEquals(Outcome.REFUSED, table.ended(2, refused).outcome());
        assertEquals("peer 3 holds it", table.ended(2, refused).reason());
        assertEquals(State.IDLE, lock(table, 2).state());
    }

    @Test
    void refusedTryLetsTheNextAskerOfThePeerAsk() {
        Table table = begun(3);
        long holder = table.ask(1, LOCK);
        table.settle();
        table.ask(2, LOCK, true, Long.MAX_VALUE);
        long next = table.ask(2, LOCK);
        table.settle();
        table.withdraw(1, holder);
        table.settle();
        assertNotNull(table.entered(2, next));
    }

    // By hand.

    private static String passes(Table table, int peer) {
        return table.step(peer, new Event.PassToken(99, LOCK)).stream().filter(Answered.class::isInstance).map(Answered.class::cast)
                .map(answered -> answered.problem() == null ? "done" : answered.problem()).findFirst().orElse("no answer");
    }

    @Test
    void tokenPassedByHandGoesOnlyWhenSomebodyPassesIt() {
        Table table = Table.begun(3, new RingKind(Table.SECOND, true));
        assertEquals("has no token yet: \"request\" makes one", passes(table, 1));
        enters(table, 1, LOCK);
        long asker = table.ask(3, LOCK);
        table.pass(10);
        assertEquals(List.of(1), tokens(table, 1, 2, 3));
        assertEquals("the token is not at this peer", passes(table, 3));
        assertEquals("done", passes(table, 1));
        table.settle();
        assertEquals(List.of(2), tokens(table, 1, 2, 3));
        assertEquals("done", passes(table, 2));
        table.settle();
        assertNotNull(table.entered(3, asker));
        assertEquals("this peer is inside with the token; release first", passes(table, 3));
    }

    @Test
    void groupWithoutATokenSaysSo() {
        assertEquals("has no token: the group runs ricart-agrawala", passes(Table.begun(2), 1));
    }

    // What is remembered.

    @Test
    void lockWhoseTokenIsKnownIsNotForgottenForAnother() {
        Table table = begun(2);
        for (int i = 0; i < MOST_LOCKS; i++) {
            long asker = table.ask(1, "lock" + i);
            table.settle();
            assertNotNull(table.entered(1, asker));
            table.withdraw(1, asker);
            table.settle();
        }
        long refused = table.ask(1, "one-more");
        assertEquals(Outcome.FULL, table.ended(1, refused).outcome());
        assertEquals(MOST_LOCKS, table.view(1).locks().size());
        long again = table.ask(1, "lock7");
        assertEquals(0, all(table.settle(), Census.class).size());
        assertNotNull(table.entered(1, again));
    }

    @Test
    void requestOfSomebodyElseIsNoReasonToRememberALock() {
        Table table = begun(2);
        table.lose(sent -> sent.to() == 1);
        table.ask(1, LOCK);
        table.settle();
        assertEquals(List.of(), table.view(2).locks());
    }

    @Test
    void censusOfAnOlderEpochOfOursIsNotAnswered() {
        Table table = begun(2);
        Frame late = new Frame(2, table.view(2).epoch(), table.view(1).epoch() - 1, table.group(2).version(), table.group(2).print(),
                9, 9, List.of(new Frame.OfLock(LOCK, new Census(5, 1))));
        table.step(1, new Event.Received(late));
        assertTrue(table.underWay.stream().allMatch(sent -> sent.messages().isEmpty()));
    }

    public static void main(String[] args) {
        Run.only(RingGroupTest.class);
    }
}
