///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Eventually.java support/FreePorts.java support/Jvm.java support/PeerProcesses.java support/Running.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import mutex.client.Held;
import mutex.client.LockSet;
import mutex.client.Mutex;
import mutex.client.NotAcquired;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Eventually;
import tests.support.PeerProcesses;
import tests.support.Running;

/** Locks in modes, and several together, as people and programs ask for them at real peers. */
@Timeout(120)
class LockModesTest {

    private static final String STAYS = "echo inside; cat"; // until its input ends

    @TempDir
    static Path folder;
    private static PeerProcesses peers;
    private static List<Running> group;
    private static final List<String> at = new ArrayList<>(); // addresses
    private static int names;
    private final List<Running> started = new ArrayList<>();
    private String name;

    @BeforeAll
    static void startTwoPeers() {
        peers = new PeerProcesses(folder);
        group = peers.group(2);
        group.forEach(peer -> at.add("localhost:" + peer.await("listens on localhost:(\\d+)").group(1)));
        group.get(0).say("request begin --for 1ms").await("\\[begin\\] given back");
    }

    @AfterAll
    static void endThem() {
        peers.close();
    }

    @BeforeEach
    void otherLocksForEach() {
        name = "m" + ++names;
    }

    @AfterEach
    void endTheClients() {
        started.forEach(Running::close);
    }

    private Running at(String address, String verb, String... words) {
        Running running = peers.run(PeerProcesses.command(folder, Stream.concat(Stream.of(verb, "--peer", address), Stream.of(words)).toArray(String[]::new)));
        started.add(running);
        return running;
    }

    private Running lock(int peer, String... words) {
        return at(at.get(peer - 1), "lock", words);
    }

    private void inside(int peer, String... words) {
        lock(peer, Stream.concat(Stream.of(words), Stream.of("--", "sh", "-c", STAYS)).toArray(String[]::new)).await("inside");
    }

    private void refused(int peer, String... words) {
        Running other = lock(peer, Stream.concat(Stream.concat(Stream.of("-n"), Stream.of(words)), Stream.of("--", "echo", "never")).toArray(String[]::new));
        assertEquals(1, other.exit(), other::toString);
        assertEquals("", other.out() + other.err());
    }

    @Test
    @Tag("slow")
    void readersGoTogetherAtOnePeerAndAtTwoAndAWriterDoesNot() {
        inside(1, "-s", name);
        inside(1, "--shared", name);
        inside(2, "-n", name + ":shared");
        refused(2, name);
        refused(1, "-x", name);
        refused(1, "-e", name);
        refused(2, "--kind", "readers", name);
        refused(2, "--units", "8", name);
    }

    @Test
    void aKindKeepsOtherKindsOut() {
        inside(1, "--kind", "red", name);
        inside(2, "-n", "--kind=red", name);
        refused(2, name + ":kind=blue");
        refused(1, "-s", name);
    }

    @Test
    void unitsOfAPoolAreTakenUntilItIsEmpty() {
        inside(1, "--units", "4", "--take", "2", name);
        inside(1, "-n", "--units", "4", name);
        inside(2, "-n", name + ":1/4");
        refused(2, "--units=4", name);
        refused(1, name + ":1/4");
        refused(1, name + ":1/5");
    }

    @Test
    @Tag("slow")
    void severalLocksHaveModesOfTheirOwnAndTheOptionGivesTheRestTheirs() {
        inside(1, "-s", name + "a," + name + "b:exclusive," + name + "c:2/3");
        refused(2, name + "b");
        refused(2, name + "a");
        inside(2, "-n", "-s", name + "a");
        inside(2, "-n", name + "c:1/3");
        refused(2, "-s", name + "a," + name + "d," + name + "b"); // nothing of it is held
        inside(2, "-n", name + "d");
    }

    @Test
    void theCommandFindsTheNamesAsTheyWereWritten() {
        String written = name + "b:shared," + name + "a";
        Running lock = lock(1, written, "sh", "-c", "echo $MUTEX_NAME $MUTEX_FENCE");
        assertEquals(0, lock.exit(), lock::toString);
        assertTrue(lock.out().matches(written + " [1-9]\\d*\n"), lock::toString);
    }

    @Test
    void aLockNamedLikeAModeIsWrittenWithOne() {
        inside(1, name + ":shared:exclusive");
        inside(2, "-n", name);
        refused(2, name + ":shared:exclusive");
    }

