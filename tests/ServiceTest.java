///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Eventually.java support/FreePorts.java support/Grpcurl.java support/Jvm.java support/PeerProcesses.java
//SOURCES support/Running.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.reflection.v1alpha.ServerReflectionGrpc;
import io.grpc.reflection.v1alpha.ServerReflectionRequest;
import io.grpc.reflection.v1alpha.ServerReflectionResponse;
import io.grpc.reflection.v1alpha.ServiceResponse;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import mutex.transport.EventLoop;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Eventually;
import tests.support.Grpcurl;
import tests.support.PeerProcesses;
import tests.support.Running;

/** The service as a client sees it that was written by others, in another language, and knows the port only. */
@Tag("grpcurl")
@Timeout(60)
class ServiceTest {

    private static final String HOLD = "mutex.v1.Mutex/Hold";

    @TempDir
    static Path folder;
    private static String grpcurl;
    private static PeerProcesses peers;
    private static final List<String> ports = new ArrayList<>();
    private final List<Running> clients = new ArrayList<>();

    @BeforeAll
    static void startTwoPeers() throws Exception {
        grpcurl = Grpcurl.find();
        peers = new PeerProcesses(folder);
        for (Running peer : peers.group(2)) {
            ports.add(peer.await("listens on localhost:(\\d+)").group(1));
            peer.say("request begin").await("\\[begin\\] HELD");
            peer.say("release begin").await("\\[begin\\] given back");
        }
    }

    @AfterAll
    static void endThem() {
        peers.close();
    }

    @AfterEach
    void endTheClients() {
        clients.forEach(Running::close);
    }

    /** A call at peer 1 or 2; the message is its only one, or comes by standard input where it is "@". */
    private Running call(int peer, String message, String... words) {
        List<String> command = new ArrayList<>(List.of(grpcurl, "-plaintext", "-max-time", "30", "-d", message, "localhost:" + ports.get(peer - 1)));
        command.addAll(List.of(words));
        Running client = peers.run(command);
        clients.add(client);
        return client;
    }

    private Running hold(int peer, String request) {
        return call(peer, "@", HOLD).say(request);
    }

    private String answer(Running client) {
        assertEquals(0, client.exit(), client::toString);
        return client.out();
    }

    private static void assertFails(Running client, String code, String message) {
        assertNotEquals(0, client.exit(), client::toString);
        assertTrue(client.err().matches("(?s).*Code: (" + code + ")\\n.*Message: (" + message + ")\\n.*"), client::toString);
    }

    /** For a client whose call the peer ended: grpcurl says so only when its own side is closed as well. */
    private Running hangUpWhenOver(Running client, int peer, String lock) {
        return hangUpWithout(client, peer, "\"name\": \"" + lock + "\"");
    }

    private Running hangUpWithout(Running client, int peer, String inStatus) {
        client.await("WAITING");
        for (int i = 0; answer(call(peer, "{}", "mutex.v1.Mutex/Status")).contains(inStatus); i++) {
            assertTrue(i < 200, client::toString);
        }
        return client.hangUp();
    }

    @Test
    void reflectionTellsWhatThereIs() {
        assertTrue(answer(call(1, "", "list")).lines().toList()
                .containsAll(List.of("mutex.v1.Mutex", "grpc.health.v1.Health", "grpc.channelz.v1.Channelz")));
        String described = answer(call(1, "", "describe", "mutex.v1.Mutex"));
        assertTrue(described.contains("rpc Hold ( stream .mutex.v1.HoldRequest ) returns ( stream .mutex.v1.HoldEvent );"), described);
        String modes = answer(call(1, "", "describe", "mutex.v1.Mode"));
        assertTrue(modes.contains("Shared shared = 1") && modes.contains("string kind = 2") && modes.contains("Units units = 3"), modes);
    }

    /** As Postman, grpcui and Python's client ask, which know nothing newer. */
    @Test
    void olderReflectionTellsTheSame() throws Exception {
        CompletableFuture<List<String>> services = new CompletableFuture<>();
        try (EventLoop loop = new EventLoop()) {
            ManagedChannel channel = loop.channelTo("localhost:" + ports.get(0));
            StreamObserver<ServerReflectionRequest> ask = ServerReflectionGrpc.newStub(channel).serverReflectionInfo(new StreamObserver<>() {
                @Override
                public void onNext(ServerReflectionResponse answer) {
                    services.complete(answer.getListServicesResponse().getServiceList().stream().map(ServiceResponse::getName).toList());
                }

                @Override
                public void onError(Throwable problem) {
                    services.completeExceptionally(problem);
                }

                @Override
                public void onCompleted() {
                    services.completeExceptionally(new AssertionError("no answer"));
                }
            });
            ask.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
            List<String> all = services.get(20, TimeUnit.SECONDS);
            assertTrue(all.containsAll(List.of("mutex.v1.Mutex", "grpc.health.v1.Health")), all::toString);
            channel.shutdownNow();
        }
    }

