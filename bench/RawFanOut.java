package bench;

import io.grpc.ManagedChannel;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import mutex.MutexGrpc;
import mutex.MutexProto.LinkMessage;
import mutex.peer.Server;
import mutex.transport.EventLoop;

/**
 * The floor: a bidirectional stream to each of some others that answer every message at once, on the
 * server, channels and loop that the lock uses, and with nothing behind them.
 */
final class RawFanOut extends MutexGrpc.MutexImplBase implements AutoCloseable {

    private final EventLoop loop = new EventLoop();
    private final Server server;
    private final Payload payload;
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final List<FanOutStream> streams = new ArrayList<>();

    // The round under way; loop thread only.
    private Times times;
    private CompletableFuture<Times> done;
    private long[] startedAt; // of the fan-outs under way, in turn
    private int[] missing; // replies, of each
    private long sent; // fan-outs
    private long answered; // fan-outs
    private long last; // fan-out of the round

    RawFanOut(Payload payload) throws IOException {
        this.payload = payload;
        server = new Server(loop, InetAddress.getLoopbackAddress(), 0, this);
    }

    void dial(List<RawFanOut> others) {
        loop.run(() -> others.forEach(other -> {
            ManagedChannel channel = loop.channelTo("localhost:" + other.server.port());
            FanOutStream stream = new FanOutStream();
            channels.add(channel);
            streams.add(stream);
            MutexGrpc.newStub(channel).link(stream);
        }));
    }

    /** Sends a message to all, and the next when all have answered; so many fan-outs at a time. */
    CompletableFuture<Times> round(int count, int atOnce) {
        CompletableFuture<Times> finished = new CompletableFuture<>();
        loop.run(() -> {
            times = new Times(count);
            done = finished;
            startedAt = new long[atOnce];
            missing = new int[atOnce];
            sent = 0;
            answered = 0;
            last = count;
            streams.forEach(stream -> stream.answers = 0);
            for (int i = 0; i < atOnce; i++) {
                fanOut();
            }
        });
        return finished;
    }

    private void fanOut() {
        if (sent < last) {
            int slot = (int) (sent++ % missing.length);
            startedAt[slot] = System.nanoTime();
            missing[slot] = streams.size();
            long number = sent;
            streams.forEach(stream -> stream.ask(payload.request(number)));
        }
    }

    private void answered(long fanOut) {
        int slot = (int) (fanOut % missing.length);
        if (--missing[slot] > 0) {
            return;
        }
        times.add(System.nanoTime() - startedAt[slot]);
        if (++answered == last) {
            done.complete(times);
        } else {
            fanOut();
        }
    }

    private final class FanOutStream extends AnsweredStream {

        private long answers; // in this round: they come in the order of the requests

        void ask(LinkMessage message) {
            requests.onNext(message);
        }

        @Override
        public void onError(Throwable error) {
            if (done != null) {
                done.completeExceptionally(error);
            }
        }

        @Override
        protected void answered() {
            RawFanOut.this.answered(answers++);
        }
    }

    @Override
    public StreamObserver<LinkMessage> link(StreamObserver<LinkMessage> responses) {
        return new Echo((ServerCallStreamObserver<LinkMessage>) responses, payload);
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        server.close();
        loop.close();
    }
}
