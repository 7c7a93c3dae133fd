package mutex.link;

import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.util.function.BooleanSupplier;
import mutex.MutexProto.LinkMessage;
import mutex.group.Hello;
import mutex.transport.EventLoop;
import mutex.transport.NetworkErrorText;
import mutex.transport.PeerCertificate;
import mutex.wire.Packet;

/** A link to another peer, dialed by us or accepted from it: what is known of the other side. Loop thread only. */
public final class Link implements LinkStream.StreamReceiver {

    /** Why it ended, when the other side closed it after all that it had to say. */
    static final String IN_ORDER = "the other side closed it";

    /** Who is told what comes over a link. */
    interface LinkOwner {
        void received(Link link, Packet packet);

        /** The stream ended; reason is for a person. Called once. */
        void closed(Link link, String reason);

        /** A message of a stranger was read; gives the nanoseconds until the next may be. */
        long pause(Link link, long now);

        /** What was to be done with something that came over the link threw. */
        void failed(Throwable error);

        /** Bytes that may wait for a peer that does not read. */
        int mostWaiting();

        /** Null while there are no faults. */
        FaultLab faults();
    }

    /** So many packets of a member are asked for at once: to ask for each by itself costs as much as to read it. */
    private static final int AT_ONCE = 16;

    private final EventLoop loop;
    private final LinkOwner owner;
    private final GrpcStream plain;
    private LinkStream stream; // the plain one, or that with faults
    final String dialed; // the address that was dialed; null when the other peer called
    final long madeAt; // nanoseconds, as all times here
    BooleanSupplier looksUp = () -> false; // whether the name that was dialed still is looked up
    long lookedUpAt; // until then at least it was; madeAt where there was nothing to look up
    Long acceptedAt; // when there was a connection; null before
    int certified = PeerCertificate.NONE; // whose certificate the other side has shown
    private int awaited = 1; // packets that were asked for and have not come yet; the greeting at first
    private boolean closed;
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
        plain = new GrpcStream(loop, this, owner.mostWaiting());
        stream = plain;
        madeAt = now;
        lookedUpAt = now;
        acceptedAt = dialed == null ? now : null;
        heardAt = now;
        pingedAt = now;
        if (owner.faults() != null) {
            suffer(owner.faults());
        }
    }

    /** From now on the faults of the lab act on what goes over it. */
    void suffer(FaultLab lab) {
        FaultyStream faulty = new FaultyStream(loop, lab, this, plain, owner.mostWaiting());
        plain.report(faulty);
        stream = faulty;
    }

    /** The server's side of a stream. */
    StreamObserver<Packet> accept(StreamObserver<Packet> responses) {
        return plain.accept(responses);
    }

    /** Our side of one that is dialed. */
    ClientResponseObserver<Packet, Packet> responses() {
        return plain;
    }

    /** Takes in who is at the other end, if the packet says that. */
    void meet(Packet packet) {
        if (peer == null && packet instanceof Packet.Generated generated && generated.message().hasHello()) {
            other = generated.message().getHello().getId();
        }
    }

    @Override
    public void received(Packet packet) {
        meet(packet);
        if (closed) {
            return;
        }
        heardAt = System.nanoTime();
        try {
            owner.received(this, packet);
        } catch (Throwable error) { // never a link that stands and says nothing
            cut("a failure at this peer");
            owner.failed(error);
        }
        if (closed) {
            return;
        }
        long pause = stranger ? owner.pause(this, heardAt) : 0;
        awaited--;
        if (awaited == 0 && pause > 0) {
            loop.after(pause, this::takeMore);
        } else if (awaited == 0) {
            takeMore();
        }
    }

    /** When those that were asked for are dealt with, not before: what is held up keeps the other side from sending more. */
    private void takeMore() {
        if (!closed) {
            awaited = peer == null || stranger ? 1 : AT_ONCE;
            stream.take(awaited);
        }
    }

    @Override
    public void ended(Throwable error) {
        over(error == null ? IN_ORDER : peer == null ? NetworkErrorText.inOneLine(error) : NetworkErrorText.ofOneThatStood(error));
    }

    @Override
    public void overflowed(String reason) {
        cut(reason);
    }

    /** It could not be made. */
    void fail(String reason) {
        over(reason);
    }

    private void over(String reason) {
        if (!closed) {
            closed = true;
            stream.close();
            owner.closed(this, reason);
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** Hands the packet over; a peer that does not read is cut off. */
    void send(Packet packet) {
        if (!closed) {
            stream.send(packet);
        }
    }

    void send(LinkMessage message) {
        send(new Packet.Generated(message));
    }

    /** Ends the link in order, after what was sent; the owner is not told. */
    void close() {
        if (!closed) {
            closed = true;
            stream.close();
        }
    }

    /** Breaks the link off and tells the owner. */
    void cut(String reason) {
        if (!closed) {
            closed = true;
            stream.cut(reason);
            owner.closed(this, reason);
        }
    }
}
