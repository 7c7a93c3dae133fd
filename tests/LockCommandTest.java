///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Peers.java support/Running.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tests.support.Peers;
import tests.support.Running;

/** {@code lock NAME COMMAND} beside {@code flock FILE COMMAND}: the same words, the same command, the same end. */
@Timeout(120)
class LockCommandTest {

    /** Takes the place of the lock: a name for us, a file for flock. */
    private static final String IT = "LOCK";

    @TempDir
    static Path folder;
    private static Peers peers;
    private static Running peer;
    private static String address;
    private static int names;
    private final List<Running> started = new ArrayList<>();
    private String name;

    @BeforeAll
    static void startAPeer() throws IOException {
        peers = new Peers(folder);
        peer = peers.alone("--no-shell");
        address = "localhost:" + peer.await("listens on localhost:(\\d+)").group(1);
        Files.writeString(folder.resolve("no-program"), "echo hi\n");
        Files.writeString(folder.resolve("script"), "echo hi; exit 5\n");
        folder.resolve("script").toFile().setExecutable(true);
    }

    @AfterAll
    static void endIt() {
        peers.close();
    }

    @BeforeEach
    void anotherLockForEach() {
        name = "lock-" + ++names;
    }

    @AfterEach
    void endThem() {
        started.forEach(Running::close);
    }

    private Running run(Map<String, String> environment, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("MUTEX_PEER", address);
        builder.environment().putAll(environment);
        Running running = new Running(builder);
        started.add(running);
        return running;
    }

    private Running lock(String... words) {
        return run(Map.of(), Peers.command(Stream.concat(Stream.of("lock"), in(name, words)).toArray(String[]::new)));
    }

    private Running flock(String... words) {
        List<String> command = new ArrayList<>(Peers.command()); // the same start, with the same signals
        command.subList(command.indexOf("--default-signal=INT,HUP") + 1, command.size()).clear();
        command.add("flock");
        in(folder.resolve(name).toString(), words).forEach(command::add);
        return run(Map.of(), command);
    }

    private static Stream<String> in(String place, String... words) {
        return Stream.of(words).map(word -> word.equals(IT) ? place : word);
    }

    private static List<String> words(String... words) {
        return List.of(words);
    }

    static List<List<String>> commands() {
        return List.of(
                words(IT, "true"), words(IT, "false"), words("-n", IT, "true"), words("-w", "1", IT, "true"),
                words("-w1", IT, "true"), words("--wait=0.5", IT, "true"), words("-nE", "7", IT, "false"), words("-x", IT, "true"),
                words(IT, "sh", "-c", "exit 7"), words(IT, "sh", "-c", "exit 255"),
                words(IT, "sh", "-c", "kill -9 $$"), words(IT, "sh", "-c", "kill -TERM $$"), words(IT, "sh", "-c", "kill -HUP $$"),
                words(IT, "printf", "<%s>", "a b", "", "it's", "\"q\"", "two\nlines", "--", "-n", "$HOME", "*"),
                words(IT, "-c", "echo out; echo err >&2; exit 3"), words(IT, "--command", "exit 4"),
                words(IT, "cat"), words(IT, "sh", "-c", "read line; echo \"$line\"; cat >&2"),
                words(IT, "./script"),
                words(IT, "./not-there"), words(IT, "not-there-either"), words(IT, "./no-program"), words(IT, "/"), words(IT, ""),
                words(), words(IT), words("-w", IT), words("--bad", IT, "true"), words("-w", "soon", IT, "true"),
                words("-E", "300", IT, "true"), words("-E", "-1", IT, "true"), words("-E", "x", IT, "true"),
                words(IT, "-c"), words(IT, "-c", "a", "b"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void endsAsUnderFlock(List<String> words) {
        String[] them = words.toArray(String[]::new);
        Running theirs = flock(them);
        Running ours = lock(them);
        for (Running one : List.of(theirs, ours)) {
            try {
                one.say("first line").say("second line");
            } catch (AssertionError ended) {
                // it does not read
            }
            one.hangUp();
        }
        assertEquals(theirs.exit(), ours.exit(), () -> "flock: " + theirs + "\nlock: " + ours);
        assertEquals(theirs.out(), ours.out());
        if (!theirs.err().startsWith("flock:")) {
            assertEquals(theirs.err(), ours.err());
        } else {
            assertTrue(ours.err().matches("lock: [^\n]+\n"), ours::toString);
        }
    }

    static List<Arguments> waits() {
        return List.of(
                arguments(words("-n"), ""), arguments(words("-w", "0"), ""), arguments(words("-w", "0.3"), ""),
                arguments(words("-n", "-E", "9"), ""), arguments(words("-w", ".2", "-E", "0"), ""),
                arguments(words("-nE255"), ""), arguments(words("--nonblock", "--conflict-exit-code", "3"), ""),
                arguments(words("--nb"), ""), arguments(words("--timeout=0.2"), ""),
                arguments(words(), "TERM"), arguments(words(), "INT"), arguments(words(), "HUP"), arguments(words("-w", "60"), "INT"));
    }

    @ParameterizedTest
    @MethodSource("waits")
    void givesUpAsFlockDoes(List<String> flags, String signal) {
        flock(IT, "sh", "-c", "echo inside; cat").await("inside");
        lock(IT, "sh", "-c", "echo inside; cat").await("inside");
        String[] words = Stream.concat(flags.stream(), Stream.of(IT, "echo", "never")).toArray(String[]::new);
        Running theirs = flock(words);
        Running ours = lock(words);
        if (!signal.isEmpty()) {
            awaitStatus(name, "1 more in line here");
            theirs.signal(signal);
            ours.signal(signal);
        }
        assertEquals(theirs.exit(), ours.exit(), () -> "flock: " + theirs + "\nlock: " + ours);
        assertEquals("", ours.out() + ours.err());
    }

    private void awaitStatus(String lock, String text) {
        for (int i = 0; i < 100; i++) {
            Running status = run(Map.of(), Peers.command("status"));
            status.exit();
            if (status.out().lines().anyMatch(line -> line.contains("[" + lock + "]") && line.contains(text))) {
                return;
            }
        }
        throw new AssertionError("no \"" + text + "\" in the status of " + lock);
    }

    @Test
    void theEnvironmentIsThatOfFlockAndThreeMore() {
        Map<String, String> odd = Map.of("with.dot", "1", "BASH_FUNC_f%%", "() { echo hi; }", "LINES_IN", "a\nb", "EMPTY", "");
        List<String> ours = Peers.command("lock", name, "env", "-0");
        List<String> theirs = List.of("flock", folder.resolve(name).toString(), "env", "-0");
        TreeSet<String> here = variables(run(odd, ours));
        TreeSet<String> there = variables(run(odd, theirs));
        TreeSet<String> more = new TreeSet<>(here);
        more.removeAll(there);
        assertEquals(3, more.size(), more::toString);
        assertTrue(more.contains("MUTEX_NAME=" + name) && more.first().matches("MUTEX_FENCE=[1-9]\\d*") && here.contains("MUTEX_PEER=" + address)
                || more.contains("MUTEX_PEER=" + address), more::toString);
        there.removeAll(here);
        assertEquals(new TreeSet<>(), there);
    }

    private static TreeSet<String> variables(Running env) {
        assertEquals(0, env.exit(), env::toString);
        TreeSet<String> all = new TreeSet<>(List.of(env.out().split("\0")));
        all.removeIf(one -> one.startsWith("_="));
        return all;
    }

    public static void main(String[] args) {
        Run.only(LockCommandTest.class);
    }
}
