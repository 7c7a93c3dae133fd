///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/FreePorts.java support/InProcess.java support/Jvm.java support/PeerProcesses.java
//SOURCES support/Running.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import mutex.discover.Lookups;
import mutex.transport.NetworkErrorText;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tests.support.InProcess;
import tests.support.PeerProcesses;
import tests.support.Running;

/**
 * What is wrong on the command line or in a file is said in one line on standard error, and nothing is half started.
 * Peer 7 is not in the peers.txt of the folder that the tests run in.
 */
@Timeout(60)
class BadInputTest {

    private static final Path ROOT = Path.of(System.getProperty("afteryou.root", ".")).toAbsolutePath().normalize();
    private static final String HELP = "; see --help";

    @TempDir
    Path folder;

    /** Command line, its words apart by "|", and the line that answers it. */
    static Stream<List<String>> commandLines() {
        String range = " is not a number from 1 to 65535";
        String lease = " is not a lease of 200ms to 10m, e.g. 5s, or 0, which turns it off" + HELP;
        String ways = " is not serf, serf:HOST:PORT or dns:NAME, e.g. --discover serf";
        String dns = " is not a name in the DNS, e.g. dns:peers.example.org or dns:_mutex._tcp.example.org";
        return Stream.of(
                List.of("", "--id is missing; write for example --id 1 --port 5001" + HELP),
                List.of("--id", "--id ID: the value is missing" + HELP),
                List.of("--id||--port|0", "--id \"\"" + range + HELP),
                List.of("--id|A B|--port|0", "--id \"A B\"" + range + HELP),
                List.of("--id|../x|--port|0", "--id \"../x\"" + range + HELP),
                List.of("--id|\ud83d\ude00|--port|0", "--id \"\ud83d\ude00\"" + range + HELP),
                List.of("--id|0|--port|0", "--id \"0\"" + range + HELP),
                List.of("--id|-1|--port|0", "--id \"-1\"" + range + HELP),
                List.of("--id|65536|--port|0", "--id \"65536\"" + range + HELP),
                List.of("--id|" + "1".repeat(200) + "|--port|0", "--id \"" + "1".repeat(80) + "...\"" + range + HELP),
                List.of("--id|1|--id|2|--port|0", "--id is given twice; give it once" + HELP),
                List.of("--id|1|--port", "--port PORT: the value is missing" + HELP),
                List.of("--id|1|--port|--no-shell", "--port PORT: the value is missing" + HELP),
                List.of("--id|1|--port|65536", "--port \"65536\" is not a number from 0 to 65535" + HELP),
                List.of("--id|1|--port|1e3", "--port \"1e3\" is not a number from 0 to 65535" + HELP),
                List.of("--id|7|--port|0|--lease", "--lease TIME: the value is missing" + HELP),
                List.of("--id|7|--port|0|--lease|0.1", "--lease \"0.1\"" + lease), // seconds, as with lock -w
                List.of("--id|7|--port|0|--lease|601", "--lease \"601\"" + lease),
                List.of("--id|7|--port|0|--lease|NaN", "--lease \"NaN\"" + lease),
                List.of("--id|7|--port|0|--lease|+5s", "--lease \"+5s\"" + lease),
                List.of("--id|7|--port|0|--lease|\u0665s", "--lease \"\u0665s\"" + lease),
                List.of("--id|\u0667|--port|0", "--id \"\u0667\"" + range + HELP),
                List.of("--id|7|--port|\u0660", "--port \"\u0660\" is not a number from 0 to 65535" + HELP),
                List.of("--id|+7|--port|0", "--id \"+7\"" + range + HELP),
                List.of("--id|0x7|--port|0", "--id \"0x7\"" + range + HELP),
                List.of("--id=|--port|0", "--id \"\"" + range + HELP),
                List.of("--id|7|--port=", "--port \"\" is not a number from 0 to 65535" + HELP),
                List.of("--id|\"7\"|--port|0", "--id \"\"7\"\"" + range + HELP), // picocli takes no quotes off
                List.of("--po|0|--id|7", "unknown option \"--po\"; did you mean \"--port\"?"),
                List.of("stats", "unknown command \"stats\"; did you mean \"status\"?"),
                List.of("replay-it", "unknown command \"replay-it\"; did you mean \"replay\"?"),
                List.of("xyzzy", "unknown command \"xyzzy\"; to start a peer write for example --id 1 --port 5001 localhost:5000" + HELP),
                List.of("--id|7|--port|0|status", "\"status\" is a command and cannot follow a peer's options; write it first, or leave it out" + HELP),
                List.of("@words", "unknown command \"@words\"; to start a peer write for example --id 1 --port 5001 localhost:5000" + HELP),
                List.of("--id|7|--port|0|--lease|", "--lease \"\"" + lease),
                List.of("--id|7|--port|0|--lease|-1s", "--lease \"-1s\"" + lease),
                List.of("--id|7|--port|0|--lease|199ms", "--lease \"199ms\"" + lease),
                List.of("--id|7|--port|0|--lease|0.4ms", "--lease \"0.4ms\"" + lease),
                List.of("--id|7|--port|0|--lease|11m", "--lease \"11m\"" + lease),
                List.of("--id|7|--port|0|--lease|1e99s", "--lease \"1e99s\"" + lease),
                List.of("--id|7|--port|0|--lease|5s|--lease|5s", "--lease is given twice; give it once" + HELP),
                List.of("--id|1|--pot|5001", "unknown option \"--pot\"; did you mean \"--port\"?"),
                List.of("--id|1|--peer-file|p", "unknown option \"--peer-file\"; did you mean \"--peers-file\"?"),
                List.of("--id|1|--zzz", "unknown option \"--zzz\"" + HELP),
                List.of("--id|1|--port|0|--log", "--log FILE: the value is missing" + HELP),
                List.of("--id|1|--port|0|--log|", "--log \"\": the name is empty; write one, or leave the option out" + HELP),
                List.of("--id|1|--port|0|--state|", "--state \"\": the name is empty; write one, or leave the option out" + HELP),
                List.of("--id|1|--peers-file|", "--peers-file \"\": the name is empty; write one, or leave the option out" + HELP),
                List.of("--id|7|--port|0|--host|a b", "host \"a b\" is not a name or address, e.g. \"localhost\"" + HELP),
                List.of("--id|7|--port|0|--host|[::1", "host \"[::1\" is not a name or address, e.g. \"localhost\"" + HELP),
                List.of("--id|7|--port|0|--host|0.0.0.0",
                        "--host 0.0.0.0 stands for every address of a machine, so the others cannot dial it; write a name or address "
                                + "of this machine that they know, e.g. --host db1 --listen 0.0.0.0" + HELP),
                List.of("--id|7|--port|0|--host|192.0.2.1",
                        "--host 192.0.2.1 is reachable from other machines, and nothing is encrypted; add --tls-cert, --tls-key and --tls-ca, "
                                + "or --insecure if the network is trusted" + HELP),
                List.of("--id|7|--port|0|--listen|0.0.0.0",
                        "--listen 0.0.0.0 is reachable from other machines, and nothing is encrypted; add --tls-cert, --tls-key and --tls-ca, "
                                + "or --insecure if the network is trusted" + HELP),
                List.of("--id|7|--port|0|--listen|*:5001", "--listen: \"*:5001\" is not \"host:port\", e.g. \"localhost:5001\""
                        + "; every address of this machine is 0.0.0.0, with IPv6 [::]" + HELP),
                List.of("--id|7|--port|0|0.0.0.0:5002", "\"0.0.0.0:5002\": 0.0.0.0 stands for every address of a machine; "
                        + "write the name or address that the peer there is known by" + HELP),
                List.of("--id|1|--port|0|localhost", "\"localhost\" is not \"host:port\", e.g. \"localhost:5001\"" + HELP),
                List.of("--id|1|--port|0|localhost:", "in \"localhost:\": port \"\"" + range + HELP),
                List.of("--id|1|--port|0|localhost:70000", "in \"localhost:70000\": port \"70000\"" + range + HELP),
                List.of("--id|1|--port|0|::1:50", "\"::1:50\" is not \"host:port\", e.g. \"localhost:5001\" or \"[::1]:5001\"" + HELP),
                List.of("--id|1|--port|0|\u001b[31mx:1", "\"?[31mx:1\" is not \"host:port\", e.g. \"localhost:5001\"" + HELP),
                List.of("--id|1|--port|0|h:1|H:1", "h:1 is named twice; name each peer once" + HELP),
                List.of("--id|1|--port|0|--peers-file|p|h:1",
                        "peers are named both on the command line and by --peers-file p; leave one out" + HELP),
                List.of("--id|7|--port|0|--discover", "--discover HOW: the value is missing" + HELP),
                List.of("--id|7|--port|0|--discover|", "--discover: \"\"" + ways + HELP),
                List.of("--id|7|--port|0|--discover|consul", "--discover: \"consul\"" + ways + HELP),
                List.of("--id|7|--port|0|--discover|serf:", "--discover: \"serf:\"" + ways + HELP),
                List.of("--id|7|--port|0|--discover|serf:here", "--discover: \"here\" is not \"host:port\", e.g. \"localhost:5001\"" + HELP),
                List.of("--id|7|--port|0|--discover|dns:", "--discover: \"\"" + dns + HELP),
                List.of("--id|7|--port|0|--discover|dns:a b", "--discover: \"a b\"" + dns + HELP),
                List.of("--id|7|--port|0|--discover|dns:a@", "--discover: host \"\" is not a name or address, e.g. \"localhost\"" + HELP),
                List.of("--id|7|--discover|serf", "--port is missing; write for example --port 5001" + HELP),
                List.of("--id|7|--port|0|--discover|serf|h:1|h:2", "--discover finds the peers; leave out h:1 h:2, or --discover" + HELP),
                List.of("--id|7|--port|0|--discover|serf|--peers-file|p", "--discover finds the peers; leave out --peers-file p, or --discover" + HELP),
                List.of("--id|7|--port|0|--expect|3", "--expect is for peers that find each other; add --discover, or leave it out" + HELP),
                List.of("--id|7|--port|0|--discover|serf|--expect|1", "--expect \"1\" is not a number of peers from 2 to 64" + HELP),
                List.of("--id|7|--port|0|--discover|serf|--expect|x", "--expect \"x\" is not a number of peers from 2 to 64" + HELP),
                List.of("demo|x", "unexpected argument \"x\"" + HELP));
    }

