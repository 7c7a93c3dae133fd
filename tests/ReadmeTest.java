///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Documents.java support/Grpcurl.java support/Running.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Documents;
import tests.support.Grpcurl;
import tests.support.Running;

/** What the README and the pages below docs tell a newcomer to type, typed. It uses the ports of the README's example. */
@Tag("grpcurl")
class ReadmeTest {

    private static final Path ROOT = Path.of(System.getProperty("afteryou.root", ".")).toAbsolutePath().normalize();
    private static final long START_MILLIS = 120_000; // a first start compiles
    /** How commands start that no test here types: those that run tests, of which this is one. */
    private static final String TESTS = "./jbang test";

    /** Compiling better would take some fifty processes, each of seconds, more than it gives. */
    private static final String FAST = "-XX:TieredStopAtLevel=1";

    private static final Set<String> TYPED = ConcurrentHashMap.newKeySet(); // of the pages' commands
    private static final Set<String> RAN = ConcurrentHashMap.newKeySet(); // of this class's tests

    private final Documents documents = new Documents(ROOT);
    private final List<Running> started = new ArrayList<>();

    @TempDir
    private Path state;

    @AfterEach
    void end(TestInfo test) {
        RAN.add(test.getTestMethod().orElseThrow().getName());
        started.forEach(Running::close);
    }

    @AfterAll
    static void everyCommandWasTyped() {
        List<String> tests = Stream.of(ReadmeTest.class.getDeclaredMethods()).filter(method -> method.isAnnotationPresent(Test.class))
                .map(Method::getName).toList();
        if (RAN.containsAll(tests)) { // not where one of them was chosen
            assertEquals(List.of(), new Documents(ROOT).commands().stream()
                    .filter(line -> !TYPED.contains(line) && !line.startsWith(TESTS)).toList());
        }
    }

    /** Runs a line of a page, as a shell does. */
    private Running type(String line) throws IOException, InterruptedException {
        ProcessBuilder shell = new ProcessBuilder("sh", "-c", line).directory(ROOT.toFile());
        shell.environment().put("XDG_STATE_HOME", state.toString());
        shell.environment().put("JDK_JAVA_OPTIONS", FAST);
        shell.environment().merge("PATH", Path.of(Grpcurl.find()).getParent().toString(), (path, own) -> path + ":" + own);
        Running running = new Running(shell);
        started.add(running);
        return running;
    }

    /** The commands that start so and have all of these in them, to be typed. */
    private List<String> lines(String start, String... parts) {
        List<String> lines = documents.commands().stream()
                .filter(line -> line.startsWith(start) && Stream.of(parts).allMatch(line::contains)).toList();
        assertTrue(!lines.isEmpty(), "no page has a command that starts with: " + start + " and has " + List.of(parts));
        return lines;
    }

    /** Such a line, which is typed now, perhaps with other files or shorter times. */
    private String typed(String line) {
        TYPED.add(line);
        return line;
    }

    /** The first of these. */
    private String line(String start, String... parts) {
        return typed(lines(start, parts).get(0));
    }

    /** All of these. */
    private List<String> every(String start, String... parts) {
        return lines(start, parts).stream().map(this::typed).toList();
    }

    /** The three terminals of the first page. */
    private List<String> three() {
        return lines("./jbang Peer.java --id").stream().limit(3).map(this::typed).toList();
    }

    @Test
    void theDemoChecksItself() throws Exception {
        Running demo = type(line("./jbang demo") + " < /dev/null");
        assertEquals(0, demo.exit(START_MILLIS), demo::toString);
        assertTrue(demo.out().contains("check: 30 entries, never two at once"), demo::toString);
    }

    @Test
    void aPipeIsAScript() throws Exception {
        Running piped = type(line("printf"));
        assertEquals(0, piped.exit(START_MILLIS), piped::toString);
        assertTrue(piped.out().contains("HELD"), piped::toString);
    }

    @Test
    void theLogsInDocsAreTraced() throws Exception {
        Path page = ROOT.resolve("run.html");
        try {
            for (String line : every("./jbang trace ")) {
                Running trace = type(line);
                assertEquals(0, trace.exit(START_MILLIS), trace::toString);
                assertTrue(trace.out().contains(", never two at once; "), trace::toString);
            }
            assertTrue(Files.readString(page).contains("<svg"), "the page that --html makes");
            String again = line("./jbang trace --html");
            assertEquals(64, type(again).exit(START_MILLIS), "what is there stays");
            assertEquals(0, type(again.replace("--html", "--force --html")).exit(START_MILLIS), "unless forced, as it says");
        } finally {
            Files.deleteIfExists(page);
        }
    }

    @Test
    void theLogsInDocsAreReplayed() throws Exception {
        Running replay = type("echo run | " + line("./jbang replay "));
        assertEquals(0, replay.exit(START_MILLIS), replay::toString);
        assertTrue(replay.out().contains(": the same as in the logs\n"), replay::toString);
    }

