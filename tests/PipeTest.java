///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Eventually.java support/FreePorts.java support/Jvm.java support/PeerProcesses.java
//SOURCES support/Running.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tests.support.Eventually;
import tests.support.PeerProcesses;
import tests.support.Running;

/** A peer without a terminal: lines in, plain lines out, an exit code; and what a signal does to it. */
@Timeout(120)
class PipeTest {

    private static final long AT_ONCE = 7_000; // milliseconds: sooner than a peer that says nothing is given up
    private static final String HELD = "peer %d \\[default\\] HELD with \\d+@%<d, fence \\d+";

    @TempDir
    Path folder;
    @AutoClose
    private PeerProcesses peers;

    @BeforeEach
    void inAFolderOfItsOwn() {
        peers = new PeerProcesses(folder);
    }

    @Test
    void aloneItPrintsPlainLinesAndEndsWithZero() {
        Running peer = peers.alone().say("request").say("release").say("quit");
        assertEquals(0, peer.exit(), peer::toString);
        assertTrue(peer.out().matches("""
                peer 1 listens on localhost:\\d+
                peer 1 \\[default\\] asks for it with stamp 1@1
                (?:peer 1 \\[default\\] waits .*
                )?peer 1 \\[default\\] HELD with 1@1, fence \\d+, after \\S+ m?s
                peer 1 \\[default\\] given back
                """), peer::toString); // on a machine with too much to do it may say that it waits
        assertEquals("", peer.err());
    }

    @Test
    void aReleaseWithoutANameAsksWhichOfSeveralIsMeant() {
        Running peer = peers.alone().say("request").say("request two").say("release").say("unlock two").say("release").say("release").say("quit");
        assertEquals(1, peer.exit(), peer::toString);
        assertTrue(peer.out().matches("(?s).*\\[two\\] given back\npeer 1 \\[default\\] given back\n"), peer::toString);
        assertTrue(peer.err().startsWith("release: this shell holds [default], [two]; name the one that is meant"), peer::toString);
        assertTrue(peer.err().contains("release: peer 1 does not hold [default]"), peer::toString);
    }

