///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java simulation/Company.java simulation/Fate.java simulation/Jobs.java simulation/Lies.java
//SOURCES simulation/Machine.java simulation/Profile.java simulation/Referee.java simulation/SimulatedLog.java
//SOURCES simulation/Stranger.java simulation/Twins.java simulation/Wires.java simulation/Wishes.java
//SOURCES simulation/World.java support/CentralCoordinator.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import mutex.algorithm.AlgorithmKind;
import mutex.log.LogEntry;
import mutex.text.LockName;
import mutex.trace.Check;
import org.junit.jupiter.api.Test;
import tests.simulation.World;
import tests.support.CentralCoordinator;

/** An algorithm that only this test knows runs in the nodes as they are: what docs/add-an-algorithm.md says. */
class AddedAlgorithmTest {

    private static final int SEEDS = 500;

    @Test
    void keepsEveryPromiseInSimulatedSchedules() {
        long entries = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            entries += World.play(seed, CentralCoordinator.KIND, null);
        }
        assertTrue(entries > 5 * SEEDS, entries + " entries");
    }

    /** Its kind says nothing of permissions, so the logs are judged by one holder at a time and rising fences. */
    @Test
    void leavesLogsThatTraceCanCheck() {
        int entries = 0;
        for (long seed = 1; seed <= 60; seed++) {
            if (!World.blursLogs(seed, CentralCoordinator.KIND)) {
                List<LogEntry> events = World.logs(seed, CentralCoordinator.KIND).values().stream().flatMap(List::stream).toList();
                Check check = Check.of(LockName.DEFAULT, events);
                entries += check.entries();
                assertEquals(Optional.empty(), check.violation(), "seed " + seed);
            }
        }
        assertTrue(entries > 100, entries + " entries");
    }

    /** It does not ask who is inside when it knows nothing: two are inside once it has been started anew. */
    @Test
    void theSimulatorFindsOutOneThatForgetsTheHolder() {
        final class Forgetful extends CentralCoordinator {
            Forgetful(int self, Set<Integer> others) {
                super(self, others);
                heard.addAll(others);
            }
        }
        AlgorithmKind forgetful = AlgorithmKind.of("forgetful", AlgorithmKind.EntryRule.OTHER, Forgetful::new);
        AssertionError broken = assertThrows(AssertionError.class, () -> {
            for (long seed = 1; seed <= SEEDS; seed++) {
                World.play(seed, forgetful, null);
            }
        });
        assertTrue(broken.getMessage().contains("both hold"), broken.getMessage());
    }

    @Test
    void isChosenByItsNameOnlyWhenItIsListed() {
        assertEquals(Optional.empty(), AlgorithmKind.find(CentralCoordinator.KIND.name()));
        assertEquals(AlgorithmKind.names(), AlgorithmKind.all().stream().map(AlgorithmKind::name).distinct().toList());
        AlgorithmKind.all().forEach(kind -> assertEquals(kind.text(), AlgorithmKind.parse(kind.text()).text()));
    }

    public static void main(String[] args) {
        Run.only(AddedAlgorithmTest.class);
    }
}
