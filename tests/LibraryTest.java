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
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import mutex.client.Held;
import mutex.client.Mutex;
import mutex.client.NotAcquired;
import mutex.client.NotAcquired.Cause;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tests.support.Closing;
import tests.support.Eventually;
import tests.support.Jvm;
import tests.support.Neighbour;
import tests.support.PeerProcesses;
import tests.support.Running;

/** The library for programs, with a peer inside the program and with a running one; and the examples that show it. */
@Timeout(120)
class LibraryTest {

    private static final Path EXAMPLES = Path.of(System.getProperty("afteryou.root", ".")).toAbsolutePath().resolve("docs/examples");

    @TempDir
    private Path folder;
    @AutoClose
    private final Closing open = new Closing();
    private Neighbour one;
    private Neighbour two; // whoever else wants the lock

    enum LibraryWay { PEER_INSIDE, CONNECTED }

    /** A group of peers 1 and 2 of which the first is asked by the library. */
    private Mutex mutex(LibraryWay way) throws Exception {
        int port = Neighbour.freePort();
        two = open.add(new Neighbour(folder, 2, 0, "localhost:" + port));
        Mutex mutex;
        if (way == LibraryWay.PEER_INSIDE) {
            mutex = Mutex.peer(1).at("localhost", port).others(two.endpoint()).state(folder).voice(line -> { }).start();
        } else {
            one = open.add(new Neighbour(folder, 1, port, two.endpoint()));
            mutex = Mutex.connect(one.endpoint());
        }
        two.awaitGroupOf(2);
        return open.add(mutex);
    }

