///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Edge.java support/Eventually.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import mutex.group.Group;
import mutex.group.Promise;
import mutex.group.Saved;
import mutex.net.Edge;
import mutex.net.StateFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Eventually;

/** What a peer must not forget comes back as it was written, or it is said that it cannot. */
class StateFileTest {

    private static final Group GROUP = Group.found(Map.of(1, "localhost:5001", 2, "[::1]:5002"));
    private static final Promise PROMISE = new Promise(GROUP.with(3, "localhost:5003", 1L << 61), 2);

    @TempDir
    private Path folder;

    private StateFile file() {
        return new StateFile(folder.resolve("deep/er/peer-1.json"));
    }

    private static String write(StateFile file, Saved saved) {
        CompletableFuture<String> done = new CompletableFuture<>();
        Edge.write(file, saved, problem -> done.complete(String.valueOf(problem)));
        return Eventually.get(done, "the state is written");
    }

    @Test
    void whatWasSavedIsReadAgain() {
        for (Saved saved : List.of(new Saved(GROUP, PROMISE), new Saved(GROUP, null), new Saved(null, PROMISE), new Saved(null, null))) {
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
            write(file, new Saved(GROUP, PROMISE));
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

    @Test
    void aFolderThatVanishedIsMadeAgainAndOneThatCannotBeIsSaid() throws IOException {
        try (StateFile file = file()) {
            write(file, new Saved(GROUP, null));
            Files.delete(file.path());
            Files.delete(file.path().getParent());
            assertEquals("null", write(file, new Saved(GROUP, PROMISE)));
            assertEquals(new Saved(GROUP, PROMISE), file.read());
            Files.delete(file.path());
            Files.delete(file.path().getParent());
            Files.writeString(file.path().getParent(), "a file where the folder was");
            assertEquals(file.path() + ": FileAlreadyExistsException", write(file, new Saved(GROUP, null)));
        }
    }

    public static void main(String[] args) {
        Run.only(StateFileTest.class);
    }
}
