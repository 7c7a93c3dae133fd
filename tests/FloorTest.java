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
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.RicartAgrawala;
import mutex.event.Effect;
import mutex.event.Event;
import mutex.event.Frame;
import mutex.group.DurableState;
import mutex.group.Group;
import mutex.group.GroupMessage;
import mutex.group.Hello;
import mutex.group.Version;
import mutex.lease.LeaseMessage.Ack;
import mutex.lease.LeaseMessage.Heartbeat;
import mutex.node.Node;
import mutex.text.LockName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tests.simulation.Table;

/** Fences rise across restarts whatever the wall clock does (F1), and no member carries them to the end of their range (F2). */
class FloorTest {

    private static final long WALL = 1_795_910_400_000L; // milliseconds, 2026-11-29
    private static final long DAY = 86_400_000;
    private static final long SECOND = 1_000_000_000L;

    private Node node;
    private DurableState disk;
    private long now;

    private void start(long wall) {
        node = new Node(1, "host:1", wall, List.of(), disk, AlgorithmKind.named(RicartAgrawala.NAME), 7, 0, 0, true);
    }

    private void start(long wall, int members, long lease) {
        Map<Integer, String> all = new TreeMap<>();
        for (int id = 1; id <= members; id++) {
            all.put(id, "host:" + id);
        }
        disk = new DurableState(Group.found(all), null);
        node = new Node(1, "host:1", wall, List.of(), disk, AlgorithmKind.named(RicartAgrawala.NAME), 7, lease, 0, true);
    }

    private List<Effect> step(Event event) {
        List<Effect> effects = node.step(event, now);
        effects.stream().filter(Effect.Save.class::isInstance).forEach(save -> disk = ((Effect.Save) save).saved());
        return effects;
    }

    private long entered(List<Effect> effects) {
        return effects.stream().filter(Effect.Entered.class::isInstance).mapToLong(entered -> ((Effect.Entered) entered).fence())
                .findFirst().orElse(0);
    }

    private static boolean says(List<Effect> effects, String what) {
        return effects.stream().anyMatch(effect -> effect instanceof Effect.Say say && say.line().contains(what));
    }

    private List<Effect> ask(long asker) {
        return step(new Event.Ask(asker, LockName.DEFAULT, false, Long.MAX_VALUE));
    }

    @Test
    void entryWaitsUntilTheFloorIsWrittenDown() {
        start(WALL);
        assertEquals(0, entered(ask(1)));
        assertTrue(entered(step(new Event.Written(null))) <= disk.floor());
        assertTrue(disk.floor() > WALL << 20, disk::toString);
    }

    @ParameterizedTest
    @ValueSource(longs = {DAY, WALL, 1})
    void fenceRisesAlthoughTheClockIsSetBackWhileThePeerRuns(long back) {
        start(WALL);
        step(new Event.Tick());
        step(new Event.Written(null));
        long before = 0;
        for (int asker = 1; asker <= 1_000; asker++) {
            before = entered(ask(asker));
            step(new Event.Withdraw(asker));
        }
        start(WALL - back);
        ask(1);
        assertTrue(entered(step(new Event.Written(null))) > before);
    }

    /** Rarely: many entries and a quarter of an hour later the floor is still ahead. */
    @Test
    void floorIsWrittenOnceForManyEntries() {
        start(WALL);
        step(new Event.Tick());
        step(new Event.Written(null));
        long writes = 0;
        for (int asker = 1; asker <= 10_000; asker++) {
            now += SECOND / 10;
            writes += ask(asker).stream().filter(Effect.Save.class::isInstance).count();
            writes += step(new Event.Withdraw(asker)).stream().filter(Effect.Save.class::isInstance).count();
        }
        assertEquals(0, writes);
    }

