///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java
//SOURCES ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.Message;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.Stamp;
import mutex.event.Effect;
import mutex.event.Event;
import mutex.event.Frame;
import mutex.event.NodeView;
import mutex.group.DurableState;
import mutex.group.Group;
import mutex.group.GroupMessage;
import mutex.group.Hello;
import mutex.group.Seed;
import mutex.group.Version;
import mutex.node.Node;
import mutex.text.LockName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peer 999 is no member: what it says moves nothing (rules W1 to W7 of docs/protocol.md). */
class StrangerTest {

    private static final long EPOCH = 1_700_000_000_000L;

    private Node node;
    private Group group;

    private void link(int members) {
        Map<Integer, String> all = new TreeMap<>();
        for (int id = 1; id <= members; id++) {
            all.put(id, "host:" + id);
        }
        group = Group.found(all);
        node = new Node(1, "host:1", EPOCH, List.of(), new DurableState(group, null), AlgorithmKind.named(RicartAgrawala.NAME));
        node.step(new Event.Linked(new Hello(999, "host:999", 5, 7, RicartAgrawala.NAME, 0, null, List.of()), null), 1);
    }

    private List<Effect> lie(Version version, long epoch, long number, Frame.FramePart... parts) {
        return lie(version, epoch, number, number, parts);
    }

    private List<Effect> lie(Version version, long epoch, long time, long seen, Frame.FramePart... parts) {
        return node.step(new Event.Received(new Frame(999, 5, epoch, version, 0, time, seen, List.of(parts))), 2);
    }

    private static boolean saves(List<Effect> effects) {
        return effects.stream().anyMatch(Effect.Save.class::isInstance);
    }

