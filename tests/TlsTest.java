///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Closing.java support/Eventually.java support/FreePorts.java
//SOURCES support/InProcess.java support/Jvm.java support/Neighbour.java support/PeerProcesses.java
//SOURCES support/RawPeer.java support/Running.java support/Voice.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.stub.StreamObserver;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import mutex.MutexGrpc;
import mutex.MutexProto.HoldEvent;
import mutex.MutexProto.HoldRequest;
import mutex.MutexProto.LinkMessage;
import mutex.MutexProto.StatusRequest;
import mutex.client.Mutex;
import mutex.client.NotAcquired;
import mutex.transport.CertificateMaker;
import mutex.transport.CertificateMaker.Order;
import mutex.transport.EventLoop;
import mutex.transport.Tls;
import mutex.transport.TlsFiles;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tests.support.Closing;
import tests.support.Eventually;
import tests.support.InProcess;
import tests.support.Neighbour;
import tests.support.PeerProcesses;
import tests.support.Running;
import tests.support.Voice;

/** Who may connect with TLS and who not; a refusal is said in one line, and the others go on. */
@Timeout(120)
class TlsTest {

    @TempDir
    static Path certs; // of one CA, with an expired certificate in "old"
    @TempDir
    static Path foreign; // of another CA
    @TempDir
    private Path folder;
    @AutoClose
    private final Closing open = new Closing();
    private final Voice files = new Voice(); // what TLS itself says, at any peer

    @BeforeAll
    static void makeCertificates() throws Exception {
        InProcess made = InProcess.run("certs", certs.toString(), "1", "2", "3");
        assertEquals(0, made.code(), made::toString);
        assertEquals(5, made.out().lines().count(), made::toString);
        made = InProcess.run("certs", foreign.toString(), "1", "3");
        assertEquals(0, made.code(), made::toString);
        Path old = Files.createDirectory(certs.resolve("old"));
        for (String ca : List.of("ca.pem", "ca.key")) {
            Files.copy(certs.resolve(ca), old.resolve(ca), StandardCopyOption.COPY_ATTRIBUTES);
        }
        new CertificateMaker(old).make(List.of(new Order(3, List.of(), "-10d", 3)));
    }

    /** The same as options. */
    private static String[] options(Path folder, String name, String... words) {
        TlsFiles files = files(folder, name);
        return Stream.concat(Stream.of(words).limit(1), Stream.concat(Stream.of("--tls-cert", files.cert().toString(),
                "--tls-key", files.key().toString(), "--tls-ca", files.ca().toString()), Stream.of(words).skip(1))).toArray(String[]::new);
    }

    @Test
    @Tag("slow")
    void aCommandRunsUnderALockOfAPeerThatWantsTls() {
        Neighbour one = pair().get(0);
        try (PeerProcesses programs = new PeerProcesses(folder)) {
            Running run = programs.start(options(certs, "client", "lock", "--peer", one.endpoint(), "tls", "-c", "echo $MUTEX_FENCE; exit 7"));
            assertEquals(7, run.exit(), run::toString);
            assertTrue(run.out().matches("\\d+\n"), run::toString);
            Running look = programs.start(options(certs, "client", "status", "--peer", one.endpoint()));
            assertEquals(0, look.exit(), look::toString);
            assertTrue(look.out().startsWith("peer 1 at " + one.endpoint()), look::toString);
            Running hold = programs.start(options(certs, "client", "hold", "--peer", one.endpoint(), "tls"));
            hold.await("^\\d+$");
            Running second = programs.start(options(certs, "client", "lock", "-n", "--peer", one.endpoint(), "tls", "true"));
            assertEquals(1, second.exit(), second::toString);
            hold.signal("TERM");
            assertEquals(0, hold.exit(), hold::toString);
        }
    }