    /** A check of nothing finds no fault; that must not look as if all were right. */
    @ParameterizedTest
    @ValueSource(strings = {"", "{\"in\":1,\"peer\":1,\"wall\":17", "header"})
    void aLogWithoutEventsIsNoCheckedRun(String content) throws Exception {
        String header;
        try (var lines = Files.lines(ROOT.resolve("docs/logs/peer-1.jsonl"))) {
            header = lines.findFirst().orElseThrow() + "\n";
        }
        String log = Files.writeString(folder.resolve("empty.log"), content.equals("header") ? header : content).toString();
        for (String command : List.of("trace", "replay")) {
            InProcess said = InProcess.run(command, log);
            assertEquals(65, said.code(), said::toString);
            assertTrue(said.err().matches("(?s).*" + command + ": [^\n]*no events[^\n]*\n"), said::toString);
            assertFalse(said.out().contains("check:") || said.out().contains("the same as"), said::toString);
        }
        InProcess beside = InProcess.run("trace", log, ROOT.resolve("docs/logs/peer-1.jsonl").toString());
        assertEquals(0, beside.code(), beside::toString);
        assertTrue(beside.out().contains(log + ": no events; what that peer did is not checked\n"), beside::toString);
    }

    @ParameterizedTest
    @CsvSource({"status", "watch", "locks"})
    void aHostThatIsNotKnownIsNamed(String command) throws Exception {
        InProcess said = InProcess.run(command, "--peer", "no-such-host.invalid:5001");
        assertEquals(75, said.code(), said::toString);
        assertTrue(said.err().matches(command + ": no peer at no-such-host\\.invalid:5001 \\(host \"no-such-host\\.invalid\" "
                + "(is not known|cannot be looked up now: no name server answers)\\); [^\n]*\n"), said::toString);
    }

