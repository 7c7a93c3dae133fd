///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/RingOfThree.java
//SOURCES ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tests.support.RingOfThree.PACE;
import static tests.support.RingOfThree.ROUND;
import static tests.support.RingOfThree.asks;
import static tests.support.RingOfThree.attempt;
import static tests.support.RingOfThree.enters;
import static tests.support.RingOfThree.hasPassedOn;
import static tests.support.RingOfThree.makes;
import static tests.support.RingOfThree.request;
import static tests.support.RingOfThree.to;
import static tests.support.RingOfThree.token;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import mutex.algorithm.Algorithm.State;
import mutex.algorithm.Message.Census;
import mutex.algorithm.Message.Refusal;
import mutex.algorithm.RingKind;
import mutex.algorithm.Stamp;
import mutex.algorithm.TokenRing;
import org.junit.jupiter.api.Test;
import tests.support.RingOfThree;

/**
 * One test per rule of one peer's half of a token ring (protocol.md, token ring); the method name is the rule.
 * {@link LostTokenTest} has those about a token that may be lost.
 */
class TokenRingTest {

    private final TokenRing two = RingOfThree.two(false);
    private final TokenRing byHand = RingOfThree.two(true);

    // Going round.

    @Test
    void tokenGoesToTheNextIdAndFromTheLastToTheFirst() {
        two.receive(1, token(1, 4, 0));
        assertEquals(List.of(to(3, token(1, 5, 1))), two.onTime(0));
        TokenRing three = new TokenRing(3, Set.of(1, 2), PACE, false);
        three.receive(2, token(1, 4, 0));
        assertEquals(List.of(to(1, token(1, 5, 1))), three.onTime(0));
    }

    @Test
    void whoHasTheTokenAndWantsTheLockEnters() {
        asks(two, 5);
        assertFalse(two.ready(Set.of()));
        two.receive(1, token(1, 1, 0));
        assertTrue(two.ready(Set.of()));
        two.enter(Set.of());
        assertEquals(State.HELD, two.state());
    }

    @Test
    void tokenAloneIsNoEntry() {
        two.receive(1, token(1, 1, 0));
        assertFalse(two.ready(Set.of()));
    }

    @Test
    void enteringWithoutTheTokenSaysWhereItIs() {
        asks(two, 5);
        Exception e = assertThrows(IllegalStateException.class, () -> two.enter(Set.of()));
        assertEquals("enter: WANTED, the token is elsewhere", e.getMessage());
    }

    @Test
    void askingTwiceSaysSo() {
        asks(two, 5);
        Exception e = assertThrows(IllegalStateException.class, () -> asks(two, 6));
        assertEquals("request: lock is WANTED at peer 2, not IDLE", e.getMessage());
    }

    @Test
    void tokenStaysWhileItsHolderIsInside() {
        enters(two, 5, token(1, 1, 0));
        assertEquals(List.of(), two.onTime(10 * PACE));
        assertEquals(Long.MAX_VALUE, two.wakeAt());
    }

    @Test
    void exitPassesTheTokenOnBeforeThePeersNextRequest() {
        enters(two, 5, token(1, 1, 4));
        assertEquals(List.of(to(3, token(1, 2, 1))), two.exit());
        assertEquals(List.of(), asks(two, 6));
        assertFalse(two.ready(Set.of()));
    }

    @Test
    void peerAloneKeepsItsToken() {
        TokenRing alone = new TokenRing(2, Set.of(), PACE, false);
        alone.request(new Stamp(1, 2), false);
        assertTrue(alone.tokenMayBeLost());
        assertEquals(List.of(), alone.replaceToken());
        alone.enter(Set.of());
        assertEquals(List.of(), alone.exit());
        assertEquals(List.of(), alone.onTime(10 * PACE));
        alone.request(new Stamp(2, 2), false);
        assertTrue(alone.ready(Set.of()));
    }

    // What counts.

