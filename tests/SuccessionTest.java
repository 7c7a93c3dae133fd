///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Effort.java Run.java faults/Network.java support/Closing.java support/Eventually.java
//SOURCES support/FreePorts.java support/InProcess.java support/Jvm.java support/Neighbour.java support/Neighbours.java
//SOURCES support/PeerProcesses.java support/Running.java support/Voice.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import mutex.algorithm.Algorithm.State;
import mutex.client.Held;
import mutex.client.Mutex;
import mutex.client.NotAcquired;
import mutex.client.NotAcquired.Cause;
import mutex.transport.Tls;
import mutex.transport.TlsFiles;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tests.faults.Network;
import tests.support.Closing;
import tests.support.Eventually;
import tests.support.InProcess;
import tests.support.Neighbour;
import tests.support.Neighbours;
import tests.support.PeerProcesses;
import tests.support.Running;

/** A request that waits at one of several peers goes on at the first that can use locks, by the command line and by the library. */
@Timeout(240)
class SuccessionTest {

    private static final long LEASE = 5_000; // milliseconds: a machine that stands still for less loses nothing
    private static final long PATIENCE = 60_000; // milliseconds

    @TempDir
    private Path folder;
    @AutoClose
    private final Closing open = new Closing();
    @AutoClose
    private PeerProcesses processes;

    @BeforeEach
    void prepare() {
        processes = new PeerProcesses(folder);
    }

    private Running lock(String peers, String... more) {
        return processes.run(PeerProcesses.command(folder, Stream.concat(Stream.of("lock", "--peer", peers), Stream.of(more)).toArray(String[]::new)));
    }

    private List<Neighbour> group(int size) {
        List<Neighbour> all = Neighbours.group(open, folder, size, LEASE);
        all.forEach(peer -> peer.takeTurn("begin"));
        return all;
    }

    /** A peer whose group does not begin: it takes requests in, and can grant none. */
    private Neighbour lonely(int id) {
        return open.add(new Neighbour(folder, id, 0, "localhost:1"));
    }

    private static void awaitRequestAt(Neighbour peer) {
        Eventually.holds(() -> !peer.look().node().locks().isEmpty(), () -> "somebody waits at peer " + peer.id);
    }

    private static void awaitNoRequestAt(Neighbour peer) {
        Eventually.holds(() -> peer.look().node().locks().isEmpty(), () -> "nobody waits at peer " + peer.id + " any more: " + peer.look());
    }

    @Test
    void aCommandGoesOnAtTheFirstThatBecomesAble() {
        Neighbour first = lonely(7);
        Neighbour second = lonely(8);
        int port = Neighbour.freePort();
        Running lock = lock(first.endpoint() + "," + second.endpoint() + ",localhost:" + port, "x", "echo", "ran");
        awaitRequestAt(first);
        open.add(new Neighbour(folder, 9, port)).awaitGroupOf(1);
        assertEquals(0, lock.exit(), lock::toString);
        assertEquals("ran\n", lock.out());
        assertEquals("lock: the peer at " + first.endpoint() + " cannot use locks now; goes on with the one at localhost:" + port + "\n", lock.err());
        awaitNoRequestAt(first);
    }

    @Test
    void aProgramGoesOnAtTheFirstThatBecomesAble() {
        Neighbour first = lonely(7);
        int port = Neighbour.freePort();
        try (Mutex mutex = Mutex.connect(first.endpoint(), "localhost:" + port)) {
            List<CompletableFuture<Held>> all = IntStream.range(0, 20).mapToObj(i -> mutex.acquireAsync("x" + i)).toList();
            CompletableFuture<Held> withdrawn = mutex.acquireAsync("withdrawn");
            awaitRequestAt(first);
            withdrawn.cancel(false);
            Neighbour able = open.add(new Neighbour(folder, 9, port)).awaitGroupOf(1);
            all.forEach(held -> assertTrue(Eventually.get(held, "a lock at the second").fence() > 0));
            awaitNoRequestAt(first);
            assertEquals(20, able.look().node().locks().size());
        }
    }

    /** How many ask for a lock there, and have none. */
    private static int askers(Neighbour peer) {
        return peer.look().node().locks().stream().mapToInt(there -> there.waiting() + (there.state() == State.WANTED ? 1 : 0)).sum();
    }

