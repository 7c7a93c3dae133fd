///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java LeaseFixture.java simulation/Table.java
//SOURCES ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tests.simulation.Table.LEASE;
import static tests.simulation.Table.STEP;

import java.util.List;
import java.util.Set;
import mutex.algorithm.Message.Permission;
import mutex.algorithm.Stamp;
import mutex.event.Effect;
import mutex.event.Effect.Outcome;
import mutex.event.Event;
import mutex.event.Frame;
import mutex.event.LogEvent;
import mutex.lease.LeaseMessage.Ack;
import mutex.lease.LeaseMessage.Heartbeat;
import mutex.lease.Standing;
import org.junit.jupiter.api.Test;
import tests.simulation.Table;

/** Standing: one test per rule of protocol.md; the method name is the rule. */
class LeaseTest extends LeaseFixture {

    @Test
    void standingNeedsAMajority() {
        table = Table.leased(5);
        assertEquals(3, table.view(1).standing().majority());
        table.lose(sent -> sent.frame().from() <= 2 != sent.to() <= 2);
        table.run(LONG);
        assertFalse(standing(1));
        assertEquals(2, table.view(1).standing().heard());
        assertTrue(standing(3));
        table.lose(cut(3));
        table.run(LONG);
        assertTrue(standing(1)); // four of five
        assertFalse(standing(3));
    }

    @Test
    void groupOfTwoStopsWhenEitherIsSilent() {
        for (int silent = 1; silent <= 2; silent++) {
            table = Table.leased(2);
            int other = 3 - silent;
            long holder = table.ask(other, LOCK);
            table.settle();
            table.crash(silent);
            table.run(LONG);
            assertFalse(standing(other));
            assertEquals(Outcome.LOST, table.ended(other, holder).outcome());
            table.ask(other, LOCK);
            table.run(3 * LEASE);
            assertEquals(List.of(), table.holders(LOCK));
        }
    }

    @Test
    void leaseCountsFromTheSendTimeOfTheAcknowledgedHeartbeat() { // S4
        table.delay(acksTo(1));
        int before = sent(1, 2, Heartbeat.class).size();
        assertTrue(table.runUntil(LEASE, () -> sent(1, 2, Heartbeat.class).size() > before));
        long sentAt = table.now();
        table.lose(sent -> sent.frame().from() == 1);
        table.run(LEASE * 6 / 10);
        table.deliverLate();
        table.runUntil(sentAt + LEASE - STEP - table.now(), () -> false);
        assertTrue(standing(1));
        table.run(STEP);
        assertFalse(standing(1));
    }

    @Test
    void lateAckGivesNoStanding() {
        table.delay(acksTo(1));
        table.run(LEASE + STEP);
        assertFalse(standing(1));
        table.lose(sent -> sent.frame().from() == 1);
        table.run(LEASE + STEP);
        table.deliverLate();
        table.run(STEP);
        assertFalse(standing(1));
    }

    @Test
    void permissionThatWaitedOutThePauseDoesNotLetThePeerIn() { // S0
        long first = table.ask(1, LOCK);
        table.pause(1);
        table.run(LEASE / 4); // both permissions are there
        long second = table.ask(2, LOCK);
        table.run(2 * LEASE);
        assertNotNull(table.entered(2, second));
        table.resume(1);
        assertNull(table.entered(1, first));
        assertEquals(List.of(2), table.inside(LOCK));
        table.withdraw(2, second);
        table.run(LEASE);
        assertNotNull(table.entered(1, first));
    }

    @Test
    void holderThatPausedBeyondItsLeaseIsToldBeforeAnythingGoesOut() {
        long asker = table.ask(1, LOCK);
        table.settle();
        table.ask(2, LOCK);
        table.settle();
        table.pause(1);
        table.run(2 * LEASE);
        assertEquals(List.of(2), table.inside(LOCK));
        List<Effect> effects = table.resume(1);
        Effect told = effects.stream().filter(effect -> !(effect instanceof LogEvent)).findFirst().orElseThrow();
        assertTrue(told instanceof Effect.Ended ended && ended.asker() == asker && ended.outcome() == Outcome.LOST, told.toString());
        assertFalse(standing(1));
    }

