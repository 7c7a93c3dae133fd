///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Documents.java support/Eventually.java support/FreePorts.java support/Jvm.java
//SOURCES support/PeerProcesses.java support/Running.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Documents;
import tests.support.Eventually;
import tests.support.PeerProcesses;
import tests.support.Running;

/** The commands of docs/recipes.md, typed as they stand there; ssh, curl, sudo and psql are scripts of the test's own. */
@Timeout(120)
class RecipesTest {

    private static final Path ROOT = Path.of(System.getProperty("afteryou.root", ".")).toAbsolutePath().normalize();
    private static final List<String> RECIPES = new Documents(ROOT).recipes();
    private static final Set<String> TYPED = new TreeSet<>();
    private static final String STAYS = "sh -c 'echo inside; cat'"; // until its input ends

    @TempDir
    static Path folder;
    private static PeerProcesses peers;
    private static final List<Running> clients = new ArrayList<>();
    private static final List<String> at = new ArrayList<>();

    @BeforeAll
    static void startPeersAndScripts() throws IOException {
        peers = new PeerProcesses(folder);
        List<Running> group = peers.group(3);
        group.forEach(peer -> at.add("localhost:" + peer.await("listens on localhost:(\\d+)").group(1)));

        group.get(0).say("request begin --for 1ms").await("\\[begin\\] given back");
        script("lock", "exec " + PeerProcesses.shell(PeerProcesses.command(folder, "lock")) + " \"$@\"");
        Files.createDirectory(folder.resolve("site"));
        Files.writeString(folder.resolve("new.html"), "new");
        Files.createSymbolicLink(folder.resolve("docs"), ROOT.resolve("docs"));
    }

    @AfterAll
    static void everyRecipeWasTyped() throws IOException {
        clients.forEach(Running::close);
        peers.close();
        Files.delete(folder.resolve("docs"));
        if (TYPED.size() > 1) { // not where one test was chosen
            assertEquals(new TreeSet<>(RECIPES), TYPED);
        }
    }

    private static void script(String name, String text) throws IOException {
        Files.createDirectories(folder.resolve("bin"));
        Files.writeString(folder.resolve("bin").resolve(name), "#!/bin/sh\n" + text + "\n").toFile().setExecutable(true);
    }

    private static Running sh(int peer, String line) {
        ProcessBuilder shell = new ProcessBuilder("sh", "-c", "exec " + line).directory(folder.toFile());
        shell.environment().merge("PATH", folder.resolve("bin").toString(), (path, own) -> own + ":" + path);
        shell.environment().put("MUTEX_PEER", at.get(peer - 1));
        shell.environment().put("PAUSE", "0.1");
        Running running = new Running(shell);
        clients.add(running);
        return running;
    }

    private static String recipe(String start) {
        String line = RECIPES.stream().filter(each -> each.startsWith(start)).findFirst().orElseThrow(() -> new AssertionError("no recipe: " + start));
        TYPED.add(line);
        return line;
    }

    private static Running typed(int peer, String start) {
        return sh(peer, recipe(start));
    }

    private static void runs(Running running) {
        assertEquals(0, running.exit(), running::toString);
    }

    /** The lock of a recipe, with a command that stays inside. */
    private static Running stays(int peer, String recipe) {
        Running running = sh(peer, recipe.substring(0, recipe.indexOf(" -- ") + 4) + STAYS);
        running.await("inside");
        return running;
    }

    private static void isRefused(int peer, String recipe) {
        Running other = sh(peer, recipe.replaceFirst("^lock", "lock -n"));
        assertEquals(1, other.exit(), other::toString);
    }

    @Test
    void readersGoTogetherAndAWriterAlone() throws IOException {
        String reads = recipe("lock -s site");
        String writes = recipe("lock site");
        Running reader = stays(1, reads);
        runs(sh(2, reads));
        assertTrue(Files.size(folder.resolve("site.tar")) > 0);
        isRefused(3, writes);
        assertFalse(Files.exists(folder.resolve("site/index.html")));
        reader.hangUp();
        runs(reader);
        runs(sh(3, writes));
        assertEquals("new", Files.readString(folder.resolve("site/index.html")));
    }

    @Test
    void threeBackupsRunAndAFourthDoesNot() {
        String small = recipe("lock --units 3 backups");
        String large = recipe("lock --units 3 --take 2");
        List<Running> inside = List.of(stays(1, small), stays(2, small), stays(3, small));
        isRefused(1, small);
        inside.get(0).hangUp();
        runs(inside.get(0));
        isRefused(1, large);
        runs(sh(1, small));
        inside.get(1).hangUp();
        runs(inside.get(1));
        runs(sh(2, large));
    }

    @Test
    void theOrderOfTwoLocksDoesNotMatter() throws IOException {
        Running before = stays(1, recipe("lock from,to"));
        List<Running> both = List.of(typed(2, "lock to,from"), typed(3, "lock from,to"));
        before.hangUp();
        both.forEach(RecipesTest::runs);
        assertEquals(Set.of("from,to", "to,from"), Set.copyOf(Files.readAllLines(folder.resolve("moved"))));
    }

    @Test
    void theLockIsHeldUntilTheMachineIsBack() throws IOException {
        script("ssh", "while [ \"$1\" != db1 ]; do shift; done; [ -e up ] || exit 255; "
                + "case $2 in cat*) cat boot_id ;; *reboot) rm up; exit 255 ;; curl*) [ -e ready ] ;; esac");
        Files.writeString(folder.resolve("boot_id"), "one\n");
        String reboot = recipe("lock reboot");
        Running unwell = sh(1, reboot);
        assertEquals(1, unwell.exit(), unwell::toString);
        assertTrue(unwell.err().contains("db1 is not well"), unwell::toString);
        Files.createFile(folder.resolve("up"));
        Files.createFile(folder.resolve("ready"));
        Running reboots = sh(1, reboot);
        reboots.await("db1 reboots");
        Eventually.holds(() -> !Files.exists(folder.resolve("up")), () -> "it goes down: " + reboots);
        isRefused(2, reboot);
        Files.createFile(folder.resolve("up")); // it answers, but has not gone down yet
        isRefused(2, reboot);
        Files.delete(folder.resolve("ready"));
        Files.writeString(folder.resolve("boot_id"), "two\n");
        isRefused(3, reboot);
        assertTrue(reboots.isAlive(), reboots::toString);
        Files.createFile(folder.resolve("ready"));
        reboots.await("db1 is back");
        runs(reboots);
    }

    @Test
    void theNextLeadsWhenTheLeaderIsToldToEnd() {
        String leads = recipe("lock leader");
        Running leader = stays(1, leads);
        Running next = sh(2, leads);
        leader.signal("TERM");
        assertEquals(143, leader.exit(), leader::toString);
        next.await("leads, fence [1-9]\\d*");
        runs(next);
    }

    @Test
    void theDatabaseIsGivenTheFence() throws IOException {
        script("psql", "echo \"$@\"");
        Running closes = typed(1, "lock month-end");
        runs(closes);
        assertTrue(closes.out().matches("-v fence=[1-9]\\d* -f close-month.sql\n"), closes::toString);
    }

    public static void main(String[] args) {
        Run.only(RecipesTest.class);
    }
}