    @Test
    void statusAndHealthAnswer() {
        String status = answer(call(2, "{}", "mutex.v1.Mutex/Status"));
        assertTrue(status.contains("\"id\": 2") && status.contains("\"members\"") && status.contains("\"linked\": true"), status);
        assertTrue(answer(call(1, "{}", "grpc.health.v1.Health/Check")).contains("SERVING"));
        assertTrue(answer(call(1, "{\"service\": \"mutex.v1.Mutex\"}", "grpc.health.v1.Health/Check")).contains("\"SERVING\""));
    }

    @Test
    void theLockIsHeldUntilTheClientClosesItsSide() {
        Running first = hold(1, "{\"lock\": \"h\"}");
        first.await("\"HELD\"[^}]*\"fence\": \"\\d+\"");
        Running second = hold(2, "{\"lock\": \"h\"}");
        second.await("WAITING");
        assertTrue(!second.out().contains("\"HELD\""), second::toString);
        first.hangUp();
        second.await("\"HELD\"");
        assertEquals(0, first.exit(), first::toString);
    }

    @Test
    void severalLocksAreHeldAndGivenBackTogether() {
        Running both = hold(1, "{\"locks\": [{\"lock\": \"m1\"}, {\"lock\": \"m2\", \"mode\": {\"shared\": {}}}]}");
        both.await("\"HELD\"[^}]*\"lock\": \"m1,m2:shared\"");
        Running one = hold(2, "{\"lock\": \"m1\"}");
        Running other = hold(2, "{\"lock\": \"m2\"}");
        one.await("WAITING");
        other.await("WAITING");
        hold(2, "{\"locks\": [{\"lock\": \"m3\", \"mode\": {\"shared\": {}}}]}").await("\"HELD\"");
        hold(1, "{\"locks\": [{\"lock\": \"m3\", \"mode\": {\"shared\": {}}}]}").await("\"HELD\"");
        assertTrue(!one.out().contains("\"HELD\"") && !other.out().contains("\"HELD\""), () -> one + "\n" + other);
        both.hangUp();
        one.await("\"HELD\"");
        other.await("\"HELD\"");
    }

    @Test
    void unitsAddUpOverPeersAndKindsKeepToThemselves() {
        hold(1, pool(5, 8)).await("\"HELD\"");
        hold(2, pool(3, 8)).await("\"HELD\"");
        Running full = hold(1, "{\"attempt\": true, " + pool(1, 8).substring(1));
        assertFails(hangUpWithout(full, 1, "\"WANTED\""), "FailedPrecondition", "\\[pool:1/8\\] refused: [^\n]+");
        hold(1, kind("red")).await("\"HELD\"");
        hold(1, kind("red")).await("\"HELD\"");
        Running blue = hold(2, "{\"attempt\": true, " + kind("blue").substring(1));
        assertFails(hangUpWithout(blue, 2, "\"WANTED\""), "FailedPrecondition", "\\[k:kind=blue\\] refused: [^\n]+");
    }

    private static String pool(int take, int of) {
        return "{\"locks\": [{\"lock\": \"pool\", \"mode\": {\"units\": {\"take\": " + take + ", \"of\": " + of + "}}}]}";
    }

    private static String kind(String kind) {
        return "{\"locks\": [{\"lock\": \"k\", \"mode\": {\"kind\": \"" + kind + "\"}}]}";
    }

    @Test
    void badModesAreInvalidInOneLineAndNothingIsAskedFor() {
        for (String bad : List.of(pool(7, 3), pool(0, 3), pool(1, 0), pool(1, 1_000_001), kind("a b"), kind(""), "{\"locks\": [{\"lock\": \".group\"}]}",
                "{\"locks\": [{}]}", "{\"lock\": \"fine\", \"locks\": [{\"lock\": \"two\"}, {\"lock\": \"a b\"}]}",
                "{\"locks\": [{\"lock\": \"two\"}, {\"lock\": \"two\", \"mode\": {\"shared\": {}}}]}",
                "{\"locks\": [" + "{\"lock\": \"two\"},".repeat(16) + "{\"lock\": \"b\"}]}")) {
            assertFails(call(1, bad, HOLD), "InvalidArgument", "[^\n]+");
        }
        String locks = answer(call(1, "{}", "mutex.v1.Mutex/Status"));
        assertTrue(!locks.contains("\"two\"") && !locks.contains("\"fine\""), locks);
    }

    @Test
    void aRingRefusesModesAndNamesWhoHasThem() {
        Running ring = peers.alone("--algorithm", "token-ring");
        ports.add(ring.await("listens on localhost:(\\d+)").group(1));
        int peer = ports.size();
        for (String modes : List.of(pool(1, 2), kind("a"), "{\"locks\": [{\"lock\": \"a\"}, {\"lock\": \"b\"}]}")) {
            assertFails(call(peer, modes, HOLD), "InvalidArgument", "this group runs token-ring, [^\n]+ --algorithm ricart-agrawala");
        }
        hold(peer, "{\"locks\": [{\"lock\": \"a\"}]}").await("\"HELD\"");
    }

