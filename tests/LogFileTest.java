///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Eventually.java support/InProcess.java support/Traced.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import mutex.log.LogFile;
import mutex.log.LogReader;
import mutex.log.StepLine;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Eventually;
import tests.support.InProcess;
import tests.support.Traced;

/** The files of a peer and of trace on a messy machine: a disk that is full, a log that is moved, a file that is another's. */
@Timeout(300)
class LogFileTest {

    private static final Path LOGS = Path.of("docs/logs").toAbsolutePath();

    @TempDir
    private Path folder;
    private final ConcurrentLinkedQueue<String> troubles = new ConcurrentLinkedQueue<>();

    private static String line() throws IOException {
        return Files.readAllLines(LOGS.resolve("peer-1.jsonl")).get(0);
    }

    @Test
    @Tag("slow")
    void aLogGoesOnWhenTheDiskDoesAndSaysHowMuchIsMissing() throws Exception {
        Path full = Path.of("/dev/full");
        Path place = folder.resolve("a.jsonl");
        Files.createSymbolicLink(place, full);
        try (LogFile log = new LogFile(place, troubles::add)) {
            log.begin(line());
            Eventually.holds(() -> !troubles.isEmpty(), () -> "nothing is said about the full disk");
            for (int i = 0; i < 50_000; i++) { // more than may wait
                log.begin(line());
            }
            Files.delete(place); // there is room again
            Eventually.holds(() -> troubles.stream().anyMatch(said -> said.startsWith("the log goes on")), () -> "it goes on: " + troubles);
            log.begin(line());
            Eventually.holds(() -> text(place).endsWith("]}\n") || text(place).contains("\n{\"in\""), () -> text(place));
        }
        assertTrue(text(place).startsWith("{\"missing\":"), text(place));
        String cut = LogReader.log(place).cuts().get(0);
        assertTrue(cut.contains("lines are missing here"), cut);
    }

    @Test
    void aLogThatWasMovedAwayGoesOnInANewFile() throws Exception {
        Path place = folder.resolve("a.jsonl");
        try (LogFile log = new LogFile(place, troubles::add)) {
            log.begin(line());
            Eventually.holds(() -> text(place).endsWith("\n"), () -> text(place));
            Files.move(place, folder.resolve("a.jsonl.1"));
            log.reopen();
            Eventually.holds(() -> Files.exists(place), () -> "no new file");
            log.begin(line());
        }
        assertEquals(text(folder.resolve("a.jsonl.1")), text(place));
        assertEquals(List.of(), List.copyOf(troubles));
    }

    @Test
    void aLineThatCannotBeMadeCostsItselfAndNotTheLog() throws Exception {
        Path place = folder.resolve("a.jsonl");
        List<Throwable> failures = new ArrayList<>();
        try (LogFile log = new LogFile(place, troubles::add)) {
            log.whenFailed(failures::add);
            log.begin(line());
            for (int number = 2; number < 5; number++) {
                log.feed(new StepLine(1, number, false, () -> {
                    throw new OutOfMemoryError("Java heap space");
                }));
            }
            log.begin(line());
        }
        assertEquals(List.of(line(), "{\"missing\":3}", line()), Files.readAllLines(place));
        assertEquals(3, failures.size(), failures.toString());
        assertEquals(List.of("a line of the log cannot be made (java.lang.OutOfMemoryError: Java heap space); where such lines are missing the log says how many"),
                List.copyOf(troubles));
    }

    @Test
    void nothingIsAppendedToWhatIsNoLog() throws Exception {
        Path notes = Files.writeString(folder.resolve("notes.txt"), "mine\n");
        assertThrows(IllegalArgumentException.class, () -> new LogFile(notes, troubles::add));
        assertEquals("mine\n", text(notes));
        Path pipe = folder.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        assertThrows(IllegalArgumentException.class, () -> new LogFile(pipe, troubles::add));
    }