    private Group next() {
        return new Group(group.origin(), new Version(2, 7), new TreeMap<>(Map.of(1, "host:1", 999, "host:999")));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void newerVersionIsNotAdopted(int members) {
        link(members);
        assertTrue(!saves(lie(next().version(), EPOCH, 1, new Frame.OfGroup(new GroupMessage.Present(next())))));
        assertEquals(group, node.view(2).group());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void newerVersionInAGreetingIsNotAdopted(int members) {
        link(members);
        Hello hello = new Hello(999, "host:999", 5, 7, RicartAgrawala.NAME, 0, next(), List.of());
        assertTrue(!saves(node.step(new Event.Linked(hello, null), 2)));
        assertEquals(group, node.view(2).group());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void proposalIsNotWrittenDown(int members) {
        link(members);
        assertTrue(!saves(lie(group.version(), EPOCH, 1,
                new Frame.OfGroup(new GroupMessage.Propose(group.version(), next(), false)))));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void clockFenceAndEpochStay(int members) {
        link(members);
        NodeView before = node.view(2);
        for (int i = 1; i <= 10; i++) {
            // each number alone is believable: only who says it is wrong
            lie(group.version(), EPOCH, before.time() + (1L << 39), 0);
            lie(group.version(), EPOCH, 0, before.seen() + (1L << 57));
            lie(group.version(), EPOCH + (1L << 40), 0, 0);
            node.step(new Event.Tick(), 2); // takes a higher epoch that was shown
        }
        assertEquals(before.seen(), node.view(2).seen());
        assertEquals(before.time(), node.view(2).time());
        assertEquals(EPOCH, node.view(2).epoch());
    }

    /** Peer 1 was removed: its state file has the group that went on without it. */
    @ParameterizedTest
    @ValueSource(strings = {"shown", "greeted", "proposed", "shown by a group of its own"})
    void removedPeerIsTakenBackByNoStranger(String how) {
        Group without = new Group(5, new Version(3, 5), new TreeMap<>(Map.of(2, "host:2", 3, "host:3")));
        Group lie = new Group(how.endsWith("own") ? 6 : 5, new Version(4, 9), new TreeMap<>(Map.of(1, "host:1", 999, "host:999")));
        node = new Node(1, "host:1", EPOCH, List.of(), new DurableState(without, null), AlgorithmKind.named(RicartAgrawala.NAME));
        Hello hello = new Hello(999, "host:999", 5, 7, RicartAgrawala.NAME, 0, how.equals("greeted") ? lie : null, List.of());
        List<Effect> effects = new ArrayList<>(node.step(new Event.Linked(hello, null), 1));
        if (!how.equals("greeted")) {
            effects.addAll(lie(lie.version(), EPOCH, 1, new Frame.OfGroup(how.equals("proposed")
                    ? new GroupMessage.Propose(new Version(3, 5), lie, false) : new GroupMessage.Present(lie))));
        }
        assertTrue(!saves(effects), effects::toString);
        assertNull(node.view(2).group());
    }

    @Test
    void removedPeerIsTakenBackByAMemberThatItKnows() {
        Group without = new Group(5, new Version(3, 5), new TreeMap<>(Map.of(2, "host:2", 3, "host:3")));
        Group back = without.with(1, "host:1", 9);
        node = new Node(1, "host:1", EPOCH, List.of(), new DurableState(without, null), AlgorithmKind.named(RicartAgrawala.NAME));
        Hello hello = new Hello(2, "host:2", 5, 7, RicartAgrawala.NAME, 0, back, List.of());
        assertTrue(saves(node.step(new Event.Linked(hello, null), 1)));
    }

    /** A member that lost its state, and was taken into another group meanwhile. */
    @Test
    void groupOfAnotherOriginIsNotAdoptedFromAMember() {
        link(2);
        Group other = new Group(group.origin() + 1, new Version(9, 9), group.members());
        Hello hello = new Hello(2, "host:2", 5, 7, RicartAgrawala.NAME, 0, other, List.of());
        assertTrue(!saves(node.step(new Event.Linked(hello, null), 2)));
        assertEquals(group, node.view(2).group());
    }

    /** W6: peer 1 starts for the first time, with peer 2 in its list, or with none. */
    private void start(String... list) {
        group = new Group(5, new Version(1, 0), new TreeMap<>(Map.of(1, "host:1", 999, "host:999")));
        node = new Node(1, "host:1", EPOCH, Stream.of(list).map(address -> new Seed(address, 0)).toList(), null,
                AlgorithmKind.named(RicartAgrawala.NAME));
    }

    private List<Effect> greets(int id, Group its, String dialed) {
        return node.step(new Event.Linked(new Hello(id, "host:" + id, 5, 7, RicartAgrawala.NAME, 0, its, List.of()), dialed), 2);
    }

    private List<Effect> proposes(int id, Group next) {
        return node.step(new Event.Received(new Frame(id, 5, EPOCH, new Version(1, 0), 0, 1, 1,
                List.of(new Frame.OfGroup(new GroupMessage.Propose(new Version(1, 0), next, false))))), 2);
    }

    private static List<String> said(List<Effect> effects) {
        return effects.stream().filter(Effect.Say.class::isInstance).map(effect -> ((Effect.Say) effect).line()).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"first", "later", "greeted"})
    void whoIsInNoGroupEntersNoneThatAStrangerShows(String how) {
        start("host:2");
        Group lie = how.equals("first") ? group : next();
        List<Effect> effects = new ArrayList<>(greets(999, how.equals("greeted") ? lie : null, null));
        effects.addAll(lie(lie.version(), EPOCH, 1, new Frame.OfGroup(new GroupMessage.Present(lie))));
        assertTrue(!saves(effects), effects::toString);
        assertNull(node.view(2).group());
        assertEquals(1, said(effects).stream().filter(line -> line.startsWith("peer 999 shows a group, but")).count(), effects::toString);
    }

    @Test
    void whoIsInNoGroupIsBoundByNoStrangerAndTellsItWhy() {
        start("host:2");
        greets(999, group, null);
        assertTrue(!saves(proposes(999, next())));
        List<Effect> again = proposes(999, next());
        assertTrue(!saves(again));
        assertTrue(again.toString().contains("peer 1 was not told to join a group of peer 999"), again::toString);
    }

    @Test
    void whoIsInNoGroupEntersOneThatItsListShows() {
        start("host:2");
        Group begun = new Group(5, new Version(1, 0), new TreeMap<>(Map.of(1, "host:1", 2, "host:2")));
        greets(2, begun, "host:2");
        assertEquals(begun, node.view(2).group());
    }

    @Test
    void addressThatWasDialedCountsUnderWhateverNameThePeerHasItself() {
        start("alias:2");
        Group begun = new Group(5, new Version(1, 0), new TreeMap<>(Map.of(1, "host:1", 2, "host:2")));
        greets(2, begun, null);
        assertNull(node.view(2).group(), "it called, and is in no list by that name");
        greets(2, begun, "alias:2");
        assertEquals(begun, node.view(2).group());
    }

    /** It lists member 2, and a person adds it at member 999. */
    @Test
    void memberOfAGroupThatItsListShowsMayAddIt() {
        start("host:2");
        Group theirs = new Group(5, new Version(1, 0), new TreeMap<>(Map.of(2, "host:2", 999, "host:999")));
        greets(999, theirs, null);
        assertTrue(!saves(proposes(999, theirs.with(1, "host:1", 9))), "nobody has introduced it");
        greets(2, theirs, "host:2");
        assertTrue(saves(proposes(999, theirs.with(1, "host:1", 9))));
    }

    @Test
    void epochOfWhoIsInNoGroupIsMovedByNoStranger() {
        start("host:2");
        greets(999, null, null);
        for (int i = 1; i <= 300; i++) {
            lie(Version.NONE, EPOCH + (1L << 40), 0, 0);
            node.step(new Event.Tick(), 2);
        }
        assertEquals(EPOCH, node.view(2).epoch());
        greets(2, null, "host:2");
        node.step(new Event.Received(new Frame(2, 5, EPOCH + 9, Version.NONE, 0, 0, 0, List.of())), 2);
        assertEquals(EPOCH + 10, node.view(2).epoch(), "a peer of the list remembers a higher one");
    }

    /** W7: members that started again by clocks which went back are no worse off for what a removed peer remembers. */
    @Test
    void whoIsOutsideForgetsEpochs() {
        link(3);
        node.step(new Event.Linked(new Hello(2, "host:2", 9, 7, RicartAgrawala.NAME, 0, group, List.of()), null), 2);
        node.step(new Event.Linked(new Hello(3, "host:3", 9, 7, RicartAgrawala.NAME, 0, group, List.of()), null), 2);
        node.step(new Event.Unlinked(2), 2);
        Group without = group.without(Set.of(1), EPOCH << 20);
        assertTrue(saves(node.step(new Event.Received(new Frame(3, 9, EPOCH, without.version(), without.print(), 1, EPOCH << 20,
                List.of(new Frame.OfGroup(new GroupMessage.Present(without))))), 2)));
        node.step(new Event.Written(null), 2);
        assertNull(node.view(2).group());
        node.step(new Event.Linked(new Hello(2, "host:2", 5, 8, RicartAgrawala.NAME, 0, without, List.of()), null), 2);
        List<Effect> effects = node.step(new Event.Received(new Frame(2, 5, EPOCH, without.version(), without.print(), 1, 1, List.of(
                new Frame.OfGroup(new GroupMessage.Propose(without.version(), without.with(1, "host:1", (EPOCH << 20) + 9), false))))), 2);
        assertTrue(saves(effects), effects::toString);
    }

    /** The greetings of members show the version, so that anybody can name it. */
    @Test
    void whoIsOutsideIsTakenBackByNoStranger() {
        link(2);
        node.step(new Event.Linked(new Hello(2, "host:2", 5, 7, RicartAgrawala.NAME, 0, group, List.of()), null), 2);
        Group without = group.without(Set.of(1), EPOCH << 20);
        assertTrue(saves(node.step(new Event.Received(new Frame(2, 5, EPOCH, without.version(), without.print(), 1, EPOCH << 20,
                List.of(new Frame.OfGroup(new GroupMessage.Present(without))))), 2)));
        node.step(new Event.Written(null), 2);
        assertNull(node.view(2).group());
        Group alone = new Group(without.origin(), without.version(), new TreeMap<>(Map.of(1, "host:1")));
        assertTrue(!saves(lie(alone.version(), EPOCH, 1, new Frame.OfGroup(new GroupMessage.Present(alone)))));
        assertTrue(!saves(node.step(new Event.Linked(new Hello(998, "host:998", 5, 7, RicartAgrawala.NAME, 0, alone, List.of()), null), 2)));
        assertNull(node.view(2).group());
    }

    /** It guesses the version: number and fence are those of the group, and one more. */
    @Test
    void answerOfAStrangerEndsNoChange() {
        link(2);
        node.step(new Event.Linked(new Hello(2, "host:2", 5, 7, RicartAgrawala.NAME, 0, group, List.of()), null), 2);
        node.step(new Event.Linked(new Hello(3, "host:3", 5, 7, RicartAgrawala.NAME, 0, null, List.of()), "host:3"), 2);
        List<Effect> effects = new ArrayList<>(node.step(new Event.Add(1, "host:3"), 2));
        Stamp asked = effects.stream().filter(Effect.Send.class::isInstance).flatMap(send -> ((Effect.Send) send).frame().parts().stream())
                .filter(Frame.OfLock.class::isInstance).map(part -> ((Frame.OfLock) part).message().stamp()).findFirst().orElseThrow();
        effects = node.step(new Event.Received(new Frame(2, 5, EPOCH, group.version(), group.print(), 9, 9,
                List.of(new Frame.OfLock(LockName.GROUP, new Message.Permission(asked))))), 2);
        Version next = ((Effect.Save) effects.stream().filter(Effect.Save.class::isInstance).findFirst().orElseThrow()).saved()
                .promise().next().version();
        node.step(new Event.Written(null), 2);
        effects = lie(group.version(), EPOCH, 1, new Frame.OfGroup(new GroupMessage.Unbound(next, "no")));
        assertTrue(effects.stream().noneMatch(Effect.Answered.class::isInstance), effects::toString);
    }

    /** Peer 1 is bound to a version; before the second question that is not made, whoever shows it. */
    @Test
    void whatIsPromisedIsAdoptedFromNoStranger() {
        link(3);
        node.step(new Event.Linked(new Hello(2, "host:2", 5, 7, RicartAgrawala.NAME, 0, group, List.of()), null), 2);
        Group next = group.without(Set.of(3), EPOCH << 20);
        assertTrue(saves(node.step(new Event.Received(new Frame(2, 5, EPOCH, group.version(), group.print(), 1, EPOCH << 20,
                List.of(new Frame.OfGroup(new GroupMessage.Propose(group.version(), next, false))))), 2)));
        node.step(new Event.Written(null), 2);
        assertTrue(!saves(node.step(new Event.Linked(new Hello(998, "host:998", 5, 7, RicartAgrawala.NAME, 0, next, List.of()), null), 2)));
        assertEquals(group, node.view(2).group());
        assertTrue(!saves(lie(next.version(), EPOCH, 1, new Frame.OfGroup(new GroupMessage.Present(next)))));
    }

    /** Its group lists it at its old address: it waits for that, and for nobody else. */
    @Test
    void whoHasMovedIsNotTakenIntoAnotherGroup() {
        Group mine = new Group(5, new Version(3, 5), new TreeMap<>(Map.of(1, "old:1", 2, "host:2")));
        node = new Node(1, "host:1", EPOCH, List.of(), new DurableState(mine, null), AlgorithmKind.named(RicartAgrawala.NAME));
        Group lie = new Group(6, new Version(4, 9), new TreeMap<>(Map.of(1, "host:1", 999, "host:999")));
        greets(999, null, null);
        assertTrue(!saves(proposes(999, lie)));
        assertTrue(node.view(2).waitingFor().startsWith("it has moved here from old:1; waits for a member of"), node.view(2).waitingFor());
    }

    /** It would be remembered with an epoch that the member itself is below for ever. */
    @Test
    void whoIsOutsideDoesNotTakeAnotherAddressForAMember() {
        Group without = new Group(5, new Version(3, 5), new TreeMap<>(Map.of(2, "host:2", 3, "host:3")));
        node = new Node(1, "host:1", EPOCH, List.of(), new DurableState(without, null), AlgorithmKind.named(RicartAgrawala.NAME));
        List<Effect> effects = node.step(new Event.Linked(new Hello(2, "host:999", 1L << 49, 7, RicartAgrawala.NAME, 0, null, List.of()), null), 1);
        assertEquals(List.of("the peer at host:999 says it is peer 2, but that one is at host:2; start it with another --id"), said(effects));
        assertTrue(node.step(new Event.Tick(), 1).stream().noneMatch(Effect.Send.class::isInstance));
    }

    /** It greeted as member 2 while nobody's word counted. */
    @Test
    void whoEntersAGroupForgetsWhatWasShownFromElsewhere() {
        start("host:2", "host:3");
        Group begun = new Group(5, new Version(1, 0), new TreeMap<>(Map.of(1, "host:1", 2, "host:2", 3, "host:3")));
        node.step(new Event.Linked(new Hello(2, "host:999", 1L << 49, 7, RicartAgrawala.NAME, 0, null, List.of()), null), 2);
        greets(3, begun, "host:3");
        assertEquals(begun, node.view(2).group());
        node.step(new Event.Unlinked(2), 2);
        node.step(new Event.Linked(new Hello(2, "host:2", 5, 7, RicartAgrawala.NAME, 0, begun, List.of()), null), 2);
        List<Effect> effects = node.step(new Event.Received(new Frame(2, 5, EPOCH, begun.version(), begun.print(), 1, 1, List.of(
                new Frame.OfLock(LockName.DEFAULT, new Message.Request(new Stamp(1, 2), false))))), 2);
        assertTrue(effects.toString().contains("PERMISSION"), effects::toString);
    }

    /** It heard of our epoch while it could not count it, say before it had written the group, and we have nothing else to say. */
    @Test
    void whoNamesAnOlderEpochOfOursIsShownTheOneOfNow() {
        start("host:2", "host:3");
        Group begun = new Group(5, new Version(1, 0), new TreeMap<>(Map.of(1, "host:1", 2, "host:2", 3, "host:3")));
        greets(3, begun, "host:3");
        node.step(new Event.Linked(new Hello(2, "host:2", 5, 7, RicartAgrawala.NAME, 0, begun, List.of()), null), 2);
        List<Effect> effects = node.step(new Event.Received(new Frame(2, 5, EPOCH - 1, begun.version(), begun.print(), 1, 1, List.of())), 2);
        assertTrue(effects.stream().anyMatch(effect -> effect instanceof Effect.Send sent && sent.to() == 2 && sent.frame().fromEpoch() == EPOCH),
                effects::toString);
        effects = node.step(new Event.Received(new Frame(2, 5, EPOCH, begun.version(), begun.print(), 1, 1, List.of())), 2);
        assertTrue(effects.stream().noneMatch(Effect.Send.class::isInstance), effects::toString);
    }

    /** A lone peer has given fences before it is added. */
    @Test
    void answerOfANewcomerBringsItsFence() {
        link(1);
        long far = node.view(2).seen() + 1_000_000;
        List<Effect> effects = new ArrayList<>(node.step(new Event.Add(1, "host:999"), 2));
        effects.addAll(node.step(new Event.Tick(), 2));
        Effect.Save save = (Effect.Save) effects.stream().filter(Effect.Save.class::isInstance).findFirst().orElseThrow();
        node.step(new Event.Written(null), 2);
        lie(Version.NONE, EPOCH, 1, far, new Frame.OfGroup(new GroupMessage.Bound(save.saved().promise().next().version(), false)));
        assertTrue(node.view(2).seen() < far, "it is no member yet");
        node.step(new Event.Tick(), 2);
        node.step(new Event.Written(null), 2);
        assertTrue(node.view(2).seen() >= far);
    }

    /** It was about to be added, and its answers are lies: a refusal, and a yes to what was not asked. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void answerOfWhoDoesNotComeInMovesNoFence(boolean yes) {
        link(1);
        long before = node.view(2).seen();
        List<Effect> effects = new ArrayList<>(node.step(new Event.Add(1, "host:999"), 2));
        effects.addAll(node.step(new Event.Tick(), 2));
        Effect.Save save = (Effect.Save) effects.stream().filter(Effect.Save.class::isInstance).findFirst().orElseThrow();
        node.step(new Event.Written(null), 2);
        Version asked = save.saved().promise().next().version();
        lie(Version.NONE, EPOCH, 1, before + 1_000_000, new Frame.OfGroup(yes
                ? new GroupMessage.Bound(new Version(asked.number(), asked.fence() + 1), false) : new GroupMessage.Unbound(asked, "no")));
        assertTrue(node.view(2).seen() < before + 1_000_000);
    }

    public static void main(String[] args) {
        Run.only(StrangerTest.class);
    }
}
