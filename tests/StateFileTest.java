///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Eventually.java support/FreePorts.java support/Neighbour.java
//SOURCES support/Voice.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.ProviderException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import mutex.group.DurableState;
import mutex.group.Group;
import mutex.group.Promise;
import mutex.state.StateFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tests.support.Eventually;
import tests.support.Neighbour;

/** What a peer must not forget comes back as it was written, or it is said that it cannot. */
class StateFileTest {

    private static final Group GROUP = Group.found(Map.of(1, "localhost:5001", 2, "[::1]:5002"));
    private static final Promise PROMISE = new Promise(GROUP.with(3, "localhost:5003", 1L << 61), 2, false,
            List.of(new Promise(GROUP.with(4, "localhost:5004", 1L << 60), 3)));

    @TempDir
    private Path folder;

    private StateFile file() {
        return new StateFile(folder.resolve("deep/er/peer-1.json"), 1);
    }

    private static String write(StateFile file, DurableState saved) {
        CompletableFuture<String> done = new CompletableFuture<>();
        file.write(saved, problem -> done.complete(String.valueOf(problem)));
        return Eventually.get(done, "the state is written");
    }

    /** As where no folder can be opened, and where a file system's provider fails in a way that it does not declare. */
    @Test
    void whoWaitsHearsOfEveryFailure() {
        for (Throwable failure : List.of(new IOException("no"), new ProviderException("no"),
                new OutOfMemoryError("unable to create native thread"))) {
            try (StateFile file = new StateFile(folder.resolve("peer-1.json"), 1, path -> {
                sneak(failure);
            })) {
                List<Throwable> told = new ArrayList<>();
                file.whenFailed(told::add);
                assertTrue(write(file, new DurableState(GROUP, null)).contains(failure.getClass().getSimpleName()));
                assertTrue(write(file, new DurableState(GROUP, null)).contains(failure.getClass().getSimpleName()), "and of the next");
                assertEquals(failure instanceof IOException ? List.of() : List.of(failure, failure), told, "what is no trouble of the disk");
            }
        }
    }

    private static void sneak(Throwable failure) throws IOException {
        if (failure instanceof IOException e) {
            throw e;
        } else if (failure instanceof RuntimeException e) {
            throw e;
        }
        throw (Error) failure;
    }

