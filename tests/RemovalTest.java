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
import static tests.simulation.Table.SECOND;
import static tests.simulation.Table.STEP;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import mutex.algorithm.Message.Permission;
import mutex.event.Effect;
import mutex.event.Effect.Outcome;
import mutex.event.Event;
import mutex.event.Frame;
import mutex.event.NodeView;
import mutex.group.DurableState;
import mutex.group.Group;
import mutex.group.GroupMessage.Bound;
import mutex.group.GroupMessage.Present;
import mutex.group.GroupMessage.Propose;
import mutex.group.Promise;
import mutex.lease.LeaseMessage.Ack;
import mutex.lease.LeaseMessage.Inquiry;
import mutex.lease.LeaseMessage.Testimony;
import mutex.text.LockName;
import org.junit.jupiter.api.Test;
import tests.simulation.Table;
import tests.simulation.Table.Sent;

/** One test per rule of protocol.md, remove and leave; the method name is the rule. */
class RemovalTest {

    private static final String LOCK = LockName.DEFAULT;
    private static final long MARGIN = LEASE * 11 / 10;
    private static final long LONG = 3 * LEASE / 2;
    private static final Predicate<Sent> NOTHING = sent -> false;

    private Table table = Table.leased(3);

    private long version(int id) {
        return table.group(id).version().number();
    }

    private Set<Integer> members(int id) {
        return table.group(id).members().keySet();
    }

    private static boolean answersAgain(Sent sent) {
        return sent.frame().parts().stream().anyMatch(part -> part instanceof Frame.OfGroup ofGroup
                && ofGroup.message() instanceof Bound bound && bound.again());
    }

    private int sent(int from, int to, Class<?> kind) {
        return (int) table.effects(from, Effect.Send.class).stream()
                .filter(send -> send.to() == to && new Sent(to, send.frame()).has(kind)).count();
    }

    private Set<Integer> missing(int id) {
        return table.view(id).locks().stream().filter(lock -> lock.name().equals(LOCK)).map(NodeView.LockView::missing)
                .findFirst().orElseThrow();
    }

    /** Peer 1 wants peer 3 out, and goes on asking; peer 2 is bound to that. */
    private long boundOnly() {
        table.lose(sent -> sent.goes(2, 1) && sent.has(Bound.class));
        long asker = table.remove(1, 3);
        table.run(LEASE / 4);
        assertEquals(Set.of(1, 2), table.disk(2).promise().next().members().keySet());
        return asker;
    }

    private void assertEnters(int id) {
        long asker = table.ask(id, LOCK);
        table.settle();
        assertNotNull(table.entered(id, asker), "peer " + id);
        table.withdraw(id, asker);
        table.settle();
    }

    // With a lease, three or more.

    @Test
    void deadMemberIsRemovedAndTheOthersGoOn() {
        table.crash(3);
        long asker = table.remove(1, 3);
        table.run(2 * LEASE);
        assertEquals("done", table.answer(1, asker));
        assertEquals(Set.of(1, 2), members(1));
        assertEquals(table.group(1), table.group(2));
        assertEquals(table.group(2), table.disk(2).group());
        assertEnters(1);
        assertEnters(2);
        assertNull(table.disk(2).promise());
    }

    @Test
    void everyMemberThatStaysHasToAnswer() {
        table = Table.leased(5);
        table.crash(5);
        table.lose(sent -> sent.goes(2, 1) && sent.has(Bound.class));
        long asker = table.remove(1, 5);
        table.run(9 * SECOND);
        assertNull(table.answer(1, asker));
        table.run(2 * SECOND);
        assertEquals("no answer from members [2] for 10 s; every member that stays has to agree", table.answer(1, asker));
        assertEquals(1, version(1));
        assertEquals(1, version(3));
    }

