///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Eventually.java support/Folders.java support/FreePorts.java support/Jvm.java support/Processes.java
//SOURCES support/Running.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tests.support.Eventually;
import tests.support.Processes;
import tests.support.Running;

/**
 * Groups of real peers, each driven through its shell, as they are founded, grow, die and come back.
 * An entry says that every member has answered: that is how a test knows that a group is there.
 */
@Tag("slow")
class MembershipTest {

    private static final String HELD = "\\[default\\] HELD with \\S+, fence (\\d+)";
    /** Long enough for an answer that there should not be. */
    private static final String BRIEFLY = "request --wait 500ms";

    @AutoClose
    private Processes processes;

    @BeforeEach
    void makeFolder() throws IOException {
        processes = new Processes();
    }

    /** Whom each founder lists, by places; peer i + 1 stands at place i. */
    private interface Lists {
        IntStream at(int place);
    }

    private List<Running> found(int size, Lists lists) throws IOException {
        return processes.group(size, ports -> Processes.each(size, i -> peer(i + 1, ports.get(i), "state",
                lists.at(i).filter(other -> other != i).mapToObj(other -> "localhost:" + ports.get(other)).toList())));
    }

    /** All list all. */
    private List<Running> found(int size) throws IOException {
        return found(size, i -> IntStream.range(0, size));
    }

    /** A peer whose list, if any, knows only members. */
    private Running newcomer(int id, String... known) throws IOException {
        return processes.group(1, ports -> List.of(peer(id, ports.get(0), "state", List.of(known)))).get(0);
    }

    private static void add(Running member, Running newcomer) {
        enter(member); // the group has begun
        leave(member);
        member.tell("add " + address(newcomer)).answers("add: the peer at \\S+ is in the group");
    }

    private Running peer(int id, int port, String state, List<String> list) {
        List<String> arguments = new ArrayList<>(List.of("--id", String.valueOf(id), "--port", String.valueOf(port),
                "--state", processes.folder.resolve(state).toString()));
        arguments.addAll(list);
        return processes.start("Peer", arguments);
    }

    private static String name(Running peer) {
        return peer.await("(peer \\d+) .*listens on ").group(1);
    }

    private static String address(Running peer) {
        return peer.await("listens on (\\S+)").group(1);
    }

    /** Enters and stays inside; gives the fence. */
    private static long enter(Running peer) {
        return Long.parseLong(peer.tell("request").answers(HELD).group(1));
    }

    private static void leave(Running peer) {
        peer.tell("release").answers("given back");
    }

    /** The peer enters, and while it is inside each of the others is refused by it. */
    private static void excludes(Running inside, List<Running> others) {
        enter(inside);
        for (Running other : others) {
            isRefused(other, name(inside) + " holds it");
        }
        leave(inside);
    }

    /** It asks again while a link is said to be silent, as one is on a machine that stalls. */
    private static void isRefused(Running asking, String why) {
        Eventually.holds(() -> {
            String answer = asking.tell("request --try").answers("not acquired: (.*)\n").group(1);
            boolean silent = answer.matches("no (link to|answer from) .*");
            assertTrue(silent || answer.matches("(" + why + ").*"), () -> "\"" + answer + "\" is not \"" + why + "\": " + asking);
            return !silent;
        }, () -> "no link again: " + asking);
    }

    @Test
    void equalListsFoundAGroup() throws IOException {
        List<Running> peers = found(3);
        excludes(peers.get(0), peers.subList(1, 3));
        excludes(peers.get(2), peers.subList(0, 2));
        peers.get(1).tell("status").answers("group .* of 3 peers: 1 at .*, 2 at .*, 3 at ");
    }

    @Test
    void listsThatDifferAreSaidOnBothSidesAndNobodyEnters() throws IOException {
        List<Running> peers = found(3, i -> i == 2 ? IntStream.of(0) : IntStream.range(0, 3));
        String lacking = address(peers.get(1));
        peers.get(0).await("peer 3 at \\S+ has another peer list: only here " + lacking);
        peers.get(2).await("peer 1 at \\S+ has another peer list: only there " + lacking);
        nobodyEnters(peers);
    }

    @Test
    void twoThatDoNotKnowEachOtherDoNotEnterBecauseAThirdKnowsBoth() throws IOException {
        List<Running> peers = found(3, i -> i == 2 ? IntStream.of(0, 1) : IntStream.of(2));
        peers.get(0).await("another peer list: only there localhost");
        peers.get(1).await("another peer list: only there localhost");
        nobodyEnters(peers);
    }

    private static void nobodyEnters(List<Running> peers) {
        peers.forEach(peer -> peer.tell(BRIEFLY));
        peers.forEach(peer -> peer.answers("not acquired: the group has not begun"));
        assertEquals(0, peers.stream().mapToLong(peer -> peer.count("HELD")).sum(), "entries without a group");
    }

    @Test
    void newcomersThatKnowOneMemberAreAddedByIt() throws IOException {
        Running first = newcomer(1);
        Running second = newcomer(2, address(first));
        Running third = newcomer(3, address(first));
        // Each was told of peer 1 only, and still asks the other.
        enter(second);
        leave(second);
        excludes(third, List.of(first, second));
        excludes(second, List.of(first, third));
    }

