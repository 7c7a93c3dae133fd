///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Running.java support/Peers.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Peers;
import tests.support.Running;

/** A peer without a terminal: lines in, plain lines out, an exit code; and what a signal does to it. */
@Timeout(60)
class PipeTest {

    private static final String HELD = "peer %d \\[default\\] HELD with \\d+@%<d, fence \\d+";

    @TempDir
    Path folder;
    private Peers peers;

    @BeforeEach
    void inAFolderOfItsOwn() {
        peers = new Peers(folder);
    }

    @AfterEach
    void endThem() {
        peers.close();
    }

    @Test
    void aloneItPrintsPlainLinesAndEndsWithZero() {
        Running peer = peers.alone().say("request").say("release").say("quit");
        assertEquals(0, peer.exit(), peer::toString);
        assertTrue(peer.out().matches("""
                peer 1 listens on localhost:\\d+
                peer 1 \\[default\\] asks for it with stamp 1@1
                peer 1 \\[default\\] HELD with 1@1, fence \\d+, after \\S+ ms
                peer 1 \\[default\\] given back
                """), peer::toString);
        assertEquals("", peer.err());
    }

    @Test
    void inAGroupARequestWaitsUntilItIsEntered() {
        List<Running> group = peers.group(3);
        for (int id = 1; id <= 3; id++) {
            group.get(id - 1).say("request").say("release").say("request other-" + id + " --try").say("locks");
        }
        for (int id = 1; id <= 3; id++) {
            group.get(id - 1).await(HELD.formatted(id) + "[^$]*given back[^$]*\\[other-" + id + "\\] HELD");
        }
        for (Running peer : group) {
            peer.say("quit");
            assertEquals(0, peer.exit(), peer::toString);
            assertFalse((peer.out() + peer.err()).contains("\u001b"), peer::toString);
            assertFalse(peer.out().contains("> "), () -> "a prompt in " + peer);
        }
    }

    @Test
    void aCommandThatFailsGivesExitCodeOne() {
        Running peer = peers.alone().say("release").say("request").say("quit");
        assertEquals(1, peer.exit(), peer::toString);
        assertEquals("release: peer 1 [default] is not HELD here; \"request\" asks for it\n", peer.err());
        assertTrue(peer.out().contains("HELD with 1@1"), peer::toString);
    }

    @Test
    void theEndOfInputGivesBackWhatIsHeld() {
        List<Running> group = peers.group(3);
        group.get(0).say("request").await(HELD.formatted(1));
        group.get(1).say("request").await("holds it with");
        group.get(0).hangUp();
        group.get(1).await(HELD.formatted(2), 2_000);
        assertEquals(0, group.get(0).exit(), group.get(0)::toString);
    }

    @Test
    void aSignalToTheHolderLetsTheNextEnterWithinTwoSeconds() {
        List<Running> group = peers.group(4);
        group.get(0).say("request").await(HELD.formatted(1));
        for (Running peer : group.subList(1, 4)) {
            peer.say("request").await("holds it with");
        }
        int holder = 0;
        for (Map.Entry<String, Integer> signal : Map.of("TERM", 143, "INT", 130, "HUP", 129).entrySet()) {
            group.get(holder).signal(signal.getKey());
            group.get(holder + 1).await(HELD.formatted(holder + 2), 2_000);
            assertEquals(signal.getValue(), group.get(holder).exit(), signal.getKey());
            holder++;
        }
    }

    @Test
    void withoutAShellItRunsUntilTermAndReadsNothing() {
        Running peer = peers.alone("--no-shell").say("quit").hangUp();
        peer.await("listens on");
        assertTrue(peer.isAlive());
        peer.signal("TERM");
        assertEquals(143, peer.exit(), peer::toString);
    }

    @Test
    void aClosedOrFullOutputDoesNotStopIt() {
        String run = "printf 'request\\nrelease\\nstatus\\nquit\\n' | { " + Peers.shell("--id", "1", "--port", "0", "--state", "s")
                + "; echo \"code $?\" >&2; } ";
        for (String to : List.of("| head -n 1", "> /dev/full", "| true", ">&-")) {
            Running line = peers.sh(run + to);
            line.exit();
            assertEquals("code 0\n", line.err(), to);
        }
    }