    @Test
    void membersAreAskedAgainAfterALeaseAndItsMargin() {
        table.crash(3);
        table.remove(1, 3);
        assertTrue(table.runUntil(LEASE, () -> sent(2, 1, Bound.class) > 0));
        long answered = table.now();
        assertTrue(table.runUntil(2 * LEASE, () -> version(1) == 2));
        assertTrue(table.now() - answered >= MARGIN, (table.now() - answered) / 1_000_000 + " ms");
        assertTrue(table.now() - answered <= MARGIN + 2 * STEP);
    }

    @Test
    void timeThatOnlyTheWallClockSawDoesNotShortenThePause() {
        table.crash(3);
        table.remove(1, 3);
        assertTrue(table.runUntil(LEASE, () -> sent(2, 1, Bound.class) > 0));
        table.jump(1, LEASE / 2);
        table.run(MARGIN - 2 * STEP);
        assertEquals(1, version(1));
    }

    @Test
    void answersToTheFirstQuestionDoNotCountForTheSecond() {
        table.crash(3);
        table.lose(sent -> sent.goes(2, 1) && answersAgain(sent));
        table.delay(sent -> sent.goes(2, 1) && sent.has(Bound.class) && !answersAgain(sent) && table.now() > LEASE);
        table.remove(1, 3);
        table.run(2 * LEASE);
        table.deliverLate();
        table.run(LEASE / 2);
        assertEquals(1, version(1));
        table.lose(NOTHING);
        table.run(3 * LEASE);
        assertEquals(Set.of(1, 2), members(1));
    }

    /** Peer 3 answers peer 1, then peer 2, whose fence is higher; each of them would go on without the other. */
    @Test
    void ofTwoRemovalsThatCrossAtMostOneIsMade() {
        table.lose(sent -> sent.between(1, 2));
        table.ask(2, "other"); // for a higher fence
        table.settle();
        table.delay(sent -> sent.frame().from() == 3 && sent.has(Bound.class));
        long first = table.remove(1, 2);
        table.settle();
        Promise promise = table.disk(3).promise();
        long second = table.remove(2, 1);
        table.settle();
        assertTrue(table.disk(3).promise().next().version().compareTo(promise.next().version()) > 0);
        table.deliverLate();
        Set<Group> made = new HashSet<>();
        for (int i = 0; i < 6 * LEASE / STEP; i++) {
            table.run(STEP);
            for (int id = 1; id <= 3; id++) {
                Group group = table.disk(id).group();
                if (group != null && group.version().number() == 2) {
                    made.add(group);
                }
            }
            assertTrue(made.size() <= 1, made.toString());
        }
        assertEquals(1, made.size());
        assertTrue("done".equals(table.answer(1, first)) != "done".equals(table.answer(2, second)));
    }

    @Test
    void boundMemberGivesTheRemovedNoAck() {
        boundOnly();
        int acks = sent(2, 3, Ack.class);
        table.run(LONG);
        assertEquals(acks, sent(2, 3, Ack.class));
        assertFalse(table.view(3).standing().good());
    }

    @Test
    void boundMemberGivesTheRemovedNoPermissionButForTheGroup() {
        boundOnly();
        int permissions = sent(2, 3, Permission.class);
        table.ask(3, LOCK);
        table.settle();
        assertEquals(permissions, sent(2, 3, Permission.class));
        table.ask(3, LockName.GROUP);
        table.settle();
        assertEquals(permissions + 1, sent(2, 3, Permission.class));
    }

    @Test
    void boundMemberIsNoWitnessForTheRemoved() {
        boundOnly();
        NodeView view = table.view(3);
        List<Effect> effects = table.step(2, new Event.Received(new Frame(3, view.epoch(), table.view(2).epoch(),
                view.group().version(), view.group().print(), view.time(), view.seen(), List.of(new Frame.OfLease(new Inquiry(1, 7))))));
        assertTrue(effects.stream().noneMatch(effect -> effect instanceof Effect.Send send && new Sent(3, send.frame()).has(Testimony.class)));
    }