    @Test
    void aPeerAddedAtRunTimeIsAMemberLikeAnyOther() throws IOException {
        List<Running> peers = found(3);
        Running fourth = newcomer(4);
        add(peers.get(0), fourth);
        excludes(fourth, peers);
        excludes(peers.get(1), List.of(fourth, peers.get(0)));
    }

    @Test
    void aGroupThatGrewDoesNotShrinkWhenAllRestartWithTheirOldCommandLine() throws IOException {
        List<Running> founders = found(2);
        Running third = newcomer(3);
        add(founders.get(0), third);
        excludes(founders.get(1), List.of(third)); // so all are at the new version
        founders.forEach(Running::kill);
        third.kill();
        List<Running> again = founders.stream().map(processes::again).toList();
        again.get(0).tell(BRIEFLY).answers("not acquired: no (link to|answer from) peer [23]");
        again.get(1).tell(BRIEFLY).answers("not acquired: no (link to|answer from) peer [13]");
        for (String question : List.of("why", "status")) { // the way out where it never comes back
            again.get(1).tell(question).answers("peer 3 belongs to the group that the state file remembers, .*, \"remove 3 --force\" removes it");
        }
        Running back = processes.again(third);
        excludes(back, again);
        excludes(again.get(0), List.of(again.get(1), back));
    }

    @Test
    void aFounderWithoutStateFileComesBack() throws IOException {
        List<Running> peers = found(3);
        excludes(peers.get(0), peers.subList(1, 3));
        peers.get(0).kill();
        peers.get(1).tell(BRIEFLY).answers("not acquired: no (link to|answer from) peer 1");
        Running back = processes.again(peers.get(0));
        excludes(back, peers.subList(1, 3));
        excludes(peers.get(2), List.of(back, peers.get(1)));
        for (int id = 1; id <= 3; id++) {
            Path state = processes.folder.resolve("state/peer-" + id + ".json");
            Eventually.holds(() -> read(state).contains("\"floor\""), () -> state + " has a floor: " + read(state));
            assertTrue(!read(state).contains("\"group\""), () -> "no group is saved before the first change: " + read(state));
        }
    }

    /** It finds its state, named after its id, and shows by it who it is. */
    @Test
    void aMemberThatMovedToAnotherPortComesBackByItself() throws IOException {
        List<Running> peers = found(2);
        Running third = newcomer(3);
        add(peers.get(0), third);
        excludes(peers.get(1), List.of(third)); // so all are at the new version
        long fence = enter(peers.get(1));
        peers.get(1).kill();
        Running moved = processes.group(1, ports -> List.of(peer(2, ports.get(0), "state", List.of(address(peers.get(0)))))).get(0);
        moved.await("\\S+peer-2.json, written \\S+ \\S+: has the group of 1 at \\S+, 2 at \\S+, 3 at ");
        assertTrue(fence < enter(moved), "fences rise");
        leave(moved);
        excludes(peers.get(0), List.of(moved, third));
        excludes(third, List.of(moved, peers.get(0)));
        for (Running peer : List.of(peers.get(0), third, moved)) {
            peer.tell("status").answers("group .* of 3 peers: 1 at \\S+, 2 at " + address(moved) + ", 3 at ");
        }
        moved.kill();
        excludes(processes.again(moved), List.of(peers.get(0), third)); // it is written down
    }

    /** Its address lives: whoever has its state is another process. */
    @Test
    void aCopyOfTheStateDoesNotMoveAMemberThatLives() throws IOException {
        List<Running> peers = found(2);
        Running third = newcomer(3);
        add(peers.get(0), third);
        excludes(peers.get(1), List.of(third));
        Files.createDirectories(processes.folder.resolve("copy"));
        Files.copy(processes.folder.resolve("state/peer-2.json"), processes.folder.resolve("copy/peer-2.json"));
        Running copy = processes.group(1, ports -> List.of(peer(2, ports.get(0), "copy", List.of(address(peers.get(0)))))).get(0);
        copy.await("it refuses: id 2 is taken by the peer at " + address(peers.get(1)) + ", which still has a link");
        copy.tell(BRIEFLY).answers("not acquired: the group has not begun");
        excludes(peers.get(1), List.of(peers.get(0), third));
    }

    /** Without a state file nothing shows that it is the member; who was at the old address may live, so a person says that it does not. */
    @Test
    void aMemberThatMovedWithoutItsStateIsToldTheWayBackAndComesBackByIt() throws IOException {
        List<Running> peers = found(2);
        excludes(peers.get(0), peers.subList(1, 2));
        String old = address(peers.get(1));
        peers.get(1).kill();
        Running moved = processes.group(1, ports -> List.of(peer(2, ports.get(0), "state", List.of(address(peers.get(0)))))).get(0);
        moved.await("it refuses: id 2 is taken by the peer at " + old + " in this group; if it has moved to " + address(moved)
                + ", type \"remove 2 --force\" at peer 1, and it is added again");
        peers.get(0).tell("remove 2 --force"); // asks for the id once more, in a line that does not end
        peers.get(0).tell("2").answers("remove: .*");
        moved.tell("request").answers(HELD);
        isRefused(peers.get(0), "peer 2 holds it");
        leave(moved);
    }

