///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import mutex.algorithm.Algorithm.State;
import mutex.algorithm.Stamp;
import mutex.event.NodeView;
import mutex.group.Group;
import mutex.status.Explanation;
import mutex.status.Removal;
import mutex.status.Snapshot;
import mutex.status.StandingText;
import mutex.text.LeaseText;
import org.junit.jupiter.api.Test;

/** What a person reads of standing, absence and removal, as peer 1 of a group sees it. */
class StandingTextTest {

    private static final String FORCED = " --force\" removes it (if it lives, both may hold a lock)";

    private static NodeView.StandingView standing(boolean good, int heard, int majority, Integer... absent) {
        return new NodeView.StandingView(good, heard, majority, new TreeSet<>(List.of(absent)));
    }

    /** Members 1 to size; those of silent were last heard a minute ago, and their link is gone. */
    private static Snapshot peer(int size, long leaseMillis, NodeView.StandingView standing, Integer... silent) {
        return peer(size, leaseMillis, standing, List.of(), new TreeMap<>(), silent);
    }

    private static Snapshot peer(int size, long leaseMillis, NodeView.StandingView standing, List<NodeView.LockView> locks,
            SortedMap<Integer, String> suspects, Integer... silent) {
        SortedMap<Integer, String> members = new TreeMap<>();
        IntStream.rangeClosed(1, size).forEach(id -> members.put(id, "h:" + id));
        List<Snapshot.Other> others = new ArrayList<>();
        for (int id = 2; id <= size; id++) {
            boolean gone = List.of(silent).contains(id);
            others.add(new Snapshot.Other(id, "h:" + id, !gone, 7, gone ? 60_000 : 300, 0, gone ? "no link" : ""));
        }
        return new Snapshot(new NodeView(1, "h:1", 7, 5, 5, Group.found(members), null, locks, new TreeMap<>(), standing, suspects, null),
                "ricart-agrawala", leaseMillis, others, Map.of());
    }

    private static SortedSet<Integer> ids(Integer... ids) {
        return new TreeSet<>(List.of(ids));
    }

    private static void refused(String why, Snapshot peer, Integer... ids) {
        assertEquals(Optional.of(why), objection(peer, ids(ids)));
    }

    @Test
    void theLeaseIsSaidAsPeopleWriteIt() {
        assertEquals(List.of("lease off", "lease 200 ms", "lease 1 s", "lease 1.5 s", "lease 1 min 30 s", "lease 1 min", "lease 10 min"),
                List.of(LeaseText.say(0), LeaseText.say(200), LeaseText.say(1_000), LeaseText.say(1_500), LeaseText.say(90_000), LeaseText.say(60_000), LeaseText.say(600_000)));
    }

    @Test
    void statusSaysWhetherAMajorityIsHeardAndWhoIsAbsent() {
        assertEquals(List.of(), StandingText.lines(peer(3, 0, null)), "with the lease off there is nothing to say");
        assertEquals(List.of("majority: 3 of 3 peers reachable, 2 needed"), StandingText.lines(peer(3, 5_000, standing(true, 3, 2))));
        assertEquals(List.of("majority: 4 of 5 peers reachable, 3 needed", "absent: 4 (suspected of having failed; locks are acquired without it)"),
                StandingText.lines(peer(5, 5_000, standing(true, 4, 3, 4))));
        assertEquals(List.of("majority: 3 of 5 peers reachable, 3 needed", "absent: 4, 5 (suspected of having failed; locks are acquired without them)"),
                StandingText.lines(peer(5, 5_000, standing(true, 3, 3, 4, 5))));
        assertEquals(List.of("no majority: 2 of 5 peers reachable, 3 needed; no lock can be acquired until more peers answer"),
                StandingText.lines(peer(5, 5_000, standing(false, 2, 3))));
        assertEquals(List.of("majority: 2 of 2 peers reachable, 2 needed", LeaseText.OF_TWO), StandingText.lines(peer(2, 5_000, standing(true, 2, 2))));
    }

