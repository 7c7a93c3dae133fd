///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Closing.java support/Eventually.java support/FreePorts.java support/InProcess.java
//SOURCES support/Jvm.java support/NameServer.java support/PeerProcesses.java support/Running.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import mutex.client.Held;
import mutex.client.Mutex;
import mutex.client.PeerBuilder;
import mutex.peer.StartRules;
import mutex.transport.Tls;
import mutex.transport.TlsFiles;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Closing;
import tests.support.Eventually;
import tests.support.InProcess;
import tests.support.NameServer;
import tests.support.PeerProcesses;
import tests.support.Running;

/** The library starts what the command line starts, and refuses what it refuses, in the same line. */
@Timeout(120)
class StartRulesTest {

    @TempDir
    private Path folder;
    @AutoClose
    private final Closing open = new Closing();

    private void assertBothRefuse(String line, UnaryOperator<PeerBuilder> described, String... words) throws Exception {
        String[] args = Stream.concat(Stream.of("--id", "1", "--port", "0", "--no-shell"), Stream.of(words)).toArray(String[]::new);
        InProcess run = InProcess.run(args);
        assertTrue(run.code() == 64 || run.code() == 78, run::toString);
        assertEquals("peer: " + line + (run.code() == 64 ? "; see --help" : "") + "\n", run.err());
        assertEquals(line, refusal(() -> described.apply(Mutex.peer(1).state(folder).voice(said -> { }))));
    }

    private static String refusal(Supplier<PeerBuilder> described) {
        return assertThrows(IllegalArgumentException.class, () -> described.get().start().close()).getMessage();
    }

