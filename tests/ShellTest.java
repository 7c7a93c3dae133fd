///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Eventually.java support/FreePorts.java support/Jvm.java support/PeerProcesses.java support/Running.java
//SOURCES support/Tmux.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Eventually;
import tests.support.PeerProcesses;
import tests.support.Tmux;

/**
 * The shell at real terminals, as a person meets it. One group of three serves all tests; each test has locks of its
 * own, and gives them back.
 */
@Tag("tmux")
@Timeout(120)
class ShellTest {

    @TempDir
    static Path folder;
    private static Tmux tmux;
    private static List<Tmux.Pane> group;
    private static int trios; // groups of three started so far
    private static int apart; // terminals of single peers so far
    private static Tmux.Pane one;
    private static Tmux.Pane two;
    private static Tmux.Pane three;

    private static List<Tmux.Pane> start(int size, String name, String... more) {
        int[] ports = PeerProcesses.ports(size);
        List<Tmux.Pane> panes = IntStream.rangeClosed(1, size).mapToObj(id -> tmux.open(name + "p" + id, 150, 50, Map.of())
                .peer(PeerProcesses.arguments(folder.resolve("state" + name), id, ports, more))).toList();
        panes.forEach(pane -> pane.await("^peer \\d> ?$"));
        panes.forEach(pane -> pane.enter("request begin --for 1ms").await("\\[begin\\] given back"));
        return panes;
    }

    /** A peer that has no others, at a terminal of its own. */
    private static Tmux.Pane alone(int width, Map<String, String> environment) {
        String name = "alone" + ++apart;
        return tmux.open(name, width, 24, environment).peer("--id", "1", "--port", "0", "--state", folder.resolve("state" + name).toString());
    }

    @AfterAll
    static void endTheTerminals() {
        if (tmux != null) {
            tmux.close();
        }
        group = null;
    }

    /** The group of the test before, or a new one where that test left it in disorder. */
    @BeforeEach
    void threeAtTerminals() {
        if (group == null) {
            endTheTerminals();
            tmux = new Tmux(folder);
            group = start(3, "trio" + ++trios);
            one = group.get(0);
            two = group.get(1);
            three = group.get(2);
        }
        group.forEach(pane -> pane.clear().await("\\Apeer \\d> ?\\z"));
    }

    @AfterEach
    void idleAgain() {
        if (group == null) {
            return; // it did not start
        }
        try {
            group.forEach(pane -> pane.await("^peer \\d> ?\\z", 3_000));
        } catch (AssertionError disorder) {
            endTheTerminals();
            throw disorder;
        }
    }

    @Test
    void enterAsksAndGivesBackAndThePromptSaysSo() {
        for (int i = 0; i < 5; i++) {
            one.press("Enter").await("\\[default\\] HELD with \\d+@1, fence \\d+, after [^$]*^peer 1 HELD \\[[^>]*\\]> ?\\z");
            one.press("Enter").await("\\[default\\] given back[^$]*^peer 1> ?\\z");
            one.clear().await("\\Apeer 1> ?\\z");
        }
    }

    /** An empty line among them is nobody who presses Enter: it would take a lock that nobody wants. */
    @Test
    void pastedLinesAreACommandEachAndEmptyOnesNone() {
        for (String end : List.of("\r\n", "\r\r", "\n", "\r\n \t\r\n\r\n")) {
            one.paste("request pa" + end + "request pb" + end, false).await("\\[pb\\] HELD with");
            one.paste("release pb" + end + "release pa" + end + "locks" + end, false).await("\\[pa\\] given back[^$]*no lock is held[^$]*^peer 1> ?\\z");
            assertFalse(one.screen().contains("[default]"), one::screen);
            one.clear().await("\\Apeer 1> ?\\z");
            one.paste("request pa" + end + "request pb" + end, true).press("Enter").await("\\[pb\\] HELD with");
            one.paste("release pb" + end + "release pa" + end, true).press("Enter").await("\\[pa\\] given back[^$]*^peer 1> ?\\z");
            assertFalse(one.screen().contains("[default]"), one::screen);
            one.clear().await("\\Apeer 1> ?\\z");
        }
        one.press("Enter").await("\\[default\\] HELD with"); // a person's own still counts
        one.press("Enter").await("\\[default\\] given back[^$]*^peer 1> ?\\z");
    }

