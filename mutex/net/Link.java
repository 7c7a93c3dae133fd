package mutex.net;

import io.grpc.stub.CallStreamObserver;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import mutex.MutexProto.LinkMessage;
import mutex.group.Hello;

/**
 * One stream to another peer, dialed by us or accepted from it. Loop thread only; what the stream
 * reports from elsewhere is brought there first.
 */
final class Link implements ClientResponseObserver<LinkMessage, LinkMessage> {

    /** What a peer that does not read may pile up, in bytes; the link is cut beyond. */
    private static final int MOST_PILED = 1 << 20;

    /** Who is told what comes over a link. */
    interface Owner {
        void received(Link link, LinkMessage message);

        /** The stream ended; reason is for a person. Called once. */
        void closed(Link link, String reason);
    }

    private final EventLoop loop;
    private final Owner owner;
    final String dialed; // the address that was dialed; null when the other peer called
    final long madeAt; // nanoseconds, as all times here
    int certified = PeerCertificate.NONE; // whose certificate the other side has shown
    private CallStreamObserver<LinkMessage> stream;
    private boolean closed;
    private int piled;
    Hello peer; // null until it has greeted
    long greetedAt;
    long heardAt;
    long pingedAt;
    long roundTrip; // 0 until measured

    Link(EventLoop loop, Owner owner, String dialed, long now) {
        this.loop = loop;
        this.owner = owner;
        this.dialed = dialed;
        madeAt = now;
        heardAt = now;
        pingedAt = now;
    }

    /** The server's side of a stream. */
    StreamObserver<LinkMessage> accept(StreamObserver<LinkMessage> responses) {
        ServerCallStreamObserver<LinkMessage> server = (ServerCallStreamObserver<LinkMessage>) responses;
        stream = server;
        server.disableAutoRequest();
        server.setOnCancelHandler(() -> end("the other side broke it off"));
        server.request(1);
        return this;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<LinkMessage> requests) {
        stream = requests;
        requests.disableAutoRequestWithInitial(1);
    }

    @Override
    public void onNext(LinkMessage message) {
        loop.run(() -> {
            if (!closed) {
                heardAt = System.nanoTime();
                owner.received(this, message);
                if (!closed) {
                    stream.request(1);
                }
            }
        });
    }

    @Override
    public void onError(Throwable error) {
        end(Problems.inOneLine(error));
    }

    @Override
    public void onCompleted() {
        end("the other side closed it");
    }

    /** It could not be made. */
    void fail(String reason) {
        end(reason);
    }

    private void end(String reason) {
        loop.run(() -> {
            if (!closed) {
                closed = true;
                finish();
                owner.closed(this, reason);
            }
        });
    }

    private void finish() {
        if (stream == null) {
            return;
        }
        try {
            stream.onCompleted();
        } catch (IllegalStateException cancelled) {
            return; // it is gone already, which is what we want
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** Hands the message over; a peer that does not read is cut off. */
    void send(LinkMessage message) {
        if (closed) {
            return;
        }
        piled = stream.isReady() ? 0 : piled + message.getSerializedSize();
        if (piled > MOST_PILED) {
            cut("it reads nothing");
        } else {
            stream.onNext(message);
        }
    }

    /** Ends the link in order, after what was sent; the owner is not told. */
    void close() {
        if (!closed) {
            closed = true;
            finish();
        }
    }

    /** Breaks the link off and tells the owner. */
    void cut(String reason) {
        if (closed) {
            return;
        }
        closed = true;
        if (stream instanceof ClientCallStreamObserver<LinkMessage> client) {
            client.cancel(reason, null);
        } else {
            stream.onError(io.grpc.Status.UNAVAILABLE.withDescription(reason).asRuntimeException());
        }
        owner.closed(this, reason);
    }
}
