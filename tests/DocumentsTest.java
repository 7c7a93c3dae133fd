///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES ../docs/BriefStory.java ../docs/ExamplePage.java ../docs/ExampleStory.java ../docs/HowItWorks.java
//SOURCES ../docs/KindsOfLock.java FoundationsTest.java Run.java support/Documents.java support/Folders.java
//SOURCES support/FreePorts.java support/Jvm.java support/Running.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import docs.HowItWorks;
import docs.KindsOfLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tests.support.Documents;

/** What the pages name is there: files, headings, commands, options, tests. What they tell a reader to type is typed by ReadmeTest. */
class DocumentsTest {

    /** Options of git, JBang, kubectl and systemctl. */
    private static final Set<String> OF_OTHERS = Set.of("--debug", "--format", "--from-file", "--signal");

    /** Columns of the picture of the rooms, before what is said of them. */
    private static final int DRAWN = 50;

    private final Path root = Path.of(System.getProperty("afteryou.root", ".")).toAbsolutePath().normalize();
    private final Documents documents = new Documents(root);

    @Test
    void linksLeadToFilesAndHeadingsThatAreThere() {
        assertTrue(documents.pages().size() > 15, documents.pages()::toString);
        assertEquals(List.of(), documents.brokenLinks());
    }

    @Test
    void commandsOfTheLauncherAreThere() throws IOException {
        Set<String> aliases = JsonParser.parseString(Files.readString(root.resolve("jbang-catalog.json")))
                .getAsJsonObject().getAsJsonObject("aliases").keySet();
        List<String> missing = new ArrayList<>();
        for (String name : documents.all("\\./jbang (?:--debug )?([\\w./-]+)")) {
            if (!aliases.contains(name) && !Files.exists(root.resolve(name)) && !name.equals("export") && !name.equals("install")) { // JBang's own, and the launcher's
                missing.add("./jbang " + name);
            }
        }
        assertEquals(List.of(), missing);
    }

