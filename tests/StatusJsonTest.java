///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/FreePorts.java support/InProcess.java support/Jvm.java support/PeerProcesses.java support/Running.java
//SOURCES ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tests.support.InProcess;
import tests.support.PeerProcesses;
import tests.support.Running;

/** Each command that looks at a peer prints one document with --json, which says what the command is about. */
@Timeout(120)
class StatusJsonTest {

    @TempDir
    static Path folder;
    private static PeerProcesses peers;
    private static String address;

    @BeforeAll
    static void twoPeersWithALock() {
        peers = new PeerProcesses(folder);
        List<Running> group = peers.group(2);
        address = "localhost:" + group.get(0).await("listens on localhost:(\\d+)").group(1);
        group.get(1).say("request backup").await("\\[backup\\] HELD");
        group.get(0).say("request backup").await("\\[backup\\] waits with");
    }

    @AfterAll
    static void endThem() {
        peers.close();
    }

    private static JsonObject ask(String... words) throws Exception {
        String[] all = new String[words.length + 3];
        System.arraycopy(words, 0, all, 0, words.length);
        System.arraycopy(new String[] {"--json", "--peer", address}, 0, all, words.length, 3);
        InProcess said = InProcess.run(all);
        assertEquals(0, said.code(), said::toString);
        assertEquals(1, said.out().lines().count(), said::out);
        return JsonParser.parseString(said.out()).getAsJsonObject();
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "peers", "locks", "why", "top"})
    void eachIsOneDocumentOfThePeerThatWasAsked(String command) throws Exception {
        assertEquals(1, ask(command).get("id").getAsInt());
    }

    @Test
    void whyNamesTheLockAndWhoHoldsIt() throws Exception {
        JsonObject why = ask("why", "backup");
        assertEquals("backup", why.get("lock").getAsString());
        assertEquals("[1,2]", why.get("answered").toString());
        JsonObject holder = why.getAsJsonArray("at").get(1).getAsJsonObject();
        assertEquals("HELD", holder.get("state").getAsString());
        assertEquals(2, holder.get("peer").getAsInt());
        assertEquals("SHELL", holder.getAsJsonObject("client").get("kind").getAsString());
        assertTrue(holder.getAsJsonObject("client").get("pid").getAsInt() > 0);
        assertTrue(why.getAsJsonArray("because").get(1).getAsString().contains("holds it with"), why::toString);
    }

    @Test
    void locksAndTopHaveEveryHolderAndWaiter() throws Exception {
        assertEquals(2, ask("locks").getAsJsonArray("locks").size());
        JsonObject backup = ask("top").getAsJsonArray("locks").get(0).getAsJsonObject();
        assertEquals("backup", backup.get("name").getAsString());
        assertEquals(2, backup.getAsJsonArray("holders").get(0).getAsJsonObject().get("peer").getAsInt());
        assertEquals(1, backup.getAsJsonArray("waiting").get(0).getAsJsonObject().get("peer").getAsInt());
        assertEquals(2, ask("peers").getAsJsonArray("peers").get(0).getAsJsonObject().get("id").getAsInt());
    }

    public static void main(String[] args) {
        Run.only(StatusJsonTest.class);
    }
}