    @Test
    void aPeerWithCertificatesAnswersWhoHasOne() throws Exception {
        Running made = type(line("./jbang certs").replace("certs certs", "certs " + state));
        assertEquals(0, made.exit(START_MILLIS), made::toString);
        assertTrue(documents.text().contains("`./jbang certs --renew certs 1`"), "how a certificate is renewed");
        String before = Files.readString(state.resolve("peer-1.pem"));
        Running renewed = type("./jbang certs --renew " + state + " 1");
        assertEquals(0, renewed.exit(START_MILLIS), renewed::toString);
        assertNotEquals(before, Files.readString(state.resolve("peer-1.pem")));
        type(line("./jbang Peer.java --id 1", "--tls-cert").replace("certs/", state + "/") + " --peers-file /dev/null")
                .await("listens on localhost:5001", START_MILLIS);
        Running client = type(line("grpcurl -cacert").replace("certs/", state + "/"));
        assertEquals(0, client.exit(), client::toString);
        assertTrue(client.out().contains("\"endpoint\": \"localhost:5001\""), client::toString);
    }

    @Test
    void peersThatFindEachOtherLookAtOnce() throws Exception {
        for (String line : every("./jbang Peer.java", "--discover")) {
            // Port 1 and the domain are where nothing is.
            Running peer = type("SERF_RPC_ADDR=127.0.0.1:1 " + line.replace("example.org", "example.invalid"));
            peer.await("listens on localhost:5001", START_MILLIS);
            peer.awaitError("(Serf at 127.0.0.1:1|dns:_mutex._tcp.example.invalid): .*; keeps trying");
            peer.say("status").await("no group yet: " + (line.contains("--expect") ? "1 of 3 peers met" : "looks for a group"));
            peer.close();
        }
    }

    @Test
    void schedulesAreSimulated() throws Exception {
        for (String line : every("./jbang sim")) {
            Running sim = type(line.replace("--for 5s", "--for 1s"));
            assertEquals(0, sim.exit(START_MILLIS), sim::toString);
        }
    }

    @Test
    void aRingIsPassedByHand() throws Exception {
        List<String> lines = new ArrayList<>(three());
        lines.set(0, line("./jbang Peer.java --id 1", "--algorithm token-ring"));
        List<Running> peers = new ArrayList<>();
        for (String line : lines) {
            peers.add(type(line.contains("--pass-by-hand") ? line : line + " --algorithm token-ring --pass-by-hand"));
        }
        for (Running peer : peers) {
            peer.await("listens on localhost:500", START_MILLIS);
        }
        peers.get(0).say("request").await("HELD with");
        peers.get(0).say("release").await("given back");
        peers.get(1).say("request").await("asks for it");
        peers.get(0).say("pass");
        peers.get(1).await("HELD with");
    }

    @Test
    void aJarOfItStartsWithoutJBang() throws Exception {
        Running made = type(line("./jbang export").replace("/opt/afteryou", state.toString()));
        assertEquals(0, made.exit(3 * START_MILLIS), made::toString);
        Running jar = type("java -jar " + state.resolve("peer.jar") + " --version");
        assertEquals(0, jar.exit(), jar::toString);
        assertTrue(jar.out().startsWith("After You "), jar::toString);
    }

    @Test
    void whatIsInstalledStartsWithoutJBang() throws Exception {
        Path folder = state.resolve("in stalled"); // moved afterwards, and named by a link
        Running made = type(line("./jbang install").replace("/opt/afteryou", "'" + folder + "'"));
        assertEquals(0, made.exit(3 * START_MILLIS), made::toString);
        Path moved = Files.move(folder, state.resolve("moved"));
        Path link = Files.createSymbolicLink(state.resolve("link"), moved.resolve("afteryou"));
        type("exec " + link + " --id 1 --port 5001 --no-shell --peers-file /dev/null").await("listens on localhost:5001", START_MILLIS);
        Running cron = type(line("/opt/afteryou/afteryou lock").replace("/opt/afteryou", moved.toString())
                .replace("/tmp/backup.tar", state.resolve("backup.tar").toString()));
        assertEquals(0, cron.exit(), cron::toString);
        assertTrue(Files.exists(state.resolve("backup.tar")), cron::toString);
        Running failing = type("cd / && PATH=" + moved + ":$PATH && afteryou lock --peer localhost:5001 x -- sh -c 'exit 7'");
        assertEquals(7, failing.exit(), failing::toString);
        Path old = Files.createDirectories(state.resolve("old/bin"));
        Files.writeString(old.resolve("java"), "#!/bin/sh\necho Unrecognized option >&2\nexit 1\n").toFile().setExecutable(true);
        Files.writeString(state.resolve("old/release"), "JAVA_VERSION=\"11.0.2\"\n");
        for (String java : List.of("JAVA_HOME=" + state.resolve("old"), "JAVA_TOOL_OPTIONS=-XX:NoSuch")) { // Java's own 1 would say that another has the lock
            Running unstarted = type(java + " " + moved.resolve("afteryou") + " lock --peer localhost:5001 x -- true");
            assertEquals(69, unstarted.exit(), unstarted::toString);
            assertTrue(unstarted.err().matches("(?s)afteryou: (\\S+ is Java 11.0.2, not 17 or newer; .*|lock was not started: \\S+ does not start; .*NoSuch.*)"), unstarted::toString);
        }
    }