    /** Empty while there is none. */
    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException notYet) {
            return "";
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** While both are out, one knows only the other's old address: no link may stand that one end passes over. */
    @Test
    void twoThatWereRemovedReachEachOtherAgainAlsoWhenOneHasMoved() throws IOException {
        List<Running> peers = found(3);
        Running first = peers.get(0);
        String old = address(peers.get(2));
        enter(first); // the group has begun
        leave(first);
        for (int id = 2; id <= 3; id++) {
            first.tell("remove " + id + " --force"); // asks for the id once more, in a line that does not end
            first.tell(String.valueOf(id)).answers("remove: .*");
            Running removed = peers.get(id - 1);
            Path state = processes.folder.resolve("state/peer-" + id + ".json");
            Eventually.holds(() -> read(state).contains(address(first)) && !read(state).contains(address(removed)), () -> state + " has the group without it");
            removed.kill(); // the second does not hear of the third
        }
        first.signal("STOP");
        Running second = processes.again(peers.get(1));
        Running third = processes.group(1, ports -> List.of(peer(3, ports.get(0), "state", List.of(address(second))))).get(0);
        third.await("it refuses: id 3 is taken by the peer at " + old + " as far as peer 2 knows, which is in no group now");
        first.signal("CONT");
        for (Running back : List.of(second, third)) {
            first.tell("add " + address(back)).answers("add: .* at \\S+ is (in the group|a member already)"); // it asks, too
        }
        for (Running peer : List.of(second, third, first)) {
            enter(peer); // both of the others have answered
            leave(peer);
        }
    }

    @Test
    void whereAHolderWasKilledTheNextEntersAfterItsRestart() throws IOException {
        List<Running> peers = found(3);
        long fence = enter(peers.get(0));
        peers.get(1).tell("request");
        peers.get(0).await("defers request \\S+ of peer 2");
        peers.get(0).kill();
        peers.get(2).tell(BRIEFLY).answers("not acquired: no (link to|answer from) peer [12]");
        assertEquals(0, peers.get(1).count("HELD"), "entries while the killed holder may still be inside");
        Running back = processes.again(peers.get(0));
        long next = Long.parseLong(peers.get(1).answers(HELD).group(1));
        isRefused(back, "peer 2 holds it|the group has not begun");
        assertEquals(0, back.count("HELD"), "a restarted peer holds nothing");
        leave(peers.get(1));
        long last = enter(back);
        assertTrue(fence < next && next < last, "fences rise: " + fence + ", " + next + ", " + last);
        isRefused(peers.get(2), "peer 1 holds it");
    }

    @Test
    void aWaitingPeerThatWasKilledHasNoClaimAfterItsRestart() throws IOException {
        List<Running> peers = found(3);
        enter(peers.get(0));
        peers.get(1).tell("request");
        peers.get(0).await("defers request \\S+ of peer 2");
        peers.get(1).kill();
        peers.get(2).tell("request");
        peers.get(0).await("defers request \\S+ of peer 3");
        leave(peers.get(0));
        peers.get(0).tell("request --try").answers("not acquired: no (link to|answer from) peer 2");
        assertEquals(0, peers.get(2).count("HELD"), "entries without the permission of the killed peer");
        Running back = processes.again(peers.get(1));
        peers.get(2).answers(HELD);
        leave(peers.get(2));
        excludes(peers.get(0), List.of(back, peers.get(2)));
        assertEquals(0, back.count("HELD"), "the request of before is void");
        excludes(back, List.of(peers.get(0), peers.get(2)));
    }

    @Test
    void addIsRefusedWhereAStateFileCannotBeWritten() throws IOException {
        Files.writeString(processes.folder.resolve("file"), "");
        List<Running> peers = processes.group(2, ports -> List.of(
                peer(1, ports.get(0), "file/state", List.of("localhost:" + ports.get(1))),
                peer(2, ports.get(1), "state", List.of("localhost:" + ports.get(0)))));
        excludes(peers.get(0), peers.subList(1, 2));
        Running third = newcomer(3);
        String problem = "the state file cannot be written: \\S+/file/state/\\S+: \\w+$";
        peers.get(0).tell("add " + address(third)).answers("^add: " + problem);
        third.tell("status").answers("of 1 peer: 3 at");
        peers.get(1).tell("add " + address(third))
                .answers("^add: peer 1 cannot write its state file: \\S+/file/state/\\S+: \\w+$");
        peers.forEach(peer -> peer.tell("status").answers("^group version 1 of 2 peers: 1 at \\S+, 2 at \\S+$"));
        excludes(peers.get(0), peers.subList(1, 2));
        excludes(peers.get(1), peers.subList(0, 1));
    }

    public static void main(String[] args) {
        Run.only(MembershipTest.class);
    }
}
