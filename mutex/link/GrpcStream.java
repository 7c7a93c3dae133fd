package mutex.link;

import io.grpc.Status;
import io.grpc.stub.CallStreamObserver;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import mutex.transport.EventLoop;
import mutex.wire.Packet;

/** A stream of gRPC, dialed by us or accepted. What gRPC reports from threads of its own is brought to the loop first. */
final class GrpcStream implements LinkStream, ClientResponseObserver<Packet, Packet> {

    private final EventLoop loop;
    private StreamReceiver receiver;
    private CallStreamObserver<Packet> stream; // null while nothing was dialed
    private final int mostWaiting; // bytes, for a peer that does not read; the link is cut beyond
    private int waiting; // bytes

    GrpcStream(EventLoop loop, StreamReceiver receiver, int mostWaiting) {
        this.mostWaiting = mostWaiting;
        this.loop = loop;
        this.receiver = receiver;
    }

    /** From now on that one is told. */
    void report(StreamReceiver receiver) {
        this.receiver = receiver;
    }

    /** The server's side of a stream. */
    StreamObserver<Packet> accept(StreamObserver<Packet> responses) {
        ServerCallStreamObserver<Packet> server = (ServerCallStreamObserver<Packet>) responses;
        stream = server;
        server.disableAutoRequest();
        server.setOnCancelHandler(() -> end(Status.CANCELLED.withDescription("the other side broke it off").asRuntimeException()));
        server.request(1);
        return this;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Packet> requests) {
        stream = requests;
        requests.disableAutoRequestWithInitial(1);
    }

    @Override
    public void onNext(Packet packet) {
        loop.run(() -> receiver.received(packet));
    }

    @Override
    public void onError(Throwable error) {
        end(error);
    }

    @Override
    public void onCompleted() {
        end(null);
    }

    private void end(Throwable error) {
        loop.run(() -> receiver.ended(error));
    }

    @Override
    public void send(Packet packet) {
        waiting = stream.isReady() ? 0 : waiting + packet.size();
        if (waiting > mostWaiting) {
            receiver.overflowed("it reads nothing");
        } else {
            stream.onNext(packet);
        }
    }

    @Override
    public void take(int more) {
        stream.request(more);
    }

    @Override
    public void close() {
        if (stream == null) {
            return;
        }
        try {
            stream.onCompleted();
        } catch (IllegalStateException cancelled) {
            // it is gone already, which is what we want
        }
    }

    @Override
    public void cut(String reason) {
        if (stream instanceof ClientCallStreamObserver<Packet> client) {
            client.cancel(reason, null);
        } else {
            stream.onError(Status.UNAVAILABLE.withDescription(reason).asRuntimeException());
        }
    }
}
