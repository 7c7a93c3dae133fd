///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Closing.java support/Eventually.java support/FreePorts.java support/Jvm.java
//SOURCES support/PeerProcesses.java support/Running.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import mutex.discover.Lookups;
import mutex.discover.NameLookups;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Closing;
import tests.support.Eventually;
import tests.support.Jvm;
import tests.support.PeerProcesses;
import tests.support.Running;

/**
 * Names whose lookup takes long, as where a name server drops what it is asked: Java's own hosts file is a pipe there, so that each
 * lookup takes until the test writes into it.
 */
@Timeout(120)
class LookupsTest {

    private static final String NO_SERVER = "host \"slow.example\" cannot be looked up now: no name server answers";

    @TempDir
    private Path folder;
    @AutoClose
    private final Closing open = new Closing();
    @AutoClose
    private PeerProcesses processes;
    private Path pipe;

    @BeforeEach
    void prepare() throws Exception {
        processes = new PeerProcesses(folder);
        pipe = folder.resolve("hosts.pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    }

    private Running run(Path hosts, String... arguments) {
        List<String> command = new ArrayList<>(PeerProcesses.command(folder, arguments));
        command.addAll(command.indexOf("-cp"), List.of("-Djdk.net.hosts.file=" + hosts, "-Dsun.net.inetaddr.ttl=-1")); // what was answered stays
        return processes.run(command);
    }

    private Running peer(Path hosts, int id, int port, String host, String... others) {
        return run(hosts, Stream.concat(Stream.of("--id", "" + id, "--port", "" + port, "--state", folder.toString(), "--host", host,
                "--listen", "127.0.0.1", "--insecure"), Stream.of(others)).toArray(String[]::new));
    }

    private long lookupThreads(Running process) {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
            return threads.filter(thread -> read(thread.resolve("comm")).equals("lookup")).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException ended) {
            return "";
        }
    }

    @Test
    @Tag("slow")
    void aNameThatTakesLongIsSaidAndItsAnswerStillCounts() throws Exception {
        Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.1 slow.example\n");
        int[] ports = PeerProcesses.ports(2);
        ServerSocket silent = open.add(new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1")));
        String unanswered = "127.0.0.1:" + silent.getLocalPort();
        Running one = peer(pipe, 1, ports[0], "127.0.0.1", "slow.example:" + ports[1], unanswered);
        one.awaitError("no link to slow.example:" + ports[1] + ": " + NO_SERVER);
        one.awaitError("no link to " + unanswered + ": it accepts, but does not answer"); // twice
        assertEquals(1, lookupThreads(one), "one lookup, however often it could have been tried meanwhile");
        assertEquals(2, one.err().lines().count(), one::toString);
        Running two = peer(hosts, 2, ports[1], "slow.example", "127.0.0.1:1");
        two.await("listens on");
        Files.writeString(pipe, "127.0.0.1 slow.example\n");
        one.awaitError("^peer 2 at slow.example:" + ports[1]);
    }

    /** Five machines that are off, and each is waited for a second. */
    @Test
    @Tag("slow")
    void aNameOfWhichNoAddressAcceptsIsNotSaidToAccept() throws Exception {
        Path hosts = folder.resolve("hosts");
        int port = 0;
        for (int i = 2; i <= 6; i++) {
            ServerSocket full = open.add(new ServerSocket(port, 1, InetAddress.getByName("127.0.0." + i)));
            port = full.getLocalPort();
            fill(full);
            Files.writeString(hosts, "127.0.0." + i + " off.example\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
        Running one = peer(hosts, 1, PeerProcesses.ports(1)[0], "127.0.0.1", "off.example:" + port);
        one.awaitError("no link to off.example:" + port + ": nothing listens there");
        assertEquals(1, one.err().lines().count(), one::toString);
    }

    /** Until the system answers no more. */
    private void fill(ServerSocket full) throws IOException {
        try {
            while (true) {
                open.add(new Socket()).connect(full.getLocalSocketAddress(), 200);
            }
        } catch (SocketTimeoutException done) {
            // as a machine that is off
        }
    }

    @Test
    void namesThatTakeLongKeepNoOthersWaiting() throws Exception {
        int port = PeerProcesses.ports(1)[0];
        Running one = peer(pipe, 1, port, "known.example", "a.example:1", "b.example:1", "c.example:1", "d.example:1", "e.example:1",
                "127.0.0.1:1", "known.example:1");
        Files.writeString(pipe, "127.0.0.1 known.example\n");
        one.awaitError("no link to 127.0.0.1:1: nothing listens there");
        one.awaitError("no link to known.example:1: nothing listens there");
    }

    @Test
    @Tag("slow")
    void aCommandSaysThatTheNameIsNotLookedUp() {
        Running status = run(pipe, "status", "--peer", "slow.example:5001");
        Running lock = run(pipe, "lock", "--verbose", "--peer", "slow.example:5001", "x", "true");
        for (Running command : List.of(status, lock)) {
            assertEquals(75, command.exit(), command::toString);
            command.awaitError(": no peer at slow.example:5001 \\(" + NO_SERVER + "\\); name another: --peer host:port$");
        }
        lock.awaitError("^lock: waiting for a name server: the name of the peer at slow.example:5001 is being looked up$");
    }

    @Test
    void whatNobodyWantsAnyMoreIsNotLookedUp() {
        NameLookups lookups = open.add(new NameLookups(Runnable::run));
        CompletableFuture<Void> answer = new CompletableFuture<>();
        CompletableFuture<String> next = new CompletableFuture<>();
        AtomicBoolean closed = new AtomicBoolean();
        List<String> askers = List.of("first", "closed", "last");
        lookups.lookUp("slow.example", askers.get(0), () -> false, answer::join);
        lookups.lookUp("slow.example", askers.get(1), closed::get, () -> next.complete("the closed one's"));
        lookups.lookUp("slow.example", askers.get(2), () -> false, () -> next.complete("the last one's"));
        askers.forEach(asker -> assertTrue(lookups.concern(asker), asker));
        closed.set(true);
        answer.complete(null);
        assertEquals("the last one's", Eventually.get(next, "the answer"));
        Eventually.holds(() -> askers.stream().noneMatch(lookups::concern), () -> "over");
    }

    /** A name server that does not answer for once must not be taken for one that says no. */
    @Test
    void thatThereIsNoSuchNameIsNotKept() throws Exception {
        Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.1 other.example\n");
        Running late = processes.run(Jvm.command(List.of("-Djdk.net.hosts.file=" + hosts), "tests.LookupsTest$Late", List.of(hosts.toString())));
        assertEquals(0, late.exit(), late::toString);
        assertEquals("not known, then /127.0.0.1", late.out().strip());
    }

    /** Looks for a name before and after it is known. */
    static final class Late {

        private Late() {}

        public static void main(String[] args) throws Exception {
            Lookups.keepShort();
            try {
                System.out.print(InetAddress.getByName("late.example"));
            } catch (UnknownHostException e) {
                System.out.print("not known");
            }
            Files.writeString(Path.of(args[0]), "127.0.0.1 late.example\n");
            System.out.println(", then /" + InetAddress.getByName("late.example").getHostAddress());
        }
    }

    public static void main(String[] args) {
        Run.only(LookupsTest.class);
    }
}
