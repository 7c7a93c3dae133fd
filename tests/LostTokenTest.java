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
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tests.support.RingOfThree.PACE;
import static tests.support.RingOfThree.ROUND;
import static tests.support.RingOfThree.asks;
import static tests.support.RingOfThree.census;
import static tests.support.RingOfThree.enters;
import static tests.support.RingOfThree.hasPassedOn;
import static tests.support.RingOfThree.hasToken;
import static tests.support.RingOfThree.makes;
import static tests.support.RingOfThree.request;
import static tests.support.RingOfThree.to;
import static tests.support.RingOfThree.token;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import mutex.algorithm.Algorithm.Outgoing;
import mutex.algorithm.Algorithm.State;
import mutex.algorithm.Message.Census;
import mutex.algorithm.Message.Token;
import mutex.algorithm.Message.Vow;
import mutex.algorithm.Stamp;
import mutex.algorithm.TokenRing;
import org.junit.jupiter.api.Test;
import tests.support.RingOfThree;

/**
 * One test per rule of what one peer of a token ring does about a token that may be lost (protocol.md, token ring):
 * how it vows, makes a new one, and knows that it has to; the method name is the rule.
 */
class LostTokenTest {

    private final TokenRing two = RingOfThree.two(false);

    // Who is asked.

    @Test
    void vowNamesTheHighestGenerationThatWasSeenOrVowedBefore() {
        assertEquals(List.of(to(3, new Vow(1, 0))), two.receive(3, new Census(4, 1)));
        assertEquals(List.of(to(3, new Vow(2, 4))), two.receive(3, new Census(4, 2)));
        two.receive(1, token(6, 1, 0));
        two.onTime(0);
        assertEquals(List.of(to(3, new Vow(3, 6))), two.receive(3, new Census(7, 3)));
    }

    @Test
    void censusDestroysATokenThatNobodyUses() {
        two.receive(1, token(1, 1, 2 * ROUND));
        two.onTime(0);
        two.receive(3, new Census(2, 1));
        assertFalse(hasToken(two));
        assertEquals(Long.MAX_VALUE, two.wakeAt());
        assertEquals(List.of(), two.onTime(2 * PACE));
    }

    @Test
    void censusEndsTheRepeatingOfAnOlderToken() {
        hasPassedOn(two, token(1, 4, 0));
        two.receive(1, new Census(2, 1));
        assertEquals(List.of(), two.repeatTo(3));
    }

    @Test
    void lateCensusDoesNotLowerTheVow() {
        two.receive(3, new Census(4, 2));
        two.receive(3, new Census(2, 1));
        two.receive(1, token(3, 1, 0));
        assertFalse(hasToken(two));
    }

    @Test
    void lateCopyOfACensusDestroysNothing() {
        two.receive(3, new Census(2, 1));
        two.receive(1, token(2, 1, 2 * ROUND));
        two.onTime(0);
        two.receive(3, new Census(2, 1));
        assertTrue(hasToken(two));
        two.receive(3, request(9, 3));
        two.onTime(1);
        two.receive(3, new Census(2, 1));
        assertEquals(List.of(to(3, token(2, 2, ROUND + 1))), two.repeatTo(3));
    }

    @Test
    void lateCopyOfACensusDoesNotCalmWhoKnowsTheTokenMayBeLost() {
        two.receive(3, new Census(2, 1));
        asks(two, 5);
        assertFalse(two.tokenMayBeLost());
        two.onPeerEpoch(1);
        assertTrue(two.tokenMayBeLost());
        two.receive(3, new Census(2, 1));
        assertTrue(two.tokenMayBeLost());
        two.receive(3, new Census(3, 2)); // this maker knows
        assertFalse(two.tokenMayBeLost());
    }

    @Test
    void holderAnswersACensusAtItsExitAndTheTokenIsGone() {
        enters(two, 5, token(1, 1, 0));
        assertEquals(List.of(), two.receive(3, new Census(2, 1)));
        assertTrue(hasToken(two));
        assertEquals(List.of(to(3, new Vow(1, 1))), two.exit());
        assertFalse(hasToken(two));
        assertEquals(List.of(), two.onTime(PACE));
        enters(two, 6, token(2, 1, 0));
        assertEquals(List.of(to(3, token(2, 2, 1))), two.exit()); // answered once
    }

