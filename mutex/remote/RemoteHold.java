package mutex.remote;

import io.grpc.Status;
import mutex.MutexProto.HoldEvent;
import mutex.algorithm.Stamp;
import mutex.event.Effect.Outcome;
import mutex.transport.NetworkErrorText;

/** One request at a running peer, and what is held by it, whichever stream it goes over. Any thread may withdraw it; what comes of it one thread tells at a time. */
final class RemoteHold {

    private final String address; // of the peer
    private final RemotePeer.RemoteListener asking;
    private Runnable close; // by its stream; null until it has one; guarded by this, as the next
    private boolean withdrawn;
    private boolean held;
    private volatile boolean over;

    RemoteHold(String address, RemotePeer.RemoteListener asking) {
        this.address = address;
        this.asking = asking;
    }

    /** Goes over a stream now, or over another one, as nothing came of the first; close tells it that this is given back or withdrawn. */
    void goesOver(Runnable close) {
        synchronized (this) {
            this.close = close;
            if (!withdrawn) {
                return;
            }
        }
        close.run();
    }

    synchronized boolean withdrawn() {
        return withdrawn;
    }

    void withdraw() {
        Runnable now;
        synchronized (this) {
            if (over || withdrawn) {
                return;
            }
            withdrawn = true;
            now = close;
        }
        if (now != null) {
            now.run();
        }
    }

    /** What the peer says, but for the end. */
    void told(HoldEvent event) {
        if (event.getKind() == HoldEvent.Kind.WAITING && !over) {
            asking.takenIn();
        } else if (event.getKind() == HoldEvent.Kind.HELD && !held && !over) {
            held = true;
            asking.entered(new Stamp(event.getStamp().getTime(), event.getStamp().getPeer()), event.getFence());
        }
    }

    /** The peer has ended it, and no other hold of its stream. */
    void ended(HoldEvent end) {
        Status.Code code = Status.fromCodeValue(end.getStatus()).getCode();
        if (code == Status.Code.OK) {
            completed();
        } else {
            failed(code, NetworkErrorText.ofOneThatStood(code.toStatus().withDescription(end.getReason()).asException()));
        }
    }

    /** The peer has ended it, or the way there: with gRPC's code, and one line. */
    void failed(Status.Code code, String said) {
        if (code == Status.Code.INVALID_ARGUMENT && !over) {
            over = true;
            asking.wrong(said);
            return;
        }
        Outcome outcome = switch (code) {
            case FAILED_PRECONDITION -> Outcome.REFUSED;
            case ALREADY_EXISTS -> Outcome.PRECEDED;
            case RESOURCE_EXHAUSTED -> said.startsWith("[") ? Outcome.FULL : Outcome.CANCELLED; // of locks, or of calls: another peer may have room
            case DEADLINE_EXCEEDED -> Outcome.EXPIRED;
            default -> Outcome.CANCELLED;
        };
        boolean ofRequest = outcome != Outcome.CANCELLED || code == Status.Code.ABORTED || !held && Failover.isSaid(said);
        end(held ? Outcome.LOST : outcome, ofRequest ? said : "the peer at " + address + " cannot be asked: " + said);
    }

    /** The peer has ended it in order: as we wanted, or it should not have. */
    void completed() {
        end(held ? Outcome.LOST : Outcome.CANCELLED, "the peer at " + address + " has ended the call");
    }

    private void end(Outcome outcome, String reason) {
        if (!over) {
            over = true;
            boolean asked = withdrawn();
            asking.ended(!asked ? outcome : held ? Outcome.RELEASED : Outcome.CANCELLED, asked ? null : reason);
        }
    }
}
