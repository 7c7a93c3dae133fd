///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Archive.java Effort.java Need.java Run.java TestLane.java support/Folders.java
//SOURCES support/FreePorts.java support/InProcess.java support/Jvm.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tests.Run.TestKind;
import tests.Run.TestOutcome;

/** Whatever becomes of a test in a JVM of the runner's, it is told and counted. */
@Timeout(60)
class LaneTest {

    static class OfAllKinds {
        @Test
        void passes() {
            System.out.println("\u0000 what a test prints is no report");
        }

        @Test
        void fails() {
            fail("on purpose");
        }

        @Test
        void isSkipped() {
            assumeTrue(false, "not here");
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(ints = {1, 2})
        void isOneForEachParameter(int parameter) {
            assertEquals(1, parameter);
        }

        @Test
        @Tag("tmux")
        void hasANeed() {}

        @ParameterizedTest
        @Tag("slow")
        @ValueSource(ints = {1, 2})
        void isSlow(int parameter) {}
    }

    static class WhoseStartFails {
        @BeforeAll
        static void start() {
            fail("nothing of it can run");
        }

        @Test
        void isNotRun() {}
    }

    static class WhoseJvmEnds {
        @Test
        void ends() {
            System.exit(3);
        }
    }

    private static Map<String, TestOutcome> outcomes(boolean quick, Class<?> test, String... options) {
        Map<String, TestOutcome> outcomes = new TreeMap<>();
        try (TestLane lane = new TestLane(quick, options)) {
            lane.run(test, outcome -> outcomes.put(outcome.name(), outcome));
        }
        return outcomes;
    }

    private static int exitCode(TestOutcome... outcomes) {
        Run.TestTally tally = new Run.TestTally(new PrintStream(OutputStream.nullOutputStream()));
        List.of(outcomes).forEach(tally);
        return tally.end();
    }

    private static void assertKind(TestKind expected, String why, TestOutcome found) {
        assertEquals(expected, found.kind(), found::toString);
        assertTrue(found.why().contains(why), found::toString);
    }

    @Test
    void eachTestIsToldWithItsReason() {
        Map<String, TestOutcome> found = outcomes(false, OfAllKinds.class);
        assertEquals(8, found.size(), found::toString);
        assertKind(TestKind.PASSED, "", found.get("LaneTest$OfAllKinds.passes()"));
        assertKind(TestKind.FAILED, "on purpose\n\tat ", found.get("LaneTest$OfAllKinds.fails()"));
        assertKind(TestKind.SKIPPED, "not here", found.get("LaneTest$OfAllKinds.isSkipped()"));
        assertKind(TestKind.PASSED, "", found.get("LaneTest$OfAllKinds.isOneForEachParameter(int) 1"));
        assertKind(TestKind.FAILED, "expected", found.get("LaneTest$OfAllKinds.isOneForEachParameter(int) 2"));
    }

    @Test
    void aQuickRunNamesWhatItLeavesOut() {
        Map<String, TestOutcome> found = outcomes(true, OfAllKinds.class);
        assertEquals(7, found.size(), found::toString);
        assertKind(TestKind.SKIPPED, "needs tmux", found.get("LaneTest$OfAllKinds.hasANeed()"));
        assertKind(TestKind.SKIPPED, "takes long", found.get("LaneTest$OfAllKinds.isSlow(int)"));
        assertKind(TestKind.PASSED, "", found.get("LaneTest$OfAllKinds.passes()"));
    }

    @Test
    void aClassThatCannotStartHasFailed() {
        assertKind(TestKind.FAILED, "nothing of it can run", outcomes(false, WhoseStartFails.class).get("LaneTest$WhoseStartFails"));
    }

    @Test
    void aJvmThatEndsIsAFailure() {
        assertKind(TestKind.FAILED, "its JVM ended with exit code 3", outcomes(false, WhoseJvmEnds.class).get("WhoseJvmEnds"));
    }

    /** As it warns of a heap that is smaller than its part for what is young. */
    @Test
    void whatTheJvmSaysIsNoReport() {
        assertKind(TestKind.PASSED, "", outcomes(false, OfAllKinds.class, "-Xms8m", "-Xmn128m").get("LaneTest$OfAllKinds.passes()"));
    }

    @Test
    void theExitCodeIsTheResult() {
        TestOutcome passed = new TestOutcome(TestKind.PASSED, 0, "a", "");
        TestOutcome failed = new TestOutcome(TestKind.FAILED, 0, "b", "why");
        TestOutcome skipped = new TestOutcome(TestKind.SKIPPED, 0, "c", "why");
        assertEquals(0, exitCode(passed, skipped));
        assertEquals(1, exitCode(passed, failed, skipped));
        assertEquals(2, exitCode(skipped), "nothing ran");
        assertEquals(2, exitCode(), "nothing ran");
    }

    public static void main(String[] args) {
        Run.only(LaneTest.class);
    }
}