    /** What the systems say of it is theirs. */
    @ParameterizedTest
    @CsvSource({"Name or service not known, is not known", "No address associated with hostname, is not known", "nodename nor servname provided, is not known",
        "Temporary failure in name resolution, cannot be looked up now: no name server answers", "Try again, cannot be looked up now: no name server answers"})
    void whatTheResolverSaysIsNoPartOfTheName(String said, String told) {
        UnknownHostException error = new UnknownHostException("db1: " + said);
        assertEquals("host \"db1\" " + told, Lookups.unresolved("db1", error));
        assertEquals("host \"db1\" " + told, NetworkErrorText.inOneLine(
                Status.UNAVAILABLE.withDescription("Unable to resolve host db1").withCause(error).asRuntimeException()));
    }

    @ParameterizedTest
    @MethodSource("commandLines")
    void aWrongCommandLineIsWrongUsage(List<String> row) throws Exception {
        Path log = folder.resolve("log.json");
        String[] words = row.get(0).isEmpty() ? new String[0] : row.get(0).split("\\|", -1);
        boolean plain = !row.get(0).contains("--log") && words.length > 0 && !words[0].equals("demo") && !words[words.length - 1].startsWith("--");
        assertFails(64, row.get(1), plain ? Stream.concat(Stream.of("--log", log.toString()), Stream.of(words)).toArray(String[]::new) : words);
        assertFalse(Files.exists(log), "a log file was made");
    }

