///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Closing.java support/Eventually.java support/FreePorts.java support/Jvm.java
//SOURCES support/Neighbour.java support/PeerProcesses.java support/Running.java support/Voice.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import mutex.MutexGrpc;
import mutex.MutexProto.HoldEvent;
import mutex.MutexProto.HoldRequest;
import mutex.MutexProto.StatusRequest;
import mutex.event.Effect.Outcome;
import mutex.event.LogEvent;
import mutex.link.FaultLab;
import mutex.transport.EventLoop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Closing;
import tests.support.Eventually;
import tests.support.Neighbour;
import tests.support.Neighbour.Asked;
import tests.support.PeerProcesses;
import tests.support.Running;

/** Faults that a person puts between real peers: what they do to links, requests and leases, and that all of it heals. */
@Timeout(90)
class FaultLabTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long FOR_LONG = 50 * SECOND; // longer than any wait of these tests
    private static final String SILENT = "is gone: silent for 2.5 s";

    @TempDir
    Path folder;
    private final List<Neighbour> group = new ArrayList<>();
    private final Closing opened = new Closing();

    @AfterEach
    void close() {
        opened.close();
    }

    private void start(int size, long leaseMillis) {
        for (int id = 1; id <= size; id++) {
            String[] first = id == 1 ? new String[0] : new String[] {group.get(0).endpoint()};
            group.add(opened.add(new Neighbour(folder, id, 0, leaseMillis, first)).awaitGroupOf(id));
        }
        group.forEach(peer -> peer.awaitGroupOf(size));
        Eventually.holds(() -> group.stream().allMatch(one -> group.stream().allMatch(other -> one == other || one.linkedTo(other.id))),
                () -> "all are linked: " + group.stream().map(Neighbour::look).toList());
        group.forEach(peer -> peer.takeTurn("begin"));
    }

    private Neighbour peer(int id) {
        return group.get(id - 1);
    }

    private static SortedSet<Integer> ids(int... ids) {
        return new TreeSet<>(IntStream.of(ids).boxed().toList());
    }

    private FaultLab lab(int id) {
        return peer(id).peer.loop().lab();
    }

    private static void now(CompletableFuture<Void> change) {
        Eventually.get(change, "a change in the fault lab");
    }

    /** The locks that the peer is asked for, in the order in which the requests arrive there. */
    private List<String> requestsAt(int id) {
        List<String> locks = new CopyOnWriteArrayList<>();
        peer(id).peer.loop().journal().listen(entry -> {
            if (entry.what().kind() == LogEvent.EventKind.RECEIVE && entry.what().lock() != null && !entry.what().lock().startsWith(".")) {
                locks.add(entry.what().lock());
            }
        });
        return locks;
    }

    /** Plays it in less time than makes a link count as silent; on a machine that stalls, again. Gives what the last of them found. */
    private List<String> inTime(Supplier<List<String>> round) {
        for (int tries = 1;; tries++) {
            long began = System.nanoTime();
            peer(1).takeTurn("heard"); // both of each other
            List<String> found = round.get();
            if (System.nanoTime() - began < 3 * SECOND / 2 || tries == 4) {
                return found;
            }
        }
    }

    @Test
    void aDelayTakesItsTimeAndKeepsTheOrderAlsoWhenItGetsShorter() {
        start(2, 0);
        List<String> arrived = requestsAt(2);
        now(lab(1).delay(ids(2), SECOND));
        long askedAt = System.nanoTime();
        List<Asked> asked = new ArrayList<>();
        List<String> locks = IntStream.range(0, 20).mapToObj(i -> "lock-" + i).toList();
        for (String lock : locks) {
            asked.add(peer(1).ask(lock));
            if (asked.size() == 10) {
                peer(1).handOver();
                now(lab(1).delay(ids(2), 1_000_000));
            }
        }
        Eventually.get(asked.get(0).entered, "the first is entered");
        assertTrue(System.nanoTime() - askedAt >= SECOND, "it took as long as its message");
        asked.forEach(one -> Eventually.get(one.entered, "all are entered"));
        assertEquals(locks, arrived);
        assertEquals(List.of("delay 1 ms to 2"), peer(1).look().faults());
        asked.forEach(peer(1)::giveBack);
    }

    @Test
    void healSendsAtOnceWhatADelayHeldUpInOrder() {
        start(2, 0);
        List<String> arrived = requestsAt(2);
        List<String> locks = IntStream.range(0, 20).mapToObj(i -> "lock-" + i).toList();
        assertEquals(locks, inTime(() -> {
            arrived.clear();
            now(lab(1).delay(ids(FaultLab.ALL), FOR_LONG));
            List<Asked> asked = locks.stream().map(peer(1)::ask).toList();
            peer(1).handOver();
            assertEquals(List.of("delay 50 s to all"), peer(1).look().faults());
            now(lab(1).heal());
            asked.forEach(one -> Eventually.get(one.entered, "it is entered"));
            asked.forEach(peer(1)::giveBack);
            return List.copyOf(arrived);
        }));
        assertEquals(List.of(), peer(1).look().faults());
    }

    @Test
    @Tag("slow")
    void whatIsDroppedMakesTheLinkSilentForBothAndIsSaidAgainWhenHealed() {
        start(2, 0);
        List<String> arrived = requestsAt(1);
        now(lab(1).drop(ids(2), 100));
        Asked asked = peer(1).ask("a");
        Asked other = peer(2).ask("b");
        peer(1).voice.await("peer 2 .*" + SILENT);
        peer(2).voice.await("peer 1 .*" + SILENT);
        assertFalse(asked.entered.isDone() || other.entered.isDone(), "nobody enters without the other");
        assertEquals(List.of(), arrived);
        peer(1).voice.await("no link to .*: it accepts, but does not answer");
        now(lab(1).heal());
        Eventually.get(asked.entered, "peer 1 enters");
        Eventually.get(other.entered, "peer 2 enters");
    }

    @Test
    void whatIsDroppedForAMomentComesLateOverTheSameLink() {
        start(2, 0);
        assertEquals(List.of(), inTime(() -> {
            List<String> before = gone(); // in a round that was not in time
            now(lab(1).drop(ids(2), 100));
            Asked asked = peer(1).ask("a");
            Asked other = peer(2).ask("b");
            peer(1).handOver();
            peer(2).handOver();
            now(lab(1).heal());
            Eventually.get(asked.entered, "peer 1 enters");
            Eventually.get(other.entered, "peer 2 enters");
            peer(1).giveBack(asked);
            peer(2).giveBack(other);
            List<String> since = gone();
            before.forEach(since::remove);
            return since;
        }));
    }

    private List<String> gone() {
        return new ArrayList<>(group.stream().flatMap(peer -> peer.voice.lines("is gone").stream()).toList());
    }

    @Test
    @Tag("slow")
    void ofWhatIsDroppedInPartNothingIsMissing() {
        start(3, 0);
        now(lab(1).drop(ids(FaultLab.ALL), 30));
        for (int i = 0; i < 3; i++) {
            group.forEach(peer -> peer.takeTurn("some"));
        }
        assertEquals(List.of("drop all 30%"), peer(1).look().faults());
    }

    @Test
    void aCutLinkIsNotMadeAgainByEitherSideUntilItIsHealed() {
        start(3, 0);
        now(lab(1).cut(ids(2)));
        assertFalse(peer(1).linkedTo(2), "it is broken at once");
        peer(1).voice.await("peer 2 .* is gone: cut in the fault lab of peer 1; \"heal\" there mends it");
        peer(2).voice.await("no link to " + peer(1).endpoint() + ": cut in the fault lab of peer 1; \"heal\" there mends it");
        Asked asked = peer(1).ask("a");
        peer(3).takeTurn("b");
        assertFalse(asked.entered.isDone() || peer(1).linkedTo(2), "without the lease peer 1 waits");
        now(lab(1).heal());
        Eventually.get(asked.entered, "peer 1 enters");
        assertTrue(peer(1).linkedTo(2));
    }

    @Test
    void withALeaseAnotherPeerRelaysPastACut() {
        start(3, 5_000);
        now(lab(1).cut(ids(2)));
        Eventually.holds(() -> !peer(1).linkedTo(2) && !peer(2).linkedTo(1), () -> "both ends know");
        peer(1).takeTurn("a");
        peer(2).takeTurn("a");
        assertFalse(peer(1).linkedTo(2));
        assertTrue(peer(1).look().node().standing().absent().isEmpty(), "nobody is absent");
    }

    @Test
    void aPauseLongerThanTheLeaseCostsTheHolderItsLockAndTheOthersGoOn() { // S0
        start(3, 1_000);
        Asked holder = peer(1).ask("a");
        Eventually.get(holder.entered, "peer 1 enters");
        now(lab(1).pause(FOR_LONG));
        Asked next = peer(2).ask("a");
        Eventually.get(next.entered, "peer 2 goes on without it");
        assertFalse(holder.ended.isDone(), "peer 1 knows nothing of it");
        now(lab(1).heal());
        assertEquals(Outcome.LOST, Eventually.get(holder.ended, "peer 1 wakes"));
        peer(2).giveBack(next);
        peer(1).takeTurn("a");
    }

    @Test
    @Tag("slow")
    void withoutALeaseTheOthersWaitForThePausedAndNothingIsLost() {
        start(3, 0);
        Asked holder = peer(1).ask("a");
        Eventually.get(holder.entered, "peer 1 enters");
        List<String> arrived = requestsAt(2);
        peer(1).peer.loop().journal().listen(entry -> {
            if (entry.what().kind() == LogEvent.EventKind.REQUEST && entry.what().lock().equals("last")) {
                lab(1).pause(FOR_LONG); // between the decision to say something and saying it
            }
        });
        Asked last = peer(1).ask("last");
        peer(1).handOver();
        Asked next = peer(2).ask("a");
        Asked free = peer(3).ask("b");
        Asked asleep = peer(1).ask("c");
        peer(2).voice.await("peer 1 .*" + SILENT);
        peer(3).voice.await("no link to .*: it accepts, but does not answer");
        assertFalse(next.entered.isDone() || free.entered.isDone() || asleep.entered.isDone(), "all wait");
        assertFalse(arrived.contains("last"), arrived::toString);
        assertTrue(peer(1).look().faults().get(0).matches("pause, .* more"), () -> peer(1).look().faults().toString());
        now(lab(1).heal());
        Eventually.get(free.entered, "peer 3 enters");
        Eventually.get(last.entered, "peer 1 enters what it asked for before");
        Eventually.get(asleep.entered, "peer 1 enters what it asked for meanwhile");
        assertFalse(holder.ended.isDone() || next.entered.isDone(), "peer 1 still holds it");
        peer(1).giveBack(holder);
        Eventually.get(next.entered, "peer 2 enters");
    }

    @Test
    void aPauseEndsByItselfAndAlsoWhenThePeerIsClosed() {
        start(2, 0);
        now(lab(1).pause(SECOND / 5));
        peer(1).takeTurn("a");
        peer(1).voice.await("^the pause is over$");
        now(lab(1).pause(FOR_LONG));
        peer(1).close();
        peer(2).voice.await("peer 1 .* is gone");
    }

    @Test
    void aClientOfAPausedPeerIsAnsweredWhenItWakes() {
        start(1, 0);
        ManagedChannel channel = opened.add(new EventLoop()).channelTo(peer(1).endpoint());
        opened.add((AutoCloseable) channel::shutdownNow);
        now(lab(1).pause(FOR_LONG));
        CompletableFuture<HoldEvent> first = new CompletableFuture<>();
        MutexGrpc.newStub(channel).hold(new StreamObserver<>() {
            @Override
            public void onNext(HoldEvent event) {
                first.complete(event);
            }

            @Override
            public void onError(Throwable error) {
                first.completeExceptionally(error);
            }

            @Override
            public void onCompleted() {}
        }).onNext(HoldRequest.newBuilder().setLock("a").build());
        // Status answers, so that a pause can be seen; what came before it on the same connection has arrived then.
        assertEquals(1, MutexGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS)
                .status(StatusRequest.getDefaultInstance()).getFaultsCount());
        assertFalse(first.isDone(), "a suspended process says nothing");
        now(lab(1).heal());
        assertEquals("a", Eventually.get(first, "the answer").getLock());
    }

    private PeerProcesses peers() {
        return opened.add(new PeerProcesses(folder));
    }

    @Test
    @Tag("slow")
    void theShellTakesFaultsSaysWhatTheyDoAndShowsThem() {
        List<Running> pair = peers().group(2, "--lab");
        pair.forEach(peer -> peer.say("request begin").say("release begin").await("\\[begin\\] given back"));
        Running one = pair.get(0);
        one.say("fault").await("^no faults; to make one, write fault delay 2s to 3, ");
        one.say("fault delay 2s to 2").await("^fault: messages to peer 2 take 2 s longer; ");
        one.say("fault drop all 30%").await("^fault: 30% of the messages to and from all others are lost and sent again");
        one.say("fault drop 2").await("^fault: no messages to or from peer 2 arrive; .* without a lease each side waits");
        one.say("fault cut 2").await("^fault: the link to peer 2 is cut and stays cut; ");
        one.say("fault").await("^fault: delay 2 s to 2\nfault: drop all 30%\nfault: drop 2\nfault: cut 2$");
        one.say("fault pause 1m").await("^fault: this peer stops for 1 min; without a lease the others wait for it$");
        one.say("status").await("^group .*\n(fault: .*\n){4}fault: pause, .* more\n");
        String address = one.await("listens on (\\S+)").group(1);
        Running look = peers().start("status", "--json", "--peer", address);
        look.await("\"faults\":\\[\"delay 2 s to 2\",\"drop all 30%\",\"drop 2\",\"cut 2\",\"pause, [^\"]* more\"\\]");
        one.say("heal").await("^heal: 5 faults are over$");
        one.say("heal").await("^heal: there were no faults$");
        one.say("request end").await("\\[end\\] HELD");
        assertEquals(0, one.say("quit").exit(), one::toString);
    }

    @Test
    void whoIsPausedStillLeavesInOrder() {
        Running peer = peers().alone("--lab").say("fault pause 5m").say("quit");
        assertEquals(0, peer.exit(), peer::toString);
    }

    @Test
    @Tag("slow")
    void whatIsNoFaultIsRefusedInOneLine() {
        Running other = peers().alone().say("fault").say("fault cut 2").say("heal");
        other.hangUp();
        assertEquals(1, other.exit(), other::toString);
        assertEquals("fault: the fault lab is off; start this peer with --lab\n".repeat(2)
                + "heal: the fault lab is off; start this peer with --lab\n", other.err());
        Running one = peers().group(2, "--lab").get(0);
        one.say("request begin").await("HELD");
        for (String line : List.of("foo", "delay", "delay x to 2", "delay 2m to 2", "delay 0s to 2", "delay 2s", "delay 2s to", "delay 2s 2 to",
                "drop", "drop x", "drop 9", "drop 1", "drop 30%", "drop 2 0%", "drop 2 101%", "drop 2 -1%", "cut", "cut 99999999",
                "pause", "pause 1d", "pause 11m", "pause 1s 2")) {
            one.say("fault " + line);
        }
        one.say("heal now").say("fault").await("^no faults");
        assertEquals(1, one.say("quit").exit(), one::toString);
        assertEquals("""
                "foo" is not a kind of fault; write delay 2s to 3, drop 3, cut 3 or pause 10s, or "heal", which ends all
                how long? write fault delay 2s to 3
                "x" is not a duration; write fault delay 2s to 3
                "2m" is out of range; write a time up to 1 min
                "0s" is out of range; write a time up to 1 min
                which peer? write fault delay 2s to 3; "all" stands for every peer
                which peer? write fault delay 2s to 3; "all" stands for every peer
                "to" is not the id of a peer; write fault delay 2s to 3
                which peer? write fault drop 3 or fault drop 3 30%; "all" stands for every peer
                "x" is not the id of a peer; write fault drop 3 or fault drop 3 30%
                peer 9 is not known here; the others are 2
                1 is this peer; name another, or write fault pause 10s
                which peer? write fault drop 3 or fault drop 3 30%; "all" stands for every peer
                "0%" is not a share; write 1% to 100%
                "101%" is not a share; write 1% to 100%
                unknown option "-1%"; see "help fault"
                which peer? write fault cut 3; "all" stands for every peer
                "99999999" is not the id of a peer; write fault cut 3
                how long? write fault pause 10s
                "1d" is not a duration; write fault pause 10s
                "11m" is out of range; write a time up to 10 min
                unexpected argument "2"; write fault pause 10s
                """.indent(0).replaceAll("(?m)^", "fault: ").replaceAll("fault: $", "") + "heal: unexpected argument \"now\"; see \"help heal\"\n",
                one.err().lines().filter(line -> line.matches("(fault|heal): .*")).map(line -> line + "\n").reduce("", String::concat));
    }

    public static void main(String[] args) {
        Run.only(FaultLabTest.class);
    }
}
