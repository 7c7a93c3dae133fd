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

import java.util.List;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.LockMode;
import mutex.algorithm.Message.Permission;
import mutex.event.Effect;
import mutex.event.Effect.Outcome;
import mutex.event.Event;
import mutex.event.Frame;
import mutex.once.MarkMessage;
import mutex.once.RunMark;
import mutex.once.RunMarks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tests.simulation.Table;
import tests.simulation.Table.Sent;

/** The rules of jobs that run once a period (docs/protocol/once.md, O1 to O4); the method name is the rule. */
class OncePerTest {

    private static final long HOUR = 3_600_000; // milliseconds
    private static final long NOW = 10 * HOUR; // of a wall clock

    private Table table = Table.begun(3);
    private long asker = 1_000;

    private long run(int id, long period) {
        table.step(id, new Event.Ask(++asker, LockMode.exclusive("job"), true, Long.MAX_VALUE, period));
        return asker;
    }

    private long run(int id) {
        return run(id, HOUR);
    }

    private long ran(int id) {
        long started = run(id);
        table.settle();
        assertNotNull(table.entered(id, started), "it has not run at " + id);
        table.withdraw(id, started);
        table.settle();
        return started;
    }

    /** Where the run was that kept the asker's from beginning; 0: none did. */
    private int hasRun(int id, long asker) {
        return table.effects(id, Effect.HasRun.class).stream().filter(one -> one.asker() == asker).mapToInt(one -> one.job().mark().peer()).findFirst().orElse(0);
    }

    private static RunMark mark(long started, long period, int peer) {
        return new RunMark("job", started, period, peer);
    }

    private static boolean marks(Sent sent) {
        return sent.has(Frame.OfMark.class);
    }

    private static boolean keeps(Sent sent) {
        return sent.frame().parts().stream().anyMatch(part -> part instanceof Frame.OfMark of && of.message() instanceof MarkMessage.Kept);
    }

    @Test
    void o1OneMarkAJobUntilItsPeriodIsOver() {
        RunMarks marks = new RunMarks(List.of());
        assertTrue(marks.take(mark(NOW, HOUR, 1), NOW));
        assertFalse(marks.take(mark(NOW, HOUR, 1), NOW), "the same again");
        assertTrue(marks.take(mark(NOW + HOUR, HOUR, 2), NOW + HOUR), "the next period");
        assertEquals(List.of(mark(NOW + HOUR, HOUR, 2)), marks.all(NOW + HOUR));
        assertFalse(marks.take(mark(NOW, HOUR, 1), NOW + HOUR), "an older one comes late");
        assertNotNull(marks.find("job", NOW + 2 * HOUR));
        assertNull(marks.find("job", NOW + 2 * HOUR + 60_000), "over, and a minute more as clocks differ");
    }

    @Test
    void o1AMarkThatForbidsAnotherIsNotLostToIt() {
        RunMarks marks = new RunMarks(List.of(mark(NOW, HOUR, 1)));
        RunMark false_ = mark(NOW + HOUR / 2, HOUR, 2);
        assertFalse(marks.take(false_, NOW + HOUR / 2));
        assertFalse(marks.take(false_.withdraw(), NOW + HOUR / 2));
        assertEquals(mark(NOW, HOUR, 1), marks.find("job", NOW + HOUR / 2));
    }

    @Test
    void o1NoMarkInForceIsForgottenForAnother() {
        RunMarks marks = new RunMarks(List.of());
        for (int i = 0; i < RunMarks.MOST; i++) {
            assertTrue(marks.take(new RunMark("job" + i, NOW, HOUR, 1), NOW));
        }
        assertFalse(marks.take(mark(NOW, HOUR, 1), NOW));
        assertFalse(marks.hasRoom("job", NOW));
        assertTrue(marks.take(mark(NOW + 2 * HOUR, HOUR, 1), NOW + 2 * HOUR), "when they are over there is room");
    }