    /** What a peers file says, for peer 1, and the line that answers it. */
    static Stream<List<String>> peersFiles() {
        return Stream.of(
                List.of("1 localhost\n", ":1: \"localhost\" is not \"host:port\", e.g. \"localhost:5001\""),
                List.of("x localhost:1\n", ":1: \"x localhost:1\" is not \"host:port\" or \"id host:port\", e.g. \"1 localhost:5001\""),
                List.of("1 localhost:1 x\n", ":1: \"1 localhost:1 x\" is not \"host:port\" or \"id host:port\", e.g. \"1 localhost:5001\""),
                List.of("1 h:5001\n1 h:5002\n", ":2: peer 1 is already at h:5001; give each peer an id of its own"),
                List.of("1 h:5001\n2 h:5001\n", ":2: h:5001 is already peer 1; write each peer once"),
                List.of("0 h:1\n", ":1: id 0 is not a number from 1 to 65535"),
                List.of("# one\n\n1 h:1\n2 h:\n", ":4: in \"h:\": port \"\" is not a number from 1 to 65535"),
                List.of("1 h:1\r\n2 h:70000\r\n", ":2: in \"h:70000\": port \"70000\" is not a number from 1 to 65535"),
                List.of("\ufeff1 h:1\n2 ::1:50", ":2: \"::1:50\" is not \"host:port\", e.g. \"localhost:5001\" or \"[::1]:5001\""),
                List.of("\0\1\2", ":1: \"???\" is not \"host:port\", e.g. \"localhost:5001\""),
                List.of("x".repeat((1 << 20) + 1), ": is larger than 1 MiB; a peers file has one line per peer"),
                List.of(lines(65), ":65: more than 64 peers; every entry costs a message to each"));
    }

    private static String lines(int peers) {
        return String.join("\n", IntStream.rangeClosed(1, peers).mapToObj(id -> id + " localhost:" + (6_000 + id)).toList());
    }

    @ParameterizedTest
    @MethodSource("peersFiles")
    void aWrongPeersFileIsNamedWithItsLine(List<String> row) throws Exception {
        Path file = Files.writeString(folder.resolve("peers"), row.get(0));
        assertFails(78, file + row.get(1), "--id", "1", "--peers-file", file.toString());
    }

