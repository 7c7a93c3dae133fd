///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java GroupFixture.java simulation/Table.java
//SOURCES ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import mutex.event.Effect;
import mutex.event.Effect.Outcome;
import mutex.event.Event;
import mutex.event.Frame;
import mutex.event.NodeView;
import mutex.group.Group;
import mutex.group.GroupMessage;
import mutex.group.Hello;
import mutex.group.Version;
import org.junit.jupiter.api.Test;
import tests.simulation.Table;

/** How a group changes at run time: newcomers, their answers, and what becomes of locks meanwhile; the method name is the rule. */
class AddTest extends GroupFixture {

    @Test
    void groupHasSixtyFourMembersAtMost() { // W5
        Table table = Table.seated(64, 0);
        for (int id = 2; id <= 64; id++) {
            table.link(1, id);
        }
        table.start(65);
        long asker = table.add(1, 65);
        table.link(1, 65);
        table.settle();
        assertEquals("the group has 64 members, the most there can be; remove one first", table.answer(1, asker));
        assertNull(table.disk(1).promise());
    }

    /** With a lease; nobody else can enter before it has acknowledged the newcomer, or the newcomer it. */
    @Test
    void whoIsAloneKeepsItsLockWhenAnotherIsAdded() {
        Table table = new Table(Table.LEASE);
        table.start(1);
        table.start(2);
        long holder = table.ask(1, LOCK);
        assertNotNull(table.entered(1, holder));
        long added = table.add(1, 2);
        table.link(1, 2);
        table.run(10 * Table.LEASE);
        assertEquals("done", table.answer(1, added));
        assertEquals(List.of(1), table.holders(LOCK));
        long waits = table.ask(2, LOCK);
        table.run(5 * Table.LEASE);
        assertNull(table.entered(2, waits));
        table.withdraw(1, holder);
        table.run(5 * Table.LEASE);
        assertNotNull(table.entered(2, waits));
    }

    @Test
    void whoWasAloneLosesItsLockWhenTheNewcomerIsNotHeard() {
        Table table = new Table(Table.LEASE);
        table.start(1);
        table.start(2);
        long holder = table.ask(1, LOCK);
        table.add(1, 2);
        table.link(1, 2);
        table.lose(sent -> table.group(1) != null && table.group(1).members().size() == 2);
        table.run(10 * Table.LEASE);
        assertEquals(2, table.group(1).members().size());
        assertEquals(List.of(), table.holders(LOCK));
        assertNotNull(holder);
    }

    @Test
    void whoWaitsWhenTheGroupGoesOnWithoutItIsToldThat() {
        Table table = Table.begun(3);
        table.ask(1, LOCK);
        table.settle();
        List<Long> wait = List.of(table.ask(3, LOCK), table.ask(3, LOCK), table.askFor(3, LOCK + ",other")); // one asks, the others stand in line
        long attempt = table.ask(3, "third", true, Long.MAX_VALUE);
        table.settle();
        long lost = table.entered(3, attempt).asker();
        table.removeByForce(1, 3);
        table.pass(3);
        for (long asker : wait) {
            assertEquals(Outcome.UNANSWERED, table.ended(3, asker).outcome(), "nobody has said that another holds it");
            assertEquals("this peer is in no group any more", table.ended(3, asker).reason());
        }
        assertEquals(Outcome.LOST, table.ended(3, lost).outcome());
        long late = table.ask(3, LOCK, true, Long.MAX_VALUE);
        assertEquals("this peer is in no group", table.ended(3, late).reason());
    }

    @Test
    void leaverStaysUntilAMemberKnows() {
        Table table = Table.begun(3);
        long asker = table.leave(3);
        table.lose(sent -> sent.frame().from() == 3 && sent.has(GroupMessage.Present.class));
        table.settle();
        assertNull(table.group(3));
        table.step(3, new Event.Linked(new Hello(90, "host90:1", 5, 90, "ra", 0, null, List.of()), null));
        table.step(3, new Event.Received(new Frame(90, 5, table.view(3).epoch(), new Version(1L << 40, 9), 5, 1, 1, List.of())));
        assertNull(table.answer(3, asker), "a stranger knows nothing of it");
        table.lose(sent -> false);
        table.pass(3);
        assertEquals("done", table.answer(3, asker));
    }

    /** They were linked before, so no greeting shows it; the newcomer is a stranger to the other until then. */
    @Test
    void newcomerShowsTheVersionWhoseMakerFallsSilent() {
        Table table = Table.begun(2);
        table.start(3);
        table.link(1, 3);
        table.settle();
        table.lose(sent -> sent.goes(2, 1) && sent.has(GroupMessage.Present.class));
        table.add(2, 3);
        table.link(2, 3);
        table.settle();
        assertEquals(Set.of(1, 2, 3), table.group(3).members().keySet());
        assertEquals(table.group(3), table.group(1));
    }