    /** Else the removed, and those it still backs, would be a majority beside the new group. */
    @Test
    void acksOfTheRemovedDoNotBackABoundMember() {
        boundOnly();
        table.lose(sent -> sent.between(1, 2) || sent.goes(2, 1));
        assertTrue(table.runUntil(LONG, () -> !table.view(2).standing().good()));
    }

    @Test
    void requestOfTheRemovedThatWasDeferredIsNotAnsweredLater() {
        long holder = table.ask(2, LOCK);
        table.settle();
        table.ask(3, LOCK);
        table.settle();
        boundOnly();
        int permissions = sent(2, 3, Permission.class);
        table.withdraw(2, holder);
        table.settle();
        assertEquals(permissions, sent(2, 3, Permission.class));
    }

    @Test
    void permissionOfTheRemovedIsNotNeededForTheGroupButForEveryOtherLock() {
        table.lose(sent -> sent.frame().from() == 3 && sent.has(Frame.OfLock.class) || sent.goes(2, 1) && sent.has(Bound.class));
        table.remove(1, 3);
        table.settle();
        assertEquals(List.of(1), table.holders(LockName.GROUP));
        table.ask(1, LOCK);
        table.settle();
        assertEquals(Set.of(3), missing(1));
    }

    @Test
    void nobodyIsInsideBesideAHolderThatIsRemoved() {
        long holder = table.ask(3, LOCK);
        table.settle();
        long asker = table.remove(1, 3);
        table.lose(sent -> sent.frame().from() == 3 || sent.to() == 3 && !sent.has(Ack.class)); // it hears nothing but ACKs
        table.ask(2, LOCK);
        for (int i = 0; i < 4 * LEASE / STEP; i++) {
            table.run(STEP);
            assertTrue(table.inside(LOCK).size() <= 1, "inside: " + table.inside(LOCK));
        }
        assertEquals("done", table.answer(1, asker));
        assertEquals(List.of(2), table.inside(LOCK));
        assertEquals(Outcome.LOST, table.ended(3, holder).outcome());
    }

    @Test
    void removedLivingMemberLosesItsLocksAndCanBeAddedAgain() {
        long holder = table.ask(3, LOCK);
        table.settle();
        long removal = table.remove(1, 3);
        table.run(2 * LEASE);
        assertEquals("done", table.answer(1, removal));
        assertEquals(Outcome.LOST, table.ended(3, holder).outcome());
        assertNull(table.group(3));
        assertTrue(table.said(3).stream().anyMatch(line -> line.startsWith("the group went on without this peer: version 2/")), table.said(3).toString());
        assertEnters(2);
        table.run(5 * LEASE);
        assertNull(table.group(3)); // it does not ask to come back
        long addition = table.add(2, 3);
        table.run(LEASE);
        assertEquals("done", table.answer(2, addition));
        assertEquals(Set.of(1, 2, 3), members(3));
        assertEnters(3);
    }

    // What cannot be agreed to.

    /** Peers 1 and 2 reach each other through peer 3 alone, which they cannot ignore and keep their standing. */
    private long removalOfWhoJoinsUs() {
        table.unlink(1, 2);
        table.run(2 * LEASE);
        return table.remove(1, 3);
    }

    @Test
    void removalThatIsNeverAgreedToSaysWhyAndEnds() {
        long asker = removalOfWhoJoinsUs();
        Set<String> at1 = new HashSet<>();
        Set<String> at2 = new HashSet<>();
        table.runUntil(50 * SECOND, () -> {
            at1.add(String.valueOf(table.view(1).change()));
            at2.add(String.valueOf(table.view(2).change()));
            return false;
        });
        assertNull(table.answer(1, asker));
        assertTrue(at1.stream().anyMatch(text -> text.startsWith("remove 3: ") && text.contains(", begun anew ")), at1::toString);
        assertTrue(at2.contains("has agreed with peer 1 to remove 3"), at2::toString);
        table.run(20 * SECOND);
        String answer = table.answer(1, asker);
        assertNotNull(answer);
        assertTrue(answer.matches("not agreed to within 60 s, begun anew \\d+ times, the last time as .+"
                + "; every member that stays has to agree, and to reach the others without \\[3]: mend its link, start it again, or remove it, too"), answer);
        table.run(30 * SECOND);
        assertEquals(Set.of(1, 2, 3), members(1), "null changes close what was left open");
        table.link(1, 2);
        table.run(10 * SECOND);
        assertEquals(Set.of(1, 2, 3), members(3));
        assertEnters(3);
        assertNull(table.view(1).change());
        assertNull(table.view(2).change());
    }