    /** What is drawn once for each letter takes minutes. */
    @Test
    void aVeryLongLineIsTakenAtOnceAndRefused() {
        for (boolean bracketed : new boolean[] {false, true}) {
            one.paste("request " + "x".repeat(60_000), bracketed).press("Enter");
            one.await("a line of 60008 characters is too long for a command; \"help\" lists them\\s+^peer 1> ?\\z", 20_000);
            one.clear().await("\\Apeer 1> ?\\z");
        }
    }

    @Test
    void requestShowsEachPermissionAndWhoHasNotGivenItAndWhy() {
        two.enter("request why").await("HELD with");
        one.enter("request why").await("^peer 1 waits \\[[^>]*\\]> ?\\z");
        one.await("has permission from 3 for \\d+@1");
        one.await("\\[why\\] waits with \\d+@1 for ((2[5-9]|[3-9]\\d)\\d ms|\\d+(\\.\\d+)? s), for permission from:\n +peer 2: holds it with \\d+@2 for \\d");
        two.await("peer 2 \\[why\\] defers request \\d+@1 of peer 1");
        two.enter("release why");
        one.await("has permission from 2 for[^$]*\\[why\\] HELD with[^$]*^peer 1 HELD \\[[^>]*\\]> ?\\z");
        one.enter("release why");
    }

    @Test
    void whyFollowsOnwards() {
        three.enter("request far").await("HELD with");
        two.enter("request near").await("HELD with");
        two.enter("request far").await("^peer 2 HELD \\[[^>]*\\] waits \\[[^>]*\\]> ?\\z");
        one.enter("request near").await("waits with");
        one.clear().enter("why near").await("\\[near\\] waits with \\S+ for .*:\n"
                + "  peer 2: holds it with \\S+ for .*\n"
                + "    which waits for \\[far\\] with \\S+, for permission from:\n"
                + "      peer 3: holds it with \\S+ for ");
        three.enter("release far");
        two.await("\\[far\\] HELD");
        two.enter("release far").enter("release near");
        one.await("\\[near\\] HELD");
        one.enter("release near");
    }

    @Test
    void whyNamesACircle() {
        one.enter("request a").await("\\[a\\] HELD");
        two.enter("request b").await("\\[b\\] HELD");
        one.enter("request b").await("^peer 1 HELD \\[[^>]*\\] waits \\[[^>]*\\]> ?\\z");
        two.enter("request a").await("^peer 2 HELD \\[[^>]*\\] waits \\[[^>]*\\]> ?\\z");
        two.await("circle: peer 2 waits on \\[a\\] for peer 1, peer 1 waits on \\[b\\] for peer 2; one of them has to release or cancel");
        two.enter("cancel a").await("\\[a\\] request withdrawn[^$]*^peer 2 HELD \\[[^>]*\\]> ?\\z");
        two.enter("release b");
        one.await("\\[b\\] HELD");
        one.enter("release a").enter("release b");
    }

    @Test
    void controlCClearsTheLineThenWithdrawsTheWaitAndNeverGivesBack() {
        two.enter("request c").await("\\[c\\] HELD");
        one.enter("request c").await("^peer 1 waits \\[[^>]*\\]> ?\\z");
        one.type("half a word").await("peer 1 waits \\[[^>]*\\]> half a word\\z");
        one.press("C-c").await("half a word[^$]*^peer 1 waits \\[[^>]*\\]> ?\\z");
        one.press("C-c").await("\\[c\\] request withdrawn[^$]*^peer 1> ?\\z");
        one.press("C-c").await("nothing is waiting; \"quit\" or Ctrl-D leaves");
        two.press("C-c").await("\\[c\\] stays HELD; \"release c\" gives it back, \"quit\" leaves[^$]*^peer 2 HELD \\[[^>]*\\]> ?\\z");
        two.enter("release c");
    }

