package tests.support;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import mutex.MutexGrpc;
import mutex.MutexProto.HoldEvent;
import mutex.MutexProto.HoldRequest;
import mutex.peer.Server;
import mutex.transport.EventLoop;
import mutex.transport.Tls;

/** The server's end of Hold and Holds, which says what the test wants: a sick peer, or one of an older release, which grants all. */
public final class PlayedPeer extends MutexGrpc.MutexImplBase implements AutoCloseable {

    public final AtomicInteger streams = new AtomicInteger(); // of Holds; at an older one of Hold
    public final AtomicInteger givenBack = new AtomicInteger(); // at an older one
    public final AtomicInteger mostUnheard = new AtomicInteger(); // requests that had come and were not granted
    private final AtomicInteger granted = new AtomicInteger();
    private final boolean older;
    private final EventLoop loop;
    private final Server server;
    private final Map<Long, HoldRequest> asked = new ConcurrentHashMap<>();
    private final Set<Long> closed = ConcurrentHashMap.newKeySet();
    private volatile StreamObserver<HoldEvent> events; // of the newest stream of Holds

    /**
     * @param older it does not know Holds
     * @param tls null without TLS
     */
    public PlayedPeer(boolean older, Tls tls) throws Exception {
        this.older = older;
        loop = new EventLoop(tls);
        server = new Server(loop, InetAddress.getLoopbackAddress(), 0, this);
    }

    public String endpoint() {
        return "localhost:" + server.port();
    }

    @Override
    public StreamObserver<HoldRequest> hold(StreamObserver<HoldEvent> responses) {
        streams.incrementAndGet();
        return new Requests() {
            @Override
            public void onNext(HoldRequest request) {
                responses.onNext(HoldEvent.newBuilder().setKind(HoldEvent.Kind.WAITING).build());
                responses.onNext(HoldEvent.newBuilder().setKind(HoldEvent.Kind.HELD).setFence(7).build());
            }

            @Override
            public void onCompleted() {
                givenBack.incrementAndGet();
                responses.onCompleted();
            }
        };
    }

    @Override
    public StreamObserver<HoldRequest> holds(StreamObserver<HoldEvent> responses) {
        if (older) {
            responses.onError(Status.UNIMPLEMENTED.asRuntimeException());
            return new Requests();
        }
        streams.incrementAndGet();
        events = responses;
        return new Requests();
    }

    /** Waits for the request of that number. */
    public HoldRequest awaitAsked(long hold) {
        Eventually.holds(() -> asked.containsKey(hold), () -> "hold " + hold + " is asked for: " + asked);
        return asked.get(hold);
    }

    public void awaitClosed(long hold) {
        Eventually.holds(() -> closed.contains(hold), () -> "hold " + hold + " is closed: " + closed);
    }

    public void held(long hold, long fence) {
        granted.incrementAndGet();
        say(HoldEvent.newBuilder().setHold(hold).setKind(HoldEvent.Kind.HELD).setFence(fence));
    }

    public void ended(long hold, int status, String reason) {
        say(HoldEvent.newBuilder().setHold(hold).setKind(HoldEvent.Kind.ENDED).setStatus(status).setReason(reason));
    }

    /** As the client wanted. */
    public void closed(long hold) {
        say(HoldEvent.newBuilder().setKind(HoldEvent.Kind.ENDED).addClosed(hold));
    }

    private void say(HoldEvent.Builder event) {
        loop.run(() -> events.onNext(event.build()));
    }

    private class Requests implements StreamObserver<HoldRequest> {
        @Override
        public void onNext(HoldRequest request) {
            if (request.getClose()) {
                closed.add(request.getHold());
            } else {
                asked.put(request.getHold(), request);
                mostUnheard.accumulateAndGet(asked.size() - granted.get(), Math::max);
            }
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {}
    }

    @Override
    public void close() {
        server.close();
        loop.close();
    }
}