    @Test
    void o1AStartFarAheadOfTheClockIsNotBelieved() {
        RunMarks marks = new RunMarks(List.of());
        assertFalse(marks.take(mark(NOW + HOUR / 10 + 1, HOUR, 2), NOW));
        assertTrue(marks.take(mark(NOW + HOUR / 10, HOUR, 2), NOW));
        assertTrue(marks.take(new RunMark("short", NOW + 60_000, 1_000, 2), NOW));
        assertFalse(marks.take(new RunMark("shorter", NOW + 60_001, 1_000, 2), NOW));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ricart-agrawala", "roucairol-carvalho", "token-ring"})
    void o2WhatHasRunDoesNotRunAgainInThePeriod(String algorithm) {
        table = Table.begun(3, AlgorithmKind.named(algorithm));
        for (int id = 1; id <= 3; id++) {
            long started = run(id);
            table.pass(1);
            assertEquals(id == 1, table.entered(id, started) != null, "at " + id);
            assertEquals(id == 1 ? 0 : 1, hasRun(id, started), "at " + id);
            table.withdraw(id, started);
            table.settle();
        }
        assertEquals(List.of(), table.holders("job"), "the lock is given back");
        table.pass(54 * 60);
        ran(3);
    }

    @Test
    void o2NobodyElseNeedsToKnowOfIt() {
        table = Table.begun(1);
        ran(1);
        long again = run(1);
        assertEquals(1, hasRun(1, again));
    }

    @Test
    void o2NineTenthsOfThePeriodOfWhoAsksCount() {
        ran(1);
        table.skip(HOUR * 1_000_000 * 9 / 10 - 5_000_000);
        long early = run(2);
        table.settle();
        assertEquals(1, hasRun(2, early));
        long shorter = run(2, HOUR / 2);
        table.settle();
        assertNotNull(table.entered(2, shorter));
    }

    @Test
    void o2APermissionCarriesTheMark() {
        table.lose(sent -> sent.goes(1, 3) && marks(sent));
        long first = run(1);
        table.settle();
        assertNull(table.entered(1, first), "peer 3 has not heard of it");
        table.unlink(1, 3);
        table.lose(sent -> false);
        table.link(1, 3);
        table.settle();
        assertNotNull(table.entered(1, first));
        table.withdraw(1, first);
        table.settle();
        table.step(2, new Event.Ask(1, "job", false, Long.MAX_VALUE));
        List<Sent> said = table.settle();
        assertTrue(said.stream().filter(sent -> sent.has(Permission.class)).allMatch(sent -> sent.frame().parts().get(0) instanceof Frame.OfMark of
                && of.message().mark().peer() == 1), said::toString);
    }

    @Test
    void o2WhoKnowsOfARunAnswersWithThatInsteadOfAnAcknowledgement() {
        table = Table.leased(3);
        table.delay(sent -> sent.goes(1, 2) && marks(sent));
        table.lose(sent -> sent.between(1, 3) && marks(sent));
        long first = run(1);
        table.settle();
        table.lose(sent -> sent.between(1, 3));
        long second = run(3);
        List<Sent> said = table.settle();
        assertTrue(said.stream().anyMatch(sent -> sent.goes(2, 3) && sent.has(Permission.class) && !marks(sent)), "2 permits before it has the mark");
        table.deliverLate();
        assertNotNull(table.entered(1, first), "2 and 1 are a majority");
        table.crash(1);
        table.run(2_400_000_000L);
        assertNull(table.entered(3, second));
        assertEquals(1, hasRun(3, second));
        assertEquals(1, table.view(2).jobs().get(0).mark().peer());
    }

    @Test
    void o3WithoutALeaseAllOthersHaveItWrittenDown() {
        table.delay(sent -> sent.goes(3, 1) && keeps(sent));
        long first = run(1);
        table.settle();
        assertEquals(List.of(1), table.holders("job"));
        assertNull(table.entered(1, first), "peer 3 has not said so");
        table.deliverLate();
        assertNotNull(table.entered(1, first));
        for (int id = 1; id <= 3; id++) {
            assertEquals(1, table.disk(id).marks().size(), "on the disk of " + id);
        }
    }

    private void ranWhileThreeWasAway() {
        table = Table.leased(3);
        table.crash(3);
        table.run(3 * Table.LEASE);
        ran(1);
        table.restart(3);
        table.linkAll();
    }

    @Test
    void o3WithALeaseAMajorityIsEnough() {
        ranWhileThreeWasAway();
        table.crash(1);
        table.run(3 * Table.LEASE);
        long later = run(3);
        table.run(Table.LEASE);
        assertEquals(1, hasRun(3, later));
    }

    @Test
    void o3AMinorityIsNotEnough() {
        table = Table.leased(5);
        table.lose(sent -> keeps(sent) && sent.frame().from() > 2);
        long first = run(1);
        table.run(Table.LEASE);
        assertNull(table.entered(1, first));
        table.run(3 * Table.SECOND);
        assertEquals(Outcome.UNANSWERED, table.ended(1, first).outcome());
    }

    @Test
    void o3WhatIsNotAcknowledgedInTimeIsWithdrawnAndSaidToBeUnanswered() {
        table.lose(sent -> sent.goes(3, 1) && keeps(sent));
        long first = run(1);
        table.settle();
        table.pass(3);
        assertEquals(Outcome.UNANSWERED, table.ended(1, first).outcome());
        assertTrue(table.ended(1, first).reason().contains("peer 3 has not written down the run"), table.ended(1, first).reason());
        assertEquals(List.of(), table.holders("job"));
        table.lose(sent -> false);
        ran(2);
    }

    @Test
    void o3TheOwnDiskComesFirst() {
        table.breakDisk(1, "no space");
        long first = run(1);
        table.settle();
        assertNull(table.entered(1, first));
        assertEquals("this peer cannot write down the run: no space", table.ended(1, first).reason());
        table.breakDisk(1, null);
        table.pass(2);
        ran(1);
    }

    @Test
    void o3ItWaitsForTheOwnDisk() {
        table = Table.begun(1);
        table.hangDisks();
        long first = run(1);
        assertNull(table.entered(1, first));
        table.step(1, new Event.Written(null));
        assertNotNull(table.entered(1, first));
    }

    @Test
    void o3NobodyAcknowledgesWhatItsDiskDoesNotHave() {
        table.breakDisk(3, "no space");
        long first = run(1);
        table.settle();
        assertNull(table.entered(1, first));
        assertTrue(table.said(3).stream().anyMatch(line -> line.startsWith("the runs of jobs are not written down: no space")), table.said(3)::toString);
        table.breakDisk(3, null);
        table.pass(2); // it tries again
        assertNotNull(table.entered(1, first));
    }

    @Test
    void o3ARestartForgetsNothing() {
        ran(1);
        for (int id = 1; id <= 3; id++) {
            table.crash(id);
        }
        for (int id = 1; id <= 3; id++) {
            table.restart(id);
        }
        table.linkAll();
        table.settle();
        long again = run(2);
        table.settle();
        assertEquals(1, hasRun(2, again));
    }

    @Test
    void o3ARunThatWasLostBeforeItBeganIsWithdrawn() {
        table = Table.leased(3);
        table.lose(OncePerTest::keeps);
        long first = run(1);
        table.run(Table.LEASE / 4);
        assertEquals(List.of(1), table.holders("job"));
        table.jump(1, 2 * Table.LEASE);
        assertEquals(Outcome.UNANSWERED, table.ended(1, first).outcome());
        table.lose(sent -> false);
        table.run(2 * Table.LEASE);
        ran(2);
    }

    @Test
    void o4WhoComesBackIsTold() {
        ranWhileThreeWasAway();
        table.settle();
        assertEquals(1, table.view(3).jobs().size());
        assertEquals(1, table.disk(3).marks().size());
    }

    @Test
    void o4WhoIsAddedIsTold() {
        ran(1);
        table.start(4);
        table.link(1, 4);
        long add = table.add(1, 4);
        table.pass(2);
        table.linkAll();
        table.pass(2);
        assertEquals("done", table.answer(1, add));
        assertEquals(1, table.view(4).jobs().size());
    }

    @Test
    void o4AFailedRunMayRunAgain() {
        long first = run(1);
        table.settle();
        table.step(1, new Event.Withdraw(first, true));
        table.settle();
        ran(2);
        assertEquals(2, table.view(3).jobs().get(0).mark().peer());
    }

    @Test
    void o4WhatWasWithdrawnDoesNotComeBackWithWhoWasAway() {
        long first = run(1);
        table.settle();
        table.unlink(1, 3);
        table.unlink(2, 3);
        table.step(1, new Event.Withdraw(first, true));
        table.settle();
        table.linkAll();
        table.settle();
        for (int id = 1; id <= 3; id++) {
            assertEquals(List.of(), table.view(id).jobs(), "at " + id);
        }
    }

    @Test
    void o4WhatIsLostWhileItRunsStays() {
        table = Table.leased(3);
        long first = run(1);
        table.settle();
        assertNotNull(table.entered(1, first));
        table.jump(1, 2 * Table.LEASE);
        assertEquals(Outcome.LOST, table.ended(1, first).outcome());
        table.run(3 * Table.LEASE);
        long second = run(2);
        table.run(Table.LEASE);
        assertEquals(1, hasRun(2, second));
    }

    @Test
    void o4OnlyMembersAreBelieved() {
        Frame lie = new Frame(9, 5, 0, table.group(1).version(), table.group(1).print(), 1, 1,
                List.of(new Frame.OfMark(new MarkMessage.Tell(new RunMark("job", 1_001, HOUR, 9), true))));
        table.step(1, new Event.Received(lie));
        assertEquals(List.of(), table.view(1).jobs());
        ran(1);
    }

    public static void main(String[] args) {
        Run.only(OncePerTest.class);
    }
}