    @Test
    void tokenCountsOnce() {
        hasPassedOn(two, token(1, 4, 0));
        asks(two, 5);
        for (long hops = 1; hops <= 5; hops++) { // 5 is what it passed on itself
            two.receive(1, token(1, hops, 0));
            assertFalse(two.ready(Set.of()));
        }
        two.receive(1, token(1, 7, 0));
        assertTrue(two.ready(Set.of()));
    }

    @Test
    void tokenOfAnOlderGenerationNeverCounts() {
        hasPassedOn(two, token(2, 1, 0));
        asks(two, 5);
        two.receive(1, token(1, 99, 0));
        assertFalse(two.ready(Set.of()));
    }

    @Test
    void tokenOfANewerGenerationCountsWithFewerHops() {
        hasPassedOn(two, token(1, 40, 0));
        asks(two, 5);
        two.receive(1, token(2, 1, 0));
        assertTrue(two.ready(Set.of()));
    }

    @Test
    void tokenThatWasVowedToBeDiscardedNeverCounts() {
        two.receive(3, new Census(4, 1));
        asks(two, 5);
        two.receive(1, token(3, 99, 0));
        assertFalse(two.ready(Set.of()));
        two.receive(1, token(4, 1, 0));
        assertTrue(two.ready(Set.of()));
    }

    @Test
    void messageOfAStrangerCountsForNothing() {
        asks(two, 5);
        two.receive(4, token(1, 1, 0));
        assertFalse(two.ready(Set.of()));
        assertEquals(List.of(), two.receive(4, new Census(4, 1)));
    }

    // Repeating.

    @Test
    void passedTokenIsRepeatedToTheNextUntilItComesRound() {
        hasPassedOn(two, token(1, 4, 0));
        assertEquals(List.of(to(3, token(1, 5, 1))), two.repeatTo(3));
        assertEquals(List.of(to(3, token(1, 5, 1))), two.repeatTo(3));
        assertEquals(List.of(), two.repeatTo(1));
        asks(two, 5);
        two.receive(1, token(1, 7, 0));
        assertEquals(List.of(), two.repeatTo(3));
    }

    @Test
    void passedTokenIsNotForTheNewEpochOfWhoeverHadIt() {
        hasPassedOn(two, token(1, 4, 0));
        assertEquals(List.of(), two.onPeerEpoch(3));
        assertEquals(List.of(), two.repeatTo(3));
    }

    @Test
    void passedTokenIsStillForItsReceiverWhenAnotherHasANewEpoch() {
        hasPassedOn(two, token(1, 4, 0));
        two.onPeerEpoch(1);
        assertEquals(List.of(to(3, token(1, 5, 1))), two.repeatTo(3));
    }

    @Test
    void passedTokenIsRepeatedInANewGroupVersion() {
        hasPassedOn(two, token(1, 4, 0));
        assertEquals(List.of(to(3, token(1, 5, 1))), two.onMembers(Set.of(1, 3, 4)));
    }

    @Test
    void passedTokenIsNotForWhoeverHasLeft() {
        hasPassedOn(two, token(1, 4, 0));
        assertEquals(List.of(), two.onMembers(Set.of(1, 4)));
        assertEquals(List.of(), two.repeatTo(3));
        two.onMembers(Set.of(1, 3, 4));
        assertEquals(List.of(), two.repeatTo(3));
    }

    @Test
    void requestIsRepeatedOnANewLink() {
        asks(two, 5);
        assertEquals(List.of(to(3, request(5, 2))), two.repeatTo(3));
        two.receive(1, token(1, 1, 0));
        assertEquals(List.of(), two.repeatTo(3));
    }

    @Test
    void requestIsRepeatedToANewEpochAndInANewGroupVersion() {
        asks(two, 5);
        assertEquals(List.of(to(3, request(5, 2))), two.onPeerEpoch(3));
        assertEquals(List.of(to(1, request(5, 2)), to(4, request(5, 2))), two.onMembers(new TreeSet<>(Set.of(1, 4))));
    }

