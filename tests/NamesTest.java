///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/FreePorts.java support/InProcess.java support/Jvm.java support/PeerProcesses.java
//SOURCES support/Running.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import mutex.client.Mutex;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tests.support.InProcess;
import tests.support.PeerProcesses;
import tests.support.Running;

/** What stands for a lock is its name as it was typed, or refused, wherever a name is taken; never another lock's. */
@Timeout(120)
class NamesTest {

    @TempDir
    static Path folder;
    private static PeerProcesses peers;
    private static Running peer;
    private static String address;

    @BeforeAll
    static void startAPeerThatHoldsTheDefaultLock() {
        peers = new PeerProcesses(folder);
        peer = peers.alone("--log", folder.resolve("log").toString());
        address = peer.await("listens on (localhost:\\d+)").group(1);
        peer.say("request").await("\\[default\\] HELD");
    }

    @AfterAll
    static void endIt() {
        peers.close();
    }

    /** Of no group, with a state of its own. */
    private static Running another() {
        return peers.start("--id", "2", "--port", "0", "--state", folder.resolve("state").toString());
    }

    @Test
    void theShellTakesNoOtherNameForIt() {
        try (Running other = another()) {
            other.await("listens on");
            for (String name : List.of("\"\"", "''", "\" \"", "@/etc/hostname", "\"a b\"", "\u00fc", "\u202e")) {
                for (String command : List.of("request", "release", "cancel", "why", "request --try")) {
                    other.say(command + " " + name);
                }
            }
            assertEquals(1, other.hangUp().exit(), other::toString);
            String line = "(request|release|cancel|why): lock name \"[^\"\\p{Cf}]*\": use 1 to 128 of a-z A-Z 0-9 . _ : / -[^\n]*\n";
            assertTrue(other.err().matches("(" + line + "){35}"), other::toString);
            assertFalse(other.out().contains("["), other::toString);
        }
    }

