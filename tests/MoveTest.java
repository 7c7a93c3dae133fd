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
import mutex.algorithm.Message;
import mutex.algorithm.RicartAgrawala;
import mutex.event.Event;
import mutex.event.Frame;
import mutex.group.DurableState;
import mutex.group.Group;
import mutex.group.GroupMessage;
import mutex.group.Version;
import mutex.node.Node;
import org.junit.jupiter.api.Test;
import tests.simulation.Table;

/** Members that come back at another address: one test per rule; the method name is the rule. */
class MoveTest extends GroupFixture {

    /** Starts it again at another address, with its state, linked with all. */
    private static void move(Table table, int id) {
        table.crash(id);
        table.startWith(id, "moved" + id + ":1", List.of());
        table.linkAll();
    }

    private static void assertMoved(Table table, int id, int size) {
        for (int peer = 1; peer <= size; peer++) {
            assertEquals("moved" + id + ":1", table.group(peer).members().get(id), "at peer " + peer);
            assertEquals(table.group(id), table.group(peer));
            assertEquals(size, table.group(peer).members().size());
        }
        assertEquals(2, table.group(id).version().number());
    }

    @Test
    void memberThatMovedComesBackByItselfAndTheGroupWritesThatDown() { // M1
        Table table = Table.seated(3, 0);
        table.linkAll();
        long before = table.ask(2, LOCK);
        table.settle();
        long waits = table.ask(3, LOCK);
        move(table, 2);
        table.pass(5);
        assertMoved(table, 2, 3);
        assertEquals(table.group(2), table.disk(2).group());
        assertTrue(table.node(1).addresses().contains("moved2:1"));
        assertNotNull(table.entered(3, waits), "who waited for the old process");
        table.withdraw(3, waits);
        long asker = table.ask(2, LOCK);
        table.settle();
        assertNotNull(table.entered(2, asker));
        assertNull(table.entered(2, before), "what was held before is over");
        assertEquals(List.of(2), table.holders(LOCK));
    }

    @Test
    void memberThatMovedTwiceComesBackAndALockIsKeptMeanwhile() { // M1
        Table table = Table.begun(3);
        table.crash(2);
        table.lay(2, new DurableState(table.group(1), null));
        table.startWith(2, "elsewhere2:1", List.of());
        table.linkAll();
        table.pass(5);
        long holder = table.ask(1, LOCK);
        table.settle();
        move(table, 2);
        table.pass(5);
        assertEquals(3, table.group(1).version().number());
        assertEquals("moved2:1", table.group(3).members().get(2));
        assertNotNull(table.entered(1, holder));
        assertEquals(List.of(1), table.holders(LOCK));
    }

    /** It is bound to the version without it that it had proposed: that is no newcomer which was let go (R6). */
    @Test
    void memberThatWasLeavingWhenItMovedComesBack() { // M1
        Table table = Table.begun(3);
        table.lose(sent -> sent.frame().from() == 3 && sent.has(GroupMessage.Propose.class));
        table.leave(3);
        table.settle();
        assertEquals(3, table.disk(3).promise().by());
        table.lose(sent -> false);
        table.crash(3);
        table.startWith(3, "moved3:1", List.of());
        table.linkAll();
        table.pass(5);
        assertEquals("moved3:1", table.group(1).members().get(3));
        assertEquals(table.group(1), table.group(3));
    }

    private void moveTwo(Table table) {
        for (int id : new int[] {2, 3}) {
            table.crash(id);
            table.lay(id, new DurableState(table.group(1), null));
        }
        table.startWith(2, "moved2:1", List.of());
        table.startWith(3, "moved3:1", List.of());
        table.linkAll();
    }

    private static void assertBothMoved(Table table) {
        for (int peer = 1; peer <= 5; peer++) {
            assertEquals("moved2:1", table.group(peer).members().get(2), "at peer " + peer);
            assertEquals("moved3:1", table.group(peer).members().get(3), "at peer " + peer);
        }
    }