    @Test
    void whatIsNoNumberOrName() throws Exception {
        for (int port : new int[] {-1, 65_536, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            String line = "--port \"" + port + "\" is not a number from 0 to 65535";
            assertEquals(line, refusal(() -> Mutex.peer(1).at("localhost", port)));
            assertEquals("peer: " + line + "; see --help\n", InProcess.run("--id", "1", "--port=" + port).err());
        }
        for (int most : new int[] {0, -1, 63, 1_000_001, Integer.MAX_VALUE}) {
            String line = "--most-locks \"" + most + "\" is not a number of locks from 64 to 1000000";
            assertEquals(line, refusal(() -> Mutex.peer(1).mostLocks(most)));
            assertEquals("peer: " + line + "; see --help\n", InProcess.run("--id", "1", "--port", "0", "--most-locks=" + most).err());
        }
        for (String most : new String[] {"", "1e5", "100,000", "0x400", " 64"}) {
            assertEquals("peer: --most-locks \"" + most + "\" is not a number of locks from 64 to 1000000; see --help\n",
                    InProcess.run("--id", "1", "--port", "0", "--most-locks=" + most).err());
        }
        for (int id : new int[] {0, -7, 65_536}) {
            String line = "--id \"" + id + "\" is not a number from 1 to 65535";
            assertEquals(line, refusal(() -> Mutex.peer(id)));
            assertEquals("peer: " + line + "; see --help\n", InProcess.run("--id=" + id, "--port", "0").err());
        }
        assertBothRefuse("host \"a b\" is not a name or address, e.g. \"localhost\"", peer -> peer.at("a b", 0), "--host", "a b");
        assertBothRefuse("host \"\" is not a name or address, e.g. \"localhost\"", peer -> peer.at("", 0), "--host", "");
    }

    @Test
    void othersThatAreNone() throws Exception {
        for (List<String> others : List.of(List.of("x"), List.of("localhost:1", "LOCALHOST:1"), List.of("localhost:1,localhost:2"), List.of(""),
                List.of("0.0.0.0:5001"), Collections.nCopies(64, "localhost:1"), List.of("localhost:0"), List.of("localhost:+5"), List.of("localhost:1e3"),
                List.of("localhost:\u0665\u0660"), List.of("[fe80::1%eth0]:5001"))) {
            String[] words = others.toArray(String[]::new);
            String line = refusal(() -> Mutex.peer(1).state(folder).others(words));
            assertBothRefuse(line, peer -> peer.others(words), words);
        }
    }

    /** As when three peers are started at once that share one. */
    @Test
    void aFolderThatSomebodyElseMakesInTheMeantimeIsNoLink() throws Exception {
        for (int i = 0; i < 300; i++) {
            Path made = folder.resolve("made" + i);
            FutureTask<Path> other = new FutureTask<>(() -> Files.createDirectory(made));
            new Thread(other).start();
            while (!other.isDone()) {
                StartRules.state(made);
            }
            assertEquals(made, other.get());
        }
    }

    @Test
    void leasesAndAlgorithms() throws Exception {
        for (long millis : new long[] {1, 199, 600_001, -5}) {
            assertBothRefuse("--lease \"" + millis + "ms\" is not a lease of 200ms to 10m, e.g. 5s, or 0, which turns it off",
                    peer -> peer.lease(Duration.ofMillis(millis)), "--lease=" + millis + "ms");
        }
        for (Duration odd : List.of(Duration.ofSeconds(Long.MAX_VALUE), Duration.ofSeconds(Long.MIN_VALUE), Duration.ofNanos(1), Duration.ofDays(400))) {
            assertTrue(refusal(() -> Mutex.peer(1).lease(odd)).matches("--lease \".*\" is not a lease of .*"), odd.toString());
        }
        assertBothRefuse("--algorithm \"paxos\" is none of ricart-agrawala, roucairol-carvalho, token-ring", peer -> peer.algorithm("paxos"),
                "--algorithm", "paxos");
        assertBothRefuse("--algorithm token-ring works without a lease only; leave --lease out, or choose ricart-agrawala or roucairol-carvalho",
                peer -> peer.algorithm("token-ring").lease(Duration.ofSeconds(5)), "--algorithm", "token-ring", "--lease", "5s", "--peers-file", "/dev/null");
    }

    @Test
    void howPeersAreFound() throws Exception {
        assertBothRefuse("--expect is for peers that find each other; add --discover, or leave it out", peer -> peer.expect(3), "--expect", "3");
        for (int expect : new int[] {0, 1, 65, 100, -3}) {
            assertBothRefuse("--expect \"" + expect + "\" is not a number of peers from 2 to 64", peer -> peer.discover("serf").expect(expect),
                    "--discover", "serf", "--expect=" + expect);
        }
        assertBothRefuse("--discover finds the peers; leave out localhost:1, or --discover", peer -> peer.discover("serf").others("localhost:1"),
                "--discover", "serf", "localhost:1");
        for (String how : List.of("", "etcd", "serf:", "dns:", "serf:x", "dns:a b")) {
            String line = refusal(() -> Mutex.peer(1).state(folder).discover(how));
            assertTrue(line.startsWith("--discover: "), line);
            assertBothRefuse(line, peer -> peer.discover(how), "--discover", how);
        }
    }

    @Test
    void certificatesOfOthersAndFoldersThatAreNone() throws Exception {
        InProcess made = InProcess.run("certs", folder.resolve("certs").toString(), "1", "2");
        assertEquals(0, made.code(), made::toString);
        Path certs = folder.resolve("certs");
        for (String whose : List.of("peer-2", "client")) {
            Path cert = certs.resolve(whose + ".pem");
            Path key = certs.resolve(whose + ".key");
            Path ca = certs.resolve("ca.pem");
            Tls tls = open.add(Tls.of(TlsFiles.of(cert, key, ca), said -> { }));
            assertBothRefuse("--tls-cert: is the certificate of " + (whose.equals("client") ? "a client" : "peer 2")
                    + ", but this peer has --id 1; name its own", peer -> peer.tls(tls), "--peers-file", "/dev/null", "--tls-cert", cert.toString(), "--tls-key", key.toString(),
                    "--tls-ca", ca.toString());
            assertBothRefuse("--insecure and --tls-cert do not go together; leave one out", peer -> peer.tls(tls).insecure(),
                    "--insecure", "--peers-file", "/dev/null", "--tls-cert", cert.toString(), "--tls-key", key.toString(), "--tls-ca", ca.toString());
        }
        Path file = Files.writeString(folder.resolve("a file"), "x");
        assertBothRefuse("--state " + file + ": is a file; name a folder, or one that is to be made", peer -> peer.state(file), "--peers-file", "/dev/null", "--state", file.toString());
        assertBothRefuse("--state \"\": the name is empty; write one, or leave the option out", peer -> peer.state(Path.of("")), "--peers-file", "/dev/null", "--state", "");
    }

    private Running peer(String xdg, String userHome, String home, String... more) {
        List<String> command = new ArrayList<>(PeerProcesses.command(Stream.concat(Stream.of("--id", "1", "--port", "0", "--peers-file", "/dev/null"),
                Stream.of(more)).toArray(String[]::new)));
        command.add(command.indexOf("-cp"), "-Duser.home=" + userHome);
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("XDG_STATE_HOME", xdg);
        builder.environment().put("HOME", home);
        return open.add(new Running(builder)).hangUp();
    }

    /** Else a peer that is started from another folder does not know its group. */
    @Test
    void theUsualFolderOfTheStateDoesNotDependOnTheWorkingFolder() throws Exception {
        Path home = Files.createDirectories(folder.resolve("home"));
        Path usual = home.resolve(".local/state/afteryou/peer-1.lock");
        for (String xdg : List.of("rel/ative", "~/state", "./x", "")) {
            Running peer = peer(xdg, "/nowhere", home.toString());
            assertEquals(0, peer.exit(), peer::toString);
            assertTrue(Files.deleteIfExists(usual), xdg + ": " + peer);
        }
        for (String unset : List.of("", "rel/ative", "~")) {
            Running listed = peer("", home.toString(), unset); // as the list of users has it
            assertEquals(0, listed.exit(), listed::toString);
            assertTrue(Files.deleteIfExists(usual), unset + ": " + listed);
        }
        Running inContainer = peer("", "?", home.toString()); // as Java says of a user in no list
        assertEquals(0, inContainer.exit(), inContainer::toString);
        assertTrue(Files.deleteIfExists(usual), inContainer::toString);
        for (String none : List.of("", "rel")) {
            Running homeless = peer("", "?", none);
            assertEquals(78, homeless.exit(), homeless::toString);
            assertEquals("peer: the state of this peer has no place, as this user has no home folder; name a folder with --state\n", homeless.err());
        }
        Running named = peer("", "?", "", "--state", "s p\na");
        assertEquals(0, named.exit(), named::toString);
        assertFalse(named.out().contains("remembered"), () -> "no group yet, whatever else the file has: " + named);
        Running chosen = peer(folder.resolve("xdg").toString(), home.toString(), "/nowhere");
        assertEquals(0, chosen.exit(), chosen::toString);
        try (Stream<Path> all = Files.list(folder)) {
            assertEquals(List.of("home", "s p\na", "xdg"), all.map(path -> path.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void aLinkToNothingIsNoStateFolder() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nothing"));
        assertBothRefuse("--state " + link + ": is a link to what is not there; make the folder that it leads to, or name another",
                peer -> peer.state(link), "--peers-file", "/dev/null", "--state", link.toString());
        Files.createDirectory(folder.resolve("nothing"));
        Running peer = peer("", "?", "", "--state", link.toString());
        assertEquals(0, peer.exit(), peer::toString);
        assertEquals("", peer.err().replaceAll("standard input has ended.*\\R", ""));
    }

    /** Each expects three, as with the command line's {@code --discover} and {@code --expect}; the fourth only joins. */
    @Test
    void peersInsideProgramsFindEachOther() throws Exception {
        NameServer names = open.add(new NameServer());
        String name = "_mutex._tcp.example.org";
        int[] ports = PeerProcesses.ports(4);
        names.set(name, IntStream.of(ports).mapToObj(port -> port + " localhost").toArray(String[]::new));
        Set<Thread> before = lookers(); // of other tests in this JVM
        List<Mutex> peers = new ArrayList<>();
        for (int id = 1; id <= 4; id++) {
            PeerBuilder peer = Mutex.peer(id).at("localhost", ports[id - 1]).state(folder).voice(line -> { }).discover("dns:" + name + "@" + names.address());
            peers.add(open.add((id < 4 ? peer.expect(3) : peer).start()));
            if (id == 2) {
                assertThrows(TimeoutException.class, () -> peers.get(0).acquireAsync("x").get(1, TimeUnit.SECONDS),
                        "two of three begin no group");
            }
        }
        for (Mutex peer : peers) {
            CompletableFuture<Held> held = peer.acquireAsync("y");
            Eventually.get(held, "a lock of the group").close();
        }
        peers.get(0).close();
        Eventually.holds(() -> lookers().stream().filter(thread -> !before.contains(thread)).count() <= 3, () -> "it looks no more");
    }

    private static Set<Thread> lookers() {
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().equals("discover")).collect(Collectors.toSet());
    }

    public static void main(String[] args) {
        Run.only(StartRulesTest.class);
    }
}
