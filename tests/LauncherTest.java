///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea -XX:+UseSerialGC -XX:TieredStopAtLevel=1
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java
//SOURCES support/Eventually.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tests.support.Eventually;

/**
 * What the {@code jbang} of this repository promises, a test per promise; each start's environment is made by hand.
 *
 * <p>Only {@link #fetchOnceForAll} needs the network: it fetches JBang with the real Maven into an empty HOME, and the
 * other tests use that copy, from the cache or from a {@code mvn} of their own.
 */
@Tag("maven")
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a read of a pipe hears no interrupt
class LauncherTest {

    private static final String JAR = "jbang-cli-0.132.1-all.jar";
    private static final String FETCHING = "jbang: fetching JBang 0.132.1 with Maven (first start only) ...\n";
    private static final String PROBE = """
            //JAVA 17+
            class Probe {
                public static void main(String[] args) throws Exception {
                    switch (args[0]) {
                        case "exit" -> System.exit(Integer.parseInt(args[1]));
                        case "echo" -> System.out.print(String.join("\\0", args));
                        case "rounds" -> System.out.print(System.getenv("AFTERYOU_DEPTH"));
                        case "lock" -> {
                            System.out.println(System.getenv("AFTERYOU_GIVEN"));
                            System.out.println(java.nio.file.Files.readString(java.nio.file.Path.of("/proc/self/fd/9")));
                        }
                        case "copy" -> System.in.transferTo(System.out);
                        case "wait" -> {
                            Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("told to stop")));
                            System.out.println("ready");
                            new java.util.concurrent.CountDownLatch(1).await();
                        }
                    }
                }
            }
            """;
    /** Takes what it is given as standard input, as a careless Maven would, and delivers slowly. */
    private static final String SLOW_MAVEN = """
            cat >/dev/null
            echo fetched >>"$FETCHES"
            for arg; do case $arg in -DoutputDirectory=*) to=${arg#*=} ;; esac; done
            sleep 1
            cp "$DELIVERS" "$to/%s"
            """.replace("%s", JAR);

    private static final String TOOLS = "bash cat chmod cp cut dirname env find flock grep head id java mkdir mktemp mv "
            + "openssl pwd readlink rm rmdir sed sh sha256sum shasum sleep tail touch";

    private record LauncherRun(int code, String out, String err) {}

    private record LauncherStart(Process process, Path out, Path err) {

        LauncherRun finish() throws Exception {
            assertTrue(process.waitFor(120, TimeUnit.SECONDS), "still running after 120 s");
            return new LauncherRun(process.exitValue(), Files.readString(out), Files.readString(err));
        }
    }

    private static final Path LAUNCHER =
            Path.of(System.getProperty("afteryou.root", ".")).toAbsolutePath().normalize().resolve("jbang");

    @TempDir static Path shared; // home and the one fetched JBang
    private static Path home;
    private static Path jar;
    private static LauncherRun first; // the start that fetched

    @TempDir Path dir;
    private final List<ProcessHandle> started = new ArrayList<>();
    private final Map<String, String> extra = new TreeMap<>(); // environment of this test's starts

    @BeforeAll
    static void fetchOnceForAll() throws Exception {
        assumeTrue(onPath("mvn") != null, "needs Maven on the PATH");
        home = Files.createDirectory(shared.resolve("ho me"));
        jar = home.resolve(".cache/afteryou").resolve(JAR);
        LauncherTest cold = new LauncherTest();
        cold.dir = Files.createDirectory(shared.resolve("first"));
        Files.writeString(shared.resolve("Probe.java"), PROBE);
        cold.extra.put("PATH", Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .filter(entry -> !Files.exists(Path.of(entry, "jbang")))
                .reduce((a, b) -> a + File.pathSeparator + b).orElseThrow());
        try {
            first = cold.start("input", probe("copy")).finish();
        } finally {
            cold.stopAll();
        }
    }

    @AfterEach
    void stopAll() throws IOException {
        for (ProcessHandle process : started) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        if (Files.exists(dir.resolve("bin"))) {
            for (String name : names(dir.resolve("bin"))) {
                Files.delete(dir.resolve("bin").resolve(name)); // JUnit would warn about each link to the outside
            }
        }
    }