    /** Or it would replace what the next process has saved meanwhile. */
    @Test
    void closingWaitsForWhatIsBeingWritten() {
        CompletableFuture<Void> disk = new CompletableFuture<>();
        CompletableFuture<Void> writes = new CompletableFuture<>();
        CompletableFuture<String> saved = new CompletableFuture<>();
        StateFile file = new StateFile(folder.resolve("peer-1.json"), 1, path -> {
            writes.complete(null);
            disk.orTimeout(20, TimeUnit.SECONDS).join();
        });
        file.write(new DurableState(GROUP, null), problem -> saved.complete(String.valueOf(problem)));
        Eventually.get(writes, "it is being written");
        CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS).execute(() -> disk.complete(null));
        long began = System.nanoTime();
        file.close();
        assertTrue(saved.isDone() || System.nanoTime() - began >= TimeUnit.SECONDS.toNanos(2), "closed before it was saved"); // or it waited for as long as it does
    }

    /** Neither that which is being written nor those that come after it. */
    @Test
    void whatIsNotWrittenWhenClosingEndsNeverIs() throws IOException {
        CompletableFuture<Void> disk = new CompletableFuture<>();
        CompletableFuture<Void> writes = new CompletableFuture<>();
        CompletableFuture<String> later = new CompletableFuture<>();
        StateFile file = new StateFile(folder.resolve("peer-1.json"), 1, path -> {
            writes.complete(null);
            disk.orTimeout(60, TimeUnit.SECONDS).join();
        });
        file.write(new DurableState(GROUP, null), problem -> { });
        file.write(new DurableState(GROUP, PROMISE), problem -> later.complete(String.valueOf(problem)));
        Eventually.get(writes, "it is being written");
        Files.writeString(folder.resolve("peer-1.json.new"), "what was cut off");
        file.close();
        assertEquals(List.of("peer-1.json"), names());
        disk.complete(null);
        assertTrue(Eventually.get(later, "the next is answered").contains("Closed"));
        assertEquals(List.of("peer-1.json"), names());
        assertEquals(new DurableState(GROUP, null), file.read());
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void whatCannotTakeItsPlaceIsRemoved() throws IOException {
        Files.createDirectories(folder.resolve("peer-1.json/in-the-way"));
        try (StateFile file = new StateFile(folder.resolve("peer-1.json"), 1)) {
            assertTrue(write(file, new DurableState(GROUP, null)).startsWith(file.path() + ": "));
        }
        assertEquals(List.of("peer-1.json"), names());
    }

    @Test
    void whatAKilledPeerWasWritingIsNeverReadAndIsRemovedAtTheNextStart() throws IOException {
        for (String cutOff : List.of("peer-1.json.new", "peer-1.tenants.new")) {
            Files.writeString(folder.resolve(cutOff), "what was cut off");
        }
        Files.writeString(folder.resolve("peer-2.json.new"), "another's");
        new Neighbour(folder, 1, 0).close();
        assertEquals(List.of("peer-1.lock", "peer-2.json.new"), names().stream().filter(name -> !name.equals("peer-1.json")).toList());
    }

    @Test
    void afterTheLastWriteTheNextIsAnswered() {
        StateFile file = file();
        file.close();
        assertTrue(write(file, new DurableState(GROUP, null)).contains("closed"));
    }

    @Test
    void whatWasSavedIsReadAgain() {
        for (DurableState saved : List.of(new DurableState(GROUP, PROMISE), new DurableState(GROUP, null), new DurableState(null, PROMISE), new DurableState(null, null))) {
            try (StateFile file = file()) {
                assertEquals("null", write(file, saved));
                assertEquals(saved, file().read());
                assertTrue(!Files.exists(file.path().resolveSibling(file.path().getFileName() + ".new")));
            }
        }
    }

    @Test
    void withoutAFileNothingWasSaved() {
        assertNull(file().read());
    }

    @Test
    void aFileThatIsSpoiledIsRefusedInOneLineWithItsName() throws IOException {
        try (StateFile file = file()) {
            write(file, new DurableState(GROUP, PROMISE));
            String good = Files.readString(file.path());
            for (String bad : List.of("{", good.substring(0, good.length() / 2), "[]", "\0\0", good.replace("5001", "x"),
                    "{\"group\": {\"version\": {\"number\": \"-1\"}}}", "{\"group\": {}}", "{\"unknown\": 1}")) {
                Files.writeString(file.path(), bad);
                String line = assertThrows(IllegalArgumentException.class, file::read, bad).getMessage();
                assertTrue(line.startsWith(file.path() + ": this peer's state cannot be read ("), line);
                assertTrue(line.chars().noneMatch(Character::isISOControl), line);
            }
        }
    }

    /** What is wrong with it in words of this program, and the command that a person may give then. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                                     | it is empty
            ' '                                    | it is empty
            \u00ff                                  | it is not text
            {"floor": "5", "shiny": [1]}           | a newer release wrote it, which can be started instead
            {"group": {"shiny": {"a": "b"}}}       | a newer release wrote it, which can be started instead
            {"floor": "5", "shiny": [1            | .*
            """)
    void aStateThatCannotBeReadSaysWhyAndHowItIsForgotten(String content, String why) throws IOException {
        Path state = Files.write(folder.resolve("peer-1.json"), content.getBytes(StandardCharsets.ISO_8859_1));
        String line = assertThrows(IllegalArgumentException.class, () -> new Neighbour(folder, 1, 0).close()).getMessage();
        assertTrue(line.matches(Pattern.quote(state + ": this peer's state cannot be read (") + why + Pattern.quote("); restore the file, or, to begin a new group, "
                + "stop all its peers and delete the file of each, here by: rm " + state)), line);
    }

    /** What stands where a file of the peer belongs is neither passed over nor taken for one. */
    @ParameterizedTest
    @ValueSource(strings = {"peer-1.json", "peer-1.lock"})
    void aFolderInTheWayIsSaidWithTheCommandThatMovesIt(String name) throws Exception {
        Path way = Files.createDirectories(folder.resolve(name));
        String line = assertThrows(IllegalArgumentException.class, () -> new Neighbour(folder, 1, 0).close()).getMessage();
        assertTrue(line.startsWith(way + ": ") && line.endsWith("; move it away by: mv " + way + " " + way + ".away"), line);
        assertEquals(0, new ProcessBuilder("sh", "-c", line.replaceFirst(".*; move it away by: ", "")).start().waitFor());
        new Neighbour(folder, 1, 0).close();
    }

    /** With it a peer would forget what it has promised, and keep what another has. */
    @Test
    void theStateOfAnotherPeerIsRefusedInOneLineUnderWhateverName() throws IOException {
        try (StateFile file = new StateFile(folder.resolve("peer-1.json"), 1)) {
            write(file, new DurableState(GROUP, PROMISE));
        }
        for (int other : new int[] {2, 3, 65_535}) { // a member, a newcomer, anybody
            Path copy = folder.resolve("peer-" + other + ".json");
            Files.copy(folder.resolve("peer-1.json"), copy);
            String line = assertThrows(IllegalArgumentException.class, () -> new Neighbour(folder, other, 0).close()).getMessage();
            assertEquals(copy + ": is a copy of the state of peer 1, and this is peer " + other + "; start this one with --id 1, restore its own file, "
                    + "or delete this one by: rm " + copy, line);
        }
        Path old = folder.resolve("peer-4.json"); // of a release that did not write the id
        Files.writeString(old, Files.readString(folder.resolve("peer-1.json")).replaceFirst(",\\s*\"id\": 1", ""));
        try (StateFile file = new StateFile(old, 4)) {
            assertEquals(new DurableState(GROUP, PROMISE), file.read());
        }
    }

    @Test
    void aFolderThatIsCopiedSaysNothingToAPeerWithAnotherId() {
        try (StateFile file = new StateFile(folder.resolve("peer-1.json"), 1)) {
            write(file, new DurableState(GROUP, PROMISE));
        }
        try (Neighbour other = new Neighbour(folder, 7, 0)) {
            other.awaitGroupOf(1);
            assertTrue(other.look().node().group().origin() != GROUP.origin(), "a group of its own");
        }
    }

    @Test
    void aFolderThatVanishedIsMadeAgainAndOneThatCannotBeIsSaid() throws IOException {
        try (StateFile file = file()) {
            write(file, new DurableState(GROUP, null));
            Files.delete(file.path());
            Files.delete(file.path().getParent());
            assertEquals("null", write(file, new DurableState(GROUP, PROMISE)));
            assertEquals(new DurableState(GROUP, PROMISE), file.read());
            Files.delete(file.path());
            Files.delete(file.path().getParent());
            Files.writeString(file.path().getParent(), "a file where the folder was");
            assertEquals(file.path() + ": FileAlreadyExistsException", write(file, new DurableState(GROUP, null)));
        }
    }

    /** What a peer whose state is that says of it at its start, with localhost:1 on its command line; null for nothing. */
    private String saidAtTheStart(Path state, DurableState saved) throws IOException {
        try (StateFile file = new StateFile(state.resolve("peer-1.json"), 1)) {
            write(file, saved);
            Files.setLastModifiedTime(file.path(), FileTime.from(LocalDateTime.of(2025, 3, 4, 5, 6, 7).atZone(ZoneId.systemDefault()).toInstant()));
        }
        try (Neighbour peer = new Neighbour(state, 1, port, "localhost:1")) {
            return peer.voice.lines().stream().filter(line -> line.contains("peer-1.json")).findFirst().orElse(null);
        }
    }

    private final int port = Neighbour.freePort();
    private final String own = "localhost:" + port;

    @Test
    void theStateThatIsReadIsNamedAtTheStartWithItsDayItsMembersAndTheWayOut() throws IOException {
        String file = folder.resolve("peer-1.json").toString();
        String begin = file + ", written 2025-03-04 05:06:07: ";
        String end = "; to forget that and begin a new group, stop all its peers and delete the file of each, here by: rm " + file;
        String group = "has the group of 1 at " + own + ", 2 at localhost:1";
        assertEquals(begin + group + end, saidAtTheStart(folder, state(Map.of(1, own, 2, "localhost:1"))));
        assertEquals(begin + group + ", 4 at localhost:3, and that counts; the command line does not name peer 4 at localhost:3: \"remove ID\" takes out who "
                + "will not come back" + end, saidAtTheStart(folder, state(Map.of(1, own, 2, "localhost:1", 4, "localhost:3"))));
        assertEquals(begin + "has the group of this peer alone, and that counts, not the command line: localhost:1 is no member until it is added" + end, saidAtTheStart(folder, state(Map.of(1, own))));
        assertEquals(begin + "says that the group went on without this peer, as 2 at localhost:1; it asks to be added again" + end,
                saidAtTheStart(folder, state(Map.of(2, "localhost:1"))));
        assertEquals(begin + "has no group yet, but this peer has agreed to that of " + PROMISE.next().list() + end,
                saidAtTheStart(folder, new DurableState(null, PROMISE)));
        assertNull(saidAtTheStart(folder, new DurableState(null, null, 7)), "a floor of fences decides nothing about the group");
    }

    private static DurableState state(Map<Integer, String> members) {
        return new DurableState(Group.found(members), null);
    }

    /** Whatever the folder is called, a shell can be given the command. */
    @ParameterizedTest
    @ValueSource(strings = {"plain", "a b", "it's", "$HOME `x` \"q\"", "-f", "b\\c; exit 3"})
    void theCommandThatForgetsTheStateDoes(String name) throws Exception {
        Path state = Files.createDirectories(folder.resolve(name));
        String command = saidAtTheStart(state, state(Map.of(1, own))).replaceFirst("(?s).*, here by: ", "");
        Process shell = new ProcessBuilder("sh", "-c", command).redirectErrorStream(true).start();
        assertEquals(0, shell.waitFor(), () -> command + ": " + shell.inputReader().lines().toList());
        assertFalse(Files.exists(state.resolve("peer-1.json")), command);
        assertTrue(Files.exists(state), command);
    }

    @Test
    void aStateFolderThatCannotBeWrittenIsSaidAtTheStart() throws IOException {
        Path taken = Files.writeString(folder.resolve("taken"), "a file");
        try (Neighbour peer = new Neighbour(taken.resolve("state"), 1, 0)) {
            assertTrue(peer.voice.await("cannot be written; this peer can use locks").startsWith(taken.toString()), "names the file");
        }
    }

    public static void main(String[] args) {
        Run.only(StateFileTest.class);
    }
}
