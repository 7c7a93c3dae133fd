///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Eventually.java support/FreePorts.java support/Jvm.java support/PeerProcesses.java
//SOURCES support/Running.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Eventually;
import tests.support.PeerProcesses;
import tests.support.Running;

/** Jobs that run once a period, of peers and commands in processes of their own, which end as processes do. */
@Tag("slow")
@Timeout(240)
class OncePerProcessesTest {

    @TempDir
    private Path folder;
    @AutoClose
    private PeerProcesses processes;
    private List<Running> peers;

    @BeforeEach
    void prepare() {
        processes = new PeerProcesses(folder);
        peers = new ArrayList<>(processes.group(3, "--no-shell", "--lease", "2s"));
    }

    /** Waits for a peer that can use locks, as a person does who starts the command again; what it has run. */
    private String ran(int peer, String... words) {
        List<Running> last = new ArrayList<>();
        Eventually.holds(() -> {
            last.clear();
            last.add(processes.run(PeerProcesses.command(folder, Stream.concat(Stream.of("lock", "--peer",
                    "localhost:" + peers.get(peer - 1).await("listens on localhost:(\\d+)").group(1), "--once-per"), Stream.of(words)).toArray(String[]::new))));
            return last.get(0).exit() != 75;
        }, () -> last.toString());
        assertEquals(0, last.get(0).exit(), last::toString);
        return last.get(0).out().strip();
    }

    @Test
    void whatHasRunDoesNotRunAgainWhateverEnds() {
        assertEquals("ran", ran(1, "1h", "job", "echo", "ran"), "and the lock command has ended");
        assertEquals("", ran(2, "1h", "job", "echo", "again"));
        peers.get(0).kill();
        assertEquals("", ran(3, "1h", "job", "echo", "again"), "the peer that ran it is gone");
        peers.set(0, processes.again(peers.get(0)));
        assertEquals("", ran(1, "1h", "job", "echo", "again"), "it is there again");
        peers.forEach(Running::kill);
        peers.replaceAll(processes::again);
        assertEquals("", ran(2, "1h", "job", "echo", "again"), "all were started again");
        assertEquals("ran", ran(2, "1h", "other", "echo", "ran"));
    }

    @Test
    void itRunsAgainInTheNextPeriodAndSaysSo() throws Exception {
        assertEquals("1", ran(1, "5s", "job", "echo", "1"));
        long runs = 1;
        for (long end = System.nanoTime() + 60_000_000_000L; runs < 2 && System.nanoTime() < end;) {
            runs += ran(2, "5s", "job", "echo", "2").equals("2") ? 1 : 0;
        }
        assertEquals(2, runs);
        Running why = processes.run(PeerProcesses.command(folder, "why", "job", "--peer", "localhost:" + peers.get(2).await("listens on localhost:(\\d+)").group(1)));
        assertEquals(0, why.exit(), why::toString);
        assertTrue(why.out().matches("(?s).*job \\[job\\] ran [^\\n]+ ago at peer 2.*"), why::toString);
    }

    public static void main(String[] args) {
        Run.only(OncePerProcessesTest.class);
    }
}
