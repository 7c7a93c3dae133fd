package mutex.remote;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.function.Consumer;
import mutex.MutexGrpc;
import mutex.MutexProto.Event;
import mutex.MutexProto.WatchRequest;
import mutex.log.LogEntry;
import mutex.remote.PeerWatch.Silence;
import mutex.text.Printable;
import mutex.transport.NetworkErrorText;
import mutex.wire.WireEvent;

/** One peer that is watched, over one Watch after another. Loop thread only. */
final class WatchedPeer {

    private static final int MOST_A_TICK = 1_000; // events
    private static final long TRY_EVERY = 1_000_000_000L;

    private final int peer;
    final String address;
    private final ManagedChannel channel;
    private final int last;
    private final Consumer<LogEntry> listener;
    Silence silence = new Silence(now(), "not heard yet", true); // null while it tells what happens
    private EventStream stream; // null: broke off
    private long triedAt = System.nanoTime() - TRY_EVERY;

    WatchedPeer(int peer, String address, ManagedChannel channel, int last, Consumer<LogEntry> listener) {
        this.peer = peer;
        this.address = address;
        this.channel = channel;
        this.last = last;
        this.listener = listener;
    }

    private static long now() {
        return System.currentTimeMillis() * 1_000;
    }

    /** Reads more, or tries again. */
    void tick() {
        if (stream != null) {
            stream.more();
        } else if (System.nanoTime() - triedAt >= TRY_EVERY) {
            triedAt = System.nanoTime();
            stream = new EventStream();
            channel.resetConnectBackoff(); // it grows to minutes
            MutexGrpc.newStub(channel).watch(WatchRequest.newBuilder().setLast(last).build(), stream);
        }
    }

    void close() {
        stream = null; // what still comes of it is not heard
        channel.shutdownNow();
    }

    private final class EventStream implements ClientResponseObserver<WatchRequest, Event> {

        private ClientCallStreamObserver<WatchRequest> calls;
        private int read; // since the last tick

        @Override
        public void beforeStart(ClientCallStreamObserver<WatchRequest> calls) {
            this.calls = calls;
            calls.disableAutoRequestWithInitial(MOST_A_TICK);
        }

        private void more() {
            if (read > 0) {
                calls.request(read);
                read = 0;
            }
        }

        @Override
        public void onNext(Event event) {
            read++;
            if (stream != this) {
                return;
            }
            if (event.getPeer() != peer) {
                silence = new Silence(now(), "peer " + event.getPeer() + " answers at " + address, false);
                return;
            }
            silence = null;
            try {
                listener.accept(WireEvent.in(event));
            } catch (IllegalArgumentException ofALaterVersion) {
                // what it knows is told all the same
            }
        }

        @Override
        public void onError(Throwable error) {
            Status status = Status.fromThrowable(error);
            boolean tooMuch = status.getCode() == Status.Code.RESOURCE_EXHAUSTED && status.getDescription() != null;
            end(tooMuch ? Printable.brief(status.getDescription()) : silence == null ? NetworkErrorText.ofOneThatStood(error) : NetworkErrorText.inOneLine(error));
        }

        @Override
        public void onCompleted() {
            end("it has ended");
        }

        private void end(String reason) {
            if (stream == this) {
                stream = null;
                silence = new Silence(silence == null ? now() : silence.sinceMicros(), reason, false);
            }
        }
    }
}