    @Test
    void aPeersFileThatCannotBeReadIsNamed() throws Exception {
        String file = folder.resolve("peers").toString();
        assertFails(78, file + ": cannot be read (it does not exist); name another with --peers-file, or list the peers as host:port",
                "--id", "1", "--peers-file", file);
        assertFails(78, folder + ": is a directory; name a file of \"host:port\" lines", "--id", "1", "--peers-file", folder.toString());
        Files.write(Path.of(file), new byte[] {(byte) 0xc3, 0x28, '\n'});
        assertFails(78, file + ": is not text in UTF-8; write lines like \"localhost:5001\"", "--id", "1", "--peers-file", file);
        for (String empty : List.of("", "# only\n")) {
            Files.writeString(Path.of(file), empty);
            assertFails(64, "--port is missing, and " + file + " has no peer 1; write for example --port 5001" + HELP,
                    "--id", "1", "--peers-file", file);
        }
        Files.writeString(Path.of(file), "1 localhost:5001\n");
        assertFails(78, file + ": peer 1 is at localhost:5001 there, but at localhost:5003 on the command line; "
                + "leave --host and --port out, or correct the file", "--id", "1", "--port", "5003", "--peers-file", file);
        assertFails(78, file + ": localhost:5001 is peer 1 there, but this peer has --id 3; correct one of them",
                "--id", "3", "--port", "5001", "--peers-file", file);
    }

    @Test
    void aHostThatIsNotKnownOrNotHereIsNamed() throws Exception {
        String unknown = "host \"no-such.invalid\" is not known; write a name or address of this machine after --host";
        assertFails(78, unknown, "--id", "7", "--port", "0", "--host", "no-such.invalid");
        assertFails(78, unknown, "--id", "7", "--port", "0", "--host", "no-such.invalid", "--insecure");
        assertFails(78, "192.0.2.1:0 cannot be listened on (Cannot assign requested address); "
                + "write an address of this machine after --listen, or another --port", "--id", "7", "--port", "0", "--host", "192.0.2.1", "--insecure");
    }

    @Test
    void aLogOrStateThatCannotBeUsedIsNamed() throws Exception {
        assertFails(78, "--log " + folder + ": cannot be written (Is a directory); name a file in a folder that is there",
                "--id", "7", "--port", "0", "--log", folder.toString());
        Path file = Files.writeString(folder.resolve("file"), "");
        assertFails(78, "--state " + file + ": is a file; name a folder, or one that is to be made",
                "--id", "7", "--port", "0", "--state", file.toString());
    }

    @Test
    void aCorruptStateIsLeftAsItIsAndThePortFree() throws Exception {
        int port = PeerProcesses.ports(1)[0];
        Path state = Files.writeString(folder.resolve("peer-7.json"), "{\"group\": 7");
        InProcess peer = InProcess.run("--id", "7", "--port", "" + port, "--state", folder.toString());
        assertEquals(78, peer.code(), peer::toString);
        assertTrue(peer.err().matches("peer: \\Q" + state + "\\E: this peer's state cannot be read \\(.*\\); restore the file, or, "
                + "to begin a new group, stop all its peers and delete the file of each, here by: rm \\Q" + state + "\\E\n"), peer::toString);
        assertEquals("{\"group\": 7", Files.readString(state));
        new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
    }

    @Test
    void filesOfAnEarlierReleaseGetTheirNewNameOrItIsSaidWhichOnesAreMeant() throws Exception {
        int port = PeerProcesses.ports(1)[0];
        String[] start = {"--id", "7", "--port", "" + port, "--state", folder.toString()};
        Path elsewhere = Files.writeString(folder.resolve("peer-7-localhost_1.json"), "{}");
        Files.writeString(folder.resolve("peer-7-localhost_1.tenants"), "");
        Files.writeString(folder.resolve("peer-70-localhost_1.json"), "{}"); // of another peer
        Files.writeString(folder.resolve("peer-7-localhost_2.json"), "{}");
        assertFails(78, folder + " has the state of several peers with this id, of an earlier release: [peer-7-localhost_1, "
                + "peer-7-localhost_2]; move those of other groups away, each as by: mv " + elsewhere + " " + elsewhere + ".away", start);
        Files.delete(folder.resolve("peer-7-localhost_2.json"));
        Files.writeString(elsewhere, "spoiled"); // so that the peer goes no further
        InProcess moved = InProcess.run(start);
        assertEquals(78, moved.code(), moved::toString);
        assertEquals("spoiled", Files.readString(folder.resolve("peer-7.json")));
        assertTrue(Files.exists(folder.resolve("peer-7.tenants")), "who was inside when it died is remembered at the new address, too");
        assertTrue(moved.err().contains("peer-7-localhost_1.json, is " + folder.resolve("peer-7.json") + " from now on"), moved::toString);
        Path own = Files.writeString(folder.resolve("peer-7-localhost_" + port + ".json"), "{}");
        assertFails(78, "both " + folder.resolve("peer-7.json") + " and " + own.getFileName() + ", of an earlier release, may be this "
                + "peer's state; move the one of another group away, the older one by: mv " + own + " " + own + ".away", start);
    }

