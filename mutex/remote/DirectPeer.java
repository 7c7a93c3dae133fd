package mutex.remote;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import mutex.MutexProto.HoldEvent;
import mutex.MutexProto.HoldRequest;
import mutex.algorithm.LockMode;
import mutex.algorithm.Stamp;
import mutex.event.Effect.Outcome;
import mutex.status.LockListener;
import mutex.transport.EventLoop;
import mutex.transport.NetworkErrorText;

/**
 * One running peer without TLS, asked over a kept stream of Holds by the threads that want locks: whoever asks or gives back writes
 * that itself, and the thread that reads wakes whoever waits. A loop between them would cost two changes of threads more for each turn
 * ({@link RemotePeers} has one, for several peers and for TLS). Methods may be called from any thread and return at once.
 */
public final class DirectPeer implements AutoCloseable {

    /**
     * Bytes of messages of which nothing has been heard; more wait here. So nobody who writes has to wait for a peer that does not read,
     * and no window of HTTP/2 is exceeded: that of a connection is 65,535 at first, and a peer gives back half of its own 1 MiB at a time.
     */
    private static final int MOST_UNHEARD = 48 << 10;
    /** A peer of an older release may be replaced by a newer one: so often that is tried. */
    private static final long HOLDS_EVERY = TimeUnit.MINUTES.toNanos(1);

    private final EventLoop loop;
    private final String address;
    private final RemotePeer otherwise; // over Hold, where the peer does not know Holds
    private KeptCall kept; // null before the first request; guarded by this, as all below
    private long olderSince;
    private boolean older;
    private boolean closed;

    /** The connection is made at the first request; the loop is needed for a peer of an older release only. */
    public DirectPeer(EventLoop loop, String address) {
        this.loop = loop;
        this.address = address;
        otherwise = new RemotePeer(loop, address);
    }

    /** As {@link RemotePeer#ask}. */
    public Runnable ask(List<LockMode> locks, boolean attempt, long waitNanos, LockListener asking) {
        RemoteHold hold = new RemoteHold(address, new DirectListener(asking));
        HoldRequest.Builder request = RemotePeer.request(locks, attempt, waitNanos);
        while (!ask(request, hold)) {
            // the stream has ended just now: over the next one
        }
        return hold::withdraw;
    }

    private boolean ask(HoldRequest.Builder request, RemoteHold hold) {
        KeptCall call;
        synchronized (this) {
            if (closed) {
                hold.failed(Status.Code.CANCELLED, "it was closed");
                return true;
            }
            if (older && System.nanoTime() - olderSince < HOLDS_EVERY) {
                call = null;
            } else {
                older = false;
                kept = kept == null || kept.over ? new KeptCall() : kept;
                call = kept;
            }
        }
        if (call == null) {
            loop.run(() -> otherwise.ask(request, hold));
            return true;
        }
        return call.ask(request, hold);
    }

    /** The peer does not know Holds. */
    private void askOtherwise(HoldRequest.Builder request, RemoteHold hold) {
        synchronized (this) {
            older = true;
            olderSince = System.nanoTime();
        }
        try {
            loop.run(() -> otherwise.ask(request, hold));
        } catch (RejectedExecutionException ended) {
            hold.failed(Status.Code.CANCELLED, "it was closed");
        }
    }

    /** Gives everything back. */
    @Override
    public void close() {
        KeptCall call;
        synchronized (this) {
            closed = true;
            call = kept;
        }
        if (call != null) {
            call.finish();
        }
        try {
            loop.run(otherwise::close);
        } catch (RejectedExecutionException ended) {
            // and all requests with it
        }
    }

    /** What the peer tells of a request; that it has it is no news where there is no other to go on at. */
    private record DirectListener(LockListener asking) implements RemotePeer.RemoteListener {

        @Override
        public void takenIn() {}

        @Override
        public void entered(Stamp stamp, long fence) {
            asking.entered(stamp, fence);
        }

        @Override
        public void ended(Outcome outcome, String reason) {
            asking.ended(outcome, reason);
        }

