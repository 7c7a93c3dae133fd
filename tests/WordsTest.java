///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/InProcess.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import mutex.cli.Certs;
import mutex.cli.PeerCommand;
import mutex.cli.StatusCommands;
import mutex.client.Mutex;
import mutex.peer.StartRules;
import mutex.replay.ReplayCommand;
import mutex.shell.Commands;
import mutex.shell.DurationConverter;
import mutex.shell.Screen;
import mutex.text.Durations;
import mutex.trace.TraceCommand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tests.support.InProcess;

/** What is typed, pasted or passed is taken as it was meant, or refused. */
class WordsTest {

    @TempDir
    Path folder;

    private final List<List<String>> asked = new ArrayList<>();
    private final List<Duration> waits = new ArrayList<>();
    private final Commands shell = new Commands(new Root(asked, waits), new Screen(new PrintStream(new ByteArrayOutputStream()), System.err));

    @CommandLine.Command(name = "")
    static final class Root {

        private final List<List<String>> asked;
        private final List<Duration> waits;

        Root(List<List<String>> asked, List<Duration> waits) {
            this.asked = asked;
            this.waits = waits;
        }

        @CommandLine.Command(name = "request")
        int request(@CommandLine.Parameters(arity = "0..*") List<String> names, @CommandLine.Option(names = "--wait") Duration wait) {
            asked.add(names == null ? List.of() : names);
            if (wait != null) {
                waits.add(wait);
            }
            return 0;
        }
    }

    @Test
    void anEmptyNameInQuotesIsKept() {
        assertTrue(shell.execute("request \"\""));
        assertTrue(shell.execute("request '' "));
        assertTrue(shell.execute("  request x   "));
        assertEquals(List.of(List.of(""), List.of(""), List.of("x")), asked);
    }

    @ParameterizedTest
    @ValueSource(strings = {"request a\nrequest b", "request a\r\nrequest b\r\n", "\nrequest a\rrequest b"})
    void pastedLinesAreACommandEach(String pasted) {
        assertTrue(shell.execute(pasted));
        assertEquals(List.of(List.of("a"), List.of("b")), asked);
    }

    @Test
    void oneWrongLineOfSeveralFails() {
        assertFalse(shell.execute("request a\nreqest b\nrequest c"));
        assertEquals(List.of(List.of("a"), List.of("c")), asked);
    }

    @Test
    void aNameWithAtReadsNoFile() throws Exception {
        Path file = Files.writeString(folder.resolve("names"), "secret");
        assertTrue(shell.execute("request @" + file));
        assertEquals(List.of(List.of("@" + file)), asked);
    }