    @Test
    @Tag("slow")
    void whoWaitsForSeveralIsToldForWhich() {
        inside(1, name + "b");
        Running waits = lock(2, "--verbose", name + "a," + name + "b", "--", "true");
        waits.awaitError("lock: waiting for \\[" + name + "a," + name + "b\\]: peer 1 holds \\[" + name + "b\\] \\(\"lock\", process \\d+\\)");
        started.get(0).hangUp();
        assertEquals(0, waits.exit(), waits::toString);
    }

    @Test
    void holdTakesThemToo() {
        Running hold = at(at.get(0), "hold", "-s", name + "a," + name + "b:1/2");
        hold.await("^[1-9]\\d*$");
        inside(2, "-n", "-s", name + "a");
        refused(2, name + "b");
        hold.signal("TERM");
        assertEquals(0, hold.exit(), hold::toString);
        inside(2, "-n", name + "b");
    }

    @Test
    void allLocksOfACommandAreLostTogetherWithItsPeer() {
        Running dies = peers.alone("--no-shell");
        String there = "localhost:" + dies.await("listens on localhost:(\\d+)").group(1);
        List<Running> ours = List.of(at(there, "lock", "-k", "0.1", "a,b:shared,c:1/2", "--", "sh", "-c", "echo inside; exec sleep 60"),
                at(there, "lock", "-k", "0.1", "b:shared", "--", "sh", "-c", "echo inside; exec sleep 60"),
                at(there, "hold", "c:1/2,d"));
        ours.subList(0, 2).forEach(lock -> lock.await("inside"));
        ours.get(2).await("^[1-9]\\d*$");
        dies.signal("KILL");
        ours.forEach(lock -> assertEquals(76, lock.exit(40_000), lock::toString));
        assertTrue(ours.get(0).err().matches("lock: \\[a,b:shared,c:1/2\\] LOST: [^\n]+; the command was stopped first\n"), ours.get(0)::toString);
        assertTrue(ours.get(2).err().matches("hold: \\[c:1/2,d\\] LOST: [^\n]+\n"), ours.get(2)::toString);
    }

    @Test
    void aPeerThatLeavesLetsTheCommandEndFirst() {
        Running leaver = peers.alone("--no-shell");
        String there = "localhost:" + leaver.await("listens on localhost:(\\d+)").group(1);
        Running ours = at(there, "lock", "a,b:shared", "--", "sh", "-c", "trap 'echo told; read line; exit 3' TERM; echo ready; read line");
        ours.await("ready");
        leaver.signal("TERM");
        ours.await("told");
        assertTrue(leaver.isAlive());
        assertEquals(76, ours.hangUp().exit(), ours::toString);
        assertEquals("lock: [a,b:shared] LOST: the peer is leaving; the command was stopped first\n", ours.err());
        assertEquals(143, leaver.exit(), leaver::toString);
    }

    @Test
    @Tag("slow")
    void ofSeveralPeersTheNextGoesOnWithTheSameModes() {
        Running dies = peers.alone("--no-shell");
        String first = "localhost:" + dies.await("listens on localhost:(\\d+)").group(1);
        at(first, "lock", name, "--", "sh", "-c", STAYS).await("inside");
        inside(1, "-s", name);
        Running waits = Eventually.found(() -> {
            Running asks = at(first + "," + at.get(0), "lock", "--verbose", "-s", name + "," + name + "x", "--", "echo", "ran");
            Eventually.holds(() -> asks.err().contains("waiting for") || !asks.isAlive(), asks::toString);
            return asks.isAlive() ? asks : null; // it had it of the second at once, as the first was slow to say that it is ready
        }, () -> "it waits at the first");
        dies.signal("KILL");
        assertEquals(0, waits.exit(), waits::toString);
        assertEquals("ran\n", waits.out());
    }

    @Test
    @Tag("slow")
    void aRingRefusesThemAsWrongUsageAndHoldsNothing() throws Exception {
        Running ring = peers.alone("--algorithm", "token-ring");
        String there = "localhost:" + ring.await("listens on localhost:(\\d+)").group(1);
        for (String[] words : new String[][] {{"-s", "a"}, {"a,b"}, {"a:1/2"}, {"--kind", "x", "a"}}) {
            Running lock = at(there, "lock", Stream.concat(Stream.of(words), Stream.of("--", "echo", "never")).toArray(String[]::new));
            assertEquals(64, lock.exit(), lock::toString);
            assertTrue(lock.err().matches("lock: this group runs token-ring, [^\n]+ --algorithm ricart-agrawala\n"), lock::toString);
            assertEquals("", lock.out());
        }
        ring.say("request a,b").awaitError("request: this group runs token-ring, [^\n]+ --algorithm ricart-agrawala");
        ring.say("request a").await("\\[a\\] HELD");
        ring.say("release a").await("\\[a\\] given back");
        try (Mutex mutex = Mutex.connect(there, "localhost:1")) { // where nobody listens
            IllegalArgumentException wrong = assertThrows(IllegalArgumentException.class, () -> mutex.acquire(Mutex.shared("a")));
            assertTrue(wrong.getMessage().startsWith("this group runs token-ring, "), wrong::toString);
        }
        try (Mutex mutex = Mutex.peer(7).algorithm("token-ring").state(folder.resolve("ring")).voice(line -> { }).start()) {
            assertThrows(IllegalArgumentException.class, () -> mutex.tryAcquire(Mutex.units("a", 1, 2)));
            mutex.acquire("a").close();
        }
    }