    @Test
    void aPeerThatBrokeARuleIsNamedAlsoWithTheLeaseOff() {
        SortedMap<Integer, String> suspects = new TreeMap<>(Map.of(3, "overtook 7@1 twice"));
        assertEquals(List.of("suspect: peer 3 overtook 7@1 twice"), StandingText.lines(peer(3, 0, null, List.of(), suspects)));
    }

    @Test
    void thePromptSaysOnlyThatNothingCanBeEntered() {
        assertEquals("", StandingText.prompt(peer(3, 0, null)));
        assertEquals("", StandingText.prompt(peer(5, 5_000, standing(true, 4, 3, 4))));
        assertEquals(" no majority 2/5", StandingText.prompt(peer(5, 5_000, standing(false, 2, 3))));
    }

    @Test
    void whySaysNoMajorityAndWhoIsSilent() {
        NodeView.LockView waits = new NodeView.LockView("x", State.IDLE, null, 0, 5, ids(), Map.of(), 1, 0, null, "");
        Snapshot alone = peer(3, 5_000, standing(false, 1, 2), List.of(waits), new TreeMap<>(), 2, 3);
        assertEquals(List.of("peer 1 [x] waits: no majority: 1 of 3 peers reachable, 2 needed",
                "  peer 2: silent for 1 min (no link)", "  peer 3: silent for 1 min (no link)"),
                Explanation.explain(1, "x", new TreeMap<>(Map.of(1, alone))));
        assertEquals(List.of("peer 1 has not asked for [y]"), Explanation.explain(1, "y", new TreeMap<>(Map.of(1, alone))));
        Snapshot shortLease = peer(3, 200, standing(false, 1, 2), List.of(waits), new TreeMap<>(), 2);
        assertEquals("  peer 3: silent for 300 ms", Explanation.explain(1, "x", new TreeMap<>(Map.of(1, shortLease))).get(2),
                "with a heartbeat every 25 ms that is long");
    }

    @Test
    void whyNamesNobodyWhereEveryPermissionIsThere() {
        NodeView.LockView asked = new NodeView.LockView("x", State.WANTED, new Stamp(3, 1), 0, 5_000_000, ids(), Map.of(), 1, 0, null, "");
        Snapshot peer = peer(3, 0, null, List.of(asked), new TreeMap<>());
        assertEquals(List.of("peer 1 [x] waits with 3@1 for 5 ms, and has every permission: it is about to acquire the lock"),
                Explanation.explain(1, "x", new TreeMap<>(Map.of(1, peer))));
        NodeView.LockView together = new NodeView.LockView("y", State.WANTED, new Stamp(3, 1), 0, 5_000_000, ids(2), Map.of(), 1, 0, null, "");
        Snapshot both = peer(3, 0, null, List.of(asked, together), new TreeMap<>(), 2);
        assertEquals(List.of("peer 1 [x] waits with 3@1 for 5 ms, has every permission for it, and needs [y] as well"),
                Explanation.explain(1, "x", new TreeMap<>(Map.of(1, both))));
    }

    @Test
    void nobodyRemovesItselfOrAStranger() {
        Snapshot peer = peer(3, 5_000, standing(true, 3, 2));
        refused("1 is this peer; \"quit\" leaves the group", peer, 1);
        refused("1 is this peer; \"quit\" leaves the group", peer, 1, 3);
        refused("peer 9 is not a member; the members are 1, 2, 3", peer, 3, 9);
        Snapshot none = new Snapshot(new NodeView(1, "h:1", 7, 5, 5, null, "peer at h:2 not heard yet", List.of(), new TreeMap<>(), null,
                new TreeMap<>(), null), "ricart-agrawala", 5_000, List.of(), Map.of());
        refused("this peer is not in a group yet: peer at h:2 not heard yet", none, 2);
    }

