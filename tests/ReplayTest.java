///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES EntersUnasked.java Run.java support/Eventually.java support/FreePorts.java support/InProcess.java
//SOURCES support/Jvm.java support/Neighbour.java support/PeerProcesses.java support/Recorded.java
//SOURCES support/Running.java support/Voice.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.RingKind;
import mutex.algorithm.RoucairolCarvalho;
import mutex.algorithm.TokenRing;
import mutex.client.Held;
import mutex.client.Mutex;
import mutex.event.LogEvent.EventKind;
import mutex.log.LogEntry;
import mutex.log.LogReader;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tests.support.InProcess;
import tests.support.PeerProcesses;
import tests.support.Recorded;
import tests.support.Running;

/** What {@code replay} does with the logs of real runs, of faulty builds, and with logs that somebody changed. */
@Timeout(180)
class ReplayTest {

    private static final String SAME = ": the same as in the logs\n";
    private static final long PATIENCE_SECONDS = 60;

    @TempDir
    Path folder;

    private static InProcess check(List<Path> logs) throws ReflectiveOperationException {
        return InProcess.run(Stream.concat(Stream.of("replay", "--check"), logs.stream().map(Path::toString)).toArray(String[]::new));
    }

    private static void assertSame(InProcess replay) {
        assertEquals(0, replay.code(), replay::toString);
        assertTrue(replay.out().endsWith(SAME), replay::toString);
        assertEquals(1, replay.out().lines().count(), replay::toString);
    }

    private static void assertFirst(String expected, InProcess replay) {
        assertEquals(1, replay.code(), replay::toString);
        assertTrue(replay.out().contains(", the first at step ") && replay.out().contains(", " + expected),
                "expected " + expected + ", found " + replay);
    }

    // Real processes.

    @Test
    @Tag("slow")
    void fivePeersWithRestartsEnterAsTheyDid() throws Exception {
        record("0");
    }

    @Test
    @Tag("slow")
    void soDoFiveWithALease() throws Exception {
        record("5s");
    }

    /** Locks, waits that end, a request that is withdrawn, tries, kills, a newcomer, a member removed, one that leaves. */
    private void record(String lease) throws Exception {
        int[] ports = PeerProcesses.ports(6);
        try (PeerProcesses peers = new PeerProcesses(folder); Clients clients = new Clients(ports)) {
            List<Running> group = new ArrayList<>(IntStream.rangeClosed(1, 5).mapToObj(id -> start(peers, id, ports, lease)).toList());
            group.forEach(peer -> peer.await("listens on"));
            enter(clients, 1, 2, 3, 4, 5);
            group.get(0).say("request kept --for 50ms").await("\\[kept\\] given back");

            Held held = get(clients.of(1).acquireAsync("x"));
            assertThrown(clients.of(2).acquireAsync("x", Duration.ofMillis(200)));
            assertFalse(clients.of(4).tryAcquire("x").isPresent());
            CompletableFuture<Held> withdrawn = clients.of(3).acquireAsync("x");
            logged(1, "\"event\":\"defer\",\"other\":3,.*\"lock\":\"x\"");
            withdrawn.cancel(false);
            logged(3, "\"event\":\"cancel\",\"lock\":\"x\"");

            CompletableFuture<Held> second = clients.of(2).acquireAsync("x");
            logged(1, "\"event\":\"defer\",\"other\":2,.*\"lock\":\"x\".*\n(.*\n)*.*\"event\":\"defer\",\"other\":2,.*\"lock\":\"x\"");
            group.get(0).signal("KILL");
            group.get(0).exit();
            group.set(0, start(peers, 1, ports, lease));
            get(second).close();
            held.close();
            clients.renew(1);

            Running newcomer = peers.start(arguments(6, ports, lease, "localhost:" + ports[1]));
            group.add(newcomer);
            newcomer.await("listens on");
            enter(clients, 1, 6);
            group.get(1).signal("KILL");
            group.get(1).exit();
            group.set(1, start(peers, 2, ports, lease));
            group.get(1).await("listens on");
            clients.renew(2);
            enter(clients, 1, 2, 3, 4, 5, 6);

            group.get(4).signal("KILL");
            group.get(4).exit();
            group.get(0).await("listens on");
            remove(group.get(0), lease);
            group.get(3).say("quit");
            assertEquals(0, group.get(3).exit());
            enter(clients, 1, 2, 3, 6);
            for (int id : new int[] {1, 2, 3, 6}) {
                group.get(id - 1).signal(id == 3 ? "KILL" : "TERM");
                group.get(id - 1).exit();
            }
        }
        List<Path> logs = IntStream.rangeClosed(1, 6).mapToObj(this::log).toList();
        assertSame(check(logs));
        assertTrue(check(logs).out().startsWith("replay: 6 peers (8 processes), "), () -> "two were started anew");
        assertEquals(entries(logs), replayed(logs));
    }

