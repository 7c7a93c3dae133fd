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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the house stands on: the pure packages stay pure, arrows point downwards, directives stay in scripts. */
class FoundationsTest {

    private static final Path ROOT = root();
    private static final Pattern IMPORT = Pattern.compile("(?m)^import (?:static )?([\\w.]+)\\.[\\w*]+;");
    private static final Pattern IMPURE = Pattern.compile("System\\.(nanoTime|currentTimeMillis|getenv|getProperty|out|err|in)\\b"
            + "|\\bInstant\\b|\\bThread\\b|\\bRandom\\b|\\bMath\\.random\\b|\\bUUID\\.randomUUID\\b|\\bsynchronized\\b"
            + "|\\bjava\\.(io|net|nio|time|lang\\.reflect)\\.");
    /** In Turkey, I.toLowerCase() is a dotless i; in Egypt, %d prints other digits; on Java 17 the locale decides about bytes. */
    private static final Pattern OF_THE_LOCALE = Pattern.compile("(String\\.format|printf)\\((?!Locale\\.ROOT)|\\.formatted\\("
            + "|\\.to(Lower|Upper)Case\\(\\)|\\.toFormatter\\(\\)|\\.getBytes\\(\\)|ofPattern\\([^,]*\\)");
    private static final Pattern DIRECTIVE = Pattern.compile("(?m)^//[A-Z][A-Z_]+[ +]");

    @Test
    void algorithmImportsNothingButTheLibrarysCollections() throws IOException {
        assertImports("algorithm", "java\\.util(\\.\\w+)*|mutex\\.algorithm(\\.\\w+)?");
    }

    @Test
    void groupImportsNothingButTheLibrarysCollections() throws IOException {
        assertImports("group", "java\\.util(\\.\\w+)*|mutex\\.group(\\.\\w+)?");
    }

    @Test
    void nodeStandsOnAlgorithmAndGroupOnly() throws IOException {
        assertImports("node", "java\\.util(\\.\\w+)*|mutex\\.(algorithm|group|node)(\\.\\w+)?");
    }

    @Test
    void noClockThreadOrChanceInThePurePackages() throws IOException {
        for (String name : List.of("algorithm", "group", "node")) {
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

    private static void assertImports(String name, String allowed) throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path file : sources(ROOT.resolve("mutex").resolve(name))) {
            IMPORT.matcher(Files.readString(file)).results().map(found -> found.group(1))
                    .filter(imported -> !imported.matches(allowed) || imported.contains("concurrent"))
                    .forEach(imported -> wrong.add(ROOT.relativize(file) + " imports " + imported));
        }
        assertEquals(List.of(), wrong);
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
