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

import java.util.List;
import java.util.Set;
import mutex.algorithm.Message;
import mutex.algorithm.Message.Permission;
import mutex.event.Effect;
import mutex.event.Event;
import mutex.event.Frame;
import org.junit.jupiter.api.Test;
import tests.simulation.Table;
import tests.simulation.Table.Sent;

/** Members without a link: one test per rule of protocol.md; the method name is the rule. */
class RelayTest extends LeaseFixture {

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

    private void lastOneHasNoLinkToTheFirstTwo(int peers) {
        table = Table.leased(peers);
        table.unlink(1, peers);
        table.unlink(2, peers);
        table.run(LONG);
    }

    @Test
    void relayGoesThroughANeighbourThatHearsTheOther() {
        lastOneHasNoLinkToTheFirstTwo(5);
        long asker = table.ask(1, LOCK);
        table.settle();
        assertNotNull(table.entered(1, asker));
    }

    /** Peer 4 has no majority, and there is none that testifies against it either. */
    @Test
    void memberThatHalfOfAnEvenGroupHearsIsReachedThroughThem() {
        lastOneHasNoLinkToTheFirstTwo(4);
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

    public static void main(String[] args) {
        Run.only(RelayTest.class);
    }
}