    // Rest and wake.

    @Test
    void unwantedTokenGoesRoundTwiceThenRestsForThePaceAtEachPeer() {
        for (int quiet = 0; quiet < 2 * ROUND; quiet++) {
            two.receive(1, token(1, 10 * quiet + 1, quiet));
            assertEquals(List.of(to(3, token(1, 10 * quiet + 2, quiet + 1))), two.onTime(7));
        }
        two.receive(1, token(1, 99, 2 * ROUND));
        assertEquals(List.of(), two.onTime(7));
        assertEquals(7 + PACE, two.wakeAt());
        assertEquals(List.of(), two.onTime(6 + PACE));
        assertEquals(7 + PACE, two.wakeAt());
        assertEquals(List.of(to(3, token(1, 100, 2 * ROUND))), two.onTime(7 + PACE));
        assertEquals(Long.MAX_VALUE, two.wakeAt());
    }

    @Test
    void requestWakesARestingToken() {
        two.receive(1, token(1, 1, 2 * ROUND));
        two.onTime(0);
        assertEquals(List.of(), two.receive(3, request(5, 3)));
        assertEquals(List.of(to(3, token(1, 2, ROUND + 1))), two.onTime(1));
        assertEquals(Long.MAX_VALUE, two.wakeAt());
    }

    @Test
    void tokenThatComesAfterTheRequestIsKeptAwakeForARound() {
        two.receive(3, request(5, 3));
        two.receive(1, token(1, 1, 2 * ROUND));
        assertEquals(List.of(to(3, token(1, 2, ROUND + 1))), two.onTime(0));
        two.receive(1, token(1, 4, 2 * ROUND)); // one request wakes it once
        assertEquals(List.of(), two.onTime(0));
    }

    @Test
    void requestDoesNotMakeALivelyTokenMoreQuiet() {
        two.receive(3, request(5, 3));
        two.receive(1, token(1, 1, 0));
        assertEquals(List.of(to(3, token(1, 2, 1))), two.onTime(0));
    }

    @Test
    void whoTakesARestingTokenLetsItRestNoMore() {
        two.receive(1, token(1, 1, 2 * ROUND));
        two.onTime(0);
        assertEquals(List.of(), asks(two, 5));
        two.enter(Set.of());
        assertEquals(Long.MAX_VALUE, two.wakeAt());
        assertEquals(List.of(to(3, token(1, 2, 1))), two.exit());
    }

    @Test
    void requestIsNotAnswered() {
        enters(two, 5, token(1, 1, 0));
        assertEquals(List.of(), two.receive(3, request(6, 3)));
        assertEquals(List.of(to(3, token(1, 2, 1))), two.exit());
    }

    @Test
    void requestIsNotSentWhenTheTokenComesByItself() {
        hasPassedOn(two, token(1, 1, ROUND - 1));
        assertEquals(List.of(), asks(two, 5));
    }

    @Test
    void requestIsSentToAllWhenTheTokenMayRestOnItsWay() {
        hasPassedOn(two, token(1, 1, ROUND));
        assertEquals(Set.of(to(1, request(5, 2)), to(3, request(5, 2))), Set.copyOf(asks(two, 5)));
    }

    @Test
    void requestIsSentToAllWhenTheTokenMayBeLost() {
        hasPassedOn(two, token(1, 1, 0));
        two.onPeerEpoch(1);
        assertEquals(2, asks(two, 5).size());
    }

    @Test
    void requestIsSentToAllWhenTheGroupHasChanged() {
        hasPassedOn(two, token(1, 1, 0));
        two.onMembers(Set.of(1, 3, 4));
        assertEquals(3, asks(two, 5).size());
    }