    @Test
    void whatIsWithdrawnWhileItIsProposedDoesNotBeginAnew() {
        long asker = removalOfWhoJoinsUs();
        assertTrue(table.runUntil(20 * SECOND, () -> "has agreed with peer 1 to remove 3".equals(table.view(2).change())));
        table.withdraw(1, asker);
        assertNull(table.answer(1, asker), "it was proposed");
        assertTrue(table.runUntil(20 * SECOND, () -> table.answer(1, asker) != null));
        assertEquals("withdrawn", table.answer(1, asker));
        assertFalse(String.valueOf(table.view(1).change()).startsWith("remove 3"));
    }

    @Test
    void removalWithoutAMajorityEnds() {
        table.unlink(1, 2);
        table.unlink(1, 3);
        long asker = table.remove(1, 3);
        table.run(50 * SECOND);
        assertNull(table.answer(1, asker));
        assertEquals("remove 3: no majority is heard", table.view(1).change());
        table.run(20 * SECOND);
        assertTrue(table.answer(1, asker).startsWith("not agreed to within 60 s: no majority is heard; "), table.answer(1, asker));
    }

    @Test
    void additionThatAMemberHasNoAnswerToEnds() {
        table = Table.begun(3);
        table.crash(3);
        table.start(4);
        long asker = table.add(1, 4);
        table.link(1, 4);
        table.run(50 * SECOND);
        assertEquals("add host4:1: waiting for permission from [3]", table.view(1).change());
        table.run(20 * SECOND);
        assertEquals("not agreed to within 60 s: waiting for permission from [3]; every member that stays has to agree: mend its link, start it again, or remove it, too",
                table.answer(1, asker));
    }

    // Changers and members that die, pause and restart.

    @Test
    void nullChangeClosesThePromiseOfAChangerThatDied() {
        boundOnly();
        table.crash(1);
        table.lose(NOTHING);
        table.run(4 * LEASE);
        assertEquals(1, version(2)); // the dead changer's answer is needed
        table.restart(1);
        table.linkAll();
        table.run(8 * LEASE);
        for (int id = 1; id <= 3; id++) {
            assertEquals(2, version(id));
            assertEquals(Set.of(1, 2, 3), members(id));
            assertNull(table.disk(id).promise());
        }
        assertEnters(3);
    }

    @Test
    void changerThatPausedBeginsAnew() {
        table.crash(3);
        long asker = table.remove(1, 3);
        table.run(LEASE / 4);
        Promise first = table.disk(2).promise();
        assertNotNull(first);
        table.pause(1);
        table.run(2 * LEASE);
        table.resume(1);
        assertEquals(1, version(1));
        table.run(5 * LEASE);
        assertEquals("done", table.answer(1, asker));
        assertEquals(Set.of(1, 2), members(2));
        assertTrue(table.group(1).version().fence() > first.next().version().fence());
    }

    /** Whoever has agreed twice cannot know that the removal was not made: only a person gets them out of it. */
    @Test
    void ofFourTheChangerThatMovesBeforeItsCommitIsRemovedByForce() {
        table = Table.leased(4);
        table.remove(4, 2);
        table.lose(sent -> sent.frame().from() == 3 && answersAgain(sent)); // so it is not made
        assertTrue(table.runUntil(4 * LEASE, () -> twice(1) && twice(3)));
        DurableState left = table.disk(4);
        table.crash(4);
        table.lose(NOTHING);
        table.lay(4, left);
        table.startWith(4, "moved4:1", List.of());
        table.linkAll();
        table.run(20 * LEASE);
        assertFalse(table.view(1).standing().good());
        assertEquals("close a change that was left open: no majority is heard; has agreed with peer 4 to remove 2", table.view(3).change());
        long forced = table.removeByForce(1, 4);
        table.run(10 * LEASE);
        assertEquals("done", table.answer(1, forced));
        for (int id = 1; id <= 4; id++) { // it had asked to be moved, and is added for that
            assertEquals(3, version(id));
            assertEquals("moved4:1", table.group(id).members().get(4));
            assertNull(table.view(id).change());
        }
        assertEnters(2);
        assertEnters(4);
    }

