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

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import mutex.algorithm.Message;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.Stamp;
import mutex.event.Effect;
import mutex.event.Effect.Outcome;
import mutex.event.Event;
import mutex.event.Frame;
import mutex.group.DurableState;
import mutex.group.Group;
import mutex.group.GroupMessage;
import mutex.group.Hello;
import mutex.group.Promise;
import mutex.group.Seed;
import mutex.group.Version;
import mutex.node.Node;
import org.junit.jupiter.api.Test;
import tests.simulation.Table;

/** How a group is founded and comes back from its state files: one test per rule; the method name is the rule. */
class GroupTest extends GroupFixture {

    @Test
    void equalListsFoundOneGroup() {
        start(1, 2, 3);
        table.linkAll();
        table.settle();
        assertOneGroupOf(1, 2, 3);
        assertEquals("version 1", table.group(1).version().toString());
    }

    @Test
    void ofSeveralListsThatWaitForAPeerOnlyTheNewestGoes() {
        List<Seed> list = List.of(new Seed("a:1", 0), new Seed("b:1", 0), new Seed("c:1", 0), new Seed("d:1", 0), new Seed("e:1", 0));
        Node node = new Node(1, "a:1", 1_000, list, null, RicartAgrawala.KIND);
        for (int id = 2; id <= 4; id++) {
            Hello hello = new Node(id, list.get(id - 1).endpoint(), 1_000, list, null, RicartAgrawala.KIND).hello(id, "", 0);
            node.feed(new Event.Linked(hello, null), id);
        }
        List<GroupMessage> toTwo = new ArrayList<>();
        for (Effect.Send send = node.nextFrame(); send != null; send = node.nextFrame()) {
            if (send.to() == 2) {
                send.frame().parts().forEach(part -> toTwo.add(((Frame.OfGroup) part).message()));
            }
        }
        List<Seed> known = List.of(new Seed("b:1", 2), new Seed("c:1", 3), new Seed("d:1", 4), new Seed("e:1", 0), new Seed("a:1", 1));
        assertEquals(List.of(new GroupMessage.Listing(known, false)), toTwo);
    }

    @Test
    void nobodyEntersBeforeEveryListedPeerWasHeard() {
        start(1, 2, 3);
        long asker = table.ask(1, LOCK);
        table.link(1, 2);
        table.settle();
        assertNull(table.group(1));
        assertEquals("peer at host3:1 not heard yet", table.view(1).waitingFor());
        table.linkAll();
        table.settle();
        assertNotNull(table.entered(1, asker));
    }

    @Test
    void peerWithNeitherListNorStateBeginsAlone() {
        table.start(1);
        long asker = table.ask(1, LOCK);
        assertNotNull(table.entered(1, asker));
    }

    @Test
    void listsThatDifferAreSaidOnBothSidesAndNobodyEnters() {
        table.start(1, 2);
        table.start(2, 1, 3);
        long asker = table.ask(1, LOCK);
        table.linkAll();
        table.settle();
        assertEquals(List.of(1, 2), List.copyOf(table.groups().keySet()));
        assertNull(table.group(1));
        assertNull(table.group(2));
        assertNull(table.entered(1, asker));
        assertSaid("peer 2 at host2:1 has another peer list: only there host3:1", table.said(1));
        assertSaid("peer 1 at host1:1 has another peer list: only here host3:1", table.said(2));
        assertNotNull(table.view(1).differences().get(2));
    }

    @Test
    void peersThatDoNotKnowEachOtherNeverBothHoldBecauseAThirdKnowsBoth() { // B1
        table.start(1, 2);
        table.start(2, 1, 3);
        table.start(3, 2);
        table.ask(1, LOCK);
        table.ask(3, LOCK);
        table.link(1, 2);
        table.link(2, 3);
        table.settle();
        table.pass(60);
        assertEquals(List.of(), table.holders(LOCK));
    }

    @Test
    void samePeerUnderTwoAddressesCountsOnce() { // B2
        table.startWith(1, Table.endpoint(1), List.of("host2:1", "alias2:1"));
        table.start(2, 1);
        table.link(1, 2, "host2:1");
        table.link(1, 2, "alias2:1");
        table.settle();
        assertOneGroupOf(1, 2);
        assertSaid("alias2:1 and host2:1 are both peer 2; counted once", table.said(1));
    }