    @Test
    void requestIsSentToNobodyWhenTheTokenIsHere() {
        hasPassedOn(two, token(1, 1, ROUND));
        two.receive(1, token(1, 4, 2 * ROUND));
        two.onTime(0);
        assertEquals(List.of(), asks(two, 5));
    }

    @Test
    void cancelLeavesNoTrace() {
        asks(two, 5);
        assertEquals(List.of(), two.exit());
        assertEquals(State.IDLE, two.state());
        assertNull(two.stamp());
        assertEquals(List.of(), two.repeatTo(1));
        assertFalse(two.tokenMayBeLost());
        two.receive(1, token(1, 1, 0));
        assertEquals(List.of(to(3, token(1, 2, 1))), two.onTime(0));
    }

    // A try.

    @Test
    void trySaysSoEvenIfTheTokenComesByItself() {
        hasPassedOn(two, token(1, 1, 0));
        assertEquals(Set.of(to(1, attempt(5, 2)), to(3, attempt(5, 2))), Set.copyOf(two.request(new Stamp(5, 2), true)));
    }

    @Test
    void holderRefusesATry() {
        enters(two, 5, token(1, 1, 0));
        assertEquals(List.of(to(3, new Refusal(new Stamp(6, 3), true))), two.receive(3, attempt(6, 3)));
    }

    @Test
    void whoWaitsRefusesATry() {
        asks(two, 5);
        assertEquals(List.of(to(3, new Refusal(new Stamp(4, 3)))), two.receive(3, attempt(4, 3)));
    }

    @Test
    void ofTwoTriesAtOnceTheOlderWins() {
        two.request(new Stamp(5, 2), true);
        assertEquals(List.of(), two.receive(1, attempt(4, 1)));
        assertEquals(List.of(to(3, new Refusal(new Stamp(6, 3)))), two.receive(3, attempt(6, 3)));
    }

    @Test
    void whoAsksWhileTheTokenIsOnItsWayToATryRefusesIt() {
        assertEquals(List.of(), two.receive(3, attempt(4, 3)));
        assertTrue(asks(two, 5).contains(to(3, new Refusal(new Stamp(4, 3)))));
        two.exit();
        assertFalse(asks(two, 6).contains(to(3, new Refusal(new Stamp(4, 3)))));
    }

    @Test
    void whoPassesTheTokenOnLeavesTheRefusalToOthers() {
        two.receive(3, attempt(4, 3));
        hasPassedOn(two, token(1, 1, 0));
        assertEquals(List.of(), asks(two, 5));
    }

    @Test
    void tryOfAnOlderEpochOrAnIgnoredPeerOrOneThatHasLeftIsNotAnswered() {
        for (int way = 0; way < 3; way++) {
            TokenRing ring = RingOfThree.two(false);
            ring.receive(3, attempt(4, 3));
            if (way == 0) {
                ring.onPeerEpoch(3);
            } else if (way == 1) {
                ring.onRemoval(3);
            } else {
                ring.onMembers(Set.of(1));
            }
            assertTrue(ring.request(new Stamp(5, 2), false).stream().noneMatch(out -> out.message() instanceof Refusal));
        }
    }

    @Test
    void firstRefusalEndsATry() {
        two.request(new Stamp(5, 2), true);
        two.receive(1, new Refusal(new Stamp(5, 2)));
        assertEquals(State.IDLE, two.state());
    }

    @Test
    void refusalOfSomethingElseEndsNothing() {
        two.request(new Stamp(5, 2), true);
        two.receive(1, new Refusal(new Stamp(4, 2)));
        assertEquals(State.WANTED, two.state());
        two.exit();
        asks(two, 6);
        two.receive(1, new Refusal(new Stamp(6, 2))); // no try
        assertEquals(State.WANTED, two.state());
    }

    @Test
    void refusalThatComesAfterTheTokenEndsNothing() {
        two.request(new Stamp(5, 2), true);
        two.receive(1, token(1, 1, 0));
        two.receive(1, new Refusal(new Stamp(5, 2)));
        assertTrue(two.ready(Set.of()));
    }