    @Test
    void traceReplacesNoLogAndNothingUnlessForced() throws Exception {
        Path first = Files.copy(LOGS.resolve("peer-1.jsonl"), folder.resolve("1.jsonl"));
        Path second = Files.copy(LOGS.resolve("peer-2.jsonl"), folder.resolve("2.jsonl"));
        Path third = Files.copy(LOGS.resolve("peer-3.jsonl"), folder.resolve("3.jsonl"));
        String before = text(first);
        Path link = Files.createSymbolicLink(folder.resolve("link"), third);
        Path notes = Files.writeString(folder.resolve("notes.txt"), "mine\n");
        for (String option : List.of("--html", "--report", "--shiviz")) {
            for (Path file : List.of(first, third, link, notes, folder)) {
                assertEquals(64, Traced.of(List.of(second, third), option, file.toString()).code(), option + " " + file);
            }
            assertEquals(64, Traced.of(List.of(second, third), "--force", option, first.toString()).code(), "a log is never replaced");
        }
        assertEquals(before, text(first));
        assertEquals("mine\n", text(notes));
        Traced forced = Traced.of(List.of(first, second, third), "--force", "--html", notes.toString());
        assertEquals(0, forced.code(), forced.toString());
        assertTrue(text(notes).contains("<svg") || text(notes).contains("<html"), "the page");
        try (var left = Files.list(folder)) {
            assertEquals(5, left.count(), "no file beside");
        }
    }

    @Test
    void whatIsMissingIsNotCalledABrokenRule() throws Exception {
        List<String> lines = Files.readAllLines(LOGS.resolve("peer-1.jsonl"));
        int from = lines.size() / 3;
        int to = 2 * lines.size() / 3;
        List<String> kept = new ArrayList<>(lines.subList(0, from));
        kept.add("{\"missing\":" + (to - from) + "}");
        kept.addAll(lines.subList(to, lines.size()));
        Path gapped = Files.write(folder.resolve("1.jsonl"), kept);
        Traced traced = Traced.of(List.of(gapped, LOGS.resolve("peer-2.jsonl"), LOGS.resolve("peer-3.jsonl")));
        assertEquals(0, traced.code(), traced.toString());
        assertTrue(traced.out().contains((to - from) + " lines are missing here"), traced.toString());
        assertTrue(traced.out().contains("only checked up to the first gap"), traced.toString());
    }

    @Test
    @Tag("slow")
    void certsReplacesNoKeyUnlessItIsToBeRenewedAndTheCasNever() throws Exception {
        Path certs = folder.resolve("certs");
        assertEquals(0, InProcess.run("certs", certs.toString(), "1").code());
        Map<String, String> first = texts(certs);
        assertEquals(6, first.size(), first.keySet().toString());
        InProcess again = InProcess.run("certs", certs.toString(), "1", "client", "2");
        assertEquals(0, again.code(), again.err());
        assertTrue(again.out().contains("peer-1.pem and peer-1.key already exist and are kept; --renew replaces them\n"), again.out());
        assertTrue(again.out().contains("client.pem and client.key already exist and are kept"), again.out());
        Map<String, String> second = texts(certs);
        first.forEach((name, text) -> assertEquals(text, second.get(name), name));
        assertEquals(8, second.size(), second.keySet().toString());
        assertEquals(0, InProcess.run("certs", "--renew", certs.toString(), "1").code());
        Map<String, String> third = texts(certs);
        second.forEach((name, text) -> assertEquals(!name.startsWith("peer-1."), text.equals(third.get(name)), name));
    }

    @Test
    @Tag("slow")
    void certsMakesNothingBesideHalfOfWhatItNeeds() throws Exception {
        Path certs = folder.resolve("certs");
        assertEquals(0, InProcess.run("certs", certs.toString(), "1").code());
        for (String name : List.of("ca.pem", "ca.key", "peer-1.pem", "peer-1.key")) {
            Path moved = Files.move(certs.resolve(name), folder.resolve(name));
            Map<String, String> before = texts(certs);
            for (String renew : List.of("--renew", "--days=365")) {
                InProcess half = InProcess.run("certs", renew, certs.toString(), "1", "2");
                assertTrue(half.code() == 78 && half.err().contains(" is there without "), name + ": " + half);
                assertEquals(1, half.err().lines().count(), half.err());
                assertEquals(before, texts(certs), "nothing was made without " + name);
            }
            Files.move(moved, certs.resolve(name));
        }
        Path file = Files.writeString(folder.resolve("file"), "mine\n");
        for (String wrong : List.of(file.toString(), file + "/certs", "/proc/certs")) {
            InProcess refused = InProcess.run("certs", wrong, "1");
            assertEquals(78, refused.code(), refused.toString());
            assertTrue(refused.err().matches("certs: \\Q" + wrong + "\\E: (is a file|cannot be made \\(.*\\)); name .*\n"), refused.err());
        }
        assertEquals("mine\n", text(file));
    }

    private static Map<String, String> texts(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.collect(Collectors.toMap(file -> file.getFileName().toString(), LogFileTest::text));
        }
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void main(String[] args) {
        Run.only(LogFileTest.class);
    }
}
