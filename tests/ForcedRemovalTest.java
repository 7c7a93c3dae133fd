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
import mutex.event.Event;
import mutex.group.GroupMessage;
import mutex.group.Promise;
import mutex.text.LockName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tests.simulation.Table;

/**
 * R6: a removal by force of a peer that may have made another version before, which those that stay do not know: peer 1
 * has added peer 4, and is dead.
 */
class ForcedRemovalTest {

    private static final String LOCK = LockName.DEFAULT;
    private Table table;

    @BeforeEach
    void begin() {
        table = Table.begun(3);
        table.start(4);
        table.link(1, 4);
        table.settle();
    }

    /** Peer 1 adds peer 4; those members are bound to that, and hear no more of it. */
    private void addUnheardBy(Integer... members) {
        Set<Integer> deaf = Set.of(members);
        table.lose(sent -> deaf.contains(sent.to()) && sent.frame().version().number() == 2);
        long added = table.add(1, 4);
        table.settle();
        assertEquals("done", table.answer(1, added));
    }

    private void dies(int id) {
        table.crash(id);
        table.lose(sent -> false);
    }

    /** The newcomer is inside by a permission of peer 2 that peer 2 has forgotten, as its disk was full. */
    @Test
    void newcomerThatIsInsideIsHeardFirst() {
        table = Table.begun(2);
        table.start(4);
        table.link(1, 4);
        table.link(2, 4);
        table.settle();
        table.lose(sent -> {
            if (sent.goes(2, 1) && sent.has(GroupMessage.Bound.class)) {
                table.breakDisk(2, "disk full");
            }
            return false;
        });
        table.add(1, 4);
        table.settle();
        assertEquals(Set.of(1, 2, 4), table.group(2).members().keySet());
        assertEquals(1, table.disk(2).group().version().number());
        assertNotNull(table.entered(4, askSettled(4)));
        dies(1);
        table.crash(2);
        table.breakDisk(2, null);
        table.restart(2);
        long force = table.removeByForce(2, 1);
        long waits = askSettled(2);
        assertEquals(List.of(4), table.holders(LOCK));
        table.link(2, 4);
        table.pass(3);
        assertEquals("done", table.answer(2, force));
        assertEquals(Set.of(2, 4), table.group(4).members().keySet());
        assertEquals(List.of(4), table.holders(LOCK));
        assertNull(table.entered(2, waits));
    }

    private long askSettled(int id) {
        long asker = table.ask(id, LOCK);
        table.settle();
        return asker;
    }

    @Test
    void newcomerThatIsNotInItStaysOut() {
        table = Table.begun(3);
        table.start(4, 1, 2, 4); // it knows peer 1 from its list, too
        table.lose(sent -> sent.has(GroupMessage.Join.class));
        table.link(4, 1);
        table.link(2, 4);
        table.settle();
        table.delay(sent -> sent.goes(1, 4) && sent.frame().version().number() == 2);
        addUnheardBy(2, 3);
        assertNull(table.group(4));
        table.unlink(1, 2);
        table.unlink(1, 3);
        table.pause(1); // its last words to peer 4 are still under way
        table.lose(sent -> sent.has(GroupMessage.Join.class));
        long force = table.removeByForce(2, 1);
        table.settle();
        assertEquals("done", table.answer(2, force));
        table.deliverLate();
        assertNull(table.group(4));
        assertTrue(table.effects(4, Effect.Save.class).stream().noneMatch(save -> save.saved().group() != null), "not for a moment");
        table.crash(1);
        table.crash(4);
        table.restart(4);
        table.link(2, 4);
        table.step(4, new Event.Tick());
        table.settle();
        assertNull(table.group(4), "it remembers");
        table.lose(sent -> false);
        table.pass(5);
        GroupFixture.assertOneGroupOf(table, 2, 3, 4);
    }

    /** The removal is given up halfway: then the newcomer alone is bound to a version that nobody makes, and listed in one that it does not enter. */
    @Test
    void releasedNewcomerIsAddedAgain() {
        addUnheardBy(2, 3, 4);
        table.link(2, 4);
        table.lose(sent -> sent.goes(4, 2) && sent.has(GroupMessage.Bound.class));
        table.unlink(1, 2);
        table.unlink(1, 3);
        table.unlink(1, 4);
        table.removeByForce(2, 1);
        table.settle();
        assertEquals(Set.of(2, 3), table.disk(4).promise().next().members().keySet());
        table.crash(2); // and nobody types that again
        table.lose(sent -> false);
        table.restart(2);
        table.linkAll();
        table.pass(60);
        GroupFixture.assertOneGroupOf(table, 1, 2, 3, 4);
        assertNotNull(table.entered(4, askSettled(4)));
    }

    @Test
    void newcomerOutOfReachHasToBeNamed() {
        addUnheardBy(2, 3);
        dies(1);
        assertEquals(Set.of(1, 2, 3, 4), table.group(4).members().keySet());
        long force = table.removeByForce(2, 1);
        table.pass(9);
        assertNull(table.answer(2, force));
        assertEquals("remove 1 --force: no answer yet from peer 4 at host4:1; has agreed with peer 1 to add 4 at host4:1", table.view(2).change());
        assertTrue(table.node(2).addresses().contains("host4:1"), "it is looked for");
        table.pass(2);
        assertEquals("no answer from peer 4 at host4:1 for 10 s; one of the removed may have added it without our knowledge: start it, or remove it, too",
                table.answer(2, force));
        table.crash(4);
        long both = table.removeByForce(2, 1, 4);
        table.settle();
        assertEquals("done", table.answer(2, both));
        assertEquals(Set.of(2, 3), table.group(3).members().keySet());
    }

