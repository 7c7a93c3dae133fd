package mutex.net;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import mutex.MutexProto.HoldEvent;
import mutex.MutexProto.HoldRequest;
import mutex.algorithm.Stamp;
import mutex.node.Effect.Outcome;
import mutex.node.LockName;

/** One call of Hold: a lock is asked for, and held while the stream is open. Loop thread only. */
final class HoldStream implements StreamObserver<HoldRequest>, Asking {

    private final PeerLoop peer;
    private final ServerCallStreamObserver<HoldEvent> events;
    private String lock; // null until asked
    private long asker;
    private boolean held;
    private boolean over; // the call has ended, or will with the next answer

    HoldStream(PeerLoop peer, ServerCallStreamObserver<HoldEvent> events, Room room) {
        this.peer = peer;
        this.events = events;
        room.enter(events, this::letGo);
    }

    @Override
    public void onNext(HoldRequest request) {
        if (over) {
            return;
        }
        if (lock != null) {
            fail(Status.INVALID_ARGUMENT, "one stream holds one lock; open another for \"" + Wire.text(request.getLock()) + "\"");
            letGo();
            return;
        }
        try {
            lock = LockName.check(request.getLock().isEmpty() ? LockName.DEFAULT : request.getLock());
            if (request.getWaitMillis() < 0) {
                throw new IllegalArgumentException("wait_millis " + request.getWaitMillis() + " is out of range");
            }
        } catch (IllegalArgumentException e) {
            fail(Status.INVALID_ARGUMENT, e.getMessage());
            return;
        }
        long waitNanos = MutexService.nanos(request.getWaitMillis());
        // Under the call's own context, what the peer sends later would be cancelled with the call.
        Context.ROOT.run(() -> peer.ask(lock, request.getAttempt(), waitNanos, this).thenAccept(number -> asker = number));
        if (!over && !held) {
            events.onNext(event(HoldEvent.Kind.WAITING).build());
        }
    }

    @Override
    public void entered(Stamp stamp, long fence) {
        held = true;
        if (!over) {
            events.onNext(event(HoldEvent.Kind.HELD).setFence(fence).setStamp(Wire.out(stamp)).build());
        }
    }

    private HoldEvent.Builder event(HoldEvent.Kind kind) {
        return HoldEvent.newBuilder().setKind(kind).setLock(lock).setPeer(peer.settings().id());
    }

    @Override
    public void ended(Outcome outcome, String reason) {
        if (over) {
            return;
        }
        switch (outcome) {
            case REFUSED -> fail(Status.FAILED_PRECONDITION, "[" + lock + "] refused: " + reason);
            case EXPIRED -> fail(Status.DEADLINE_EXCEEDED, "[" + lock + "] not acquired in time: " + reason);
            case LOST -> fail(Status.ABORTED, "[" + lock + "] LOST: " + reason);
            default -> fail(Status.UNAVAILABLE, "[" + lock + "] the peer is leaving");
        }
    }

    private void fail(Status status, String line) {
        over = true;
        events.onError(status.withDescription(line).asRuntimeException());
    }

    /** The client has closed its side: it gives the lock back. */
    @Override
    public void onCompleted() {
        if (!over) {
            letGo();
            events.onCompleted();
        }
    }

    @Override
    public void onError(Throwable error) {
        letGo();
    }

    private void letGo() {
        over = true;
        if (lock != null) {
            Context.ROOT.run(() -> peer.withdraw(asker));
        }
    }
}
