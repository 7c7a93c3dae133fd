///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Eventually.java support/FreePorts.java support/Jvm.java support/PeerProcesses.java
//SOURCES support/Running.java support/Tmux.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import mutex.algorithm.Algorithm.State;
import mutex.client.Held;
import mutex.client.Mutex;
import mutex.client.NotAcquired;
import mutex.event.NodeView;
import mutex.remote.StatusClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tests.support.Eventually;
import tests.support.PeerProcesses;
import tests.support.Running;
import tests.support.Tmux;

/** {@code lock NAME COMMAND} beside {@code flock FILE COMMAND}: the same words, the same command, the same end. */
@Timeout(120)
class LockCommandTest {

    /** Takes the place of the lock: a name for us, a file for flock. */
    private static final String IT = "LOCK";

    @TempDir
    static Path folder;
    private static PeerProcesses peers;
    private static StatusClient look;
    private static String address;
    private static int names;
    private final List<Running> started = new ArrayList<>();
    private String name;

    @BeforeAll
    static void startAPeer() throws IOException {
        peers = new PeerProcesses(folder);
        address = "localhost:" + peers.alone("--no-shell").await("listens on localhost:(\\d+)").group(1);
        look = new StatusClient(address, null);
        Files.writeString(folder.resolve("no-program"), "echo hi\n");
        Files.writeString(folder.resolve("script"), "echo hi; exit 5\n");
        folder.resolve("script").toFile().setExecutable(true);
    }

    @AfterAll
    static void endIt() {
        look.close();
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
        return run(Map.of(), PeerProcesses.command(folder, Stream.concat(Stream.of("lock"), in(name, words)).toArray(String[]::new)));
    }