    /** By the command line, with the lock default held: nothing is asked for, given back or shown in its place. */
    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "@/etc/hostname", ".group", "\u0661", "\u001b[2J", "\u202e"})
    void noCommandTakesAnotherNameForIt(String name) throws Exception {
        for (String command : List.of("lock", "hold", "why", "watch")) {
            InProcess said = command.equals("lock") ? InProcess.run(command, "-n", "--peer", address, name, "--", "true")
                    : InProcess.run(command, "--peer", address, name);
            assertEquals(64, said.code(), said::toString);
            assertTrue(said.err().matches(command + ": lock name \"[^\\p{Cc}\\p{Cf}]*\": [^\n]*; see --help\n"), said::toString);
            assertEquals("", said.out());
        }
        assertEquals("locks: unexpected argument \"\"; see --help\n", InProcess.run("locks", "--peer", address, "").err());
        assertFalse(peer.out().contains("given back"), peer::toString);
    }

    @Test
    void theLibraryTakesNoEmptyName() {
        try (Mutex mutex = Mutex.connect(address)) {
            for (String name : List.of("", " ", "@x", "a b", "\n")) {
                assertThrows(IllegalArgumentException.class, () -> mutex.acquire(name));
                assertThrows(IllegalArgumentException.class, () -> mutex.tryAcquire(name));
                assertThrows(IllegalArgumentException.class, () -> mutex.acquireAsync(name));
            }
        }
    }

    @Test
    void whatLooksLikeAnOptionIsAskedForBehindDashes() throws Exception {
        InProcess said = InProcess.run("lock", "--peer", address, "--", "-n", "true");
        assertEquals(64, said.code(), said::toString);
        try (Running other = another()) {
            other.await("listens on");
            other.say("request -- -n").await("\\[-n\\] HELD");
            other.say("release -- -n").await("\\[-n\\] given back");
            assertEquals(0, other.hangUp().exit(), other::toString);
        }
    }

    @Test
    void aCommandGetsWhatFollowsUntouched() {
        Running lock = peers.run(PeerProcesses.command("lock", "--peer", address, "words", "--", "printf", "%s|", "@/etc/hostname", "", "--", "-n", "\"q\"", "a b"));
        assertEquals(0, lock.exit(), lock::toString);
        assertEquals("@/etc/hostname||--|-n|\"q\"|a b|", lock.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-u", "--unlock", "-F", "--no-fork"})
    void whatOnlyFlockHasIsRefusedByName(String option) throws Exception {
        InProcess said = InProcess.run("lock", option, "--peer", address, "x", "--", "true");
        assertEquals(64, said.code(), said::toString);
        assertTrue(said.err().startsWith("lock: " + option + " of flock(1) is not supported: ") && said.err().lines().count() == 1, said::toString);
    }

    @Test
    void verboseSaysWhatIsWaitedForAndThatItIsAcquired() throws Exception {
        Running holder = peers.run(PeerProcesses.command("hold", "--peer", address, "verbose"));
        holder.await("\\d+\n");
        Running lock = peers.run(PeerProcesses.command("lock", "--verbose", "--peer", address, "verbose", "--", "echo", "ran"));
        lock.awaitError("lock: waiting for \\[verbose\\]: peer 1 holds it \\(\"hold\", process \\d+\\)");
        holder.signal("TERM");
        assertEquals(0, lock.exit(), lock::toString);
        assertEquals("ran\n", lock.out());
        assertTrue(lock.err().contains("lock: [verbose] acquired at " + address + " after "), lock::toString);
    }

    @Test
    void aLockThatWaitsForItselfSaysSo() throws Exception {
        Running lock = peers.run(nested());
        lock.awaitError("lock: waiting for \\[self\\]: it waits for itself, as process \\d+, under which it runs, holds it");
        lock.signal("TERM");
        lock.exit();
    }

    /** {@code lock self -- lock --verbose self -- true}. */
    private static List<String> nested() {
        List<String> all = new ArrayList<>(PeerProcesses.command("lock", "--peer", address, "self", "--"));
        all.addAll(PeerProcesses.command("lock", "--verbose", "--peer", address, "self", "--", "true"));
        return all;
    }

    @Test
    void anEmptyStandardInputIsNamedAsTheReasonToEnd() {
        Running other = another();
        assertEquals(0, other.hangUp().exit(), other::toString);
        assertEquals("standard input has ended, so this peer ends; --no-shell keeps it running\n", other.err());
    }

    /** As editors and other systems leave them: a byte order mark, CR LF, bytes that are no text, NUL, a line of a mebibyte. */
    @Test
    void whatIsNoTextIsOneWrongLineAndTheNextOneCounts() throws Exception {
        Running other = another();
        other.feed("\ufeffrequest bom\r\n".getBytes(StandardCharsets.UTF_8)).await("\\[bom\\] HELD");
        other.feed(new byte[] {'w', 'h', 'y', ' ', (byte) 0xff, (byte) 0xc3, '\n'}).awaitError("^why: lock name \"\\?\\?\": use");
        other.feed(new byte[] {'w', 'h', 'y', ' ', 'a', 0, '\n'}).awaitError("^why: lock name \"a\\?\": use");
        other.feed(("why " + "x".repeat(1 << 20) + "\n").getBytes(StandardCharsets.UTF_8)).awaitError("^a line of 1048580 characters is too long for a command");
        other.say("request after").await("\\[after\\] HELD");
        assertEquals(1, other.hangUp().exit(), other::toString);
    }

    /** A fence is above 2^53 as a rule: jq and JavaScript would round it. */
    @Test
    @Tag("slow")
    void fencesAreStringsInTheLogAndInWatch() throws Exception {
        Running watch = peers.run(PeerProcesses.command("watch", "--json", "--peer", address, "fenced"));
        for (int i = 0; i < 50 && watch.out().isEmpty(); i++) { // it begins when it reaches the peer
            assertEquals(0, InProcess.run("lock", "--peer", address, "fenced", "--", "true").code());
        }
        String line = watch.await("^.*\"event\":\"entry\".*$").group();
        JsonObject entry = JsonParser.parseString(line).getAsJsonObject();
        assertTrue(entry.get("fence").getAsJsonPrimitive().isString(), line);
        List<String> logged = Files.readAllLines(folder.resolve("log"));
        List<String> entries = logged.stream().filter(each -> each.contains("\"event\":\"entry\"")).toList();
        assertFalse(entries.isEmpty());
        for (String each : entries) {
            assertTrue(JsonParser.parseString(each).getAsJsonObject().get("fence").getAsJsonPrimitive().isString(), each);
        }
        String begun = logged.get(0); // its clock counts nanoseconds
        assertTrue(JsonParser.parseString(begun).getAsJsonObject().get("now").getAsJsonPrimitive().isString(), begun);
        watch.close();
    }

    public static void main(String[] args) {
        Run.only(NamesTest.class);
    }
}