    // Passed by hand.

    @Test
    void tokenThatIsPassedByHandStays() {
        byHand.receive(1, token(1, 1, 0));
        assertEquals(List.of(), byHand.onTime(10 * PACE));
        assertEquals(Long.MAX_VALUE, byHand.wakeAt());
        byHand.receive(3, request(5, 3));
        assertEquals(List.of(), byHand.onTime(10 * PACE));
        assertEquals(List.of(to(3, token(1, 2, 1))), byHand.pass());
    }

    @Test
    void holderThatPassesByHandKeepsTheTokenAtItsExit() {
        enters(byHand, 5, token(1, 1, 0));
        assertEquals(List.of(), byHand.exit());
        assertEquals(List.of(), byHand.onTime(10 * PACE));
        byHand.request(new Stamp(6, 2), false);
        assertTrue(byHand.ready(Set.of()));
    }

    @Test
    void whoPassesByHandIsToldOfEveryRequest() {
        byHand.receive(1, token(1, 1, 0));
        byHand.pass();
        assertEquals(2, byHand.request(new Stamp(5, 2), false).size());
    }

    @Test
    void passingSaysInOneLineWhyItCannot() {
        assertEquals("the token is not at this peer", why(byHand));
        enters(byHand, 5, token(1, 1, 0));
        assertEquals("this peer is inside with the token; release first", why(byHand));
        TokenRing alone = new TokenRing(2, Set.of(), PACE, true);
        alone.request(new Stamp(1, 2), false);
        alone.replaceToken();
        alone.enter(Set.of());
        alone.exit();
        assertEquals("there is no other peer to pass the token to", why(alone));
    }

    private static String why(TokenRing ring) {
        return assertThrows(IllegalStateException.class, ring::pass).getMessage();
    }

    @Test
    void tryIsRefusedWhereTheTokenWaitsForAHand() {
        byHand.receive(1, token(1, 1, 0));
        assertEquals(List.of(to(3, new Refusal(new Stamp(5, 3)))), byHand.receive(3, attempt(5, 3)));
        byHand.pass();
        assertEquals(List.of(), byHand.receive(3, attempt(6, 3)));
        byHand.receive(1, token(1, 4, 0));
        assertEquals(List.of(to(3, new Refusal(new Stamp(6, 3)))), byHand.onTime(0));
        assertEquals(List.of(), byHand.onTime(1));
    }

    // What a person sees, and what is remembered.

    @Test
    void saysWhereTheTokenIs() {
        List<String> said = new ArrayList<>();
        said.add(two.describe());
        makes(two);
        said.add(two.describe());
        two.onOwnEpochEnd();
        two.receive(1, token(3, 4, 2 * ROUND));
        said.add(two.describe());
        two.onTime(0);
        two.receive(3, request(6, 3));
        two.onTime(1);
        said.add(two.describe());
        assertEquals(List.of("the token is elsewhere", "a new token is being made", "the token is here, generation 3, hop 4",
                "the token went to peer 3, generation 3, hop 5"), said);
    }

    @Test
    void lockIsRememberedOnceATokenWasSeenOrAVowTaken() {
        assertTrue(two.droppable());
        two.receive(3, request(5, 3));
        assertTrue(two.droppable());
        asks(two, 6);
        assertFalse(two.droppable());
        two.exit();
        two.receive(3, new Census(1, 1));
        assertFalse(two.droppable());
        TokenRing seen = RingOfThree.two(false);
        seen.receive(1, token(1, 1, 0));
        seen.onTime(0);
        assertFalse(seen.droppable());
    }

    @Test
    void peersCompareTheNameOfTheAlgorithm() {
        assertEquals("token-ring", new RingKind(PACE, false).name());
        assertEquals("token-ring", two.name());
    }

    public static void main(String[] args) {
        Run.only(TokenRingTest.class);
    }
}