    /** Whoever forgets that "localhost:5001" is this one would wait for a group that never comes. */
    @Test
    @Tag("slow")
    void aPeerThatIsGivenItsOwnAddressOnlySaysThatItIsAlone() throws Exception {
        try (PeerProcesses peers = new PeerProcesses(folder)) {
            int[] ports = PeerProcesses.ports(2);
            String own = "localhost:" + ports[0];
            String line = own + " is this peer's own address, so it starts alone; name the addresses of other peers\n";
            Running alone = peers.start("--id", "1", "--port", "" + ports[0], "--state", folder.toString(), own);
            alone.await(line);
            alone.close();
            Running both = peers.start("--id", "1", "--port", "" + ports[0], "--state", folder.resolve("both").toString(), own, "localhost:" + ports[1]);
            both.await("listens on");
            both.say("status").await("localhost:" + ports[1]);
            assertFalse(both.out().contains("own address"), both::toString);
        }
    }

    /** Another user's, say, in /tmp: whoever opens it waits for a writer that never comes. */
    @Test
    @Tag("slow")
    void aPipeWhereAFileShouldBeIsRefusedAtOnce() throws Exception {
        try (PeerProcesses peers = new PeerProcesses(folder)) {
            Path state = Files.createDirectory(folder.resolve("state"));
            assertEquals(0, peers.sh("mkfifo peers.txt state/peer-2.json state/peer-3.lock").exit());
            String file = "cannot be read \\(it is no regular file\\); name ";
            Map<List<String>, String> refused = Map.of(
                    List.of("--id", "1"), "peers.txt: " + file + "another with --peers-file, or list the peers as host:port\n",
                    List.of("--id", "1", "--peers-file", folder + "/peers.txt"), ".*/peers.txt: " + file + "another with --peers-file, .*\n",
                    List.of("--id", "1", "--port", "0", "localhost:1", "--tls-cert", "peers.txt", "--tls-key", "peers.txt", "--tls-ca", "peers.txt"),
                    "--tls-cert peers.txt: " + file + "a file in PEM form\n",
                    List.of("--id", "2", "--port", "0", "localhost:1"), ".*/peer-2.json: is no regular file where this peer's state would be; move it away by: .*\n",
                    List.of("--id", "3", "--port", "0", "localhost:1"), ".*/peer-3.lock: cannot be opened \\(it is no regular file\\), .*\n");
            for (Map.Entry<List<String>, String> each : refused.entrySet()) {
                Running peer = peers.start(Stream.concat(each.getKey().stream(), Stream.of("--no-shell", "--state", state.toString())).toArray(String[]::new));
                assertTrue(Set.of(64, 78).contains(peer.exit(10_000)), peer::toString);
                assertTrue(peer.err().matches("peer: " + each.getValue()), peer::toString);
            }
        }
    }

    @Test
    @Tag("slow")
    void aPipeThatIsMeantIsWaitedForAndThatIsSaid() throws Exception {
        try (PeerProcesses peers = new PeerProcesses(folder)) {
            int[] ports = PeerProcesses.ports(2);
            Running peer = peers.start("--id", "1", "--no-shell", "--state", folder.toString(), "--peers-file", "/dev/stdin");
            peer.awaitError("^waiting for /dev/stdin$");
            peer.tell("1 localhost:" + ports[0] + "\n2 localhost:" + ports[1]).hangUp().await("listens on localhost:" + ports[0]);
        }
    }