    /** Issue: three peers, a lease; the clock of one is set back while it runs, then it and another are killed. */
    @Test
    void withALeaseNoFenceComesAgain() {
        Table table = Table.seated(3, RicartAgrawala.KIND, Table.LEASE).keepingFloors();
        for (int id = 1; id <= 3; id++) {
            table.crash(id);
            table.restartIn(id, WALL);
        }
        table.linkAll();
        table.run(Table.LEASE);
        table.crash(3); // and is not seen again until the end
        table.run(5 * Table.LEASE);
        long asker = table.ask(1, LockName.DEFAULT);
        table.run(5 * Table.LEASE);
        long fence = table.entered(1, asker).fence();
        table.crash(1);
        table.crash(2);
        table.restartIn(1, WALL - DAY);
        table.restartIn(2, WALL - DAY);
        table.linkAll();
        table.run(10 * Table.LEASE);
        asker = table.ask(2, LockName.DEFAULT);
        table.run(10 * Table.LEASE);
        assertTrue(table.entered(2, asker).fence() > fence, table.entered(2, asker) + " after " + fence);
    }

    @Test
    void reservationIsNotAcknowledgedBeforeItIsWrittenDown() {
        start(WALL, 2, SECOND);
        step(new Event.Linked(new Hello(2, "host:2", WALL, 9, RicartAgrawala.NAME, 1_000, disk.group(), List.of()), null));
        long reserve = WALL + DAY << 20;
        Group group = disk.group();
        Event beat = new Event.Received(new Frame(2, WALL, node.epoch(), group.version(), group.print(), 1, reserve - 9,
                List.of(new Frame.OfLease(new Heartbeat(1, new TreeSet<>(List.of(1)), reserve)))));
        step(new Event.Written(null)); // the first floor
        assertTrue(!acknowledges(step(beat)));
        step(new Event.Written(null));
        assertTrue(acknowledges(step(beat)));
        assertTrue(disk.floor() >= reserve, disk::toString);
    }

    private static boolean acknowledges(List<Effect> effects) {
        return effects.stream().anyMatch(effect -> effect instanceof Effect.Send send && send.frame().parts().stream()
                .anyMatch(part -> part instanceof Frame.OfLease lease && lease.message() instanceof Ack));
    }

    @ParameterizedTest
    @ValueSource(strings = {"full", "hangs"})
    void diskThatDoesNotWriteHoldsUpNoEntry(String disk) {
        start(WALL);
        now = SECOND;
        ask(1);
        List<Effect> effects = disk.equals("full") ? step(new Event.Written("disk full")) : List.of();
        long fence = entered(effects);
        for (int i = 0; i < 100 && fence == 0; i++) {
            now = node.wakeAt();
            effects = step(new Event.Tick());
            fence = entered(effects);
        }
        assertTrue(fence > 0 && now <= 3 * SECOND, "after " + now);
    }

    /** A busy machine takes its time, and is no sick disk. */
    @Test
    void slowDiskIsNamedAfterAWhileAndWhenItWritesAgain() {
        start(WALL);
        step(new Event.Tick());
        now = 2 * SECOND;
        assertFalse(says(step(new Event.Tick()), "its disk does not answer"));
        now = node.wakeAt();
        assertEquals(5 * SECOND, now);
        assertTrue(says(step(new Event.Tick()), "the fences of this peer are not written down: its disk does not answer"));
        now += SECOND;
        assertFalse(says(step(new Event.Tick()), "written down"));
        assertTrue(says(step(new Event.Written(null)), "the fences of this peer are written down again"));
        assertFalse(says(step(new Event.Tick()), "written down"));
    }

    /** It starts from a floor that is ahead of the clock, and cannot write a higher one: only the clock can tell what comes after. */
    @Test
    void whoCannotWriteGoesOnWhenTheClockIsAboveItsFences() {
        disk = new DurableState(null, null, WALL + 4_000 << 20);
        start(WALL);
        DurableState file = disk;
        long asker = 1;
        ask(asker);
        List<Effect> effects = step(new Event.Written("disk full"));
        assertTrue(says(effects, "the fences of this peer are not written down: disk full"));
        while (entered(effects) == 0) {
            now = node.wakeAt();
            effects = step(new Event.Tick());
            effects = entered(effects) > 0 || effects.stream().noneMatch(Effect.Save.class::isInstance) ? effects
                    : step(new Event.Written("disk full"));
        }
        long fence = entered(effects);
        assertTrue(fence >> 20 <= WALL + now / 1_000_000, fence + " at " + now);
        disk = file;
        start(WALL + now / 1_000_000 + 1);
        ask(1);
        assertTrue(entered(step(new Event.Written(null))) > fence);
    }

