///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java
//SOURCES ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import mutex.algorithm.Algorithm.State;
import mutex.algorithm.Message;
import mutex.algorithm.Message.Census;
import mutex.algorithm.Message.Refusal;
import mutex.algorithm.Message.Request;
import mutex.algorithm.Message.Token;
import mutex.algorithm.Message.Vow;
import mutex.algorithm.Outgoing;
import mutex.algorithm.Stamp;
import mutex.algorithm.TokenRing;
import org.junit.jupiter.api.Test;

/** One test per rule of one peer's half of a token ring (protocol.md, token ring); the method name is the rule. */
class TokenRingTest {

    private static final long PACE = 1_000;
    private static final int ROUND = 3;

    private final TokenRing two = new TokenRing(2, Set.of(1, 3), PACE, false); // peer 2 of 1, 2, 3
    private final TokenRing byHand = new TokenRing(2, Set.of(1, 3), PACE, true);

    private static Request request(long time, int peer) {
        return new Request(new Stamp(time, peer), false);
    }

    private static Request attempt(long time, int peer) {
        return new Request(new Stamp(time, peer), true);
    }

    private static Token token(long generation, long hops, int quiet) {
        return new Token(generation, hops, quiet);
    }

    private static Outgoing to(int peer, Message message) {
        return new Outgoing(peer, message);
    }

    private List<Outgoing> twoAsks(long time) {
        return two.request(new Stamp(time, 2), false);
    }

    private static void enters(TokenRing ring, long time, Token token) {
        ring.request(new Stamp(time, 2), false);
        ring.receive(1, token);
        ring.enter(Set.of());
    }

    /** The peer has seen this token pass by. */
    private void twoHasPassedOn(Token token) {
        two.receive(1, token);
        assertEquals(1, two.at(0).size());
    }

    private boolean hasToken() {
        return two.about().startsWith("the token is here");
    }

    // Going round.

    @Test
    void tokenGoesToTheNextIdAndFromTheLastToTheFirst() {
        two.receive(1, token(1, 4, 0));
        assertEquals(List.of(to(3, token(1, 5, 1))), two.at(0));
        TokenRing three = new TokenRing(3, Set.of(1, 2), PACE, false);
        three.receive(2, token(1, 4, 0));
        assertEquals(List.of(to(1, token(1, 5, 1))), three.at(0));
    }

    @Test
    void whoHasTheTokenAndWantsTheLockEnters() {
        twoAsks(5);
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
        twoAsks(5);
        Exception e = assertThrows(IllegalStateException.class, () -> two.enter(Set.of()));
        assertEquals("enter: WANTED, the token is elsewhere", e.getMessage());
    }

    @Test
    void askingTwiceSaysSo() {
        twoAsks(5);
        Exception e = assertThrows(IllegalStateException.class, () -> twoAsks(6));
        assertEquals("request: lock is WANTED at peer 2, not IDLE", e.getMessage());
    }

    @Test
    void tokenStaysWhileItsHolderIsInside() {
        enters(two, 5, token(1, 1, 0));
        assertEquals(List.of(), two.at(10 * PACE));
        assertEquals(Long.MAX_VALUE, two.wakeAt());
    }

    @Test
    void exitPassesTheTokenOnBeforeThePeersNextRequest() {
        enters(two, 5, token(1, 1, 4));
        assertEquals(List.of(to(3, token(1, 2, 1))), two.leave());
        assertEquals(List.of(), twoAsks(6));
        assertFalse(two.ready(Set.of()));
    }

    @Test
    void peerAloneKeepsItsToken() {
        TokenRing alone = new TokenRing(2, Set.of(), PACE, false);
        alone.request(new Stamp(1, 2), false);
        assertTrue(alone.bereft());
        assertEquals(List.of(), alone.renew());
        alone.enter(Set.of());
        assertEquals(List.of(), alone.leave());
        assertEquals(List.of(), alone.at(10 * PACE));
        alone.request(new Stamp(2, 2), false);
        assertTrue(alone.ready(Set.of()));
    }

    // What counts.

