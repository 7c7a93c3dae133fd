///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/FreePorts.java support/Jvm.java support/PeerProcesses.java support/Running.java support/Tmux.java
//SOURCES ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mutex.event.NodeView;
import mutex.group.DurableState;
import mutex.group.Group;
import mutex.shell.PeersCommand;
import mutex.state.StateFile;
import mutex.status.Snapshot;
import mutex.text.AlignedTable;
import mutex.text.DisplayWidth;
import mutex.text.WordWrap;
import mutex.trace.TraceCommand;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tests.support.PeerProcesses;
import tests.support.Tmux;

/** What is printed for a person fits the terminal: lines break between words, columns stand under each other. */
@Timeout(240)
class FitTest {

    private static final String LONG = "a-name-of-many-words-that-somebody-made-of-a-path/and-a-host";
    private static final List<Path> LOGS = Stream.of(1, 2, 3).map(id -> Path.of("docs/logs/peer-" + id + ".jsonl").toAbsolutePath()).toList();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"lock, 4", "\u65e5\u672c, 4", "\ud55c\uae00.log, 8", "\uff21, 2", "e\u0301, 1", "\ud83d\ude00, 2", "\u00fc, 1", "\ud842\udfb7, 2", "'', 0"})
    void aCharacterTakesTheColumnsThatATerminalGivesIt(String text, int columns) {
        assertEquals(columns, DisplayWidth.of(text));
        assertEquals(text, DisplayWidth.cut(text, columns));
        assertTrue(DisplayWidth.of(DisplayWidth.cut(text + text, columns)) <= columns);
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 41, 80})
    void wideCharactersAreCountedWhereLinesBreak(int width) {
        String line = "peer 1: /srv/\u65e5\u672c\u8a9e/\ub85c\uadf8 " + "\u5f62 \u6587\u5b57 ".repeat(20) + "end";
        List<String> pieces = WordWrap.lines(line, width);
        pieces.forEach(piece -> assertTrue(DisplayWidth.of(piece) <= width, piece));
        assertTrue(pieces.size() <= 1 + DisplayWidth.of(line) / (width - 8), pieces::toString);
        assertEquals(line, pieces.stream().map(String::strip).collect(Collectors.joining(" ")));
    }

    /** The column of the second word of each line. */
    private static Set<Integer> columns(List<String> lines) {
        return lines.stream().map(line -> DisplayWidth.of(line.substring(0, line.indexOf(" |") + 1))).collect(Collectors.toSet());
    }

    @ParameterizedTest
    @ValueSource(ints = {30, 60, 200})
    void cellsStandUnderEachOtherWhateverTheyAreMadeOf(int width) {
        List<List<String>> rows = List.of(List.of("LOCK", "|", "9"), List.of(LONG, "|", "10"), List.of("\u65e5\u672c\u8a9e".repeat(20), "|", "1"),
                List.of("\ud83d\ude00", "|", "2"), List.of("", "|", "3"));
        List<String> lines = AlignedTable.lines(rows, Set.of(2), width, 0);
        assertEquals(1, columns(lines).size(), () -> String.join("\n", lines));
        lines.forEach(line -> assertTrue(DisplayWidth.of(line) <= width, line));
        assertTrue(lines.get(1).startsWith("a-name") && lines.get(1).endsWith("10") && lines.get(1).contains(width == 200 ? LONG : "..."), lines.get(1));
        assertTrue(lines.get(0).endsWith(" 9"), "numbers stand at the right");
    }

    @Test
    void thePeersStandUnderEachOtherWithTroublesBelow() {
        SortedMap<Integer, String> members = new TreeMap<>(Map.of(1, "a:1", 12, "peer-11.peers.default.svc.cluster.local:5000"));
        NodeView node = new NodeView(1, "a:1", 1_882_478_786L, 9, 77, Group.found(members), null, List.of(), new TreeMap<>(), null, new TreeMap<>(), null);
        Snapshot now = new Snapshot(node, "ricart-agrawala", 0, List.of(
                new Snapshot.Other(12, members.get(12), true, 1_882_478_999L, 12, 431, ""), new Snapshot.Other(0, "b:2", false, 0, -1, 0, "nothing listens there")), Map.of());
        for (int width : new int[] {80, 200}) {
            List<String> lines = PeersCommand.lines(now, width);
            lines.forEach(line -> assertTrue(line.length() <= width, line));
            assertEquals("      nothing listens there", lines.get(4), lines::toString);
            int state = lines.get(0).indexOf("state");
            assertEquals(List.of("state", "this ", "linke", "no li"), lines.subList(0, 4).stream().map(line -> line.substring(state, state + 5)).toList());
        }
    }

    /** What trace prints on a terminal of that width. */
    private static List<String> traced(int width, List<Path> logs, String... options) {
        PrintStream out = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
            CommandLine line = new CommandLine(new OnlyTrace());
            TraceCommand.addTo(line, () -> width);
            assertEquals(0, line.execute(Stream.of(Stream.of("trace"), Stream.of(options), logs.stream().map(Path::toString)).flatMap(all -> all).toArray(String[]::new)));
        } finally {
            System.setOut(out);
        }
        return said.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @CommandLine.Command(name = "peer")
    private static final class OnlyTrace {}

    /** Copies of the logs in a folder of that name, with that lock. */
    private List<Path> copied(String name, String lock) throws IOException {
        List<Path> copies = new ArrayList<>();
        for (Path log : LOGS) {
            Path copy = Files.createDirectories(folder.resolve(name)).resolve(log.getFileName().toString());
            copies.add(Files.writeString(copy, Files.readString(log).replace("\"default\"", "\"" + lock + "\"")));
        }
        return copies;
    }

    @ParameterizedTest
    @CsvSource({"80, logs, default", "80, logs, " + LONG, "80, \u65e5\u672c\u8a9e\u306e\u9577\u3044\u540d\u524d\u306e\u30d5\u30a9\u30eb\u30c0, " + LONG, "200, logs, " + LONG,
        "100, \u65e5\u672c, default"})
    void everyFormOfTraceFits(int width, String name, String lock) throws IOException {
        assumeTrue(Charset.forName(System.getProperty("sun.jnu.encoding")).newEncoder().canEncode(name), "file names have no such letters in this locale");
        List<Path> logs = copied(name, lock);
        for (List<String> options : List.of(List.<String>of(), List.of("--text"), List.of("--story", "1"), List.of("--story=3", "--text"))) {
            List<String> lines = traced(width, logs, options.toArray(String[]::new));
            lines.forEach(line -> assertTrue(DisplayWidth.of(line) <= width || !line.strip().contains(" "), () -> options + ": " + line));
            assertTrue(lines.size() > 5, lines::toString);
        }
        List<String> table = traced(width, logs).stream().dropWhile(line -> !line.startsWith("entry ")).takeWhile(line -> !line.startsWith("check:")).toList();
        int at = table.get(0).indexOf("stamp");
        assertTrue(table.size() > 2 && table.stream().skip(1).allMatch(line -> line.substring(at).matches("\\d+@\\d .*")), () -> String.join("\n", table));
    }

    /** A peer's line in the picture is one column, whatever the labels beside it. */
    @ParameterizedTest
    @ValueSource(ints = {80, 120})
    void thePictureShortensLabelsAndNotItself(int width) throws IOException {
        List<String> picture = traced(width, LOGS, "--text").stream().dropWhile(line -> !line.strip().startsWith("ms ")).takeWhile(line -> !line.startsWith("check:")).toList();
        int last = picture.get(0).indexOf("peer 3");
        picture.stream().skip(1).forEach(line -> assertTrue("|:#".indexOf(line.charAt(last)) >= 0, () -> last + " " + line));
        assertTrue(picture.stream().anyMatch(line -> line.contains(" PERMISSION ")), () -> String.join("\n", picture));
    }

    @Test
    void aPictureThatCannotFitSaysHowManyColumnsItTakes() throws IOException {
        PrintStream err = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int columns;
        try {
            System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
            columns = traced(60, LOGS, "--text").stream().dropWhile(line -> !line.strip().startsWith("ms ")).takeWhile(line -> !line.startsWith("check:"))
                    .mapToInt(DisplayWidth::of).max().orElseThrow();
        } finally {
            System.setErr(err);
        }
        assertEquals("trace: the diagram takes " + columns + " columns, and this terminal has 60; widen it, or add: | less -S\n", said.toString(StandardCharsets.UTF_8));
    }

    private void assertFits(Tmux.Pane pane, int width) {
        pane.screen().lines().filter(line -> !line.matches("peer 1.*> .+")) // what was typed breaks as it is typed
                .forEach(line -> assertTrue(DisplayWidth.of(line) <= width, () -> "the terminal broke: " + line + "\n" + pane.screen()));
    }

    /** Tmux gives lines that the terminal broke as one, which is longer than the terminal is wide. */
    @ParameterizedTest
    @ValueSource(ints = {80, 200})
    @Tag("tmux")
    void nothingThatAPeerPrintsIsBrokenByTheTerminal(int width) {
        try (Tmux tmux = new Tmux(folder)) {
            Tmux.Pane pane = tmux.open("fit", width, 50, Map.of()).peer("--id", "1", "--port", "0", "--state", folder.toString());
            pane.await("^peer 1> ?\\z");
            pane.enter("request " + LONG).await("HELD[^$]*^peer 1 HELD \\[[^$]*> ?\\z");
            for (String command : List.of("status", "peers", "locks", "log", "why " + LONG, "help", "help help", "help request", "help remove", "help fault",
                    "help log", "help pass", "reqest", "release " + LONG)) {
                pane.enter(command).await("^peer 1[^\n]*> ?\\z");
                assertFits(pane, width);
                assertFalse(pane.screen().matches("(?s).*Usage:\\S.*"), pane::screen);
            }
            pane.enter("quit").await("^\\$ ?\\z");
            CompletableFuture<String> written = new CompletableFuture<>();
            try (StateFile file = new StateFile(folder.resolve("peer-2.json"), 2)) { // of which a start says much in one line
                file.write(new DurableState(Group.found(new TreeMap<>(Map.of(2, "localhost:1", 3, "localhost:2"))), null), written::complete);
            }
            assertNull(written.join());
            pane.peer("--id", "2", "--port", "0", "--state", folder.toString(), "localhost:3").await("here by[^$]*^peer 2> ?\\z");
            assertFits(pane, width);
            pane.enter("quit").await("^\\$ ?\\z");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {80, 200})
    @Tag("tmux")
    void nothingOfAReplayIsBrokenByTheTerminal(int width) throws IOException {
        List<Path> logs = copied("logs", LONG);
        List<String> arguments = new ArrayList<>(List.of("replay"));
        logs.forEach(log -> arguments.add("logs/" + log.getFileName()));
        try (Tmux tmux = new Tmux(folder)) {
            Tmux.Pane pane = tmux.open("replay", width, 50, Map.of()).peer(arguments.toArray(String[]::new));
            pane.await("^replay: step 0 of \\d+> ?\\z");
            for (String command : List.of("", "help", "help run", "run entry", "state", "step 9", "entries", "back 3", "run", "state 1", "step", "run 1", "run 999")) {
                String prompt = "^replay: step \\d+ of \\d+> ?"; // the next one, not that at which the command is typed
                pane.enter(command).await(prompt + Pattern.quote(command) + " *$[\\s\\S]*" + prompt + "\\z");
                assertFits(pane, width);
            }
            pane.enter("quit").await("^\\$ ?\\z");
        }
    }

    @Test
    void whatIsCountedIsInTheSingularOrThePlural() throws IOException {
        List<Path> logs = copied("logs", "x");
        Pattern wrong = Pattern.compile("(?<![\\d,.])1 (peers|steps|events|entries|requests|messages|logs|processes|holders|times|differences)\\b|\\b0 (peer|step|event|entry|request)\\b");
        for (List<String> options : List.of(List.<String>of(), List.of("--story", "1"))) {
            List<String> lines = traced(200, logs.subList(0, 1), options.toArray(String[]::new));
            lines.forEach(line -> assertFalse(wrong.matcher(line).find(), line));
        }
    }

    public static void main(String[] args) {
        Run.only(FitTest.class);
    }
}
