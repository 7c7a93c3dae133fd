///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Closing.java support/Eventually.java support/FreePorts.java
//SOURCES support/Neighbour.java support/RawBytes.java support/RawPeer.java support/RawServer.java
//SOURCES support/Voice.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Compressor;
import io.grpc.CompressorRegistry;
import io.grpc.Context;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import mutex.MutexGrpc;
import mutex.MutexProto;
import mutex.MutexProto.LinkMessage;
import mutex.MutexProto.LinkMessage.WhatCase;
import mutex.group.DurableState;
import mutex.group.Group;
import mutex.group.Version;
import mutex.peer.MutexService;
import mutex.peer.Server;
import mutex.state.StateFile;
import mutex.transport.EventLoop;
import mutex.wire.WireFields;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Closing;
import tests.support.Eventually;
import tests.support.FreePorts;
import tests.support.Neighbour;
import tests.support.RawBytes;
import tests.support.RawPeer;
import tests.support.RawServer;

/** Whatever is at the other end of a connection: it is said in one line, once, and nobody else suffers. */
class LinkTest {

    @TempDir
    private Path folder;
    private final Closing open = new Closing();
    private final ConcurrentLinkedQueue<String> logged = new ConcurrentLinkedQueue<>();
    private final Handler log = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
                logged.add(entry.getLoggerName() + ": " + entry.getMessage() + " " + entry.getThrown());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private Neighbour peer(int id, int port, String... others) {
        return open.add(new Neighbour(folder, id, port, others));
    }

    private RawPeer caller(Neighbour peer) {
        return open.add(new RawPeer(peer.endpoint(), true));
    }

    /** Peers 1 and 2, in a group. */
    private List<Neighbour> pair() {
        int port = Neighbour.freePort();
        Neighbour one = peer(1, 0, "localhost:" + port);
        Neighbour two = peer(2, port, one.endpoint());
        return List.of(one.awaitGroupOf(2), two.awaitGroupOf(2));
    }

    private Neighbour alone() {
        return peer(1, 0).awaitGroupOf(1);
    }

    @BeforeEach
    void listen() {
        Logger.getLogger("").addHandler(log);
    }

    @AfterEach
    void closeAll() {
        Logger.getLogger("").removeHandler(log);
        open.close();
        assertEquals(List.of(), List.copyOf(logged), "a person is told in lines, not by stack traces on stderr");
    }

