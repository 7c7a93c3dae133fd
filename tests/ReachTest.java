///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Closing.java support/FreePorts.java support/Jvm.java support/PeerProcesses.java
//SOURCES support/Running.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import mutex.client.Mutex;
import mutex.discover.Reach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tests.support.Closing;
import tests.support.Jvm;
import tests.support.PeerProcesses;
import tests.support.Running;

/** What a peer tells the others to dial, what it listens on, and how it finds them on a machine that has other plans. */
@Timeout(120)
class ReachTest {

    @TempDir
    private Path folder;
    @AutoClose
    private final Closing open = new Closing();

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "0", "0x0", "::", "[::]", "[::0]", "::ffff:0.0.0.0", "[::ffff:0:0]", "0.0.0.7", "255.255.255.255",
        "224.0.0.1", "239.1.2.3", "ff02::1", "[ff05::2]", "fe80::1", "[fe80::aa:1]", "240.0.0.1"})
    void whatNobodyCanDialIsNotAdvertised(String host) {
        String line = assertThrows(IllegalArgumentException.class, () -> Reach.of(host, 5001, null, true)).getMessage();
        assertTrue(line.contains("the others cannot dial it; write ") || line.contains("is not known; write "), line);
        assertThrows(IllegalArgumentException.class, () -> Reach.of(host, 5001, "127.0.0.1", true));
        assertThrows(IllegalArgumentException.class,
                () -> Mutex.peer(1).at(host, 0).insecure().state(folder).voice(said -> { }).start());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "[::]:7001", "0.0.0.0:7001", "192.0.2.9"})
    void whatIsNotThisMachineAloneIsEncryptedOrSaidToBeTrusted(String listen) {
        String line = assertThrows(IllegalArgumentException.class, () -> Reach.of("localhost", 5001, listen, false)).getMessage();
        assertTrue(line.startsWith("--listen " + listen + " is reachable from other machines, and nothing is encrypted"), line);
        Reach trusted = Reach.of("localhost", 5001, listen, true);
        assertFalse(trusted.local());
        assertNotNull(trusted.note(), "nobody elsewhere can dial localhost");
        assertEquals(listen.endsWith("7001") ? 7001 : 5001, trusted.listenPort());
        assertThrows(IllegalArgumentException.class,
                () -> Mutex.peer(1).at("localhost", 0).listen(listen).state(folder).voice(said -> { }).start());
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1", "[::1]", "::1", "127.0.1.1", "127.1"})
    void thisMachineAloneNeedsNothing(String host) {
        Reach reach = Reach.of(host, 5001, null, false);
        assertTrue(reach.local());
        assertNull(reach.note());
    }

    @Test
    void whatIsForwardedIsSaid() {
        Reach reach = Reach.of("192.0.2.9", 5001, "127.0.0.1:7001", false);
        assertTrue(reach.local());
        assertEquals(7001, reach.listenPort());
        assertTrue(reach.note().contains("192.0.2.9, has to be forwarded"), reach.note());
    }

    @Test
    void aNameThatIsThisMachineAloneIsNotAdvertised() throws Exception {
        Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.1.1 box\n");
        Running refused = open.add(peer(hosts, "", "--id", "1", "--port", "0", "--host", "box"));
        assertEquals(64, refused.exit(), refused::toString);
        assertTrue(refused.err().startsWith("peer: --host box resolves to 127.0.1.1 here, which no other machine can reach; write "), refused::err);
        assertEquals(1, refused.err().lines().count(), refused::err);
        Running known = open.add(peer(hosts, "", "--id", "1", "--port", "0", "--host", "box", "--listen", "127.0.0.1"));
        known.await("listens on box:[0-9]+");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=1", "-DsocksProxyHost=127.0.0.1 -DsocksProxyPort=1",
        "-Djava.net.useSystemProxies=true -Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=1"})
    @Tag("slow")
    void noProxyIsBetweenPeersNorBeforeThem(String proxy) throws Exception {
        // 127.0.0.2 is a name here, as Java asks no proxy for localhost.
        Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.2 near.localhost\n");
        int[] ports = PeerProcesses.ports(2);
        Running one = open.add(peer(hosts, proxy, "--id", "1", "--port", "" + ports[0], "--host", "near.localhost", "near.localhost:" + ports[1]));
        Running two = open.add(peer(hosts, proxy, "--id", "2", "--port", "" + ports[1], "--host", "near.localhost", "near.localhost:" + ports[0]));
        one.await("listens on");
        two.await("listens on");
        Running lock = open.add(peer(hosts, proxy, "lock", "--peer", "near.localhost:" + ports[0], "x", "--", "true"));
        assertEquals(0, lock.exit(), () -> lock + "\n" + one + "\n" + two);
    }

    @Test
    @Tag("slow")
    void allAddressesOfANameAreTriedAndAChangedOneIsFoundSoon() throws Exception {
        Path hosts = Files.writeString(folder.resolve("hosts"),
                "127.0.0.9 far.localhost\n127.0.0.3 far.localhost\n127.0.0.8 near.localhost\n127.0.0.2 near.localhost\n");
        int[] ports = PeerProcesses.ports(2);
        String near = "near.localhost:" + ports[0];
        String far = "far.localhost:" + ports[1];
        Running one = open.add(peer(hosts, "", "--id", "1", "--port", "" + ports[0], "--host", "near.localhost", "--listen", "127.0.0.2", far));
        Running two = open.add(peer(hosts, "", "--id", "2", "--port", "" + ports[1], "--host", "far.localhost", "--listen", "127.0.0.3", near));
        one.await("listens on");
        two.await("listens on");
        Running lock = open.add(peer(hosts, "", "lock", "--timeout", "15s", "--peer", near, "x", "--", "true"));
        assertEquals(0, lock.exit(), () -> lock + "\n" + one + "\n" + two);
        two.close();
        two.exit();
        Files.writeString(hosts, "127.0.0.4 far.localhost\n127.0.0.2 near.localhost\n");
        Path other = Files.writeString(folder.resolve("other"), "127.0.0.4 far.localhost\n127.0.0.77 near.localhost\n");
        // It does not find peer 1 any more: peer 1 has to look its name up again.
        Running moved = open.add(peer(other, "", "--id", "2", "--port", "" + ports[1], "--host", "far.localhost", "--listen", "127.0.0.4", near));
        moved.await("listens on");
        Running again = open.add(peer(hosts, "", "lock", "--timeout", "12s", "--peer", near, "x", "--", "true"));
        assertEquals(0, again.exit(), () -> again + "\n" + one + "\n" + moved);
    }

    /** A process of its own that takes names from a file. */
    private Running peer(Path hosts, String java, String... words) throws Exception {
        List<String> line = Jvm.command(List.of("-ea", "-Djdk.net.hosts.file=" + hosts), "Peer", List.of(words));
        if (words[0].equals("--id")) {
            line.addAll(List.of("--no-shell", "--state", folder.resolve("state" + words[1]).toString()));
        }
        ProcessBuilder builder = new ProcessBuilder(line).directory(folder.toFile());
        if (!java.isEmpty()) {
            builder.environment().put("JAVA_TOOL_OPTIONS", java);
        }
        builder.environment().put("HTTPS_PROXY", "http://127.0.0.1:1");
        builder.environment().put("GRPC_PROXY_EXP", "127.0.0.1:1");
        return new Running(builder);
    }

    public static void main(String[] args) {
        Run.only(ReachTest.class);
    }
}