    @Test
    void holderAnswersTheNewestQuestionOfAPeer() {
        enters(two, 5, token(1, 1, 0));
        two.receive(3, new Census(3, 2));
        two.receive(3, new Census(2, 1)); // a late copy
        assertEquals(List.of(to(3, new Vow(2, 1))), two.exit());
    }

    @Test
    void holderDoesNotAnswerTheCensusOfAnOlderEpoch() {
        enters(two, 5, token(1, 1, 0));
        two.receive(3, new Census(2, 1));
        two.onPeerEpoch(3);
        assertEquals(List.of(to(3, token(1, 2, 1))), two.exit());
    }

    @Test
    void holderDoesNotAnswerTheCensusOfAPeerThatIsNoMemberAnyMore() {
        enters(two, 5, token(1, 1, 0));
        two.receive(1, new Census(2, 1));
        two.onMembers(Set.of(3));
        assertEquals(List.of(to(3, token(1, 2, 1))), two.exit());
    }

    // Who makes a new one.

    @Test
    void tokenIsMadeWhenAllHaveVowedTwice() {
        asks(two, 5);
        assertEquals(Set.of(census(1, 1, 1), census(3, 1, 1)), Set.copyOf(two.replaceToken()));
        assertEquals(List.of(), two.receive(1, new Vow(1, 0)));
        assertEquals(Set.of(3), two.missing());
        assertEquals(Set.of(census(1, 1, 2), census(3, 1, 2)), Set.copyOf(two.receive(3, new Vow(1, 0))));
        assertEquals(List.of(), two.receive(3, new Vow(2, 1)));
        assertFalse(two.ready(Set.of()));
        assertTrue(two.tokenMayBeLost());
        assertEquals(List.of(), two.receive(1, new Vow(2, 1)));
        assertTrue(two.ready(Set.of()));
        assertFalse(two.tokenMayBeLost());
        assertEquals(Set.of(), two.missing());
    }

    @Test
    void oneAnswerOfEachCountsForThePresentQuestionOnly() {
        makes(two);
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
        makes(two);
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
        makes(two);
        two.receive(1, new Vow(1, 1));
        assertEquals(Set.of(census(1, 2, 2), census(3, 2, 2)), Set.copyOf(two.receive(3, new Vow(1, 0))));
    }

    @Test
    void makerProposesAboveAllThatItHasSeenOrVowed() {
        two.receive(1, new Census(4, 1));
        two.onPeerEpoch(1);
        asks(two, 5);
        assertTrue(two.replaceToken().contains(census(1, 5, 1)));
        TokenRing seen = RingOfThree.two(false);
        seen.receive(1, token(6, 1, 0));
        seen.onTime(0);
        seen.onPeerEpoch(1);
        seen.request(new Stamp(5, 2), false);
        assertTrue(seen.replaceToken().contains(census(1, 7, 1)));
    }

    private void twoHasMade() {
        makes(two);
        for (int round = 1; round <= 2; round++) {
            two.receive(1, new Vow(round, round - 1));
            two.receive(3, new Vow(round, round - 1));
        }
    }

    @Test
    void repeatedVowMakesNoSecondToken() {
        twoHasMade();
        two.enter(Set.of());
        two.exit();
        two.receive(3, new Vow(2, 1));
        assertFalse(hasToken(two));
    }

    @Test
    void makerDoesNotMissTheTokenThatItHasMade() {
        twoHasMade();
        two.enter(Set.of());
        two.exit();
        asks(two, 6);
        assertFalse(two.tokenMayBeLost());
    }

    @Test
    void makingThatItsOwnNewEpochEndedIsNotRepeated() {
        makes(two);
        two.onOwnEpochEnd();
        assertEquals(List.of(), two.repeatTo(1));
    }

    @Test
    void generationThatSomebodyHasSeenIsNotMadeAgain() {
        makes(two);
        two.receive(1, new Vow(1, 7));
        assertEquals(Set.of(census(1, 8, 2), census(3, 8, 2)), Set.copyOf(two.receive(3, new Vow(1, 0))));
        two.receive(1, new Vow(2, 7));
        assertEquals(Set.of(census(1, 8, 3), census(3, 8, 3)), Set.copyOf(two.receive(3, new Vow(2, 1))));
    }

