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
import mutex.algorithm.Message.Request;
import mutex.event.Effect;
import mutex.event.Event;
import mutex.lease.LeaseMessage.Ack;
import mutex.lease.LeaseMessage.Heartbeat;
import mutex.lease.LeaseMessage.Inquiry;
import mutex.lease.LeaseMessage.Testimony;
import org.junit.jupiter.api.Test;
import tests.simulation.Table;
import tests.simulation.Table.Sent;

/** Absence: one test per rule of protocol.md; the method name is the rule. */
class AbsenceTest extends LeaseFixture {

    @Test
    void entersWithoutAnAbsentMember() {
        table.crash(3);
        long asker = table.ask(1, LOCK);
        table.run(LEASE);
        assertNull(table.entered(1, asker));
        table.run(LEASE / 2);
        assertEquals(Set.of(3), absent(1));
        assertNotNull(table.entered(1, asker));
    }

    @Test
    void killedHolderDelaysTheOthersByLittleMoreThanTheLease() {
        table.ask(3, LOCK);
        table.settle();
        table.run(LEASE / 16);
        long asker = table.ask(1, LOCK);
        table.settle();
        table.crash(3);
        assertTrue(table.runUntil(LEASE * 3 / 2, () -> table.entered(1, asker) != null));
    }

    @Test
    void heartbeatThatDoesNotListMeIsNoSignOfLifeAndGetsNoAck() {
        table.lose(sent -> sent.to() == 3); // peer 3 is deaf, but heard
        table.run(LONG);
        int acks = sent(1, 3, Ack.class).size();
        int beats = sent(3, 1, Heartbeat.class).size();
        table.run(LONG);
        assertTrue(sent(3, 1, Heartbeat.class).size() > beats + 8);
        assertEquals(acks, sent(1, 3, Ack.class).size());
        assertEquals(Set.of(3), absent(1));
        assertEquals(Set.of(3), absent(2));
    }

    @Test
    void absenceNeedsAMajorityOfAllMembers() { // A1
        table = Table.leased(5);
        table.crash(5);
        table.lose(sent -> sent.to() == 1 && sent.frame().from() > 2 && sent.has(Testimony.class));
        table.run(2 * LEASE);
        assertFalse(sent(2, 1, Testimony.class).isEmpty());
        assertEquals(Set.of(), absent(1)); // two of five have testified
        table.lose(NOTHING);
        table.run(LEASE / 2);
        assertEquals(Set.of(5), absent(1));
    }

    @Test
    void silentPeerIsNotAbsentWhileAMajorityAcknowledgesIt() {
        table.lose(sent -> sent.between(1, 3));
        table.run(4 * LEASE);
        assertFalse(sent(1, 2, Inquiry.class).isEmpty());
        assertEquals(Set.of(), absent(1));
        assertTrue(standing(3));
    }

    @Test
    void witnessHasToHaveBeenSilentForTheLeaseAndAMargin() { // A1
        long round = openRound();
        testify(2, round, LEASE * 11 / 10 - 1_000);
        assertEquals(Set.of(), absent(1));
        testify(2, round, LEASE * 11 / 10);
        assertEquals(Set.of(3), absent(1));
    }

    @Test
    void witnessHasToHaveBeenSilentForTheRunningTimeOfTheRound() {
        long round = openRound();
        table.skip(LEASE / 10);
        testify(2, round, LEASE * 121 / 100 - 1_000);
        assertEquals(Set.of(), absent(1));
        testify(2, round, LEASE * 121 / 100);
        assertEquals(Set.of(3), absent(1));
    }

    @Test
    void testimonyOfAnotherRoundDoesNotCount() {
        long round = openRound();
        testify(2, round + 1, 5 * LEASE);
        assertEquals(Set.of(), absent(1));
        testify(2, round, 5 * LEASE);
        assertEquals(Set.of(3), absent(1));
    }

    @Test
    void testimonyOfTheSameWitnessTwiceCountsOnce() {
        table = Table.leased(5);
        long round = openRound();
        testify(2, round, 5 * LEASE);
        testify(2, round, 5 * LEASE);
        assertEquals(Set.of(), absent(1));
        testify(4, round, 5 * LEASE);
        assertEquals(Set.of(3), absent(1));
    }

