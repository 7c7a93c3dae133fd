package mutex.link;

import io.grpc.stub.CallStreamObserver;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import mutex.MutexProto.LinkMessage;
import mutex.group.Hello;
import mutex.transport.EventLoop;
import mutex.transport.NetworkErrorText;
import mutex.transport.PeerCertificate;

/**
 * One stream to another peer, dialed by us or accepted from it. Loop thread only; what the stream
 * reports from elsewhere is brought there first.
 */
public final class Link implements ClientResponseObserver<LinkMessage, LinkMessage> {

    /** Why it ended, when the other side closed it after all that it had to say. */
    static final String IN_ORDER = "the other side closed it";
    /** What a peer that does not read may pile up, in bytes; the link is cut beyond. */
    private static final int MOST_PILED = 1 << 20;

    /** Who is told what comes over a link. */
    interface LinkOwner {
        void received(Link link, LinkMessage message);

        /** The stream ended; reason is for a person. Called once. */
        void closed(Link link, String reason);

        /** A message of a stranger was read; gives the nanoseconds until the next may be. */
        long pause(Link link, long now);

        /** What was to be done with something that came over the link threw. */
        void failed(Throwable error);

        FaultLab lab();
    }

    private final EventLoop loop;
    private final LinkOwner owner;
    private final FaultLab lab;
    private final FaultQueue out;
    private final FaultQueue in;
    final String dialed; // the address that was dialed; null when the other peer called
    final long madeAt; // nanoseconds, as all times here
    int certified = PeerCertificate.NONE; // whose certificate the other side has shown
    private CallStreamObserver<LinkMessage> stream;
    private boolean closed;
    private int piled;
    private int heldUp; // on the way out, bytes
    int other; // the peer at the other end, as far as is known before it is welcome; 0 unknown
    public Hello peer; // null until it has greeted
    boolean stranger; // no member of our group
    long readSince; // for Strangers, as the next
    int read;
    long greetedAt;
    public long heardAt;
    long pingedAt;
    public long roundTrip; // 0 until measured

    Link(EventLoop loop, LinkOwner owner, String dialed, long now) {
        this.loop = loop;
        this.owner = owner;
        this.dialed = dialed;
        lab = owner.lab();
        out = new FaultQueue(loop, lab, () -> lab.silences(other));
        in = new FaultQueue(loop, lab, () -> lab.pause().isOn() || lab.silences(other));
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
            if (peer == null && message.hasHello()) {
                other = message.getHello().getId();
            }
            if (!closed) {
                in.add(lab.wayFrom(other), () -> take(message));
            }
        });
    }

    private void take(LinkMessage message) {
        if (!closed) {
            heardAt = System.nanoTime();
            try {
                owner.received(this, message);
            } catch (Throwable error) { // never a link that stands and says nothing
                cut("a failure at this peer");
                owner.failed(error);
            }
            if (closed) {
                return;
            }
            long pause = stranger ? owner.pause(this, heardAt) : 0;
            if (pause == 0) {
                stream.request(1); // not before: what is held up keeps the other side from sending more
            } else {
                loop.after(pause, () -> {
                    if (!closed) {
                        stream.request(1);
                    }
                });
            }
        }
    }

    @Override
    public void onError(Throwable error) {
        end(peer == null ? NetworkErrorText.inOneLine(error) : NetworkErrorText.ofOneThatStood(error));
    }

    @Override
    public void onCompleted() {
        end(IN_ORDER);
    }

    /** It could not be made. */
    void fail(String reason) {
        over(reason);
    }

    private void end(String reason) {
        loop.run(() -> {
            if (!closed) {
                in.add(0, () -> over(reason));
            }
        });
    }

    private void over(String reason) {
        if (!closed) {
            closed = true;
            out.clear();
            finish();
            owner.closed(this, reason);
        }
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
        long delay = lab.wayTo(other);
        if (delay == 0 && out.isFree()) {
            write(message);
            return;
        }
        int size = message.getSerializedSize();
        heldUp += size;
        if (heldUp > MOST_PILED) {
            cut("too much is held up by its faults");
        } else {
            out.add(delay, () -> {
                heldUp -= size;
                write(message);
            });
        }
    }

    private void write(LinkMessage message) {
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
            in.clear();
            out.add(0, this::finish);
        }
    }

    /** Breaks the link off and tells the owner. */
    void cut(String reason) {
        if (closed) {
            return;
        }
        closed = true;
        in.clear();
        out.clear();
        if (lab.cut(other).isPresent()) {
            breakOff(reason);
        } else {
            out.add(0, () -> breakOff(reason)); // of which a peer that hears nothing does not hear either, until that is healed
        }
        owner.closed(this, reason);
    }

    private void breakOff(String reason) {
        if (stream instanceof ClientCallStreamObserver<LinkMessage> client) {
            client.cancel(reason, null);
        } else {
            stream.onError(io.grpc.Status.UNAVAILABLE.withDescription(reason).asRuntimeException());
        }
    }
}
