package mutex.remote;

import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import mutex.MutexGrpc;
import mutex.MutexProto;
import mutex.MutexProto.HoldRequest;
import mutex.algorithm.LockMode;
import mutex.status.LockClient;
import mutex.status.LockListener;
import mutex.transport.EventLoop;
import mutex.wire.WireMode;

/**
 * A running peer, asked for locks over the network: over one stream of Holds, or at a peer of an older release one of Hold for
 * each request. Methods may be called from any thread and return at once; what comes of it is told on the loop thread.
 */
public final class RemotePeer implements AutoCloseable {

    /** How a request goes. */
    interface RemoteListener extends LockListener {

        /** The peer has it. */
        void takenIn();
    }

    /** In place of the one lock, where there are modes: a peer of an older release would take the lock of that name alone, and refuses this. */
    static final String NO_NAME = "(several, or in a mode: this peer is of a release that cannot do that)";

    private static final long HEALTH_WITHIN = TimeUnit.SECONDS.toNanos(2);
    /** A peer of an older release may be replaced by a newer one: so often that is tried. */
    private static final long HOLDS_EVERY = TimeUnit.MINUTES.toNanos(1);
    /** It costs a file to be read. */
    private static final MutexProto.LockClient SELF = self(LockClient.here(LockClient.ClientKind.PROGRAM));

    private final EventLoop loop;
    private final String address;
    private final ManagedChannel channel;
    private HoldsCall kept; // null before the first request; loop thread only, as the next
    private long tried; // whether it knows Holds
    private boolean older; // it did not

    /** The connection is made at the first request. */
    public RemotePeer(EventLoop loop, String address) {
        this.loop = loop;
        this.address = address;
        channel = loop.channelTo(address);
    }

    /**
     * Asks for locks, all of them together; the answer gives it back or withdraws the request. When the peer cannot be reached any more,
     * what was held is LOST.
     *
     * @param attempt give up rather than wait
     * @param waitNanos Long.MAX_VALUE for ever
     */
    Runnable ask(List<LockMode> locks, boolean attempt, long waitNanos, RemoteListener asking) {
        RemoteHold hold = new RemoteHold(address, asking);
        HoldRequest.Builder request = request(locks, attempt, waitNanos);
        loop.run(() -> ask(request, hold));
        return () -> loop.run(hold::withdraw);
    }

    static HoldRequest.Builder request(List<LockMode> locks, boolean attempt, long waitNanos) {
        boolean forEver = waitNanos == Long.MAX_VALUE;
        boolean plain = LockMode.plain(locks);
        return HoldRequest.newBuilder().setClient(SELF).setAttempt(attempt)
                .setLock(plain ? locks.get(0).lock() : NO_NAME).addAllLocks(plain ? List.of() : locks.stream().map(RemotePeer::out).toList())
                .setWaitMillis(forEver ? 0 : Math.max(1, TimeUnit.NANOSECONDS.toMillis(waitNanos)));
    }

    /** Loop thread only. */
    void ask(HoldRequest.Builder request, RemoteHold hold) {
        if (older && System.nanoTime() - tried < HOLDS_EVERY) {
            askAlone(request, hold);
            return;
        }
        if (kept == null || kept.over()) {
            older = false;
            tried = System.nanoTime();
            // Under the context of another call, this one would be cancelled when that ends.
            Context.ROOT.run(() -> kept = HoldsCall.open(MutexGrpc.newStub(channel), loop, this::askAlone));
        }
        kept.ask(request, hold);
    }

    /** The peer does not know Holds. */
    private void askAlone(HoldRequest.Builder request, RemoteHold hold) {
        older = true;
        Context.ROOT.run(() -> HoldCall.open(MutexGrpc.newStub(channel), loop, request, hold));
    }

    private static MutexProto.LockClient self(LockClient here) {
        return MutexProto.LockClient.newBuilder().setKind(MutexProto.LockClient.Kind.PROGRAM).setPid((int) here.pid()).setHost(here.host()).build();
    }

    private static MutexProto.LockMode out(LockMode one) {
        return MutexProto.LockMode.newBuilder().setLock(one.lock()).setMode(WireMode.out(one.mode())).build();
    }

    /** What it says of itself; never fails. Loop thread only. */
    CompletableFuture<PeerChoice.Readiness> state() {
        channel.resetConnectBackoff(); // it may have come back just now
        Health health = new Health();
        Context.ROOT.run(() -> HealthGrpc.newStub(channel).check(HealthCheckRequest.getDefaultInstance(), health));
        loop.after(HEALTH_WITHIN, health::giveUp);
        return health.state;
    }

    /** One question how it stands. Loop thread only. */
    private static final class Health implements ClientResponseObserver<HealthCheckRequest, HealthCheckResponse> {

        final CompletableFuture<PeerChoice.Readiness> state = new CompletableFuture<>();
        private ClientCallStreamObserver<HealthCheckRequest> requests;

        @Override
        public void beforeStart(ClientCallStreamObserver<HealthCheckRequest> requests) {
            this.requests = requests;
        }

        @Override
        public void onNext(HealthCheckResponse answer) {
            state.complete(answer.getStatus() == ServingStatus.SERVING ? PeerChoice.Readiness.READY : PeerChoice.Readiness.THERE);
        }

        @Override
        public void onError(Throwable error) {
            state.complete(PeerChoice.Readiness.GONE);
        }

        @Override
        public void onCompleted() {
            state.complete(PeerChoice.Readiness.GONE); // unless it has answered
        }

        void giveUp() {
            if (!state.isDone()) {
                requests.cancel("no answer", null);
            }
        }
    }

    /** Gives everything back. */
    @Override
    public void close() {
        channel.shutdownNow();
    }
}
