///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Eventually.java support/FreePorts.java support/Jvm.java support/PeerProcesses.java support/Running.java
//SOURCES support/Tmux.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import mutex.algorithm.Algorithm.State;
import mutex.algorithm.Stamp;
import mutex.event.NodeView;
import mutex.group.Group;
import mutex.log.Tallies.LockTally;
import mutex.status.Snapshot;
import mutex.status.TopTable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Eventually;
import tests.support.PeerProcesses;
import tests.support.Running;
import tests.support.Tmux;

/** All locks of a group in one table, once and live. */
class TopTest {

    @TempDir
    private Path folder;

    private final SortedMap<Integer, Snapshot> peers = new TreeMap<>();

    /** A peer of three with one lock; time is that of its stamp, 0 for none. */
    private void peer(int id, State state, long time, int waiting, LockTally tally) {
        Group group = Group.found(new TreeMap<>(Map.of(1, "h:1", 2, "h:2", 3, "h:3")));
        NodeView.LockView lock = new NodeView.LockView("backup", state, time == 0 ? null : new Stamp(time, id), state == State.HELD ? 77 : 0,
                2_000_000_000, new TreeSet<>(), Map.of(), waiting, 0, null, "");
        peers.put(id, new Snapshot(new NodeView(id, "h:" + id, 1, 9, 77, group, null, List.of(lock), new TreeMap<>(), null, new TreeMap<>(), null),
                "ricart-agrawala", 0, List.of(), Map.of("backup", tally)));
    }

    private List<String> table() {
        return TopTable.lines(1, peers, 200);
    }

    @Test
    void whoWaitsStandsInTheOrderOfStamps() {
        peer(1, State.WANTED, 9, 2, LockTally.NONE);
        peer(2, State.HELD, 4, 0, new LockTally(3, 12));
        peer(3, State.WANTED, 6, 0, new LockTally(1, 5));
        assertEquals(List.of("as peer 1 sees it: 3 of 3 members answer",
                "LOCK    HOLDER  FOR  FENCE  MSG/ENTRY  WAITING, OLDEST FIRST",
                "backup  2       2 s  77     4.3        3 (2 s), 1 (2 s) +2"), table());
    }

    @Test
    void whoHasNoMajorityStandsLast() {
        peer(1, State.IDLE, 0, 1, LockTally.NONE);
        peer(3, State.WANTED, 6, 0, LockTally.NONE);
        assertEquals(List.of("as peer 1 sees it: 2 of 3 members answer, no answer from 2",
                "LOCK    HOLDER  FOR  FENCE  MSG/ENTRY  WAITING, OLDEST FIRST",
                "backup  -       -    -      -          3 (2 s), 1 (no majority)"), table());
    }

    @Test
    void aLockThatIsOnlyRememberedIsLeftOut() {
        peer(1, State.IDLE, 0, 0, new LockTally(3, 12));
        assertEquals("no lock is held or wanted anywhere", table().get(1));
    }

    @Test
    @Tag("tmux")
    void onATerminalItFollowsWhatHappensUntilQ() {
        try (PeerProcesses processes = new PeerProcesses(folder); Tmux tmux = new Tmux(folder)) {
            List<Running> group = processes.group(3);
            String port = group.get(0).await("listens on localhost:(\\d+)").group(1);
            group.get(0).say("request backup").await("\\[backup\\] HELD");
            group.get(1).say("request backup").await("\\[backup\\] waits with");
            Eventually.matches(() -> processes.start("top", "--peer", "localhost:" + port).await("(?s).*backup .*").group(), // who says nothing for a second is left out
                    "(?s).*backup +1 shell +[\\d.]+ m?s +\\d+ +\\d+\\.\\d +2 \\([\\d.]+ m?s\\).*");
            Tmux.Pane pane = tmux.open("top", 110, 20, Map.of()).peer("top", "--every", "100ms", "--peer", "localhost:" + port);
            pane.await("^backup +1 .* 2 \\(");
            group.get(0).say("release backup");
            pane.await("^backup +2 .* -$");
            pane.press("q").await("^\\$ ?\\z"); // what is typed earlier may still be read by top
            pane.enter("echo ended with $?").await("ended with 0");
        }
    }

    public static void main(String[] args) {
        Run.only(TopTest.class);
    }
}
