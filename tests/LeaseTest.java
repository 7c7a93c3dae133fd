///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java simulation/Table.java
//SOURCES ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tests.simulation.Table.LEASE;
import static tests.simulation.Table.STEP;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import mutex.algorithm.Algorithm.State;
import mutex.algorithm.Message;
import mutex.algorithm.Message.Permission;
import mutex.algorithm.Message.Request;
import mutex.algorithm.Stamp;
import mutex.lease.LeaseMessage;
import mutex.lease.LeaseMessage.Ack;
import mutex.lease.LeaseMessage.Heartbeat;
import mutex.lease.LeaseMessage.Inquiry;
import mutex.lease.LeaseMessage.Testimony;
import mutex.lease.Standing;
import mutex.node.Effect;
import mutex.node.Effect.Outcome;
import mutex.node.Event;
import mutex.node.Frame;
import mutex.node.NodeView;
import mutex.text.LockName;
import org.junit.jupiter.api.Test;
import tests.simulation.Table;
import tests.simulation.Table.Sent;

/** One test per rule of protocol.md, standing, absence and fence; the method name is the rule. */
class LeaseTest {

    private static final String LOCK = LockName.DEFAULT;
    private static final long BEAT = LEASE / 8;
    /** Long enough for any silence to be noticed, and for a majority to say so. */
    private static final long LONG = 3 * LEASE / 2;
    private static final Predicate<Sent> NOTHING = sent -> false;

    private Table table = Table.leased(3);

    private boolean standing(int id) {
        return table.view(id).standing().good();
    }

    private Set<Integer> absent(int id) {
        return table.view(id).standing().absent();
    }

    private NodeView.LockView lock(int id) {
        return table.view(id).locks().stream().filter(lock -> lock.name().equals(LOCK)).findFirst().orElseThrow();
    }

    private long epoch(int id) {
        return table.node(id).epoch();
    }

    /** Frames to the peer with an ACK in them. */
    private static Predicate<Sent> acksTo(int id) {
        return sent -> sent.to() == id && sent.has(Ack.class);
    }

    private static Predicate<Sent> cut(int id) {
        return sent -> sent.to() == id || sent.frame().from() == id;
    }

    /** What the peer could say now. */
    private Frame frame(int from, long toEpoch, Frame.FramePart... parts) {
        NodeView view = table.view(from);
        return new Frame(from, view.epoch(), toEpoch, view.group().version(), view.group().print(), view.time(), view.seen(),
                List.of(parts));
    }

    private void hear(int id, int from, LeaseMessage message) {
        table.step(id, new Event.Received(frame(from, epoch(id), new Frame.OfLease(message))));
    }

    private <M extends LeaseMessage> List<M> sent(int from, int to, Class<M> kind) {
        return table.effects(from, Effect.Send.class).stream().filter(send -> send.to() == to)
                .flatMap(send -> new Sent(to, send.frame()).leaseMessages().stream())
                .filter(kind::isInstance).map(kind::cast).toList();
    }

    private static <T> T last(List<T> all) {
        return all.get(all.size() - 1);
    }

    /** Makes the peer lapse, although it hears everything else. */
    private void starveOfAcks(int id) {
        table.lose(acksTo(id));
        assertTrue(table.runUntil(LONG, () -> !standing(id)));
    }

    // Standing.

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
        Effect told = effects.stream().filter(effect -> !(effect instanceof Effect.Note)).findFirst().orElseThrow();
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

    // Absence.

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

    /** Peer 1 has just asked about peer 3, which is dead, in this round. */
    private long openRound() {
        table.crash(3);
        table.lose(sent -> sent.has(Testimony.class));
        table.run(LEASE * 5 / 4);
        int asked = sent(1, 2, Inquiry.class).size();
        assertTrue(table.runUntil(LEASE, () -> sent(1, 2, Inquiry.class).size() > asked));
        return last(sent(1, 2, Inquiry.class)).round();
    }