    /** A file that is read because of where somebody stands may be another's. */
    @Test
    @Tag("slow")
    void aPeersFileThatNobodyNamedIsSaidAndHowToPassItOver() throws Exception {
        try (PeerProcesses peers = new PeerProcesses(folder)) {
            int[] ports = PeerProcesses.ports(3);
            Files.writeString(folder.resolve("peers.txt"), "1 localhost:" + ports[0] + "\n2 localhost:" + ports[1] + "\n3 localhost:" + ports[2] + "\n");
            String[] start = {"--id", "1", "--no-shell", "--state", folder.toString()};
            peers.start(start).await("peers.txt in this folder names the other peers: localhost:" + ports[1] + ", localhost:" + ports[2]
                    + "; to pass it over, name them on the command line\n");
            Running named = peers.start("--id", "2", "--no-shell", "--state", folder.toString(), "--peers-file", "peers.txt");
            assertFalse(named.await("(?s)listens on.*linked").group().contains("peers.txt"), named::toString);
        }
    }

    @Test
    @Tag("slow")
    void twoPeersDoNotShareTheirMemory() throws Exception {
        try (PeerProcesses peers = new PeerProcesses(folder)) {
            Running first = peers.start("--id", "7", "--port", "0", "--state", folder.toString(), "--no-shell");
            first.await("listens on");
            assertFails(78, "a peer with id 7 runs already with its state in " + folder + " (process " + first.pid() + "); give this one another --id, or, as a peer of "
                    + "another group, --state with a folder of its own", "--id", "7", "--port", "0", "--state", folder.toString());
            first.close();
            first.exit();
            Running next = peers.start("--id", "7", "--port", "0", "--state", folder.toString(), "--no-shell");
            next.await("listens on");
        }
    }

