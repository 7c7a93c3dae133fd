package bench;

import java.util.List;
import java.util.function.Supplier;
import mutex.algorithm.LockMode;
import mutex.algorithm.Stamp;
import mutex.event.Effect.Outcome;
import mutex.peer.PeerLoop;
import mutex.status.LockListener;

/** Takes a lock at one peer, gives it back and asks again, until told otherwise; on the peer's loop only. */
abstract class BenchAsker implements LockListener {

    private final PeerLoop peer;
    private final Supplier<List<LockMode>> locks;
    private long number; // to withdraw the last request by; 0: not known yet
    private boolean over; // it is to be withdrawn as soon as that is known
    long askedAt;

    BenchAsker(PeerLoop peer, Supplier<List<LockMode>> locks) {
        this.peer = peer;
        this.locks = locks;
    }

    void ask() {
        askedAt = System.nanoTime();
        number = 0;
        peer.requests().ask(locks.get(), false, Long.MAX_VALUE, this).thenAccept(this::known);
    }

    private void known(long given) {
        number = given;
        if (over) {
            giveBack();
        }
    }

    /** Who joins is inside before it has its number. */
    private void giveBack() {
        over = number == 0;
        if (!over) {
            peer.requests().withdraw(number);
        }
    }

    @Override
    public void entered(Stamp stamp, long fence) {
        inside(this::giveBack);
    }

    @Override
    public void ended(Outcome outcome, String reason) {
        if (again()) {
            ask();
        }
    }

    /** The lock is held. */
    void inside(Runnable giveBack) {
        giveBack.run();
    }

    /** The lock was given back; whether to ask for it once more. */
    abstract boolean again();
}