    @Test
    void moverThatRestartsAfterItsSecondAnswerStillShowsItsGroup() { // M4
        Table table = Table.leased(3);
        table.crash(2);
        table.lay(2, new DurableState(table.group(1), null));
        table.startWith(2, "moved2:1", List.of());
        table.linkAll();
        table.lose(sent -> sent.frame().parts().stream().anyMatch(part -> part instanceof Frame.OfGroup ofGroup
                && ofGroup.message() instanceof GroupMessage.Bound bound && bound.again())); // so it is not made
        table.run(4 * Table.LEASE);
        assertTrue(table.disk(2).promise().again());
        assertEquals(table.group(1).origin(), table.disk(2).group().origin());
    }

    @Test
    void twoMembersThatMovedAtOnceComeBack() { // M4
        Table table = Table.begun(5);
        moveTwo(table);
        table.pass(30);
        assertBothMoved(table);
    }

    @Test
    void withALeaseTwoMembersThatMovedAtOnceComeBack() { // M4
        Table table = Table.leased(5);
        moveTwo(table);
        table.run(40 * Table.LEASE);
        assertBothMoved(table);
    }

    @Test
    void changeThatWaitsForAMemberGoesOnWhenThatHasMoved() { // M4
        Table table = Table.begun(4);
        table.crash(4);
        table.start(5);
        table.link(1, 5);
        long asker = table.add(1, 5);
        table.pass(2);
        table.lay(4, new DurableState(table.group(1), null));
        table.startWith(4, "moved4:1", List.of());
        table.linkAll();
        table.pass(30);
        assertEquals("done", table.answer(1, asker));
        assertEquals("moved4:1", table.group(5).members().get(4));
        assertEquals(table.group(5), table.group(4));
    }

    @Test
    void whoIsAloneInItsGroupMovesByItself() { // M4
        Table table = new Table();
        Group alone = Group.alone(1, "host1:1", 5);
        table.lay(1, new DurableState(alone, null));
        table.startWith(1, "moved1:1", List.of());
        assertEquals("moved1:1", table.group(1).members().get(1));
        assertEquals(alone.origin(), table.group(1).origin());
        assertEquals(table.group(1), table.disk(1).group());
    }

    /** A second process with the state of peer 2 at another address, which links with peer 1 and asks to be moved there. */
    private static Node copyOfPeer2AsksPeer1(Table table) {
        table.unlink(1, 2);
        Node copy = new Node(2, "copy2:1", 99_999, List.of(), new DurableState(table.group(1), null), RicartAgrawala.KIND);
        copy.step(new Event.Tick(), 0);
        table.step(1, new Event.Linked(copy.hello(7, "ra", 0), null));
        table.step(1, new Event.Received(new Frame(2, 99_999, table.view(1).epoch(), Version.NONE, 0, 0, 0,
                List.of(new Frame.OfGroup(new GroupMessage.Join())))));
        table.settle();
        return copy;
    }

    @Test
    void memberIsNotMovedWhileAnotherMemberHasALinkToIt() { // M2
        Table table = Table.begun(3);
        copyOfPeer2AsksPeer1(table);
        assertSaid("peer 2 at copy2:1 was not added: peer 3 has a link to peer 2 at host2:1: it has not moved", table.said(1));
        assertEquals(1, table.group(1).version().number());
        assertNull(table.disk(3).promise());
    }

    /** It was linked with the copy when that asked, and with the member itself when its turn has come. */
    @Test
    void changerDoesNotMoveAMemberToWhichItHasALinkItself() { // M2
        Table table = Table.begun(3);
        table.unlink(2, 3);
        table.lose(sent -> sent.goes(3, 1) && sent.has(Message.Permission.class));
        copyOfPeer2AsksPeer1(table);
        table.step(1, new Event.Unlinked(2));
        table.link(1, 2);
        table.lose(sent -> false);
        table.unlink(1, 3);
        table.link(1, 3);
        table.settle();
        assertSaid("peer 2 at copy2:1 was not added: peer 1 has a link to peer 2 at host2:1: it has not moved", table.said(1));
        assertNull(table.disk(1).promise());
    }

