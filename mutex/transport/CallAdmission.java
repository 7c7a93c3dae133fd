package mutex.transport;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import mutex.MutexGrpc;

/**
 * Takes calls in, as many as there is {@link CallLimit} for, from the first byte to the last: one without a message is ended,
 * and one that is over and whose answer nobody reads is broken off with its connection. Loop thread only.
 */
public final class CallAdmission implements ServerInterceptor {

    private static final long MESSAGE_WITHIN = TimeUnit.SECONDS.toNanos(10);
    private static final long READ_WITHIN = TimeUnit.SECONDS.toNanos(30);
    private static final long SWEEP_EVERY = TimeUnit.SECONDS.toNanos(1);

    private final EventLoop loop;
    private final ConnectionLimit connections;
    private final CallThrottle throttle;
    private final int mostLocks;
    private final Map<String, CallLimit> rooms = new HashMap<>(); // by method of ours, or by another's service
    private final Map<Admitted<?, ?>, Long> silent = new LinkedHashMap<>(); // no message yet; since when, oldest first
    private final Map<Admitted<?, ?>, Long> unread = new LinkedHashMap<>(); // over, but not read; the same
    private boolean sweeping;

    /** @param mostLocks held or wanted at once */
    public CallAdmission(EventLoop loop, ConnectionLimit connections, CallThrottle throttle, int mostLocks) {
        this.mostLocks = mostLocks;
        this.loop = loop;
        this.connections = connections;
        this.throttle = throttle;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        MethodDescriptor<Q, A> method = call.getMethodDescriptor();
        String kind = MutexGrpc.SERVICE_NAME.equals(method.getServiceName()) ? method.getBareMethodName() : method.getServiceName();
        CallLimit room = room(kind);
        ConnectionLimit.Connection from = connections.from(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
        String full = from != null && from.forLinks && !kind.equals("Link")
                ? "this peer has " + ConnectionLimit.MOST + " connections, and takes no more; close some" : room.full();
        if (from != null) {
            from.ofClient |= !kind.equals("Link");
        }
        if (from != null && (full != null || !kind.equals("Link") && !room.isOfHolds())) {
            throttle.called(from);
        }
        if (full != null) {
            call.close(Status.RESOURCE_EXHAUSTED.withDescription(full), new Metadata());
            return new ServerCall.Listener<>() { };
        }
        Admitted<Q, A> admitted = new Admitted<>(call, room, from);
        silent.put(admitted, System.nanoTime());
        sweepLater();
        if (kind.equals("Holds")) {
            Context context = new CallLimit.HoldPlaces(room("Hold"), from, connections, throttle).with(Context.current());
            return admitted.listening(Contexts.interceptCall(context, admitted, headers, next));
        }
        return admitted.listening(next.startCall(admitted, headers));
    }

    private CallLimit room(String kind) {
        return rooms.computeIfAbsent(kind, each -> new CallLimit(each, mostLocks));
    }

    /** A call that has a place, until it has ended on the wire. */
    private final class Admitted<Q, A> extends SimpleForwardingServerCall<Q, A> {

        private final CallLimit room;
        private final ConnectionLimit.Connection from; // null when it is closed
        private long took; // nanoseconds, to do what its first message asks for
        private boolean ended;

        Admitted(ServerCall<Q, A> call, CallLimit room, ConnectionLimit.Connection from) {
            super(call);
            this.room = room;
            this.from = from;
            room.enter();
            count(1);
        }

        private void count(int more) {
            if (from != null) {
                from.calls += room.isOf("Holds") ? 0 : more; // its holds count
                from.holds += room.isOf("Hold") ? more : 0;
                from.links += room.isOf("Link") ? more : 0;
            }
        }

        @Override
        public void close(Status status, Metadata trailers) {
            silent.remove(this);
            if (!ended) {
                unread.put(this, System.nanoTime());
                sweepLater();
                chargeUnless(status.isOk());
            }
            super.close(status, trailers);
        }

        /** A lock that is given back costs its caller nothing; one that was broken off or refused, as much as another call. */
        private void chargeUnless(boolean inOrder) {
            if (!inOrder && from != null && (room.isOfHolds() || room.isOf("Link"))) {
                throttle.brokenOff(from, took);
            }
        }

        /** Closes its connection, unless a lock depends on that: then the call keeps its place, and that is all. */
        private void breakOff() {
            if (from != null && from.holds == 0) {
                from.closeNow();
            }
        }

        private void end() {
            if (!ended) {
                ended = true;
                silent.remove(this);
                unread.remove(this);
                room.leave();
                count(-1);
                if (from != null && from.calls == 0) {
                    connections.idle(from);
                }
            }
        }

        ServerCall.Listener<Q> listening(ServerCall.Listener<Q> listener) {
            return new SimpleForwardingServerCallListener<>(listener) {
                @Override
                public void onMessage(Q message) {
                    long begun = silent.remove(Admitted.this) == null ? 0 : System.nanoTime();
                    super.onMessage(message);
                    took += begun == 0 ? 0 : System.nanoTime() - begun;
                }

                @Override
                public void onHalfClose() {
                    silent.remove(Admitted.this);
                    super.onHalfClose();
                }

                @Override
                public void onCancel() {
                    chargeUnless(ended || unread.containsKey(Admitted.this));
                    end();
                    super.onCancel();
                }

                @Override
                public void onComplete() {
                    end();
                    super.onComplete();
                }
            };
        }
    }

    private void sweepLater() {
        if (!sweeping) {
            sweeping = true;
            loop.after(SWEEP_EVERY, this::sweep);
        }
    }

    private void sweep() {
        sweeping = false;
        for (Admitted<?, ?> call; (call = first(silent, MESSAGE_WITHIN)) != null;) {
            call.close(Status.RESOURCE_EXHAUSTED.withDescription("no message came within 10 s; send the request with the call"), new Metadata());
        }
        for (Admitted<?, ?> call; (call = first(unread, READ_WITHIN)) != null;) {
            call.breakOff();
        }
        if (!silent.isEmpty() || !unread.isEmpty()) {
            sweepLater();
        }
    }

    /** Takes out the first that has been there for so long; null when there is none. */
    private static Admitted<?, ?> first(Map<Admitted<?, ?>, Long> since, long nanos) {
        Iterator<Map.Entry<Admitted<?, ?>, Long>> all = since.entrySet().iterator();
        if (!all.hasNext()) {
            return null;
        }
        Map.Entry<Admitted<?, ?>, Long> oldest = all.next();
        if (System.nanoTime() - oldest.getValue() < nanos) {
            return null;
        }
        all.remove();
        return oldest.getKey();
    }
}
