///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java
//SOURCES ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the house stands on: the pure packages stay pure, arrows point downwards, directives stay in scripts. */
class FoundationsTest {

    private static final Path ROOT = root();
    private static final Pattern IMPORT = Pattern.compile("(?m)^import (?:static )?([\\w.]+);");
    private static final Pattern TYPE = Pattern.compile("\\b(?:class|interface|enum|record)\\s+([A-Z]\\w*)");
    private static final Pattern NO_CODE = Pattern.compile(
            "(?s)\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\n])*+\"|'(?:\\\\.|[^'\\\\\n])++'|//[^\n]*|/\\*.*?\\*/");
    private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");
    private static final List<String> PURE = List.of("algorithm", "lease", "once", "group", "text", "event", "node");
    private static final Pattern IMPURE = Pattern.compile("System\\.(nanoTime|currentTimeMillis|getenv|getProperty|out|err|in)\\b"
            + "|\\bInstant\\b|\\bThread\\b|\\bRandom\\b|\\bMath\\.random\\b|\\bUUID\\.randomUUID\\b|\\bsynchronized\\b"
            + "|\\bjava\\.(io|net|nio|time|lang\\.reflect)\\."
            + "|\\b(Set|Map)\\.copyOf\\b|\\btoUnmodifiable(Set|Map)\\b"); // which have another order in each JVM
    /** In Turkey, I.toLowerCase() is a dotless i; in Egypt, %d prints other digits; on Java 17 the locale decides about bytes. */
    private static final Pattern OF_THE_LOCALE = Pattern.compile("(String\\.format|printf)\\((?!Locale\\.ROOT)|\\.formatted\\("
            + "|\\.to(Lower|Upper)Case\\(\\)|\\.toFormatter\\(\\)|\\.getBytes\\(\\)|ofPattern\\([^,]*\\)");
    /** A doc comment that another comment, an empty line or the end of a block follows: javac 23 and later warn of it, 17 does not. */
    private static final Pattern DANGLING = Pattern.compile("/\\*\\*(?!/)[^*]*+(?:\\*(?!/)[^*]*+)*+\\*/(?=\\s*(?:/[/*]|[})]|\\z)|[ \\t]*\\R[ \\t]*\\R)");
    private static final Pattern DIRECTIVE = Pattern.compile("(?m)^//[A-Z][A-Z_]+[ +]");

    /** A room and those that it may import, lower ones first: an arrow that is not here is a decision, not an accident. */
    static final List<Map.Entry<String, String>> ROOMS = List.of(
            Map.entry("algorithm", ""),
            Map.entry("lease", ""),
            Map.entry("once", ""),
            Map.entry("group", "lease once"),
            Map.entry("text", ""),
            Map.entry("event", "algorithm lease once group text"),
            Map.entry("node", "algorithm lease once group text event"),
            Map.entry("discover", "group text"),
            Map.entry("log", "algorithm text event"),
            Map.entry("status", "algorithm text event log"),
            Map.entry("wire", "algorithm lease once group text event node log status"),
            Map.entry("transport", "text discover"),
            Map.entry("state", "group discover wire transport"),
            Map.entry("link", "group text status wire transport"),
            Map.entry("peer", "algorithm once group text event node discover log status wire transport state link"),
            Map.entry("remote", "algorithm text event discover log status wire transport"),
            Map.entry("trace", "algorithm text event discover log"),
            Map.entry("client", "algorithm text event node discover status transport state peer remote"),
            Map.entry("run", "algorithm text event discover status transport remote"),
            Map.entry("web", "algorithm group text event log status transport peer remote trace"),
            Map.entry("metrics", "text event log status transport peer"),
            Map.entry("shell", "algorithm text event discover log status transport link peer"),
            Map.entry("replay", "algorithm lease group text event node log status wire transport trace shell"),
            Map.entry("cli", "algorithm group text event node discover log status wire transport state peer remote trace web metrics shell"));
    /** A library and the rooms that know it. */
    private static final List<Map.Entry<String, String>> LIBRARIES = List.of(
            Map.entry("io.grpc", "transport link peer remote"),
            Map.entry("com.google.protobuf", "wire state peer remote"),
            Map.entry("com.google.gson", "log wire web"),
            Map.entry("com.sun.net.httpserver", "web metrics"),
            Map.entry("picocli", "trace run shell replay cli"),
            Map.entry("org.jline", "shell replay cli"));
    /** More than these, and a stranger does not find the file. */
    private static final int MOST_FILES = 25;

    @Test
    void pureRoomsImportNothingButTheLibrarysCollections() throws IOException {
        for (String room : PURE) {
            for (Path file : sources(room(room))) {
                imports(file).filter(name -> !name.startsWith("mutex.")).forEach(name -> assertTrue(
                        name.startsWith("java.util.") && !name.contains("concurrent"), ROOT.relativize(file) + " imports " + name));
            }
        }
    }

