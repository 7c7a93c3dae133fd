///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//DEPS org.yaml:snakeyaml:2.5
//SOURCES Run.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The workflow of the hosted CI is one, runs what there is, and on what the README says. */
class WorkflowTest {

    private static final Set<Integer> JAVAS = Set.of(17, 21, 25);

    private final Path root = Path.of(System.getProperty("afteryou.root", ".")).toAbsolutePath().normalize();

    private List<Object> documents(String file) throws IOException {
        LoaderOptions strict = new LoaderOptions();
        strict.setAllowDuplicateKeys(false);
        List<Object> documents = new ArrayList<>();
        new Yaml(new SafeConstructor(strict)).loadAll(Files.readString(root.resolve(file))).forEach(documents::add);
        return documents;
    }

    @ParameterizedTest
    @ValueSource(strings = {".github/workflows/ci.yml", "docs/operate/afteryou.yaml", "docs/operate/compose.yaml"})
    void itIsYaml(String file) throws IOException {
        List<Object> documents = documents(file);
        assertTrue(!documents.isEmpty() && documents.stream().allMatch(document -> document instanceof Map), file);
    }

    @Test
    void eachStepRunsACommandThatIsThere() throws IOException {
        Set<String> aliases = JsonParser.parseString(Files.readString(root.resolve("jbang-catalog.json")))
                .getAsJsonObject().getAsJsonObject("aliases").keySet();
        String options = Files.readString(root.resolve("tests/All.java"));
        List<String> ran = new ArrayList<>();
        for (Map<?, ?> job : jobs()) {
            assertNotNull(job.get("runs-on"), job::toString);
            assertNotNull(job.get("timeout-minutes"), job::toString);
            for (Map<?, ?> step : maps(job.get("steps"))) {
                if (!(step.get("run") instanceof String run)) {
                    assertTrue(String.valueOf(step.get("uses")).matches("[\\w-]+/[\\w-]+@v\\d+"), step::toString);
                    continue;
                }
                String[] words = run.trim().split(" +");
                if (words[0].equals("sudo")) {
                    continue;
                }
                ran.add(run);
                assertTrue(Files.isRegularFile(root.resolve(words[0])), run);
                assertTrue(words[0].endsWith(".cmd") || Files.isExecutable(root.resolve(words[0])), run);
                assertTrue(words.length == 1 || aliases.contains(words[1]), run);
                for (int i = 2; i < words.length; i++) {
                    assertTrue(options.contains("\"" + words[i] + "\""), run);
                }
            }
        }
        assertEquals(List.of(".ci/run", "./jbang test --quick", "jbang.cmd test --quick"), ran);
        assertTrue(Files.readString(root.resolve(".ci/run")).endsWith("exec ./jbang test\n"), "all tests");
    }

    @Test
    void itRunsOnEachJavaAndEachSystem() throws IOException {
        String all = jobs().toString();
        JAVAS.forEach(java -> assertTrue(all.contains(String.valueOf(java)), "Java " + java));
        for (String system : List.of("ubuntu-", "macos-", "windows-")) {
            assertTrue(all.contains(system), system);
        }
    }

    private List<Map<?, ?>> jobs() throws IOException {
        Map<?, ?> workflow = (Map<?, ?>) documents(".github/workflows/ci.yml").get(0);
        assertTrue(workflow.containsKey("name") && workflow.containsKey(true), "a name, and \"on\", which YAML 1.1 reads as true");
        return maps(((Map<?, ?>) workflow.get("jobs")).values());
    }

    private static List<Map<?, ?>> maps(Object values) {
        List<Map<?, ?>> maps = new ArrayList<>();
        ((Collection<?>) values).forEach(one -> maps.add((Map<?, ?>) one));
        return maps;
    }

    public static void main(String[] args) {
        Run.only(WorkflowTest.class);
    }
}