    /** What could not be written is not what the next floor is written with. */
    @Test
    void promiseThatWasNotMadeIsNotWrittenLater() {
        start(WALL, 2, 0);
        step(new Event.Linked(new Hello(2, "host:2", WALL, 9, RicartAgrawala.NAME, 0, disk.group(), List.of()), null));
        step(new Event.Written(null));
        Group group = disk.group();
        Group next = group.with(3, "host:3", WALL << 20);
        step(new Event.Received(new Frame(2, WALL, node.epoch(), group.version(), group.print(), 1, WALL << 20,
                List.of(new Frame.OfGroup(new GroupMessage.Propose(group.version(), next, false))))));
        assertEquals(next, disk.promise().next());
        now += SECOND;
        step(new Event.Written("disk full"));
        now += 5 * SECOND;
        long far = WALL + DAY << 20;
        step(new Event.Received(new Frame(2, WALL, node.epoch(), group.version(), group.print(), 1, far, List.of())));
        assertTrue(disk.floor() > far && disk.promise() == null, disk::toString);
    }

    // F2.

    private List<Effect> shows(long time, long seen) {
        Group group = disk.group();
        return step(new Event.Received(new Frame(2, WALL, node.epoch(), group.version(), group.print(), time, seen, List.of())));
    }

    private void withTwo() {
        start(WALL, 2, 0);
        step(new Event.Linked(new Hello(2, "host:2", WALL, 9, RicartAgrawala.NAME, 0, disk.group(), List.of()), null));
        step(new Event.Written(null));
    }

    @Test
    void memberWithAFenceOfTheNextDecadeIsNotBelieved() {
        withTwo();
        long before = node.seen();
        assertTrue(says(shows(1, WALL + 3_660 * DAY << 20), "peer 2 shows an absurd clock"));
        assertEquals(before, node.seen());
    }

    @Test
    void memberThatMovesFencesByDaysIsNamed() {
        withTwo();
        shows(1, WALL + 2 * DAY << 20);
        assertTrue(node.view(now).suspects().get(2).contains("fences 2 days ahead of this peer's clock"), node.view(now).suspects()::toString);
    }

    @Test
    void memberThatMovesTimeByBillionsIsNamed() {
        withTwo();
        shows(1L << 34, 1);
        assertTrue(node.view(now).suspects().get(2).contains("requests ahead in Lamport time"), node.view(now).suspects()::toString);
    }

    @Test
    void noSeriesOfLiesEndsTheRangeOfFencesOrOfTime() {
        withTwo();
        for (int i = 0; i < 100_000; i++) {
            for (int bit = 61; bit >= 0; bit--) { // the largest step that is believed
                shows(node.time() + (1L << bit), node.seen());
                shows(node.time(), node.seen() + (1L << bit));
            }
            if (i == 3) {
                i = 99_000; // from there on all steps are small
            }
        }
        assertTrue(node.seen() < (1L << 61) + (1L << 60) && node.time() < (1L << 61), node.seen() + ", " + node.time());
        assertEquals(Set.of(2), node.view(now).suspects().keySet());
    }

    /** A small computer without a battery starts in 1970, and takes the fences of the others. */
    @Test
    void clockOf1970TakesWhatOthersShow() {
        start(1_000, 2, 0);
        step(new Event.Linked(new Hello(2, "host:2", WALL, 9, RicartAgrawala.NAME, 0, disk.group(), List.of()), null));
        shows(1, WALL + DAY << 20);
        assertEquals(WALL + DAY << 20, node.seen());
    }

    @ParameterizedTest
    @ValueSource(strings = {"number", "fence"})
    void versionThatNoGroupCanHaveGotToIsNotBelieved(String what) {
        withTwo();
        Group group = disk.group();
        Version far = what.equals("number") ? new Version(1L << 30, 5) : new Version(2, 1L << 61);
        Group lie = new Group(group.origin(), far, group.members());
        assertTrue(says(step(new Event.Received(new Frame(2, WALL, node.epoch(), group.version(), group.print(), 1, 1,
                List.of(new Frame.OfGroup(new GroupMessage.Present(lie)))))), "absurd version"));
        assertEquals(group, node.group());
    }

    public static void main(String[] args) {
        Run.only(FloorTest.class);
    }
}