    @Test
    void releaseAfterTheLeaseIsALoss() {
        long asker = table.ask(1, LOCK);
        table.settle();
        table.skip(2 * LEASE);
        table.withdraw(1, asker);
        assertEquals(Outcome.LOST, table.ended(1, asker).outcome());
    }

    @Test
    void timeThatOnlyTheWallClockSawEndsTheOwnStanding() { // S5
        long asker = table.ask(1, LOCK);
        table.settle();
        table.jump(1, LEASE);
        assertEquals(Outcome.LOST, table.ended(1, asker).outcome());
    }

    @Test
    void lockThatWasLostIsForgotten() {
        table.ask(1, LOCK);
        table.settle();
        starveOfAcks(1);
        assertEquals(List.of(), table.view(1).locks());
    }

    @Test
    void lapseRaisesTheEpoch() {
        long before = epoch(1);
        starveOfAcks(1);
        assertEquals(before + 1, epoch(1));
    }

    @Test
    void ackToADeadEpochDoesNotCount() {
        long before = epoch(1);
        table.crash(1);
        table.restart(1);
        table.link(1, 2);
        table.lose(acksTo(1));
        table.run(LEASE / 2);
        long number = last(sent(1, 2, Heartbeat.class)).number();
        table.step(1, new Event.Received(frame(2, before, new Frame.OfLease(new Ack(number, 0)))));
        assertFalse(standing(1));
        hear(1, 2, new Ack(number, 0));
        assertTrue(standing(1));
    }

    @Test
    void whatWasAcknowledgedBeforeALapseDoesNotCountAfterIt() {
        table = Table.leased(5);
        long before = epoch(1);
        table.lose(sent -> acksTo(1).test(sent) && (sent.frame().from() != 2 || sent.frame().toEpoch() != before));
        assertTrue(table.runUntil(LONG, () -> !standing(1))); // with a fresh ACK of peer 2
        table.lose(sent -> acksTo(1).test(sent) && sent.frame().from() != 3);
        table.run(2 * BEAT);
        assertEquals(2, table.view(1).standing().heard());
        assertFalse(standing(1));
    }

    @Test
    void permissionToADeadEpochDoesNotCount() {
        table.delay(sent -> sent.goes(3, 1) && sent.has(Permission.class));
        long asker = table.ask(1, LOCK);
        table.settle();
        starveOfAcks(1);
        table.lose(sent -> sent.goes(3, 1) && sent.has(Permission.class));
        table.run(LEASE / 2);
        assertTrue(standing(1));
        table.deliverLate();
        assertNull(table.entered(1, asker));
        assertEquals(Set.of(3), lock(1).missing());
    }

    /** With its old stamp peer 1 would go before peer 2, whom it has let go first meanwhile. */
    @Test
    void gainingStandingTakesANewStamp() { // S1
        table.lose(sent -> sent.frame().from() == 3 && sent.has(Frame.OfLock.class));
        table.ask(1, LOCK);
        Stamp before = lock(1).stamp();
        table.settle();
        long second = table.ask(2, LOCK);
        Stamp other = lock(2).stamp();
        table.settle();
        assertEquals(Set.of(1, 3), lock(2).missing());
        table.lose(sent -> acksTo(1).test(sent) || sent.frame().from() == 3 && sent.has(Frame.OfLock.class));
        assertTrue(table.runUntil(LONG, () -> !standing(1)));
        assertNull(lock(1).stamp());
        assertEquals(Set.of(3), lock(2).missing()); // the lapse has answered it
        table.lose(sent -> sent.frame().from() == 3 && sent.has(Frame.OfLock.class));
        table.run(LEASE / 2);
        assertTrue(standing(1));
        assertTrue(before.compareTo(other) < 0 && other.compareTo(lock(1).stamp()) < 0);
        table.lose(NOTHING);
        table.unlink(1, 3);
        table.unlink(2, 3);
        table.linkAll();
        table.settle();
        assertEquals(List.of(2), table.inside(LOCK));
        table.withdraw(2, second);
        table.settle();
        assertEquals(List.of(1), table.inside(LOCK));
    }

