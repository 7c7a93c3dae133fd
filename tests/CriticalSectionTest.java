///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/FreePorts.java support/Jvm.java support/PeerProcesses.java support/Running.java
//SOURCES ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tests.support.PeerProcesses;
import tests.support.Running;

/** The critical section of the exercise: {@code request --write FILE --sleep TIME} at real peers, through pipes. */
@Tag("slow")
@Timeout(90)
class CriticalSectionTest {

    private static final Pattern LINE = Pattern.compile("(\\S+Z) peer (\\d+) \\[default\\] stamp (\\d+)@\\2 fence (\\d+)");

    @TempDir
    Path folder;
    @AutoClose
    private PeerProcesses peers;

    @BeforeEach
    void inAFolderOfItsOwn() {
        peers = new PeerProcesses(folder);
    }

    /** The lines of the file, all of which must be whole. */
    private List<Matcher> shared() throws IOException {
        List<Matcher> lines = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("shared.txt"))) {
            Matcher whole = LINE.matcher(line);
            assertTrue(whole.matches(), line);
            lines.add(whole);
        }
        return lines;
    }

    @Test
    void threePeersInALoopWriteWholeLinesInTheOrderOfFences() throws IOException {
        List<Running> group = peers.group(3);
        for (Running peer : group) {
            for (int i = 0; i < 20; i++) {
                peer.say("request --write shared.txt");
            }
        }
        group.forEach(peer -> peer.say("request over --for 1ms").await("\\[over\\] HELD")); // who hangs up stays a member, and is waited for
        for (Running peer : group) {
            peer.hangUp();
            assertEquals(0, peer.exit(), peer::toString);
            assertEquals(20, peer.out().split("wrote a line to \"shared.txt\"", -1).length - 1, peer::toString);
        }
        List<Long> fences = shared().stream().map(line -> Long.valueOf(line.group(4))).toList();
        assertEquals(60, fences.size());
        assertEquals(List.copyOf(new TreeSet<>(fences)), fences);
        for (String id : List.of("1", "2", "3")) {
            assertEquals(20, shared().stream().filter(line -> line.group(2).equals(id)).count(), "peer " + id);
        }
    }

    @Test
    void whoSleepsInsideMakesTheOthersWait() throws IOException {
        List<Running> group = peers.group(2);
        group.forEach(peer -> peer.say("request begin --for 1ms").await("\\[begin\\] given back"));
        group.get(0).say("request --write shared.txt --sleep 4s").say("request after").await("wrote a line to \"shared.txt\"");
        group.get(1).say("request --write shared.txt").await("holds it with[^$]*wrote a line[^$]*\\[default\\] given back");
        group.get(0).await("wrote a line[^$]*\\[default\\] given back[^$]*\\[after\\] HELD"); // a pipe goes on when it is over
        List<Matcher> lines = shared();
        assertEquals(List.of("1", "2"), lines.stream().map(line -> line.group(2)).toList());
        Duration between = Duration.between(Instant.parse(lines.get(0).group(1)), Instant.parse(lines.get(1).group(1)));
        assertTrue(between.toMillis() >= 3_950, between::toString);
    }

    @Test
    void forSaysHowLongTheLockIsHeldAndSleepAloneWritesNothing() throws IOException {
        Running peer = peers.alone().say("request --write shared.txt --for 300ms").say("request --sleep 10ms").say("quit");
        assertEquals(0, peer.exit(), peer::toString);
        assertEquals(1, shared().size());
        assertEquals(2, peer.out().lines().filter(line -> line.endsWith("given back")).count(), peer::toString);
    }

    @Test
    void aFileThatCannotBeWrittenCostsALineAndTheLock() {
        List<Running> group = peers.group(2);
        Running one = group.get(0).say("request --write no/shared.txt --sleep 5m").say("request --write .").say("request --write /dev/full").say("status");
        one.await("no lock is held or wanted here");
        group.get(1).say("request").await("HELD");
        assertEquals(1, one.say("quit").exit(), one::toString);
        assertEquals("""
                peer 1 [default] "no/shared.txt" cannot be written (its folder does not exist), so the lock is given back; name another file after --write
                peer 1 [default] "." cannot be written (it is not a regular file), so the lock is given back; name another file after --write
                peer 1 [default] "/dev/full" cannot be written (it is not a regular file), so the lock is given back; name another file after --write
                """, one.err().lines().filter(line -> line.startsWith("peer 1 [")).map(line -> line + "\n").reduce("", String::concat));
    }

    @Test
    void aFileOfSomebodyElseStaysAsItIs() throws IOException {
        Files.createFile(folder.resolve("empty.txt"));
        String half = "2026-01-01T00:00:00Z peer 1 [default] stamp 1@1 fe";
        for (String text : List.of("mine\n", "mine", half, "x".repeat(5_000) + half + "nce 7\n", "\n")) {
            Path file = Files.writeString(folder.resolve("mine.txt"), text);
            Running peer = peers.alone().say("request --write mine.txt").say("request --write empty.txt").say("quit");
            assertEquals(1, peer.exit(), peer::toString);
            assertEquals(text, Files.readString(file));
            assertEquals("peer 1 [default] \"mine.txt\" cannot be written (its last line was not written by --write), so the lock is given back; "
                    + "name another file after --write\n", peer.err());
        }
        assertEquals(5, Files.readAllLines(folder.resolve("empty.txt")).size());
    }

    @Test
    void aLineThatDoesNotFitLeavesNoHalf() throws IOException {
        String run = "ulimit -f 1; trap '' XFSZ; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18; do echo request --write small.txt; done | "
                + PeerProcesses.shell(PeerProcesses.command("--id", "1", "--port", "0", "--peers-file", "/dev/null", "--state", folder.resolve("s").toString()));
        Running full = peers.run(List.of("bash", "-c", run)); // whose unit is 1,024 bytes
        assertEquals(1, full.exit(), full::toString);
        full.awaitError("\"small.txt\" cannot be written \\(File too large\\), so the lock is given back");
        String text = Files.readString(folder.resolve("small.txt"));
        assertTrue(text.endsWith("\n") && text.lines().allMatch(line -> LINE.matcher(line).matches()), text);
    }

    @Test
    void whoLosesTheLockInsideIsToldAndWritesNothingMore() throws IOException {
        List<Running> group = peers.group(3, "--lease", "1s");
        group.forEach(peer -> peer.say("request begin --for 1ms").await("\\[begin\\] given back"));
        Running holder = group.get(0).say("request --write shared.txt --sleep 5m");
        holder.await("wrote a line");
        holder.signal("STOP");
        group.get(1).say("request --write shared.txt").await("wrote a line");
        holder.signal("CONT");
        holder.await("\\[default\\] LOST: no majority: .*; another peer may be inside now");
        holder.hangUp();
        assertEquals(1, holder.exit(), holder::toString);
        assertEquals(List.of("1", "2"), shared().stream().map(line -> line.group(2)).toList());
    }

    @Test
    void whatDoesNotGoTogetherIsRefused() {
        Running peer = peers.alone().say("request --for 1s --sleep 1s").say("request --write").say("request --sleep x").say("quit");
        assertEquals(1, peer.exit(), peer::toString);
        assertEquals("""
                request: --for and --sleep both say when to release the lock; leave one out; see "help request"
                request: --write FILE: the value is missing; see "help request"
                request: --sleep "x" is not a duration, e.g. 300ms, 5s, 2m or 1h; see "help request"
                """, peer.err());
    }

    public static void main(String[] args) {
        Run.only(CriticalSectionTest.class);
    }
}
