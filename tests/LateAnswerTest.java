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
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tests.simulation.Table.LEASE;
import static tests.simulation.Table.STEP;

import java.util.ArrayDeque;
import java.util.Deque;
import mutex.event.Event;
import mutex.event.Frame;
import mutex.group.GroupMessage.Bound;
import mutex.text.LockName;
import org.junit.jupiter.api.Test;
import tests.simulation.Table;
import tests.simulation.Table.Sent;

/** Answers and disks that take longer than expected, but come. */
class LateAnswerTest {

    private final Table table = Table.leased(3);

    private record DueTask(long at, Sent sent) {}

    /** A round trip is longer than the time between two heartbeats, and much shorter than the lease. */
    @Test
    void testimonyThatTakesLongerThanABeatCounts() {
        table.crash(3);
        long asker = table.ask(1, LockName.DEFAULT);
        Deque<DueTask> slow = new ArrayDeque<>();
        for (int i = 0; i < 4 * LEASE / STEP; i++) {
            table.skip(STEP);
            table.step(1, new Event.Tick());
            table.step(2, new Event.Tick());
            while (true) {
                table.underWay.forEach(sent -> slow.add(new DueTask(table.now() + LEASE / 14, sent)));
                table.underWay.clear();
                if (slow.isEmpty() || slow.peek().at > table.now()) {
                    break;
                }
                Sent sent = slow.poll().sent;
                table.step(sent.to(), new Event.Received(sent.frame()));
            }
        }
        assertTrue(table.view(1).standing().good());
        assertNotNull(table.entered(1, asker));
    }

    @Test
    void leaverThatLosesStandingWhileItWritesStaysUntilAnotherKnows() {
        table.delay(sent -> sent.to() == 3 && sent.has(Bound.class));
        long asker = table.leave(3);
        table.settle();
        table.hangDisks();
        table.deliverLate();
        table.lose(sent -> sent.to() == 3 || sent.frame().from() == 3);
        table.run(LEASE * 3 / 2);
        table.step(3, new Event.Written(null));
        table.run(LEASE);
        assertNull(table.group(3));
        assertNull(table.answer(3, asker)); // nobody knows
    }

    @Test
    void removalThatIsWrittenWhileStandingIsLostIsMade() {
        table.crash(3);
        long asker = table.remove(1, 3);
        table.delay(sent -> sent.to() == 1 && sent.frame().parts().stream().anyMatch(part -> part instanceof Frame.OfGroup ofGroup
                && ofGroup.message() instanceof Bound bound && bound.again()));
        table.run(LEASE * 5 / 4);
        table.hangDisks();
        table.deliverLate();
        table.lose(sent -> sent.to() == 1);
        table.run(LEASE * 3 / 2);
        table.step(1, new Event.Written(null));
        table.run(STEP);
        assertEquals(2, table.group(1).members().size());
        assertEquals("done", table.answer(1, asker));
    }

    public static void main(String[] args) {
        Run.only(LateAnswerTest.class);
    }
}