    /** Peer 1 has acknowledged peer 3 itself, of which it hears nothing else. */
    @Test
    void ownSilenceCountsLikeThatOfAnyWitness() {
        table.run(LEASE);
        table.lose(sent -> sent.between(1, 3));
        table.runUntil(LONG, () -> !sent(1, 2, Inquiry.class).isEmpty());
        long round = last(sent(1, 2, Inquiry.class)).round();
        testify(2, round, 5 * LEASE); // it lies; but a majority needs peer 1, too, whose own silence is below 1.1 leases
        assertEquals(Set.of(), absent(1));
    }

    @Test
    void anySignOfLifeVoidsTheRunningRound() {
        long round = openRound();
        table.restart(3);
        table.step(1, new Event.Linked(table.node(3).hello(77, "ra", 1_000), null));
        table.step(1, new Event.Received(frame(3, epoch(1))));
        testify(2, round, 5 * LEASE);
        assertEquals(Set.of(), absent(1));
    }

    /** Peer 3 has just restarted, so that its epoch does not end while it is silent. */
    @Test
    void anySignOfLifeEndsAbsenceAndThePermissionIsNeededAgain() { // A2
        table.crash(3);
        table.restart(3);
        table.link(1, 3);
        table.underWay.clear();
        table.lose(cut(3));
        long holder = table.ask(2, LOCK);
        table.run(LONG);
        assertNotNull(table.entered(2, holder));
        long asker = table.ask(1, LOCK);
        table.settle();
        assertEquals(Set.of(2), lock(1).missing());
        List<Effect> effects = table.step(1, new Event.Received(frame(3, epoch(1))));
        assertEquals(Set.of(), absent(1));
        assertEquals(Set.of(2, 3), lock(1).missing());
        assertTrue(effects.stream().anyMatch(effect -> effect instanceof Effect.Send send && send.to() == 3
                && new Sent(3, send.frame()).messages().equals(List.of(new Request(lock(1).stamp(), false)))));
        table.withdraw(2, holder);
        table.settle();
        assertNull(table.entered(1, asker));
        table.lose(NOTHING);
        table.unlink(1, 3);
        table.link(1, 3);
        table.settle();
        assertNotNull(table.entered(1, asker));
    }

    @Test
    void nobodyIsAbsentWithoutStanding() {
        table.crash(3);
        table.run(LONG);
        assertEquals(Set.of(3), absent(1));
        starveOfAcks(1);
        assertEquals(Set.of(), absent(1));
    }

    /** Peer 2 has acknowledged the holder a moment ago, dies, and comes back without memory. */
    @Test
    void restartedWitnessCountsFromItsOwnStart() { // A1
        long holder = table.ask(3, LOCK);
        table.settle();
        assertNotNull(table.entered(3, holder));
        table.lose(sent -> sent.between(1, 3));
        table.run(LONG);
        long asker = table.ask(1, LOCK);
        table.run(LEASE / 2);
        assertEquals(Set.of(), absent(1));
        assertEquals(List.of(3), table.inside(LOCK));
        table.crash(2);
        table.restart(2);
        table.lose(cut(3));
        table.link(1, 2);
        for (int i = 0; i < 2 * LEASE / STEP; i++) {
            table.run(STEP);
            assertTrue(table.inside(LOCK).size() <= 1, "inside: " + table.inside(LOCK));
        }
        assertNotNull(table.entered(1, asker));
    }

    /** The holder's clock is slow, those of the witnesses are fast: a lease of theirs is over before its own. */
    @Test
    void marginCoversClocksFivePercentApart() { // A1
        for (int beats = 0; beats < 24; beats++) { // each time they fall otherwise
            table = Table.leased(3);
            table.rate(1, 1.0247);
            table.rate(2, 1.0247);
            table.rate(3, 0.9759);
            table.ask(3, LOCK);
            table.settle();
            long asker = table.ask(1, LOCK);
            table.run(beats * BEAT);
            table.lose(cut(3));
            for (int i = 0; i < LONG / STEP; i++) {
                table.run(STEP);
                assertTrue(table.inside(LOCK).size() <= 1, beats + " beats, inside: " + table.inside(LOCK));
            }
            assertNotNull(table.entered(1, asker));
        }
    }

    @Test
    void timeThatOnlyTheWallClockSawDoesNotMakeAWitnessSilent() {
        table.jump(2, 5 * LEASE);
        hear(2, 1, new Inquiry(3, 77));
        assertTrue(last(sent(2, 1, Testimony.class)).silentMicros() * 1_000 < LEASE);
    }

    public static void main(String[] args) {
        Run.only(AbsenceTest.class);
    }
}