    /** Else it may enter with a fence that the other has never heard of, die, and be removed. */
    @Test
    void fenceOfANewcomerCountsOnceItIsIn() {
        Table table = Table.begun(2);
        table.start(3);
        long far = table.view(3).seen();
        assertTrue(far > table.view(1).seen());
        table.lose(sent -> sent.goes(2, 1) && sent.has(GroupMessage.Bound.class));
        table.add(1, 3);
        table.link(1, 3);
        table.settle();
        long early = table.ask(1, LOCK);
        table.settle();
        assertTrue(table.entered(1, early).fence() < far);
        table.withdraw(1, early);
        table.lose(sent -> false);
        table.run(2 * Table.SECOND);
        assertEquals(Set.of(1, 2, 3), table.group(2).members().keySet());
        table.linkAll();
        long late = table.ask(2, LOCK);
        table.settle();
        assertTrue(table.entered(2, late).fence() > far);
    }

    /** It was bound, and the next version is another one. */
    @Test
    void fenceOfWhoWasNotAddedAfterAllIsForgotten() {
        Table table = Table.begun(2);
        table.start(3);
        table.crash(3);
        table.restartIn(3, 100_000);
        long far = table.view(3).seen();
        table.lose(sent -> sent.goes(2, 1) && sent.has(GroupMessage.Bound.class) || sent.has(GroupMessage.Join.class));
        long failed = table.add(1, 3);
        table.link(1, 3);
        table.pass(11);
        assertTrue(table.answer(1, failed).startsWith("no answer from members [2]"), table.answer(1, failed));
        table.crash(2);
        long removed = table.removeByForce(1, 2);
        table.settle();
        assertEquals("done", table.answer(1, removed));
        assertTrue(table.view(1).seen() < far);
    }

    @Test
    void forcedRemovalGoesBeforeAnAddThatIsStillSought() {
        Table table = Table.begun(3);
        table.crash(3);
        table.add(1, 9); // nobody is there yet
        long asker = table.removeByForce(1, 3);
        table.pass(3);
        assertEquals("done", table.answer(1, asker));
    }

    @Test
    void peerIsAddedAtRunTime() {
        start(1, 2);
        table.linkAll();
        table.settle();
        table.start(3);
        table.add(1, 3);
        assertTrue(table.node(1).addresses().contains("host3:1"));
        table.linkAll();
        table.settle();
        assertOneGroupOf(1, 2, 3);
        assertNull(table.effects(1, Effect.Answered.class).get(0).problem());
        assertEquals(table.group(3), table.disk(3).group());
    }

    @Test
    void newcomerThatKnowsOneMemberIsAddedByItself() {
        start(1, 2);
        table.linkAll();
        table.settle();
        table.start(3, 2);
        long asker = table.ask(3, LOCK);
        table.link(3, 2);
        table.settle();
        table.linkAll();
        table.settle();
        assertOneGroupOf(1, 2, 3);
        assertNotNull(table.entered(3, asker));
    }

    @Test
    void severalNewcomersAtOnceAreAllAdded() {
        start(1, 2);
        table.linkAll();
        table.settle();
        table.start(3, 1);
        table.start(4, 2);
        table.start(5, 1);
        table.linkAll();
        table.settle();
        table.pass(20);
        assertOneGroupOf(1, 2, 3, 4, 5);
        assertEquals(4, table.group(1).version().number());
    }

    @Test
    void lockIsKeptDuringAnAddAndTheNewcomerIsDeferred() { // G1
        start(1, 2);
        table.linkAll();
        long holder = table.ask(1, LOCK);
        table.settle();
        table.start(3, 2);
        table.linkAll();
        table.settle();
        assertOneGroupOf(1, 2, 3);
        long asker = table.ask(3, LOCK);
        table.settle();
        assertEquals(List.of(1), table.holders(LOCK));
        table.withdraw(1, holder);
        table.settle();
        assertNotNull(table.entered(3, asker));
    }

    @Test
    void waitingRequestSurvivesAnAddButNeedsTheNewcomerToo() {
        start(1, 2);
        table.linkAll();
        long holder = table.ask(1, LOCK);
        long asker = table.ask(2, LOCK);
        table.settle();
        table.start(3, 1);
        table.link(3, 1);
        table.settle();
        assertEquals(Set.of(1, 3), table.view(2).locks().get(0).missing());
        table.withdraw(1, holder);
        table.settle();
        assertNull(table.entered(2, asker));
        table.link(2, 3);
        table.settle();
        assertNotNull(table.entered(2, asker));
    }

    @Test
    void newcomersAnswerIsNeeded() {
        addWhileLosing(sent -> sent.has(GroupMessage.Bound.class) && sent.frame().from() == 3);
        table.pass(5);
        assertEquals(1, table.group(1).version().number());
        table.lose(sent -> false);
        table.pass(2);
        assertOneGroupOf(1, 2, 3);
    }

    /** No honest member has a fence that nobody has seen. */
    @Test
    void aLyingMembersPromiseIsNotTakenBackByAChangeOfOnesOwn() {
        start(1, 2);
        table.linkAll();
        table.settle();
        table.start(3);
        table.lose(sent -> sent.goes(2, 1));
        table.add(1, 3);
        table.link(1, 3);
        table.settle();
        NodeView liar = table.view(2);
        Group next = table.group(1).with(2, Table.endpoint(2), liar.seen() + 1_000);
        table.step(1, new Event.Received(new Frame(2, liar.epoch(), table.view(1).epoch(), liar.group().version(), liar.group().print(),
                liar.time(), liar.seen(), List.of(new Frame.OfGroup(new GroupMessage.Propose(liar.group().version(), next))))));
        table.settle();
        assertEquals(next, table.disk(1).promise().next());
        table.lose(sent -> false);
        table.unlink(1, 2);
        table.link(1, 2);
        table.settle();
        assertEquals(next, table.disk(1).promise().next());
    }