    @Test
    void staleStateDoesNotMoveAMember() { // M1
        Table table = Table.seated(3, 0);
        table.linkAll();
        DurableState stale = table.disk(2);
        move(table, 2);
        table.pass(5);
        assertMoved(table, 2, 3);
        table.crash(2);
        Node copy = new Node(2, "stale2:1", 99_999, List.of(), stale, RicartAgrawala.KIND);
        copy.step(new Event.Tick(), 0);
        table.step(1, new Event.Linked(copy.hello(7, "ra", 0), null));
        assertSaid("the peer at stale2:1 says it is peer 2, but that one is at moved2:1", table.said(1));
    }

    @Test
    void withALeaseAMoveIsAgreedToTwiceWithALeaseBetween() { // M3
        Table table = Table.leased(3);
        table.crash(2);
        table.lay(2, new DurableState(table.group(1), null));
        table.startWith(2, "moved2:1", List.of());
        table.linkAll();
        table.run(Table.LEASE);
        assertEquals(1, table.group(1).version().number(), "the old process may have standing until now");
        table.run(Table.LEASE);
        assertMoved(table, 2, 3);
        long asker = table.ask(2, LOCK);
        table.run(Table.LEASE);
        assertEquals(List.of(2), table.inside(LOCK));
        assertNotNull(table.entered(2, asker));
    }

    @Test
    void boundToAMoveAMemberDoesNotBackTheOldProcess() { // M3
        Table table = Table.leased(3);
        Group moved = table.group(3).with(2, "moved2:1", 1L << 50);
        table.unlink(1, 2);
        table.unlink(2, 3);
        table.step(3, new Event.Received(frameTo3(table, new GroupMessage.Propose(table.group(3).version(), moved))));
        assertEquals(moved, table.disk(3).promise().next());
        table.link(2, 3); // it lives
        table.unlink(1, 3);
        table.run(2 * Table.LEASE);
        assertTrue(!table.node(2).standing(table.clock(2)), "it has no other member to back it");
    }

    private static Frame frameTo3(Table table, GroupMessage message) {
        return new Frame(1, table.view(1).epoch(), table.view(3).epoch(), table.group(3).version(), table.group(3).print(),
                table.view(1).time(), 1L << 50, List.of(new Frame.OfGroup(message)));
    }

    @Test
    void whoHasPromisedAMoveTwiceBindsToNothingThatTakesItBack() { // M3
        Table table = Table.leased(3);
        Group base = table.group(3);
        Group moved = base.with(2, "moved2:1", 1L << 50);
        table.unlink(2, 3);
        table.step(3, new Event.Received(frameTo3(table, new GroupMessage.Propose(base.version(), moved))));
        table.step(3, new Event.Received(frameTo3(table, new GroupMessage.Propose(base.version(), moved, true))));
        assertTrue(table.disk(3).promise().again());
        Group back = base.without(Set.of(1), (1L << 50) + 1);
        table.step(3, new Event.Received(frameTo3(table, new GroupMessage.Propose(base.version(), back))));
        assertEquals(moved, table.disk(3).promise().next());
        Group further = base.with(2, "further2:1", (1L << 50) + 2);
        table.step(3, new Event.Received(frameTo3(table, new GroupMessage.Propose(base.version(), further))));
        assertEquals(further, table.disk(3).promise().next());
    }

    @Test
    void whileAMoveCannotBeMadeTheGroupGoesOnWithoutTheMember() { // M1
        Table table = Table.leased(3);
        table.crash(2);
        table.lay(2, new DurableState(table.group(1), null));
        table.breakDisk(3, "full");
        table.run(3 * Table.LEASE);
        table.startWith(2, "moved2:1", List.of());
        table.linkAll();
        table.run(3 * Table.LEASE);
        assertEquals(1, table.group(1).version().number());
        long asker = table.ask(1, LOCK);
        table.run(Table.LEASE);
        assertNotNull(table.entered(1, asker), "its word does not count yet");
    }

    public static void main(String[] args) {
        Run.only(MoveTest.class);
    }
}
