///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Effort.java Run.java support/Eventually.java support/FreePorts.java support/Jvm.java support/LockRound.java
//SOURCES support/PeerProcesses.java support/Running.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tests.support.Eventually;
import tests.support.LockRound;
import tests.support.LockRound.Child;
import tests.support.PeerProcesses;
import tests.support.Running;

/**
 * The command is stopped before anybody else may enter, whatever happens to us: three peers with a lease, some locks
 * at a time, and a command under each that would go on for ever. {@code --rounds 20} runs each kind so often.
 */
@Tag("slow")
@Timeout(600)
class LockFaultTest {

    private static final int AT_ONCE = 5;
    private static final List<String> PROGRAMS = List.of("env", "mkfifo", "sleep", "date", "rm", "rmdir", "sh", "kill", "true");

    private static PeerProcesses groups;
    private static List<Running> group; // serves one test after the other; null when none runs
    private static boolean spoiled; // by a test that ends one of its peers
    private static List<String> addresses;

    @TempDir
    private static Path states;
    @TempDir
    Path folder;
    private PeerProcesses peers;
    private final List<LockRound> rounds = new ArrayList<>();
    private final List<Path> links = new ArrayList<>();

    @BeforeEach
    void startAGroup() throws IOException {
        peers = new PeerProcesses(folder);
        if (group == null) {
            groups = new PeerProcesses(Files.createTempDirectory(states, "group"));
            group = groups.group(3, "--lease", "5s");
            addresses = group.stream().map(peer -> "localhost:" + peer.await("listens on localhost:(\\d+)").group(1)).toList();
        }
    }

    @AfterEach
    void endAll() throws IOException {
        rounds.forEach(LockRound::close);
        peers.close();
        for (Path link : links) { // JUnit warns of each that leads out of its folder
            Files.delete(link);
        }
        if (spoiled || group.stream().anyMatch(peer -> !peer.isAlive())) {
            endTheGroup();
        }
    }

    @AfterAll
    static void endTheGroup() {
        if (group != null) {
            groups.close();
            group = null;
            spoiled = false;
        }
    }

    private static int rounds() {
        return Integer.getInteger("afteryou.rounds", Effort.of(2, 4));
    }

    /** So many commands at that peer, as {@link #commands} below, with all programs. */
    private List<LockRound> commands(String name, Child child, int count, int peer, int next) {
        return commands(name, child, count, peer, next, null);
    }

    /** So many commands at that peer, each inside its own lock and each with somebody else in line at another peer. */
    private List<LockRound> commands(String name, Child child, int count, int peer, int next, Path programs) {
        return commands(name, child, count, peer, next, programs, folder, List.of());
    }

    /** The same, with that folder for temporary files, and words before the command line that have it run. */
    private List<LockRound> commands(String name, Child child, int count, int peer, int next, Path programs, Path temporary, List<String> before) {
        List<LockRound> more = new ArrayList<>();
        while (more.size() < count) { // a few at a time: starting them is what takes the machine's time
            List<LockRound> some = IntStream.range(more.size(), Math.min(count, more.size() + AT_ONCE))
                    .mapToObj(i -> new LockRound(folder, name + "-" + i, child, addresses.get(peer - 1), programs, temporary, before)).toList();
            rounds.addAll(some);
            more.addAll(some);
            some.forEach(LockRound::awaitInside);
        }
        assertTrue(more.stream().anyMatch(LockRound::isInside), () -> "all were lost before anything happened to them: " + more.get(0).ours);
        more.forEach(round -> round.queue(addresses.get(next - 1)));
        return more;
    }

    @Test
    void whenWeAreKilledOrStopped() {
        List<LockRound> stopped = commands("stopped", Child.PLAIN, rounds(), 1, 2);
        stopped.forEach(round -> round.ours.signal("STOP"));
        for (Child child : Child.values()) {
            List<LockRound> killed = commands("killed-" + child, child, rounds(), 3, 2);
            killed.forEach(round -> round.ours.signal("KILL"));
            LockRound.check(killed);
        }
        LockRound.check(stopped);
    }