    @Test
    void aClientThatDiesLetsGo() {
        Running first = hold(1, "{\"lock\": \"k\"}");
        first.await("\"HELD\"");
        Running second = hold(2, "{\"lock\": \"k\"}");
        second.await("WAITING");
        first.signal("KILL");
        second.await("\"HELD\"", 7_000); // sooner than a connection without a sign of life is given up
    }

    @Test
    void aWaitThatRunsOutSaysSo() {
        hold(1, "{\"lock\": \"o\"}").await("\"HELD\"");
        Running client = hold(2, "{\"lock\": \"o\", \"waitMillis\": 400}");
        assertFails(hangUpWhenOver(client, 2, "o"), "DeadlineExceeded", "\\[o\\] not acquired in time: [^\n]+");
    }

    @Test
    void aHolderThatLosesItsMajorityIsToldByItsStream() {
        List<Running> leased = peers.group(2, "--lease", "2s");
        String port = leased.get(0).await("listens on localhost:(\\d+)").group(1);
        leased.get(0).say("request begin").await("\\[begin\\] HELD");
        ports.add(port);
        int peer = ports.size();
        Running holder = hold(peer, "{\"lock\": \"mine\"}");
        holder.await("\"HELD\"");
        awaitStatus(peer, "(?s).*\"lease_millis\": \"2000\".*");
        awaitStatus(peer, "(?s).*\"standing\": \\{\\s*\"good\": true,\\s*\"heard\": 2,\\s*\"majority\": 2\\s*\\}.*");
        leased.get(1).signal("STOP");
        assertFails(hangUpWithout(holder, peer, "\"HELD\""), "Aborted", "\\[mine\\] LOST: no majority: [^\n]+");
        awaitStatus(peer, "(?s)(?!.*\"good\": true).*\"lease_millis\".*");
    }

    /** Asked again, as a machine that stood still for a lease has lost its standing for a moment. */
    private void awaitStatus(int peer, String regex) {
        Eventually.matches(() -> answer(call(peer, "{}", "mutex.v1.Mutex/Status")), regex);
    }

    @Test
    void anAttemptIsRefusedRatherThanLeftWaiting() {
        hold(1, "{\"lock\": \"t\"}").await("\"HELD\"");
        Running client = hold(2, "{\"lock\": \"t\", \"attempt\": true}");
        assertFails(hangUpWhenOver(client, 2, "t"), "FailedPrecondition", "\\[t\\] refused: [^\n]*peer 1[^\n]*");
    }

    @Test
    void badRequestsAreInvalidInOneLine() {
        for (String bad : List.of("a b", ".group", "x".repeat(129), "\u00e9", "\\u001b[31m")) {
            assertFails(call(1, "{\"lock\": \"" + bad + "\"}", HOLD), "InvalidArgument", "lock name [^\n]+");
        }
        Running twice = hold(1, "{\"lock\": \"one\"}");
        twice.await("\"HELD\"");
        assertFails(twice.say("{\"lock\": \"two\"}").hangUp(), "InvalidArgument", "one stream holds one lock; open another for \"two\"");
        hold(2, "{\"lock\": \"one\", \"attempt\": true}").await("\"HELD\"");
    }

    @Test
    void aMessageThatIsTooLargeIsRefusedAndThePeerStaysWell() {
        assertFails(call(1, "{\"lock\": \"" + "x".repeat(17 << 10) + "\"}", HOLD), "ResourceExhausted|Cancelled", "[^\n]*");
        hold(1, "{\"lock\": \"after\"}").await("\"HELD\"");
    }

    @Test
    void watchShowsWhatHappens() {
        Running all = call(1, "{\"lock\": \"w\"}", "mutex.v1.Mutex/Watch");
        // The watch begins when it reaches the peer: ask until the first event is seen.
        for (int i = 0; i < 50 && all.out().isEmpty(); i++) {
            Running client = hold(1, "{\"lock\": \"w\"}");
            client.await("\"HELD\"");
            client.hangUp().exit();
        }
        all.await("\"event\": \"entry\"[^}]*\"lock\": \"w\"");
        all.await("\"event\": \"exit\"");
    }

    @Test
    void watchBeginsWithTheLastEventsThatAreWanted() {
        for (int i = 0; i < 3; i++) {
            Running client = hold(1, "{\"lock\": \"past\"}");
            client.await("\"HELD\"");
            assertEquals(0, client.hangUp().exit(), client::toString);
        }
        Running third = hold(1, "{\"lock\": \"past\"}"); // its entry comes after the others' exits
        third.await("\"HELD\"");
        Running last = call(1, "{\"lock\": \"past\", \"last\": 2}", "mutex.v1.Mutex/Watch");
        last.await("\"event\": \"entry\"");
        third.hangUp().exit();
        last.await("\"event\": \"exit\"");
        assertEquals(1, last.out().split("\"event\": \"entry\"", -1).length - 1, last::toString);
        assertEquals(3, last.out().split("\"event\": ", -1).length - 1, last::toString);
    }

    public static void main(String[] args) {
        Run.only(ServiceTest.class);
    }
}