    /** The same rule for the shell, a peer's command line and {@code lock}. */
    @ParameterizedTest
    @CsvSource({"5, 5000", "5s, 5000", "0.5, 500", ".25, 250", "300ms, 300", "05, 5000", "2m, 120000", "1h, 3600000", "5.s, 5000"})
    void aLengthOfTimeIsSecondsOrHasAUnit(String text, long millis) {
        assertEquals(Duration.ofMillis(millis), new DurationConverter().convert(text));
        assertEquals(millis, Durations.millis(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "1e3", "1e400s", "NaN", "Infinity", "0x5", "+5", "-5", "-0", "5 s", " 5", "5\n", "\u0665", "\uff15s", "5S", "5d",
        "5,5", "1.2.3", "1_000", "5f", "9999999999999"})
    void noOtherTextIsALengthOfTime(String text) {
        assertEquals(-1, Durations.millis(text));
        String said = assertThrows(CommandLine.TypeConversionException.class, () -> new DurationConverter().convert(text)).getMessage();
        assertTrue(said.endsWith("\" is not a duration, e.g. 300ms, 5s, 2m or 1h") && said.lines().count() == 1, said);
        assertThrows(IllegalArgumentException.class, () -> StartRules.leaseMillis(text));
    }

    /** The same everywhere: status, trace, lock and the pages. */
    @ParameterizedTest
    @CsvSource({"0, 0 ms", "430000, 0.43 ms", "9_996_000, 10 ms", "21_700_000, 21.7 ms", "302_100_000, 302 ms", "999_400_000, 999 ms", "999_600_000, 1 s",
        "2_148_000_000, 2.15 s", "5_000_000_000, 5 s", "59_960_000_000, 1 min", "90_000_000_000, 1 min 30 s", "600_000_000_000, 10 min",
        "3_599_600_000_000, 1 h", "3_660_000_000_000, 1 h 1 min", "93_600_000_000_000, 26 h", "-2_148_000_000, -2.15 s"})
    void aLengthOfTimeIsWrittenWithThreeDigitsAtMost(String nanos, String text) {
        assertEquals(text, Durations.say(Long.parseLong(nanos.replace("_", ""))));
    }

    @Test
    void theShellTakesALengthOfTimeAsLockDoes() {
        assertTrue(shell.execute("request x --wait 5") && shell.execute("request x --wait .5") && shell.execute("request x --wait 5s"));
        assertFalse(shell.execute("request x --wait 1e3"));
        assertEquals(List.of(Duration.ofSeconds(5), Duration.ofMillis(500), Duration.ofSeconds(5)), waits);
    }

    @Test
    void aLengthOfTimeHasABound() {
        for (String text : List.of("8761h", "999999999999h", "31536001")) {
            assertEquals("\"" + text + "\" is longer than a year",
                    assertThrows(CommandLine.TypeConversionException.class, () -> new DurationConverter().convert(text)).getMessage());
        }
    }

    @Test
    void helpFitsEightyColumnsAndBreaksNoWord() {
        CommandLine peer = new CommandLine(new PeerCommand());
        StatusCommands.addTo(peer);
        TraceCommand.addTo(peer, () -> Integer.MAX_VALUE);
        ReplayCommand.addTo(peer);
        List<CommandLine> all = new ArrayList<>(peer.getSubcommands().values());
        all.add(peer);
        assertTrue(all.size() > 9, all::toString);
        for (CommandLine each : all) {
            String help = each.getUsageMessage();
            Set<String> shown = new HashSet<>(List.of(help.split("\\s+")));
            help.lines().forEach(line -> assertTrue(line.length() <= 80, line));
            assertTrue(help.contains("Exit codes:") && help.contains("  64 "), help);
            List<String> texts = new ArrayList<>(List.of(each.getCommandSpec().usageMessage().description()));
            each.getCommandSpec().args().forEach(arg -> texts.addAll(List.of(arg.description())));
            texts.stream().flatMap(text -> Stream.of(text.split("\\s+"))).filter(word -> !word.contains("$") && !word.contains("%"))
                    .forEach(word -> assertTrue(word.isEmpty() || shown.contains(word), () -> "broken: " + word + "\n" + help));
        }
    }

    @ParameterizedTest
    @CsvSource({"lock, 19", "hold, 14"})
    void lockAndHoldShowEveryOptionThatTheyTake(String verb, int options) throws Exception {
        String help = InProcess.run(verb, "--help").out();
        help.lines().forEach(line -> assertTrue(line.length() <= 80, line));
        List<String> shown = Pattern.compile("(?m)^ {2,6}(?:-\\w, )?(--[a-z-]+)").matcher(help).results().map(found -> found.group(1)).toList();
        assertEquals(options, shown.size(), help);
        for (String option : shown) {
            String said = InProcess.run(verb, option).err();
            assertFalse(said.contains("unknown option"), () -> option + ": " + said);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"+5", "\u0665", "0x5", "1e3", "", "99999999999999999999", "5 "})
    void daysAreDigits(String days) {
        CommandLine certs = new CommandLine(new Certs()).setErr(new PrintWriter(new ByteArrayOutputStream()));
        assertEquals(CommandLine.ExitCode.USAGE, certs.execute(folder.resolve("certs").toString(), "client", "--days", days));
    }

    @ParameterizedTest
    @ValueSource(strings = {"99999", "3651", "0", "-1"})
    void aClientsCertificateIsNoLongerValidThanAPeers(String days) {
        for (String who : List.of("client", "1")) {
            CommandLine certs = new CommandLine(new Certs()).setErr(new PrintWriter(new ByteArrayOutputStream()));
            assertEquals(CommandLine.ExitCode.USAGE, certs.execute(folder.resolve("certs").toString(), who, "--days", days));
        }
        assertFalse(Files.exists(folder.resolve("certs")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0.001S", "PT0.199S", "PT10M0.001S", "PT-5S", "PT0.000001S"})
    void theLibraryRefusesALeaseThatTheCommandLineRefuses(String lease) {
        assertThrows(IllegalArgumentException.class, () -> Mutex.peer(1).lease(Duration.parse(lease)));
    }

    public static void main(String[] args) {
        Run.only(WordsTest.class);
    }
}