    @Test
    void whenThePeerLosesItsStanding() {
        spoiled = true;
        List<LockRound> local = commands("stopped-peer", Child.IGNORES_SIGNALS, rounds(), 1, 3);
        group.get(0).signal("STOP");
        LockRound.check(local);
        group.get(0).signal("CONT");
        List<LockRound> killed = commands("killed-peer", Child.FORKS_TWICE, rounds(), 2, 3);
        group.get(1).signal("KILL");
        LockRound.check(killed);
        List<LockRound> alone = commands("alone", Child.PLAIN, rounds(), 1, 3);
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
            links.add(Files.createSymbolicLink(programs.resolve(name), found));
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
            List<LockRound> hit = commands("supervisor-" + signal, Child.FORKS_TWICE, rounds(), 1, 2);
            hit.forEach(round -> round.ours.descendants("perl").forEach(one -> Running.signal(signal, one.pid())));
            LockRound.checkLost(hit);
            LockRound.check(hit);
        }
    }

    /** What kills the command then is the system's own shell: in place of it a script for whatever is given to "sh -c". */
    static Stream<Arguments> systemShells() {
        return Stream.of(arguments("busybox", "exec busybox sh \"$@\""),
                arguments("cannot-fork", "if [ $(($(date +%s%N) / 100000000 % 8)) -gt 1 ]; then echo cannot fork; exit 2; fi; exec busybox sh \"$@\""),
                arguments("cannot-start", "echo cannot fork; exit 2"));
    }

    @ParameterizedTest
    @MethodSource("systemShells")
    void whenTheSystemsShellIsOdd(String what, String script) throws IOException {
        assumeTrue(which("perl") != null && which("bash") != null && which("busybox") != null, "takes perl, bash and busybox");
        assumeTrue(isRoot() && which("unshare") != null, "takes root and unshare");
        Path shell = Files.writeString(folder.resolve(what), "#!/usr/bin/bash\ncase $2 in 'kill '*) " + script + " ;; esac; exec busybox sh \"$@\"\n");
        shell.toFile().setExecutable(true);
        List<String> before = List.of("unshare", "-m", "bash", "-c", "mount --bind \"$0\" /bin/sh || exit 99; exec \"$@\"", shell.toString());
        List<LockRound> hit = new ArrayList<>();
        for (Child child : List.of(Child.FORKS_TWICE, Child.IGNORES_SIGNALS)) {
            hit.addAll(commands(what + child, child, 2, 1, 2, null, folder, before));
        }
        hit.forEach(round -> round.ours.descendants("perl").forEach(one -> Running.signal("KILL", one.pid())));
        LockRound.checkLost(hit);
        hit.forEach(round -> assertTrue(round.ours.err().contains("the command was stopped first"), round.ours::toString));
        LockRound.check(hit);
    }

    @ParameterizedTest
    @MethodSource("shells")
    void whenAHelperOfTheShellIsKilledOrStopped(String shell, List<String> more) throws IOException {
        Path programs = programs(shell, more);
        String name = more.contains("setsid") ? shell + "|sh" : more.get(0);
        List<LockRound> all = commands(shell + more.get(0), Child.FORKS_TWICE, Math.max(6, rounds()), 1, 2, programs);
        for (int i = 0; i < all.size(); i++) { // the one that decides, then what reads from the JVM, and what ticks
            String signal = i % 2 == 0 ? "KILL" : "STOP";
            all.get(i).ours.descendants("(" + name + ")[0-9.]*").stream().map(ProcessHandle::pid).sorted().skip(i / 2 % 3).findFirst()
                    .ifPresent(pid -> Running.signal(signal, pid));
        }
        LockRound.checkLost(all);
        LockRound.check(all);
    }

    static Stream<Arguments> shellsButKsh() {
        return shells().filter(shell -> !List.of("ksh").equals(shell.get()[1]));
    }

    /** As Ctrl-Z and timeout(1) do it: what stands beside the command must not stop or end with us. */
    @ParameterizedTest
    @MethodSource("shellsButKsh")
    void whenOurWholeJobIsSignalledBesideAShell(String shell, List<String> more) throws IOException {
        assumeTrue(which("perl") != null, "takes perl to start a job");
        Path programs = programs(shell, more);
        List<String> job = List.of(which("perl").toString(), "-e", "setpgrp; exec @ARGV");
        List<LockRound> stopped = commands("job-stopped", Child.PLAIN, 2, 1, 2, programs, folder, job);
        stopped.forEach(round -> round.ours.signalJob("TSTP"));
        List<LockRound> ended = commands("job-ended", Child.PLAIN, 2, 3, 2, programs, folder, job);
        ended.forEach(round -> round.ours.signalJob("TERM"));
        ended.forEach(round -> assertEquals(143, round.ours.exit(), round.ours::toString));
        LockRound.check(ended);
        LockRound.check(stopped);
    }

    /** A shell cannot take back that it lets what it starts in the background ignore INT and QUIT; but it adds nothing else. */
    @ParameterizedTest
    @MethodSource("shells")
    void whatACommandBesideAShellIgnores(String shell, List<String> more) throws IOException {
        assumeTrue(Files.isReadable(Path.of("/proc/self/status")) && which("grep") != null, "takes /proc");
        ProcessBuilder lock = new ProcessBuilder(PeerProcesses.command(folder, "lock", "--peer", addresses.get(0), "x", "--",
                which("grep").toString(), "SigIgn", "/proc/self/status"));
        lock.environment().put("PATH", programs(shell, more).toString());
        try (Running ours = new Running(lock)) {
            assertEquals(0, ours.exit(), ours::toString);
            long ignored = Long.parseUnsignedLong(ours.out().split("\\s+")[1], 16);
            for (int signal : new int[] {1, 13, 15, 20}) { // HUP, PIPE, TERM, TSTP
                assertEquals(0, ignored >> (signal - 1) & 1, () -> "signal " + signal + ": " + ours);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("shells")
    void whenWeAreKilledOrStoppedBesideAShell(String shell, List<String> more) throws IOException {
        Path programs = programs(shell, more);
        List<LockRound> stopped = commands("stopped", Child.PLAIN, rounds(), 1, 2, programs);
        stopped.forEach(round -> round.ours.signal("STOP"));
        for (Child child : List.of(Child.IGNORES_SIGNALS, Child.FORKS_TWICE)) {
            List<LockRound> killed = commands("killed-" + child, child, rounds(), 3, 2, programs);
            killed.forEach(round -> round.ours.signal("KILL"));
            killed.forEach(round -> round.ours.awaitError("\\] LOST: lock was killed; the command was stopped first"));
            LockRound.check(killed);
        }
        LockRound.check(stopped);
    }

    static Stream<Arguments> supervisors() {
        return Stream.concat(shells(), Stream.of(arguments("dash", List.of("perl"))));
    }

    /** Nobody has the other ends of its pipes then: it does not wait for them, and leaves nothing behind. */
    @ParameterizedTest
    @MethodSource("supervisors")
    void whenWeAreKilledWhileTheSupervisorStarts(String shell, List<String> more) throws IOException {
        assumeTrue(Files.isReadable(Path.of("/proc/self/cmdline")), "takes /proc");
        Path programs = programs(shell, more);
        Path first = programs.resolve(more.get(0).equals("setsid") ? "sh" : more.get(0));
        Path real = Files.createDirectory(programs.resolve("real")).resolve(first.getFileName());
        links.add(Files.move(first, real));
        links.remove(first);
        Files.writeString(first, "#!/bin/sh\nkill -KILL $PPID\nexec '" + real + "' \"$@\"\n").toFile().setExecutable(true);
        Path temporary = Files.createDirectory(folder.resolve("temporary"));
        ProcessBuilder lock = new ProcessBuilder(PeerProcesses.command(temporary, "lock", "--peer", addresses.get(0), "killed", "--", "true"));
        lock.environment().put("PATH", programs.toString());
        try (Running ours = new Running(lock)) {
            assertEquals(137, ours.exit(), ours::toString);
            Eventually.holds(() -> temporary.toFile().list().length == 0 && runningWith(temporary).isEmpty(),
                    () -> List.of(temporary.toFile().list()) + " and processes " + runningWith(temporary) + " are left");
        }
    }

    /** The processes with that path in their command line. */
    private static List<Long> runningWith(Path path) {
        return ProcessHandle.allProcesses().map(ProcessHandle::pid).filter(pid -> {
            try {
                return Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1).contains(path.toString());
            } catch (IOException gone) {
                return false;
            }
        }).toList();
    }

    /** What becomes of the place for temporary files, by a script that then runs its arguments; or removed while the command runs. */
    static Stream<Arguments> places() {
        String mount = "mount -t tmpfs -o %s none \"$0\" || exit 99; ";
        return Stream.of(arguments("removed", ""), arguments("full", mount.replace("%s", "size=4k") + "head -c 4096 /dev/zero >\"$0/full\"; "),
                arguments("read-only", mount.replace("%s", "ro")), arguments("without inodes", mount.replace("%s", "nr_inodes=3")));
    }

    @ParameterizedTest
    @MethodSource("places")
    void whenThereIsNoPlaceForFiles(String what, String script) throws IOException {
        assumeTrue(which("perl") != null, "no perl here");
        assumeTrue(script.isEmpty() || isRoot() && which("unshare") != null, "takes root and unshare");
        Path temporary = Files.createDirectory(folder.resolve("place " + what));
        List<String> before = script.isEmpty() ? List.of()
                : List.of("unshare", "-m", "sh", "-c", script + "exec \"$@\"", temporary.toString());
        List<LockRound> lost = commands("lost-" + what.replace(' ', '-'), Child.FORKS_TWICE, rounds(), 1, 2, null, temporary, before);
        List<LockRound> killed = commands("killed-" + what.replace(' ', '-'), Child.IGNORES_SIGNALS, rounds(), 1, 2, null, temporary, before);
        if (script.isEmpty()) {
            assertEquals(List.of(), List.of(temporary.toFile().list()), "no file is needed");
            Files.delete(temporary);
        }
        lost.forEach(round -> round.ours.descendants("perl").forEach(one -> Running.signal("KILL", one.pid())));
        killed.forEach(round -> round.ours.signal("KILL"));
        LockRound.checkLost(lost);
        LockRound.check(lost);
        LockRound.check(killed);
        killed.forEach(round -> round.ours.awaitError("\\] LOST: lock was killed; the command was stopped first"));
    }

    private static boolean isRoot() {
        return ProcessHandle.current().info().user().orElse("").equals("root");
    }

    /** Whoever may not signal a process must not take it for gone: as under sudo, here root without the right to. */
    @Test
    void whenTheCommandHasChangedItsUser() {
        assumeTrue(which("setpriv") != null && isRoot(), "takes root and setpriv");
        spoiled = true;
        List<Running> killed = IntStream.range(0, rounds()).mapToObj(i -> changed("changed-" + i)).toList();
        killed.forEach(ours -> ours.descendants("perl").forEach(one -> Running.signal("KILL", one.pid())));
        for (int i = 0; i < killed.size(); i++) {
            Running ours = killed.get(i);
            ours.awaitError("\\] LOST: the supervisor of the command was killed; the command could not be stopped \\(it runs as another user");
            Running next = peers.run(PeerProcesses.command(folder, "lock", "--peer", addresses.get(0), "-w", "0.5", "changed-" + i, "true"));
            assertEquals(1, next.exit(), next::toString); // while it runs on
            assertEquals(76, ours.hangUp().exit(), ours::toString);
        }
        List<Running> left = IntStream.range(0, rounds()).mapToObj(i -> changed("left-" + i)).toList();
        group.get(1).signal("TERM"); // it leaves, and waits for as long as we said
        for (Running ours : left) {
            ours.awaitError("\\] LOST: the peer is leaving; the command could not be stopped \\(it runs as another user");
        }
        left.forEach(ours -> assertEquals(76, ours.hangUp().exit(), ours::toString));
    }

    /** A command that runs as another user, whom we may not signal. */
    private Running changed(String name) {
        String setpriv = which("setpriv").toString();
        List<String> lock = new ArrayList<>(List.of(setpriv, "--bounding-set=-kill"));
        lock.addAll(PeerProcesses.command(folder, "lock", "--peer", addresses.get(1), "-k", "0.3", name, "--", setpriv,
                "--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-c", "echo inside; read line"));
        Running ours = peers.run(lock);
        ours.await("inside");
        return ours;
    }

    public static void main(String[] args) {
        if (args.length > 0) {
            if (args.length != 2 || !args[0].equals("--rounds") || !args[1].matches("[1-9][0-9]{0,2}")) {
                System.err.println("LockFaultTest: \"" + String.join(" ", args) + "\" is not taken; write for example: --rounds 20");
                System.exit(64);
            }
            System.setProperty("afteryou.rounds", args[1]);
        }
        Run.only(LockFaultTest.class);
    }
}
