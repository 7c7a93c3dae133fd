///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Traced.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import mutex.algorithm.Stamp;
import mutex.event.LogEvent;
import mutex.event.LogEvent.Detail;
import mutex.event.LogEvent.EventKind;
import mutex.log.LogEntry;
import mutex.log.LogReader;
import mutex.log.VectorClock;
import mutex.shell.Screen;
import mutex.text.Printable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tests.support.Traced;

/** What others wrote does nothing to the terminal that it is shown on: no colour, no bell, no line of its own, no other order. */
class PrintedTest {

    /** Characters that a terminal obeys, or that make text look like another. */
    private static final Pattern OBEYED = Pattern.compile("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"\u001b[2J", "\u001b]0;title\u0007", "\r", "\b", "\u009b31m", "\u202e", "\u2066", "\u200f", "\u200b", "\ufeff", "\u2028",
        "\u2029", "\ud800", "\udc00\ud800", "\u0000", "\u0085", "\u00ad"})
    void nothingThatATerminalObeysIsPrinted(String evil) throws Exception {
        assertFalse(OBEYED.matcher(Printable.of("a" + evil + "b")).find());
        assertFalse(OBEYED.matcher(Printable.of("a" + evil + "b", 2)).find());

        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        try (Screen screen = new Screen(out, out)) {
            screen.line("peer 2 [x] " + evil + "mine");
            screen.event("peer 2 [x] " + evil + "mine");
            screen.problem("peer 2 [x] " + evil + "mine");
        }
        assertFalse(OBEYED.matcher(printed.toString(StandardCharsets.UTF_8)).find(), "the shell printed it");
        assertEquals(3, printed.toString(StandardCharsets.UTF_8).lines().count());

        LogEntry event = new LogEntry(1, 1, new VectorClock.Reading(new int[] {1}, new long[] {1}),
                new LogEvent(EventKind.LINK, 3, 11, null, null, 0, 2, null, new Detail.Reachable(false), "broken: " + evil));
        String json = event.json();
        assertTrue(json.chars().allMatch(c -> c >= ' ' && c <= '~'), json);
        assertEquals("broken: " + evil, JsonParser.parseString(json).getAsJsonObject().get("text").getAsString());
        assertTrue(Printable.json("{\"text\":\"" + evil.replaceAll("\\p{Cc}", "") + "\"}").chars().allMatch(c -> c <= '~'));

        Path log = Files.writeString(folder.resolve("log"), json + "\n");
        assertEquals(json, LogReader.read(log).get(0).json());
        for (String option : List.of("--text", "--shiviz=" + folder.resolve("shiviz"))) {
            Traced trace = Traced.of(List.of(log), option);
            assertFalse(OBEYED.matcher(trace.out() + trace.err()).find(), "trace " + option + " printed it");
        }
        Files.write(log, ("{\"time\":" + evil + "\n{\"time\":\n").getBytes(StandardCharsets.UTF_8));
        assertFalse(OBEYED.matcher(Traced.of(List.of(log)).err()).find(), "trace quoted it");
    }

    /** Fences pass 2^53, above which jq and JavaScript round a number. */
    @ParameterizedTest
    @ValueSource(longs = {1, 9_007_199_254_740_993L, 1_882_478_786_374_533_125L, Long.MAX_VALUE})
    void aFenceIsAStringInALogAndInWatch(long fence) {
        LogEntry event = new LogEntry(1, 1, new VectorClock.Reading(new int[] {1}, new long[] {1}),
                new LogEvent(EventKind.ENTRY, 3, 11, "x", new Stamp(3, 1), fence, 0, null, null, null));
        assertTrue(event.json().contains(",\"fence\":\"" + fence + "\""), event::json);
    }

    public static void main(String[] args) {
        Run.only(PrintedTest.class);
    }
}