    private boolean twice(int id) {
        return table.disk(id).promise() != null && table.disk(id).promise().again();
    }

    @Test
    void memberThatRestartedBetweenProposeAndCommitIsStillBound() { // G4
        long asker = boundOnly();
        Promise promise = table.disk(2).promise();
        table.crash(2);
        table.restart(2);
        assertEquals(promise, table.disk(2).promise());
        Group rival = table.group(2).without(Set.of(1), promise.next().version().fence());
        table.link(2, 3);
        NodeView view = table.view(3);
        table.step(2, new Event.Received(new Frame(3, view.epoch(), table.view(2).epoch(), view.group().version(), view.group().print(),
                view.time(), view.seen(), List.of(new Frame.OfGroup(new Propose(view.group().version(), rival))))));
        assertEquals(promise, table.disk(2).promise());
        table.lose(NOTHING);
        table.linkAll();
        table.run(12 * LEASE); // its silence was a break: the change begins anew, or is closed
        assertNotNull(table.answer(1, asker));
        assertNull(table.disk(2).promise());
        assertEquals(table.group(1), table.group(2));
    }

    @Test
    void memberThatRestartedAfterItsSecondAnswerStillIgnoresTheRemoved() {
        table.lose(sent -> sent.goes(2, 1) && answersAgain(sent));
        table.remove(1, 3);
        assertTrue(table.runUntil(2 * LEASE, () -> table.effects(2, Effect.Send.class).stream()
                .anyMatch(send -> answersAgain(new Sent(send.to(), send.frame())))));
        table.crash(2);
        table.lose(sent -> sent.to() == 1 || sent.frame().from() == 1);
        table.restart(2);
        table.linkAll();
        table.run(5 * LEASE);
        assertEquals(0, sent(2, 3, Ack.class));
        assertFalse(table.view(3).standing().good());
    }

    // Leaving.

    @Test
    void leaverIsGoneAndTheOthersGoOn() {
        long asker = table.leave(3);
        table.run(LEASE);
        assertEquals("done", table.answer(3, asker));
        assertNull(table.group(3));
        table.crash(3);
        assertEquals(Set.of(1, 2), members(1));
        assertEquals(table.group(1), table.group(2));
        assertEnters(1);
    }

    @Test
    void leaverStaysUntilAnotherHasTheNewVersion() {
        table.lose(sent -> sent.frame().from() == 3 && sent.has(Present.class));
        long asker = table.leave(3);
        table.run(2 * LEASE);
        assertNull(table.group(3));
        assertNull(table.answer(3, asker));
        assertEquals(1, version(1));
        table.lose(NOTHING);
        table.run(LEASE);
        assertEquals("done", table.answer(3, asker));
        assertEquals(2, version(1));
    }

    /** It may wait for long, and what else it is asked for is not to be done any more. */
    @Test
    void whoHasLeftAnswersAllOtherRequestsForChanges() {
        table.lose(sent -> sent.frame().from() == 3 && sent.has(Present.class));
        long asker = table.leave(3);
        table.run(2 * LEASE);
        List<Long> others = List.of(table.removeByForce(3, 1), table.remove(3, 2), table.add(3, 4));
        long again = table.leave(3);
        table.run(LEASE);
        others.forEach(other -> assertEquals("this peer is in no group any more", table.answer(3, other)));
        assertNull(table.answer(3, asker));
        assertNull(table.answer(3, again));
        table.lose(NOTHING);
        table.run(LEASE);
        assertEquals("done", table.answer(3, asker));
        assertEquals("done", table.answer(3, again));
        assertEquals(Set.of(1, 2), members(1));
    }