    @Test
    void arrowsPointDownwardsAsListed() throws IOException {
        List<String> wrong = new ArrayList<>();
        Set<String> below = new TreeSet<>();
        for (Map.Entry<String, String> room : ROOMS) {
            Set<String> allowed = words(room.getValue());
            assertTrue(below.containsAll(allowed), room.getKey() + " may import only what stands above it in the list");
            for (Path file : sources(room(room.getKey()))) {
                imports(file).filter(name -> name.matches("mutex\\.[a-z].*"))
                        .map(name -> name.split("\\.")[1])
                        .filter(other -> !other.equals(room.getKey()) && !allowed.contains(other))
                        .forEach(other -> wrong.add(ROOT.relativize(file) + " imports " + other));
            }
            below.add(room.getKey());
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void librariesAreKnownWhereTheyAreUsed() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Map.Entry<String, String> library : LIBRARIES) {
            for (Map.Entry<String, String> room : ROOMS) {
                for (Path file : words(library.getValue()).contains(room.getKey()) ? List.<Path>of() : sources(room(room.getKey()))) {
                    imports(file).filter(name -> name.startsWith(library.getKey() + "."))
                            .forEach(name -> wrong.add(ROOT.relativize(file) + " imports " + name));
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void everyRoomIsListedSmallAndSaysWhatItIs() throws IOException {
        Set<String> found = new TreeSet<>();
        try (Stream<Path> folders = Files.list(ROOT.resolve("mutex"))) {
            folders.filter(Files::isDirectory).forEach(folder -> found.add(folder.getFileName().toString()));
        }
        assertEquals(new TreeSet<>(ROOMS.stream().map(Map.Entry::getKey).toList()), found);
        for (String room : found) {
            List<Path> files = sources(room(room));
            assertTrue(files.size() - 1 <= MOST_FILES, room + " has " + (files.size() - 1) + " files");
            assertTrue(files.contains(room(room).resolve("package-info.java")), room + " has no package-info.java");
        }
    }

    @Test
    void everyNameStandsForOneThing() throws IOException {
        Map<String, Set<String>> places = new TreeMap<>();
        for (Path file : sources(ROOT)) {
            if (!file.getFileName().toString().matches("Mutex(Proto|Grpc)\\.java")) {
                TYPE.matcher(NO_CODE.matcher(Files.readString(file)).replaceAll(" ")).results().forEach(found ->
                        places.computeIfAbsent(found.group(1), name -> new TreeSet<>()).add(ROOT.relativize(file).toString()));
            }
        }
        assertTrue(places.size() > 300, () -> "only " + places.size() + " types found");
        assertEquals(Map.of(), places.entrySet().stream().filter(name -> name.getValue().size() > 1)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    @Test
    void foldersAndPackagesAgree() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path file : sources(ROOT)) {
            String folder = ROOT.relativize(file.getParent()).toString().replace(File.separatorChar, '.');
            String named = PACKAGE.matcher(Files.readString(file)).results().findFirst().map(found -> found.group(1)).orElse("");
            boolean entry = folder.isEmpty() || folder.equals("docs.examples"); // scripts that a person copies, and generated code
            if (!entry && !named.equals(folder)) {
                wrong.add(ROOT.relativize(file) + " is in package " + named);
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void noClockThreadOrChanceInThePurePackages() throws IOException {
        for (String name : PURE) {
            for (Path file : sources(ROOT.resolve("mutex").resolve(name))) {
                assertFalse(IMPURE.matcher(Files.readString(file)).find(), ROOT.relativize(file) + " is not pure");
            }
        }
    }

    @Test
    void everySourceIsAscii() throws IOException { // Java 17 reads sources in the locale's encoding
        List<String> other = new ArrayList<>();
        for (Path file : sources(ROOT)) {
            if (!Files.readString(file).chars().allMatch(c -> c < 128)) {
                other.add(ROOT.relativize(file).toString());
            }
        }
        assertEquals(List.of(), other);
    }

    @Test
    void nothingIsWrittenOrReadInTheWayOfTheUsersLocale() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path file : sources(ROOT)) {
            if (!file.endsWith("FoundationsTest.java")) {
                OF_THE_LOCALE.matcher(Files.readString(file)).results()
                        .forEach(found -> wrong.add(ROOT.relativize(file) + ": " + found.group()));
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void everyDocCommentIsOfADeclaration() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path file : sources(ROOT)) {
            DANGLING.matcher(Files.readString(file)).results()
                    .forEach(found -> wrong.add(ROOT.relativize(file) + ": " + found.group()));
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void everyTestAndEverySourceIsNamed() throws IOException {
        String all = Files.readString(ROOT.resolve("tests/All.java"));
        String peer = Files.readString(ROOT.resolve("Peer.java"));
        List<String> forgotten = new ArrayList<>();
        for (Path file : sources(ROOT)) {
            String name = ROOT.relativize(file).toString().replace('\\', '/');
            String test = file.getFileName().toString().replace(".java", ".class");
            boolean named = name.startsWith("mutex/") ? peer.contains(name)
                    : !name.matches("tests/\\w+Test\\.java") || all.contains(test);
            if (!named) {
                forgotten.add(name);
            }
        }
        assertEquals(List.of(), forgotten);
    }

    @Test
    void directivesStandInEntryScriptsOnly() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path file : sources(ROOT)) {
            String text = Files.readString(file);
            if (!text.startsWith("///usr/bin/env jbang") && DIRECTIVE.matcher(text).find()) {
                wrong.add(ROOT.relativize(file).toString());
            }
        }
        assertEquals(List.of(), wrong);
    }

    private static Path room(String name) {
        return ROOT.resolve("mutex").resolve(name);
    }

    private static Stream<String> imports(Path file) throws IOException {
        return IMPORT.matcher(Files.readString(file)).results().map(found -> found.group(1));
    }

    private static Set<String> words(String text) {
        return Stream.of(text.split(" ")).filter(word -> !word.isEmpty()).collect(Collectors.toSet());
    }

    private static List<Path> sources(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> sources = files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
            assertFalse(sources.isEmpty(), "no sources in " + folder);
            return sources;
        }
    }

    /** The project's folder, from wherever in it the test is started. */
    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.isDirectory(folder.resolve("mutex/algorithm"))) {
            folder = folder.getParent();
        }
        if (folder == null) {
            throw new IllegalStateException("start this test in the project's folder or below it");
        }
        return folder;
    }

    public static void main(String[] args) {
        Run.only(FoundationsTest.class);
    }
}