    @Test
    void requestWithoutStandingIsMadeOnceItIsGained() {
        starveOfAcks(1);
        long asker = table.ask(1, LOCK);
        assertNull(lock(1).stamp());
        assertEquals("no majority: 1 of 3 peers reachable, 2 needed",
                table.ended(1, table.ask(1, LOCK, true, Long.MAX_VALUE)).reason());
        table.lose(NOTHING);
        table.run(LEASE / 2);
        assertNotNull(table.entered(1, asker));
    }

    @Test
    void aTryDoesNotWaitForWhoFallsSilentAndNeedsNobodyWhoIsAbsent() { // C6
        table.lose(sent -> sent.frame().from() == 3);
        long attempt = table.ask(1, LOCK, true, Long.MAX_VALUE);
        assertTrue(table.runUntil(2_600_000_000L, () -> table.ended(1, attempt) != null || table.entered(1, attempt) != null));
        table.run(3 * LEASE);
        if (table.entered(1, attempt) == null) {
            assertEquals(Outcome.UNANSWERED, table.ended(1, attempt).outcome());
            long later = table.ask(1, LOCK, true, Long.MAX_VALUE);
            table.settle();
            assertNotNull(table.entered(1, later));
        }
    }

    @Test
    void aTryEndsWithTheStanding() { // C6: it never waits without a stamp
        table.lose(sent -> sent.to() == 1 && sent.has(Permission.class));
        long attempt = table.ask(1, LOCK, true, Long.MAX_VALUE);
        long behind = table.ask(1, LOCK);
        table.settle();
        starveOfAcks(1);
        assertEquals(Outcome.UNANSWERED, table.ended(1, attempt).outcome());
        table.lose(NOTHING);
        table.run(LEASE / 2);
        assertNotNull(table.entered(1, behind));
    }

    @Test
    void lapseAnswersEveryoneDeferred() {
        long holder = table.ask(1, LOCK);
        table.settle();
        long second = table.ask(2, LOCK);
        long third = table.ask(3, LOCK);
        table.settle();
        assertEquals(Set.of(2, 3), lock(1).deferred().keySet());
        starveOfAcks(1);
        assertEquals(Outcome.LOST, table.ended(1, holder).outcome());
        assertTrue(table.ended(1, holder).reason().startsWith("no majority: only 1 of 3 heard"));
        table.settle();
        assertNotNull(table.entered(2, second));
        table.withdraw(2, second);
        table.settle();
        assertNotNull(table.entered(3, third));
    }

    @Test
    void minorityThatWasCutOffComesBack() {
        for (int cutOff = 1; cutOff <= 3; cutOff++) {
            table = Table.leased(3);
            table.lose(cut(cutOff));
            long late = table.ask(cutOff, LOCK);
            table.run(LONG);
            int other = cutOff % 3 + 1;
            long holder = table.ask(other, LOCK);
            table.settle();
            assertNotNull(table.entered(other, holder));
            table.run(5 * LEASE);
            assertFalse(standing(cutOff));
            assertNull(table.entered(cutOff, late));
            table.lose(NOTHING);
            table.run(LEASE / 2);
            assertTrue(standing(cutOff));
            assertEquals(Set.of(), absent(other));
            assertEquals(List.of(other), table.inside(LOCK));
            table.withdraw(other, holder);
            table.settle();
            assertNotNull(table.entered(cutOff, late));
        }
    }

    public static void main(String[] args) {
        Run.only(LeaseTest.class);
    }
}