    /** The CA is from a moment ago, so less than 3,650 whole days are left of it. */
    @ParameterizedTest
    @ValueSource(strings = {"9", "client"})
    void noCertificateOutlivesItsCa(String whose) throws Exception {
        byte[] client = Files.readAllBytes(certs.resolve("client.pem"));
        InProcess made = InProcess.run("certs", certs.toString(), whose, "--renew", "--days", "3650");
        assertEquals(78, made.code(), made::toString);
        assertTrue(made.out().isEmpty() && made.err().matches(".*ca\\.pem: the CA ends on \\d{4}-\\d\\d-\\d\\d, before a certificate of "
                + "3650 days; give --days 3649 at most, or use a new folder, for a new CA\n"), made::toString);
        assertFalse(Files.exists(certs.resolve("peer-9.pem")));
        assertArrayEquals(client, Files.readAllBytes(certs.resolve("client.pem")));
    }

    @Test
    @Tag("slow")
    void aCommandThatCannotConnectIsNotRunAndToldWhy() {
        Neighbour one = pair().get(0);
        try (PeerProcesses programs = new PeerProcesses(folder)) {
            Running bare = programs.start("lock", "--peer", one.endpoint(), "tls", "--", "echo", "run");
            assertEquals(75, bare.exit(), bare::toString);
            assertTrue(bare.out().isEmpty() && bare.err().matches("(?s).*requires? TLS.*") && bare.err().lines().count() == 1, bare::toString);
            Running strange = programs.start(options(foreign, "client", "lock", "--peer", one.endpoint(), "tls", "--", "echo", "run"));
            assertEquals(75, strange.exit(), strange::toString);
            assertTrue(strange.out().isEmpty() && strange.err().lines().count() == 1, strange::toString);
            Running half = programs.start("lock", "--tls-cert", certs.resolve("client.pem").toString(), "tls", "--", "echo", "run");
            assertEquals(78, half.exit(), half::toString);
            assertTrue(half.err().contains("--tls-key is missing"), half::toString);
        }
    }

    private static TlsFiles files(Path folder, String name) {
        return new TlsFiles(folder.resolve(name + ".pem"), folder.resolve(name + ".key"), folder.resolve("ca.pem"));
    }

    /** A peer that shows the certificate of that name; null: one without TLS. */
    private Neighbour peer(int id, int port, TlsFiles shows, String... others) {
        EventLoop loop = open.add(new EventLoop(shows == null ? null : open.add(Tls.of(shows, files))));
        return open.add(new Neighbour(loop, folder, id, port, others));
    }

    /** Peers 1 and 2, in a group, and peer 1 holds a lock as long as the test lasts. */
    private List<Neighbour> pair() {
        int port = Neighbour.freePort();
        Neighbour one = peer(1, 0, files(certs, "peer-1"), "localhost:" + port);
        Neighbour two = peer(2, port, files(certs, "peer-2"), one.endpoint());
        return List.of(one.awaitGroupOf(2), two.awaitGroupOf(2));
    }

    /** A client of gRPC's own making. */
    private ManagedChannel client(Neighbour peer, ChannelCredentials credentials) {
        ManagedChannel channel = Grpc.newChannelBuilder(peer.endpoint(), credentials).build();
        open.add(channel::shutdownNow);
        return channel;
    }

    private static TlsChannelCredentials.Builder believing(Path folder) throws IOException {
        return TlsChannelCredentials.newBuilder().trustManager(folder.resolve("ca.pem").toFile());
    }

    private static ChannelCredentials showing(Path folder, String name) throws IOException {
        return believing(certs).keyManager(file(folder, name + ".pem"), file(folder, name + ".key")).build();
    }

    private static File file(Path folder, String name) {
        return folder.resolve(name).toFile();
    }

