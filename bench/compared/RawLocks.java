package bench.compared;

import bench.AnsweredStream;
import bench.Echo;
import bench.Payload;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import mutex.MutexGrpc;
import mutex.MutexProto.LinkMessage;
import mutex.peer.Server;
import mutex.transport.EventLoop;

/**
 * The floor: locks nothing. It asks all other nodes over gRPC streams, as the lock does, and blocks until each
 * has answered.
 */
final class RawLocks extends MutexGrpc.MutexImplBase implements ComparedLocks {

    private final EventLoop loop = new EventLoop();
    private final Payload payload;
    private final Server server;
    private final List<BlockingFanOut> streams = new ArrayList<>(); // loop thread only
    private final int others;
    private long sent; // loop thread only

    RawLocks(int id, List<Integer> ports) throws Exception {
        payload = Payload.frames(ports.size());
        others = ports.size() - 1;
        server = new Server(loop, InetAddress.getLoopbackAddress(), ports.get(id - 1), this);
        CountDownLatch answers = new CountDownLatch(others);
        loop.run(() -> ports.stream().filter(port -> !port.equals(ports.get(id - 1))).forEach(port -> dial(port, answers)));
        answers.await();
    }

    /** Again until somebody listens there. */
    private void dial(int port, CountDownLatch answers) {
        BlockingFanOut stream = new BlockingFanOut(() -> loop.after(50_000_000, () -> dial(port, answers)), answers);
        MutexGrpc.newStub(loop.channelTo("localhost:" + port)).link(stream);
        stream.ask(payload.request(0), answers);
    }

    @Override
    public void lock(String name) throws InterruptedException {
        CountDownLatch answers = new CountDownLatch(others);
        loop.run(() -> {
            long number = ++sent;
            streams.forEach(stream -> stream.ask(payload.request(number), answers));
        });
        answers.await();
    }

    @Override
    public void unlock(String name) {}

    private final class BlockingFanOut extends AnsweredStream {

        private final Queue<CountDownLatch> asked = new ArrayDeque<>(); // answers come in the order of the questions
        private final Runnable again;
        private final CountDownLatch first;

        BlockingFanOut(Runnable again, CountDownLatch first) {
            this.again = again;
            this.first = first;
        }

        void ask(LinkMessage question, CountDownLatch answers) {
            asked.add(answers);
            requests.onNext(question);
        }

        @Override
        protected void answered() {
            CountDownLatch answers = asked.remove();
            if (answers == first) {
                streams.add(this);
            }
            answers.countDown();
        }

        @Override
        public void onError(Throwable error) {
            if (asked.contains(first)) {
                again.run();
            }
        }
    }

    @Override
    public StreamObserver<LinkMessage> link(StreamObserver<LinkMessage> responses) {
        return new Echo((ServerCallStreamObserver<LinkMessage>) responses, payload);
    }

    @Override
    public void close() {
        server.close();
        loop.close();
    }
}
