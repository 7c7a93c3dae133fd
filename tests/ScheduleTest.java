///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java simulation/Entries.java simulation/Table.java
//SOURCES ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import mutex.algorithm.Algorithm.State;
import mutex.algorithm.Message;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.Stamp;
import mutex.event.Effect;
import mutex.event.Event;
import mutex.event.Frame;
import mutex.group.Group;
import mutex.group.GroupMessage;
import mutex.text.LockName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tests.simulation.Entries;
import tests.simulation.Table;

/** Schedules made by hand, for the faults in tests/mutants that random search does not find. */
class ScheduleTest {

    private static final String LOCK = LockName.DEFAULT;

    private static void tell(Table table, int from, int to, GroupMessage message) {
        Group group = table.group(from);
        long seen = message instanceof GroupMessage.Propose propose ? propose.next().version().fence() : 9; // who proposes has taken it
        table.step(to, new Event.Received(new Frame(from, table.view(from).epoch(), table.view(to).epoch(),
                group.version(), group.print(), 9, seen, List.of(new Frame.OfGroup(message)))));
    }

    /** Peer 2 gives permission, dies, forgets, and asks, once with an older stamp than that of peer 1, who waits. */
    @ParameterizedTest
    @ValueSource(ints = {0, 9})
    void restartedPeerThatAsksDoesNotMeetItsOldPermission(int before) { // C4
        Table table = Table.begun(3);
        table.lose(sent -> true);
        for (int i = 0; i < before; i++) {
            table.withdraw(1, table.ask(1, "other"));
        }
        table.settle();
        table.lose(sent -> sent.to() == 3);
        long first = table.ask(1, LOCK);
        table.settle();
        assertEquals(Set.of(3), table.view(1).locks().get(0).missing());
        table.crash(2);
        table.restart(2);
        table.lose(sent -> false);
        table.link(2, 3);
        long second = table.ask(2, LOCK);
        table.link(1, 2);
        table.settle();
        table.unlink(1, 3);
        table.link(1, 3);
        table.settle();
        if (before > 0) {
            assertEquals(List.of(2), table.holders(LOCK));
        }
        Entries.oneAfterTheOther(table, LOCK, 1, first, 2, second);
    }

    @Test
    void onlyATryCanBeRefused() {
        RicartAgrawala two = new RicartAgrawala(2, Set.of(1, 3));
        Stamp stamp = new Stamp(5, 2);
        two.request(stamp, false);
        two.receive(1, new Message.Refusal(stamp));
        assertEquals(State.WANTED, two.state());
    }

    /** Nobody heard of the fence that peer 2 took before it died, and its clock went back. */
    @Test
    void fenceIsAboveThatOfAHolderThatCrashed() {
        Table table = Table.begun(2);
        long epoch = table.view(2).epoch();
        long lost = table.ask(2, LOCK);
        table.settle();
        long fence = table.entered(2, lost).fence();
        table.crash(2);
        table.restartIn(2, epoch - 5);
        table.linkAll();
        table.settle();
        long next = table.ask(1, LOCK);
        table.settle();
        assertTrue(table.entered(1, next).fence() > fence);
    }

    @Test
    void requestOfALowerVersionIsAnsweredWithTheNewerGroup() {
        Table table = Table.begun(2);
        table.start(3);
        table.lose(sent -> sent.to() == 2 && sent.has(GroupMessage.Present.class));
        table.add(1, 3);
        table.linkAll();
        table.settle();
        assertEquals(2, table.group(1).version().number());
        assertEquals(1, table.group(2).version().number());
        table.lose(sent -> false);
        long asker = table.ask(2, LOCK);
        table.settle();
        assertEquals(table.group(1), table.group(2));
        assertNotNull(table.entered(2, asker));
    }

    /** Peers 1 and 2 list each other, but peer 1 is in a group with 3 and 4 that its state file names. */
    @Test
    void groupDoesNotBeginBesideTheOneThatAListedPeerIsIn() {
        Table table = Table.begun(1);
        table.start(3);
        table.add(1, 3);
        table.linkAll();
        table.settle();
        assertEquals(Set.of(1, 3), table.group(1).members().keySet());
        table.crash(1);
        table.startWith(1, Table.endpoint(1), List.of(Table.endpoint(2)));
        table.start(2, 1);
        table.link(2, 1);
        table.settle();
        assertNull(table.group(2));
    }

    @Test
    void changerThatIsItselfBoundHigherDoesNotCommit() {
        Table table = Table.begun(2);
        table.start(3);
        table.lose(sent -> sent.frame().from() == 2 && sent.has(GroupMessage.Bound.class));
        table.add(1, 3);
        table.linkAll();
        table.settle();
        Group base = table.group(1);
        Group first = table.disk(1).promise().next();
        Group higher = base.with(9, "host9:1", table.disk(1).promise().next().version().fence() + 1);
        tell(table, 2, 1, new GroupMessage.Propose(base.version(), higher));
        table.lose(sent -> false);
        table.pass(3);
        assertTrue(!first.version().equals(table.group(1).version()), "it starts again, above the other one");
        assertTrue(table.group(1).version().fence() == 0 || table.group(1).version().fence() > higher.version().fence());
    }

    /** It was alone when the changer looked, and is not when the proposal comes. */
    @Test
    void newcomerThatIsInAnotherGroupMeanwhileIsNotTaken() {
        Table table = Table.begun(2);
        Group theirs = table.group(2);
        Table other = new Table();
        other.start(8, 9);
        other.start(9, 8);
        other.linkAll();
        other.settle();
        other.step(8, new Event.Linked(table.node(1).hello(5, "ra", 0), null));
        Group before = other.group(8);
        Group ours = theirs.with(8, Table.endpoint(8), 7);
        List<Effect> effects = other.step(8, new Event.Received(new Frame(1, table.view(1).epoch(), other.view(8).epoch(),
                theirs.version(), theirs.print(), 9, 9,
                List.of(new Frame.OfGroup(new GroupMessage.Propose(theirs.version(), ours))))));
        assertEquals(before, other.group(8));
        assertTrue(effects.stream().anyMatch(effect -> effect instanceof Effect.Send send && send.to() == 1
                && new Table.Sent(1, send.frame()).has(GroupMessage.Unbound.class)));
    }

    /** Two newcomers have one id; peer 1 has met the one, peer 2 adds the other. */
    @Test
    void idThatWasTakenMeanwhileIsRefused() {
        Table table = Table.begun(2);
        Table other = new Table();
        other.startWith(3, "elsewhere:1", List.of());
        table.step(1, new Event.Linked(other.node(3).hello(5, "ra", 0), null));
        table.start(3);
        table.link(2, 3);
        table.add(2, 3);
        table.settle();
        assertEquals(Table.endpoint(3), table.group(1).members().get(3));
        table.step(1, new Event.Add(50, "elsewhere:1"));
        assertEquals(List.of("id 3 is taken in this group; start the peer at elsewhere:1 with another --id"),
                table.effects(1, Effect.Answered.class).stream().map(Effect.Answered::problem).toList());
    }

    public static void main(String[] args) {
        Run.only(ScheduleTest.class);
    }
}