    @Test
    void forGivesBackByItselfAndWaitGivesUpAndTryIsRefused() {
        two.enter("request f --for 5s").await("\\[f\\] HELD");
        one.enter("request f --try").await("\\[f\\] not acquired: .*peer 2");
        two.await("\\[f\\] given back");
        two.enter("request f").await("^peer 2 HELD \\[[^>]*\\]> ?\\z");
        one.enter("request f --wait 500ms").await("\\[f\\] not acquired in time: .*2");
        two.enter("release f");
    }

    @Test
    void tabCompletesCommandOptionAndLock() {
        two.enter("request zebra-crossing").await("HELD");
        two.type("rele").press("Tab").await("peer 2 HELD \\[[^>]*\\]> release"); // and, in grey, how such a line went on before
        two.type("zeb").press("Tab").await("peer 2 HELD \\[[^>]*\\]> release zebra-crossing ?\\z");
        two.press("Enter").await("given back");
        one.type("request --wa").press("Tab").await("peer 1> request --wait=? ?\\z");
        one.press("C-c");
    }

    @Test
    void tabCompletesWhatAnOptionAndHelpTake() {
        two.enter("request held").await("HELD");
        two.type("help rel").press("Tab").await("HELD \\[held\\]> help release ?\\z");
        two.press("C-u");
        two.type("request a --write /etc/hostna").press("Tab").await("--write /etc/hostname ?\\z");
        two.press("C-u");
        two.type("request a --write=/et").press("Tab").await("--write=/etc/?\\z");
        two.press("C-u");
        two.type("request a --wait 3").press("Tab").await("--wait 30s ?\\z");
        two.press("C-u");
        two.enter("release").await("\\[held\\] given back");
    }

    /** With one lock there is no doubt which is meant; each hint can be typed as it stands. */
    @Test
    void hintsAndPromptNameTheLock() {
        one.enter("request h1").await("\\[h1\\] HELD[^$]*^peer 1 HELD \\[h1\\]> ?\\z");
        one.press("C-c").await("\\[h1\\] stays HELD; \"release h1\" gives it back");
        one.enter("request h1").await("already HELD; \"release h1\" gives it back");
        one.enter("cancel h1").await("cancel: peer 1 holds \\[h1\\]; \"release h1\" gives it back");
        one.enter("release").await("\\[h1\\] given back[^$]*^peer 1> ?\\z");
        one.enter("release").await("release: peer 1 does not hold \\[default\\]; \"request\" asks for it");
        one.enter("request h1").await("\\[h1\\] HELD");
        one.enter("request h2").await("\\[h2\\] HELD");
        one.enter("request h3").await("^peer 1 HELD \\[h1\\] \\[h2\\] \\+1> ?\\z");
        one.clear().enter("release").await("release: this shell holds \\[h1\\], \\[h2\\], \\[h3\\]; name the one that is meant");
        two.enter("request h1").await("\\[h1\\] waits with[^$]*\\(the shell of peer 1\\)[^$]*^peer 2 waits \\[h1\\]> ?\\z");
        two.enter("release").await("release: ");
        two.enter("cancel").await("\\[h1\\] request withdrawn");
        one.enter("release h1").enter("release h2").enter("release h3").await("\\[h3\\] given back");
    }

    @Test
    void arrowUpBringsBackTheLineBefore() {
        one.enter("locks").await("no lock is held");
        one.clear().press("Up").await("\\Apeer 1> locks\\z");
        one.press("Enter").await("no lock is held");
    }