    @Test
    void newerGenerationInTheSecondRoundStartsTheRoundsAgain() {
        makes(two);
        two.receive(1, new Vow(1, 0));
        two.receive(3, new Vow(1, 0));
        two.receive(1, new Vow(2, 2));
        assertEquals(Set.of(census(1, 3, 3), census(3, 3, 3)), Set.copyOf(two.receive(3, new Vow(2, 1))));
        assertFalse(two.ready(Set.of()));
    }

    @Test
    void makerHasVowedItself() {
        makes(two);
        two.receive(1, token(0, 9, 0));
        assertFalse(two.ready(Set.of()));
        assertTrue(two.receive(1, new Census(1, 5)).contains(to(1, new Vow(5, 1))));
    }

    @Test
    void newEpochOrGroupVersionStartsTheRoundsAgain() {
        for (boolean group : new boolean[] {false, true}) {
            TokenRing ring = RingOfThree.two(false);
            ring.request(new Stamp(5, 2), false);
            ring.replaceToken();
            ring.receive(1, new Vow(1, 0));
            ring.receive(3, new Vow(1, 0));
            ring.receive(1, new Vow(2, 1));
            List<Outgoing> again = group ? ring.onMembers(Set.of(1, 3, 4)) : ring.onPeerEpoch(1);
            assertTrue(again.contains(census(1, 2, 3)), again.toString());
            ring.receive(3, new Vow(2, 1));
            assertFalse(ring.ready(Set.of()));
            assertEquals(group ? Set.of(1, 3, 4) : Set.of(1, 3), ring.missing());
        }
    }

    @Test
    void questionIsRepeatedOnANewLinkToWhoeverHasNotAnswered() {
        makes(two);
        two.receive(1, new Vow(1, 0));
        assertEquals(List.of(to(1, request(5, 2))), two.repeatTo(1));
        assertEquals(List.of(to(3, request(5, 2)), census(3, 1, 1)), two.repeatTo(3));
        assertTrue(two.awaits(3));
        assertFalse(two.awaits(1));
    }

    @Test
    void askedAgainTheMakerGoesOnAsBefore() {
        makes(two);
        assertEquals(List.of(), two.replaceToken());
        two.receive(1, new Vow(1, 0));
        assertEquals(List.of(), two.replaceToken());
        assertEquals(Set.of(3), two.missing());
    }

    @Test
    void makerGoesOnWhenItsRequestIsCancelledAndPassesTheTokenOn() {
        makes(two);
        two.exit();
        assertTrue(two.tokenMayBeLost());
        for (int round = 1; round <= 2; round++) {
            two.receive(1, new Vow(round, round - 1));
            two.receive(3, new Vow(round, round - 1));
        }
        assertEquals(List.of(to(3, token(1, 1, 1))), two.onTime(0));
    }

    @Test
    void makerDoesNotRepeatTheTokenThatItReplaces() {
        hasPassedOn(two, token(1, 4, 0));
        two.onPeerEpoch(1);
        makes(two);
        assertTrue(two.repeatTo(3).stream().noneMatch(out -> out.message() instanceof Token));
    }

    // When it may be lost.

    @Test
    void tokenIsMissedOnlyByWhoWantsIt() {
        assertFalse(two.tokenMayBeLost());
        asks(two, 5);
        assertTrue(two.tokenMayBeLost());
    }

    @Test
    void tokenMayBeLostWhenAnybodyHasANewEpochOrLeavesUnlessItIsHere() {
        List<Consumer<TokenRing>> events = List.of(ring -> ring.onPeerEpoch(1), ring -> ring.onMembers(Set.of(3, 4)));
        for (Consumer<TokenRing> event : events) {
            TokenRing passed = RingOfThree.two(false);
            passed.receive(1, token(1, 1, 0));
            passed.onTime(0);
            passed.request(new Stamp(5, 2), false);
            assertFalse(passed.tokenMayBeLost());
            event.accept(passed);
            assertTrue(passed.tokenMayBeLost());
            TokenRing holder = RingOfThree.two(false);
            enters(holder, 5, token(1, 1, 0));
            event.accept(holder);
            holder.exit();
            holder.request(new Stamp(6, 2), false);
            assertFalse(holder.tokenMayBeLost());
        }
    }

