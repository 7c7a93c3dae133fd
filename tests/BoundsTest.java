///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Closing.java support/Eventually.java support/FreePorts.java support/Jvm.java
//SOURCES support/PeerProcesses.java support/RawHttp2.java support/Running.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.channelz.v1.ChannelzGrpc;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import mutex.MutexGrpc;
import mutex.MutexProto.HoldEvent;
import mutex.MutexProto.HoldRequest;
import mutex.MutexProto.StatusReply;
import mutex.MutexProto.StatusRequest;
import mutex.MutexProto.WatchRequest;
import mutex.transport.EventLoop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tests.support.Closing;
import tests.support.Eventually;
import tests.support.PeerProcesses;
import tests.support.RawHttp2;
import tests.support.Running;

/**
 * Whatever a client does or leaves undone, the peer and its locks go on, and what it can make the peer hold is bounded.
 * Tests that only wait for a deadline run beside the others.
 */
@Tag("slow")
@Timeout(120)
class BoundsTest {

    private static final StatusRequest ASK = StatusRequest.getDefaultInstance();

    @TempDir
    private Path folder;
    private final Closing open = new Closing();
    private PeerProcesses peers;

    @BeforeEach
    void begin() {
        peers = open.add(new PeerProcesses(folder));
    }

    @AfterEach
    void end() {
        open.close();
    }

    /** One whose memory is soon full: then it ends. */
    private Running small() {
        List<String> command = new ArrayList<>(PeerProcesses.command(PeerProcesses.arguments(folder.resolve("state"), 1, new int[1])));
        command.addAll(command.indexOf("-cp"), List.of("-Xmx64m", "-XX:+ExitOnOutOfMemoryError"));
        return peers.run(command);
    }

    /** Two with a lease, of which the first holds x. */
    private List<Running> leased() {
        List<Running> pair = peers.group(2, "--lease", "5s");
        pair.get(0).say("request x").await("\\[x\\] HELD");
        return pair;
    }

    private static int port(Running peer) {
        return Integer.parseInt(peer.await("listens on localhost:(\\d+)").group(1));
    }

    private ManagedChannel channel(int port) {
        EventLoop loop = open.add(new EventLoop());
        ManagedChannel channel = loop.channelTo("localhost:" + port);
        open.add(channel::shutdownNow);
        return channel;
    }

    /** How the call ended, once it has. */
    private static final class EndedCall<A> extends ClientCall.Listener<A> {
        private final CompletableFuture<String> line = new CompletableFuture<>();

        @Override
        public void onClose(Status status, Metadata trailers) {
            line.complete(status.getCode() + ": " + status.getDescription());
        }
    }

    /** Starts the call and sends nothing. */
    private static <Q, A> CompletableFuture<String> half(ManagedChannel channel, MethodDescriptor<Q, A> method) {
        ClientCall<Q, A> call = channel.newCall(method, CallOptions.DEFAULT);
        EndedCall<A> ended = new EndedCall<>();
        call.start(ended, new Metadata());
        call.request(1);
        return ended.line;
    }

    /** Starts the call, sends one message, reads nothing. */
    private static <Q, A> CompletableFuture<String> unread(ManagedChannel channel, MethodDescriptor<Q, A> method, Q request) {
        ClientCall<Q, A> call = channel.newCall(method, CallOptions.DEFAULT);
        EndedCall<A> ended = new EndedCall<>();
        call.start(ended, new Metadata());
        call.sendMessage(request);
        return ended.line;
    }

    private void isWell(Running peer) {
        peer.say("request still-" + peer.hashCode()).await("\\[still-" + peer.hashCode() + "\\] HELD");
        peer.say("release still-" + peer.hashCode()).await("\\[still-" + peer.hashCode() + "\\] given back");
        ManagedChannel fresh = channel(port(peer));
        Eventually.holds(() -> {
            try {
                return MutexGrpc.newBlockingStub(fresh).withDeadlineAfter(20, TimeUnit.SECONDS).status(ASK).getId() == 1;
            } catch (StatusRuntimeException full) { // by calls of a client that is going
                return false;
            }
        }, peer::toString);
    }

