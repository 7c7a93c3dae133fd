///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Eventually.java support/LockRound.java support/Peers.java support/Running.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tests.support.LockRound;
import tests.support.LockRound.Child;
import tests.support.Peers;
import tests.support.Running;

/**
 * The command is stopped before anybody else may enter, whatever happens to us: three peers with a lease, twenty
 * locks at a time, and a command under each that would go on for ever.
 */
@Timeout(180)
class LockFaultTest {

    private static final int ROUNDS = 20;
    private static final int AT_ONCE = 5;
    private static final int HELPER_ROUNDS = Integer.getInteger("afteryou.rounds", 4); // of each kind; -Dafteryou.rounds=20 for more
    private static final List<String> PROGRAMS = List.of("env", "mkfifo", "sleep", "date", "rm", "rmdir", "sh", "kill", "true");

    @TempDir
    Path folder;
    private Peers peers;
    private List<Running> group;
    private List<String> addresses;
    private final List<LockRound> rounds = new ArrayList<>();

    @BeforeEach
    void startAGroup() {
        peers = new Peers(folder);
        group = peers.group(3, "--lease", "2s", "--no-shell");
        addresses = group.stream().map(peer -> "localhost:" + peer.await("listens on localhost:(\\d+)").group(1)).toList();
    }

    @AfterEach
    void endAll() {
        rounds.forEach(LockRound::close);
        peers.close();
    }

    /** So many commands at that peer, as {@link #commands} below, with all programs. */
    private List<LockRound> commands(String name, Child child, int count, int peer, int next) {
        return commands(name, child, count, peer, next, null);
    }

    /** So many commands at that peer, each inside its own lock and each with somebody else in line at another peer. */
    private List<LockRound> commands(String name, Child child, int count, int peer, int next, Path programs) {
        List<LockRound> more = new ArrayList<>();
        while (more.size() < count) { // a few at a time: starting them is what takes the machine's time
            List<LockRound> some = IntStream.range(more.size(), Math.min(count, more.size() + AT_ONCE))
                    .mapToObj(i -> new LockRound(folder, name + "-" + i, child, addresses.get(peer - 1), programs)).toList();
            rounds.addAll(some);
            more.addAll(some);
            some.forEach(LockRound::awaitInside);
        }
        more.forEach(round -> round.queue(addresses.get(next - 1)));
        return more;
    }

    @Test
    void whenWeAreKilledOrStopped() {
        List<LockRound> stopped = commands("stopped", Child.PLAIN, ROUNDS, 1, 2);
        stopped.forEach(round -> round.ours.signal("STOP"));
        for (Child child : Child.values()) {
            List<LockRound> killed = commands("killed-" + child, child, ROUNDS, 3, 2);
            killed.forEach(round -> round.ours.signal("KILL"));
            LockRound.check(killed);
        }
        LockRound.check(stopped);
    }

    @Test
    void whenThePeerLosesItsStanding() {
        List<LockRound> local = commands("stopped-peer", Child.IGNORES_SIGNALS, ROUNDS / 3 + 1, 1, 3);
        group.get(0).signal("STOP");
        LockRound.check(local);
        group.get(0).signal("CONT");
        List<LockRound> killed = commands("killed-peer", Child.FORKS_TWICE, ROUNDS / 3 + 1, 2, 3);
        group.get(1).signal("KILL");
        LockRound.check(killed);
        List<LockRound> alone = commands("alone", Child.PLAIN, ROUNDS / 3, 1, 3);
        group.get(2).signal("STOP");
        alone.forEach(round -> round.ours.exit());
        group.get(2).signal("CONT");
        LockRound.check(alone);
    }

    /** Where a shell is the supervisor, and what makes the process group: the programs besides those that any system has. */
    static Stream<Arguments> shells() {
        return Stream.of(arguments("dash", List.of("setsid")), arguments("busybox", List.of("setsid")), arguments("dash", List.of("bash")),
                arguments("busybox", List.of("ksh")));
    }

    private Path programs(String shell, List<String> more) throws IOException {
        Path programs = Files.createDirectory(folder.resolve("bin-" + shell + more));
        for (String name : Stream.concat(PROGRAMS.stream(), more.stream()).toList()) {
            Path found = which(name.equals("sh") ? shell : name);
            assumeTrue(found != null, "no " + (name.equals("sh") ? shell : name) + " here");
            Files.createSymbolicLink(programs.resolve(name), found);
        }
        return programs;
    }

    private static Path which(String name) {
        return Stream.of("/bin", "/usr/bin", "/usr/local/bin").map(place -> Path.of(place, name)).filter(Files::isExecutable).findFirst().orElse(null);
    }

    @Test
    void whenTheSupervisorIsKilledOrStopped() {
        assumeTrue(which("perl") != null, "no perl here");
        for (String signal : List.of("KILL", "STOP")) {
            List<LockRound> hit = commands("supervisor-" + signal, Child.FORKS_TWICE, HELPER_ROUNDS, 1, 2);
            hit.forEach(round -> round.ours.descendants("perl").forEach(one -> Running.signal(signal, one.pid())));
            LockRound.checkLost(hit);
            LockRound.check(hit);
        }
    }

    @ParameterizedTest
    @MethodSource("shells")
    void whenAHelperOfTheShellIsKilledOrStopped(String shell, List<String> more) throws IOException {
        Path programs = programs(shell, more);
        String name = more.contains("setsid") ? shell + "|sh" : more.get(0);
        List<LockRound> all = commands(shell + more.get(0), Child.FORKS_TWICE, Math.max(6, HELPER_ROUNDS), 1, 2, programs);
        for (int i = 0; i < all.size(); i++) { // the one that decides, then what reads from the JVM, and what ticks
            Running.signal(i % 2 == 0 ? "KILL" : "STOP", all.get(i).ours.descendants("(" + name + ")[0-9.]*").stream()
                    .map(ProcessHandle::pid).sorted().skip(i / 2 % 3).findFirst().orElseThrow());
        }
        LockRound.checkLost(all);
        LockRound.check(all);
    }

    /** Whoever may not signal a process must not take it for gone: as under sudo, here root without the right to. */
    @Test
    void whenTheCommandHasChangedItsUser() {
        Path setpriv = which("setpriv");
        assumeTrue(setpriv != null && ProcessHandle.current().info().user().orElse("").equals("root"), "takes root and setpriv");
        List<String> lock = new ArrayList<>(List.of(setpriv.toString(), "--bounding-set=-kill"));
        lock.addAll(Peers.command(folder, "lock", "--peer", addresses.get(1), "-k", "0.3", "changed", "--", setpriv.toString(),
                "--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-c", "echo inside; read line"));
        Running ours = peers.run(lock);
        ours.await("inside");
        ours.descendants("perl").forEach(one -> Running.signal("KILL", one.pid()));
        ours.awaitError("\\] LOST: the supervisor of the command was killed; the command could not be stopped \\(it runs as another user");
        Running next = peers.run(Peers.command(folder, "lock", "--peer", addresses.get(0), "-w", "1", "changed", "true"));
        assertEquals(1, next.exit(), next::toString); // while it runs on
        assertEquals(76, ours.hangUp().exit(), ours::toString);
        lock.set(lock.indexOf("changed"), "changed-2");
        Running second = peers.run(lock);
        second.await("inside");
        group.get(1).signal("TERM"); // it leaves, and waits for as long as we said
        second.awaitError("\\] LOST: the peer is leaving; the command could not be stopped \\(it runs as another user");
        assertEquals(76, second.hangUp().exit(), second::toString);
    }

    public static void main(String[] args) {
        Run.only(LockFaultTest.class);
    }
}