    private void testify(int witness, long round, long silentNanos) {
        hear(1, witness, new Testimony(3, round, silentNanos / 1_000));
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

    // Fences.

    @Test
    void absurdReservationIsNotAcknowledged() {
        int acks = sent(1, 2, Ack.class).size();
        hear(1, 2, new Heartbeat(500, new TreeSet<>(Set.of(1)), 1L << 62));
        assertEquals(acks, sent(1, 2, Ack.class).size());
    }

    /** Peer 1 lacks nothing but the permission of peer 3, which has just become absent; an ACK is to clear the mark. */
    private long marked() {
        table.lose(sent -> sent.frame().from() == 3);
        long asker = table.ask(1, LOCK);
        table.settle();
        long round = openRound();
        table.lose(acksTo(1));
        testify(2, round, 5 * LEASE);
        table.settle();
        assertTrue(standing(1));
        assertEquals(Set.of(3), absent(1));
        assertEquals(Set.of(), lock(1).missing());
        return asker;
    }

    @Test
    void entryWaitsUntilTheFenceMarkIsClear() {
        long asker = marked();
        table.run(BEAT);
        assertNull(table.entered(1, asker));
        table.lose(NOTHING);
        table.run(2 * BEAT);
        assertNotNull(table.entered(1, asker));
    }

    /** The ACK of a heartbeat from before the mark may not know what a third peer was promised since. */
    @Test
    void ackOfAnOlderHeartbeatDoesNotClearTheFenceMark() {
        long asker = marked();
        long number = last(sent(1, 2, Heartbeat.class)).number();
        long seen = table.node(1).seen();
        hear(1, 2, new Ack(number - 1, seen + 9));
        assertEquals(seen, table.node(1).seen());
        hear(1, 2, new Ack(number, 0));
        assertTrue(table.node(1).seen() > seen);
        hear(1, 2, new Ack(last(sent(1, 2, Heartbeat.class)).number(), 0)); // for what lies above the reservation of peer 3
        assertNotNull(table.entered(1, asker));
    }

    /** The dead holder's fence that nobody heard of. */
    private long fenceOfACrashedHolder() {
        long holder = table.ask(3, LOCK);
        table.settle();
        long fence = table.entered(3, holder).fence();
        assertTrue(table.node(1).seen() < fence && table.node(2).seen() < fence);
        table.crash(3);
        return fence;
    }

    private void assertNextFenceIsAbove(long fence) {
        long asker = table.ask(1, LOCK);
        table.run(2 * LEASE);
        assertTrue(table.entered(1, asker).fence() > fence, table.entered(1, asker) + " after fence " + fence);
    }

    @Test
    void fenceOfAnAbsentHolderIsExceeded() {
        assertNextFenceIsAbove(fenceOfACrashedHolder());
    }

    @Test
    void fenceOfAHolderThatIsBackInANewEpochIsExceeded() {
        long fence = fenceOfACrashedHolder();
        table.restartIn(3, 1_000);
        table.linkAll();
        assertNextFenceIsAbove(fence);
    }

    /** Peer 1 was cut off while peer 3 took its fence, and does not need its permission: it has answered. */
    @Test
    void fenceOfAHolderBeforeStandingWasGainedIsExceeded() {
        table.lose(cut(1));
        table.run(LONG);
        long fence = fenceOfACrashedHolder();
        table.lose(NOTHING);
        assertNextFenceIsAbove(fence);
    }

    /** Nobody but peer 1 itself has acknowledged the holder. */
    @Test
    void fenceOfAHolderThatOnlyThisPeerBackedIsExceeded() {
        table = Table.seated(3, LEASE);
        table.link(1, 2);
        table.link(1, 3);
        table.run(LEASE / 2);
        long first = table.ask(3, LOCK); // peers 2 and 3 meet
        table.settle();
        table.withdraw(3, first);
        table.run(BEAT);
        table.lose(sent -> sent.goes(1, 2) && sent.has(Testimony.class)); // else peer 2 learns it at the same time
        assertNextFenceIsAbove(fenceOfACrashedHolder());
    }

    @Test
    void clearedMarkRaisesTheFenceToTheHighestReservation() {
        long reserved = last(sent(3, 2, Heartbeat.class)).reserve();
        table.crash(3);
        table.run(LONG);
        assertEquals(Set.of(3), absent(1));
        assertTrue(table.node(1).seen() >= reserved);
    }

    @Test
    void entryWaitsWhileAMajorityHasNotReservedItsFence() {
        table = Table.leased(5);
        table.lose(acksTo(1));
        Frame ahead = frame(2, epoch(1));
        table.step(1, new Event.Received(new Frame(2, ahead.fromEpoch(), ahead.toEpoch(), ahead.version(), ahead.print(),
                ahead.time(), table.node(1).seen() + 2 * Standing.AHEAD, List.of())));
        long asker = table.ask(1, LOCK);
        table.settle();
        table.run(2 * BEAT);
        assertEquals(Set.of(), lock(1).missing());
        long number = last(sent(1, 2, Heartbeat.class)).number();
        hear(1, 2, new Ack(number, 0));
        assertTrue(standing(1));
        assertNull(table.entered(1, asker));
        hear(1, 3, new Ack(number, 0));
        assertNotNull(table.entered(1, asker));
    }

    private void acknowledgeLast(int witness, long reserved) {
        hear(1, witness, new Ack(last(sent(1, witness, Heartbeat.class)).number(), reserved));
    }

    /** Peer 2 acknowledged before another may have taken a fence with its help: that ACK knows nothing of it. */
    @Test
    void gainingStandingSetsTheFenceMarkAndAMajorityClearsIt() {
        table = Table.leased(5);
        starveOfAcks(1);
        table.run(BEAT);
        acknowledgeLast(2, 1L << 50);
        table.run(BEAT);
        acknowledgeLast(5, 0);
        assertTrue(standing(1));
        acknowledgeLast(2, 1L << 51);
        assertTrue(table.node(1).seen() < 1L << 51);
        acknowledgeLast(5, 0);
        assertEquals(1L << 51, table.node(1).seen());
    }

    @Test
    void reservationsOfOthersAreToldAndTheOwnIsNot() {
        long high = 1L << 50;
        hear(2, 1, new Heartbeat(500, new TreeSet<>(Set.of(2)), high));
        hear(2, 3, new Heartbeat(500, new TreeSet<>(Set.of(2)), high - 1));
        assertEquals(high, last(sent(2, 3, Ack.class)).reserved());
        hear(2, 1, new Heartbeat(501, new TreeSet<>(Set.of(2)), high));
        assertEquals(high - 1, last(sent(2, 1, Ack.class)).reserved());
    }

    @Test
    void reservationOfAnEpochThatIsOverIsStillTold() {
        long high = 1L << 50;
        hear(2, 3, new Heartbeat(500, new TreeSet<>(Set.of(2)), high));
        table.crash(3);
        table.restart(3);
        table.link(2, 3);
        hear(2, 1, new Heartbeat(500, new TreeSet<>(Set.of(2)), high - 1));
        assertEquals(high, last(sent(2, 1, Ack.class)).reserved());
    }

    // Relay.

    @Test
    void twoPeersWithoutALinkGoOnThroughANeighbour() {
        table.unlink(1, 2);
        table.run(LONG);
        long first = table.ask(1, LOCK);
        table.settle();
        assertNotNull(table.entered(1, first));
        long second = table.ask(2, LOCK);
        table.settle();
        assertNull(table.entered(2, second));
        table.withdraw(1, first);
        table.settle();
        assertNotNull(table.entered(2, second));
    }

    @Test
    void relayGoesThroughANeighbourThatHearsTheOther() {
        table = Table.leased(5);
        table.unlink(1, 5);
        table.unlink(2, 5);
        table.run(LONG);
        long asker = table.ask(1, LOCK);
        table.settle();
        assertNotNull(table.entered(1, asker));
    }

    /** Peer 4 has no majority, and there is none that testifies against it either. */
    @Test
    void memberThatHalfOfAnEvenGroupHearsIsReachedThroughThem() {
        table = Table.leased(4);
        table.unlink(1, 4);
        table.unlink(2, 4);
        table.run(LONG);
        assertFalse(standing(4));
        long asker = table.ask(1, LOCK);
        table.run(3 * LEASE);
        assertEquals(Set.of(), absent(1));
        assertNotNull(table.entered(1, asker));
    }

    @Test
    void relayedRequestIsRepeatedEveryLease() { // S2
        table.unlink(1, 2);
        table.run(LONG);
        table.lose(sent -> sent.goes(1, 3) && sent.has(Frame.Relayed.class));
        long asker = table.ask(1, LOCK);
        table.settle();
        table.lose(NOTHING);
        assertEquals(Set.of(2), lock(1).missing());
        assertTrue(table.runUntil(LEASE + BEAT, () -> table.entered(1, asker) != null));
    }

    @Test
    void leasePartsAreNeverRelayed() {
        table.unlink(1, 2);
        table.run(2 * LEASE);
        table.ask(1, LOCK);
        table.run(LEASE);
        List<Frame.Relayed> relayed = table.effects(1, Effect.Send.class).stream()
                .flatMap(send -> new Sent(send.to(), send.frame()).relayed().stream()).toList();
        assertFalse(relayed.isEmpty());
        assertTrue(relayed.stream().allMatch(each -> new Sent(each.to(), each.frame()).leaseMessages().isEmpty()));
    }

    private void relayTo1From2Through3(long process, Message message) {
        Frame inner = frame(2, epoch(1), new Frame.OfLock(LOCK, message));
        table.step(1, new Event.Received(frame(3, epoch(1), new Frame.Relayed(1, process, inner))));
    }

    @Test
    void relayedFrameOfAnotherProcessAtTheSameEpochIsNotBelieved() {
        table.unlink(1, 2);
        table.run(BEAT);
        table.lose(sent -> sent.has(Frame.Relayed.class));
        long asker = table.ask(1, LOCK);
        table.settle();
        assertEquals(Set.of(2), lock(1).missing());
        relayTo1From2Through3(77, new Permission(lock(1).stamp()));
        assertNull(table.entered(1, asker));
    }

    @Test
    void relayedPermissionCounts() {
        table.unlink(1, 2);
        table.run(BEAT);
        table.lose(sent -> sent.has(Frame.Relayed.class));
        long asker = table.ask(1, LOCK);
        table.settle();
        relayTo1From2Through3(102, new Permission(lock(1).stamp())); // first process of peer 2
        assertNotNull(table.entered(1, asker));
    }

    /** What a link brings is newer than what comes by a detour. */
    @Test
    void relayedFrameOfALinkedPeerIsIgnored() {
        table.lose(sent -> sent.goes(2, 1));
        long asker = table.ask(1, LOCK);
        table.settle();
        relayTo1From2Through3(102, new Permission(lock(1).stamp()));
        assertNull(table.entered(1, asker));
    }

    // Suspects, limits.

    private void ask(int from, int to, long time, Stamp stamp) {
        Frame usual = frame(from, epoch(to), new Frame.OfLock(LOCK, new Request(stamp, false)));
        table.step(to, new Event.Received(new Frame(from, usual.fromEpoch(), usual.toEpoch(), usual.version(), usual.print(),
                time, usual.seen(), usual.parts())));
    }

    /** Peer 1 waits for peer 3; peer 2 is about to go before it. */
    private long waitingRequest(Predicate<Sent> lost) {
        table.lose(lost);
        for (int i = 0; i < 9; i++) {
            table.withdraw(1, table.ask(1, "other"));
        }
        table.ask(1, LOCK);
        table.settle();
        return lock(1).stamp().time();
    }

    @Test
    void peerThatGoesBeforeTwiceIsNamed() {
        long ours = waitingRequest(sent -> sent.frame().from() == 3);
        ask(2, 1, ours + 5, new Stamp(2, 2)); // its clock is above our stamp since the permission
        assertEquals(Set.of(), table.view(1).suspects().keySet());
        ask(2, 1, ours + 6, new Stamp(3, 2));
        assertEquals(Set.of(2), table.view(1).suspects().keySet());
        String said = last(table.said(1));
        assertTrue(said.startsWith("peer 2 went before this peer twice on [default], with 2@2 and 3@2"), said);
    }

    @Test
    void oldRequestThatIsSaidAgainIsNoOvertaking() {
        long ours = waitingRequest(sent -> sent.frame().from() == 3);
        for (int i = 0; i < 3; i++) {
            ask(2, 1, ours + 5 + i, new Stamp(2, 2));
        }
        assertEquals(Set.of(), table.view(1).suspects().keySet());
    }

    @Test
    void requestsMadeBeforeTheClockShowedOursAreNoOvertaking() {
        long ours = waitingRequest(sent -> sent.frame().from() != 1);
        ask(2, 1, ours - 2, new Stamp(2, 2));
        ask(2, 1, ours - 1, new Stamp(3, 2));
        assertEquals(Set.of(), table.view(1).suspects().keySet());
    }

    @Test
    void honestPeersAreNeverSuspected() {
        for (int round = 0; round < 8; round++) {
            List<Long> askers = new ArrayList<>();
            for (int id = 1; id <= 3; id++) {
                askers.add(table.ask(id, LOCK));
            }
            if (round % 3 == 1) {
                table.unlink(1, 2);
                table.link(1, 2);
            } else if (round % 3 == 2) {
                table.unlink(2, 3);
                table.run(LEASE / 2);
                table.linkAll();
            }
            for (int i = 0; i < 3; i++) {
                table.settle();
                int holder = table.holders(LOCK).get(0);
                table.withdraw(holder, askers.get(holder - 1));
            }
        }
        for (int id = 1; id <= 3; id++) {
            assertEquals(Set.of(), table.view(id).suspects().keySet());
        }
    }

    @Test
    void lockBeyondTheMostIsRefused() {
        LongStream.rangeClosed(1, 1_024).forEach(i -> table.ask(1, "lock" + i));
        assertEquals(1_024, table.view(1).locks().size());
        long more = table.ask(1, "more");
        assertEquals(Outcome.FULL, table.ended(1, more).outcome());
        assertEquals("this peer wants or holds 1024 locks already; release some", table.ended(1, more).reason());
        assertEquals(1_024, table.view(1).locks().size());
        long again = table.ask(1, "lock7");
        assertNull(table.ended(1, again));
        table.withdraw(1, again);
        table.settle();
        table.withdraw(1, table.effects(1, Effect.Entered.class).get(0).asker());
        assertNull(table.ended(1, table.ask(1, "more")));
    }

    @Test
    void requestAboveTheClockOfItsFrameIsDropped() {
        long time = table.view(2).time();
        Stamp absurd = new Stamp(time + 9, 2);
        int before = table.effects(1, Effect.Send.class).size();
        table.step(1, new Event.Received(frame(2, epoch(1), new Frame.OfLock(LOCK, new Request(absurd, false)))));
        assertTrue(table.view(1).time() < absurd.time());
        assertEquals(before, table.effects(1, Effect.Send.class).size());
        assertEquals(State.IDLE, table.view(1).locks().stream().map(NodeView.LockView::state).findFirst().orElse(State.IDLE));
    }

    public static void main(String[] args) {
        Run.only(LeaseTest.class);
    }
}