    @Test
    void threeTerminalsTakeTurnsAFourthJoinsAndGrpcurlLooks() throws Exception {
        List<Running> peers = new ArrayList<>();
        for (String line : three()) {
            peers.add(type(line));
        }
        for (Running peer : peers) {
            peer.await("listens on localhost:500", START_MILLIS);
        }
        for (Running peer : peers) {
            peer.say("request").await("HELD with");
            peer.say("release").await("given back");
        }
        for (String line : every("./jbang lock")) {
            Running ran = type(line);
            assertEquals(0, ran.exit(START_MILLIS), ran::toString);
        }
        Running why = type(line("./jbang why"));
        assertEquals(0, why.exit(START_MILLIS), why::toString);
        assertTrue(why.out().contains("has not asked for [backup]"), why::toString);
        Running fourth = type(line("./jbang Peer.java --id 4"));
        fourth.await("listens on localhost:5004", START_MILLIS);
        fourth.say("request").await("HELD with");
        peers.get(0).say("status").await("of 4 peers");
        Running hold = type(line("(echo"));
        hold.await("WAITING");
        fourth.say("release").say("request backup --try").await("\\[backup\\] not acquired: peer 1 ");
        for (String look : every("grpcurl -plaintext").stream().filter(line -> !line.endsWith("/Watch")).toList()) {
            Running client = type(look);
            assertEquals(0, client.exit(), client::toString);
            assertTrue(client.out().contains("utex") || client.out().contains("endpoint"), client::toString);
        }
        Running watch = type(line("grpcurl -plaintext", "/Watch"));
        for (int i = 0; i < 5_000 && !watch.out().contains("\"event\""); i++) { // it shows what happens once it listens
            peers.get(0).say("request w" + i).await("\\[w" + i + "\\] HELD");
        }
        watch.await("\"event\"");
        hold.hangUp();
        assertEquals(0, hold.exit(), hold::toString);
    }

    @Test
    void theLivePageIsServed() throws Exception {
        String line = line("./jbang Peer.java --id", "--web");
        String address = type(line).await("live page at (\\S+)", START_MILLIS).group(1);
        String secret = URI.create(address).getPath().replace("/", "");
        assertTrue(documents.text().contains("`live page at " + address.replace(secret, "SECRET") + "`"), address);
        assertEquals(200, HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString()).statusCode());
    }

    @Test
    void withALeaseTheOthersGoOnWithoutAStoppedPeer() throws Exception {
        List<Running> peers = new ArrayList<>();
        for (String line : every("./jbang Peer.java --id", "--lease")) {
            peers.add(type("exec " + line)); // signals are for the peer, not for the shell
        }
        assertEquals(3, peers.size());
        for (Running peer : peers) {
            peer.await("listens on localhost:500", START_MILLIS);
        }
        peers.get(0).say("request").await("HELD with");
        peers.get(0).signal("STOP");
        peers.get(1).say("request").await("HELD with", 30_000);
        peers.get(0).signal("CONT");
        peers.get(0).await("LOST");
    }

    @Test
    void aCutKeepsAPeerWaitingUntilItIsHealed() throws Exception {
        List<String> three = three();
        Running one = type(line("./jbang Peer.java --id 1", "--lab"));
        List<Running> peers = List.of(one, type(three.get(1)), type(three.get(2)));
        for (Running peer : peers) {
            peer.await("listens on localhost:500", START_MILLIS);
        }
        one.say("request begin").await("HELD with", START_MILLIS);
        for (String fault : List.of("delay 1s to 3", "drop 3", "drop 3 30%", "pause 10s")) {
            assertTrue(documents.text().contains("`fault " + fault + "`"), fault);
            one.say("fault " + fault).say("fault").await("^fault: " + fault.substring(0, 5) + ".*", START_MILLIS);
        }
        one.say("heal").await("faults are over");
        one.say("fault cut 3").say("status").await("^fault: cut 3");
        Running asking = type("./jbang lock --peer localhost:5001 -w 1 backup -- true");
        assertEquals(75, asking.exit(START_MILLIS), asking::toString); // nobody else has it: a member is silent
        one.say("heal").say("request backup").await("\\[backup\\] HELD");
    }

    @Test
    void threePeersWriteInALoop() throws Exception {
        Path shared = state.resolve("shared.txt");
        String line = line("(for i in").replace("shared.txt", shared.toString()).replace("--sleep 1s", "--sleep 10ms");
        List<Running> peers = new ArrayList<>();
        for (int id = 1; id <= 3; id++) {
            peers.add(type(line.replace("--id 1", "--id " + id)));
        }
        for (Running peer : peers) {
            assertEquals(0, peer.exit(START_MILLIS), peer::toString);
        }
        List<String> fences = Files.readAllLines(shared).stream().map(written -> written.replaceAll(".* fence ", "")).toList();
        assertEquals(15, fences.size());
        assertEquals(fences.stream().sorted().distinct().toList(), fences);
    }

    public static void main(String[] args) {
        Run.only(ReadmeTest.class);
    }
}