    /** Another member tries to close the promise: then the last one is to that. */
    @Test
    void promiseBeforeTheLastIsNotForgotten() {
        table = Table.leased(3);
        table.start(4);
        table.link(1, 4);
        table.settle();
        table.lose(sent -> Set.of(2, 3).contains(sent.to()) && sent.frame().version().number() == 2);
        long added = table.add(1, 4);
        assertTrue(table.runUntil(Table.LEASE, () -> "done".equals(table.answer(1, added))));
        table.run(Table.LEASE / 10);
        dies(1);
        assertTrue(table.runUntil(20 * Table.LEASE, () -> table.disk(2).promise().by() != 1), () -> table.disk(2).toString());
        assertEquals(List.of(1), table.disk(2).promise().earlier().stream().map(Promise::by).toList());
        table.crash(2);
        table.restart(2);
        table.link(2, 3);
        long force = table.removeByForce(2, 1);
        table.settle();
        assertNull(table.answer(2, force));
        table.link(2, 4);
        table.pass(3);
        assertEquals("done", table.answer(2, force));
        assertEquals(Set.of(2, 3, 4), table.group(4).members().keySet());
    }

    /** Its maker stays, and is asked: whether somebody was added needs no other answer. */
    @Test
    void newcomerOfAMemberThatStaysIsNotAsked() {
        table.lose(sent -> sent.goes(2, 1) && sent.has(GroupMessage.Bound.class));
        table.add(1, 4);
        table.settle();
        table.lose(sent -> false);
        table.crash(3);
        table.unlink(1, 4);
        table.crash(4);
        assertNotNull(table.disk(2).promise());
        long force = table.removeByForce(2, 3);
        table.settle();
        assertEquals("done", table.answer(2, force));
    }

    /** The disk says no, and has the new version all the same, as when the file is there and its folder cannot be synced. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatTheDiskHasWrittenAllTheSameIsUndone(boolean mended) {
        table = Table.begun(2);
        dies(2);
        table.hangDisks(); // they take the bytes; what they say comes from here
        long force = table.removeByForce(1, 2);
        table.step(1, new Event.Written(null)); // its own promise
        table.pass(1);
        assertEquals(Set.of(1), table.disk(1).group().members().keySet());
        table.step(1, new Event.Written("disk full"));
        assertNull(table.answer(1, force), "not before that is undone");
        assertEquals(Set.of(1, 2), table.disk(1).group().members().keySet());
        for (int i = 0; i < 10 && !mended; i++) {
            table.step(1, new Event.Written("disk full"));
            assertNull(table.answer(1, force));
            table.pass(1);
        }
        table.step(1, new Event.Written(mended ? null : "disk full"));
        assertEquals("the state file cannot be written: disk full" + (mended ? "" : "; it may have been all the same: keep [2] stopped until this peer has restarted"),
                table.answer(1, force));
        assertEquals(Set.of(1, 2), table.group(1).members().keySet());
    }

    @Test
    void whoIsNeitherMemberNorPromisedCannotBeNamed() {
        addUnheardBy(2, 3);
        dies(1);
        long force = table.removeByForce(2, 1, 9);
        table.settle();
        assertTrue(table.answer(2, force).startsWith("no member: [9]; "), table.answer(2, force));
    }

    /** Its requester has given it up: the removal that it stood in the way of does not bring it back. */
    @Test
    void withdrawnChangeDoesNotBeginAnewAfterIt() {
        table = Table.leased(3);
        table.start(4);
        table.link(1, 4);
        table.lose(sent -> sent.to() == 3 && sent.has(GroupMessage.Propose.class) || sent.has(GroupMessage.Join.class));
        long added = table.add(1, 4);
        assertTrue(table.runUntil(20 * Table.LEASE, () -> String.valueOf(table.view(1).change()).contains("no answer yet from members [3]")));
        table.withdraw(1, added);
        assertNull(table.answer(1, added), "it was proposed");
        table.crash(3);
        long force = table.removeByForce(1, 3);
        table.run(3 * Table.LEASE);
        assertEquals("done", table.answer(1, force));
        assertEquals("withdrawn", table.answer(1, added));
        assertEquals(Set.of(1, 2), table.group(1).members().keySet());
    }

    /** In the step that takes it in, this peer's promise has been open for too long: what closes that would wait for the dead. */
    @Test
    void goesBeforeAChangeThatClosesAPromise() {
        table = Table.begun(3);
        table.start(4);
        table.link(1, 4);
        table.lose(sent -> sent.goes(3, 1) && sent.has(GroupMessage.Bound.class));
        table.add(1, 4);
        table.settle();
        assertNotNull(table.disk(2).promise());
        dies(1);
        table.unlink(2, 3);
        table.link(2, 4);
        table.skip(16 * Table.SECOND);
        long force = table.removeByForce(2, 1);
        assertTrue(String.valueOf(table.view(2).change()).startsWith("remove 1 --force: "), table.view(2).change());
        table.link(2, 3);
        table.pass(2);
        assertEquals("done", table.answer(2, force));
    }

    public static void main(String[] args) {
        Run.only(ForcedRemovalTest.class);
    }
}