    @Test
    void anUnknownCommandSuggestsAKnownOne() {
        one.enter("requets").await("unknown command \"requets\"; did you mean \"request\"\\?");
        one.enter("request --fo 5s").await("request: unknown option \"--fo\"; did you mean \"--for\"\\?");
        one.enter("xyzzy").await("unknown command \"xyzzy\"; \"help\" lists them");
        one.enter("request 'a").await("a quote is not closed");
    }

    @Test
    void eventsAppearAboveTheLineThatIsBeingTyped() {
        one.enter("request e").await("\\[e\\] HELD");
        one.type("half typed").await("peer 1 HELD \\[[^>]*\\]> half typed\\z");
        two.enter("request e").await("waits with");
        one.await("peer 1 \\[e\\] defers request \\d+@2 of peer 2[^$]*^peer 1 HELD \\[[^>]*\\]> half typed\\z");
        one.press("C-u").enter("release e").await("given back");
        two.await("\\[e\\] HELD");
        two.enter("release e");
    }

    @Test
    void theCommandsThatShowSomethingDo() {
        two.enter("request shown").await("HELD");
        one.enter("status").await("peer 1 at localhost:\\d+, epoch \\d+, Lamport time \\d+, ricart-agrawala, lease off\n"
                + "group .*1.*2.*3.*\nno lock is held or wanted here");
        one.enter("peers").await("^1 +localhost:\\d+ +this peer.*\n2 +localhost:\\d+ +linked .*\n3 +localhost:\\d+ +linked");
        one.enter("locks").await("peer 2 \\[shown\\] HELD with \\d+@2 for .*, fence \\d+");
        one.enter("log 3").await("^\\d\\d:\\d\\d:\\d\\d\\.\\d\\d\\d peer 1 \\[shown\\] sends PERMISSION \\d+@2 to 2");
        one.enter("help").await("^Commands:\n  request ");
        one.enter("help request").await("--wait=TIME +give up after this time");
        two.enter("release shown");
    }

    @Test
    void controlDAndQuitLeaveInOrder() {
        List<Tmux.Pane> leaving = start(3, "leave");
        leaving.get(0).press("Enter").await("HELD \\[[^>]*\\]> ?\\z");
        leaving.get(1).press("Enter").await("waits \\[[^>]*\\]> ?\\z");
        leaving.get(2).press("Enter").await("waits \\[[^>]*\\]> ?\\z");
        leaving.get(1).await("holds it with");
        leaving.get(2).await("holds it with");
        leaving.get(0).press("C-d");
        leaving.get(1).await("\\[default\\] HELD", 7_000); // sooner than one that says nothing is given up
        leaving.get(0).await("^\\$ ?\\z");
        leaving.get(1).enter("quit");
        leaving.get(2).await("\\[default\\] HELD", 7_000);
        for (Tmux.Pane pane : leaving.subList(0, 2)) {
            pane.await("^\\$ ?\\z");
            pane.enter("echo co''de $?").await("^code 0$");
            pane.enter("stty -a | grep -o ' [-]*echo \\| [-]*icanon'").await("^ echo *\n icanon|^ icanon *\n echo");
        }
    }

    /** Again until it shows that: whoever says nothing for a second, as on a busy machine, is left out of an answer. */
    private static void repeat(Tmux.Pane pane, String command, String regex) {
        Eventually.answers(() -> pane.clear().enter(command).await(regex, 5_000));
    }

