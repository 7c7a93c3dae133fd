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
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tests.simulation.Table.LEASE;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import mutex.event.Event;
import mutex.event.Frame;
import mutex.lease.LeaseMessage.Ack;
import mutex.lease.LeaseMessage.Heartbeat;
import mutex.lease.LeaseMessage.Testimony;
import mutex.lease.Standing;
import org.junit.jupiter.api.Test;
import tests.simulation.Table;

/** Fences with a lease: one test per rule of protocol.md; the method name is the rule. */
class FenceTest extends LeaseFixture {

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

    public static void main(String[] args) {
        Run.only(FenceTest.class);
    }
}