    /** R6: that change would wait for the answer of who is to go. */
    @Test
    void forcedRemovalGoesBeforeAChangeThatIsBeingWrittenDown() {
        table = Table.begun(3);
        table.start(4);
        table.link(1, 4);
        table.settle();
        table.hangDisks();
        long added = table.add(1, 4);
        table.settle();
        table.crash(3);
        long removed = table.removeByForce(1, 3);
        table.mendDisks();
        table.settle();
        assertEquals("done", table.answer(1, removed));
        table.run(STEP);
        assertEquals("done", table.answer(1, added));
        assertEquals(Set.of(1, 2, 4), members(1));
    }

    @Test
    void restartedLeaverIsAddedAgain() {
        table.leave(3);
        table.run(LEASE);
        table.crash(3);
        table.restart(3);
        table.linkAll();
        table.run(5 * LEASE);
        assertEquals(Set.of(1, 2, 3), members(3));
        assertEnters(3);
    }

    @Test
    void leavingNeedsTheAnswersOfAllThatStay() {
        table.lose(sent -> sent.goes(2, 3) && sent.has(Bound.class));
        long asker = table.leave(3);
        table.run(11 * SECOND);
        assertEquals("no answer from members [2] for 10 s; every member that stays has to agree", table.answer(3, asker));
        assertEquals(Set.of(1, 2, 3), members(1));
    }

    @Test
    void lastMemberLeavesAtOnce() {
        table = Table.leased(1);
        long asker = table.leave(1);
        table.run(STEP);
        assertEquals("done", table.answer(1, asker));
    }

    @Test
    void memberLeavesWithoutALeaseToo() {
        table = Table.begun(2);
        long asker = table.leave(1);
        table.pass(1);
        assertEquals("done", table.answer(1, asker));
        assertEquals(Set.of(2), members(2));
        assertEnters(2);
    }

    // By force, and not at all.

    @Test
    void withoutALeaseOnlyForceRemoves() {
        table = Table.begun(3);
        table.crash(3);
        long asker = table.remove(1, 3);
        table.pass(1);
        assertEquals("only --force can remove [3] here: without a lease nobody can tell a dead peer from a silent one",
                table.answer(1, asker));
        long force = table.removeByForce(1, 3);
        table.pass(2);
        assertEquals("done", table.answer(1, force));
        assertEquals(Set.of(1, 2), members(2));
        assertEnters(1);
        assertEnters(2);
    }

    @Test
    void inAGroupOfTwoOnlyForceRemoves() {
        table = Table.leased(2);
        table.crash(2);
        long asker = table.remove(1, 2);
        table.run(STEP);
        assertEquals("only --force can remove [2] here: 1 of 2 are no majority, and so nobody can tell a dead peer from a silent one",
                table.answer(1, asker));
        long force = table.removeByForce(1, 2);
        table.run(LEASE);
        assertEquals("done", table.answer(1, force));
        assertEnters(1);
    }

    /** A removal without force waits for the very members that are dead. */
    @Test
    void forceGoesBeforeAChangeThatWaits() {
        table = Table.leased(5);
        table.crash(4);
        table.crash(5);
        long waits = table.remove(1, 5);
        table.run(LEASE);
        assertNull(table.answer(1, waits)); // for the answer of peer 4
        long force = table.removeByForce(1, 4, 5);
        table.run(LEASE / 2);
        assertEquals("done", table.answer(1, force));
        assertEquals("no member: [5]; the group is 1 at host1:1, 2 at host2:1, 3 at host3:1", table.answer(1, waits));
        assertEquals(Set.of(1, 2, 3), members(3));
    }