    @Test
    void withALeaseThePromptAndStatusSayWhetherAMajorityIsHeard() {
        List<Tmux.Pane> leased = start(3, "lease", "--lease", "3s");
        Tmux.Pane first = leased.get(0);
        first.await("in standing");
        leased.get(2).signal("STOP");
        first.await("peer 3: .*absent");
        repeat(first, "status", ", lease 3 s\ngroup version .*\nmajority: 2 of 3 peers reachable, 2 needed\nabsent: 3 \\(suspected of having failed; locks are acquired without it\\)\n");
        repeat(first, "peers", "^3 +localhost:\\d+ +absent +");
        first.press("Enter").await("\\[default\\] HELD[^$]*^peer 1 HELD \\[[^>]*\\]> ?\\z");
        leased.get(1).signal("STOP");
        first.await("\\[default\\] \\*\\*\\* LOST: no majority: .*; another peer may be inside now \\*\\*\\*[^$]*^peer 1 no majority 1/3> ?\\z");
        first.clear().enter("request more").await("\\[more\\] waits: no majority: 1 of 3 peers reachable, 2 needed$");
        first.await("^peer 1 waits \\[more\\] no majority 1/3> ?\\z");
        first.enter("status").await("^no majority: 1 of 3 peers reachable, 2 needed; no lock can be acquired until more peers answer$");
        first.enter("why more").await("waits: no majority: 1 of 3 peers reachable, 2 needed\n  peer 2: silent for");
        leased.get(1).signal("CONT");
        first.await("\\[more\\] HELD[^$]*^peer 1 HELD \\[[^>]*\\]> ?\\z");
        leased.get(2).signal("CONT");
        first.enter("quit").await("^\\$ ?\\z");
    }

    @Test
    void removeByForceAsksForTheIdOnceMoreAndControlCGivesUpWaiting() {
        List<Tmux.Pane> four = start(4, "remove");
        Tmux.Pane first = four.get(0);
        first.await("of 4 peers");
        four.get(3).signal("KILL");
        first.await("peer 4 at \\S+ is gone");
        String question = "^type 4 to remove peer 4 for good; if it lives, both may hold a lock: ?";
        first.clear().enter("remove 4").await("remove: with the lease off there is no way to know");
        first.enter("remove 4 --force").await(question + "\\z");
        first.enter("5").await("remove: \"5\" is not 4; nothing was done[^$]*^peer 1> ?\\z");
        first.enter("remove 4 --force").await(question + "\\z");
        first.type("4").press("C-c").await("remove: not confirmed: 4 was not typed; nothing was done[^$]*^peer 1> ?\\z");
        four.get(2).signal("STOP"); // it has to agree, too
        first.clear().enter("remove 4 --force").await(question + "\\z");
        first.enter("4").await("remove: asking the others to go on without peer 4");
        first.press("C-c").await("remove: no longer waiting; the change was already proposed and may still be made");
        four.get(2).signal("CONT");
        first.await("remove: peer 4 is out of the group");
        first.clear().press("Up").await("\\Apeer 1> remove 4 --force\\z"); // what was answered is no command
        first.press("C-c").await("^peer 1> ?\\z"); // or both come as one
        first.press("C-c").await("nothing is waiting");
        four.get(1).await("group version \\S+ of 3 peers");
    }

    @Test
    void aNarrowTerminalDoesNotStopIt() {
        Tmux.Pane narrow = alone(20, Map.of());
        narrow.await("^peer 1> ?\\z");
        narrow.press("Enter").await("^peer 1 HELD> ?\\z");
        narrow.enter("log 5").enter("help").enter("quit").await("^\\$ ?\\z");
    }

    @Test
    void aTerminalOfOneColumnDoesNotStopIt() {
        Tmux.Pane column = alone(1, Map.of());
        column.await("1\n?>");
        column.press("Enter").enter("quit").await("^\\$ ?\\z");
    }

    @Test
    void aDumbTerminalWorksWithoutEscapeCodes() {
        Tmux.Pane pane = alone(100, Map.of("TERM", "dumb", "LANG", "C"));
        pane.await("^peer 1> ?\\z");
        pane.press("Enter").await("\\[default\\] HELD with 1@1");
        pane.press("Enter").await("\\[default\\] given back");
        pane.enter("quit").await("^\\$ ?\\z");
        assertFalse(pane.screen().contains("\u001b") || pane.screen().contains("[?"), pane::screen);
    }

    public static void main(String[] args) {
        Run.only(ShellTest.class);
    }
}
