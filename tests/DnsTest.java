///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Closing.java support/Eventually.java support/NameServer.java support/Voice.java
//SOURCES ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import mutex.algorithm.RicartAgrawala;
import mutex.discover.Address;
import mutex.discover.Discovery;
import mutex.group.Group;
import mutex.peer.LocalPeer;
import mutex.transport.EventLoop;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Closing;
import tests.support.Eventually;
import tests.support.NameServer;
import tests.support.Voice;

/** Peers that find each other by DNS, asked of a name server of the test's own. */
@Timeout(120)
class DnsTest {

    private static final String NAME = "peers.example.org";
    private static final Address SELF = new Address("localhost", 5001);

    @TempDir
    private Path folder;
    @AutoClose
    private final Closing open = new Closing();
    private final NameServer server = open.add(new NameServer());
    private final Voice voice = new Voice();
    private final BlockingQueue<Set<String>> found = new LinkedBlockingQueue<>();

    DnsTest() throws IOException {}

    private void look(String name) {
        look(name, SELF, found::add);
    }

    private void look(String name, Address self, Consumer<Set<String>> finder) {
        open.add(Discovery.way("dns:" + name + "@" + server.address()).start(self, finder, voice, error -> { }));
    }

    private Set<String> next() throws InterruptedException {
        Set<String> next = found.poll(30, TimeUnit.SECONDS);
        assertTrue(next != null, () -> "nothing found, but " + voice.lines());
        return next;
    }

    @Test
    void addressesAreTriedWithTheOwnPort() throws Exception {
        server.set(NAME, "10.0.0.2", "fd00::3", "10.0.0.1");
        look(NAME);
        assertEquals(Set.of("10.0.0.1:5001", "10.0.0.2:5001", "[fd00::3]:5001"), next());
    }

    @Test
    void aNameWithAnUnderscoreHasPortsOfItsOwn() throws Exception {
        server.set("_mutex._tcp.example.org", "5001 a.example.org", "5002 B.example.org");
        look("_mutex._tcp.example.org");
        assertEquals(Set.of("a.example.org:5001", "b.example.org:5002"), next());
    }

    /** A target of "." says that there is none (RFC 2782). */
    @Test
    void aRecordThatCannotBeReadIsPassedOverAndSaidOnce() throws Exception {
        String name = "_mutex._tcp.example.org";
        server.set(name, "5001 .", "5002 b.example.org", "5003 a@b.example.org", "0 c.example.org");
        look(name);
        assertEquals(Set.of("b.example.org:5002"), next());
        server.set(name, "5001 .", "5002 b.example.org", "5004 d.example.org");
        while (!next().equals(Set.of("b.example.org:5002", "d.example.org:5004"))) {
            continue;
        }
        for (String record : List.of("0 0 5001 .", "0 0 5003 a@b.example.org.", "0 0 0 c.example.org.")) {
            assertEquals(1, voice.lines("the record \"" + record + "\" is passed over: ").size(), voice.lines().toString());
        }
    }

    @Test
    void whatComesAndGoesIsFoundAndSaid() throws Exception {
        look(NAME);
        voice.await("dns:peers.example.org@.*: no such name yet; keeps trying");
        server.set(NAME, "10.0.0.1");
        assertEquals(Set.of("10.0.0.1:5001"), next());
        voice.await("works now");
        server.set(NAME, "10.0.0.2");
        assertEquals(Set.of("10.0.0.2:5001"), next());
        voice.await("no longer finds 10.0.0.1:5001; members stay members until \"remove ID\" removes them");
        assertEquals(1, voice.lines("finds 10.0.0.2:5001").size());
    }

    /** Whoever is told may throw, and it is looked for again all the same. */
    @Test
    void whateverIsThrownIsSaidAndTheNextIsFound() throws Exception {
        BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
        server.set(NAME, "10.0.0.1");
        open.add(Discovery.way("dns:" + NAME + "@" + server.address()).start(SELF, all -> {
            if (failures.isEmpty()) {
                throw new AssertionError("of who is told");
            }
            found.add(all);
        }, voice, failures::add));
        voice.await("failed here \\(java.lang.AssertionError: of who is told\\); keeps trying");
        server.set(NAME, "10.0.0.2");
        assertEquals(Set.of("10.0.0.2:5001"), next());
        assertEquals("of who is told", failures.remove().getMessage());
    }

    @Test
    void aServerThatDoesNotAnswerIsSaidOnce() throws Exception {
        String silent = server.address();
        server.close();
        open.add(Discovery.way("dns:" + NAME + "@" + silent).start(SELF, found::add, voice, error -> { }));
        voice.await("the name server does not answer; keeps trying");
    }

    @Test
    void threePeersOfOneNameAreOneGroup() throws Exception {
        List<String> hosts = List.of("127.0.0.21", "127.0.0.22", "127.0.0.23");
        int port = commonPort(hosts);
        server.set(NAME, hosts.toArray(String[]::new));
        List<LocalPeer> peers = new ArrayList<>();
        for (String host : hosts) {
            EventLoop events = open.add(new EventLoop());
            LocalPeer peer = open.add(LocalPeer.start(events, new LocalPeer.PeerStart(peers.size() + 1, host, port, List.of(), folder,
                    RicartAgrawala.KIND, 0, hosts.size(), voice, (error, last) -> { }, null)));
            look(NAME, new Address(host, port), peer.loop()::discovered);
            peers.add(peer);
        }
        for (LocalPeer peer : peers) {
            Eventually.holds(() -> group(peer) != null && group(peer).members().size() == 3, () -> peer.endpoint() + ": " + voice.lines());
        }
        assertEquals(1, peers.stream().map(DnsTest::group).distinct().count());
    }

    private static Group group(LocalPeer peer) {
        return Eventually.get(peer.loop().snapshot(), "snapshot").node().group();
    }

    /** A port that is free at all of them now. */
    private static int commonPort(List<String> hosts) throws IOException {
        for (int tries = 0; ; tries++) {
            try (Closing bound = new Closing()) {
                int port = 0;
                for (String host : hosts) {
                    ServerSocket socket = bound.add(new ServerSocket(port, 1, InetAddress.getByName(host)));
                    port = socket.getLocalPort();
                }
                return port;
            } catch (IOException taken) {
                if (tries == 10) {
                    throw taken;
                }
            }
        }
    }

    public static void main(String[] args) {
        Run.only(DnsTest.class);
    }
}
