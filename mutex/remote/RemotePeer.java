package mutex.remote;

import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Status;
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
import mutex.MutexProto.HoldEvent;
import mutex.MutexProto.HoldRequest;
import mutex.algorithm.LockMode;
import mutex.algorithm.Stamp;
import mutex.node.Effect.Outcome;
import mutex.status.LockClient;
import mutex.status.LockListener;
import mutex.transport.EventLoop;
import mutex.transport.NetworkErrorText;
import mutex.wire.WireMode;

/**
 * A running peer, asked for locks over the network: a Hold stream for each request. Methods may be called from any
 * thread and return at once; what comes of it is told on the loop thread.
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

    private final EventLoop loop;
    private final String address;
    private final ManagedChannel channel;

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
        Call call = new Call(asking);
        boolean forEver = waitNanos == Long.MAX_VALUE;
        LockClient self = asking.client();
        boolean plain = LockMode.plain(locks);
        HoldRequest request = HoldRequest.newBuilder().setClient(MutexProto.LockClient.newBuilder().setKind(MutexProto.LockClient.Kind.PROGRAM)
                        .setPid((int) self.pid()).setHost(self.host())).setAttempt(attempt)
                .setLock(plain ? locks.get(0).lock() : NO_NAME).addAllLocks(plain ? List.of() : locks.stream().map(RemotePeer::out).toList())
                .setWaitMillis(forEver ? 0 : Math.max(1, TimeUnit.NANOSECONDS.toMillis(waitNanos))).build();
        // Under the context of another call, this one would be cancelled when that ends.
        loop.run(() -> Context.ROOT.run(() -> {
            MutexGrpc.newStub(channel).hold(call);
            call.requests.onNext(request);
        }));
        return () -> loop.run(call::withdraw);
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

    /** One request. Loop thread only. */
    private final class Call implements ClientResponseObserver<HoldRequest, HoldEvent> {

        private final RemoteListener asking;
        private ClientCallStreamObserver<HoldRequest> requests;
        private boolean answered;
        private boolean held;
        private boolean withdrawn;
        private boolean over;

        Call(RemoteListener asking) {
            this.asking = asking;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<HoldRequest> requests) {
            this.requests = requests;
        }

        @Override
        public void onNext(HoldEvent event) {
            answered = true;
            if (event.getKind() == HoldEvent.Kind.WAITING && !over) {
                asking.takenIn();
            } else if (event.getKind() == HoldEvent.Kind.HELD && !held && !over) {
                held = true;
                asking.entered(new Stamp(event.getStamp().getTime(), event.getStamp().getPeer()), event.getFence());
            }
        }

        @Override
        public void onError(Throwable error) {
            Status.Code code = Status.fromThrowable(error).getCode();
            String said = answered ? NetworkErrorText.ofOneThatStood(error) : NetworkErrorText.inOneLine(error);
            if (code == Status.Code.INVALID_ARGUMENT && !over) {
                over = true;
                asking.wrong(said);
                return;
            }
            Outcome outcome = switch (code) {
                case FAILED_PRECONDITION -> Outcome.REFUSED;
                case ALREADY_EXISTS -> Outcome.PRECEDED;
                case RESOURCE_EXHAUSTED -> said.startsWith("[") ? Outcome.FULL : Outcome.CANCELLED; // of locks, or of calls: another peer may have room
                case DEADLINE_EXCEEDED -> Outcome.EXPIRED;
                default -> Outcome.CANCELLED;
            };
            boolean ofRequest = outcome != Outcome.CANCELLED || code == Status.Code.ABORTED || !held && Failover.isSaid(said);
            end(held ? Outcome.LOST : outcome, ofRequest ? said : "the peer at " + address + " cannot be asked: " + said);
        }

        @Override
        public void onCompleted() {
            end(held ? Outcome.LOST : Outcome.CANCELLED, "the peer at " + address + " has ended the call");
        }

        private void end(Outcome outcome, String reason) {
            if (!over) {
                over = true;
                boolean asked = withdrawn;
                asking.ended(!asked ? outcome : held ? Outcome.RELEASED : Outcome.CANCELLED, asked ? null : reason);
            }
        }

        private void withdraw() {
            if (!over && !withdrawn) {
                withdrawn = true;
                requests.onCompleted();
            }
        }
    }
}