    @Test
    @Tag("slow")
    void aPeerThatAcceptsButNeverAnswersIsSaidOnceAndHoldsUpNobodyElse() throws Exception {
        List<Neighbour> pair = pair();
        ServerSocket silent = open.add(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        CompletableFuture<String> answer = new CompletableFuture<>();
        long began = System.nanoTime();
        pair.get(0).peer.loop().requests().add("localhost:" + silent.getLocalPort(), answer::complete);
        pair.get(0).voice.await("no link to localhost:" + silent.getLocalPort() + ": it accepts, but does not answer");
        assertTrue(System.nanoTime() - began > 6_000_000_000L, "not at the first try, which a peer that has just been started may miss");
        pair.forEach(Neighbour::isWell);
        assertTrue(Eventually.get(answer, "the answer to add").startsWith("no answer from localhost:"));
        assertEquals(1, pair.get(0).voice.lines("does not answer").size(), pair.get(0).voice.lines().toString());
        Eventually.holds(() -> pair.get(0).look().peers().size() == 1, () -> "still dialed: " + pair.get(0).look());
        pair.forEach(Neighbour::isWell);
    }

    @Test
    @Tag("slow")
    void aPeerThatReadsNothingIsCutOffBeforeItFillsTheHeap() {
        List<Neighbour> pair = pair();
        RawPeer deaf = open.add(new RawPeer(pair.get(0).endpoint(), false));
        deaf.greet(RawPeer.hello(3)).await(WhatCase.HELLO);
        long before = heap();
        for (int i = 0; i < 40_000 && pair.get(0).voice.lines("is gone").isEmpty(); i++) {
            deaf.say(LinkMessage.newBuilder().setInquiry(i));
        }
        pair.get(0).voice.await("peer 3 at localhost:1003 is gone: it reads nothing");
        pair.forEach(Neighbour::isWell);
        long more = heap() - before;
        assertTrue(more < 8 << 20, "the heap has grown by " + more + " bytes");
        assertEquals(1, pair.get(0).voice.lines("peer 3.* is gone").size(), pair.get(0).voice.lines().toString());
    }

    static long heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Test
    void aCallerThatDoesNotFitIsToldWhyAndItIsSaidOnce() {
        Neighbour peer = alone();
        Map<String, UnaryOperator<MutexProto.Hello.Builder>> misfits = Map.of(
                "peer 3 speaks protocol 9, peer 1 protocol " + WireFields.PROTOCOL, hello -> hello.setProtocol(9),
                "peer 3 runs token-ring, peer 1 runs ricart-agrawala", hello -> hello.setAlgorithm("token-ring"),
                "peer 3 runs with lease 5 s, peer 1 with lease off; start all with the same --lease", hello -> hello.setLeaseMillis(5_000),
                "id 1 is taken by the peer at " + peer.endpoint(), hello -> hello.setId(1));
        misfits.forEach((reason, change) -> {
            for (int i = 0; i < 3; i++) {
                RawPeer caller = caller(peer).greet(change.apply(RawPeer.hello(3)));
                String refusal = caller.await(WhatCase.REFUSAL).getRefusal();
                assertTrue(refusal.startsWith(reason), refusal);
                caller.awaitEnd();
            }
            assertEquals(1, peer.voice.lines("a caller is refused: " + reason).size(), peer.voice.lines().toString());
        });
        assertEquals(4, peer.voice.lines().size(), peer.voice.lines().toString());
        peer.isWell();
    }

    @Test
    void aDialedPeerThatDoesNotFitIsTriedAgainButSaidOnce() {
        RawServer other = open.add(new RawServer((message, responses) -> {
            if (message.hasHello()) {
                responses.onNext(LinkMessage.newBuilder().setHello(RawPeer.hello(3).setProtocol(9)).build());
            }
        }));
        Neighbour peer = peer(1, 0, other.endpoint());
        Eventually.holds(() -> other.calls.get() >= 4, () -> other.calls + " calls");
        assertEquals(1, peer.voice.lines().size(), peer.voice.lines().toString());
        peer.voice.await("the peer at " + other.endpoint() + " is refused: peer 3 speaks protocol 9");
    }

    @Test
    void aDialedPeerThatGarblesAgainAndAgainIsSaidOnceAndTriedMoreSlowly() {
        CompletableFuture<String> endpoint = new CompletableFuture<>();
        RawServer other = open.add(new RawServer((message, responses) -> {
            if (message.hasHello()) {
                LinkMessage hello = LinkMessage.newBuilder().setHello(RawPeer.hello(3).setEndpoint(endpoint.join())).build();
                responses.onNext(hello);
                responses.onNext(hello);
            }
        }));
        endpoint.complete(other.endpoint());
        long began = System.nanoTime();
        Neighbour peer = peer(1, 0, other.endpoint());
        Eventually.holds(() -> other.calls.get() >= 6, () -> other.calls + " calls");
        assertTrue(System.nanoTime() - began > 1_000_000_000L, "six tries within a second");
        assertEquals(1, peer.voice.lines("garbled message from peer 3").size(), peer.voice.lines().toString());
        assertEquals(1, peer.voice.lines("peer 3 at " + other.endpoint() + " is gone").size(), peer.voice.lines().toString());
    }

    @Test
    void aNameThatCannotBeLookedUpIsSaidAndStopsNobody() {
        Neighbour peer = peer(1, 0, "no_such_host.invalid:5001", "[::ffff:1.2:3]:5001", "nosuchhost.invalid:5001");
        peer.voice.await("no link to no_such_host.invalid:5001: ");
        peer.voice.await("no link to \\[::ffff:1.2:3\\]:5001: ");
        peer.voice.await("no link to nosuchhost.invalid:5001: ");
        assertTrue(!peer.broken.isDone(), peer.voice.lines().toString());
        assertEquals(3, peer.voice.lines().size(), peer.voice.lines().toString());
    }

    @Test
    void ofTwoPeersWithOneIdTheFirstStaysWellAndBothSay() {
        List<Neighbour> pair = pair();
        Neighbour second = open.add(new Neighbour(folder.resolve("other"), 2, 0, pair.get(0).endpoint()));
        String taken = "id 2 is taken by the peer at " + pair.get(1).endpoint();
        second.voice.await("no link to " + pair.get(0).endpoint() + ": it refuses: " + taken);
        pair.get(0).voice.await("is refused: " + taken);
        pair.forEach(Neighbour::isWell);
        assertEquals(1, pair.get(0).voice.lines("taken").size(), pair.get(0).voice.lines().toString());
        assertEquals(1, second.voice.lines("taken").size(), second.voice.lines().toString());
        assertEquals(List.of(), pair.get(1).voice.lines());
    }

    /** Peer 1, outside a group of peers 3 and 4 which went on without it. */
    private Neighbour outcast(Group last) {
        Path own = folder.resolve("peer1");
        CompletableFuture<String> written = new CompletableFuture<>();
        try (StateFile state = new StateFile(own.resolve("peer-1.json"), 1)) {
            state.write(new DurableState(last, null), problem -> written.complete(String.valueOf(problem)));
            assertEquals("null", Eventually.get(written, "the state is written"));
        }
        return open.add(new Neighbour(own, 1, 0));
    }

    /** Else the link would stand, and count at one end only, also when both are in the group again. */
    @Test
    void whoIsOutsideRefusesAMemberFromElsewhereInALine() {
        Neighbour peer = outcast(new Group(5, new Version(3, 5), new TreeMap<>(Map.of(3, "localhost:1003", 4, "localhost:1004"))));
        RawPeer elsewhere = caller(peer).greet(RawPeer.hello(3).setEndpoint("localhost:1033"));
        String refusal = elsewhere.await(WhatCase.REFUSAL).getRefusal();
        assertTrue(refusal.startsWith("id 3 is taken by the peer at localhost:1003 as far as peer 1 knows, which is in no group now; "
                + "if it has moved to localhost:1033, another member has to show peer 1 that"), refusal);
        elsewhere.awaitEnd();
        caller(peer).greet(RawPeer.hello(3)).await(WhatCase.HELLO);
        caller(peer).greet(RawPeer.hello(5)).await(WhatCase.HELLO);
        assertEquals(1, peer.voice.lines("is refused").size(), peer.voice.lines().toString());
    }

    @Test
    void whoIsOutsideTakesAMemberThatShowsThatItMovedButTheMemberItselfRather() {
        Group last = new Group(5, new Version(3, 5), new TreeMap<>(Map.of(3, "localhost:1003", 4, "localhost:1004")));
        Neighbour peer = outcast(last);
        RawPeer moved = caller(peer).greet(RawPeer.hello(3).setEndpoint("localhost:1033").setGroup(WireFields.out(last)));
        moved.await(WhatCase.HELLO);
        caller(peer).greet(RawPeer.hello(3)).await(WhatCase.HELLO);
        assertTrue(moved.awaitEnd().contains("the member itself is at localhost:1003"), moved.awaitEnd());
    }

    @Test
    void onePeerUnderTwoAddressesIsOnePeer() {
        for (int[] ids : new int[][] {{1, 2}, {2, 1}}) {
            int port = Neighbour.freePort();
            Path own = folder.resolve("peer" + ids[0]);
            Neighbour one = open.add(new Neighbour(own, ids[0], 0, "localhost:" + port, "127.0.0.1:" + port));
            Neighbour two = open.add(new Neighbour(own, ids[1], port, one.endpoint()));
            two.awaitGroupOf(2);
            one.awaitGroupOf(2).voice.await("are both peer " + ids[1] + "; counted once");
            oneLinkIsLeft(one, two);
        }
    }

    @Test
    void onesOwnAddressUnderAnyNameIsLeftOut() {
        int port = Neighbour.freePort();
        Neighbour one = peer(1, port, "127.0.0.1:" + port, "[::ffff:127.0.0.1]:" + port, "localhost:" + port);
        one.awaitGroupOf(1).isWell();
        one.voice.await("127.0.0.1:" + port + " is this peer itself; it is left out of the list");
        assertEquals(2, one.voice.lines("this peer itself").size(), one.voice.lines().toString());
        assertEquals(2, one.voice.lines().size(), one.voice.lines().toString());
    }

    @Test
    void anEchoIsNotTakenForThisPeerItself() {
        RawServer echo = open.add(new RawServer((message, responses) -> responses.onNext(message)));
        Neighbour one = peer(1, 0, echo.endpoint());
        one.voice.await("what answers at " + echo.endpoint() + " sends back what peer 1 says, and is no peer");
        int calls = echo.calls.get();
        Eventually.holds(() -> echo.calls.get() > calls, () -> "it is tried again: another may answer there later");
        assertEquals(List.of(), one.voice.lines("this peer itself"));
        assertTrue(one.look().node().group() == null, "what is listed is still waited for");
    }

    @Test
    void twoPeersThatDialEachOtherAtOnceEndWithOneLink() {
        for (int round = 0; round < 15; round++) {
            List<Integer> ports = FreePorts.take(2);
            Neighbour one = peer(1, ports.get(0), "localhost:" + ports.get(1));
            Neighbour two = peer(2, ports.get(1), "localhost:" + ports.get(0));
            one.awaitGroupOf(2);
            two.awaitGroupOf(2);
            oneLinkIsLeft(one, two);
            two.close();
            one.close();
        }
    }

    @Test
    void aLinkBesideOneThatBrokeIsMadeAnewSoThatBothSidesAskAgain() {
        Neighbour peer = peer(5, 0).awaitGroupOf(1);
        String end = "silent for";
        for (int tries = 0; tries < 3 && end.contains("silent for"); tries++) { // on a machine that stalls; a spare is the caller's to ping
            RawPeer first = caller(peer).greet(RawPeer.hello(3));
            first.await(WhatCase.HELLO);
            RawPeer second = caller(peer).greet(RawPeer.hello(3));
            second.await(WhatCase.HELLO);
            first.close();
            end = second.awaitEnd();
        }
        assertTrue(end.contains("the link beside it broke"), end);
    }

    @Test
    void aSpareLinkStaysForTheOtherSideAlsoWhenItsAddressIsLeftOut() {
        CompletableFuture<StreamObserver<LinkMessage>> first = new CompletableFuture<>();
        CompletableFuture<StreamObserver<LinkMessage>> second = new CompletableFuture<>();
        CompletableFuture<Long> pong = new CompletableFuture<>();
        RawServer one = open.add(new RawServer((message, responses) -> first.complete(responses)));
        RawServer alias = open.add(new RawServer((message, responses) -> {
            second.complete(responses);
            if (message.hasPong()) {
                pong.complete(message.getPong());
            }
        }));
        Neighbour peer = peer(5, 0, one.endpoint(), alias.endpoint());
        LinkMessage hello = LinkMessage.newBuilder().setHello(RawPeer.hello(1).setEndpoint(one.endpoint())).build();
        Eventually.get(first, "a call").onNext(hello);
        Eventually.holds(() -> peer.linkedTo(1), () -> "no link to 1");
        Eventually.get(second, "a call at the other address").onNext(hello);
        peer.voice.await(alias.endpoint() + " and " + one.endpoint() + " are both peer 1; counted once");
        first.join().onCompleted(); // it has chosen the second, which is a spare at the peer
        second.join().onNext(LinkMessage.newBuilder().setPing(7).build());
        assertEquals(7, Eventually.get(pong, "an answer over the second link"));
        assertEquals(List.of(), peer.voice.lines("gone"));
    }

    /** The called side, of the smaller id, has had both greetings, and ends the link that the caller has heard of first. */
    @Test
    void aLinkThatIsEndedForOneNotYetGreetedIsNoPeerThatIsGone() {
        CompletableFuture<StreamObserver<LinkMessage>> first = new CompletableFuture<>();
        CompletableFuture<StreamObserver<LinkMessage>> second = new CompletableFuture<>();
        RawServer one = open.add(new RawServer((message, responses) -> first.complete(responses)));
        RawServer alias = open.add(new RawServer((message, responses) -> second.complete(responses)));
        Neighbour peer = peer(5, 0, one.endpoint(), alias.endpoint());
        LinkMessage hello = LinkMessage.newBuilder().setHello(RawPeer.hello(1).setEndpoint(one.endpoint())).build();
        StreamObserver<LinkMessage> kept = Eventually.get(second, "a call at the other address");
        Eventually.get(first, "a call").onNext(hello);
        Eventually.holds(() -> peer.linkedTo(1), () -> "no link to 1");
        first.join().onCompleted();
        Eventually.holds(() -> !peer.linkedTo(1), () -> "the first link is over");
        kept.onNext(hello);
        Eventually.holds(() -> peer.linkedTo(1), () -> "no link to 1");
        assertEquals(List.of(), peer.voice.lines("gone"));
    }

    private static void oneLinkIsLeft(Neighbour one, Neighbour two) {
        int[] ports = {port(one), port(two)};
        Eventually.holds(() -> RawBytes.acceptedBy(ports) == 1, () -> RawBytes.acceptedBy(ports) + " connections");
        assertTrue(one.linkedTo(two.id) && two.linkedTo(one.id));
        assertEquals(List.of(), one.voice.lines("gone"));
        assertEquals(List.of(), two.voice.lines("gone"));
        one.isWell();
        two.isWell();
    }

    private static int port(Neighbour peer) {
        return Integer.parseInt(peer.endpoint().substring(peer.endpoint().lastIndexOf(':') + 1));
    }

    @Test
    void whoSpeaksSomethingElseIsHungUpOn() {
        Neighbour peer = alone();
        byte[] random = new byte[10_000];
        new Random(7).nextBytes(random);
        byte[] tls = {22, 3, 1, 0, 5, 1, 0, 0, 1, 3};
        List<byte[]> strangers = List.of("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
                "SSH-2.0-OpenSSH_9.6\r\n".getBytes(StandardCharsets.US_ASCII), tls, random, new byte[1],
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n garbage that is no SETTINGS frame".getBytes(StandardCharsets.US_ASCII));
        for (byte[] bytes : strangers) {
            RawBytes.sendAndAwaitClose(port(peer), bytes);
        }
        peer.isWell();
        assertEquals(List.of(), peer.voice.lines());
    }

    @Test
    void aGarbledMessageClosesItsLinkAndNoOther() {
        Neighbour peer = alone();
        RawPeer good = caller(peer).greet(RawPeer.hello(9));
        good.await(WhatCase.HELLO);
        LinkMessage.Builder nothing = LinkMessage.newBuilder();
        LinkMessage.Builder unknown = LinkMessage.newBuilder().setUnknownFields(com.google.protobuf.UnknownFieldSet.newBuilder()
                .addField(99, com.google.protobuf.UnknownFieldSet.Field.newBuilder().addLengthDelimited(ByteString.copyFromUtf8("x")).build()).build());
        MutexProto.Frame.Builder frame = MutexProto.Frame.newBuilder().setFrom(3).setFromEpoch(5);
        Map<String, LinkMessage.Builder> first = Map.of(
                "a message not known here", nothing, "no hello came first", LinkMessage.newBuilder().setFrame(frame),
                "epoch -1 is out of range", LinkMessage.newBuilder().setHello(RawPeer.hello(3).setEpoch(-1)),
                "peer id 70000 is out of range", LinkMessage.newBuilder().setHello(RawPeer.hello(70_000)),
                "address nonsense is out of range", LinkMessage.newBuilder().setHello(RawPeer.hello(3).setEndpoint("nonsense")));
        first.forEach((reason, message) -> {
            assertTrue(caller(peer).say(message).awaitEnd().contains("garbled message: " + reason));
            assertEquals(1, peer.voice.lines("garbled message from a caller: " + reason).size(), peer.voice.lines().toString());
        });
        Map<String, LinkMessage.Builder> second = Map.of(
                "a second hello", LinkMessage.newBuilder().setHello(RawPeer.hello(3)), "a message not known here", unknown,
                "sender 4 on the link of peer 3", LinkMessage.newBuilder().setFrame(frame.clone().setFrom(4)),
                "epoch 0 is out of range", LinkMessage.newBuilder().setFrame(frame.clone().setFromEpoch(0)));
        second.forEach((reason, message) -> {
            RawPeer caller = caller(peer).greet(RawPeer.hello(3));
            caller.await(WhatCase.HELLO);
            assertTrue(caller.say(message).awaitEnd().contains("garbled message: " + reason));
            peer.voice.await("peer 3 at localhost:1003 is gone: garbled message: " + reason);
        });
        good.say(LinkMessage.newBuilder().setPing(5)).await(WhatCase.PONG);
        peer.isWell();
    }

    @Test
    void whoGreetsWithOneIdAfterTheOtherFillsNoMoreThanTheRoomForStrangers() {
        List<Neighbour> pair = pair();
        MutexGrpc.MutexStub stub = stub(pair.get(0).endpoint());
        List<CompletableFuture<LinkMessage>> answers = new ArrayList<>();
        for (int id = 3; id < 300; id++) {
            CompletableFuture<LinkMessage> answer = new CompletableFuture<>();
            answers.add(answer);
            stub.link(first(answer)).onNext(LinkMessage.newBuilder().setHello(RawPeer.hello(id)).build());
            if (id % 50 == 0) {
                Eventually.get(answer, "answer to " + id); // no more than 64 may be waiting for it
            }
        }
        long taken = answers.stream().filter(answer -> Eventually.get(answer, "an answer").hasHello()).count();
        assertEquals(4 * WireFields.MOST_PEERS - 1, taken, "beside the link of peer 2");
        assertEquals("peer 1 has links to 256 peers, and takes no more strangers", answers.get(296).join().getRefusal());
        pair.get(1).close();
        CompletableFuture<LinkMessage> last = new CompletableFuture<>();
        Eventually.holds(() -> !pair.get(0).linkedTo(2), () -> "peer 2 is gone");
        stub.link(first(last)).onNext(LinkMessage.newBuilder().setHello(RawPeer.hello(400)).build());
        assertTrue(Eventually.get(last, "an answer").hasHello(), "there is room for one more, and then for members only");
        Neighbour two = peer(2, Integer.parseInt(pair.get(1).endpoint().split(":")[1]), pair.get(0).endpoint());
        two.awaitGroupOf(2).isWell();
    }

    @Test
    void oneWatchTooManyIsRefusedUntilAnotherEnds() {
        Neighbour peer = alone();
        MutexGrpc.MutexStub stub = stub(peer.endpoint());
        List<CompletableFuture<String>> ended = new ArrayList<>();
        List<Context.CancellableContext> calls = new ArrayList<>();
        for (int i = 0; i < 201; i++) {
            Context.CancellableContext call = Context.current().withCancellation();
            calls.add(call);
            call.run(() -> stub.watch(MutexProto.WatchRequest.getDefaultInstance(), answer(ended)));
        }
        CompletableFuture<Object> oneTooMany = CompletableFuture.anyOf(ended.toArray(CompletableFuture[]::new));
        assertEquals("RESOURCE_EXHAUSTED: this peer has 200 Watch streams open, and takes no more; close some",
                Eventually.get(oneTooMany, "one of them ends")); // the last to arrive, which need not be the last made
        assertEquals(1, ended.stream().filter(CompletableFuture::isDone).count());
        int other = ended.get(7).isDone() ? 8 : 7;
        calls.get(other).cancel(null);
        Eventually.get(ended.get(other), "it ends");
        stub.watch(MutexProto.WatchRequest.getDefaultInstance(), answer(ended));
        Eventually.holds(() -> {
            peer.isWell(); // something to see; the call may still be on its way
            return ended.get(201).isDone();
        }, () -> "an event");
        assertTrue(ended.get(201).join().startsWith("a message: "), ended.get(201).join());
        calls.forEach(call -> call.cancel(null));
    }

    private MutexGrpc.MutexStub stub(String endpoint) {
        EventLoop callers = open.add(new EventLoop());
        ManagedChannel channel = callers.channelTo(endpoint);
        open.add(channel::shutdownNow);
        return MutexGrpc.newStub(channel);
    }

    /** Takes the first message, and answers pings. */
    private static StreamObserver<LinkMessage> first(CompletableFuture<LinkMessage> answer) {
        return new ClientResponseObserver<LinkMessage, LinkMessage>() {
            private ClientCallStreamObserver<LinkMessage> stream;

            @Override
            public void beforeStart(ClientCallStreamObserver<LinkMessage> requests) {
                stream = requests;
            }

            @Override
            public void onNext(LinkMessage message) {
                answer.complete(message);
                if (message.hasPing()) {
                    stream.onNext(LinkMessage.newBuilder().setPong(message.getPing()).build());
                }
            }

            @Override
            public void onError(Throwable error) {
                answer.completeExceptionally(error);
            }

            @Override
            public void onCompleted() {}
        };
    }

    @Test
    void bytesThatAreNoMessageOrTooLargeCloseTheLink() {
        Neighbour peer = alone();
        RawPeer large = caller(peer).greet(RawPeer.hello(3).setAlgorithm("x".repeat(EventLoop.MOST_MESSAGE)));
        large.awaitEnd();
        EventLoop callers = open.add(new EventLoop());
        ManagedChannel channel = callers.channelTo(peer.endpoint());
        open.add(channel::shutdownNow);
        List<CompletableFuture<String>> answers = new ArrayList<>();
        ClientCalls.asyncBidiStreamingCall(channel.newCall(MutexGrpc.getLinkMethod().toBuilder(BYTES, BYTES).build(),
                CallOptions.DEFAULT), LinkTest.<byte[]>answer(answers)).onNext(new byte[] {-1, -2, -3});
        Eventually.get(answers.get(0), "the link is closed");
        peer.isWell();
    }

    @Test
    void bytesThatAreCompressedAndAreNotCloseTheLinkWithoutALine() {
        Neighbour peer = alone();
        ManagedChannel channel = NettyChannelBuilder.forTarget("dns:///" + peer.endpoint(), InsecureChannelCredentials.create())
                .compressorRegistry(spoiling()).build();
        open.add(channel::shutdownNow);
        List<CompletableFuture<String>> answers = new ArrayList<>();
        Logger library = Logger.getLogger("io.grpc");
        library.addHandler(log);
        try {
            ClientCalls.asyncBidiStreamingCall(channel.newCall(MutexGrpc.getLinkMethod().toBuilder(BYTES, BYTES).build(),
                    CallOptions.DEFAULT.withCompression("gzip")), LinkTest.<byte[]>answer(answers)).onNext(new byte[] {-1, -2, -3});
            Eventually.get(answers.get(0), "the link is closed");
            peer.isWell();
        } finally {
            library.removeHandler(log);
        }
    }

    /** What is said to be compressed begins like that, and is not. */
    private static CompressorRegistry spoiling() {
        CompressorRegistry compressors = CompressorRegistry.newEmptyInstance();
        compressors.register(new Compressor() {
            @Override
            public String getMessageEncoding() {
                return "gzip";
            }

            @Override
            public OutputStream compress(OutputStream out) throws IOException {
                out.write(new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 0});
                return out;
            }
        });
        return compressors;
    }

    @Test
    void aCallBeforeThePeerRunsIsToldSo() throws Exception {
        EventLoop events = open.add(new EventLoop());
        Server server = open.add(new Server(events, InetAddress.getLoopbackAddress(), 0, new MutexService()));
        MutexGrpc.MutexStub stub = stub("localhost:" + server.port());
        List<CompletableFuture<String>> answers = new ArrayList<>();
        stub.link(answer(answers)).onNext(LinkMessage.newBuilder().setHello(RawPeer.hello(3)).build());
        stub.hold(answer(answers)).onNext(MutexProto.HoldRequest.getDefaultInstance());
        stub.status(MutexProto.StatusRequest.getDefaultInstance(), answer(answers));
        stub.watch(MutexProto.WatchRequest.getDefaultInstance(), answer(answers));
        for (CompletableFuture<String> answer : answers) {
            assertEquals("UNAVAILABLE: the peer is starting", Eventually.get(answer, "answer"));
        }
    }

    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            return new byte[0];
        }
    };

    private static <T> StreamObserver<T> answer(List<CompletableFuture<String>> answers) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        answers.add(answer);
        return new StreamObserver<>() {
            @Override
            public void onNext(T message) {
                answer.complete("a message: " + message);
            }

            @Override
            public void onError(Throwable error) {
                Status status = ((StatusRuntimeException) error).getStatus();
                answer.complete(status.getCode() + ": " + status.getDescription());
            }

            @Override
            public void onCompleted() {
                answer.complete("in order");
            }
        };
    }

    public static void main(String[] args) {
        Run.only(LinkTest.class);
    }
}