    @Test
    @Tag("slow")
    void inAGroupARequestWaitsUntilItIsEntered() {
        List<Running> group = peers.group(3);
        for (int id = 1; id <= 3; id++) {
            group.get(id - 1).say("request").say("release").say("request other-" + id + " --try").say("locks");
        }
        for (int id = 1; id <= 3; id++) {
            group.get(id - 1).await(String.format(Locale.ROOT, HELD, id) + "[^$]*given back[^$]*\\[other-" + id + "\\] HELD");
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
        assertEquals("release: peer 1 does not hold [default]; \"request\" asks for it\n", peer.err());
        assertTrue(peer.out().contains("HELD with 1@1"), peer::toString);
    }

    @Test
    @Tag("slow")
    void theEndOfInputGivesBackWhatIsHeld() {
        List<Running> group = peers.group(3);
        group.get(0).say("request").await(String.format(Locale.ROOT, HELD, 1));
        group.get(1).say("request").await("holds it with");
        group.get(0).hangUp();
        group.get(1).await(String.format(Locale.ROOT, HELD, 2), AT_ONCE);
        assertEquals(0, group.get(0).exit(), group.get(0)::toString);
    }

    @Test
    @Tag("slow")
    void aSignalToTheHolderLetsTheNextEnterAtOnce() {
        List<Running> group = peers.group(4);
        group.get(0).say("request").await(String.format(Locale.ROOT, HELD, 1));
        for (Running peer : group.subList(1, 4)) {
            peer.say("request").await("holds it with");
        }
        int holder = 0;
        for (Map.Entry<String, Integer> signal : Map.of("TERM", 143, "INT", 130, "HUP", 129).entrySet()) {
            group.get(holder).signal(signal.getKey());
            group.get(holder + 1).await(String.format(Locale.ROOT, HELD, holder + 2), AT_ONCE);
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
    @Tag("slow")
    void aClosedOrFullOutputDoesNotStopIt() {
        String run = "printf 'request\\nrelease\\nstatus\\nquit\\n' | { " + PeerProcesses.shell(PeerProcesses.command("--id", "1", "--port", "0", "--state", "s"))
                + "; echo \"code $?\" >&2; } ";
        for (String to : List.of("| head -n 1", "> /dev/full", "| true", ">&-")) {
            Running line = peers.sh(run + to);
            line.exit();
            assertEquals("code 0\n", line.err(), to);
        }
    }

    @Test
    @Tag("slow")
    void aWatchThatNobodyReadsEnds() {
        Running peer = peers.alone();
        String at = peer.await("listens on (\\S+)").group(1);
        for (String json : List.of("--peer", "--json --peer")) {
            Running watch = peers.sh(PeerProcesses.shell(PeerProcesses.command("watch")) + " " + json + " " + at + " | head -n 1");
            Eventually.holds(() -> {
                peer.say("request").say("release"); // from some time on it hears of these
                return !watch.isAlive();
            }, watch::toString);
            assertEquals(0, watch.exit());
            assertEquals(1, watch.out().lines().count(), watch::toString);
            assertEquals("", watch.err());
        }
    }

    /** Half an answer is none; but a reader that wants no more has got what it wanted. */
    @Test
    @Tag("slow")
    @Timeout(180)
    void whatCannotBeWrittenIsAFailureUnlessNobodyReadsIt() {
        Running peer = peers.alone();
        String at = peer.await("listens on (\\S+)").group(1);
        peer.say("request").await("HELD");
        String logs = Stream.of(1, 2, 3).map(id -> Path.of("docs/logs/peer-" + id + ".jsonl").toAbsolutePath().toString()).collect(Collectors.joining(" "));
        List<String> asking = List.of("status", "status --json", "peers", "locks", "why", "top", "top --json", "watch");
        for (String command : Stream.concat(asking.stream().map(line -> line + " --peer " + at),
                Stream.of("trace " + logs, "replay --check " + logs, "certs made 1", "--help", "status --help")).toList()) {
            String words = PeerProcesses.shell(PeerProcesses.command()) + " " + command;
            boolean longer = command.startsWith("trace") || command.startsWith("watch") || command.startsWith("status --json");
            for (String to : longer ? List.of("> /dev/full", "| head -n 1 >head", "| true") : List.of("> /dev/full")) {
                Running line = peers.sh("{ " + words + "; echo \"code $?\" >&2; } " + to);
                Eventually.holds(() -> {
                    if (command.startsWith("watch")) {
                        peer.say("release").say("request"); // else nothing is to be written
                    }
                    return !line.isAlive();
                }, line::toString);
                line.exit();
                assertTrue(line.err().endsWith("code " + (to.startsWith(">") ? 74 : 0) + "\n"), command + to + ": " + line);
                String verb = command.startsWith("-") ? "peer" : command.split(" ")[0];
                assertEquals(to.startsWith(">") ? 1 : 0, line.err().lines().filter(text -> text.startsWith(verb + ": the output cannot be written")).count(), command + to + ": " + line);
            }
        }
    }

    /** Nothing happens at the peer, so no line is written that would tell. */
    @Test
    void aQuietWatchEndsWithItsReader() {
        assumeTrue(Stream.of("/bin/perl", "/usr/bin/perl").anyMatch(place -> Files.isExecutable(Path.of(place))), "no perl here");
        Running peer = peers.alone();
        String at = peer.await("listens on (\\S+)").group(1);
        String watch = PeerProcesses.shell(PeerProcesses.command("watch", "--peer", at));
        for (String reader : List.of("true", "sleep 0.3", "sh -c 'exec <&-; sleep 30'")) {
            Running line = peers.sh("{ " + watch + "; echo \"code $?\" >&2; } | " + reader);
            line.awaitError("^code 0$");
            line.close();
        }
        Running read = peers.sh(watch + " | cat");
        Eventually.holds(() -> {
            peer.say("request").say("release");
            return !read.out().isEmpty();
        }, read::toString);
        assertTrue(read.isAlive(), "somebody reads it");
        peer.signal("TERM");
        read.exit();
        assertTrue(read.out().endsWith("\n"), read::toString);
    }

    @Test
    @Tag("slow")
    void aHangUpMakesAServiceGoOnInANewLog() throws Exception {
        Path log = folder.resolve("a.jsonl");
        Running peer = peers.alone("--no-shell", "--log", "a.jsonl");
        peer.await("listens on");
        Eventually.holds(() -> log.toFile().length() > 0, peer::toString);
        Files.move(log, folder.resolve("a.jsonl.1"));
        peer.signal("HUP");
        Eventually.holds(() -> Files.exists(log), peer::toString);
        assertTrue(peer.isAlive(), peer::toString);
        peer.signal("TERM");
        assertEquals(143, peer.exit(), peer::toString);
        assertTrue(Files.readAllLines(folder.resolve("a.jsonl.1")).stream().allMatch(line -> line.endsWith("}")), "whole lines");
    }

    @Test
    @Tag("slow")
    void theLogHasEveryFieldInLinesOfJson() throws Exception {
        List<Running> group = peers.group(3, "--log", "log-{id}.json");
        group.get(0).say("request").say("release").say("quit").exit();
        Set<String> events = new TreeSet<>();
        for (String line : Files.readAllLines(folder.resolve("log-1.json"))) {
            JsonObject event = JsonParser.parseString(line).getAsJsonObject();
            if (event.has("in")) {
                continue; // what was fed to the node: see ReplayTest
            }
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
            assertEquals(Set.of("entry", "exit", "lost").contains(kind), event.has("fence"), line);
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
    @Tag("slow")
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
    @Tag("slow")
    void aLineWithoutAnEndTakesNoMemoryAndTheNextIsRead() {
        List<String> command = new ArrayList<>(PeerProcesses.command("--id", "1", "--port", "0", "--state", "s"));
        command.add(command.indexOf("-cp"), "-Xmx48m");
        Running peer = peers.sh("{ head -c 200000000 /dev/zero; printf '\\nrequest\\r\\n\\r\\nquit\\n'; } | " + PeerProcesses.shell(command));
        assertEquals(1, peer.exit(), peer::toString);
        assertEquals("a line of 200000000 characters is too long for a command; \"help\" lists them\n", peer.err());
        assertTrue(peer.out().contains("[default] HELD"), peer::toString);
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
                "unknown command \"re?lease\"; did you mean \"release\"?",
                "unknown command \"?[31mred?]0;title?\"; \"help\" lists them",
                "\"request \"a\": a quote is not closed; close it or leave it out",
                "\"request 'b\": a quote is not closed; close it or leave it out",
                "request: lock name \"?[2J\": use 1 to 128 of a-z A-Z 0-9 . _ : / -; see \"help request\"",
                "unknown command \"?(\"; \"help\" lists them"), peer.err().lines().toList());
    }

    private static String members(int count) {
        return "group version \\S+ of " + count + " peers?: ";
    }

    /** Again until it shows that: on a machine that stands still, a peer is silent for a moment. */
    private static void repeat(Running peer, String command, String regex) {
        Eventually.answers(() -> peer.say(command).await(regex, 5_000));
    }

    private static void inOneGroup(List<Running> group) {
        for (Running peer : group) {
            peer.say("request meeting").say("release meeting");
        }
        group.forEach(peer -> peer.await("\\[meeting\\] (given back|LOST)")); // with a short lease a busy machine ends a hold
    }

    @Test
    @Tag("slow")
    void quitLeavesTheGroupAndTheOldCommandLinesBringItBack() {
        int[] ports = PeerProcesses.ports(3);
        List<Running> before = startOn(ports);
        inOneGroup(before);
        for (int id = 1; id <= 3; id++) {
            Running peer = before.get(id - 1).say("quit");
            assertEquals(0, peer.exit(), peer::toString);
            if (id < 3) {
                Running last = before.get(2).say("status");
                last.await(members(3 - id));
            }
        }
        List<Running> after = startOn(ports);
        for (Running peer : after) {
            Eventually.holds(() -> peer.say("status").out().matches("(?s).*" + members(3) + ".*"), peer::toString);
        }
        inOneGroup(after);
    }

    private List<Running> startOn(int[] ports) {
        return IntStream.rangeClosed(1, ports.length)
                .mapToObj(id -> peers.start(PeerProcesses.arguments(folder.resolve("state"), id, ports))).toList();
    }

    @Test
    @Tag("slow")
    void theEndOfInputAndSignalsDoNotLeaveTheGroup() {
        List<Running> group = peers.group(3);
        inOneGroup(group);
        assertEquals(0, group.get(0).hangUp().exit(), group.get(0)::toString);
        group.get(1).signal("TERM");
        group.get(1).exit();
        group.get(2).say("status").await(members(3) + "[^$]*peer 1 at .*: [^$]*peer 2 at .*: ");
    }

    @Test
    @Tag("slow")
    void quitSaysSoWhenTheOthersDoNotAgree() {
        List<Running> group = peers.group(3);
        inOneGroup(group);
        group.get(2).close();
        Running peer = group.get(0).say("quit");
        peer.await("^leaving the group \\.\\.\\.");
        assertEquals(1, peer.exit(), peer::toString);
        peer.awaitError("^quit: peer 1 stays a member of the group: the others did not agree within 3 s; "
                + "\"remove 1 --force\" at another peer removes it$");
    }

    @Test
    @Tag("slow")
    void removeIsRefusedInOneLineAndDoesNothing() {
        List<Running> group = peers.group(3);
        inOneGroup(group);
        Running one = group.get(0);
        for (String line : List.of("remove", "remove x", "remove 0", "remove 1", "remove 9", "remove 2", "remove 2 3 --force", "no", "remove 2 --force")) {
            one.say(line);
        }
        one.hangUp();
        assertEquals(1, one.exit(), one::toString);
        List<String> said = one.err().lines().filter(line -> line.startsWith("remove: ")).toList();
        assertEquals(List.of("remove: ID is missing; see \"help remove\"",
                "remove: \"x\" is not the id of a peer, e.g. 3; see \"help remove\"",
                "remove: \"0\" is not the id of a peer, e.g. 3; see \"help remove\"",
                "remove: 1 is this peer; \"quit\" leaves the group",
                "remove: peer 9 is not a member; the members are 1, 2, 3",
                "remove: peer 2 answered TIME ago; \"remove 2 --force\" if you mean it",
                "remove: \"no\" is not 2 3; nothing was done",
                "remove: not confirmed: 2 was not on the next line; nothing was done"),
                said.stream().map(line -> line.replaceAll("\\d+(\\.\\d+)? m?s", "TIME")).toList());
        group.get(1).say("status").await(members(3));
    }

    @Test
    @Tag("slow")
    void withTheLeaseOffADeadPeerIsRemovedByForce() {
        List<Running> group = peers.group(3);
        inOneGroup(group);
        group.get(2).close();
        Running one = group.get(0);
        one.awaitError("peer 3 at \\S+ is gone");
        one.say("remove 3").awaitError("^remove: with the lease off there is no way to know that peer 3 holds no lock; ");
        one.say("remove 3 --force").say("3").await("^remove: peer 3 is out of the group");
        one.say("status").await(members(2));
        one.say("request after").await("\\[after\\] HELD");
    }

    @Test
    @Tag("slow")
    void withALeaseASilentMinorityDelaysTheOthersAndIsRemovedByAgreement() {
        List<Running> group = peers.group(3, "--lease", "3s");
        inOneGroup(group);
        Running one = group.get(0);
        repeat(one, "status", ", lease 3 s\n" + members(3) + ".*\nmajority: 3 of 3 peers reachable, 2 needed\n");
        group.get(2).signal("STOP");
        one.say("request after").await("\\[after\\] HELD");
        repeat(one, "status", "^absent: 3 \\(suspected of having failed; locks are acquired without it\\)$");
        repeat(one, "peers", "^3 +localhost:\\d+ +absent ");
        one.say("remove 3").await("^remove: asking the others to go on without peer 3, then waiting until its lease has expired, 3\\.\\d s \\.\\.\\.$");
        one.await("^remove: peer 3 is out of the group$");
        one.awaitError("^two peers with a lease: each stops when the other is silent; without a lease it would wait, and of three peers two go on$");
        assertTrue(one.out().contains("[after] HELD") && !one.out().contains("[after] LOST"), one::toString);
        group.get(2).signal("CONT");
        group.get(2).awaitError("^the group went on without this peer: ");
    }

    @Test
    @Tag("slow")
    void aHolderWithoutAMajorityIsToldThatItLostAndWhatWaitsSaysWhy() {
        List<Running> group = peers.group(3, "--lease", "500ms");
        inOneGroup(group);
        Running one = group.get(0);
        one.say("request held").await("\\[held\\] HELD");
        group.get(1).signal("STOP");
        group.get(2).signal("STOP");
        one.await("^peer 1 \\[held\\] LOST: no majority: .*; another peer may be inside now$");
        one.say("request more");
        one.await("^peer 1 \\[more\\] waits: no majority: 1 of 3 peers reachable, 2 needed$");
        group.get(1).signal("CONT");
        one.await("\\[more\\] HELD");
        one.say("release held").awaitError("^release: peer 1 does not hold \\[held\\]");
        group.get(2).signal("CONT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "HUP", "INT"})
    @Tag("slow")
    void aSignalLeavesNothingOfTheDemoOrOfCertsBehind(String signal) throws IOException {
        for (List<String> words : List.of(List.of("demo"), List.of("certs", "made", "1", "2", "3"))) {
            Path temporary = Files.createDirectory(folder.resolve(words.get(0)));
            Running run = peers.run(PeerProcesses.command(temporary, words.toArray(String[]::new)));
            Eventually.holds(() -> !left(temporary).isEmpty(), run::toString);
            run.signal(signal);
            int code = run.exit();
            assertTrue(code > 128, run::toString);
            assertEquals(List.of(), left(temporary), run::toString);
        }
    }

    private static List<String> left(Path temporary) {
        return Stream.of(temporary.toFile().list()).filter(name -> name.startsWith("afteryou-")).toList();
    }

    @Test
    void theDemoChecksThirtyEntries() {
        Running demo = demo();
        assertTrue(demo.out().endsWith("check: 30 entries, never two at once, in the order of stamps, "
                + "4.00 messages per entry (2(N-1) = 4)\n"), demo::toString);
        tells("has the permission of", demo);
        assertEquals(2, Pattern.compile("peer (\\d) +has the permission of (?!\\1)\\d").matcher(demo.out()).results()
                .map(MatchResult::group).distinct().count(), demo::toString);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            roucairol-carvalho | [1-4]\\.\\d\\d messages per entry \\(up to 2\\(N-1\\) = 4\\) | has the permission of
            token-ring         | [1-3]\\.\\d\\d messages per entry \\(1 where all want it\\)  | receives TOKEN
            """)
    @Tag("slow")
    void soItDoesWithTheOtherAlgorithms(String algorithm, String cost, String step) {
        Running demo = demo("--algorithm", algorithm);
        assertTrue(Pattern.compile("check: 30 entries, never two at once, " + cost + "\n\\z").matcher(demo.out()).find(), demo::toString);
        tells(step, demo);
    }

    private Running demo(String... options) {
        Running demo = peers.start(Stream.concat(Stream.of("demo"), Stream.of(options)).toArray(String[]::new));
        assertEquals(0, demo.exit(), demo::toString);
        assertEquals("", demo.err());
        return demo;
    }

    /** The demo has the story of an entry, with this step. */
    private static void tells(String step, Running demo) {
        assertTrue(Pattern.compile("^ +\\d+\\.\\d\\d  peer \\d +" + step, Pattern.MULTILINE).matcher(demo.out()).find(), demo::toString);
        assertTrue(demo.out().contains(" ENTERS after "), demo::toString);
    }

    public static void main(String[] args) {
        Run.only(PipeTest.class);
    }
}