    @Test
    void tokenCountsOnce() {
        twoHasPassedOn(token(1, 4, 0));
        twoAsks(5);
        for (long hops = 1; hops <= 5; hops++) { // 5 is what it passed on itself
            two.receive(1, token(1, hops, 0));
            assertFalse(two.ready(Set.of()));
        }
        two.receive(1, token(1, 7, 0));
        assertTrue(two.ready(Set.of()));
    }

    @Test
    void tokenOfAnOlderGenerationNeverCounts() {
        twoHasPassedOn(token(2, 1, 0));
        twoAsks(5);
        two.receive(1, token(1, 99, 0));
        assertFalse(two.ready(Set.of()));
    }

    @Test
    void tokenOfANewerGenerationCountsWithFewerHops() {
        twoHasPassedOn(token(1, 40, 0));
        twoAsks(5);
        two.receive(1, token(2, 1, 0));
        assertTrue(two.ready(Set.of()));
    }

    @Test
    void tokenThatWasVowedToBeDiscardedNeverCounts() {
        two.receive(3, new Census(4, 1));
        twoAsks(5);
        two.receive(1, token(3, 99, 0));
        assertFalse(two.ready(Set.of()));
        two.receive(1, token(4, 1, 0));
        assertTrue(two.ready(Set.of()));
    }

    @Test
    void messageOfAStrangerCountsForNothing() {
        twoAsks(5);
        two.receive(4, token(1, 1, 0));
        assertFalse(two.ready(Set.of()));
        assertEquals(List.of(), two.receive(4, new Census(4, 1)));
    }

    // Repeating.

    @Test
    void passedTokenIsRepeatedToTheNextUntilItComesRound() {
        twoHasPassedOn(token(1, 4, 0));
        assertEquals(List.of(to(3, token(1, 5, 1))), two.repeatTo(3));
        assertEquals(List.of(to(3, token(1, 5, 1))), two.repeatTo(3));
        assertEquals(List.of(), two.repeatTo(1));
        twoAsks(5);
        two.receive(1, token(1, 7, 0));
        assertEquals(List.of(), two.repeatTo(3));
    }

    @Test
    void passedTokenIsNotForTheNewEpochOfWhoeverHadIt() {
        twoHasPassedOn(token(1, 4, 0));
        assertEquals(List.of(), two.renewed(3));
        assertEquals(List.of(), two.repeatTo(3));
    }

    @Test
    void passedTokenIsStillForItsReceiverWhenAnotherHasANewEpoch() {
        twoHasPassedOn(token(1, 4, 0));
        two.renewed(1);
        assertEquals(List.of(to(3, token(1, 5, 1))), two.repeatTo(3));
    }

    @Test
    void passedTokenIsRepeatedInANewGroupVersion() {
        twoHasPassedOn(token(1, 4, 0));
        assertEquals(List.of(to(3, token(1, 5, 1))), two.regroup(Set.of(1, 3, 4)));
    }

    @Test
    void passedTokenIsNotForWhoeverHasLeft() {
        twoHasPassedOn(token(1, 4, 0));
        assertEquals(List.of(), two.regroup(Set.of(1, 4)));
        assertEquals(List.of(), two.repeatTo(3));
        two.regroup(Set.of(1, 3, 4));
        assertEquals(List.of(), two.repeatTo(3));
    }

    @Test
    void requestIsRepeatedOnANewLink() {
        twoAsks(5);
        assertEquals(List.of(to(3, request(5, 2))), two.repeatTo(3));
        two.receive(1, token(1, 1, 0));
        assertEquals(List.of(), two.repeatTo(3));
    }

    @Test
    void requestIsRepeatedToANewEpochAndInANewGroupVersion() {
        twoAsks(5);
        assertEquals(List.of(to(3, request(5, 2))), two.renewed(3));
        assertEquals(List.of(to(1, request(5, 2)), to(4, request(5, 2))), two.regroup(new TreeSet<>(Set.of(1, 4))));
    }

    // Rest and wake.