    /** Asks until so many ask at the first peer: the second is taken where the first is slow to say that it is ready. */
    private static <T> T atTheFirst(List<Neighbour> all, int count, Supplier<T> ask, Consumer<T> withdraw) {
        return Eventually.found(() -> {
            T asked = ask.get();
            Eventually.holds(() -> askers(all.get(0)) == count || askers(all.get(1)) > 0, () -> "it asks: " + asked);
            if (askers(all.get(1)) == 0) {
                return asked;
            }
            withdraw.accept(asked);
            Eventually.holds(() -> askers(all.get(1)) == 0, () -> "it asks no more: " + asked);
            return null;
        }, () -> "the first is ready");
    }

    /** It could use locks when it was asked, and cannot any more. */
    @Test
    @Tag("slow")
    void aWaitLeavesAPeerWithoutAMajority() throws Exception {
        List<Neighbour> all = group(3);
        Neighbour one = all.get(0);
        Neighbour.Asked holder = all.get(2).ask("x");
        Eventually.get(holder.entered, "peer 3 holds it");
        String peers = one.endpoint() + "," + all.get(1).endpoint();
        Running lock = atTheFirst(all, 1, () -> lock(peers, "x", "echo", "ran"), Running::close);
        try (Mutex mutex = Mutex.connect(peers)) {
            CompletableFuture<Held> held = atTheFirst(all, 2, () -> mutex.acquireAsync("x"), asked -> asked.cancel(false));
            one.peer.loop().lab().open();
            Eventually.get(one.peer.loop().lab().cut(new TreeSet<>(List.of(2, 3))), "cut off");
            Eventually.holds(() -> askers(all.get(1)) == 2, () -> "both wait at peer 2: " + all.get(1).look() + lock);
            all.get(2).giveBack(holder);
            Eventually.get(held, "the lock").close();
        }
        assertEquals(0, lock.exit(), lock::toString);
        assertTrue(lock.err().contains("the peer at " + one.endpoint() + " cannot use locks now; goes on with the one at " + all.get(1).endpoint()), lock::toString);
    }

    @Test
    void aTryIsNotMovedAndAWaitThatIsOverSaysWhatThePeerSaid() throws Exception {
        String peers = lonely(7).endpoint() + "," + lonely(8).endpoint();
        for (List<String> flags : List.of(List.of("-n"), List.of("-w", "2"))) {
            Running lock = lock(peers, Stream.concat(flags.stream(), Stream.of("x", "true")).toArray(String[]::new));
            assertEquals(75, lock.exit(), lock::toString);
            assertTrue(lock.err().startsWith("lock: [x] not acquired") && lock.err().lines().count() == 1 && !lock.err().contains("is gone"), lock::toString);
        }
        try (Mutex mutex = Mutex.connect(peers)) {
            assertEquals(Cause.UNREACHABLE, assertThrows(NotAcquired.class, () -> mutex.tryAcquire("x")).kind());
        }
    }

    /** However short the wait, one peer is asked: or else nobody knows whether another has the lock. */
    @Test
    void aWaitThatIsOverBeforeAPeerWasChosenIsStillAsked() throws Exception {
        Neighbour one = open.add(new Neighbour(folder, 1, 0)).awaitGroupOf(1);
        Neighbour.Asked holder = one.ask("x");
        Eventually.get(holder.entered, "peer 1 holds it");
        try (Mutex mutex = Mutex.connect("localhost:1", one.endpoint())) {
            NotAcquired no = assertThrows(NotAcquired.class, () -> mutex.acquire("x", Duration.ofNanos(1)));
            assertEquals(Cause.TIMEOUT, no.kind(), no::getMessage);
            assertTrue(no.getMessage().contains("peer 1"), no::getMessage); // who has it, which only the peer knows
        }
    }

    @Test
    void closingEndsWhatIsBeingMoved() {
        Neighbour first = open.add(new Neighbour(folder, 1, 0)).awaitGroupOf(1);
        Neighbour.Asked holder = first.ask("x");
        Eventually.get(holder.entered, "peer 1 holds it");
        Mutex mutex = Mutex.connect(first.endpoint(), "localhost:1");
        CompletableFuture<Held> waits = mutex.acquireAsync("x");
        Eventually.holds(() -> first.look().node().locks().get(0).waiting() == 1, () -> "it waits");
        CompletableFuture<Held> new1 = mutex.acquireAsync("y"); // and is perhaps still choosing
        mutex.close();
        for (CompletableFuture<Held> each : List.of(waits, new1)) {
            Eventually.holds(each::isDone, () -> "it has an end");
        }
        assertFalse(waits.isCompletedExceptionally() && !(assertThrows(ExecutionException.class, waits::get).getCause() instanceof NotAcquired));
    }