    @Test
    void theShellAsksForSeveralAndGivesThemBackTogether() {
        Running one = group.get(0);
        Running two = group.get(1);
        one.say("request " + name + "a," + name + "b:1/2 --shared").await("\\[" + name + "a:shared," + name + "b:1/2\\] HELD");
        two.say("request " + name + "a -s").await("\\[" + name + "a:shared\\] HELD");
        one.say("request " + name + "b").awaitError("request: peer 1 \\[" + name + "a:shared," + name + "b:1/2\\] is already HELD");
        one.say("request " + name + "c --kind x --shared").awaitError("request: --shared, --kind and --units do not go together");
        one.say("request " + name + "c --take 2").awaitError("request: --take W goes with --units K");
        one.say("request " + name + "c:9/2").awaitError("request: 9/2 is not W/K");
        one.say("request " + name + "c," + name + "c").awaitError("request: lock \"" + name + "c\" is named twice");
        one.say("request " + name + "c --units 4 --take 2").await("\\[" + name + "c:2/4\\] HELD");
        one.say("release " + name + "a," + name + "c").awaitError("release: \\[" + name + "a," + name + "c\\] were not asked for together");
        one.say("release " + name + "c").await("\\[" + name + "c:2/4\\] given back");
        two.say("request " + name + "b --try").await("\\[" + name + "b\\] not acquired");
        one.say("release " + name + "b").await("\\[" + name + "a:shared," + name + "b:1/2\\] given back");
        two.say("request " + name + "b --for 1ms").await("\\[" + name + "b\\] given back");
        two.say("release " + name + "a:shared").await("\\[" + name + "a:shared\\] given back");
    }

    @Test
    void programsTakeSets() throws Exception {
        LockSet both = Mutex.exclusive(name + "a").and(Mutex.shared(name + "b"));
        assertEquals(both.toString(), LockSet.parse(name + "a," + name + "b:shared").toString());
        assertThrows(IllegalArgumentException.class, () -> both.and(Mutex.kind(name + "a", "x")));
        assertThrows(IllegalArgumentException.class, () -> Mutex.units("a", 3, 2));
        assertThrows(IllegalArgumentException.class, () -> Mutex.kind("a", ""));
        assertThrows(IllegalArgumentException.class, () -> Mutex.shared(".group"));
        try (Mutex one = Mutex.connect(at.get(0)); Mutex two = Mutex.connect(at.get(1))) {
            Held held = one.acquire(both);
            assertEquals(name + "a," + name + "b:shared", held.lock());
            assertTrue(two.tryAcquire(both).isEmpty());
            try (Held reader = two.acquire(Mutex.shared(name + "b"), Duration.ofSeconds(20)); Held same = two.tryAcquire(Mutex.shared(name + "b")).orElseThrow()) {
                assertTrue(reader.isHeld() && same.isHeld());
            }
            assertThrows(NotAcquired.class, () -> two.acquire(Mutex.units(name + "b", 1, 2), Duration.ofMillis(100)));
            CompletableFuture<Held> next = two.acquireAsync(Mutex.shared(name + "b").and(Mutex.exclusive(name + "a")));
            assertFalse(next.isDone());
            held.close();
            next.get(20, TimeUnit.SECONDS).close();
            CompletableFuture<String> lost = new CompletableFuture<>();
            try (Mutex inside = Mutex.peer(3).state(folder.resolve("library")).voice(line -> { }).start()) {
                inside.acquire(LockSet.parse("x:kind=red,y:2/8")).onLost(lost::complete);
            }
            assertTrue(lost.get(20, TimeUnit.SECONDS).contains("the peer is leaving"), lost::toString);
        }
    }

    public static void main(String[] args) {
        Run.only(LockModesTest.class);
    }
}