    @Test
    void aHoldThatAsksAndNeverReadsFillsNothingAndIsAnsweredWhenItReads() throws Exception {
        Running peer = small();
        ManagedChannel channel = channel(port(peer));
        ClientCall<HoldRequest, HoldEvent> call = channel.newCall(MutexGrpc.getHoldMethod(), CallOptions.DEFAULT);
        CompletableFuture<Void> held = new CompletableFuture<>();
        CompletableFuture<Void> answered = new CompletableFuture<>();
        int last = 300_000; // some 100 MB of answers
        call.start(new ClientCall.Listener<>() {
            @Override
            public void onMessage(HoldEvent event) {
                if (event.getKind() == HoldEvent.Kind.HELD) {
                    held.complete(null);
                } else if (event.getQuestion() == last) {
                    answered.complete(null);
                }
            }
        }, new Metadata());
        call.sendMessage(HoldRequest.newBuilder().setLock("x").setNoticeMillis(1_000).build());
        call.request(2);
        Eventually.get(held, "the lock");
        for (int question = 1; question <= last; question++) {
            while (!call.isReady() && peer.isAlive()) {
                LockSupport.parkNanos(100_000);
            }
            call.sendMessage(HoldRequest.newBuilder().setQuestion(question).build());
        }
        assertTrue(peer.isAlive(), peer::toString);
        isWell(peer);
        call.request(Integer.MAX_VALUE);
        answered.get(20, TimeUnit.SECONDS);
    }

    @Test
    void aBurstOfInquiriesCutsNoLinkAndLosesNoLock() {
        List<Running> pair = leased();
        flood(port(pair.get(0)), MutexGrpc.getInquireMethod(), 300);
        holdsOn(pair);
    }

    @Test
    void aFloodOfStatusCutsNoLinkAndLosesNoLock() {
        List<Running> pair = leased();
        flood(port(pair.get(0)), MutexGrpc.getStatusMethod(), 1_500);
        holdsOn(pair);
    }

    @Test
    void aFloodOfHealthChecksCutsNoLinkAndLosesNoLock() {
        List<Running> pair = leased();
        flood(port(pair.get(0)), HealthGrpc.getCheckMethod(), HealthCheckRequest.getDefaultInstance(), 600);
        holdsOn(pair);
    }

    /** Each request is in order: taken and given back, or withdrawn, over connections that stay. */
    @Test
    void aFloodOfHoldsCutsNoLinkAndLosesNoLock() throws Exception {
        List<Running> pair = leased();
        List<Thread> clients = new ArrayList<>();
        try (Closing flood = new Closing()) {
            for (int i = 0; i < 300; i++) {
                RawHttp2 client = flood.add(new RawHttp2(port(pair.get(0)), 65_535));
                byte[] request = holdOf('A' + i % 50);
                clients.add(new Thread(() -> askOnAndOn(client, request)));
            }
            clients.forEach(Thread::start);
            TimeUnit.SECONDS.sleep(7);
        }
        for (Thread client : clients) {
            client.join();
        }
        holdsOn(pair);
    }