    static Stream<Boolean> withAndWithoutTls() {
        return Effort.isLong() ? Stream.of(false, true) : Stream.of(false);
    }

    /** Peers in networks of their own; the machine of the one that is waited at is cut off without a word. A long run has it with TLS, too. */
    @ParameterizedTest
    @MethodSource("withAndWithoutTls")
    @Tag("namespaces")
    void aWaitLeavesAMachineThatDied(boolean tls) throws Exception {
        try (Network network = network(4)) {
            List<String> hosts = IntStream.rangeClosed(1, 3).mapToObj(id -> Network.host(id) + ":5001").toList();
            if (tls) {
                InProcess made = InProcess.run("certs", folder.toString(), "1=" + Network.host(1), "2=" + Network.host(2), "3=" + Network.host(3));
                assertEquals(0, made.code(), made::toString);
            }
            for (int id = 1; id <= 3; id++) {
                int own = id;
                List<String> words = new ArrayList<>(List.of("--id", "" + id, "--host", Network.host(id), "--port", "5001", "--lease", "5s", "--no-shell",
                        "--state", folder.resolve("state").toString()));
                words.addAll(tls ? files("peer-" + id) : List.of("--insecure"));
                words.addAll(hosts.stream().filter(host -> !host.equals(hosts.get(own - 1))).toList());
                processes.run(network.of(id, PeerProcesses.command(words.toArray(String[]::new)).toArray(String[]::new))).await("listens on", PATIENCE);
            }
            List<String> secured = tls ? files("client") : List.of();
            Running holder = client(network, "hold", secured, "--peer", hosts.get(2), "x");
            holder.await("^\\d+$", PATIENCE);
            for (String able : hosts) {
                Running turn = client(network, "lock", secured, "--peer", able, "-w", "60", "begin", "true");
                assertEquals(0, turn.exit(PATIENCE), turn::toString);
            }
            String two = hosts.get(0) + "," + hosts.get(1);
            Running lock = client(network, "lock", secured, "--peer", two, "x", "echo", "ran");
            List<String> command = new ArrayList<>(PeerProcesses.command());
            command.set(command.size() - 1, "tests.SuccessionTest");
            command.addAll(List.of(two, tls ? folder.toString() : ""));
            Running program = processes.run(network.of(4, command.toArray(String[]::new)));
            program.await("asks", PATIENCE);
            Eventually.holds(() -> waiting(network, secured, hosts.get(0)) == 1, () -> "both wait at peer 1: " + lock + program);
            network.down(1);
            lock.awaitError("; goes on with the one at", PATIENCE); // a look is a process: not before there is something to see
            Eventually.holds(() -> waiting(network, secured, hosts.get(1)) == 1, () -> "both wait at peer 2: " + lock + program);
            holder.signal("TERM");
            assertEquals(0, lock.exit(PATIENCE), lock::toString);
            assertTrue(lock.err().contains("the peer at " + hosts.get(0) + " is gone (") && lock.err().contains("; goes on with the one at " + hosts.get(1)),
                    lock::toString);
            assertEquals(0, program.exit(PATIENCE), program::toString);
            processes.close(); // before their networks
        }
    }

    /** The same with TLS: a peer that answers, and is not able, is passed over at first, and left while one waits. */
    @Test
    void withTlsAPeerThatIsNotAbleIsPassedOverAndLeft() throws Exception {
        InProcess made = InProcess.run("certs", folder.toString(), "1=localhost", "2=localhost");
        assertEquals(0, made.code(), made::toString);
        int[] ports = PeerProcesses.ports(3);
        String first = "localhost:" + ports[0];
        String second = "localhost:" + ports[1];
        secured(1, ports[0], "localhost:" + ports[2]).await("listens on", PATIENCE); // whose group does not begin
        Running waits = lock(first + "," + second, securedWords("waits", "echo", "ran"));
        Tls tls = Tls.of(TlsFiles.of(folder.resolve("client.pem"), folder.resolve("client.key"), folder.resolve("ca.pem")), line -> { });
        try (tls; Mutex mutex = Mutex.connect(first + "," + second, tls)) {
            CompletableFuture<Held> asked = mutex.acquireAsync("program");
            for (String name : List.of("waits", "program")) {
                Eventually.holds(() -> status(first).contains(name), () -> name + " is asked for at peer 1: " + waits);
            }
            secured(2, ports[1]).await("listens on", PATIENCE);
            Eventually.get(asked, "the program has it of peer 2").close();
            assertEquals(0, waits.exit(PATIENCE), waits::toString);
            assertTrue(waits.err().contains("the peer at " + first + " cannot use locks now; goes on with the one at " + second), waits::toString);
            Eventually.holds(() -> { // peer 2 has two seconds to answer, and a cold one may take longer
                Running later = lock(first + "," + second, securedWords("later", "echo", "ran"));
                assertEquals(0, later.exit(PATIENCE), later::toString);
                assertEquals("ran\n", later.out());
                return later.err().isEmpty();
            }, () -> "it never was at peer 1");
        }
    }