    @Test
    void theLogHasEveryFieldInLinesOfJson() throws Exception {
        List<Running> group = peers.group(3, "--log", "log-{id}.json");
        group.get(0).say("request").say("release").say("quit").exit();
        Set<String> events = new TreeSet<>();
        for (String line : Files.readAllLines(folder.resolve("log-1.json"))) {
            JsonObject event = JsonParser.parseString(line).getAsJsonObject();
            Instant.parse(event.get("time").getAsString());
            assertEquals(1, event.get("peer").getAsInt(), line);
            assertTrue(event.get("epoch").getAsLong() > 0 && event.get("lamport").getAsLong() >= 0, line);
            assertTrue(event.getAsJsonObject("vector").get("1").getAsLong() > 0, line);
            String kind = event.get("event").getAsString();
            events.add(kind);
            if (Set.of("request", "send", "receive", "permission", "entry", "exit").contains(kind)) {
                assertTrue(Set.of("default", ".group").contains(event.get("lock").getAsString()), line); // it leaves, at last
                assertTrue(event.get("stamp").getAsString().matches("\\d+@1"), line);
            }
            assertEquals(Set.of("send", "receive", "permission").contains(kind), event.has("message"), line);
            assertEquals(Set.of("entry", "exit").contains(kind), event.has("fence"), line);
        }
        assertTrue(events.containsAll(Set.of("request", "send", "receive", "permission", "entry", "exit", "group", "link")), events::toString);
    }

    @Test
    void aLogThatCannotBeWrittenIsSaidOnce() {
        Running peer = peers.alone("--log", "/dev/full");
        for (int i = 0; i < 50; i++) {
            peer.say("request").say("release");
        }
        assertEquals(0, peer.say("quit").exit(), peer::toString);
        assertEquals(1, peer.err().lines().filter(line -> line.startsWith("the log file cannot be written")).count(), peer::toString);
        assertEquals(50, peer.out().lines().filter(line -> line.contains("HELD")).count());
    }

    @Test
    void tenThousandCommandsAreAnsweredInOrder() {
        Running peer = peers.alone();
        peer.feed("request\nrelease\n".repeat(5_000).getBytes(StandardCharsets.UTF_8)).hangUp();
        assertEquals(0, peer.exit(), () -> peer.err());
        // Events may be left out when they come faster than they are read; answers never are.
        List<String> answers = peer.out().lines().filter(line -> line.matches(".* HELD with .*|.* given back"))
                .map(line -> line.replaceAll(".*HELD with (\\d+)@1.*", "$1")).toList();
        assertEquals(IntStream.rangeClosed(1, 5_000).boxed().flatMap(time -> Stream.of("" + time, "peer 1 [default] given back")).toList(),
                answers);
    }

    @Test
    void oddLinesAreRefusedInOneHarmlessLine() {
        Running peer = peers.alone();
        peer.feed(("x".repeat(1 << 20) + "\n").getBytes(StandardCharsets.UTF_8));
        peer.feed("re\0lease\n\u001b[31mred\u001b]0;title\u0007\nrequest \"a\nrequest 'b\nrequest \u001b[2J\n   \n\t\n".getBytes(StandardCharsets.UTF_8));
        peer.feed(new byte[] {(byte) 0xc3, 0x28, '\n'});
        peer.say("quit");
        assertEquals(1, peer.exit(), () -> peer.err());
        assertEquals(List.of(
                "a line of 1048576 characters is too long for a command; \"help\" lists them",
                "\"re?lease\" is no command; did you mean \"release\"?",
                "\"?[31mred?]0;title?\" is no command; \"help\" lists them",
                "\"request \"a\": a quote is not closed; close it or leave it out",
                "\"request 'b\": a quote is not closed; close it or leave it out",
                "request: lock name \"?[2J\": use 1 to 128 letters, digits and . _ : / -; see \"help request\"",
                "\"\ufffd(\" is no command; \"help\" lists them"), peer.err().lines().toList());
    }

    @Test
    void theDemoChecksThirtyEntries() {
        Running demo = peers.start("demo");
        assertEquals(0, demo.exit(), demo::toString);
        assertTrue(demo.out().endsWith("check: 30 entries, never two at once, in the order of stamps, "
                + "4.00 messages an entry (2(N-1) = 4)\n"), demo::toString);
        assertEquals("", demo.err());
    }

    public static void main(String[] args) {
        Run.only(PipeTest.class);
    }
}