    @ParameterizedTest
    @EnumSource
    void aLockIsHeldUntilItIsClosedAndItsFenceGrows(LibraryWay way) throws Exception {
        Mutex mutex = mutex(way);
        Held first = mutex.acquire("jobs");
        assertTrue(first.isHeld());
        assertEquals("jobs", first.lock());
        Neighbour.Asked other = two.ask("jobs");
        Eventually.holds(() -> two.look().node().locks().size() == 1, () -> "peer 2 waits: " + two.look());
        assertFalse(other.entered.isDone());
        first.close();
        first.close();
        assertFalse(first.isHeld());
        assertTrue(Eventually.get(other.entered, "peer 2 is next") > first.fence());
        two.giveBack(other);
        try (Held again = mutex.acquire("jobs", Duration.ofSeconds(30))) {
            assertTrue(again.fence() > other.entered.join());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aWaitThatRunsOutAndATryThatWouldWaitSayWhy(LibraryWay way) throws Exception {
        Mutex mutex = mutex(way);
        Neighbour.Asked other = two.ask("jobs");
        Eventually.get(other.entered, "peer 2 holds it");
        NotAcquired late = assertThrows(NotAcquired.class, () -> mutex.acquire("jobs", Duration.ofMillis(200)));
        assertEquals(Cause.TIMEOUT, late.kind());
        assertEquals("[jobs] not acquired: peer 2 holds it", late.getMessage());
        assertEquals(Optional.empty(), mutex.tryAcquire("jobs"));
        assertEquals(Cause.REFUSED, assertThrows(NotAcquired.class, () -> mutex.acquire("jobs", Duration.ZERO)).kind());
        two.giveBack(other);
        mutex.tryAcquire("jobs").orElseThrow().close();
        assertThrows(IllegalArgumentException.class, () -> mutex.acquire("a b"));
    }

    @ParameterizedTest
    @EnumSource
    void whoeverInterruptsOrCancelsWithdrawsTheRequest(LibraryWay way) throws Exception {
        Mutex mutex = mutex(way);
        Neighbour.Asked other = two.ask("jobs");
        Eventually.get(other.entered, "peer 2 holds it");
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        Thread waiter = new Thread(() -> {
            try {
                mutex.acquire("jobs").close();
                ended.complete(null);
            } catch (InterruptedException | NotAcquired e) {
                ended.complete(e);
            }
        });
        waiter.start();
        CompletableFuture<Held> future = mutex.acquireAsync("jobs");
        Eventually.holds(() -> waiting() == 1, () -> "peer 2 makes peer 1 wait: " + two.look());
        waiter.interrupt();
        assertEquals(InterruptedException.class, Eventually.get(ended, "the thread goes on").getClass());
        future.cancel(false);
        two.giveBack(other);
        // Nobody holds it: neither of the two was forgotten at peer 1.
        two.takeTurn("jobs");
        mutex.tryAcquire("jobs").orElseThrow().close();
    }

    private long waiting() {
        return two.look().node().locks().stream().mapToLong(lock -> lock.deferred().size()).sum();
    }

    @ParameterizedTest
    @EnumSource
    void aFutureMayBlockWhatDependsOnIt(LibraryWay way) throws Exception {
        Mutex mutex = mutex(way);
        CompletableFuture<Long> second = mutex.acquireAsync("one").thenApply(held -> {
            try (held; Held inner = mutex.acquire("two")) {
                return inner.fence() - held.fence();
            } catch (InterruptedException | NotAcquired e) {
                throw new AssertionError(e);
            }
        });
        assertTrue(Eventually.get(second, "both locks") > 0);
    }

    @Test
    void aHolderIsToldThatItHasLostTheLockWhenItsPeerIsGone() throws Exception {
        Mutex mutex = mutex(LibraryWay.CONNECTED);
        CompletableFuture<String> lost = new CompletableFuture<>();
        Held held = mutex.acquire("jobs").onLost(lost::complete);
        one.close();
        assertTrue(Eventually.get(lost, "onLost").startsWith("the peer at " + one.endpoint() + " cannot be asked: "), lost::toString);
        assertFalse(held.isHeld());
        CompletableFuture<String> later = new CompletableFuture<>();
        held.onLost(later::complete);
        assertEquals(lost.join(), Eventually.get(later, "onLost after the loss"));
        NotAcquired gone = assertThrows(NotAcquired.class, () -> mutex.acquire("jobs"));
        while (gone.getMessage().endsWith(": this peer is leaving")) { // its last words on that stream had not been read yet
            gone = assertThrows(NotAcquired.class, () -> mutex.acquire("jobs"));
        }
        assertEquals(Cause.UNREACHABLE, gone.kind());
        assertEquals("[jobs] not acquired: the peer at " + one.endpoint() + " cannot be asked: nothing listens there", gone.getMessage());
    }

    @Test
    void aPeerInsideLosesItsLocksWithItsMajority() throws Exception {
        int[] ports = PeerProcesses.ports(2);
        Mutex mutex = open.add(Mutex.peer(1).at("localhost", ports[0]).others("localhost:" + ports[1]).state(folder)
                .lease(Duration.ofSeconds(2)).voice(line -> { }).start());
        Neighbour other = open.add(new Neighbour(folder, 2, ports[1], 2_000, "localhost:" + ports[0]));
        CompletableFuture<String> lost = new CompletableFuture<>();
        mutex.acquire("jobs").onLost(lost::complete);
        other.close();
        assertTrue(Eventually.get(lost, "onLost").startsWith("no majority: "), lost::toString);
    }

    @Test
    void peersInsideRunTheAlgorithmThatIsAskedFor() throws Exception {
        int[] ports = PeerProcesses.ports(2);
        List<Mutex> peers = new ArrayList<>();
        for (int id = 1; id <= 2; id++) {
            peers.add(open.add(Mutex.peer(id).at("localhost", ports[id - 1]).others("localhost:" + ports[2 - id]).state(folder)
                    .algorithm("token-ring").voice(line -> { }).start()));
        }
        for (Mutex peer : peers) {
            peer.acquire("jobs").close();
        }
        assertEquals("--algorithm \"x\" is none of ricart-agrawala, roucairol-carvalho, token-ring",
                assertThrows(IllegalArgumentException.class, () -> Mutex.peer(1).algorithm("x")).getMessage());
        assertEquals("--algorithm token-ring works without a lease only; leave --lease out, or choose ricart-agrawala or roucairol-carvalho", assertThrows(IllegalArgumentException.class,
                () -> Mutex.peer(1).algorithm("token-ring").lease(Duration.ofSeconds(2)).start()).getMessage());
    }

    @Test
    void closingItGivesEverythingBack() throws Exception {
        Mutex mutex = mutex(LibraryWay.PEER_INSIDE);
        CompletableFuture<String> lost = new CompletableFuture<>();
        mutex.acquire("jobs").onLost(lost::complete);
        CompletableFuture<Held> waiting = mutex.acquireAsync("jobs");
        mutex.close();
        assertEquals("it was given back, as the peer is leaving", Eventually.get(lost, "onLost"));
        Eventually.holds(waiting::isCompletedExceptionally, () -> "the request has ended");
        assertThrows(IllegalStateException.class, () -> mutex.acquire("jobs"));
    }

    /** Java runs a source as it is; JBang would compile the peer for each. */
    private Running example(String name, String... arguments) {
        List<String> command = Jvm.command(List.of("-Djava.io.tmpdir=" + folder), EXAMPLES.resolve(name).toString(), List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(PeerProcesses.hearsSignals(command));
        builder.environment().put("XDG_STATE_HOME", folder.toString());
        return open.add(new Running(builder));
    }

    @Test
    @Tag("slow")
    void theExampleForARunningPeerTakesTheLockAndGivesItBack() {
        Neighbour peer = open.add(new Neighbour(folder, 1, 0)).awaitGroupOf(1);
        Running backup = example("Backup.java", peer.endpoint());
        assertEquals(0, backup.exit(60_000), backup::toString);
        assertTrue(backup.out().matches("backup: inside, fence \\d+\nbackup: given back\n"), backup::toString);
        peer.close();
        Running alone = example("Backup.java", peer.endpoint());
        assertEquals(75, alone.exit(60_000), alone::toString);
    }

    @Test
    @Tag("slow")
    void theExampleWithAPeerInsideTakesOverFromALeaderThatIsGone() {
        List<String> ports = IntStream.of(PeerProcesses.ports(3)).mapToObj(String::valueOf).toList();
        List<Running> peers = new ArrayList<>();
        for (int id = 1; id <= 3; id++) {
            peers.add(leader(ports, id));
        }
        for (String how : List.of("INT", "TERM", "HUP", "KILL")) { // Ctrl-C, a service that is stopped, a terminal that is closed, a crash
            Eventually.holds(() -> peers.stream().anyMatch(LibraryTest::leads), () -> "one leads before " + how + ": " + peers);
            Running last = peers.stream().filter(LibraryTest::leads).findFirst().orElseThrow();
            last.signal(how);
            last.exit();
            assertFalse(last.err().contains("Exception"), last::toString);
            int id = peers.indexOf(last) + 1;
            Eventually.holds(() -> peers.stream().anyMatch(LibraryTest::leads), () -> "another leads after " + how + ": " + peers);
            peers.set(id - 1, leader(ports, id));
            peers.get(id - 1).await("peer " + id + " follows");
        }
    }

    private Running leader(List<String> ports, int id) {
        return example("Leader.java", Stream.concat(Stream.of("" + id, ports.get(id - 1)), ports.stream()
                .filter(port -> !port.equals(ports.get(id - 1))).map(port -> "localhost:" + port)).toArray(String[]::new));
    }

    private static boolean leads(Running peer) {
        return peer.isAlive() && peer.out().matches("(?s).* leads, fence \\d+\n"); // the last that it said
    }

    @Test
    @Tag("slow")
    void theExampleWithAPeerInsideSaysHowManyItTakes() {
        for (String[] words : new String[][] {{}, {"1"}, {"1", "5001", "localhost:5002"}}) {
            Running refused = example("Leader.java", words);
            assertEquals(64, refused.exit(), refused::toString);
            assertEquals("Leader: start three or more, each with its ID PORT and the HOST:PORT of the others\n", refused.err());
        }
    }

    /** Who ends it ends its command, also by force; the lock is given back once that has stopped. */
    @Test
    @Tag("python")
    void theExampleInPythonEndsItsCommandWithItself() {
        Neighbour peer = open.add(new Neighbour(folder, 1, 0)).awaitGroupOf(1);
        for (String how : List.of("INT", "TERM", "HUP", "KILL")) {
            Running holder = python(peer.endpoint(), "jobs", "sh", "-c", "echo begins $$; exec sleep 60");
            long child = Long.parseLong(holder.await("begins (\\d+)").group(1));
            holder.signal(how);
            assertEquals(how.equals("INT") ? 130 : how.equals("TERM") ? 143 : how.equals("HUP") ? 129 : 137, holder.exit(), holder::toString);
            assertEquals("", holder.err());
            Eventually.holds(() -> isOver(child), () -> how + " leaves its command behind: " + child);
            if (!how.equals("KILL")) {
                Eventually.holds(() -> peer.look().node().locks().stream().noneMatch(lock -> lock.name().equals("jobs")),
                        () -> how + ": it is given back when the command has ended");
            }
            peer.takeTurn("jobs");
        }
        Neighbour.Asked other = peer.ask("jobs");
        Running waits = python(peer.endpoint(), "jobs", "true");
        Eventually.holds(() -> peer.look().node().locks().stream().anyMatch(lock -> lock.waiting() > 0), () -> "it waits: " + waits);
        waits.signal("INT");
        assertEquals(130, waits.exit(), waits::toString);
        assertEquals("", waits.out() + waits.err());
        peer.giveBack(other);
        Running none = python(peer.endpoint(), "jobs", "/nowhere/no-command");
        assertEquals(1, none.exit(), none::toString);
        assertEquals("hold.py: /nowhere/no-command: No such file or directory\n", none.err());
    }

    /** Who has ended, but whose new parent has not asked for its exit code, counts too. */
    private static boolean isOver(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z");
        } catch (IOException gone) {
            return true;
        }
    }

    /** It may be told to end before it has noted what it has just started: that is asked to end like any other. */
    @Test
    @Tag("python")
    void theExampleInPythonEndsACommandThatItIsJustStarting() {
        Neighbour peer = open.add(new Neighbour(folder, 1, 0)).awaitGroupOf(1);
        List<Running> holders = IntStream.range(0, 4).mapToObj(i -> python(peer.endpoint(), "job" + i, "sh", "-c",
                "trap 'echo asked; exit 0' TERM; kill -TERM $PPID; while :; do sleep 0.1; done")).toList();
        for (Running holder : holders) {
            assertEquals(143, holder.exit(), holder::toString);
            assertTrue(holder.out().contains("asked\n") && holder.err().isEmpty(), holder::toString);
        }
    }

    private Running python(String... words) {
        List<String> command = new ArrayList<>(List.of("/usr/bin/python3", EXAMPLES.resolve("hold.py").toString()));
        command.addAll(List.of(words));
        return open.add(new Running(new ProcessBuilder(command)));
    }

    @Test
    @Tag("python")
    void theExampleInPythonRunsACommandInsideAndStopsItWhenTheLockIsLost() {
        Neighbour peer = open.add(new Neighbour(folder, 1, 0)).awaitGroupOf(1);
        Running done = python(peer.endpoint(), "jobs", "sh", "-c", "exit 7");
        assertEquals(7, done.exit(), done::toString);
        assertTrue(done.out().matches("hold.py: inside, fence \\d+\n"), done::toString);
        peer.takeTurn("jobs"); // which it has given back
        Running wrong = python(peer.endpoint(), "a b", "true");
        assertEquals(1, wrong.exit(), wrong::toString);
        assertTrue(wrong.err().startsWith("hold.py: lock name \"a b\": use "), wrong::toString);
        Running holder = python(peer.endpoint(), "jobs", "sh", "-c", "echo begins; exec sleep 60");
        holder.await("begins");
        assertTrue(peer.look().node().locks().stream().anyMatch(lock -> lock.name().equals("jobs") && lock.fence() > 0));
        peer.close();
        assertEquals(143, holder.exit(), holder::toString);
    }

    @Test
    @Tag("python")
    void theExampleInPythonTakesSeveralLocksWithModes() {
        Neighbour peer = open.add(new Neighbour(folder, 1, 0)).awaitGroupOf(1);
        List<Running> both = List.of(python(peer.endpoint(), "a:shared,b:2/300,c:kind=x", "sh", "-c", "echo begins; exec sleep 60"),
                python(peer.endpoint(), "d,a:shared,b:298/300,c:kind=x", "sh", "-c", "echo begins; exec sleep 60"));
        both.forEach(holder -> holder.await("begins"));
        for (String lock : List.of("a", "b", "c", "d")) {
            peer.look().node().locks().stream().filter(there -> there.name().equals(lock))
                    .forEach(there -> assertEquals(lock.equals("d") ? 1 : 2, there.holds().size(), there::toString));
        }
        assertEquals(4, peer.look().node().locks().size());
        both.forEach(holder -> holder.signal("TERM"));
        both.forEach(holder -> assertEquals(143, holder.exit(), holder::toString));
        Map.of("a,a", "lock \"a\" is named twice", "a:3/2", "3/2 is not W/K", "a:kind=", "a kind is ", "a,", "lock name \"\": ").forEach((locks, said) -> {
            Running wrong = python(peer.endpoint(), locks, "echo", "never");
            assertEquals(1, wrong.exit(), wrong::toString);
            assertTrue(wrong.err().startsWith("hold.py: " + said) && wrong.err().lines().count() == 1 && wrong.out().isEmpty(), wrong::toString);
        });
    }

    @Test
    void theExampleInPythonTakesTheFirstOfSeveralPeersThatCanUseLocksAndGoesOnAtAnother() {
        Neighbour lonely = open.add(new Neighbour(folder, 7, 0, "localhost:1")); // its group does not begin
        List<Neighbour> pair = new ArrayList<>();
        for (int id = 1; id <= 3; id++) {
            String[] others = pair.stream().map(Neighbour::endpoint).toArray(String[]::new);
            pair.add(open.add(new Neighbour(folder, id, 0, 5_000, others)).awaitGroupOf(id));
        }
        pair.forEach(peer -> peer.awaitGroupOf(3).takeTurn("begin"));
        Neighbour.Asked holder = pair.get(2).ask("jobs");
        Eventually.get(holder.entered, "peer 3 holds it");
        Running waits = python("localhost:1," + lonely.endpoint() + "," + pair.get(0).endpoint() + "," + pair.get(1).endpoint(), "jobs", "echo", "ran");
        Eventually.holds(() -> !pair.get(0).look().node().locks().isEmpty(), () -> "it waits at peer 1: " + waits);
        pair.get(0).close();
        Eventually.holds(() -> !pair.get(1).look().node().locks().isEmpty(), () -> "it waits at peer 2: " + waits);
        pair.get(2).giveBack(holder);
        assertEquals(0, waits.exit(), waits::toString);
        assertTrue(waits.out().contains("ran\n"), waits::toString);
        Running none = python("localhost:1,localhost:2", "jobs", "true");
        assertEquals(1, none.exit(), none::toString);
        assertEquals(1, none.err().lines().count(), none::toString);
    }

    public static void main(String[] args) {
        Run.only(LibraryTest.class);
    }
}