    private Running secured(int id, int port, String... others) {
        return processes.start(Stream.of(Stream.of("--id", "" + id, "--port", "" + port, "--no-shell", "--state", folder.resolve("state").toString()),
                files("peer-" + id).stream(), Stream.of(others)).flatMap(each -> each).toArray(String[]::new));
    }

    private String[] securedWords(String... words) {
        return Stream.concat(files("client").stream(), Stream.of(words)).toArray(String[]::new);
    }

    private String status(String peer) {
        Running look = processes.run(PeerProcesses.command(folder, Stream.concat(Stream.of("status", "--peer", peer, "--json"), files("client").stream())
                .toArray(String[]::new)));
        look.exit(PATIENCE);
        return look.out();
    }

    /** Whoever never spoke to us may want TLS; whoever did has only closed the connection. */
    @Test
    void aPeerThatWasKilledIsNotSaidToWantTls() throws Exception {
        int[] ports = PeerProcesses.ports(2);
        Running killed = processes.start(PeerProcesses.arguments(folder.resolve("killed"), 2, ports, "--no-shell"));
        String one = killed.await("listens on (\\S+)").group(1);
        Neighbour witness = open.add(new Neighbour(folder, 1, ports[0], one)).awaitGroupOf(2); // the smaller id dials
        try (Mutex mutex = Mutex.connect(one)) {
            Held held = mutex.acquire("x");
            CompletableFuture<String> lost = new CompletableFuture<>();
            held.onLost(lost::complete);
            killed.signal("KILL");
            String line = Eventually.get(lost, "it is LOST");
            assertTrue(line.matches(".*(it closed the connection|the connection was reset).*"), line);
        }
        witness.voice.await("peer 2 at \\S+ is gone: (it closed the connection|the connection was reset)");
    }

    private static Network network(int peers) {
        try {
            return new Network(peers);
        } catch (IOException cannot) {
            assumeTrue(false, cannot.getMessage());
            throw new AssertionError(cannot);
        }
    }

    private List<String> files(String name) {
        return List.of("--tls-cert", folder.resolve(name + ".pem").toString(), "--tls-key", folder.resolve(name + ".key").toString(),
                "--tls-ca", folder.resolve("ca.pem").toString());
    }

    private Running client(Network network, String verb, List<String> secured, String... words) {
        return processes.run(network.of(4, PeerProcesses.command(folder, Stream.of(Stream.of(verb), secured.stream(), Stream.of(words))
                .flatMap(each -> each).toArray(String[]::new)).toArray(String[]::new)));
    }

    /** How many wait for a lock at that peer behind the first that does. */
    private long waiting(Network network, List<String> secured, String peer) {
        Running look = client(network, "status", secured, "--peer", peer, "--json");
        look.exit(PATIENCE);
        Matcher count = Pattern.compile("\"waiting\":(\\d+)").matcher(look.out());
        return count.find() ? Long.parseLong(count.group(1)) : 0;
    }

    /** With arguments: a program that takes a lock at one of the peers, with the files of TLS from the folder, if one is named. */
    public static void main(String[] args) throws Exception {
        if (args.length == 0) {
            Run.only(SuccessionTest.class);
            return;
        }
        Path folder = Path.of(args[1]);
        Tls tls = args[1].isEmpty() ? null : Tls.of(TlsFiles.of(folder.resolve("client.pem"), folder.resolve("client.key"), folder.resolve("ca.pem")),
                System.err::println);
        try (Mutex mutex = Mutex.connect(args[0], tls)) {
            CompletableFuture<Held> held = mutex.acquireAsync("x");
            System.out.println("asks");
            held.get().close();
        }
        System.exit(0);
    }
}
