///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Grpcurl.java support/Running.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Grpcurl;
import tests.support.Running;

/** What the README tells a newcomer to type, typed. It uses the ports of the README's example. */
@Tag("grpcurl")
class ReadmeTest {

    private static final long START_MILLIS = 120_000; // a first start compiles

    private final Path root = Path.of(System.getProperty("afteryou.root", ".")).toAbsolutePath().normalize();
    private final List<Running> started = new ArrayList<>();
    private final String readme;

    @TempDir
    private Path state;

    ReadmeTest() throws IOException {
        readme = Files.readString(root.resolve("README.md"));
    }

    @AfterEach
    void end() {
        started.forEach(Running::close);
    }

    /** Runs a line of the README, as a shell does. */
    private Running type(String line) throws IOException, InterruptedException {
        ProcessBuilder shell = new ProcessBuilder("sh", "-c", line).directory(root.toFile());
        shell.environment().put("XDG_STATE_HOME", state.toString());
        shell.environment().merge("PATH", Path.of(Grpcurl.find()).getParent().toString(), (path, own) -> path + ":" + own);
        Running running = new Running(shell);
        started.add(running);
        return running;
    }

    private List<String> lines(String start) {
        List<String> lines = readme.lines().filter(line -> line.startsWith(start)).toList();
        assertTrue(!lines.isEmpty(), "README.md has no line that starts with: " + start);
        return lines;
    }

    @Test
    void whatItNamesIsThere() throws IOException {
        Set<String> aliases = JsonParser.parseString(Files.readString(root.resolve("jbang-catalog.json")))
                .getAsJsonObject().getAsJsonObject("aliases").keySet();
        for (String name : all("\\./jbang ([\\w./-]+)")) {
            assertTrue(aliases.contains(name) || Files.exists(root.resolve(name)), "./jbang " + name);
        }
        for (String link : all("\\]\\((?!http)([^)]+)\\)")) {
            assertTrue(Files.exists(root.resolve(link)), "link to " + link);
        }
    }

    private List<String> all(String regex) {
        return Pattern.compile(regex).matcher(readme).results().map((MatchResult found) -> found.group(1)).toList();
    }

    @Test
    void theDemoChecksItself() throws Exception {
        Running demo = type(lines("./jbang demo").get(0) + " < /dev/null");
        assertEquals(0, demo.exit(START_MILLIS), demo::toString);
        assertTrue(demo.out().contains("check: 30 entries, never two at once"), demo::toString);
    }

    @Test
    void aPipeIsAScript() throws Exception {
        Running piped = type(lines("printf").get(0));
        assertEquals(0, piped.exit(START_MILLIS), piped::toString);
        assertTrue(piped.out().contains("HELD"), piped::toString);
    }

    @Test
    void theLogsInDocsAreTraced() throws Exception {
        Path page = root.resolve("run.html");
        try {
            for (String line : lines("./jbang trace ")) {
                Running trace = type(line);
                assertEquals(0, trace.exit(START_MILLIS), trace::toString);
                assertTrue(trace.out().contains(", never two at once; "), trace::toString);
            }
            assertTrue(Files.readString(page).contains("<svg"), "the page that --html makes");
            String again = lines("./jbang trace --html").get(0);
            assertEquals(64, type(again).exit(START_MILLIS), "what is there stays");
            assertEquals(0, type(again.replace("--html", "--force --html")).exit(START_MILLIS), "unless forced, as it says");
        } finally {
            Files.deleteIfExists(page);
        }
    }

    @Test
    void theLogsInDocsAreReplayed() throws Exception {
        Running replay = type("echo run | " + lines("./jbang replay ").get(0));
        assertEquals(0, replay.exit(START_MILLIS), replay::toString);
        assertTrue(replay.out().contains(": the same as in the logs\n"), replay::toString);
    }

    @Test
    void aPeerWithCertificatesAnswersWhoHasOne() throws Exception {
        Running made = type(lines("./jbang certs").get(0).replace("certs certs", "certs " + state));
        assertEquals(0, made.exit(START_MILLIS), made::toString);
        assertTrue(readme.contains("`./jbang certs --renew certs 1`"), "how a certificate is renewed");
        String before = Files.readString(state.resolve("peer-1.pem"));
        Running renewed = type("./jbang certs --renew " + state + " 1");
        assertEquals(0, renewed.exit(START_MILLIS), renewed::toString);
        assertNotEquals(before, Files.readString(state.resolve("peer-1.pem")));
        type(lines("./jbang Peer.java --id 1").stream().filter(line -> line.contains("--tls-cert")).findFirst().orElseThrow()
                .replace("certs/", state + "/") + " --peers-file /dev/null").await("listens on localhost:5001", START_MILLIS);
        Running client = type(lines("grpcurl -cacert").get(0).replace("certs/", state + "/"));
        assertEquals(0, client.exit(), client::toString);
        assertTrue(client.out().contains("\"endpoint\": \"localhost:5001\""), client::toString);
    }