    private static void remove(Running by, String lease) {
        if (lease.equals("0")) {
            by.say("remove 5 --force").say("5");
        } else {
            by.awaitError("peer 5 at .* is gone"); // or it is refused: peer 5 may be alive
            by.say("remove 5");
        }
        by.await("peer 5 is out of the group");
    }

    private String[] arguments(int id, int[] ports, String lease, String... others) {
        return Stream.concat(Stream.of("--id", "" + id, "--port", "" + ports[id - 1], "--state", folder.resolve("state").toString(),
                "--lease", lease, "--log", log(id).toString()), Stream.of(others)).toArray(String[]::new);
    }

    private Running start(PeerProcesses peers, int id, int[] ports, String lease) {
        return peers.start(arguments(id, ports, lease, IntStream.range(0, 5).filter(i -> i != id - 1)
                .mapToObj(i -> "localhost:" + ports[i]).toArray(String[]::new)));
    }

    private Path log(int id) {
        return folder.resolve("peer-" + id + ".log");
    }

    /** Connections to the peers, made when they are first used. */
    private static final class Clients implements AutoCloseable {
        private final int[] ports;
        private final Mutex[] clients;

        Clients(int[] ports) {
            this.ports = ports;
            clients = new Mutex[ports.length];
        }

        Mutex of(int id) {
            clients[id - 1] = clients[id - 1] == null ? Mutex.connect("localhost:" + ports[id - 1]) : clients[id - 1];
            return clients[id - 1];
        }

        void renew(int id) {
            if (clients[id - 1] != null) {
                clients[id - 1].close();
            }
            clients[id - 1] = null;
        }

        @Override
        public void close() {
            IntStream.rangeClosed(1, ports.length).forEach(this::renew);
        }
    }

    /** All of them want all locks at once. */
    private static void enter(Clients clients, int... ids) throws Exception {
        List<CompletableFuture<Void>> turns = new ArrayList<>();
        for (int id : ids) {
            for (String lock : List.of("a", "b", "c/d")) {
                turns.add(clients.of(id).acquireAsync(lock).thenAccept(Held::close));
            }
        }
        for (CompletableFuture<Void> turn : turns) {
            get(turn);
        }
    }

