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
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import mutex.text.WordWrap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tests.support.PeerProcesses;
import tests.support.Running;
import tests.support.Tmux;

/** What a person meets at a terminal that is narrow, of an unknown type, or left for a while by Ctrl-Z. */
@Timeout(180)
class TerminalTest {

    private static final String STATUS = "[backup] HELD with 5@1 for 1.3 s by the shell of peer 1, fence 77, entered with 4 messages, deferred: 7@2";

    /** Of where its cursor is, of its kind, its state, a mode of it, its keyboard, a string of its description, its colours (ECMA-48, xterm's control sequences). */
    private static final Pattern QUESTION = Pattern.compile(
            "\u001b\\[(\\??[0-9;]*n|[>=]?[0-9;]*c|[0-9;]*x|\\?u|\\??[0-9;]*\\$p)|\u001bP\\+q|\u001b\\]\\d+;\\?|\u001bZ|\u0005");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {20, 40, 79, 80, 81, 110, 111, 200})
    void linesBreakBetweenWordsAndLoseNone(int width) {
        for (String line : List.of(STATUS, "    " + STATUS, "", "word", " ".repeat(300), "x".repeat(300))) {
            List<String> pieces = WordWrap.lines(line, width);
            assertTrue(pieces.stream().allMatch(piece -> piece.length() <= width || piece.strip().indexOf(' ') < 0), pieces::toString);
            assertEquals(line.strip(), pieces.stream().map(String::strip).collect(Collectors.joining(" ")));
            assertTrue(pieces.size() == 1 || pieces.get(1).startsWith("  "), pieces::toString);
        }
    }

    /** Terminals of today, a name that is none, and one that infocmp(1) would take for an option. */
    @ParameterizedTest
    @ValueSource(strings = {"xterm-ghostty", "foot", "", "no/such thing", "-V"})
    @Tag("tmux")
    void anUnknownTerminalIsTakenForAnotherInOneLine(String type) {
        try (Tmux tmux = new Tmux(folder)) {
            Tmux.Pane pane = tmux.open("type", 120, 30, Map.of("TERM", type)).peer("--id", "1", "--port", "0", "--state", folder.toString());
            pane.await("^peer 1> ?\\z");
            pane.enter("request x").await("\\[x\\] HELD with[^$]*^peer 1 HELD \\[x\\]> ?\\z");
            assertFalse(pane.screen().contains("\tat ") || pane.screen().contains("Exception"), pane::screen);
            assertEquals(1, pane.screen().lines().filter(line -> line.contains("is taken for")).count(), pane::screen);
            pane.enter("quit").await("^\\$ ?\\z");
        }
    }

    /** What a terminal answers late, over a slow line or on a busy machine, would stand in the line as if typed. */
    @ParameterizedTest
    @ValueSource(strings = {"screen", "xterm-256color", "xterm-kitty", "foot", "linux", "vt100"})
    @Tag("tmux")
    void aTerminalIsAskedNothing(String type) throws IOException {
        try (Tmux tmux = new Tmux(folder)) {
            Tmux.Pane pane = tmux.open("ask", 120, 30, Map.of("TERM", type));
            Path written = pane.record();
            pane.peer("--id", "1", "--port", "0", "--state", folder.resolve("state").toString()).await("^peer 1> ?\\z");
            pane.enter("request x").await("\\[x\\] HELD with[^$]*^peer 1 HELD \\[x\\]> ?\\z");
            pane.enter("quit").await("^\\$ ?\\z");
            pane.peer("top", "--peer", "localhost:1").await("q: quit$");
            pane.press("q").await("\\$ ?\\z"); // not on a line of its own where there is no second screen
            String all = Files.readString(written);
            assertTrue(all.contains("HELD with"), all);
            assertEquals(List.of(), QUESTION.matcher(all).results().map(MatchResult::group).map(text -> text.replace('\u001b', '^')).toList());
        }
    }

    @Test
    @Tag("tmux")
    void ctrlZStopsThePeerAndFgBringsThePromptBackWhole() {
        try (Tmux tmux = new Tmux(folder)) {
            Tmux.Pane pane = tmux.open("stop", 80, 24, Map.of()).enter("set -m").peer("--id", "1", "--port", "0", "--state", folder.toString());
            pane.await("^peer 1> ?\\z");
            for (String typed : List.of("", "loc")) {
                pane.type(typed).press("C-z").await("(Stopped|Suspended)[^$]*^\\$ ?\\z");
                pane.enter("stty -a | grep -o ' icanon'").await("^ icanon");
                pane.enter("fg").await("^peer 1> ?" + typed + " ?\\z");
            }
            pane.enter("ks").await("no lock is held or wanted anywhere[^$]*^peer 1> ?\\z");
            pane.enter("quit").await("^\\$ ?\\z");
        }
    }

    @Test
    @Tag("tmux")
    void topKeepsItsLinesApartAndFitsWhateverTheSize() {
        try (PeerProcesses processes = new PeerProcesses(folder); Tmux tmux = new Tmux(folder)) {
            Running peer = processes.group(1).get(0);
            String port = peer.await("listens on localhost:(\\d+)").group(1);
            Tmux.Pane pane = tmux.open("top", 80, 24, Map.of()).enter("set -m").peer("top", "--every", "200ms", "--peer", "localhost:" + port);
            pane.await("^as peer 1 sees it: 1 of 1 members answer\nno lock is held or wanted anywhere$");
            peer.say("request a-name-" + "of-many-words-".repeat(8) + "end");
            pane.await("^as peer 1 sees it: 1 of 1 members answer\nLOCK +HOLDER +FOR +FENCE +MSG/ENTRY +WAITING\\S*.*\na-name\\S*\\.\\.\\.\\S*end +1 shell ");
            peer.say("request b");
            pane.await("end +1 shell .*\nb +1 shell ");
            pane.press("C-z").await("(Stopped|Suspended)[^$]*^\\$ ?\\z");
            pane.enter("fg").await("end +1 shell .*\nb +1 shell ");
            pane.press("C-c").await("^\\$ ?\\z");
        }
    }

    /** What waits, goes on or is done shows that, where a person looks; a pipe gets the fence and the events alone. */
    @Test
    @Tag("tmux")
    void holdLockWatchAndTraceSayAtATerminalWhatTheyDo() {
        try (PeerProcesses processes = new PeerProcesses(folder); Tmux tmux = new Tmux(folder)) {
            Running peer = processes.group(1).get(0);
            String at = peer.await("listens on (localhost:\\d+)").group(1);
            Tmux.Pane hold = tmux.open("hold", 200, 24, Map.of()).peer("hold", "--peer", at, "x");
            hold.await("^hold: holds \\[x\\] at " + at + ", fence \\d+; Ctrl-C or \"kill \\d+\" gives it back$");
            Tmux.Pane lock = tmux.open("lock", 200, 24, Map.of()).peer("lock", "--peer", at, "x", "--", "echo", "entered");
            lock.await("^lock: waiting for \\[x\\]: peer 1 holds it \\(\"hold\", process \\d+\\)$");
            Tmux.Pane watch = tmux.open("watch", 200, 24, Map.of()).peer("watch", "--peer", at, "x");
            watch.await("^watch: shows the events of \\[x\\] as they happen, until Ctrl-C$");
            hold.press("C-c");
            lock.await("^entered$");
            String log = Path.of("docs/logs/peer-1.jsonl").toAbsolutePath().toString();
            tmux.open("trace", 200, 24, Map.of()).peer("trace", "--html", "page.html", log).await("^trace: wrote \"page.html\" \\(--html\\); open it in a browser$");
        }
    }

    public static void main(String[] args) {
        Run.only(TerminalTest.class);
    }
}