    @Test
    void peersThatFindEachOtherLookAtOnce() throws Exception {
        for (String line : lines("./jbang Peer.java").stream().filter(line -> line.contains("--discover")).toList()) {
            // Port 1 and the domain are where nothing is.
            Running peer = type("SERF_RPC_ADDR=127.0.0.1:1 " + line.replace("example.org", "example.invalid"));
            peer.await("listens on localhost:5001", START_MILLIS);
            peer.awaitError("(Serf at 127.0.0.1:1|dns:_mutex._tcp.example.invalid): .*; keeps trying");
            peer.say("status").await("no group yet: " + (line.contains("--expect") ? "1 of 3 peers met" : "looks for a group"));
            peer.close();
        }
    }

    @Test
    void aSeedIsReplayed() throws Exception {
        Running sim = type("./jbang sim 42");
        assertEquals(0, sim.exit(START_MILLIS), sim::toString);
    }

    @Test
    void threeTerminalsTakeTurnsAFourthJoinsAndGrpcurlLooks() throws Exception {
        List<Running> peers = new ArrayList<>();
        for (String line : lines("./jbang Peer.java --id").stream().limit(3).toList()) {
            peers.add(type(line));
        }
        for (Running peer : peers) {
            peer.await("listens on localhost:500", START_MILLIS);
        }
        for (Running peer : peers) {
            peer.say("request").await("HELD with");
            peer.say("release").await("given back");
        }
        for (String line : lines("./jbang lock")) {
            String typed = line.contains("--once-per") ? line.replace("1h", "1s") : line; // it keeps the lock for so long
            Running ran = type(typed);
            assertEquals(0, ran.exit(START_MILLIS), ran::toString);
        }
        Running why = type(lines("./jbang Peer.java why").get(0));
        assertEquals(0, why.exit(START_MILLIS), why::toString);
        assertTrue(why.out().contains("has not asked for [backup]"), why::toString);
        Running fourth = type(lines("./jbang Peer.java --id 4").get(0));
        fourth.await("listens on localhost:5004", START_MILLIS);
        fourth.say("request").await("HELD with");
        peers.get(0).say("status").await("of 4 peers");
        Running hold = type(lines("(echo").get(0));
        hold.await("WAITING");
        fourth.say("release").say("request backup --try").await("\\[backup\\] not acquired: peer 1 ");
        for (String look : lines("grpcurl -plaintext").stream().filter(line -> !line.endsWith("/Watch")).toList()) {
            Running client = type(look);
            assertEquals(0, client.exit(), client::toString);
            assertTrue(client.out().contains("utex") || client.out().contains("endpoint"), client::toString);
        }
        Running watch = type(lines("grpcurl -plaintext").stream().filter(line -> line.endsWith("/Watch")).findFirst().orElseThrow());
        for (int i = 0; i < 5_000 && !watch.out().contains("\"event\""); i++) { // it shows what happens once it listens
            peers.get(0).say("request w" + i).await("\\[w" + i + "\\] HELD");
        }
        watch.await("\"event\"");
        hold.hangUp();
        assertEquals(0, hold.exit(), hold::toString);
    }

    @Test
    void theLivePageIsServed() throws Exception {
        String line = lines("./jbang Peer.java --id").stream().filter(each -> each.contains("--web")).findFirst().orElseThrow();
        String address = type(line).await("live page at (\\S+)", START_MILLIS).group(1);
        String secret = URI.create(address).getPath().replace("/", "");
        assertTrue(readme.contains("`live page at " + address.replace(secret, "SECRET") + "`"), address);
        assertEquals(200, HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString()).statusCode());
    }

    @Test
    void withALeaseTheOthersGoOnWithoutAStoppedPeer() throws Exception {
        List<Running> peers = new ArrayList<>();
        for (String line : lines("./jbang Peer.java --id").stream().filter(line -> line.contains("--lease")).toList()) {
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
        List<String> three = lines("./jbang Peer.java --id").stream().limit(3).toList();
        Running one = type(lines("./jbang Peer.java --id 1").stream().filter(line -> line.contains("--lab")).findFirst().orElseThrow());
        List<Running> peers = List.of(one, type(three.get(1)), type(three.get(2)));
        for (Running peer : peers) {
            peer.await("listens on localhost:500", START_MILLIS);
        }
        one.say("request begin").await("HELD with", START_MILLIS);
        for (String fault : List.of("delay 1s to 3", "drop 3", "drop 3 30%", "pause 10s")) {
            assertTrue(readme.contains("`fault " + fault + "`"), fault);
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
        String line = lines("(for i in").get(0).replace("shared.txt", shared.toString()).replace("--sleep 1s", "--sleep 10ms");
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