    private static void askOnAndOn(RawHttp2 client, byte[] request) {
        try {
            for (int before = 0; before < 1_000_000; before += 50) {
                client.complete(before, 50, "mutex.v1.Mutex/Hold", request);
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private static byte[] holdOf(int letter) {
        return new byte[] {0, 0, 0, 0, 3, 10, 1, (byte) letter};
    }

    private static void holdsOn(List<Running> pair) {
        pair.get(0).say("status").await("(?s)HELD.*\\[x\\]|\\[x\\].*HELD");
        pair.get(0).say("release x").await("\\[x\\] given back");
        pair.forEach(peer -> assertTrue(!(peer.out() + peer.err()).contains("LOST"), peer::toString));
    }

    private void flood(int port, MethodDescriptor<StatusRequest, StatusReply> method, int calls) {
        flood(port, method, ASK, calls);
    }

    /** Keeps so many calls open on a few connections, for longer than the lease. */
    private <Q, A> void flood(int port, MethodDescriptor<Q, A> method, Q request, int calls) {
        AtomicLong answered = new AtomicLong();
        AtomicLong refused = new AtomicLong();
        AtomicInteger under = new AtomicInteger(calls);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(6);
        List<ManagedChannel> channels = IntStream.range(0, 6).mapToObj(i -> channel(port)).toList();
        for (int i = 0; i < calls; i++) {
            again(channels.get(i % channels.size()), method, request, end, answered, refused, under);
        }
        Eventually.holds(() -> under.get() == 0, () -> under + " calls without an answer, " + answered + " answered, " + refused + " refused");
        assertTrue(answered.get() > calls / 10, answered + " answered, " + refused + " refused");
    }

    private static <Q, A> void again(ManagedChannel channel, MethodDescriptor<Q, A> method, Q request, long end,
            AtomicLong answered, AtomicLong refused, AtomicInteger under) {
        ClientCall<Q, A> call = channel.newCall(method, CallOptions.DEFAULT);
        call.start(new ClientCall.Listener<>() {
            @Override
            public void onClose(Status status, Metadata trailers) {
                (status.isOk() ? answered : refused).incrementAndGet();
                if (System.nanoTime() < end && (status.isOk() || status.getCode() == Status.Code.RESOURCE_EXHAUSTED)) {
                    again(channel, method, request, end, answered, refused, under);
                } else {
                    under.decrementAndGet();
                }
            }
        }, new Metadata());
        call.request(100);
        call.sendMessage(request);
        call.halfClose();
    }

    /** Sends 60,000 requests while the peer is stopped; gives how many requests there were in all when 100 more, one by one, were served. */
    private long requestsBesideAFlood(boolean gone) throws Exception {
        Running peer = peers.alone();
        ManagedChannel honest = channel(port(peer));
        long before = stampOfALock(honest);
        peer.signal("STOP");
        for (int i = 0; i < 100; i++) { // more at once than a turn of the loop may take
            RawHttp2 client = new RawHttp2(port(peer), 65_535);
            open.add(client::close);
            client.brokenOff(600, "mutex.v1.Mutex/Hold", holdOf('a' + i % 20));
            if (gone) {
                client.end();
            }
        }
        peer.signal("CONT");
        for (int i = 0; i < 99; i++) {
            stampOfALock(honest);
        }
        return stampOfALock(honest) - before;
    }

    @Test
    void holdsThatAreBrokenOffInALoopDoNotKeepOthersWaiting() throws Exception {
        long all = requestsBesideAFlood(false);
        assertTrue(all < 30_000, all + " requests were served beside 100");
    }

    @Test
    void whatAFloodHasSentIsNotReadWhenItsClientIsGone() throws Exception {
        long all = requestsBesideAFlood(true);
        assertTrue(all < 30_000, all + " requests were served beside 100");
    }

    /** Takes a lock and gives it back. */
    private static long stampOfALock(ManagedChannel channel) {
        ClientCall<HoldRequest, HoldEvent> call = channel.newCall(MutexGrpc.getHoldMethod(), CallOptions.DEFAULT);
        AtomicLong stamp = new AtomicLong();
        CompletableFuture<Status> ended = new CompletableFuture<>();
        call.start(new ClientCall.Listener<>() {
            @Override
            public void onMessage(HoldEvent event) {
                stamp.set(Math.max(stamp.get(), event.getStamp().getTime()));
            }

            @Override
            public void onClose(Status status, Metadata trailers) {
                ended.complete(status);
            }
        }, new Metadata());
        call.request(10);
        call.sendMessage(HoldRequest.newBuilder().setLock("w").build());
        call.halfClose();
        assertTrue(Eventually.get(ended, "the lock is given back").isOk());
        return stamp.get();
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aCallWithoutAMessageIsEnded() throws Exception {
        Running peer = small();
        ManagedChannel channel = channel(port(peer));
        List<CompletableFuture<String>> calls = List.of(half(channel, MutexGrpc.getHoldMethod()), half(channel, MutexGrpc.getStatusMethod()),
                half(channel, MutexGrpc.getInquireMethod()), half(channel, MutexGrpc.getWatchMethod()), half(channel, HealthGrpc.getWatchMethod()),
                half(channel, ServerReflectionGrpc.getServerReflectionInfoMethod()), half(channel, ChannelzGrpc.getGetServersMethod()));
        for (CompletableFuture<String> call : calls) {
            assertEquals("RESOURCE_EXHAUSTED: no message came within 10 s; send the request with the call", call.get(20, TimeUnit.SECONDS));
        }
        assertTrue(half(channel, MutexGrpc.getLinkMethod()).get(20, TimeUnit.SECONDS).matches(".+"));
        isWell(peer);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aMessageThatComesInDropsIsNotWaitedFor() throws Exception {
        Running peer = small();
        for (String method : List.of("mutex.v1.Mutex/Hold", "mutex.v1.Mutex/Status", "grpc.health.v1.Health/Check")) {
            try (RawHttp2 client = new RawHttp2(port(peer), 65_535)) {
                client.call(1, method);
                client.data(1, false, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 100, (byte) 10);
                Thread drops = new Thread(() -> {
                    try {
                        for (int i = 0; i < 80; i++) {
                            client.data(1, false, (byte) 'x');
                            Thread.sleep(250);
                        }
                    } catch (IOException | InterruptedException over) {
                        // the test is
                    }
                });
                drops.start();
                assertEquals(RawHttp2.HEADERS, client.awaitEnd(1, 15_000), method);
                drops.interrupt();
                drops.join();
            }
        }
        isWell(peer);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void anAnswerThatNobodyReadsIsBrokenOff() throws Exception {
        Running peer = small();
        try (RawHttp2 client = new RawHttp2(port(peer), 0)) {
            client.call(1, "mutex.v1.Mutex/Status");
            client.data(1, true, new byte[5]);
            client.call(3, "mutex.v1.Mutex/Inquire");
            client.data(3, true, new byte[5]);
            int end = client.awaitEnd(1, 45_000);
            assertEquals(-1, end == RawHttp2.RST_STREAM ? client.awaitEnd(1, 5_000) : end); // the connection's, which may end its streams first
        }
        isWell(peer);
    }

    /** After half a minute the call is over, and after another its connection. */
    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aWatchThatReadsNothingEndsThoughNothingMoreHappens() throws Exception {
        Running peer = small();
        ManagedChannel channel = channel(port(peer));
        for (int i = 0; i < 500; i++) {
            assertEquals("OK: null", Eventually.get(takeAndGiveBack(channel), "the lock is given back"));
        }
        byte[] request = WatchRequest.newBuilder().setLast(2_000).build().toByteArray();
        byte[] message = new byte[5 + request.length];
        message[4] = (byte) request.length;
        System.arraycopy(request, 0, message, 5, request.length);
        try (RawHttp2 client = new RawHttp2(port(peer), 0)) {
            client.call(1, "mutex.v1.Mutex/Watch");
            client.data(1, true, message);
            assertEquals(-1, client.awaitEnd(1, 85_000));
        }
        isWell(peer);
    }

    private static CompletableFuture<String> takeAndGiveBack(ManagedChannel channel) {
        ClientCall<HoldRequest, HoldEvent> call = channel.newCall(MutexGrpc.getHoldMethod(), CallOptions.DEFAULT);
        EndedCall<HoldEvent> ended = new EndedCall<>();
        call.start(ended, new Metadata());
        call.request(10);
        call.sendMessage(HoldRequest.newBuilder().setLock("w").build());
        call.halfClose();
        return ended.line;
    }

    @Test
    void soManyCallsOfAKindAndNoMore() throws Exception {
        Running peer = small();
        int port = port(peer);
        ManagedChannel channel = channel(port);
        refuses(channel, 1_000, "Status calls", () -> half(channel, MutexGrpc.getStatusMethod()));
        refuses(channel, 100, "Inquire calls", () -> half(channel, MutexGrpc.getInquireMethod()));
        refuses(channel, 200, "grpc.health.v1.Health calls", () -> unread(channel, HealthGrpc.getWatchMethod(), HealthCheckRequest.getDefaultInstance()));
        refuses(channel, 200, "grpc.reflection.v1.ServerReflection calls", () -> half(channel, ServerReflectionGrpc.getServerReflectionInfoMethod()));
        refuses(channel, 200, "grpc.channelz.v1.Channelz calls", () -> half(channel, ChannelzGrpc.getGetServersMethod()));
        channel.shutdownNow();
        isWell(peer);
    }

    private static void refuses(ManagedChannel channel, int most, String kind, Supplier<CompletableFuture<String>> call) {
        List<CompletableFuture<String>> calls = IntStream.rangeClosed(0, most).mapToObj(i -> call.get()).toList();
        half(channel, MutexGrpc.getHoldMethod()); // sends the headers of the others: those of unary calls wait for a message
        assertEquals("RESOURCE_EXHAUSTED: this peer has " + most + " " + kind + " open, and takes no more; close some",
                Eventually.get(CompletableFuture.anyOf(calls.toArray(CompletableFuture[]::new)), "one of them is refused"));
    }

    @Test
    void oneConnectionAfterTheOtherPushesOutThoseThatDoNothing() throws Exception {
        Running peer = peers.alone();
        int port = port(peer);
        ManagedChannel holder = channel(port);
        CompletableFuture<String> hold = unread(holder, MutexGrpc.getHoldMethod(), HoldRequest.newBuilder().setLock("h").build());
        boolean pushedOut = firstOfManyIsPushedOut(port);
        for (int more = 0; more < 3 && !pushedOut; more++) {
            pushedOut = firstOfManyIsPushedOut(port); // a busy machine takes longer than the handshake's deadline
        }
        assertTrue(pushedOut, "the first one was closed by nothing but its deadline, four times");
        isWell(peer);
        assertTrue(!hold.isDone(), "a connection with a call stays");
    }

    /** Before the handshake's own deadline of 5 s, which closes it in any case. */
    private static boolean firstOfManyIsPushedOut(int port) throws IOException {
        List<Socket> sockets = new ArrayList<>();
        try {
            long began = System.nanoTime();
            for (int i = 0; i < 2_300; i++) {
                sockets.add(new Socket(InetAddress.getLoopbackAddress(), port));
            }
            sockets.get(0).setSoTimeout(30_000);
            try {
                while (sockets.get(0).getInputStream().read() >= 0) {
                    continue; // settings of HTTP/2
                }
            } catch (SocketException reset) {
                // that is an end, too
            }
            return System.nanoTime() - began < 5_000_000_000L;
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    public static void main(String[] args) {
        Run.only(BoundsTest.class);
    }
}
