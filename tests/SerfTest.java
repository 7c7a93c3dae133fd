///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Closing.java support/FreePorts.java support/Jvm.java support/PeerProcesses.java
//SOURCES support/Running.java support/Voice.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import mutex.discover.Address;
import mutex.discover.Discovery;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Closing;
import tests.support.PeerProcesses;
import tests.support.Running;
import tests.support.Voice;

/** Real peers that find each other through real Serf agents, each at a loopback address of its own. */
@Tag("serf")
@Timeout(240)
class SerfTest {

    private static final long SUSPECTS_MILLIS = 120_000; // a busy machine makes Serf slow to say that somebody has failed

    @TempDir
    private Path folder;
    @AutoClose
    private final Closing open = new Closing();
    private PeerProcesses processes;
    private String first; // where the first agent gossips

    /** An agent: where peers reach it, and the process. */
    private record Agent(int number, String rpc, Running process) {}

    private static String host(int number) {
        return "127.0.0." + (30 + number);
    }

    private static int freePort(int number) throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host(number)))) {
            return socket.getLocalPort();
        }
    }

    private Agent agent(int number, String rpc) throws IOException {
        assertTrue(Stream.of(System.getenv("PATH").split(":")).anyMatch(bin -> Path.of(bin, "serf").toFile().canExecute()),
                "there is no serf here: apt-get install serf, or the binary from https://www.serf.io in the PATH");
        String bind = host(number) + ":" + freePort(number);
        List<String> command = new ArrayList<>(List.of("serf", "agent", "-node=node" + number, "-bind=" + bind, "-rpc-addr=" + rpc,
                "-profile=local"));
        if (first == null) {
            first = bind;
        } else {
            command.add("-retry-join=" + first);
            command.add("-retry-interval=1s");
        }
        Running process = processes.run(command);
        process.await("Serf agent running!");
        return new Agent(number, rpc, process);
    }

    private String rpc(int number) throws IOException {
        return host(number) + ":" + freePort(number);
    }

    private Running peer(int number, int port, String rpc, String... more) {
        return processes.start(Stream.concat(Stream.of("--id", "" + number, "--host", host(number), "--port", "" + port,
                "--discover", "serf:" + rpc, "--state", folder.resolve("state").toString()), Stream.of(more)).toArray(String[]::new));
    }

    /** It takes a turn in a group of so many. */
    private static void takesATurn(Running peer, int size, String lock) {
        peer.say("request " + lock).await("\\[" + lock + "\\] HELD with");
        peer.say("status").await("\\[" + lock + "\\] HELD with .* for");
        assertTrue(peer.out().lines().filter(line -> line.startsWith("group ")).reduce((a, b) -> b).orElse("").contains(" of " + size + " peers"),
                peer::toString);
        peer.say("release " + lock).await("\\[" + lock + "\\] given back");
    }

    @Test
    void peersFindEachOtherThroughTheirAgents() throws Exception {
        processes = open.add(new PeerProcesses(folder));
        List<Agent> agents = new ArrayList<>(List.of(agent(1, rpc(1)), agent(2, rpc(2))));
        String third = rpc(3);
        int[] ports = {freePort(1), freePort(2), freePort(3), freePort(4)};
        List<Running> peers = new ArrayList<>();
        for (int number = 1; number <= 3; number++) {
            peers.add(peer(number, ports[number - 1], number == 3 ? third : agents.get(number - 1).rpc(), "--expect", "3"));
        }
        peers.get(2).awaitError("Serf at " + third + ": Connection refused; keeps trying \\(is that the RPC address of an agent that runs\\?\\)");
        agents.add(agent(3, third));
        peers.get(2).awaitError("Serf at " + third + ": works now");
        for (int i = 0; i < 3; i++) {
            takesATurn(peers.get(i), 3, "turn-" + i);
        }

        agents.add(agent(4, rpc(4)));
        peers.add(peer(4, ports[3], agents.get(3).rpc()));
        takesATurn(peers.get(3), 4, "fourth");

        assertEquals(0, peers.get(1).say("quit").exit(), peers.get(1)::toString);
        String gone = "no longer finds .*" + host(2) + ":" + ports[1] + "; members stay members until \"remove ID\" removes them";
        peers.get(0).awaitError(gone);
        takesATurn(peers.get(0), 3, "without-2");
        peers.set(1, peer(2, ports[1], agents.get(1).rpc()));
        takesATurn(peers.get(1), 4, "again");

        agents.get(3).process().close(); // killed: Serf has failed, the peer has not
        peers.get(0).awaitError("no longer finds .*" + host(4) + ":" + ports[3], SUSPECTS_MILLIS);
        takesATurn(peers.get(0), 4, "all");
    }

    @Test
    void whatIsNoAgentIsSaidInOneLine() throws Exception {
        Voice voice = new Voice();
        try (ServerSocket server = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
            open.add(Discovery.way("serf:localhost:" + server.getLocalPort()).start(new Address("localhost", 1), all -> { }, voice, error -> { }));
            for (String answer : List.of("HTTP/1.1 400 Bad Request\r\n\r\n", "\u00c1", "\u00df\u00ff\u00ff\u00ff\u00ff", "\u0081")) {
                try (Socket caller = server.accept()) {
                    caller.getOutputStream().write(answer.getBytes("ISO-8859-1"));
                    caller.shutdownOutput();
                    caller.getInputStream().readAllBytes();
                }
            }
        }
        voice.await("it does not answer as a Serf agent does; keeps trying");
        voice.await("it sends what is not MessagePack \\(c1\\)");
        voice.await("it sends 2147483647 bytes or entries at once");
        voice.await("the other side has ended the connection; keeps trying");
        voice.await("Connection refused");
        assertTrue(voice.lines().stream().noneMatch(line -> line.contains("Exception")), voice.lines()::toString);
    }

    /** As one that is stopped, or a name that no name server knows. */
    @Test
    void anAgentThatDoesNotAnswerIsNotWaitedForForLong() throws Exception {
        boolean cutShort = false;
        for (int tries = 0; tries < 3 && !cutShort; tries++) { // a machine that stalls may be late once
            cutShort = isNotWaitedFor();
        }
        assertTrue(cutShort, "an answer alone may take 5 s");
    }

    /** Whether closing took no longer than it may. */
    private boolean isNotWaitedFor() throws Exception {
        Voice voice = new Voice();
        try (ServerSocket server = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
            String agent = "Serf at localhost:" + server.getLocalPort();
            Discovery discovery = Discovery.way("serf:localhost:" + server.getLocalPort()).start(new Address("localhost", 1), all -> { }, voice, error -> { });
            open.add(server.accept());
            long began = System.nanoTime();
            discovery.close();
            if (System.nanoTime() - began >= 4_500_000_000L) {
                return false;
            }
            voice.await(agent + " does not answer yet; waits for it, so that others no longer find this peer");
            voice.await(agent + " does not answer; others may still find this peer there");
            return true;
        }
    }

    public static void main(String[] args) {
        Run.only(SerfTest.class);
    }
}