    @Test
    void whoPassedItToAnEpochThatIsOverOrAPeerThatHasLeftSeesToANewOneUnasked() {
        hasPassedOn(two, token(1, 1, 0));
        two.onPeerEpoch(1);
        assertFalse(two.tokenMayBeLost()); // whoever wants it sees to it
        two.onPeerEpoch(3);
        assertTrue(two.tokenMayBeLost());
        two.receive(1, new Census(2, 1)); // another does
        assertFalse(two.tokenMayBeLost());
        hasPassedOn(two, token(2, 1, 0));
        two.onMembers(Set.of(1, 4));
        assertTrue(two.tokenMayBeLost());
        two.receive(1, token(2, 4, 0)); // it had gone on
        two.onTime(0);
        two.onPeerEpoch(1);
        assertFalse(two.tokenMayBeLost());
    }

    @Test
    void whoDiscardsATokenSeesToANewOneWhenTheMakerIsGone() {
        two.receive(3, new Census(4, 1));
        two.receive(1, token(3, 1, 0));
        assertFalse(two.tokenMayBeLost()); // peer 3 makes one
        two.onPeerEpoch(3);
        assertTrue(two.tokenMayBeLost());
        two.receive(1, token(4, 1, 0));
        two.onTime(0);
        two.onPeerEpoch(1);
        assertFalse(two.tokenMayBeLost());
        two.receive(1, token(3, 1, 0)); // a late copy
        assertFalse(two.tokenMayBeLost());
    }

    @Test
    void newMemberLosesNoToken() {
        hasPassedOn(two, token(1, 1, 0));
        two.onMembers(Set.of(1, 3, 4));
        asks(two, 5);
        assertFalse(two.tokenMayBeLost());
    }

    @Test
    void tokenThatComesAfterAllEndsTheDoubt() {
        hasPassedOn(two, token(1, 1, 0));
        two.onPeerEpoch(1);
        two.receive(1, token(1, 4, 0));
        two.onTime(0);
        asks(two, 5);
        assertFalse(two.tokenMayBeLost());
    }

    @Test
    void ownNewEpochDestroysTheTokenAndEndsTheMakingButKeepsTheVow() {
        enters(two, 5, token(3, 1, 0));
        two.receive(1, new Census(4, 1));
        two.onOwnEpochEnd();
        assertFalse(hasToken(two));
        assertEquals(State.IDLE, two.state());
        makes(two);
        two.onOwnEpochEnd();
        assertEquals(Set.of(), two.missing());
        assertFalse(two.tokenMayBeLost());
        two.receive(1, token(3, 9, 0));
        assertFalse(hasToken(two));
        assertEquals(List.of(), two.repeatTo(3));
        asks(two, 6);
        assertTrue(two.tokenMayBeLost());
    }

    @Test
    void inANewEpochOfOnesOwnTheTokenMayBeLost() {
        hasPassedOn(two, token(1, 4, 0));
        two.onOwnEpochEnd();
        asks(two, 5);
        assertTrue(two.tokenMayBeLost());
    }

    @Test
    void ownNewEpochDestroysARestingToken() {
        two.receive(1, token(1, 1, 2 * ROUND));
        two.onTime(0);
        two.onOwnEpochEnd();
        assertFalse(hasToken(two));
        assertEquals(Long.MAX_VALUE, two.wakeAt());
    }

    @Test
    void ownNewEpochEndsTheRepeating() {
        hasPassedOn(two, token(1, 4, 0));
        two.onOwnEpochEnd();
        assertEquals(List.of(), two.repeatTo(3));
    }

    @Test
    void tokensOfAPeerAloneAreNoneOfTheGroups() {
        TokenRing lone = new TokenRing(2, Set.of(), PACE, false);
        lone.request(new Stamp(1, 2), false);
        lone.replaceToken();
        lone.enter(Set.of());
        lone.exit();
        lone.onMembers(Set.of(1, 3));
        assertEquals("the token is elsewhere", lone.describe());
        assertTrue(lone.droppable());
        lone.receive(1, token(1, 1, 0));
        lone.onTime(0);
        lone.onMembers(Set.of());
        lone.request(new Stamp(2, 2), false);
        assertTrue(lone.tokenMayBeLost());
    }

    public static void main(String[] args) {
        Run.only(LostTokenTest.class);
    }
}
