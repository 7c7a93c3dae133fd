package mutex.peer;

import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import mutex.MutexGrpc;
import mutex.MutexProto.Event;
import mutex.MutexProto.HoldEvent;
import mutex.MutexProto.HoldRequest;
import mutex.MutexProto.StatusReply;
import mutex.MutexProto.StatusRequest;
import mutex.MutexProto.WatchRequest;
import mutex.link.LinkMethod;
import mutex.transport.CallLimit;
import mutex.transport.CallerAddress;
import mutex.transport.NetworkErrorText;
import mutex.wire.Packet;
import mutex.wire.WireStatus;

/** What the peer's server answers. Every call arrives on the loop thread. */
public final class MutexService implements MutexGrpc.AsyncService, BindableService {

    private PeerLoop peer; // null until the peer runs, as the next two
    private GracePeriods gracePeriods;
    private StatusCalls desk;
    private final Set<WatchServerCall> watching = new HashSet<>(); // open calls
    private final Set<HoldServerCall> holding = new HashSet<>(); // open calls of Holds

    /** From now on calls are answered; loop thread only. */
    void serve(PeerLoop peer, GracePeriods gracePeriods) {
        this.gracePeriods = gracePeriods;
        this.desk = new StatusCalls(peer);
        this.peer = peer;
    }

    private boolean starting(StreamObserver<?> responses) {
        if (peer == null) {
            responses.onError(Status.UNAVAILABLE.withDescription(NetworkErrorText.STARTING).asRuntimeException());
        }
        return peer == null;
    }

    @Override
    public ServerServiceDefinition bindService() {
        return LinkMethod.replacedIn(this, this::accept);
    }

    private StreamObserver<Packet> accept(StreamObserver<Packet> responses) {
        return starting(responses) ? new Deaf<>() : peer.links().accept(responses);
    }

    @Override
    public StreamObserver<HoldRequest> hold(StreamObserver<HoldEvent> responses) {
        return starting(responses) ? new Deaf<>()
                : new HoldServerCall(peer, (ServerCallStreamObserver<HoldEvent>) responses, gracePeriods, CallerAddress.now(), null, holding);
    }

    @Override
    public StreamObserver<HoldRequest> holds(StreamObserver<HoldEvent> responses) {
        return starting(responses) ? new Deaf<>()
                : new HoldServerCall(peer, (ServerCallStreamObserver<HoldEvent>) responses, gracePeriods, CallerAddress.now(), CallLimit.HoldPlaces.now(), holding);
    }

    @Override
    public void status(StatusRequest request, StreamObserver<StatusReply> responses) {
        if (!starting(responses)) {
            unlessGone(responses);
            desk.ask(responses);
        }
    }

    /** Without a listener an answer that comes too late throws. */
    private static void unlessGone(StreamObserver<StatusReply> responses) {
        ((ServerCallStreamObserver<StatusReply>) responses).setOnCancelHandler(() -> { });
    }

    @Override
    public void inquire(StatusRequest request, StreamObserver<StatusReply> responses) {
        if (!starting(responses)) {
            unlessGone(responses);
            int self = peer.settings().id();
            Context.ROOT.run(() -> peer.inquire(WireStatus.about(request.getAboutList())).thenAccept(all -> {
                responses.onNext(WireStatus.out(all.get(self)));
                all.forEach((id, other) -> {
                    if (id != self) {
                        responses.onNext(WireStatus.out(other));
                    }
                });
                responses.onCompleted();
            }));
        }
    }

    @Override
    public void watch(WatchRequest request, StreamObserver<Event> responses) {
        if (!starting(responses)) {
            new WatchServerCall(peer, request, (ServerCallStreamObserver<Event>) responses, watching);
        }
    }

    /** Ends what would last for ever: the server waits for its calls when it closes. Loop thread only. */
    void end() {
        List.copyOf(watching).forEach(WatchServerCall::end);
        List.copyOf(holding).forEach(call -> call.end(Status.UNAVAILABLE, Departure.LEAVING));
    }

    /** Takes nothing in: the call was refused already. */
    private static final class Deaf<T> implements StreamObserver<T> {
        @Override
        public void onNext(T message) {}

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {}
    }

    /** Nanoseconds of a wait in milliseconds, where 0 means for ever. */
    static long nanos(long waitMillis) {
        return waitMillis == 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(waitMillis);
    }
}