    @Test
    void peerListedUnderAnAliasIsRecognised() {
        table.startWith(1, Table.endpoint(1), List.of("alias2:1"));
        table.startWith(2, Table.endpoint(2), List.of("alias1:1"));
        table.link(1, 2, "alias2:1");
        table.link(2, 1, "alias1:1");
        table.settle();
        assertOneGroupOf(1, 2);
    }

    @Test
    void ownAddressInTheListDoesNotCount() {
        table.startWith(1, Table.endpoint(1), List.of("host1:1", "alias1:1", "host2:1"));
        table.start(2, 1);
        table.step(1, new Event.OwnAddress("alias1:1"));
        table.linkAll();
        table.settle();
        assertOneGroupOf(1, 2);
    }

    @Test
    void ownAddressFoundLateStillLetsTheGroupBegin() {
        table.startWith(1, Table.endpoint(1), List.of("alias1:1", "host2:1"));
        table.start(2, 1);
        table.linkAll();
        table.settle();
        assertNull(table.group(2));
        table.step(1, new Event.OwnAddress("alias1:1"));
        table.settle();
        assertOneGroupOf(1, 2);
    }

    @Test
    void anotherPeerAnsweringAtAListedAddressIsSaid() {
        table.startWith(1, Table.endpoint(1), List.of("host2:1", "host4:1"));
        table.start(2, 1, 4);
        table.link(1, 2);
        table.crash(2);
        table.startWith(3, "host2:1", List.of(Table.endpoint(1)));
        table.link(1, 3, "host2:1");
        assertSaid("listed as peer 2 at host2:1, but peer 3 answers there", table.said(1));
    }

    @Test
    void secondPeerWithAnIdIsNamedAndIgnored() { // H2
        Table begun = Table.begun(2);
        Node twin = new Node(2, "elsewhere:1", 99_999, List.of(), null, RicartAgrawala.KIND);
        twin.step(new Event.Tick(), 0);
        long epoch = begun.view(2).epoch();
        begun.step(1, new Event.Linked(twin.hello(7, "ra", 0), null));
        assertSaid("the peer at elsewhere:1 says it is peer 2, but that one is at host2:1", begun.said(1));
        begun.ask(1, LOCK);
        begun.settle();
        assertEquals(List.of(1), begun.holders(LOCK));
        assertEquals(epoch, begun.view(2).epoch());
    }

    /** Another process of the peer greets that one from an epoch of its own. */
    private static void greets(Table table, int id, int other, long epoch) {
        Hello hello = table.node(id).hello(0, "ra", 0);
        table.step(other, new Event.Linked(new Hello(id, hello.endpoint(), epoch, 77, "ra", 0, hello.group(), hello.list()), null));
    }

    /** As after a second process of each, or clocks that went back: neither takes the other's frames for those of its present epoch. */
    @Test
    void twoThatTakeEachOtherForAnOlderEpochLearnThat() { // C4
        Table begun = Table.begun(2);
        greets(begun, 2, 1, 5_000);
        greets(begun, 1, 2, 6_000);
        begun.settle();
        assertTrue(begun.node(1).epoch() > 6_000 && begun.node(2).epoch() > 5_000);
        begun.ask(1, LOCK);
        begun.settle();
        assertEquals(List.of(1), begun.holders(LOCK));
    }

    /** A holder keeps its epoch, so that neither can do what the other's header asks for. */
    @Test
    void twoHoldersThatTakeEachOtherForAnOlderEpochDoNotAnswerForEver() { // C4, E1
        Table begun = Table.begun(2);
        long one = begun.ask(1, "a");
        long two = begun.ask(2, "b");
        begun.settle();
        greets(begun, 2, 1, 5_000);
        greets(begun, 1, 2, 6_000);
        begun.settle();
        assertTrue(begun.node(1).epoch() < 6_000 && begun.node(2).epoch() < 5_000);
        begun.withdraw(1, one);
        begun.withdraw(2, two);
        begun.settle();
        begun.ask(1, LOCK);
        begun.settle();
        assertEquals(List.of(1), begun.holders(LOCK));
    }