    @Test
    void optionsAreThere() throws IOException {
        Set<String> named = new TreeSet<>(documents.all("(?<![\\w-])(--[a-z][a-z-]+)"));
        named.removeAll(OF_OTHERS);
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".java") && !each.endsWith("DocumentsTest.java")).toList()) {
                String source = Files.readString(file);
                named.removeIf(option -> source.contains("\"" + option + "\""));
            }
        }
        assertEquals(Set.of(), named);
    }

    @Test
    void testsThatAreNamedAsWitnessesAreThere() throws IOException {
        Set<String> missing = new TreeSet<>();
        for (String name : documents.all("`([A-Z]\\w+Test(?:\\.\\w+)?)`")) {
            String[] parts = name.split("\\.");
            Path file = root.resolve("tests/" + parts[0] + ".java");
            if (!Files.exists(file) || parts.length == 2 && !Files.readString(file).contains(" void " + parts[1] + "(")) {
                missing.add(name);
            }
        }
        assertEquals(Set.of(), missing);
    }

    /** Nobody mends an excerpt by hand, or runs the example and forgets its page. */
    @Test
    void pagesAreWhatTheirTextAndTheLogsGive() throws IOException {
        assertEquals(HowItWorks.page(root.resolve("docs")), Files.readString(root.resolve("docs/how-it-works.md")));
        assertEquals(KindsOfLock.page(root.resolve("docs")), Files.readString(root.resolve("docs/kinds.md")));
    }

    /** Whoever searches a page for what a peer has said finds it. */
    @Test
    void whatTroubleshootingQuotesIsSaid() throws IOException {
        List<String> quoted = Pattern.compile("(?m)^\\| `([^`]+)`").matcher(Files.readString(root.resolve("docs/troubleshooting.md")))
                .results().map(found -> found.group(1)).toList();
        assertTrue(quoted.size() > 10, quoted::toString);
        List<String> unsaid = new ArrayList<>(quoted);
        try (Stream<Path> files = Files.walk(root.resolve("mutex"))) {
            for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
                String source = Files.readString(file).replaceAll("\"\\s*\\+\\s*\"", ""); // one text over several lines
                unsaid.removeIf(source::contains);
            }
        }
        assertEquals(List.of(), unsaid);
    }

    @Test
    void theRoomsAreDrawnWithAllArrowsPointingDown() throws IOException {
        String page = Files.readString(root.resolve("docs/architecture.md"));
        List<String> drawn = page.substring(page.indexOf("```")).lines().skip(1).takeWhile(line -> !line.equals("```"))
                .map(line -> line.substring(0, Math.min(DRAWN, line.length()))).toList();
        Map<String, Integer> rows = new TreeMap<>();
        for (int row = 0; row < drawn.size(); row++) {
            for (String room : Pattern.compile("[a-z]+").matcher(drawn.get(row)).results().map(MatchResult::group).toList()) {
                assertNull(rows.put(room, row), room + " is drawn twice");
            }
        }
        List<String> upwards = new ArrayList<>();
        for (Map.Entry<String, String> room : FoundationsTest.ROOMS) {
            assertTrue(rows.containsKey(room.getKey()), room.getKey() + " is not drawn");
            Stream.of(room.getValue().split(" ")).filter(below -> !below.isEmpty() && rows.get(below) <= rows.get(room.getKey()))
                    .forEach(below -> upwards.add(room.getKey() + " -> " + below));
            String arrows = room.getValue().isEmpty() ? "-" : room.getValue();
            assertTrue(page.lines().anyMatch(line -> line.startsWith("| [" + room.getKey() + "](../mutex/" + room.getKey() + ") | ")
                    && line.endsWith(" | " + arrows + " |")), "a row of the table: " + room.getKey() + " may import " + arrows);
        }
        assertEquals(FoundationsTest.ROOMS.size(), rows.size(), rows::toString);
        assertEquals(List.of(), upwards);
    }

    @Test
    void theWayOfARequestGoesThroughMethodsThatAreThere() throws IOException {
        Set<String> missing = new TreeSet<>();
        List<MatchResult> steps = Pattern.compile("`([a-z]+)/([A-Z]\\w+)(?:\\.(\\w+))?`")
                .matcher(Files.readString(root.resolve("docs/architecture.md"))).results().toList();
        assertTrue(steps.size() > 30, () -> steps.size() + " steps");
        for (MatchResult step : steps) {
            Path file = root.resolve("mutex").resolve(step.group(1)).resolve(step.group(2) + ".java");
            boolean there = Files.exists(file) && (step.group(3) == null || Pattern.compile("[\\w>\\]] " + step.group(3) + "\\([^;]*\\{")
                    .matcher(Files.readString(file)).find());
            if (!there) {
                missing.add(step.group());
            }
        }
        assertEquals(Set.of(), missing);
    }

    @Test
    void theStagesOfAChangeAreDrawnInTheirOrder() throws IOException {
        String page = Files.readString(root.resolve("docs/architecture.md"));
        String stages = stages("Proposer", "ChangeStage { NONE, ").replace("PROPOSING", "PROPOSING, " + stages("Proposal", "ProposalStage { "));
        int at = page.indexOf("## A change of the group");
        for (String stage : (stages + ", NONE").split(", ")) {
            at = page.indexOf(stage + " ", at);
            assertTrue(at > 0, stage + " is not drawn after those before it");
        }
    }

    private String stages(String type, String head) throws IOException {
        return Pattern.compile("enum " + Pattern.quote(head) + "([A-Z, ]+) }")
                .matcher(Files.readString(root.resolve("mutex/group/" + type + ".java"))).results().findFirst().orElseThrow().group(1);
    }

    /** The words under which people search for what this is. */
    @ParameterizedTest
    @ValueSource(strings = {"mutual exclusion", "Lamport timestamp", "fencing token", "failure detector", "quorum", "suspected", "incarnation"})
    void theWordsOfTheFieldAreThere(String word) {
        assertTrue(documents.text().toLowerCase(Locale.ROOT).contains(word.toLowerCase(Locale.ROOT)), word);
    }

    public static void main(String[] args) {
        Run.only(DocumentsTest.class);
    }
}