    /** Its changer dies before others have heard of it: who was to go waits for nobody who has forgotten what it asked. */
    @Test
    void whoIsNotIgnoredAnyMoreIsHeardAgain() { // R4
        table = Table.leased(5);
        long holder = table.ask(3, LOCK);
        table.run(STEP);
        long waits = table.ask(2, LOCK);
        table.run(STEP);
        table.lose(sent -> sent.to() > 3 && sent.has(Propose.class));
        table.remove(1, 2);
        assertTrue(table.runUntil(LEASE, () -> table.disk(3).promise() != null));
        table.crash(1);
        table.lose(sent -> false);
        table.run(4 * LEASE);
        assertNull(table.entered(2, waits));
        assertNull(table.ended(2, waits), "it keeps its standing");
        table.withdraw(3, holder);
        table.run(LEASE);
        assertNotNull(table.entered(2, waits));
    }

    private String refusal(Integer... ids) {
        long asker = table.remove(1, ids);
        table.settle();
        return table.answer(1, asker);
    }

    @Test
    void removalThatCannotBeIsRefused() {
        assertEquals("no member: [9]; the group is 1 at host1:1, 2 at host2:1, 3 at host3:1", refusal(9));
        assertEquals("peer 1 is this one: \"quit\" leaves", refusal(1, 3));
        assertTrue(refusal(2, 3).startsWith("only --force can remove [2, 3] here: 1 of 3 are no majority"), refusal(2, 3));
        table = Table.leased(5);
        assertTrue(refusal(2, 3).startsWith("so many at once need --force"), refusal(2, 3));
        table = new Table(LEASE);
        table.start(1, 2);
        assertEquals("this peer is not in a group yet: peer at host2:1 not heard yet", refusal(2));
    }

    @Test
    void waitingRemovalCanBeWithdrawn() {
        table.lose(sent -> sent.goes(2, 1) && sent.has(Permission.class));
        long asker = table.remove(1, 3);
        table.settle();
        table.withdraw(1, asker);
        assertEquals("withdrawn", table.answer(1, asker));
        table.lose(NOTHING);
        table.run(2 * LEASE);
        assertEquals(1, version(1));
        assertEnters(2);
    }

    // Fences.

    /** Its permission was long under way; it is never found absent, as it was heard a moment ago. */
    @Test
    void fenceOfARemovedHolderIsExceeded() {
        table.delay(sent -> sent.goes(2, 3) && sent.has(Permission.class));
        long holder = table.ask(3, LOCK);
        table.settle();
        long removal = table.remove(1, 3);
        table.run(LEASE * 8 / 10);
        table.deliverLate();
        long fence = table.entered(3, holder).fence();
        table.underWay.clear();
        table.crash(3);
        assertTrue(table.node(1).seen() < fence && table.node(2).seen() < fence);
        table.run(LEASE / 2);
        assertEquals("done", table.answer(1, removal));
        long asker = table.ask(1, LOCK);
        table.run(LEASE / 2);
        assertTrue(table.entered(1, asker).fence() > fence, table.entered(1, asker) + " after " + fence);
    }

    /** It held many locks at once, and is dead: forcing it out is as safe as its restart. */
    @Test
    void fencesOfADeadMemberRemovedByForceAreExceeded() {
        for (boolean lease : new boolean[] {false, true}) {
            table = lease ? Table.leased(2) : Table.begun(2);
            long fence = 0;
            for (int i = 0; i < 9; i++) {
                table.ask(2, "lock" + i);
            }
            table.settle();
            for (Effect.Entered entered : table.effects(2, Effect.Entered.class)) {
                fence = Math.max(fence, entered.fence());
            }
            assertTrue(fence > table.node(1).seen() + 1);
            table.crash(2);
            table.removeByForce(1, 2);
            table.pass(1);
            long asker = table.ask(1, "lock8");
            table.settle();
            assertTrue(table.entered(1, asker).fence() > fence, table.entered(1, asker) + " after " + fence + (lease ? ", with" : ", without") + " lease");
        }
    }

    public static void main(String[] args) {
        Run.only(RemovalTest.class);
    }
}