    @Test
    void unwantedTokenGoesRoundTwiceThenRestsForThePaceAtEachPeer() {
        for (int quiet = 0; quiet < 2 * ROUND; quiet++) {
            two.receive(1, token(1, 10 * quiet + 1, quiet));
            assertEquals(List.of(to(3, token(1, 10 * quiet + 2, quiet + 1))), two.at(7));
        }
        two.receive(1, token(1, 99, 2 * ROUND));
        assertEquals(List.of(), two.at(7));
        assertEquals(7 + PACE, two.wakeAt());
        assertEquals(List.of(), two.at(6 + PACE));
        assertEquals(7 + PACE, two.wakeAt());
        assertEquals(List.of(to(3, token(1, 100, 2 * ROUND))), two.at(7 + PACE));
        assertEquals(Long.MAX_VALUE, two.wakeAt());
    }

    @Test
    void requestWakesARestingToken() {
        two.receive(1, token(1, 1, 2 * ROUND));
        two.at(0);
        assertEquals(List.of(), two.receive(3, request(5, 3)));
        assertEquals(List.of(to(3, token(1, 2, ROUND + 1))), two.at(1));
        assertEquals(Long.MAX_VALUE, two.wakeAt());
    }

    @Test
    void tokenThatComesAfterTheRequestIsKeptAwakeForARound() {
        two.receive(3, request(5, 3));
        two.receive(1, token(1, 1, 2 * ROUND));
        assertEquals(List.of(to(3, token(1, 2, ROUND + 1))), two.at(0));
        two.receive(1, token(1, 4, 2 * ROUND)); // one request wakes it once
        assertEquals(List.of(), two.at(0));
    }

    @Test
    void requestDoesNotMakeALivelyTokenMoreQuiet() {
        two.receive(3, request(5, 3));
        two.receive(1, token(1, 1, 0));
        assertEquals(List.of(to(3, token(1, 2, 1))), two.at(0));
    }

    @Test
    void whoTakesARestingTokenLetsItRestNoMore() {
        two.receive(1, token(1, 1, 2 * ROUND));
        two.at(0);
        assertEquals(List.of(), twoAsks(5));
        two.enter(Set.of());
        assertEquals(Long.MAX_VALUE, two.wakeAt());
        assertEquals(List.of(to(3, token(1, 2, 1))), two.leave());
    }

    @Test
    void requestIsNotAnswered() {
        enters(two, 5, token(1, 1, 0));
        assertEquals(List.of(), two.receive(3, request(6, 3)));
        assertEquals(List.of(to(3, token(1, 2, 1))), two.leave());
    }

    @Test
    void requestIsNotSentWhenTheTokenComesByItself() {
        twoHasPassedOn(token(1, 1, ROUND - 1));
        assertEquals(List.of(), twoAsks(5));
    }

    @Test
    void requestIsSentToAllWhenTheTokenMayRestOnItsWay() {
        twoHasPassedOn(token(1, 1, ROUND));
        assertEquals(Set.of(to(1, request(5, 2)), to(3, request(5, 2))), Set.copyOf(twoAsks(5)));
    }

    @Test
    void requestIsSentToAllWhenTheTokenMayBeLost() {
        twoHasPassedOn(token(1, 1, 0));
        two.renewed(1);
        assertEquals(2, twoAsks(5).size());
    }

    @Test
    void requestIsSentToAllWhenTheGroupHasChanged() {
        twoHasPassedOn(token(1, 1, 0));
        two.regroup(Set.of(1, 3, 4));
        assertEquals(3, twoAsks(5).size());
    }

    @Test
    void requestIsSentToNobodyWhenTheTokenIsHere() {
        twoHasPassedOn(token(1, 1, ROUND));
        two.receive(1, token(1, 4, 2 * ROUND));
        two.at(0);
        assertEquals(List.of(), twoAsks(5));
    }

    @Test
    void cancelLeavesNoTrace() {
        twoAsks(5);
        assertEquals(List.of(), two.leave());
        assertEquals(State.IDLE, two.state());
        assertNull(two.stamp());
        assertEquals(List.of(), two.repeatTo(1));
        assertFalse(two.bereft());
        two.receive(1, token(1, 1, 0));
        assertEquals(List.of(to(3, token(1, 2, 1))), two.at(0));
    }

    // A try.