    @Test
    void anEmptyHomeIsFilledAndTheProgramRuns() throws IOException {
        assertEquals("input", first.out, first.err);
        assertEquals(0, first.code);
        assertTrue(first.err.startsWith(FETCHING), first.err);
        assertEquals(List.of("built", JAR), names(jar.getParent()));
        assertEquals(List.of(".cache", ".jbang", ".m2"), names(home));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 255})
    void exitCodesComeThrough(int code) throws Exception {
        assertEquals(new LauncherRun(code, "", ""), run(probe("exit", "" + code)));
    }

    @Test
    void argumentsArriveExactly() throws Exception {
        String[] arguments = probe("echo", "a b", "it's", "\"q\"", "$HOME `x` \\n \\", "2\nlines\n", "*", "", "-x", "");
        String expected = String.join("\0", List.of(arguments).subList(1, arguments.length));
        assertEquals(new LauncherRun(0, expected, ""), run(arguments));
    }

    @Test
    void standardInputReachesTheProgram() throws Exception {
        assertEquals(new LauncherRun(0, "one\ntwo", ""), start("one\ntwo", probe("copy")).finish());
    }

    @Test
    void fetchingLeavesTheStandardInputToTheProgram() throws Exception {
        emptyCache(SLOW_MAVEN);
        assertEquals(new LauncherRun(0, "one\ntwo", FETCHING), start("one\ntwo", probe("copy")).finish());
    }

    @Test
    void termReachesTheProgram() throws Exception {
        Process process = prepare(LAUNCHER, probe("wait")).start();
        started.add(process.toHandle());
        BufferedReader lines = process.inputReader();
        assertEquals("ready", lines.readLine());
        process.descendants().forEach(started::add); // those of a launcher that dies alone are no longer found
        process.toHandle().destroy(); // Process.destroy would close the stream
        assertEquals("told to stop", lines.readLine());
        assertEquals(143, process.waitFor());
    }

    @Test
    void termStopsFetchingAndLeavesNothingBehind() throws Exception {
        Path cache = emptyCache("kill $PPID; exec sleep 50");
        assertEquals(new LauncherRun(143, "", FETCHING), run(probe("exit", "0")));
        assertEquals(List.of(), names(cache));
    }

    /** Also when it is heard between a start in the background and the next line, where the script would note whom it started. */
    @Test
    void termIsHeardBeforeTheProcessThatRunsIsKnown() throws Exception {
        Path cache = emptyCache("echo $$ >\"$FETCHES.pid\"; kill $PPID; echo >\"$FETCHES\"; exec sleep 50");
        assertEquals(new LauncherRun(143, "", FETCHING), start(whenFetched(LAUNCHER, "    maven=$!"), "", probe("exit", "0")).finish());
        assertEquals(List.of(), names(cache));
        assertEndsWhatItStarted();
    }

    @ParameterizedTest
    @ValueSource(strings = {"peer=$!", "other=$!"})
    void termEndsThePeersThatAreStartedToInstall(String line) throws Exception {
        emptyCache("");
        Files.delete(dir.resolve("bin/java"));
        tool("java", """
                case $* in
                    *-version*) echo 'openjdk version "17.0.1"' >&2 ;;
                    *"--id 1"*) [ "$ENDS" != peer ] || { echo $$ >"$FETCHES.pid"; kill $PPID; echo >"$FETCHES"; }; echo 1 listens on localhost:1; exec sleep 50 ;;
                    *) echo $$ >"$FETCHES.pid"; kill $PPID; echo >"$FETCHES"; exec sleep 50 ;;
                esac
                """);
        extra.put("PATH", dir.resolve("bin") + ":" + System.getenv("PATH"));
        extra.put("ENDS", line.substring(0, line.indexOf('=')));
        Path jbang = tool("making", "while [ $# -gt 0 ]; do [ \"$1\" != -O ] || echo x >\"$2\"; shift; done\n");
        Path installer = whenFetched(LAUNCHER.resolveSibling("launcher").resolve("install.sh"), line);
        LauncherRun ran = start(Path.of("/bin/sh"), "", installer.toString(), jbang.toString(), "there").finish();
        assertEquals(143, ran.code, ran::toString);
        assertEquals(0, dir.resolve("there/lib").toFile().list().length, "it leaves nothing behind");
        assertEndsWhatItStarted();
    }

    /** That script, which goes on to that line only when its tool has told it to end. */
    private Path whenFetched(Path script, String line) throws IOException {
        String text = Files.readString(script);
        assertTrue(text.contains("\n" + line + "\n"), () -> script + " has no line " + line);
        Path slow = Files.writeString(dir.resolve("slow"), text.replace("\n" + line + "\n", "\nwhile [ ! -s \"$FETCHES\" ]; do sleep 0.1; done\n" + line + "\n"));
        assertTrue(slow.toFile().setExecutable(true));
        return slow;
    }

    private void assertEndsWhatItStarted() throws IOException {
        long pid = Long.parseLong(Files.readString(dir.resolve("fetches.pid")).strip());
        assertFalse(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false), () -> pid + " still runs");
    }

    @ParameterizedTest
    @ValueSource(strings = {"flock", "perl", ""})
    void twoStartsAtOnceBothWork(String locker) throws Exception {
        Path cache = emptyCache(SLOW_MAVEN);
        Files.deleteIfExists(dir.resolve("bin/flock"));
        boolean waits = !locker.isEmpty() && onPath(locker) != null;
        if (waits) {
            Files.createSymbolicLink(dir.resolve("bin").resolve(locker), onPath(locker));
        }
        LauncherStart one = start("1", probe("copy"));
        LauncherStart two = start("2", probe("copy"));
        assertEquals("1", one.finish().out);
        assertEquals("2", two.finish().out);
        assertEquals(List.of("built", JAR), names(cache));
        int fetches = Files.readAllLines(dir.resolve("fetches")).size();
        assertTrue(fetches == 1 || !waits && fetches == 2, () -> fetches + " fetches"); // without one: unless the second comes late
    }

    @Test
    void aStartWaitsForAnotherOnlyToBuild() throws Exception {
        assumeTrue(onPath("flock") != null, "needs flock(1)");
        Path script = Files.writeString(dir.resolve("Probe.java"), PROBE);
        assertEquals(0, run("Probe.java", "exit", "0").code);
        Path held = dir.resolve("held");
        Process other = new ProcessBuilder("flock", jar.getParent().toString(), "sh", "-c", "touch \"$1\"; exec sleep 50", "sh",
                held.toString()).start();
        started.add(other.toHandle());
        other.descendants().forEach(started::add);
        Eventually.holds(() -> Files.exists(held), () -> "no lock");
        assertEquals(new LauncherRun(7, "", ""), run("Probe.java", "exit", "7"));

        Files.writeString(script, PROBE.replace("case \"exit\" -> ", "case \"exit\" -> System.out.print(\"new\");\ncase \"-\" -> "));
        LauncherStart waiting = start("", "Probe.java", "exit", "7");
        Eventually.holds(() -> waiting.err.toFile().length() > 0, () -> "nothing said");
        assertEquals("jbang: waiting for another start to finish fetching or compiling ...\n", Files.readString(waiting.err));
        other.descendants().forEach(ProcessHandle::destroyForcibly);
        other.destroyForcibly();
        assertEquals("new", waiting.finish().out);
    }

    /** JBang's own JVM takes longer than the program. */
    @Test
    void aWarmStartAsksJBangNothing() throws Exception {
        Path cache = emptyCache("exit 1");
        Files.copy(jar, Files.createDirectories(cache).resolve(JAR));
        Path script = Files.writeString(dir.resolve("Probe.java"), PROBE);
        assertEquals(0, run("Probe.java", "exit", "0").code);
        Files.writeString(cache.resolve(JAR), "no jar");
        assertEquals(new LauncherRun(7, "", ""), run("Probe.java", "exit", "7"));
        assertEquals(new LauncherRun(0, "echo\0a 'b\0\0$c\n", ""), run("Probe.java", "echo", "a 'b", "", "$c\n"));
        extra.put("AFTERYOU_CACHE", jar.getParent().toString());
        assertEquals(new LauncherRun(0, "", ""), run("--quiet", "Probe.java", "exit", "0"));

        extra.put("AFTERYOU_CACHE", cache.toString());
        Files.writeString(script, PROBE.replace("Probe", "Prober"));
        LauncherRun asked = run("Probe.java", "exit", "7");
        assertTrue(asked.code != 7 && asked.err.contains("was damaged and is removed"), asked::toString);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"|the folder to install into is missing", "''|the folder to install into is missing", "--help|there is no option --help",
        "a b|one folder is enough, and \"b\" is another", "a:b|a class path cannot name", "file/x|cannot write to file/x; name a folder of yours"})
    void whereNothingCanBeInstalledItSaysSo(String words, String line) throws Exception {
        Files.writeString(dir.resolve("file"), "");
        List<String> all = new ArrayList<>(List.of("install"));
        all.addAll(words == null ? List.of() : words.isEmpty() ? List.of("") : List.of(words.split(" ")));
        LauncherRun ran = run(all.toArray(String[]::new));
        assertTrue(ran.code == 64 || ran.code == 69, ran::toString);
        assertTrue(ran.err.startsWith("jbang: install: ") && ran.err.contains(line) && ran.err.lines().count() <= 2, ran.err);
        assertEquals("", ran.out);
        assertTrue(Files.notExists(dir.resolve("a:b")));
    }

    /** With a JBang that makes a jar without a peer in it, as one that a damaged download leaves. */
    @Test
    void whereAPeerDoesNotStartNothingIsInstalled() throws Exception {
        Path jbang = Files.writeString(dir.resolve("jbang"), "#!/bin/sh\nwhile [ $# -gt 0 ]; do [ \"$1\" = -O ] && echo x >\"$2\"; shift; done\n");
        assertTrue(jbang.toFile().setExecutable(true));
        Path installer = LAUNCHER.resolveSibling("launcher").resolve("install.sh");
        extra.put("PATH", System.getenv("PATH"));
        LauncherRun ran = start(Path.of("/bin/sh"), "", installer.toString(), jbang.toString(), "there").finish();
        assertEquals(69, ran.code, ran::toString);
        assertTrue(ran.err.contains("jbang: install: a peer that was started to try it did not work") && ran.err.contains("Peer"), ran::toString);
        assertEquals(0, dir.resolve("there/lib").toFile().list().length, "it leaves nothing behind");
    }

    @Test
    void aWrongChecksumIsRefused() throws Exception {
        Path cache = emptyCache(SLOW_MAVEN);
        extra.put("DELIVERS", Files.writeString(dir.resolve("garbage"), "garbage").toString());
        byte[] sum = MessageDigest.getInstance("SHA-256").digest("garbage".getBytes(StandardCharsets.US_ASCII));
        assertFails(FETCHING + "jbang: threw the fetched " + JAR + " away: its SHA-256 is "
                + HexFormat.of().formatHex(sum)
                + ", not f977075849cff866f45b27997f5671ab8a336a5dd3cf9e702b3479128338f3a7;\n"
                + "jbang: remove dev/jbang/jbang-cli from Maven's local repository and try again, or install JBang",
                run(probe("exit", "0")));
        assertEquals(List.of(), names(cache));
    }

    @Test
    void aFailingMavenIsQuoted() throws Exception {
        Path cache = emptyCache("echo '[INFO] x'; echo '[ERROR] Unknown host'; echo '[ERROR] more'; exit 1");
        assertFails(FETCHING + "jbang: could not fetch dev.jbang:jbang-cli:0.132.1 (Maven: exit 1); try again online, "
                + "or install JBang\njbang: Maven said: Unknown host", run(probe("exit", "0")));
        assertEquals(List.of(), names(cache));
    }

    @Test
    void withoutMavenTheInstallerOfJBangIsAsked() throws Exception {
        emptyCache("");
        Files.delete(dir.resolve("bin/mvn"));
        extra.put("HOME", dir.toString());
        tool("curl", """
                echo 'mkdir -p "$HOME/.jbang/bin"; printf "#!/bin/sh\\necho real \\$1; cat" >"$HOME/.jbang/bin/jbang"'
                echo 'chmod +x "$HOME/.jbang/bin/jbang"'
                """);
        String fetching = "jbang: fetching JBang 0.132.1 with its own installer (first start only) ...\n";
        assertEquals(new LauncherRun(0, "real x.java\ninput", fetching), start("input", "x.java").finish());
        assertEquals(new LauncherRun(0, "real y.java\n", ""), run("y.java"));
        Files.delete(dir.resolve(".jbang/bin/jbang"));
        tool("curl", "exit 6");
        tool("wget", "exit 4");
        assertFails(fetching + "jbang: could not fetch JBang from https://sh.jbang.dev; try again online "
                + "(needs bash, and curl or wget), or install Maven or JBang", run("x.java"));
    }

    @Test
    void withoutJavaTheLineSaysWhatToDo() throws Exception {
        tools();
        Files.delete(dir.resolve("bin/java"));
        extra.put("JAVA_HOME", "/nowhere");
        assertFails("jbang: no Java found, neither in JAVA_HOME (/nowhere) nor on the PATH; "
                + "install a JDK, 17 or newer", run(probe("exit", "0")));
    }

    @Test
    void anOldJavaIsNamed() throws Exception {
        tools();
        Path java = tool("java", "echo 'openjdk version \"11.0.2\" 2019-01-15' >&2");
        assertFails("jbang: " + java + " is Java 11.0.2, not 17 or newer; "
                + "install a newer JDK or set JAVA_HOME to one", run(probe("exit", "0")));
    }

    /** JBang says nothing while it compiles; a person is told that it goes on, and a log is not. */
    @Test
    void aLongStartShowsAPersonThatItGoesOn() throws Exception {
        tools();
        assumeTrue(onPath("script") != null, "needs script, of util-linux, on the PATH");
        tool("java", "case $* in *-version*) echo 'openjdk version \"17.0.2\"' >&2 ;; *) sleep 8; echo done ;; esac");
        Path cache = Files.createDirectory(dir.resolve("cache"));
        Files.createFile(cache.resolve(JAR));
        extra.put("AFTERYOU_CACHE", cache.toString());
        String ticks = "jbang: still fetching or compiling, after 5 s (first start only) ...";
        LauncherRun piped = run("Peer.java");
        assertEquals(new LauncherRun(0, "done\n", ""), piped);
        Process terminal = prepare(Path.of(onPath("script").toString()), "-qec", "'" + LAUNCHER + "' Peer.java", "/dev/null").redirectErrorStream(true).start();
        started.add(terminal.toHandle());
        String shown = new String(terminal.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, terminal.waitFor(), shown);
        assertEquals(List.of("jbang: fetching or compiling (first start only) ...", ticks, "done"), shown.lines().map(String::strip).toList());
    }

    @Test
    void aJBangOnThePathIsUsed() throws Exception {
        tools();
        tool("jbang", "printf '%s|' \"$@\"; cat; exit 5");
        assertEquals(new LauncherRun(5, "a b||$x|input", ""), start("input", "a b", "", "$x").finish());
    }

    @Test
    void thisFileOnThePathIsNoOtherJBang() throws Exception {
        tools();
        Files.createSymbolicLink(dir.resolve("bin/jbang"), LAUNCHER);
        Files.copy(LAUNCHER, dir.resolve("jbang"), StandardCopyOption.COPY_ATTRIBUTES);
        extra.put("PATH", dir.resolve("bin") + "::.:" + LAUNCHER.getParent());
        assertEquals(new LauncherRun(0, "null", ""), run(probe("rounds")));
    }

    @Test
    void aJBangOnThePathThatCallsThisFileComesToAnEnd() throws Exception {
        tools();
        tool("jbang", "echo round >&2; \"" + LAUNCHER + "\" \"$@\"");
        assertEquals(new LauncherRun(7, "", "round\n".repeat(5)), run(probe("exit", "7")));
    }

    @Test
    void aDamagedJarIsRemoved() throws Exception {
        Path cache = emptyCache(SLOW_MAVEN);
        Files.createDirectories(cache);
        Files.write(cache.resolve(JAR), new byte[1000]);
        LauncherRun ran = run(probe("exit", "0"));
        String last = "jbang: " + cache.resolve(JAR) + " was damaged and is removed; start again to fetch it anew\n";
        assertTrue(ran.code == 69 && ran.err.endsWith(last), ran.toString());
        assertEquals(7, run(probe("exit", "7")).code);
    }

    @Test
    void aliasesBesideTheLauncherAreKnownElsewhere() throws Exception {
        Path other = Files.createDirectory(dir.resolve("an other"));
        Files.copy(LAUNCHER, other.resolve("jbang"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(other.resolve("Probe.java"), PROBE);
        Files.writeString(other.resolve("jbang-catalog.json"), """
                { "aliases": {
                    "probe": { "script-ref": "Probe.java" } } }
                """);
        assertEquals(7, start(other.resolve("jbang"), "", "probe", "exit", "7").finish().code);
    }

    /** A file or folder of that name is what JBang would run; "certs certs" makes one, and README has it renew that. */
    @ParameterizedTest
    @CsvSource({"certs, folder, here", "lock, file, here", "demo, link, here", "status, folder, elsewhere", "top, file, elsewhere",
        "run certs, folder, here", "--quiet test, file, here"})
    void whatIsNamedLikeAnAliasDoesNotHideIt(String words, String kind, String where) throws Exception {
        List<String> all = List.of(words.split(" "));
        String alias = all.get(all.size() - 1);
        Path other = Files.createDirectory(dir.resolve("an other"));
        Files.copy(LAUNCHER, other.resolve("jbang"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(other.resolve("Probe.java"), PROBE);
        Files.writeString(other.resolve("jbang-catalog.json"), """
                { "aliases": {
                    "%s": { "script-ref": "Probe.java" } } }
                """.replace("%s", alias));
        Path folder = where.equals("here") ? other : dir;
        Path named = folder.resolve(alias);
        switch (kind) {
            case "folder" -> Files.createDirectory(named);
            case "file" -> Files.writeString(named, "no program");
            default -> Files.createSymbolicLink(named, Path.of("nowhere"));
        }
        List<String> command = new ArrayList<>(all);
        command.addAll(List.of("exit", "7"));
        LauncherRun ran = start(folder, other.resolve("jbang"), "", command.toArray(String[]::new)).finish();
        assertEquals(7, ran.code, ran::err);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dmeo", "Lock9", "--no-such-option"})
    void whatIsNoCommandIsAnsweredWithThoseThatAre(String word) throws Exception {
        LauncherRun ran = start(LAUNCHER, "", word).finish();
        assertTrue(ran.code != 0, ran::toString);
        assertEquals(word.equals("dmeo"), ran.err.contains("jbang: there is no command \"dmeo\"") && ran.err.contains("\n  lock         Run a command under a lock"), ran.err);
    }

    @Test
    void withoutACommandTheCommandsAreListed() throws Exception {
        LauncherRun ran = start(LAUNCHER, "").finish();
        assertEquals(2, ran.code);
        assertTrue(ran.err.startsWith("usage: ") && ran.err.contains("\n  how-it-works "), ran.err);
    }

    /** Every command that looks at a peer or holds a lock is one word after ./jbang. */
    @Test
    void everyCommandOfThePeerIsAnAlias() throws IOException {
        String catalog = Files.readString(LAUNCHER.resolveSibling("jbang-catalog.json"));
        List<String> commands = new ArrayList<>();
        for (String file : List.of("cli/StatusCommands", "cli/Top", "cli/Certs", "cli/Demo", "run/LockCommands", "trace/TraceCommand", "replay/ReplayCommand")) {
            Pattern.compile("@Command\\(name = \"([a-z]+)\"").matcher(Files.readString(LAUNCHER.resolveSibling("mutex/" + file + ".java")))
                    .results().forEach(found -> commands.add(found.group(1)));
        }
        assertTrue(commands.containsAll(List.of("status", "why", "hold", "top", "trace")), commands::toString);
        assertEquals(List.of(), commands.stream().filter(name -> !catalog.contains("\"arguments\": [\"" + name + "\"]")).toList());
    }

    /** Java changes what a command under a lock is to get; the launcher says what it was, and leaves its descriptors alone. */
    @Test
    void whatACommandUnderALockIsToGetIsSaid() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/fd")), "takes /proc");
        tools();
        extra.put("JBANG_LAUNCH_CMD", "theirs");
        Files.writeString(dir.resolve("nine"), "nine");
        String script = "trap '' PIPE QUIT; ulimit -Sn 300; exec 9<nine; exec \"$0\" \"$@\"";
        List<String> command = new ArrayList<>(List.of("sh", "-c", script));
        command.addAll(prepare(LAUNCHER, probe("lock")).command());
        Process process = prepare(LAUNCHER).command(command).redirectErrorStream(true).start();
        started.add(process.toHandle());
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals("nofile=300 unset=AFTERYOU_DEPTH unset=JBANG_RUNTIME_SHELL unset=JBANG_NO_VERSION_CHECK unset=JBANG_STDIN_NOTTY"
                + " ignored=QUIT ignored=PIPE\nnine\n", said);
    }

    /** Its script ends with the code of JBang or Java, which may be 1: so we ask the JBang beside it ourselves. */
    @Test
    void aJBangOnThePathIsAskedForALockWithoutItsScript() throws Exception {
        tools();
        tool("jbang", "exit 1");
        Files.createSymbolicLink(dir.resolve("bin/jbang.jar"), jar);
        assertEquals(5, run(probe("exit", "5", "lock")).code);
        assertEquals(1, run(probe("exit", "5")).code);
        Files.writeString(dir.resolve("broken.java"), "class broken {");
        LauncherRun broken = run("broken.java", "lock");
        assertEquals(69, broken.code, broken::toString);
        assertTrue(Files.size(jar) > 1_000_000, "theirs is not for us to remove");
    }

    /** A full disk, say, or a cache that became another user's. */
    @ParameterizedTest
    @ValueSource(strings = {"built", "touch", "cat"})
    void whatCannotBeRememberedIsDoneEachTime(String broken) throws Exception {
        Path cache = emptyCache("exit 1");
        Files.copy(jar, Files.createDirectories(cache).resolve(JAR));
        if (broken.equals("built")) {
            Files.writeString(cache.resolve("built"), "");
        } else {
            Path real = onPath(broken);
            tool(broken, "case \"$*\" in *built*) echo No space left on device >&2; exit 1 ;; esac; exec " + real + " \"$@\"\n");
        }
        Files.writeString(dir.resolve("Probe.java"), PROBE);
        for (int i = 0; i < 2; i++) {
            LauncherRun ran = run("Probe.java", "exit", "7");
            assertEquals(7, ran.code, ran::toString);
            assertFalse(ran.err.contains("space") || ran.err.contains("annot"), ran.err);
        }
        assertTrue(broken.equals("built") || names(cache.resolve("built")).isEmpty(), "nothing that is half written");
    }

    /** 1 says that another has the lock, so nothing that fails before may end with it; nor where the script was built before. */
    @ParameterizedTest
    @ValueSource(strings = {"exec env JAVA_TOOL_OPTIONS=-XX:NoSuch \"$0\" \"$@\"", "exec env JAVA_TOOL_OPTIONS=-Xmx1k \"$0\" \"$@\"",
        "\"$0\" \"$1\" exit 0; exec env JAVA_TOOL_OPTIONS=-XX:NoSuch \"$0\" \"$@\"", "\"$0\" \"$1\" exit 0; exec env _JAVA_OPTIONS=-Xmx1k \"$0\" \"$@\"",
        "\"$0\" \"$1\" exit 0; exec env JDK_JAVA_OPTIONS=--no-such \"$0\" \"$@\"", "\"$0\" \"$1\" exit 0; ulimit -v 300000; exec \"$0\" \"$@\"",
        "mkdir away; cd away; rmdir ../away; exec \"$0\" \"$@\"", "ulimit -n 20; exec \"$0\" \"$@\"", "rm broken; exec \"$0\" broken.java lock", "exec \"$0\" broken.java hold"})
    void whatFailsBeforeALockIsAskedForIsNotAConflict(String script) throws Exception {
        tools();
        Files.writeString(dir.resolve("broken.java"), "class broken {");
        Files.writeString(dir.resolve("broken"), "");
        List<String> command = new ArrayList<>(List.of("sh", "-c", script));
        command.addAll(prepare(LAUNCHER, probe("lock")).command());
        Process process = prepare(LAUNCHER).command(command).redirectErrorStream(true).start();
        started.add(process.toHandle());
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(69, process.waitFor(), said);
        assertTrue(said.contains("\njbang: lock was not started: ") || said.startsWith("jbang: lock was not started: ") || said.contains("\njbang: hold was not started: ")
                || said.matches("(sh: [^\n]*getcwd[^\n]*\n)?jbang: the (working folder is gone|limit of open files is 20), [^\n]+\n"), said);
    }

    private static String[] probe(String... arguments) {
        return Stream.concat(Stream.of(shared.resolve("Probe.java").toString()), Stream.of(arguments))
                .toArray(String[]::new);
    }

    private LauncherRun run(String... arguments) throws Exception {
        return start("", arguments).finish();
    }

    private LauncherStart start(String input, String... arguments) throws IOException {
        return start(LAUNCHER, input, arguments);
    }

    private LauncherStart start(Path launcher, String input, String... arguments) throws IOException {
        return start(dir, launcher, input, arguments);
    }

    private LauncherStart start(Path folder, Path launcher, String input, String... arguments) throws IOException {
        File in = Files.writeString(Files.createTempFile(dir, "in", ""), input).toFile();
        Path out = Files.createTempFile(dir, "out", "");
        Path err = Files.createTempFile(dir, "err", "");
        ProcessBuilder builder = prepare(launcher, arguments);
        Process process = builder.directory(folder.toFile()).redirectInput(in).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        started.add(process.toHandle());
        return new LauncherStart(process, out, err);
    }

    /** In this test's directory, with nothing in the environment but what stands here. */
    private ProcessBuilder prepare(Path launcher, String... arguments) throws IOException {
        if (!extra.containsKey("PATH")) {
            tools();
        }
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(dir.toFile());
        builder.environment().clear();
        builder.environment().put("HOME", home.toString());
        builder.environment().putAll(extra);
        return builder;
    }

    /** A PATH with the usual tools and Java, but neither Maven nor JBang. */
    private void tools() throws IOException {
        Path bin = Files.createDirectory(dir.resolve("bin"));
        for (String name : TOOLS.split(" ")) {
            Path found = onPath(name);
            if (found != null) {
                Files.createSymbolicLink(bin.resolve(name), found);
            }
        }
        extra.put("PATH", bin.toString());
    }

    private Path tool(String name, String script) throws IOException {
        Path tool = dir.resolve("bin").resolve(name);
        Files.deleteIfExists(tool);
        Files.writeString(tool, "#!/bin/sh\n" + script);
        assertTrue(tool.toFile().setExecutable(true));
        return tool;
    }

    /** An empty cache of this test's own, and {@code maven} to fill it. */
    private Path emptyCache(String maven) throws IOException {
        tools();
        tool("mvn", maven);
        extra.put("FETCHES", dir.resolve("fetches").toString());
        extra.put("DELIVERS", jar.toString());
        extra.put("AFTERYOU_CACHE", dir.resolve("ca che").toString());
        return dir.resolve("ca che");
    }

    private static void assertFails(String lines, LauncherRun ran) {
        assertEquals(new LauncherRun(69, "", lines + "\n"), ran);
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    private static Path onPath(String name) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator)).map(entry -> Path.of(entry, name))
                .filter(Files::isExecutable).findFirst().orElse(null);
    }

    public static void main(String[] args) {
        Run.only(LauncherTest.class);
    }
}