    /** As one that adopts a version says that, and asks again, in one frame. */
    @Test
    void whoAsksFromAnOlderEpochBesideItsVersionHearsOfTheNewerOne() { // C4, E1
        Table begun = Table.begun(2);
        greets(begun, 2, 1, 5_000);
        begun.settle();
        Group group = begun.group(2);
        Frame asks = new Frame(2, 1_002, begun.node(1).epoch(), group.version(), group.print(), 9, 9, List.of(
                new Frame.OfLock(LOCK, new Message.Request(new Stamp(9, 2), false)), new Frame.OfGroup(new GroupMessage.Present(group))));
        begun.step(1, new Event.Received(asks));
        assertTrue(begun.settle().stream().anyMatch(sent -> sent.to() == 2 && sent.frame().toEpoch() > 1_002));
    }

    /** Who has moved greets with the version that has it at its new address, and enters it when that is on its disk. */
    @Test
    void whoEntersAVersionThatItsGreetingHadBeforeIsAskedAgain() { // G1
        Table begun = Table.begun(2);
        begun.lose(sent -> sent.to() == 2);
        begun.ask(1, LOCK);
        begun.settle();
        begun.lose(sent -> false);
        Group group = begun.group(2);
        begun.step(1, new Event.Received(new Frame(2, begun.node(2).epoch(), begun.node(1).epoch(), group.version(), group.print(), 1, 1,
                List.of(new Frame.OfGroup(new GroupMessage.Present(group))))));
        assertTrue(begun.settle().stream().anyMatch(sent -> sent.to() == 2 && sent.has(Message.Request.class)));
    }

    /** What the older epoch asked for and permitted is void, but a version in force stays so, and the disk hangs when it greets. */
    @Test
    void whoWasRemovedHearsOfItFromAnOlderEpochToo() { // C4
        Table begun = Table.begun(3);
        begun.unlink(1, 2);
        begun.unlink(2, 3);
        begun.removeByForce(1, 2);
        begun.settle();
        begun.crash(1);
        begun.crash(3);
        begun.restartIn(1, 1);
        begun.hangDisks();
        begun.removeByForce(2, 3);
        begun.link(1, 2);
        begun.settle();
        assertEquals(3, begun.group(2).members().size());
        begun.step(2, new Event.Written(null)); // what it is bound to
        begun.settle();
        begun.step(2, new Event.Written(null)); // the version that went on without it
        assertNull(begun.group(2));
    }

    @Test
    void restartedFounderComesBackIntoItsGroup() {
        start(1, 2);
        table.linkAll();
        table.settle();
        table.crash(2);
        table.restart(2);
        assertNull(table.group(2));
        table.linkAll();
        table.settle();
        assertOneGroupOf(1, 2);
        assertNull(table.disk(2)); // first written at the first change
    }

    @Test
    void stateOutranksTheListSoAGrownGroupDoesNotShrink() {
        start(1, 2);
        table.linkAll();
        table.settle();
        table.start(3, 1);
        table.linkAll();
        table.settle();
        for (int id : new int[] {1, 2}) {
            table.crash(id);
        }
        table.restart(1);
        table.restart(2);
        table.ask(1, LOCK);
        table.link(1, 2); // 3 is not reachable: with the old list these two would found their group again
        table.settle();
        assertEquals(List.of(), table.holders(LOCK));
        table.linkAll();
        table.settle();
        assertOneGroupOf(1, 2, 3);
        assertEquals(List.of(1), table.holders(LOCK));
    }

    @Test
    void memberRestartedBetweenAnswerAndCommitIsStillBound() { // G4
        addWhileLosing(sent -> sent.has(GroupMessage.Bound.class) && sent.frame().from() == 3);
        Promise promise = table.disk(2).promise();
        table.crash(2);
        table.restart(2);
        assertEquals(promise, table.disk(2).promise());
        assertEquals(1, table.group(2).version().number());
        Group rival = table.group(2).with(9, "host9:1", promise.next().version().fence() - 1);
        table.link(1, 2);
        table.step(2, new Event.Received(new Frame(1, table.view(1).epoch(), table.view(2).epoch(),
                table.group(1).version(), table.group(1).print(), 9, 9, List.of(new Frame.OfGroup(
                        new GroupMessage.Propose(table.group(1).version(), rival))))));
        assertEquals(promise, table.disk(2).promise()); // bound higher: it refuses
        table.lose(sent -> false);
        table.pass(3);
        assertOneGroupOf(1, 2, 3);
    }

