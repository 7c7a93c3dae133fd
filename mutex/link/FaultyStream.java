package mutex.link;

import mutex.transport.EventLoop;
import mutex.wire.Packet;

/** A stream with the faults of the lab: what they hold up waits here, on its way out and on its way in. Loop thread only. */
final class FaultyStream implements LinkStream, LinkStream.StreamReceiver {

    private final FaultLab lab;
    private final int mostWaiting;
    private final Link link;
    private final LinkStream inner;
    private final FaultQueue out;
    private final FaultQueue in;
    private int heldUp; // on the way out, bytes
    private boolean ended; // by the other side

    FaultyStream(EventLoop loop, FaultLab lab, Link link, LinkStream inner, int mostWaiting) {
        this.mostWaiting = mostWaiting;
        this.lab = lab;
        this.link = link;
        this.inner = inner;
        out = new FaultQueue(loop, lab, () -> lab.silences(link.other));
        in = new FaultQueue(loop, lab, () -> lab.pause().isOn() || lab.silences(link.other));
    }

    @Override
    public void send(Packet packet) {
        int size = packet.size();
        heldUp += size;
        if (heldUp > mostWaiting) {
            link.overflowed("too much is held up by its faults");
            return;
        }
        out.add(lab.wayTo(link.other), () -> {
            heldUp -= size;
            inner.send(packet);
        });
    }

    @Override
    public void take(int more) {
        inner.take(more);
    }

    @Override
    public void close() {
        in.clear();
        if (ended) {
            out.clear();
            inner.close();
        } else {
            out.add(0, inner::close);
        }
    }

    /** Of a fault by which it hears nothing the other side does not hear either, until that is healed; of a cut it does. */
    @Override
    public void cut(String reason) {
        in.clear();
        out.clear();
        if (lab.cut(link.other).isPresent()) {
            inner.cut(reason);
        } else {
            out.add(0, () -> inner.cut(reason));
        }
    }

    @Override
    public void received(Packet packet) {
        link.meet(packet);
        if (!link.isClosed()) {
            in.add(lab.wayFrom(link.other), () -> link.received(packet));
        }
    }

    @Override
    public void ended(Throwable error) {
        if (!link.isClosed()) {
            in.add(0, () -> {
                ended = true;
                link.ended(error);
            });
        }
    }

    @Override
    public void overflowed(String reason) {
        link.overflowed(reason);
    }
}
