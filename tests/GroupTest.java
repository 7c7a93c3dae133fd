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

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import mutex.algorithm.Message;
import mutex.algorithm.RicartAgrawala;
import mutex.group.DurableState;
import mutex.group.Group;
import mutex.group.GroupMessage;
import mutex.group.Hello;
import mutex.group.Promise;
import mutex.group.Version;
import mutex.node.Effect;
import mutex.node.Effect.Outcome;
import mutex.node.Event;
import mutex.node.Frame;
import mutex.node.Node;
import mutex.text.LockName;
import org.junit.jupiter.api.Test;
import tests.simulation.Table;

/** One test per rule of founding, joining and changing the group; the method name is the rule. */
class GroupTest {

    private static final String LOCK = LockName.DEFAULT;

    private final Table table = new Table();

    private void start(int... ids) {
        for (int id : ids) {
            table.start(id, ids);
        }
    }

    private void assertOneGroupOf(int... ids) {
        Set<Group> groups = Set.copyOf(table.groups().values());
        assertEquals(1, groups.size(), groups.toString());
        Map<Integer, String> members = new TreeMap<>();
        for (int id : ids) {
            members.put(id, Table.endpoint(id));
        }
        assertEquals(members, groups.iterator().next().members());
    }

    private static void assertSaid(String part, List<String> said) {
        assertTrue(said.stream().anyMatch(line -> line.contains(part)), said.toString());
    }

    // Founding.

    @Test
    void equalListsFoundOneGroup() {
        start(1, 2, 3);
        table.linkAll();
        table.settle();
        assertOneGroupOf(1, 2, 3);
        assertEquals("version 1", table.group(1).version().toString());
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

    /** As after a second process of each, or clocks that went back: neither takes the other's frames for those of its present epoch. */
    @Test
    void twoThatTakeEachOtherForAnOlderEpochLearnThat() { // C4
        Table begun = Table.begun(2);
        Hello one = begun.node(1).hello(101, "ra", 0);
        Hello two = begun.node(2).hello(102, "ra", 0);
        begun.step(1, new Event.Linked(new Hello(2, two.endpoint(), 5_000, 77, "ra", 0, two.group(), two.list()), null));
        begun.step(2, new Event.Linked(new Hello(1, one.endpoint(), 6_000, 77, "ra", 0, one.group(), one.list()), null));
        begun.settle();
        assertTrue(begun.node(1).epoch() > 6_000 && begun.node(2).epoch() > 5_000);
        begun.ask(1, LOCK);
        begun.settle();
        assertEquals(List.of(1), begun.holders(LOCK));
    }

    // Moving.

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
    void whoWaitsWhenTheGroupGoesOnWithoutItIsNotToldThatItHasLost() {
        Table table = Table.begun(3);
        table.ask(1, LOCK);
        table.settle();
        long waits = table.ask(3, LOCK);
        table.settle();
        table.removeByForce(1, 3);
        table.pass(3);
        Effect.Ended ended = table.effects(3, Effect.Ended.class).stream().filter(end -> end.asker() == waits).findFirst().orElseThrow();
        assertEquals(Effect.Outcome.REFUSED, ended.outcome());
        assertEquals("this peer is in no group any more", ended.reason());
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
    void forcedRemovalGoesBeforeAnAddThatIsStillSought() {
        Table table = Table.begun(3);
        table.crash(3);
        table.add(1, 9); // nobody is there yet
        long asker = table.removeByForce(1, 3);
        table.pass(3);
        assertEquals("done", table.answer(1, asker));
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

    // Adding.

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
        start(1, 2);
        table.linkAll();
        table.settle();
        table.start(3);
        table.lose(sent -> sent.has(GroupMessage.Bound.class) && sent.frame().from() == 3);
        table.add(1, 3);
        table.linkAll();
        table.settle();
        table.pass(5);
        assertEquals(1, table.group(1).version().number());
        table.lose(sent -> false);
        table.pass(2);
        assertOneGroupOf(1, 2, 3);
    }

    @Test
    void everyMembersAnswerIsNeeded() {
        start(1, 2);
        table.linkAll();
        table.settle();
        table.start(3);
        table.lose(sent -> sent.has(GroupMessage.Bound.class) && sent.frame().from() == 2);
        table.add(1, 3);
        table.linkAll();
        table.settle();
        table.pass(5);
        assertEquals(1, table.group(1).version().number());
    }

    @Test
    void answerIsGivenOnlyWhenItIsWrittenDown() {
        start(1, 2);
        table.linkAll();
        table.settle();
        table.start(3);
        table.hangDisks();
        table.add(1, 3);
        table.linkAll();
        table.settle();
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
        start(1, 2);
        table.linkAll();
        table.settle();
        table.start(3);
        table.hangDisks();
        table.add(1, 3);
        table.linkAll();
        table.settle();
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

    // Restarts and state files.

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
        start(1, 2);
        table.linkAll();
        table.settle();
        table.start(3);
        table.lose(sent -> sent.has(GroupMessage.Bound.class) && sent.frame().from() == 3);
        table.add(1, 3);
        table.linkAll();
        table.settle();
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
        start(1, 2);
        table.linkAll();
        table.settle();
        table.start(3);
        table.lose(sent -> sent.has(GroupMessage.Bound.class));
        table.add(1, 3);
        table.linkAll();
        table.settle();
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
        start(1, 2);
        table.linkAll();
        table.settle();
        table.start(3);
        table.lose(sent -> sent.has(GroupMessage.Present.class) && sent.frame().version().number() == 2);
        table.add(1, 3);
        table.linkAll();
        table.settle();
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
        start(1, 2);
        table.linkAll();
        table.settle();
        table.start(3);
        table.lose(sent -> sent.has(GroupMessage.Bound.class));
        table.add(1, 3);
        table.linkAll();
        table.settle();
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