    @Test
    void nullChangeClosesAPromiseWhoseChangerDied() {
        addWhileLosing(sent -> sent.has(GroupMessage.Bound.class));
        table.crash(1);
        table.crash(3);
        table.lose(sent -> false);
        table.pass(20);
        assertNotNull(table.disk(2).promise()); // the dead changer's answer is needed
        table.restart(1);
        table.linkAll();
        table.pass(16);
        assertOneGroupOf(1, 2);
        assertEquals(2, table.group(1).version().number());
        assertNull(table.disk(1).promise());
        assertNull(table.disk(2).promise());
    }

    @Test
    void changerThatDiedAfterWritingTheNewVersionBringsItBack() {
        addWhileLosing(sent -> sent.has(GroupMessage.Present.class) && sent.frame().version().number() == 2);
        assertEquals(2, table.disk(1).group().version().number());
        table.crash(1);
        table.lose(sent -> false);
        table.restart(1);
        table.linkAll();
        table.settle();
        assertOneGroupOf(1, 2, 3);
    }

    @Test
    void unwritableStateFileRefusesTheChange() { // G4
        for (int broken = 1; broken <= 3; broken++) {
            Table fresh = new Table();
            fresh.start(1, 2);
            fresh.start(2, 1);
            fresh.start(3);
            fresh.breakDisk(broken, "disk full");
            fresh.add(1, 3);
            fresh.linkAll();
            fresh.settle();
            fresh.add(1, 3);
            fresh.pass(1);
            assertEquals(1, fresh.group(1).version().number());
            assertTrue(fresh.effects(1, Effect.Answered.class).stream()
                    .allMatch(answer -> answer.problem() != null), "disk of peer " + broken);
            assertSaid("disk full", fresh.effects(1, Effect.Answered.class).stream()
                    .map(Effect.Answered::problem).toList());
        }
    }

    @Test
    void commitThatCannotBeWrittenDoesNotCount() {
        addWhileLosing(sent -> sent.has(GroupMessage.Bound.class));
        table.breakDisk(1, "disk full");
        table.lose(sent -> false);
        table.pass(2);
        assertEquals(1, table.group(1).version().number());
        assertEquals(1, table.group(2).version().number());
        assertSaid("disk full", List.of(table.effects(1, Effect.Answered.class).get(0).problem()));
    }

    @Test
    void memberNotListedInTheNewerVersionLosesItsLocks() {
        start(1, 2, 3);
        table.linkAll();
        table.settle();
        long holder = table.ask(3, LOCK);
        table.settle();
        Group without = new Group(table.group(1).origin(), new Version(2, 5),
                new TreeMap<>(Map.of(1, Table.endpoint(1), 2, Table.endpoint(2))));
        table.step(3, new Event.Received(new Frame(1, table.view(1).epoch(), table.view(3).epoch(),
                without.version(), without.print(), 9, 9,
                List.of(new Frame.OfGroup(new GroupMessage.Present(without))))));
        assertEquals(Outcome.LOST, table.ended(3, holder).outcome());
        assertNull(table.group(3));
        assertEquals(2, table.disk(3).group().version().number()); // it remembers which version went on without it
        assertEquals("removed from its group; another member can add it again", table.view(3).waitingFor());
    }

    @Test
    void fenceStartsAboveWhatTheStateFileNames() {
        Group group = Group.found(Map.of(1, Table.endpoint(1))).without(Set.of(), 1L << 60);
        Node node = new Node(1, Table.endpoint(1), 1_000, List.of(), new DurableState(group, null),
                RicartAgrawala.KIND);
        node.step(new Event.Tick(), 0);
        assertTrue(node.view(0).seen() >= 1L << 60);
    }

    public static void main(String[] args) {
        Run.only(GroupTest.class);
    }
}