    @Test
    void trySaysSoEvenIfTheTokenComesByItself() {
        twoHasPassedOn(token(1, 1, 0));
        assertEquals(Set.of(to(1, attempt(5, 2)), to(3, attempt(5, 2))), Set.copyOf(two.request(new Stamp(5, 2), true)));
    }

    @Test
    void holderRefusesATry() {
        enters(two, 5, token(1, 1, 0));
        assertEquals(List.of(to(3, new Refusal(new Stamp(6, 3)))), two.receive(3, attempt(6, 3)));
    }

    @Test
    void whoWaitsRefusesATry() {
        twoAsks(5);
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
        assertTrue(twoAsks(5).contains(to(3, new Refusal(new Stamp(4, 3)))));
        two.leave();
        assertFalse(twoAsks(6).contains(to(3, new Refusal(new Stamp(4, 3)))));
    }

    @Test
    void whoPassesTheTokenOnLeavesTheRefusalToOthers() {
        two.receive(3, attempt(4, 3));
        twoHasPassedOn(token(1, 1, 0));
        assertEquals(List.of(), twoAsks(5));
    }

    @Test
    void tryOfAnOlderEpochOrAnIgnoredPeerOrOneThatHasLeftIsNotAnswered() {
        for (int way = 0; way < 3; way++) {
            TokenRing ring = new TokenRing(2, Set.of(1, 3), PACE, false);
            ring.receive(3, attempt(4, 3));
            if (way == 0) {
                ring.renewed(3);
            } else if (way == 1) {
                ring.ignore(3);
            } else {
                ring.regroup(Set.of(1));
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
        two.leave();
        twoAsks(6);
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

    // A lost token: who is asked.

    @Test
    void vowNamesTheHighestGenerationThatWasSeenOrVowedBefore() {
        assertEquals(List.of(to(3, new Vow(1, 0))), two.receive(3, new Census(4, 1)));
        assertEquals(List.of(to(3, new Vow(2, 4))), two.receive(3, new Census(4, 2)));
        two.receive(1, token(6, 1, 0));
        two.at(0);
        assertEquals(List.of(to(3, new Vow(3, 6))), two.receive(3, new Census(7, 3)));
    }

    @Test
    void censusDestroysATokenThatNobodyUses() {
        two.receive(1, token(1, 1, 2 * ROUND));
        two.at(0);
        two.receive(3, new Census(2, 1));
        assertFalse(hasToken());
        assertEquals(Long.MAX_VALUE, two.wakeAt());
        assertEquals(List.of(), two.at(2 * PACE));
    }

    @Test
    void censusEndsTheRepeatingOfAnOlderToken() {
        twoHasPassedOn(token(1, 4, 0));
        two.receive(1, new Census(2, 1));
        assertEquals(List.of(), two.repeatTo(3));
    }

    @Test
    void lateCensusDoesNotLowerTheVow() {
        two.receive(3, new Census(4, 2));
        two.receive(3, new Census(2, 1));
        two.receive(1, token(3, 1, 0));
        assertFalse(hasToken());
    }

    @Test
    void lateCopyOfACensusDestroysNothing() {
        two.receive(3, new Census(2, 1));
        two.receive(1, token(2, 1, 2 * ROUND));
        two.at(0);
        two.receive(3, new Census(2, 1));
        assertTrue(hasToken());
        two.receive(3, request(9, 3));
        two.at(1);
        two.receive(3, new Census(2, 1));
        assertEquals(List.of(to(3, token(2, 2, ROUND + 1))), two.repeatTo(3));
    }

    @Test
    void lateCopyOfACensusDoesNotCalmWhoKnowsTheTokenMayBeLost() {
        two.receive(3, new Census(2, 1));
        twoAsks(5);
        assertFalse(two.bereft());
        two.renewed(1);
        assertTrue(two.bereft());
        two.receive(3, new Census(2, 1));
        assertTrue(two.bereft());
        two.receive(3, new Census(3, 2)); // this maker knows
        assertFalse(two.bereft());
    }

    @Test
    void holderAnswersACensusAtItsExitAndTheTokenIsGone() {
        enters(two, 5, token(1, 1, 0));
        assertEquals(List.of(), two.receive(3, new Census(2, 1)));
        assertTrue(hasToken());
        assertEquals(List.of(to(3, new Vow(1, 1))), two.leave());
        assertFalse(hasToken());
        assertEquals(List.of(), two.at(PACE));
        enters(two, 6, token(2, 1, 0));
        assertEquals(List.of(to(3, token(2, 2, 1))), two.leave()); // answered once
    }

    @Test
    void holderAnswersTheNewestQuestionOfAPeer() {
        enters(two, 5, token(1, 1, 0));
        two.receive(3, new Census(3, 2));
        two.receive(3, new Census(2, 1)); // a late copy
        assertEquals(List.of(to(3, new Vow(2, 1))), two.leave());
    }

    @Test
    void holderDoesNotAnswerTheCensusOfAPeerThatIsNoMemberAnyMore() {
        TokenRing holder = new TokenRing(2, Set.of(1, 3), PACE, false);
        enters(holder, 5, token(1, 1, 0));
        holder.receive(1, new Census(2, 1));
        holder.regroup(Set.of(3));
        assertEquals(List.of(new Outgoing(3, token(1, 2, 1))), holder.leave());
    }

    @Test
    void holderDoesNotAnswerTheCensusOfAnOlderEpoch() {
        enters(two, 5, token(1, 1, 0));
        two.receive(3, new Census(2, 1));
        two.renewed(3);
        assertEquals(List.of(to(3, token(1, 2, 1))), two.leave());
    }

    // A lost token: who makes a new one.

    private void twoMakes() {
        twoAsks(5);
        assertTrue(two.bereft());
        two.renew();
    }

    private static Outgoing census(int peer, long generation, long number) {
        return to(peer, new Census(generation, number));
    }

    @Test
    void tokenIsMadeWhenAllHaveVowedTwice() {
        twoAsks(5);
        assertEquals(Set.of(census(1, 1, 1), census(3, 1, 1)), Set.copyOf(two.renew()));
        assertEquals(List.of(), two.receive(1, new Vow(1, 0)));
        assertEquals(Set.of(3), two.missing());
        assertEquals(Set.of(census(1, 1, 2), census(3, 1, 2)), Set.copyOf(two.receive(3, new Vow(1, 0))));
        assertEquals(List.of(), two.receive(3, new Vow(2, 1)));
        assertFalse(two.ready(Set.of()));
        assertTrue(two.bereft());
        assertEquals(List.of(), two.receive(1, new Vow(2, 1)));
        assertTrue(two.ready(Set.of()));
        assertFalse(two.bereft());
        assertEquals(Set.of(), two.missing());
    }

    @Test
    void oneAnswerOfEachCountsForThePresentQuestionOnly() {
        twoMakes();
        two.receive(1, new Vow(1, 0));
        two.receive(1, new Vow(1, 0));
        assertEquals(Set.of(3), two.missing());
        two.receive(3, new Vow(1, 0));
        two.receive(1, new Vow(1, 1));
        two.receive(3, new Vow(1, 1));
        assertEquals(Set.of(1, 3), two.missing());
    }

    @Test
    void vowThatWasForgottenBetweenTheRoundsIsTakenAgain() {
        twoMakes();
        two.receive(1, new Vow(1, 0));
        two.receive(3, new Vow(1, 0));
        two.receive(1, new Vow(2, 0)); // knows of nothing
        assertEquals(Set.of(census(1, 1, 3), census(3, 1, 3)), Set.copyOf(two.receive(3, new Vow(2, 1))));
        assertFalse(two.ready(Set.of()));
        two.receive(1, new Vow(3, 1));
        assertEquals(Set.of(census(1, 2, 4), census(3, 2, 4)), Set.copyOf(two.receive(3, new Vow(3, 1))));
        for (int round = 4; round <= 5; round++) {
            assertFalse(two.ready(Set.of()));
            two.receive(1, new Vow(round, round - 3));
            two.receive(3, new Vow(round, round - 3));
        }
        assertTrue(two.ready(Set.of()));
    }

    @Test
    void generationThatWasSeenOrVowedInTheFirstRoundIsNotMade() {
        twoMakes();
        two.receive(1, new Vow(1, 1));
        assertEquals(Set.of(census(1, 2, 2), census(3, 2, 2)), Set.copyOf(two.receive(3, new Vow(1, 0))));
    }

    @Test
    void makerProposesAboveAllThatItHasSeenOrVowed() {
        two.receive(1, new Census(4, 1));
        two.renewed(1);
        twoAsks(5);
        assertTrue(two.renew().contains(census(1, 5, 1)));
        TokenRing seen = new TokenRing(2, Set.of(1, 3), PACE, false);
        seen.receive(1, token(6, 1, 0));
        seen.at(0);
        seen.renewed(1);
        seen.request(new Stamp(5, 2), false);
        assertTrue(seen.renew().contains(census(1, 7, 1)));
    }

    private void twoHasMade() {
        twoMakes();
        for (int round = 1; round <= 2; round++) {
            two.receive(1, new Vow(round, round - 1));
            two.receive(3, new Vow(round, round - 1));
        }
    }

    @Test
    void repeatedVowMakesNoSecondToken() {
        twoHasMade();
        two.enter(Set.of());
        two.leave();
        two.receive(3, new Vow(2, 1));
        assertFalse(hasToken());
    }

    @Test
    void makerDoesNotMissTheTokenThatItHasMade() {
        twoHasMade();
        two.enter(Set.of());
        two.leave();
        twoAsks(6);
        assertFalse(two.bereft());
    }

    @Test
    void makingThatItsOwnNewEpochEndedIsNotRepeated() {
        twoMakes();
        two.lapse();
        assertEquals(List.of(), two.repeatTo(1));
    }

    @Test
    void generationThatSomebodyHasSeenIsNotMadeAgain() {
        twoMakes();
        two.receive(1, new Vow(1, 7));
        assertEquals(Set.of(census(1, 8, 2), census(3, 8, 2)), Set.copyOf(two.receive(3, new Vow(1, 0))));
        two.receive(1, new Vow(2, 7));
        assertEquals(Set.of(census(1, 8, 3), census(3, 8, 3)), Set.copyOf(two.receive(3, new Vow(2, 1))));
    }

    @Test
    void newerGenerationInTheSecondRoundStartsTheRoundsAgain() {
        twoMakes();
        two.receive(1, new Vow(1, 0));
        two.receive(3, new Vow(1, 0));
        two.receive(1, new Vow(2, 2));
        assertEquals(Set.of(census(1, 3, 3), census(3, 3, 3)), Set.copyOf(two.receive(3, new Vow(2, 1))));
        assertFalse(two.ready(Set.of()));
    }

    @Test
    void makerHasVowedItself() {
        twoMakes();
        two.receive(1, token(0, 9, 0));
        assertFalse(two.ready(Set.of()));
        assertTrue(two.receive(1, new Census(1, 5)).contains(to(1, new Vow(5, 1))));
    }

    @Test
    void newEpochOrGroupVersionStartsTheRoundsAgain() {
        for (boolean group : new boolean[] {false, true}) {
            TokenRing ring = new TokenRing(2, Set.of(1, 3), PACE, false);
            ring.request(new Stamp(5, 2), false);
            ring.renew();
            ring.receive(1, new Vow(1, 0));
            ring.receive(3, new Vow(1, 0));
            ring.receive(1, new Vow(2, 1));
            List<Outgoing> again = group ? ring.regroup(Set.of(1, 3, 4)) : ring.renewed(1);
            assertTrue(again.contains(census(1, 2, 3)), again.toString());
            ring.receive(3, new Vow(2, 1));
            assertFalse(ring.ready(Set.of()));
            assertEquals(group ? Set.of(1, 3, 4) : Set.of(1, 3), ring.missing());
        }
    }

    @Test
    void questionIsRepeatedOnANewLinkToWhoeverHasNotAnswered() {
        twoMakes();
        two.receive(1, new Vow(1, 0));
        assertEquals(List.of(to(1, request(5, 2))), two.repeatTo(1));
        assertEquals(List.of(to(3, request(5, 2)), census(3, 1, 1)), two.repeatTo(3));
        assertTrue(two.awaits(3));
        assertFalse(two.awaits(1));
    }

    @Test
    void askedAgainTheMakerGoesOnAsBefore() {
        twoMakes();
        assertEquals(List.of(), two.renew());
        two.receive(1, new Vow(1, 0));
        assertEquals(List.of(), two.renew());
        assertEquals(Set.of(3), two.missing());
    }

    @Test
    void makerGoesOnWhenItsRequestIsCancelledAndPassesTheTokenOn() {
        twoMakes();
        two.leave();
        assertTrue(two.bereft());
        for (int round = 1; round <= 2; round++) {
            two.receive(1, new Vow(round, round - 1));
            two.receive(3, new Vow(round, round - 1));
        }
        assertEquals(List.of(to(3, token(1, 1, 1))), two.at(0));
    }

    @Test
    void makerDoesNotRepeatTheTokenThatItReplaces() {
        twoHasPassedOn(token(1, 4, 0));
        two.renewed(1);
        twoMakes();
        assertTrue(two.repeatTo(3).stream().noneMatch(out -> out.message() instanceof Token));
    }

    // When it may be lost.

    @Test
    void tokenIsMissedOnlyByWhoWantsIt() {
        assertFalse(two.bereft());
        twoAsks(5);
        assertTrue(two.bereft());
    }

    @Test
    void tokenMayBeLostWhenAnybodyHasANewEpochOrLeavesUnlessItIsHere() {
        List<Consumer<TokenRing>> events = List.of(ring -> ring.renewed(1), ring -> ring.regroup(Set.of(3, 4)));
        for (Consumer<TokenRing> event : events) {
            TokenRing passed = new TokenRing(2, Set.of(1, 3), PACE, false);
            passed.receive(1, token(1, 1, 0));
            passed.at(0);
            passed.request(new Stamp(5, 2), false);
            assertFalse(passed.bereft());
            event.accept(passed);
            assertTrue(passed.bereft());
            TokenRing holder = new TokenRing(2, Set.of(1, 3), PACE, false);
            enters(holder, 5, token(1, 1, 0));
            event.accept(holder);
            holder.leave();
            holder.request(new Stamp(6, 2), false);
            assertFalse(holder.bereft());
        }
    }

    @Test
    void whoPassedItToAnEpochThatIsOverOrAPeerThatHasLeftSeesToANewOneUnasked() {
        twoHasPassedOn(token(1, 1, 0));
        two.renewed(1);
        assertFalse(two.bereft()); // whoever wants it sees to it
        two.renewed(3);
        assertTrue(two.bereft());
        two.receive(1, new Census(2, 1)); // another does
        assertFalse(two.bereft());
        twoHasPassedOn(token(2, 1, 0));
        two.regroup(Set.of(1, 4));
        assertTrue(two.bereft());
        two.receive(1, token(2, 4, 0)); // it had gone on
        two.at(0);
        two.renewed(1);
        assertFalse(two.bereft());
    }

    @Test
    void whoDiscardsATokenSeesToANewOneWhenTheMakerIsGone() {
        two.receive(3, new Census(4, 1));
        two.receive(1, token(3, 1, 0));
        assertFalse(two.bereft()); // peer 3 makes one
        two.renewed(3);
        assertTrue(two.bereft());
        two.receive(1, token(4, 1, 0));
        two.at(0);
        two.renewed(1);
        assertFalse(two.bereft());
        two.receive(1, token(3, 1, 0)); // a late copy
        assertFalse(two.bereft());
    }

    @Test
    void newMemberLosesNoToken() {
        twoHasPassedOn(token(1, 1, 0));
        two.regroup(Set.of(1, 3, 4));
        twoAsks(5);
        assertFalse(two.bereft());
    }

    @Test
    void tokenThatComesAfterAllEndsTheDoubt() {
        twoHasPassedOn(token(1, 1, 0));
        two.renewed(1);
        two.receive(1, token(1, 4, 0));
        two.at(0);
        twoAsks(5);
        assertFalse(two.bereft());
    }

    @Test
    void ownNewEpochDestroysTheTokenAndEndsTheMakingButKeepsTheVow() {
        enters(two, 5, token(3, 1, 0));
        two.receive(1, new Census(4, 1));
        two.lapse();
        assertFalse(hasToken());
        assertEquals(State.IDLE, two.state());
        twoMakes();
        two.lapse();
        assertEquals(Set.of(), two.missing());
        assertFalse(two.bereft());
        two.receive(1, token(3, 9, 0));
        assertFalse(hasToken());
        assertEquals(List.of(), two.repeatTo(3));
        twoAsks(6);
        assertTrue(two.bereft());
    }

    @Test
    void inANewEpochOfOnesOwnTheTokenMayBeLost() {
        twoHasPassedOn(token(1, 4, 0));
        two.lapse();
        twoAsks(5);
        assertTrue(two.bereft());
    }

    @Test
    void ownNewEpochDestroysARestingToken() {
        two.receive(1, token(1, 1, 2 * ROUND));
        two.at(0);
        two.lapse();
        assertFalse(hasToken());
        assertEquals(Long.MAX_VALUE, two.wakeAt());
    }

    @Test
    void ownNewEpochEndsTheRepeating() {
        twoHasPassedOn(token(1, 4, 0));
        two.lapse();
        assertEquals(List.of(), two.repeatTo(3));
    }

    @Test
    void tokensOfAPeerAloneAreNoneOfTheGroups() {
        TokenRing lone = new TokenRing(2, Set.of(), PACE, false);
        lone.request(new Stamp(1, 2), false);
        lone.renew();
        lone.enter(Set.of());
        lone.leave();
        lone.regroup(Set.of(1, 3));
        assertEquals("the token is elsewhere", lone.about());
        assertTrue(lone.forgettable());
        lone.receive(1, token(1, 1, 0));
        lone.at(0);
        lone.regroup(Set.of());
        lone.request(new Stamp(2, 2), false);
        assertTrue(lone.bereft());
    }

    // Passed by hand.

    @Test
    void tokenThatIsPassedByHandStays() {
        byHand.receive(1, token(1, 1, 0));
        assertEquals(List.of(), byHand.at(10 * PACE));
        assertEquals(Long.MAX_VALUE, byHand.wakeAt());
        byHand.receive(3, request(5, 3));
        assertEquals(List.of(), byHand.at(10 * PACE));
        assertEquals(List.of(to(3, token(1, 2, 1))), byHand.pass());
    }

    @Test
    void holderThatPassesByHandKeepsTheTokenAtItsExit() {
        enters(byHand, 5, token(1, 1, 0));
        assertEquals(List.of(), byHand.leave());
        assertEquals(List.of(), byHand.at(10 * PACE));
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
        alone.renew();
        alone.enter(Set.of());
        alone.leave();
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
        assertEquals(List.of(to(3, new Refusal(new Stamp(6, 3)))), byHand.at(0));
        assertEquals(List.of(), byHand.at(1));
    }

    // What a person sees, and what is remembered.

    @Test
    void saysWhereTheTokenIs() {
        List<String> said = new ArrayList<>();
        said.add(two.about());
        twoMakes();
        said.add(two.about());
        two.lapse();
        two.receive(1, token(3, 4, 2 * ROUND));
        said.add(two.about());
        two.at(0);
        two.receive(3, request(6, 3));
        two.at(1);
        said.add(two.about());
        assertEquals(List.of("the token is elsewhere", "a new token is being made", "the token is here, generation 3, hop 4",
                "the token went to peer 3, generation 3, hop 5"), said);
    }

    @Test
    void lockIsRememberedOnceATokenWasSeenOrAVowTaken() {
        assertTrue(two.forgettable());
        two.receive(3, request(5, 3));
        assertTrue(two.forgettable());
        twoAsks(6);
        assertFalse(two.forgettable());
        two.leave();
        two.receive(3, new Census(1, 1));
        assertFalse(two.forgettable());
        TokenRing seen = new TokenRing(2, Set.of(1, 3), PACE, false);
        seen.receive(1, token(1, 1, 0));
        seen.at(0);
        assertFalse(seen.forgettable());
    }

    @Test
    void peersCompareTheNameOfTheAlgorithm() {
        assertEquals("token-ring", TokenRing.locks(PACE, false).name());
        assertEquals("token-ring", two.name());
    }

    public static void main(String[] args) {
        Run.only(TokenRingTest.class);
    }
}
