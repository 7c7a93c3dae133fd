///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java mutants/Compiler.java mutants/FaultTable.java mutants/Killer.java mutants/Mutant.java
//SOURCES mutants/MutantVerdict.java mutants/Workshop.java support/Folders.java support/Jvm.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tests.mutants.FaultTable;
import tests.mutants.Killer;
import tests.mutants.Mutant;
import tests.mutants.MutantVerdict;
import tests.mutants.MutantVerdict.VerdictKind;
import tests.mutants.Workshop;

/** The table of faults fits the code of today, and the tool tells a fault that is noticed from one that is not. */
class MutantsTest {

    private static final Path ROOT = Path.of(System.getProperty("afteryou.root", ".")).toAbsolutePath().normalize();
    private static final String RICART = "mutex/algorithm/RicartAgrawala.java";
    private static final Killer NEWER = new Killer("RulesTest.newerRequestIsDeferred");
    private static final Killer LATE = new Killer("RulesTest.latePermissionAfterCancelDoesNotCount");

    private static Mutant fault(String name, String text, String replacement, Killer killer) {
        return new Mutant("here:1", name, "a rule", RICART, List.of(new Mutant.Edit(text, replacement)), killer);
    }

    private static String wrong(Mutant fault) {
        return assertThrows(IllegalArgumentException.class, () -> new Workshop(ROOT, List.of(fault)).close()).getMessage();
    }

    private static String wrong(String... lines) {
        return assertThrows(IllegalArgumentException.class, () -> FaultTable.parse("x.txt", List.of(lines))).getMessage();
    }

    @Test
    void everyTextStandsOnceInItsFileAndEveryNamedTestExists() throws IOException {
        List<Mutant> table = FaultTable.read(ROOT);
        assertTrue(table.size() >= 30, table.size() + " faults");
        new Workshop(ROOT, table).close();
    }

    @Test
    @Tag("slow")
    void eachFaultIsNoticedByItsTestByAnotherOrByNone() throws Exception {
        String names = "wish().stamp().equals(message.stamp());";
        List<Mutant> faults = List.of(
                fault("noticed", names, "true;", LATE),
                fault("elsewhere", names, "true;", NEWER),
                fault("harmless", names, "claims.wish().stamp().equals(message.stamp());", LATE),
                fault("hopeless", names, "wish().same(message);", LATE));
        List<MutantVerdict> verdicts = new ArrayList<>();
        try (Workshop workshop = new Workshop(ROOT, faults)) {
            workshop.prepare();
            for (Mutant fault : faults) {
                verdicts.add(workshop.judge(fault));
            }
        }
        assertEquals(List.of(VerdictKind.KILLED, VerdictKind.ELSEWHERE, VerdictKind.SURVIVED, VerdictKind.INVALID),
                verdicts.stream().map(MutantVerdict::kind).toList());
        assertEquals(LATE.text() + ": expected: <false> but was: <true>", verdicts.get(0).how());
        assertTrue(verdicts.get(3).how().startsWith("here:1: RicartAgrawala.java:"), verdicts.get(3).how());
    }

    @Test
    void textThatIsNotThereOnceIsRefused() {
        assertEquals("here:1: \"no such text\" stands 0 times in " + RICART + "; write a text that stands there once now",
                wrong(fault("gone", "no such text", "", NEWER)));
        assertTrue(wrong(fault("twice", "granted.clear();", "", NEWER)).contains("stands 3 times"));
    }

    @Test
    void testThatIsNotThereIsRefused() {
        assertEquals("here:1: there is no test RulesTest.noSuchRule; name one of tests/RulesTest.java",
                wrong(fault("unnoticed", "granted.remove(peer);", "", new Killer("RulesTest.noSuchRule"))));
    }

    @Test
    void lineThatCannotBeUnderstoodIsNamed() {
        assertEquals("x.txt:2: \"kills\" is none of drops, in, -, +, killer", wrong("a-fault", "  kills RulesTest.aRule"));
        assertEquals("x.txt:3: \"soak\" names no test; write RulesTest.oneOfItsMethods or sim 3000",
                wrong("a-fault", "", "  killer soak"));
        assertEquals("x.txt:1: a-fault needs each of drops, in, - and killer", wrong("a-fault", "  drops C1", "  in a/File"));
    }

    public static void main(String[] args) {
        Run.only(MutantsTest.class);
    }
}