    @Test
    @Tag("slow")
    void aPortInUseOrMissingIsNamedByAProcessOfItsOwnToo() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("localhost")); PeerProcesses peers = new PeerProcesses(folder)) {
            String line = "localhost:" + taken.getLocalPort() + " is in use: another program listens there; choose another --port";
            assertFails(78, line, "--id", "7", "--port", "" + taken.getLocalPort());
            Running peer = peers.start("--id", "1", "--port", "" + taken.getLocalPort(), "--state", folder + "/state");
            assertEquals(78, peer.exit(), peer::toString);
            assertEquals("peer: " + line + "\n", peer.err());
            assertEquals("", peer.out());
            assertFalse(Files.exists(folder.resolve("state")));
            Running noPort = peers.start("--id", "1"); // where no peers.txt is
            assertEquals(64, noPort.exit(), noPort::toString);
            assertEquals("peer: --port is missing; write for example --port 5001" + HELP + "\n", noPort.err());
        }
    }

    @Test
    @Tag("slow")
    void harmlessOdditiesOfAPeersFileAreAccepted() throws Exception {
        try (PeerProcesses peers = new PeerProcesses(folder)) {
            int port = PeerProcesses.ports(1)[0];
            // A byte order mark, CR LF, tabs, a comment, and no end of the last line; the id is enough to know the port.
            Files.write(folder.resolve("peers"), ("\ufeff# two\r\n1\tlocalhost:9 \r\n2 LOCALHOST:" + port + " # me").getBytes(StandardCharsets.UTF_8));
            Running peer = peers.start("--id", "2", "--peers-file", "peers", "--state", "state").say("quit");
            assertEquals(0, peer.exit(), peer::toString);
            assertEquals("peer 2 listens on localhost:" + port + "\n", peer.out());
        }
    }

    private void assertFails(int code, String line, String... args) throws Exception {
        InProcess peer = InProcess.run(args);
        assertEquals((List.of(args).contains("demo") ? "demo: " : "peer: ") + line + "\n", peer.err());
        assertEquals("", peer.out());
        assertEquals(code, peer.code());
    }

    /** What follows lock and hold, and the line that answers it; nobody is asked, as port 1 has no peer. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "a,a|lock \"a\" is named twice; name it once, with the stronger mode",
        "a:shared,b,a|lock \"a\" is named twice; name it once, with the stronger mode",
        "a:7/3|7/3 is not W/K, W of K units, with 1 <= W <= K <= 1000000",
        "a:0/3|0/3 is not W/K, W of K units, with 1 <= W <= K <= 1000000",
        "a:-1/3|\"-1/3\" is none of exclusive, shared, kind=NAME, W/K",
        "a:1/1000001|1/1000001 is not W/K, W of K units, with 1 <= W <= K <= 1000000",
        "a:1/99999999999999999999|\"1/99999999999999999999\" is none of exclusive, shared, kind=NAME, W/K",
        "a:mode=x|\"mode=x\" is none of exclusive, shared, kind=NAME, W/K",
        "a:kind=|a kind is 1 to 32 of A-Z a-z 0-9 . _ -",
        "a:kind=x y|a kind is 1 to 32 of A-Z a-z 0-9 . _ -",
        "a,|lock name \"\": use 1 to 128 of a-z A-Z 0-9 . _ : / -",
        ",a|lock name \"\": use 1 to 128 of a-z A-Z 0-9 . _ : / -",
        ":shared|lock name \"\": use 1 to 128 of a-z A-Z 0-9 . _ : / -",
        "a, b|lock name \" b\": use 1 to 128 of a-z A-Z 0-9 . _ : / -",
        "a=b|lock name \"a=b\": use 1 to 128 of a-z A-Z 0-9 . _ : / -",
        "a,.group:shared|lock name \".group\": names with a dot first are the group's own",
        "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q|17 locks are more than the 16 that one request may name",
        "-s --kind red a|--shared and --kind do not go together; a mode of its own stands behind a lock: a:shared,b:2/8",
        "-s -x a|--shared and --exclusive do not go together; a mode of its own stands behind a lock: a:shared,b:2/8",
        "a --units 4 -s|--units and --shared do not go together; a mode of its own stands behind a lock: a:shared,b:2/8",
        "--units 0 a|--units \"0\" is not a number from 1 to 1000000",
        "--units -3 a|--units \"-3\" is not a number from 1 to 1000000",
        "--units 1.5 a|--units \"1.5\" is not a number from 1 to 1000000",
        "--units 1000001 a|--units \"1000001\" is not a number from 1 to 1000000",
        "--units 3 --take 4 a|4/3 is not W/K, W of K units, with 1 <= W <= K <= 1000000",
        "--units 3 --take 0 a|--take \"0\" is not a number from 1 to 1000000",
        "--take 2 a|--take W goes with --units K, the size of the pool",
        "--kind a/b a|a kind is 1 to 32 of A-Z a-z 0-9 . _ -",
    })
    void modesThatAreNone(String words, String line) throws Exception {
        for (String verb : List.of("lock", "hold")) {
            List<String> all = new ArrayList<>(List.of(verb, "--peer", "localhost:1"));
            all.addAll(words.startsWith("-") || words.contains(" -") ? List.of(words.split(" ")) : List.of(words));
            if (verb.equals("lock")) {
                all.addAll(List.of("--", "true"));
            }
            InProcess said = InProcess.run(all.toArray(String[]::new));
            assertEquals(64, said.code(), said::toString);
            assertEquals(verb + ": " + line + HELP + "\n", said.err());
        }
    }

    @Test
    void onceAPeriodGoesWithOneExclusiveLock() throws Exception {
        for (List<String> words : List.of(List.of("a,b"), List.of("-s", "a"), List.of("a:1/2"))) {
            List<String> all = new ArrayList<>(List.of("lock", "--peer", "localhost:1", "--once-per", "1h"));
            all.addAll(words);
            all.addAll(List.of("--", "true"));
            InProcess said = InProcess.run(all.toArray(String[]::new));
            assertEquals(64, said.code(), said::toString);
            assertEquals("lock: --once-per takes one exclusive lock, as whoever holds that is who runs" + HELP + "\n", said.err());
        }
        for (List<String> words : List.of(List.of("--retry-failed"), List.of("--once-per", "0"), List.of("--once-per", "366000h"), List.of("--once-per", "soon"), List.of("--once-per", "-5"))) {
            List<String> all = new ArrayList<>(List.of("lock", "--peer", "localhost:1"));
            all.addAll(words);
            all.addAll(List.of("a", "--", "true"));
            InProcess said = InProcess.run(all.toArray(String[]::new));
            assertEquals(64, said.code(), said::toString);
            assertTrue(said.err().matches("lock: --(retry-failed goes with --once-per TIME|once-per) ?[^\n]*\n"), said.err());
        }
    }

    public static void main(String[] args) {
        Run.only(BadInputTest.class);
    }
}
