///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java mutants/Mutant.java mutants/FaultTable.java mutants/Killer.java support/Specification.java
//SOURCES ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tests.mutants.FaultTable;
import tests.mutants.Mutant;
import tests.support.Specification;
import tests.support.Specification.SourceText;

/** Rules, code and faults name each other: docs/protocol.md says what the code does, and the code says which rule it obeys. */
class ProtocolTest {

    private static final Path ROOT = Path.of(System.getProperty("afteryou.root", ".")).toAbsolutePath().normalize();
    private static final String CORE = "docs/protocol/core.md";
    private static final String RICART = "mutex/algorithm/RicartAgrawala.java";
    private static Specification ours;
    private static List<String> problems;

    @BeforeAll
    static void read() throws IOException {
        ours = Specification.read(ROOT, FaultTable.read(ROOT));
        problems = ours.problems();
    }

    @Test
    void rulesCodeAndFaultsNameEachOther() {
        assertEquals("", String.join("\n", problems));
    }

    // Each kind of gap is found.

    private static void finds(String problem, Specification spoiled) {
        List<String> more = new ArrayList<>(spoiled.problems());
        more.removeAll(problems);
        assertTrue(more.contains(problem), () -> problem + " is not among " + more);
    }

    private static String spoiled(String file, String text, String old, String now) {
        assertTrue(text.contains(old), () -> file + " has no " + old);
        return text.replace(old, now);
    }

    private static Specification page(String page, String old, String now) {
        Map<String, String> pages = new TreeMap<>(ours.pages());
        pages.put(page, spoiled(page, pages.get(page), old, now));
        return new Specification(pages, ours.sources(), ours.faults(), ours.model());
    }

    private static Specification source(String file, String old, String now) {
        Map<String, SourceText> sources = new TreeMap<>(ours.sources());
        sources.put(file, SourceText.of(spoiled(file, sources.get(file).text(), old, now)));
        return new Specification(ours.pages(), sources, ours.faults(), ours.model());
    }

    private static Specification faults(Mutant more) {
        List<Mutant> faults = new ArrayList<>(ours.faults());
        faults.add(more);
        return new Specification(ours.pages(), ours.sources(), faults, ours.model());
    }

    private static Mutant fault(String name, String rule) {
        Mutant any = ours.faults().get(0);
        return new Mutant("here:1", name, rule, any.file(), any.edits(), any.killer());
    }

    @Test
    void aRuleThatNoCodeNames() {
        String rule = "- **C8 Wait.** Be patient.\n  - *Shown by:* `tie-break`.\n  - *Code:* `Locks.ask`.\n\n- **C1 ";
        finds("rule C8: no comment under mutex/ names it; add its name where the code obeys it", page(CORE, "- **C1 ", rule));
        finds("rule C8 is missing in the list of docs/protocol.md", page(CORE, "- **C1 ", rule));
    }

    @Test
    void aRuleThatSaysNotWhereItIsOrWhatShowsIt() {
        Specification spoiled = page(CORE, "- **C1 ", "- **C8 Wait.** Be patient.\n- **C1 ");
        finds("rule C8: say after *Code:* where it is", spoiled);
        finds("rule C8: say after *Shown by:* what notices when it is dropped", spoiled);
    }

    @Test
    void aSecondRuleOfOneName() {
        finds(CORE + ": there is a second rule C1", page(CORE, "- **C2 ", "- **C1 "));
    }

    @Test
    void codeThatNamesAnUnknownRule() {
        finds(RICART + ": rule C9 is not in docs/protocol.md", source(RICART, "class RicartAgrawala ", "class RicartAgrawala /* C9 */ "));
        finds("tests/SafetyTest.java: rule C9 is not in docs/protocol.md", source("tests/SafetyTest.java", "package tests;", "package tests; // C9"));
    }

    @Test
    void aClassOfTheGroupThatNamesNoRule() {
        finds("mutex/group/TrustedPeers.java names no rule; name those that it obeys",
                source("mutex/group/TrustedPeers.java", "rule W6", "nothing"));
    }

    @Test
    void aPageThatNamesAnUnknownRule() {
        finds(CORE + ": there is no rule C9", page(CORE, "Without faults an entry", "By C9 an entry"));
    }

    @Test
    void aFaultOfAnUnknownRule() {
        finds("here:1: rule C9 is not in docs/protocol.md", faults(fault("new-one", "C9: what is not a rule")));
    }

    @Test
    void aFaultThatIsInNoRowOrInThatOfAnotherRule() {
        finds("here:1: new-one stands in no row of docs/protocol/faults.md; add it to that of the rule it drops",
                faults(fault("new-one", "entries are fair")));
        finds("here:1: tie-break drops [C5], but stands in the row of [C2] in docs/protocol/faults.md", faults(fault("tie-break", "C5: it enters")));
        finds("docs/protocol/faults.md: there is no fault no-such-fault", page("docs/protocol/faults.md", "tie-break", "no-such-fault"));
    }

    @Test
    void aFaultTestOrRowOfTheModelThatIsNotThere() {
        for (String missing : List.of("no-such-fault", "RulesTest.noSuchTest", "NoSuchTest", "C2nothing")) {
            finds("rule C2: there is no fault, row of the model or test " + missing, page(CORE, "`tie-break`", "`" + missing + "`"));
        }
    }

    @Test
    void aClassOrMethodThatIsNotThere() {
        finds(CORE + ": there is no NoSuchClass", page(CORE, "`RollCall`", "`NoSuchClass`"));
        finds(CORE + ": there is no RollCall.noSuchMethod", page(CORE, "`RollCall`", "`RollCall.noSuchMethod`"));
    }

    public static void main(String[] args) {
        Run.only(ProtocolTest.class);
    }
}