    private static Status status(ManagedChannel channel) {
        try {
            MutexGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS).status(StatusRequest.getDefaultInstance());
            return Status.OK;
        } catch (io.grpc.StatusRuntimeException e) {
            return e.getStatus();
        }
    }

    private static void assertRefused(ManagedChannel channel) {
        Status status = status(channel);
        assertEquals(Status.Code.UNAVAILABLE, status.getCode(), () -> status + ": " + status.getCause());
    }

    @Test
    void threePeersTakeTurns() {
        List<Neighbour> pair = pair();
        Neighbour three = peer(3, 0, files(certs, "peer-3"), pair.get(0).endpoint()).awaitGroupOf(3);
        for (int i = 0; i < 10; i++) {
            List.of(pair.get(0), pair.get(1), three).forEach(peer -> peer.takeTurn("turns"));
        }
        assertEquals(List.of(), files.lines(""));
    }

    /** No state file is written yet: the certificate alone says that it is peer 2. */
    @Test
    void aMemberThatMovedComesBackOnTheWordOfItsCertificate() {
        List<Neighbour> pair = pair();
        pair.get(1).close();
        Neighbour moved = peer(2, 0, files(certs, "peer-2"), pair.get(0).endpoint()).awaitGroupOf(2);
        assertEquals(moved.endpoint(), pair.get(0).look().node().group().members().get(2));
        List.of(pair.get(0), moved).forEach(peer -> peer.takeTurn("turns"));
    }

    @Test
    void aPeerOfAnotherCaIsRefusedAndBothSidesSaySo() {
        List<Neighbour> pair = pair();
        Neighbour stranger = peer(3, 0, files(foreign, "peer-3"), pair.get(0).endpoint());
        stranger.voice.await("no link to " + pair.get(0).endpoint() + ": the certificate of \"CN=peer-1\" is not by a CA that --tls-ca names");
        assertRefused(client(pair.get(0), showing3(foreign)));
        files.await("a caller is refused: the certificate of \"CN=peer-3\" is not by a CA that --tls-ca names");
        pair.forEach(Neighbour::isWell);
        assertFalse(pair.get(0).linkedTo(3));
    }

    private static ChannelCredentials showing3(Path folder) {
        try {
            return showing(folder, "peer-3");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anExpiredCertificateIsRefusedAtEitherSide() throws Exception {
        List<Neighbour> pair = pair();
        assertRefused(client(pair.get(0), showing(certs.resolve("old"), "peer-3")));
        files.await("a caller is refused: the certificate of \"CN=peer-3\" expired on ");
        Server expired = Grpc.newServerBuilderForPort(0, TlsServerCredentials.create(
                file(certs, "old/peer-3.pem"), file(certs, "old/peer-3.key"))).build().start();
        open.add(expired::shutdownNow);
        pair.get(0).peer.loop().requests().add("localhost:" + expired.getPort(), answer -> { });
        pair.get(0).voice.await("no link to localhost:" + expired.getPort() + ": the certificate of \"CN=peer-3\" expired on ");
        pair.forEach(Neighbour::isWell);
    }

    @Test
    void whoShowsNoCertificateIsRefused() throws Exception {
        List<Neighbour> pair = pair();
        assertRefused(client(pair.get(0), believing(certs).build()));
        files.await("a caller is refused: it shows no certificate; give it --tls-cert, --tls-key and --tls-ca");
        pair.forEach(Neighbour::isWell);
    }

    @Test
    void aPeerThatShowsTheCertificateOfAnotherIsRefusedAndBothSaySo() {
        List<Neighbour> pair = pair();
        Neighbour liar = peer(3, 0, files(certs, "peer-2"), pair.get(0).endpoint());
        String line = "peer 3 at " + liar.endpoint() + " shows the certificate of peer 2; start it with its own --tls-cert, "
                + "which has the name URI:afteryou:peer:3";
        pair.get(0).voice.await(line);
        liar.voice.await("it refuses: " + line);
        liar.close(); // the next has its id, and so its state
        Neighbour called = peer(3, 0, files(certs, "peer-2"));
        pair.get(0).peer.loop().requests().add(called.endpoint(), answer -> { });
        pair.get(0).voice.await("the peer at " + called.endpoint() + " is refused: peer 3 at " + called.endpoint() + " shows the certificate of peer 2");
        pair.forEach(Neighbour::isWell);
    }

    @Test
    void aClientMayHoldALockButNotLink() throws Exception {
        List<Neighbour> pair = pair();
        ManagedChannel channel = client(pair.get(0), showing(certs, "client"));
        CompletableFuture<Long> fence = new CompletableFuture<>();
        StreamObserver<HoldRequest> hold = MutexGrpc.newStub(channel).hold(new FixedAnswers<HoldEvent>() {
            @Override
            public void onNext(HoldEvent event) {
                if (event.getKind() == HoldEvent.Kind.HELD) {
                    fence.complete(event.getFence());
                }
            }
        });
        hold.onNext(HoldRequest.newBuilder().setLock("job").build());
        assertTrue(Eventually.get(fence, "the client holds the lock") > 0);
        CompletableFuture<LinkMessage> answer = new CompletableFuture<>();
        StreamObserver<LinkMessage> link = MutexGrpc.newStub(channel).link(new FixedAnswers<>() {
            @Override
            public void onNext(LinkMessage message) {
                answer.complete(message);
            }
        });
        link.onNext(LinkMessage.newBuilder().setHello(tests.support.RawPeer.hello(2)).build());
        String refusal = Eventually.get(answer, "an answer to a client's hello").getRefusal();
        assertTrue(refusal.startsWith("peer 2 at localhost:1002 shows the certificate of a client"), refusal);
        Neighbour disguised = peer(3, 0, files(certs, "client"), pair.get(0).endpoint());
        pair.get(0).peer.loop().requests().add(disguised.endpoint(), done -> { });
        pair.get(0).voice.await("no link to " + disguised.endpoint() + ": the certificate");
        pair.forEach(Neighbour::isWell);
    }

    @Test
    void whoSpeaksPlainlyToTlsAndTheOtherWayRoundIsToldWhatIsThere() {
        List<Neighbour> pair = pair();
        Neighbour plain = peer(3, 0, null, pair.get(0).endpoint());
        plain.voice.await("no link to " + pair.get(0).endpoint() + ": it requires TLS: --tls-cert, --tls-key and --tls-ca");
        files.await("a caller is refused: it does not speak TLS; give it --tls-cert, --tls-key and --tls-ca");
        pair.get(0).peer.loop().requests().add(plain.endpoint(), answer -> { });
        pair.get(0).voice.await("no link to " + plain.endpoint() + ": nothing is encrypted there, but here --tls-cert is given");
        pair.forEach(Neighbour::isWell);
        assertEquals(1, plain.voice.lines("it requires TLS").size(), plain.voice.lines().toString());
    }

    /** What only ends the connection may be a peer that was killed, or a proxy with nobody behind it. */
    @ParameterizedTest
    @CsvSource({"'', it closes the connection at once", "150303000202_0a, it requires TLS: --tls-cert", "150301000202_28, it requires TLS: --tls-cert",
        "485454502f312e312034303020426164_0d0a, it is not a peer", "5353482d322e302d_0d0a, it is not a peer", "160303007a_0200, it is not a peer"})
    void tlsIsSuggestedWhereAnAlertShowsIt(String bytes, String reason) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread answers = new Thread(() -> answer(server, HexFormat.of().parseHex(bytes.replace("_", ""))), "answers");
            answers.start();
            String address = "localhost:" + server.getLocalPort();
            peer(1, 0, null, address).voice.await("no link to " + address + ": " + reason);
            InProcess status = InProcess.run("status", "--peer", address);
            assertTrue(status.err().startsWith("status: no peer at " + address + " (" + reason), status::toString);
            assertFalse(bytes.isEmpty() && status.err().contains("TLS"), status::toString);
            try (Mutex program = Mutex.connect(address)) {
                String problem = assertThrows(NotAcquired.class, () -> program.acquire("a", Duration.ofSeconds(10))).getMessage();
                assertTrue(problem.contains(reason), problem);
                assertFalse(bytes.isEmpty() && problem.contains("TLS"), problem);
            }
        }
    }

    /** Says that to all who connect, when they have said something, and hangs up in order. */
    private static void answer(ServerSocket server, byte[] bytes) {
        while (!server.isClosed()) {
            try (Socket caller = server.accept()) {
                byte[] said = new byte[1 << 16];
                if (caller.getInputStream().read(said) > 0) {
                    caller.getOutputStream().write(bytes);
                    caller.shutdownOutput();
                    while (caller.getInputStream().read(said) > 0) { // what is not read resets the connection
                        continue;
                    }
                }
            } catch (IOException over) {
                // of this caller, or of the test
            }
        }
    }

    @Test
    void anOlderTlsIsRefused() throws Exception {
        Neighbour peer = peer(1, 0, files(certs, "peer-1")).awaitGroupOf(1);
        TrustManager any = new X509TrustManager() {
            @Override
            public void checkClientTrusted(java.security.cert.X509Certificate[] chain, String type) {}

            @Override
            public void checkServerTrusted(java.security.cert.X509Certificate[] chain, String type) {}

            @Override
            public java.security.cert.X509Certificate[] getAcceptedIssuers() {
                return new java.security.cert.X509Certificate[0];
            }
        };
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {any}, null);
        int port = peer.peer.loop().settings().port();
        for (String version : List.of("TLSv1.3", "TLSv1.2")) {
            try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("localhost", port)) {
                socket.setEnabledProtocols(new String[] {version});
                var parameters = socket.getSSLParameters();
                parameters.setApplicationProtocols(new String[] {"h2"});
                socket.setSSLParameters(parameters);
                if (version.equals("TLSv1.3")) {
                    socket.startHandshake(); // which tells that the rest of this test is as it should be
                } else {
                    assertThrows(SSLException.class, socket::startHandshake);
                }
            }
        }
        peer.isWell();
    }

    @Test
    @Tag("slow")
    void newFilesCountFromTheNextConnectionOnWhileALockIsHeld() throws Exception {
        Path live = Files.createDirectory(folder.resolve("live"));
        for (String name : List.of("ca.pem", "peer-1.pem", "peer-1.key")) {
            put(Files.readString(certs.resolve(name)), live.resolve(name));
        }
        int port = Neighbour.freePort();
        Neighbour one = peer(1, 0, files(live, "peer-1"), "localhost:" + port);
        Neighbour two = peer(2, port, files(certs, "peer-2"), one.endpoint()).awaitGroupOf(2);
        Neighbour.Asked held = one.ask("held");
        Eventually.get(held.entered, "peer 1 holds the lock");
        assertEquals(Status.OK, status(client(one, showing(certs, "client"))));
        assertRefused(client(one, showing(foreign, "client")));
        // A certificate of the other CA comes before its key: both are taken up together, or neither.
        put(Files.readString(foreign.resolve("peer-1.pem")), live.resolve("peer-1.pem"));
        files.await("--tls-key " + live.resolve("peer-1.key") + ": is not the key of the certificate in " + live.resolve("peer-1.pem"));
        assertEquals(Status.OK, status(client(one, showing(certs, "client"))));
        put(Files.readString(foreign.resolve("peer-1.key")), live.resolve("peer-1.key"));
        put(Files.readString(foreign.resolve("ca.pem")), live.resolve("ca.pem"));
        files.await("the TLS files have changed");
        Eventually.holds(() -> status(client(one, believingForeign())).isOk(), () -> "the new certificate and CA are not used: " + files.lines());
        Eventually.holds(() -> !status(client(one, showingClient())).isOk(), () -> "the old CA still counts: " + files.lines());
        assertFalse(held.ended.isDone(), "the lock was lost");
        two.takeTurn("other");
        one.giveBack(held);
        two.takeTurn("held");
    }

    private static ChannelCredentials believingForeign() {
        try {
            return believing(foreign).keyManager(file(foreign, "client.pem"), file(foreign, "client.key")).build();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static ChannelCredentials showingClient() {
        try {
            return believing(foreign).keyManager(file(certs, "client.pem"), file(certs, "client.key")).build();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** As a whole, as a careful administrator does. */
    private static void put(String text, Path file) throws IOException {
        Path fresh = Files.createTempFile(file.getParent(), "new", "");
        Files.writeString(fresh, text);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void filesThatCannotBeUsedAreNamedInOneLine() throws Exception {
        String cert = certs.resolve("peer-1.pem").toString();
        String key = certs.resolve("peer-1.key").toString();
        String ca = certs.resolve("ca.pem").toString();
        String help = "; see --help";
        assertFails(64, "--tls-key is missing; --tls-cert, --tls-key and --tls-ca go together" + help, "--tls-cert", cert, "--tls-ca", ca);
        assertFails(64, "--insecure and --tls-cert do not go together; leave one out" + help,
                "--tls-cert", cert, "--tls-key", key, "--tls-ca", ca, "--insecure");
        assertFails(78, "--tls-cert nowhere: cannot be read (it does not exist); name a file in PEM form",
                "--tls-cert", "nowhere", "--tls-key", key, "--tls-ca", ca);
        assertFails(78, "--tls-ca " + key + ": has no certificate in PEM form; it begins with \"-----BEGIN CERTIFICATE-----\"",
                "--tls-cert", cert, "--tls-key", key, "--tls-ca", key);
        assertFails(78, "--tls-key " + cert + ": everyone on this machine can read it; chmod o-r " + cert,
                "--tls-cert", cert, "--tls-key", cert, "--tls-ca", ca);
        Path secret = Files.copy(certs.resolve("ca.pem"), folder.resolve("secret.key"));
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        assertFails(78, "--tls-key " + secret + ": has no private key of the certificate's kind (EC) in PKCS #8 form; "
                + "openssl pkcs8 -topk8 -nodes makes one of other forms", "--tls-cert", cert, "--tls-key", secret.toString(), "--tls-ca", ca);
        assertFails(78, "--tls-key " + certs.resolve("peer-2.key") + ": is not the key of the certificate in " + cert
                + "; name the two files that were made together", "--tls-cert", cert, "--tls-key", certs.resolve("peer-2.key").toString(), "--tls-ca", ca);
        assertFails(78, "--tls-cert: is the certificate of peer 2, but this peer has --id 7; name its own", "--tls-cert",
                certs.resolve("peer-2.pem").toString(), "--tls-key", certs.resolve("peer-2.key").toString(), "--tls-ca", ca);
        assertFails(78, "--tls-cert " + cert + ": with this --tls-ca, no peer would accept it: the certificate of \"CN=peer-1\" is not by a CA "
                + "that --tls-ca names, or not for this use", "--tls-cert", cert, "--tls-key", key, "--tls-ca", foreign.resolve("ca.pem").toString());
        InProcess expired = InProcess.run("--id", "7", "--port", "0", "--tls-cert", certs + "/old/peer-3.pem", "--tls-key",
                certs + "/old/peer-3.key", "--tls-ca", ca);
        assertEquals(78, expired.code(), expired::toString);
        assertTrue(expired.err().matches("peer: --tls-cert \\S+: the certificate of \"CN=peer-3\" expired on \\S+; make a new one, for example with ./jbang certs\n"),
                expired::toString);
    }

    private static void assertFails(int code, String line, String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of("--id", "7", "--port", "0"));
        words.addAll(List.of(more));
        InProcess peer = InProcess.run(words.toArray(String[]::new));
        assertEquals("peer: " + line + "\n", peer.err());
        assertEquals(code, peer.code());
    }

    /** Answers that nobody minds. */
    private static class FixedAnswers<T> implements StreamObserver<T> {
        @Override
        public void onNext(T message) {}

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {}
    }

    public static void main(String[] args) {
        Run.only(TlsTest.class);
    }
}