    @Test
    void everyMembersAnswerIsNeeded() {
        addWhileLosing(sent -> sent.has(GroupMessage.Bound.class) && sent.frame().from() == 2);
        table.pass(5);
        assertEquals(1, table.group(1).version().number());
    }

    @Test
    void answerIsGivenOnlyWhenItIsWrittenDown() {
        addAmid(table::hangDisks);
        assertNotNull(table.disk(1).promise());
        assertTrue(table.effects(1, Effect.Send.class).stream()
                .noneMatch(send -> new Table.Sent(2, send.frame()).has(GroupMessage.Propose.class)));
        table.step(1, new Event.Written(null));
        table.settle();
        assertNotNull(table.disk(2).promise());
        assertTrue(table.effects(2, Effect.Send.class).stream()
                .noneMatch(send -> new Table.Sent(1, send.frame()).has(GroupMessage.Bound.class)));
        table.step(2, new Event.Written(null));
        table.step(3, new Event.Written(null));
        table.settle();
        assertEquals(2, table.disk(1).group().version().number());
        assertEquals(1, table.group(1).version().number()); // no commit before it is written either
        table.step(1, new Event.Written(null));
        assertEquals(2, table.group(1).version().number());
    }

    @Test
    void newcomerWhoseDiskHungStillKnowsWhomToAsk() {
        addAmid(table::hangDisks);
        table.step(1, new Event.Written(null));
        table.settle();
        table.step(2, new Event.Written("disk full")); // the change is off, peer 3 still writes
        table.settle();
        table.unlink(1, 3);
        table.unlink(2, 3);
        table.linkAll();
        table.settle();
        table.step(3, new Event.Written(null));
        table.lose(sent -> sent.to() != 3);
        table.pass(4);
        assertTrue(table.effects(3, Effect.Send.class).stream()
                .anyMatch(send -> new Table.Sent(1, send.frame()).has(GroupMessage.Join.class)));
    }

    @Test
    void newcomerThatHoldsALockIsRefusedUntilItReleases() {
        start(1, 2);
        table.linkAll();
        table.settle();
        table.start(3);
        long asker = table.ask(3, LOCK);
        table.linkAll();
        table.add(1, 3);
        table.settle();
        assertEquals("peer 3 holds or wants a lock; release it first",
                table.effects(1, Effect.Answered.class).get(0).problem());
        table.withdraw(3, asker);
        table.add(1, 3);
        table.settle();
        assertOneGroupOf(1, 2, 3);
    }

    @Test
    void silentNewcomerIsGivenUpWithALine() {
        table.start(1);
        table.add(1, 9);
        table.pass(9);
        assertEquals(List.of(), table.effects(1, Effect.Answered.class));
        table.pass(1);
        assertEquals("no answer from host9:1 for 10 s; is a peer running there?",
                table.effects(1, Effect.Answered.class).get(0).problem());
    }

    @Test
    void takenIdAndTakenAddressAreRefused() {
        start(1, 2);
        table.linkAll();
        table.settle();
        table.add(1, 2);
        assertEquals("peer 2 at host2:1 is a member already",
                table.effects(1, Effect.Answered.class).get(0).problem());
        table.crash(2);
        table.startWith(3, "host2:1", List.of(Table.endpoint(1)));
        table.link(1, 3);
        table.settle();
        assertSaid("host2:1 belongs to another member; start peer 3 at another address", table.said(1));
    }

    @Test
    void groupOfAnotherOriginIsRefusedNamingBothLists() { // G2
        start(1, 2);
        table.linkAll();
        table.settle();
        Table other = new Table();
        other.start(3, 4);
        other.start(4, 3);
        other.linkAll();
        other.settle();
        table.step(1, new Event.Linked(other.node(3).hello(5, "ra", 0), null));
        assertSaid("peer 3 at host3:1 is in another group: version 1 of 2 peers: 3 at host3:1, 4 at host4:1; "
                + "this one is version 1 of 2 peers: 1 at host1:1, 2 at host2:1", table.said(1));
        table.step(1, new Event.Add(50, "host3:1"));
        assertSaid("peer 3 is in another group", List.of(table.effects(1, Effect.Answered.class).get(0).problem()));
        Group higher = other.group(3).with(2, Table.endpoint(2), 7).with(1, Table.endpoint(1), 8);
        table.step(1, new Event.Received(new Frame(3, other.view(3).epoch(), 0, higher.version(), higher.print(), 1, 1,
                List.of(new Frame.OfGroup(new GroupMessage.Present(higher))))));
        assertOneGroupOf(1, 2);
    }

    public static void main(String[] args) {
        Run.only(AddTest.class);
    }
}