        @Override
        public void wrong(String problem) {
            asking.wrong(problem);
        }
    }

    /** A hold that is not over. */
    private static final class DirectHold {
        private final RemoteHold hold;
        private final HoldRequest.Builder request;
        private int unheard; // bytes

        DirectHold(RemoteHold hold, HoldRequest.Builder request) {
            this.hold = hold;
            this.request = request;
        }
    }

    private record Unsent(DirectHold of, byte[] message) {}

    /** The stream. A number is given to one hold only, so that nothing said of one is taken for another. */
    private final class KeptCall implements ByteCall.ByteListener {

        private final Map<Long, DirectHold> holds = new LinkedHashMap<>(); // by number; guarded by this, as all below
        private final Deque<Unsent> unsent = new ArrayDeque<>();
        private ByteCall call; // null before the first request
        private long last;
        private int unheard; // bytes of all
        private boolean answered;
        private volatile boolean over;

        /** False when it takes no more. */
        synchronized boolean ask(HoldRequest.Builder request, RemoteHold hold) {
            if (over) {
                return false;
            }
            long number = ++last;
            DirectHold asked = new DirectHold(hold, request);
            holds.put(number, asked);
            hold.goesOver(() -> close(number));
            send(asked, request.setHold(number).build().toByteArray());
            return true;
        }

        private synchronized void close(long number) {
            DirectHold closed = holds.get(number);
            if (closed != null) {
                send(closed, HoldRequest.newBuilder().setHold(number).setClose(true).build().toByteArray());
            }
        }

        /** Gives everything back; the end follows. */
        synchronized void finish() {
            if (call != null) {
                call.finish();
            }
        }

        /** Guarded by this, so that numbers leave in order. */
        private void send(DirectHold of, byte[] message) {
            if (unheard > MOST_UNHEARD) {
                unsent.add(new Unsent(of, message));
                return;
            }
            of.unheard += message.length;
            unheard += message.length;
            if (call == null) {
                call = new PlainGrpcCall(address, "/mutex.v1.Mutex/Holds", message, this);
                call.start();
            } else {
                call.send(message);
            }
        }

        private void heard(DirectHold of) {
            unheard -= of.unheard;
            of.unheard = 0;
            while (unheard <= MOST_UNHEARD && !unsent.isEmpty()) {
                Unsent next = unsent.poll();
                send(next.of, next.message);
            }
        }

        @Override
        public void message(byte[] message) throws IOException {
            HoldEvent event;
            try {
                event = HoldEvent.parseFrom(message);
            } catch (InvalidProtocolBufferException e) {
                throw new IOException(NetworkErrorText.NO_PEER, e);
            }
            for (int i = 0; i < event.getClosedCount(); i++) {
                DirectHold closed = heard(event.getClosed(i), true);
                if (closed != null) {
                    closed.hold.completed();
                }
            }
            boolean ends = event.getKind() == HoldEvent.Kind.ENDED;
            DirectHold of = heard(event.getHold(), ends);
            if (of != null && ends) {
                of.hold.ended(event);
            } else if (of != null) {
                of.hold.told(event);
            }
        }

        /** The one with that number; null where there is none any more. */
        private synchronized DirectHold heard(long number, boolean ends) {
            answered = true;
            DirectHold of = ends ? holds.remove(number) : holds.get(number);
            if (of != null) {
                heard(of);
            }
            return of;
        }

        @Override
        public void ended(int status, String reason) {
            List<DirectHold> left;
            Status.Code code = Status.fromCodeValue(status).getCode();
            boolean unknown;
            synchronized (this) {
                over = true;
                unknown = code == Status.Code.UNIMPLEMENTED && !answered;
                left = List.copyOf(holds.values());
                holds.clear();
                unsent.clear();
            }
            for (DirectHold one : left) {
                if (unknown && !one.hold.withdrawn()) {
                    askOtherwise(one.request.clearHold(), one.hold);
                } else if (code == Status.Code.OK) {
                    one.hold.completed();
                } else {
                    one.hold.failed(code, reason);
                }
            }
        }
    }
}