    private static <T> T get(CompletableFuture<T> answer) throws Exception {
        return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static void assertThrown(CompletableFuture<Held> answer) throws Exception {
        try {
            get(answer);
        } catch (ExecutionException expected) {
            return;
        }
        throw new AssertionError("it was acquired");
    }

    /** Waits until the log of the peer has that. */
    private void logged(int id, String regex) throws IOException, InterruptedException {
        Pattern pattern = Pattern.compile(regex);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!pattern.matcher(Files.readString(log(id))).find()) {
            assertTrue(System.nanoTime() < deadline, () -> "not in the log of peer " + id + ": " + regex);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static List<String> entries(List<Path> logs) throws IOException {
        List<LogEntry> all = new ArrayList<>();
        for (Path log : logs) {
            LogReader.read(log).stream().filter(event -> event.what().kind() == EventKind.ENTRY).forEach(all::add);
        }
        all.sort(Comparator.comparing((LogEntry entry) -> entry.what().lock()).thenComparing(entry -> entry.what().fence()));
        assertTrue(all.size() > 50, () -> "entries: " + all.size());
        return all.stream().map(LogEntry::toString).toList();
    }

    /** The entries of each lock, in the order of the replay. */
    private List<String> replayed(List<Path> logs) {
        Running replay = shell(logs, "entries");
        return Pattern.compile("(?m)^ *\\d+  (peer \\d+ \\[(.*)\\] enters with .*)$").matcher(replay.out()).results()
                .sorted(Comparator.comparing(found -> found.group(2))).map((MatchResult found) -> found.group(1)).toList();
    }

    private Running shell(List<Path> logs, String... lines) {
        Running replay;
        try (PeerProcesses peers = new PeerProcesses(folder)) {
            replay = peers.start(Stream.concat(Stream.of("replay"), logs.stream().map(Path::toString)).toArray(String[]::new));
            for (String line : lines) {
                replay.say(line);
            }
            replay.hangUp().exit();
        }
        return replay;
    }

    // Logs that are not what the nodes would have done.

    private List<Path> contend() throws IOException {
        return Recorded.run(folder, 3, RicartAgrawala.KIND, 5, List.of("a", "b"));
    }

    private static int find(List<String> lines, String... parts) {
        return IntStream.range(0, lines.size()).filter(i -> Stream.of(parts).allMatch(lines.get(i)::contains)).findFirst().orElseThrow();
    }

    @Test
    void aLineThatWasChangedIsTheFirstDifference() throws Exception {
        List<Path> logs = contend();
        assertSame(check(logs));
        List<String> good = Recorded.lines(logs.get(1));
        int entry = find(good, "\"event\":\"entry\"");
        for (String[] change : new String[][] {{"\"fence\":\"1", "\"fence\":\"2"}, {"\"lamport\":", "\"lamport\":1"}, {"@2\"", "@3\""}}) {
            List<String> changed = new ArrayList<>(good);
            changed.set(entry, good.get(entry).replace(change[0], change[1]));
            assertNotEquals(good, changed, change[0] + " stands there");
            Files.write(logs.get(1), changed);
            assertFirst(logs.get(1) + ":" + (entry + 1) + ": the log has \"peer 2 [", check(logs));
        }
    }

    @Test
    void aLineThatIsMissingIsTheFirstDifference() throws Exception {
        List<Path> logs = contend();
        List<String> lines = Recorded.lines(logs.get(2));
        int permission = find(lines, "\"event\":\"send\"", "\"PERMISSION\"");
        lines.remove(permission);
        Files.write(logs.get(2), lines);
        InProcess replay = check(logs);
        assertEquals(1, replay.code(), replay::toString);
        assertTrue(replay.out().matches("(?s).*, " + Pattern.quote(logs.get(2).toString()) + ":" + (permission + 1)
                + ": the log has nothing here, the replay \"peer 3 \\[.\\] sends PERMISSION .*"), replay::toString);
    }

    @Test
    void whatAPeerReceivedThatNobodySentIsTheFirstDifference() throws Exception {
        List<Path> logs = contend();
        List<Path> others = Recorded.run(Files.createDirectory(folder.resolve("other")), 3, RicartAgrawala.KIND, 5, List.of("a", "b"));
        assertFirst(others.get(2) + ":", check(List.of(logs.get(0), logs.get(1), others.get(2))));
        Running replay = shell(List.of(logs.get(0), logs.get(1), others.get(2)), "run");
        assertTrue(Pattern.compile("the log has \"peer 3 receives from \\d: .*\", the replay \"peer \\d never sent that\"")
                .matcher(replay.out()).find(), replay::toString);
    }

    @Test
    void aFaultyBuildIsFoundAtItsFirstFaultyEntry() throws Exception {
        List<Path> logs = Recorded.run(folder, 2, EntersUnasked.KIND, 20, List.of("a"));
        InProcess replay = check(logs);
        assertEquals(1, replay.code(), replay::toString);
        MatchResult found = Pattern.compile("the first at step \\d+, (\\S+\\.log):(\\d+): the log has \"(peer \\d \\[a\\] enters with \\S+), ")
                .matcher(replay.out()).results().findFirst().orElseThrow(() -> new AssertionError(replay));
        String line = Files.readAllLines(Path.of(found.group(1))).get(Integer.parseInt(found.group(2)) - 1);
        assertTrue(line.contains("\"event\":\"entry\""), line);
    }

    @Test
    void everyAlgorithmIsReplayed() throws Exception {
        for (AlgorithmKind algorithms : List.of(RoucairolCarvalho.KIND, new RingKind(TokenRing.PACE / 50, false))) {
            List<Path> logs = Recorded.run(Files.createDirectory(folder.resolve(algorithms.name())), 3, algorithms, 5, List.of("a", "b"));
            InProcess replay = check(logs);
            assertSame(replay);
            assertTrue(Pattern.compile(", 3\\d entries: ").matcher(replay.out()).find(), replay::toString); // some may be of .token
        }
    }

    // Logs of which something is missing.

    @Test
    void aLogThatIsMissingIsSaidAndTheOthersAreReplayed() throws Exception {
        InProcess replay = check(contend().subList(0, 2));
        assertSame(replay);
        assertEquals("replay: no log of peer 3: what it sent is taken from the logs of the others\n", replay.err());
    }

    @Test
    void aLogWithoutItsBeginningIsSaidAndTheOthersAreReplayed() throws Exception {
        List<Path> logs = contend();
        List<String> lines = Recorded.lines(logs.get(0));
        Files.write(logs.get(0), lines.subList(find(lines, "\"event\":\"exit\""), lines.size()));
        InProcess replay = check(logs);
        assertSame(replay);
        assertTrue(replay.err().startsWith("replay: " + logs.get(0) + ":1: the earlier steps of peer 1 are not in its log, "), replay::toString);
    }

    @Test
    void aStepThatIsMissingIsSaid() throws Exception {
        List<Path> logs = contend();
        List<String> lines = Recorded.lines(logs.get(0));
        int gap = find(lines.subList(20, lines.size()), "{\"in\":") + 20;
        lines.remove(gap);
        Files.write(logs.get(0), lines);
        InProcess replay = check(logs);
        assertTrue(Pattern.compile(Pattern.quote(logs.get(0).toString()) + ":\\d+: steps? \\d+ to \\d+ of peer 1 are missing before this line")
                .matcher(replay.err()).find(), replay::toString);
    }

    @Test
    void aLogThatEndsInTheMiddleIsReplayedToThere() throws Exception {
        List<Path> logs = contend();
        String log = Files.readString(logs.get(1));
        for (int cut : new int[] {log.length() / 2, log.length() * 2 / 3, log.length() - 10}) {
            Files.writeString(logs.get(1), log.substring(0, cut));
            assertSame(check(logs));
        }
    }

    @Test
    void logsWithNothingToReplayAreRefused() throws Exception {
        List<Path> logs = contend();
        for (Path log : logs) {
            Files.write(log, Recorded.lines(log).stream().filter(line -> !line.startsWith("{\"in\":")).toList());
        }
        InProcess replay = check(logs);
        assertEquals(65, replay.code(), replay::toString);
        assertTrue(replay.err().endsWith("replay: no log here has the beginning of a peer; nothing can be replayed\n"), replay::toString);
        assertEquals(65, check(List.of(folder.resolve("none"))).code());
        assertEquals(64, InProcess.run("replay").code());
    }

    // The shell.

    @Test
    void backAndForthComesToTheSameState() throws Exception {
        List<Path> logs = contend();
        Running replay = shell(logs, "run 40", "state", "back 7", "step 7", "state", "run", "back 1000", "run 40", "state");
        List<String> states = Pattern.compile("(?m)^peer 1 at (?:.*\\n)*?(?=^ *\\d+  peer|^at step|\\z)").matcher(replay.out()).results()
                .map(MatchResult::group).toList();
        assertEquals(3, states.size(), replay::toString);
        assertEquals(List.of(states.get(0), states.get(0)), states.subList(1, 3));
        assertTrue(states.get(0).contains("epoch ") && states.get(0).contains("group version 1 of 3 peers"), states.get(0));
        assertEquals(0, replay.exit(), replay::toString);
    }

    @Test
    @Tag("slow")
    void anEntryShowsTheHolderAndWhoseRequestsWait() throws Exception {
        Running replay = shell(contend(), "run entry", "state");
        assertTrue(Pattern.compile("(?m)^ *\\d+  peer \\d \\[.\\] enters with \\S+, fence \\d+   \\S+\\.log:\\d+$")
                .matcher(replay.out()).find(), replay::toString);
        assertTrue(Pattern.compile("\\[.\\] HELD with \\S+ for .*, fence \\d+").matcher(replay.out()).find(), replay::toString);
        assertTrue(Pattern.compile("\\[.\\] WANTED with \\S+ for .*, waiting for permission from peers? \\d").matcher(replay.out()).find(), replay::toString);
    }

    @Test
    void aDifferenceIsMarkedWhereItHappensAndEndsARun() throws Exception {
        List<Path> logs = contend();
        List<String> lines = Recorded.lines(logs.get(1));
        int entry = find(lines, "\"event\":\"entry\"");
        lines.set(entry, lines.get(entry).replace("\"fence\":\"1", "\"fence\":\"2"));
        Files.write(logs.get(1), lines);
        Running replay = shell(logs, "run", "quit");
        assertTrue(Pattern.compile("(?m)^   DIFFERENCE " + Pattern.quote(logs.get(1) + ":" + (entry + 1)) + ": .*\\nat step \\d+ of \\d+$")
                .matcher(replay.out()).find(), replay::toString);
        assertEquals(1, replay.exit());
    }

    @Test
    void aCommandThatIsWrongSaysWhatToWrite() throws Exception {
        Running replay = shell(contend(), "stpe", "step x", "run 100000", "back 0", "state 9");
        assertEquals("unknown command \"stpe\"; did you mean \"step\"?\n"
                + "step: N \"x\" is not a whole number; see \"help step\"\n"
                + "run: \"100000\" is not a step; write a number up to LAST, or entry\n"
                + "back: 0 is not a number of steps; write 1 or more\n"
                + "state: peer 9 is not in these logs; they have peers 1, 2 and 3\n",
                replay.err().replaceFirst("up to \\d+", "up to LAST").replaceAll("(?m)^replay: .*\\n", ""));
        assertEquals(1, replay.exit());
    }

    public static void main(String[] args) {
        Run.only(ReplayTest.class);
    }
}
