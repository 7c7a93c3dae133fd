package mutex.link;

import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import mutex.MutexProto.LinkMessage;
import mutex.transport.CallerCertificate;
import mutex.transport.EventLoop;
import mutex.transport.FailureText;

/**
 * Keeps trying to reach one address: soon after a failure, then more slowly, and at once when there
 * is something to say. Loop thread only.
 */
final class Dialer {

    private static final long FIRST_PAUSE = 50_000_000L;
    private static final long FLAPS_WITHIN = 1_000_000_000L;
    private static final long LINGER = 1_000_000_000L;

    final String address;
    private final EventLoop loop;
    private ManagedChannel channel; // null between tries that failed
    private Link link; // null while none is made or being made
    private long triedAt;
    private long pause; // before the next try
    private boolean flaps; // the last link was made, but did not last: no hurry to make another
    int peer; // who answered there last; 0 unknown
    String trouble; // why there is no link, for a person; null while all is well

    Dialer(String address, EventLoop loop, long now) {
        this.address = address;
        this.loop = loop;
        triedAt = now;
    }

    /** Whether it is time for another try. */
    boolean due(long now) {
        return link == null && now - triedAt >= pause;
    }

    /** Whether a try began less than so long ago, and nobody has answered yet. */
    boolean tries(long now, long within) {
        return link != null && link.peer == null && now - triedAt < within;
    }

    long triedAt() {
        return triedAt;
    }

    /** Whether both sides have greeted: the other one may use the link, even if here it is a spare. */
    boolean carries() {
        return link != null && link.peer != null;
    }

    /** Something waits to be said: try sooner. */
    void hurry() {
        if (!flaps) {
            pause = Math.min(pause, FIRST_PAUSE);
        }
    }

    /** Tries once; what becomes of it is told to the owner, maybe before this returns. */
    Link dial(Link.LinkOwner owner, LinkMessage hello, long now, long longestPause) {
        triedAt = now;
        pause = Math.min(longestPause, Math.max(FIRST_PAUSE, 2 * pause));
        Link made = new Link(loop, owner, address, now);
        made.other = peer;
        link = made;
        try {
            ManagedChannel fresh = loop.channelTo(address, () -> made.acceptedAt = System.nanoTime());
            channel = fresh;
            made.looksUp = () -> loop.looksUp(fresh);
            // Under the context of a server's call, this one would be cancelled when that ends.
            Context.ROOT.run(() -> LinkMethod.call(
                    ClientInterceptors.intercept(fresh, CallerCertificate.calling(peer -> made.certified = peer)), made.responses()));
            made.send(hello);
        } catch (IllegalArgumentException unusable) {
            made.fail("\"" + address + "\" cannot be looked up: it is not a name or address of a machine");
        } catch (RuntimeException | Error error) {
            made.fail("it cannot be dialed: " + FailureText.inOneLine(error)); // so that there is another try
            loop.guard(() -> {
                throw error;
            });
        }
        return made;
    }

    void linked(int peer) {
        this.peer = peer;
        trouble = null;
    }

    /** A link of this address is over; if it was the present one, a new connection is made next time. */
    void ended(Link over, String reason, long now) {
        if (over != link) {
            return;
        }
        link = null;
        trouble = reason;
        triedAt = over.peer == null ? triedAt : now; // who does not answer is tried again as often as who refuses
        flaps = over.peer != null && now - over.madeAt <= FLAPS_WITHIN;
        if (over.peer != null && !flaps) {
            pause = FIRST_PAUSE;
        }
        hangUp(true);
    }

    /** Gives up this address; gives the link it had, or null. */
    Link close() {
        Link over = link;
        link = null;
        if (over != null) {
            over.close();
        }
        hangUp(over != null && over.peer != null);
        return over;
    }

    /** In order, so that what was sent still goes out; but who does not answer is not waited for. */
    private void hangUp(boolean greeted) {
        if (channel != null) {
            ManagedChannel over = channel;
            channel = null;
            if (greeted) {
                over.shutdown();
                loop.after(LINGER, over::shutdownNow);
            } else {
                over.shutdownNow();
            }
        }
    }
}