    @Test
    void aSilentMinorityIsRemovedByAgreement() {
        for (Snapshot peer : List.of(peer(3, 5_000, standing(true, 2, 2, 3), 3), peer(3, 5_000, standing(true, 2, 2), 3),
                peer(5, 5_000, standing(true, 4, 3), 3))) {
            assertEquals(Optional.empty(), objection(peer, ids(3)));
            assertTrue(new Removal(peer, ids(3)).canBeAgreed());
        }
        assertEquals(Optional.empty(), objection(peer(5, 5_000, standing(true, 3, 3, 4, 5), 4, 5), ids(4, 5)));
    }

    @Test
    void aPeerThatAnswersIsRemovedByForceOnlyAndThenStillByAgreement() {
        Snapshot peer = peer(3, 5_000, standing(true, 3, 2));
        refused("peer 3 answered 300 ms ago; \"remove 3 --force\" if you mean it", peer, 3);
        assertTrue(new Removal(peer, ids(3)).canBeAgreed());
        assertEquals("peer 3 answered 300 ms ago", new Removal(peer, ids(3)).risk());
        assertEquals(Optional.empty(), objection(peer(3, 5_000, standing(true, 2, 2, 3)), ids(3)),
                "it answers on the link, but the majority has not acknowledged it: it is absent");
    }

    @Test
    void withTheLeaseOffOnlyForceRemoves() {
        Snapshot peer = peer(3, 0, null, 3);
        refused("with the lease off there is no way to know that peer 3 holds no lock; if peer 3 is dead, \"remove 3" + FORCED, peer, 3);
        refused("peer 2 answered 300 ms ago; \"remove 2 --force\" if you mean it", peer, 2);
        assertFalse(new Removal(peer, ids(3)).canBeAgreed());
        assertEquals("if it lives, both may hold a lock", new Removal(peer, ids(3)).risk());
        assertEquals("if one of them lives, two may hold a lock", new Removal(peer, ids(2, 3)).risk());
    }

    @Test
    void whereTheOthersAreNoMajorityOnlyForceRemoves() {
        refused("neither of two peers is a majority; if peer 2 is dead, \"remove 2" + FORCED, peer(2, 5_000, standing(false, 1, 2), 2), 2);
        refused("no majority: 2 of 5 peers reachable, 3 needed; if peer 3 is dead, \"remove 3" + FORCED,
                peer(5, 5_000, standing(false, 2, 3), 3, 4, 5), 3);
        refused("the 2 that remain are not a majority of 5; if peers 3, 4, 5 are dead, \"remove 3 4 5 --force\" removes them "
                + "(if one of them lives, two may hold a lock)", peer(5, 5_000, standing(true, 3, 3, 4, 5), 3, 4, 5), 3, 4, 5);
        assertFalse(new Removal(peer(2, 5_000, standing(true, 2, 2), 2), ids(2)).canBeAgreed());
    }

    @Test
    void whoStaysHasToAgreeSoAllTheSilentAreNamed() {
        Snapshot peer = peer(5, 5_000, standing(true, 3, 3, 4, 5), 4, 5);
        refused("peer 5 has to agree, but is absent; name it too, or wait until it is back", peer, 4);
        assertFalse(new Removal(peer, ids(4)).canBeAgreed());
    }

    @Test
    void byForceANewcomerIsNamedWithWhoWasAddingIt() {
        Snapshot peer = peer(3, 0, null, 3);
        assertEquals(Optional.empty(), new Removal(peer, ids(3, 9)).impossible(true));
        assertEquals(Optional.of("peer 9 is not a member; the members are 1, 2, 3"), new Removal(peer, ids(9)).impossible(true));
        assertEquals(Optional.of("peer 9 is not a member; the members are 1, 2, 3"), new Removal(peer, ids(3, 9)).impossible(false));
    }

    /** Why these members cannot be removed without {@code --force}, or at all. */
    private static Optional<String> objection(Snapshot now, SortedSet<Integer> ids) {
        Removal removal = new Removal(now, ids);
        return removal.impossible(false).or(removal::dangerous);
    }

    public static void main(String[] args) {
        Run.only(StandingTextTest.class);
    }
}