    private Running flock(String... words) {
        List<String> command = new ArrayList<>(PeerProcesses.command()); // the same start, with the same signals
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
    @Tag("flock")
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
    @Tag("flock")
    void givesUpAsFlockDoes(List<String> flags, String signal) {
        flock(IT, "sh", "-c", "echo inside; cat").await("inside");
        lock(IT, "sh", "-c", "echo inside; cat").await("inside");
        String[] words = Stream.concat(flags.stream(), Stream.of(IT, "echo", "never")).toArray(String[]::new);
        Running theirs = flock(words);
        Running ours = lock(words);
        if (!signal.isEmpty()) {
            awaitLine(name, State.HELD, 1);
            theirs.signal(signal);
            ours.signal(signal);
        }
        assertEquals(theirs.exit(), ours.exit(), () -> "flock: " + theirs + "\nlock: " + ours);
        assertEquals("", ours.out() + ours.err());
    }

    private void awaitLine(String lock, State state, int waiting) {
        Eventually.holds(() -> at(lock).anyMatch(one -> one.state() == state && one.waiting() == waiting),
                () -> "[" + lock + "] " + state + " with " + waiting + " more in line, but: " + at(lock).toList());
    }

    private static Stream<NodeView.LockView> at(String lock) {
        try {
            return look.status().snapshot().node().locks().stream().filter(one -> one.name().equals(lock));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @Tag("flock")
    void theEnvironmentIsThatOfFlockAndThreeMore() throws IOException {
        Map<String, String> odd = Map.of("PWD", folder.toRealPath().toString(), "with.dot", "1", "BASH_FUNC_f%%", "() { echo hi; }", "LINES_IN", "a\nb", "EMPTY", "");
        List<String> ours = PeerProcesses.command("lock", name, "env", "-0");
        List<String> theirs = List.of("flock", folder.resolve(name).toString(), "env", "-0");
        TreeSet<String> here = variables(run(odd, ours));
        TreeSet<String> there = variables(run(odd, theirs));
        TreeSet<String> more = new TreeSet<>(here);
        more.removeAll(there);
        assertEquals(2, more.size(), more::toString); // MUTEX_PEER was there already
        assertTrue(here.contains("MUTEX_PEER=" + address), here::toString);
        assertTrue(more.contains("MUTEX_NAME=" + name) && more.first().matches("MUTEX_FENCE=[1-9]\\d*"), more::toString);
        there.removeAll(here);
        assertEquals(new TreeSet<>(), there);
    }

    /** A shell between us and the command must change nothing that it has names for itself. */
    static List<String> handedOn() {
        return List.of(
                "dir=/data now=soon term=xterm kill=k rest=r word=w up=u grace=g group=1 code=7 alone=1 LOCK env | grep -E '^(dir|now|term|kill|rest|word|up|grace|group|code|alone)=' | sort",
                "PERL5OPT=-w PERL5LIB=/nowhere PERL_UNICODE=SDA LOCK env | grep ^PERL | sort",
                "LC_ALL=C LOCK printf '<%s>' \"$(printf 'b\\303\\274c')\" \"$(printf '\\377\\001')\" | od -c",
                "LC_ALL=C LOCK -c \"$(printf 'echo b\\303\\274c')\" | od -c",
                "exec 3>fd3 9<script; LOCK sh -c 'echo hi >&3; cat <&9'; cat fd3",
                "umask 027; LOCK sh -c umask",
                "trap '' PIPE; LOCK sh -c 'kill -PIPE $$; echo alive'; LOCK sh -c 'yes 2>/dev/null; echo $? >&2' 2>&1 >/dev/full",
                "trap '' QUIT HUP; LOCK sh -c 'grep SigBlk /proc/self/status'",
                "echo data | LOCK cat; LOCK sh -c 'exit 0' </dev/null; echo $?",
                "LC_ALL=C PATH=\"$(printf '/tmp/b\\303\\274')\":$PATH HOME=\"$(printf '/b\\303\\274')\" LOCK true; echo $?");
    }

    @ParameterizedTest
    @MethodSource("handedOn")
    @Tag("flock")
    void theCommandFindsAllAsUnderFlock(String line) {
        String place = "\"$1\" ";
        List<String> sh = List.of("sh", "-c");
        Running theirs = run(Map.of(), Stream.concat(sh.stream(), Stream.of(line.replace("LOCK ", "flock " + place), "sh", folder.resolve(name).toString())).toList());
        theirs.exit(); // both use the same files
        String ours = PeerProcesses.shell(PeerProcesses.command("lock")) + " " + place;
        Running here = run(Map.of(), Stream.concat(sh.stream(), Stream.of(line.replace("LOCK ", ours), "sh", name)).toList());
        assertEquals(theirs.exit(), here.exit(), here::toString);
        assertEquals(theirs.out(), here.out(), here::toString);
        assertEquals("", here.err());
    }

    /** What Java changes in itself comes from the launcher; beside a shell, too. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theCommandGetsWhatTheLauncherSays(boolean perl) throws IOException {
        List<String> command = PeerProcesses.command("lock", name, "sh", "-c", "ulimit -Sn; ulimit -Hn; grep SigIgn /proc/self/status; echo ${AFTERYOU_GIVEN-none} ${ADDED-none}");
        Map<String, String> environment = new HashMap<>(Map.of("AFTERYOU_GIVEN", "nofile=123 unset=ADDED ignored=PIPE ignored=USR2", "ADDED", "1"));
        if (!perl) {
            environment.put("PATH", withoutPerl());
        }
        Running ours = run(environment, command);
        assertEquals(0, ours.exit(), ours::toString);
        String[] lines = ours.out().split("\n");
        assertEquals("123", lines[0], ours::toString);
        assertTrue(!lines[1].equals("123"), ours::toString);
        assertEquals(0x1800, Long.parseLong(lines[2].substring(lines[2].length() - 8), 16) & 0x1800, ours::toString);
        assertEquals("none none", lines[3], ours::toString);
        assertEquals("", ours.err());
    }

    /** The command's standard output is the command's alone. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aThreadDumpIsNotOnTheCommandsStandardOutput(boolean perl) throws IOException {
        Running ours = run(perl ? Map.of() : Map.of("PATH", withoutPerl()), PeerProcesses.command("lock", name, "sh", "-c", "echo inside; read line; echo end"));
        ours.await("inside");
        ours.descendants("java").stream().findFirst().map(ProcessHandle::pid)
                .ifPresentOrElse(pid -> Running.signal("QUIT", pid), () -> ours.signal("QUIT"));
        ours.awaitError("Full thread dump");
        assertEquals(0, ours.say("line").exit(), ours::toString);
        assertEquals("inside\nend\n", ours.out());
    }

    /** Where flock puts its own file into the gap. */
    @Test
    void whatIsClosedStaysClosed() throws IOException {
        String ours = PeerProcesses.shell(PeerProcesses.command("lock", name, "sh", "-c", "for n in 0 1 2; do [ -e /proc/$$/fd/$n ] || echo $n >>closed; done"));
        Running running = run(Map.of(), List.of("sh", "-c", ours + " 0<&-; " + ours + " 1>&-; " + ours + " 2>&-; "
                + PeerProcesses.shell(PeerProcesses.command("lock", name, "true")) + " 0<&- 1>&- 2>&-; echo $?"));
        assertEquals(0, running.exit(30_000), running::toString);
        assertEquals("0\n", running.out(), running::toString);
        assertEquals("0\n1\n2\n", Files.readString(folder.resolve("closed")));
    }

    @Test
    void whatIsPrintedIsWrittenOrSaidToBeLost() {
        for (String verb : List.of("lock", "hold")) {
            Running help = run(Map.of(), List.of("sh", "-c", PeerProcesses.shell(PeerProcesses.command(verb, "--help")) + " >/dev/full"));
            assertEquals(74, help.exit(), help::toString);
        }
    }

    /** Whoever could not run the command does not wait for the lock first. */
    @Test
    void whatIsMissingIsSaidBeforeTheWait() throws IOException {
        Path programs = Files.createDirectory(folder.resolve("only-true"));
        for (String one : List.of("true", "env")) {
            Files.copy(Path.of("/usr/bin", one), programs.resolve(one), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Running holder = lock(IT, "sh", "-c", "echo inside; cat");
        holder.await("inside");
        Running ours = run(Map.of("PATH", programs.toString()), PeerProcesses.command("lock", name, "true"));
        assertEquals(69, ours.exit(), ours::toString);
        assertTrue(ours.err().matches("lock: cannot execute anything: [^\n]+\n"), ours::toString);
        assertTrue(holder.isAlive());
    }

    /** As under flock: the command has the terminal, Ctrl-Z suspends it with us, fg goes on, Ctrl-C ends it. */
    @Test
    @Tag("tmux")
    void theTerminalIsTheCommands() throws IOException {
        try (Tmux tmux = new Tmux(folder)) {
            Path script = folder.resolve("terminal.sh");
            Files.writeString(script, "exec " + PeerProcesses.shell(PeerProcesses.command(folder, "lock", "--peer", address, name, "sh", "-c",
                    "echo inside; while read -r line </dev/tty; do echo \"got $line\"; done")) + "\n");
            Tmux.Pane pane = tmux.open("terminal", 110, 20, Map.of());
            pane.enter("set -m").enter("sh " + script).await("^(\\$ )?inside$"); // what is typed soon is shown before the prompt
            pane.enter("one").await("^got one$");
            pane.press("C-z").await("(?i)(stopped|suspended)");
            pane.enter("fg");
            pane.enter("two").await("^got two$");
            pane.press("C-c").await("^\\^C\\n?\\$ ?$");
            pane.enter("echo code $?").await("^code 130$");
        }
        assertEquals(0, lock("-n", IT, "true").exit());
    }

    private static String withoutPerl() throws IOException {
        Path programs = folder.resolve("without-perl");
        if (!Files.exists(programs)) {
            Files.createDirectory(programs);
            for (String one : List.of("cat", "date", "env", "grep", "kill", "mkfifo", "rm", "rmdir", "setsid", "sh", "sleep", "true")) {
                for (String place : List.of("/bin", "/usr/bin")) {
                    if (Files.exists(Path.of(place, one)) && !Files.exists(programs.resolve(one))) {
                        Files.copy(Path.of(place, one), programs.resolve(one), StandardCopyOption.COPY_ATTRIBUTES);
                    }
                }
            }
        }
        return programs.toString();
    }

    private static TreeSet<String> variables(Running env) {
        assertEquals(0, env.exit(), env::toString);
        TreeSet<String> all = new TreeSet<>(List.of(env.out().split("\0")));
        all.removeIf(one -> one.startsWith("_="));
        return all;
    }

    // What flock has not, or does otherwise.

    @Test
    void signalsArePassedOnAndTheCommandDecides() {
        String says = "for s in INT TERM HUP; do trap \"echo got $s\" $s; done; echo ready; while read line; do exit 9; done; "
                + "while read line; do exit 9; done; while read line; do exit 9; done; while read line; do exit 9; done";
        Running ours = lock(IT, "sh", "-c", says);
        ours.await("ready");
        for (String signal : List.of("TERM", "HUP", "INT")) {
            ours.signal(signal);
            ours.await("got " + signal);
        }
        assertEquals(9, ours.say("end").hangUp().exit(), ours::toString);
    }

    @Test
    void whoIsInterruptedWhileWaitingIsOutOfTheLineAtOnce() {
        Running holder = lock(IT, "sh", "-c", "echo inside; cat");
        holder.await("inside");
        Running first = lock(IT, "echo", "first");
        awaitLine(name, State.HELD, 1);
        Running second = lock(IT, "echo", "second");
        awaitLine(name, State.HELD, 2);
        first.signal("INT");
        assertEquals(130, first.exit(), first::toString);
        assertEquals(0, holder.hangUp().exit(), holder::toString);
        assertEquals(0, second.exit(), second::toString);
        assertEquals("second\n", second.out());
        assertEquals("", first.out());
    }

    @Test
    @Tag("slow")
    void whoIsKilledAsItStartsTheSupervisorLeavesNothingBehind() throws IOException {
        Path programs = Files.createDirectory(folder.resolve(name + "-perl"));
        Running which = new Running(new ProcessBuilder("sh", "-c", "command -v perl"));
        which.exit();
        String perl = which.out().trim();
        assumeTrue(!perl.isEmpty(), "no perl here");
        Path script = programs.resolve("perl");
        Files.writeString(script, "#!/bin/sh\necho $$ \"$3\" >" + programs + "/said\nkill -9 $PPID\nexec " + perl + " \"$@\"\n");
        assertTrue(script.toFile().setExecutable(true));
        Running ours = run(Map.of("PATH", programs + ":" + System.getenv("PATH")), PeerProcesses.command(folder, "lock", name, "true"));
        ours.exit();
        String[] said = Files.readString(programs.resolve("said")).trim().split(" ");
        Eventually.holds(() -> ProcessHandle.of(Long.parseLong(said[0])).isEmpty(), () -> "it still waits for its JVM");
        assertFalse(Files.exists(Path.of(said[1])), () -> "left: " + said[1]);
    }

    /** A mkfifo that waits without end in what stands for TMPDIR, or everywhere, as on the disk of a server that is gone. */
    private Running withASlowDisk(String slow, String... words) throws IOException {
        Path programs = Files.createDirectory(folder.resolve(name + "-mkfifo"));
        Path own = Files.createDirectory(folder.resolve(name + "-own"));
        Running which = new Running(new ProcessBuilder("sh", "-c", "command -v mkfifo"));
        which.exit();
        Path script = programs.resolve("mkfifo");
        Files.writeString(script, "#!/bin/sh\ncase $* in *" + slow.replace("OWN", own.toString()) + "*) echo waits >>" + programs + "/said; exec sleep 20;; esac\nexec "
                + which.out().trim() + " \"$@\"\n");
        assertTrue(script.toFile().setExecutable(true));
        return run(Map.of("PATH", programs + ":" + System.getenv("PATH")), PeerProcesses.command(own, words));
    }

    @Test
    @Tag("slow")
    void aDiskThatDoesNotAnswerIsNoPlaceForThePipes() throws IOException {
        Running ours = withASlowDisk("OWN", "lock", name, "echo", "inside");
        assertEquals(0, ours.exit(), ours::toString);
        assertEquals("inside\n", ours.out());
        assertTrue(Files.exists(folder.resolve(name + "-mkfifo/said")), "it was asked");
        assertEquals(List.of(), List.of(folder.resolve(name + "-own").toFile().list()), "left");
    }

    @Test
    @Tag("slow")
    void whereNoDiskAnswersTermEndsItAtOnce() throws IOException {
        lock(IT, "sh", "-c", "echo inside; cat").await("inside");
        Running ours = withASlowDisk("", "lock", name, "true");
        Eventually.holds(() -> Files.exists(folder.resolve(name + "-mkfifo/said")), () -> "it prepares");
        awaitLine(name, State.HELD, 1);
        ours.signal("TERM");
        assertEquals(143, ours.exit(4_000), ours::toString);
    }

    @Test
    void whoIsKilledWhileWaitingLeavesNothingBehind() throws IOException {
        Path own = Files.createDirectory(folder.resolve(name + "-own"));
        lock(IT, "sh", "-c", "echo inside; cat").await("inside");
        Running waits = run(Map.of(), PeerProcesses.command(own, "lock", name, "true"));
        awaitLine(name, State.HELD, 1);
        Eventually.holds(() -> !waits.descendants("perl|dash|sh|bash|busybox|ksh").isEmpty(), () -> "its supervisor runs: " + waits);
        waits.signal("KILL");
        Eventually.holds(() -> own.toFile().list().length == 0, () -> "left: " + List.of(own.toFile().list()));
    }

    @Test
    @Tag("slow")
    void theLockIsGivenBackWhenTheWholeProcessGroupHasEnded() throws Exception {
        peers.run(List.of("mkfifo", name)).exit();
        Running ours = lock(IT, "sh", "-c", "(cat " + name + " >/dev/null 2>&1 </dev/null &) ; exit 6");
        awaitLine(name, State.HELD, 0);
        Running other = lock("-n", IT, "true");
        assertEquals(1, other.exit(), other::toString);
        assertTrue(ours.isAlive());
        Files.writeString(folder.resolve(name), "end\n");
        assertEquals(6, ours.exit(), ours::toString);
        assertEquals(0, lock("-n", IT, "true").exit());
    }

    /** What a supervisor looks at may be another's to name, or hidden from it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aProcessWhoseNameHasLinesKeepsTheLock(boolean perl) throws IOException {
        Path odd = folder.resolve("c\na) S 1 1t");
        Files.copy(Path.of("/bin/cat"), odd, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
        keepsTheLockInTheBackground(perl, PeerProcesses.command("lock", name, "sh", "-c", IN_THE_BACKGROUND, odd.toString()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aProcessThatIsHiddenFromUsKeepsTheLock(boolean perl) throws IOException {
        String change = "/usr/bin/setpriv";
        assumeTrue(Files.isExecutable(Path.of(change)) && Files.isExecutable(Path.of("/usr/bin/unshare"))
                && "root".equals(System.getProperty("user.name")), "takes root, unshare and setpriv");
        List<String> command = new ArrayList<>(List.of("unshare", "-m", "sh", "-c",
                "PATH=/usr/bin:/bin mount -t proc -o hidepid=2,gid=65533 none /proc || exit 99; exec \"$@\"", "sh", change, "--bounding-set=-kill,-sys_ptrace"));
        command.addAll(PeerProcesses.command("lock", name, change, "--reuid=65534", "--regid=65534", "--clear-groups",
                "/bin/sh", "-c", IN_THE_BACKGROUND, "/bin/cat"));
        keepsTheLockInTheBackground(perl, command);
    }

    private static final String IN_THE_BACKGROUND = "exec 3<&0; echo inside; (\"$0\" <&3 >/dev/null 2>&1 &); exit 6";

    private void keepsTheLockInTheBackground(boolean perl, List<String> command) throws IOException {
        Running ours = run(perl ? Map.of() : Map.of("PATH", withoutPerl()), command);
        ours.await("inside");
        Running other = lock("-w", "0.5", IT, "true");
        assertEquals(1, other.exit(), () -> other + "\n" + ours);
        assertTrue(ours.isAlive(), ours::toString);
        assertEquals(6, ours.hangUp().exit(), ours::toString);
    }

    @Test
    @Tag("slow")
    void withoutAPeerOrAGroupItIsTryAgainLater() {
        Running nobody = lock("--peer", "localhost:1", IT, "true");
        assertEquals(75, nobody.exit(), nobody::toString);
        assertTrue(nobody.err().matches("lock: no peer at localhost:1 \\(nothing listens there\\)[^\n]+\n"), nobody::toString);
        Running waiting = peers.start("--id", "7", "--port", "0", "--no-shell", "--state", "s7", "localhost:1");
        String there = "localhost:" + waiting.await("listens on localhost:(\\d+)").group(1);
        for (String flag : List.of("-n", "-w0.1")) {
            Running ours = lock("--peer", there, flag, IT, "true");
            assertEquals(75, ours.exit(), ours::toString);
            assertTrue(ours.err().contains("the group has not begun"), ours::toString);
        }
        assertEquals(64, lock("a b", "true").exit());
    }

    @Test
    void whoComesWithinThePeriodLeavesAtOnceAndWithoutAnError() {
        Running first = lock("--once-per", "1h", "hourly", "echo", "ran");
        assertEquals(0, first.exit(), first::toString); // and nothing of it stays
        assertEquals("ran\n", first.out());
        Running second = lock("--once-per", "1h", "hourly", "echo", "ran");
        assertEquals(0, second.exit(), second::toString);
        assertEquals("", second.out() + second.err());
        Running told = lock("--verbose", "--once-per", "1h", "hourly", "echo", "ran");
        assertEquals(0, told.exit(), told::toString);
        assertTrue(told.err().matches("lock: \\[hourly\\] ran [^\n]+ ago at peer \\d+, not again for (53|54) min[^\n]*\n"), told::toString);
        assertEquals(0, lock("-n", "hourly", "true").exit());
    }

    @Test
    void aFailedRunCountsUnlessItIsToRunAgain() {
        assertEquals(3, lock("--once-per", "1h", "--retry-failed", "job", "sh", "-c", "exit 3").exit());
        assertEquals(4, lock("--once-per", "1h", "job", "sh", "-c", "exit 4").exit());
        assertEquals(0, lock("--once-per", "1h", "job", "sh", "-c", "exit 5").exit());
    }

    @Test
    @Tag("slow")
    void theLockIsKeptForTheLeastTimeAskedFor() {
        long begin = System.nanoTime();
        Running ours = lock("--min-hold", "1500ms", IT, "false");
        assertEquals(1, ours.exit(), ours::toString);
        assertTrue(System.nanoTime() - begin >= 1_500_000_000L);
    }

    @Test
    void holdPrintsTheFenceAndHoldsUntilASignal() {
        Running hold = run(Map.of(), PeerProcesses.command("hold", name));
        hold.await("^[1-9]\\d*$");
        assertEquals(1, lock("-n", IT, "true").exit());
        hold.signal("TERM");
        assertEquals(0, hold.exit(), hold::toString);
        assertEquals(0, lock("-n", IT, "true").exit());
    }

    @Test
    @Tag("slow")
    void aPeerThatLeavesLetsTheCommandEndFirst() {
        Running leaver = peers.start("--id", "8", "--port", "0", "--no-shell", "--state", "s8", "--peers-file", "/dev/null");
        String there = "localhost:" + leaver.await("listens on localhost:(\\d+)").group(1);
        Running ours = lock("--peer", there, IT, "sh", "-c", "trap 'echo told; read line; exit 3' TERM; echo ready; read line");
        ours.await("ready");
        leaver.signal("TERM");
        ours.await("told");
        assertTrue(leaver.isAlive());
        assertEquals(76, ours.hangUp().exit(), ours::toString);
        assertTrue(ours.err().matches("lock: \\[" + name + "\\] LOST: the peer is leaving; the command was stopped first\n"), ours::toString);
        assertEquals(143, leaver.exit(), leaver::toString);
    }

    @Test
    @Tag("slow")
    void aPeerThatIsKilledIsALoss() {
        Running killed = peers.start("--id", "9", "--port", "0", "--no-shell", "--state", "s9", "--peers-file", "/dev/null");
        String there = "localhost:" + killed.await("listens on localhost:(\\d+)").group(1);
        Running ours = lock("--peer", there, "-k", "0.1", IT, "sh", "-c", "trap '' TERM; echo ready; cat");
        ours.await("ready");
        killed.signal("KILL");
        killed.exit();
        Running again = peers.start("--id", "9", "--port", there.substring(10), "--no-shell", "--state", "s9", "--peers-file", "/dev/null");
        again.awaitError("a command ran under a lock of this peer when it was killed; it has 8.1 s to stop");
        assertEquals(75, lock("--peer", there, "-w", "0", IT, "true").exit()); // it is not in yet
        assertEquals(76, ours.exit(), ours::toString);
        try (Mutex client = Mutex.connect(there)) { // a command for each try would take more than the wait
            Eventually.holds(() -> isFree(client), again::toString);
        }
        assertEquals(0, lock("--peer", there, IT, "true").exit());
        again.signal("TERM");
        again.exit();
        Running third = peers.start("--id", "9", "--port", there.substring(10), "--no-shell", "--state", "s9", "--peers-file", "/dev/null");
        third.await("listens on");
        assertEquals(0, lock("--peer", there, IT, "true").exit());
        assertEquals("", third.err());
    }

    private boolean isFree(Mutex client) {
        try {
            Optional<Held> held = client.tryAcquire(name);
            held.ifPresent(Held::close);
            return held.isPresent();
        } catch (NotAcquired notYet) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @Tag("slow")
    void aLookTellsPeopleAndPrograms() {
        Running hold = run(Map.of(), PeerProcesses.command("hold", name));
        hold.await("^[1-9]");
        Map<String, String> looks = Map.of("status", "group version 1 of 1 peer", "peers", "this peer", "locks", "peer 1 \\[" + name + "\\] HELD with",
                "why", "peer 1 \\[" + name + "\\] is HELD with");
        looks.forEach((verb, expected) -> {
            String[] words = verb.equals("why") ? new String[] {verb, name} : new String[] {verb};
            Running look = run(Map.of(), PeerProcesses.command(words));
            assertEquals(0, look.exit(), look::toString);
            assertTrue(look.out().lines().anyMatch(line -> line.matches(".*" + expected + ".*")), look::toString);
        });
        Running json = run(Map.of(), PeerProcesses.command("status", "--json"));
        assertEquals(0, json.exit(), json::toString);
        JsonObject status = JsonParser.parseString(json.out()).getAsJsonObject();
        assertTrue(status.get("id").getAsInt() == 1 && status.getAsJsonArray("locks").toString().contains(name), json::toString);
        Running watch = run(Map.of(), PeerProcesses.command("watch", "--json", name + "-w"));
        for (int i = 0; i < 50 && watch.out().isEmpty(); i++) {
            run(Map.of(), PeerProcesses.command("lock", name + "-w", "true")).exit(); // it shows what happens once it listens
        }
        watch.await("\"lock\":\"" + name + "-w\"");
        JsonParser.parseString(watch.out().lines().findFirst().orElseThrow());
        Running none = run(Map.of(), PeerProcesses.command("status", "--peer", "localhost:1"));
        assertEquals(75, none.exit(), none::toString);
    }

    public static void main(String[] args) {
        Run.only(LockCommandTest.class);
    }
}
