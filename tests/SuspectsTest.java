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
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tests.simulation.Table.LEASE;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import mutex.algorithm.Algorithm.State;
import mutex.algorithm.Message.Request;
import mutex.algorithm.Stamp;
import mutex.event.Effect;
import mutex.event.Effect.Outcome;
import mutex.event.Event;
import mutex.event.Frame;
import mutex.event.NodeView;
import org.junit.jupiter.api.Test;
import tests.simulation.Table.Sent;

/** Who is named for what an honest peer hardly does, and what is bounded. */
class SuspectsTest extends LeaseFixture {

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
        ask(2, 1, ours - 3, new Stamp(1, 2)); // its clock is below ours then
        ask(2, 1, ours - 2, new Stamp(2, 2));
        ask(2, 1, ours - 1, new Stamp(3, 2));
        assertEquals(Set.of(), table.view(1).suspects().keySet());
    }

    /** In one step it says the older one again, gives that up, and asks anew: its clock shows both. */
    @Test
    void requestMadeWhenAnOlderOneWasSaidAgainIsNoOvertaking() {
        table.lose(sent -> sent.frame().from() != 3);
        for (int i = 0; i < 9; i++) {
            table.withdraw(3, table.ask(3, "other"));
        }
        table.ask(3, LOCK);
        table.settle();
        long ours = lock(3).stamp().time();
        ask(1, 3, ours, new Stamp(2, 1));
        ask(1, 3, ours, new Stamp(2, 1));
        ask(1, 3, ours + 1, new Stamp(ours, 1));
        assertEquals(Set.of(), table.view(3).suspects().keySet());
        ask(1, 3, ours + 2, new Stamp(ours - 1, 1));
        assertEquals(Set.of(1), table.view(3).suspects().keySet());
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
        Run.only(SuspectsTest.class);
    }
}
