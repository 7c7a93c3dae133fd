package bench;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import mutex.algorithm.LockMode;
import mutex.algorithm.Stamp;
import mutex.node.Effect.Outcome;
import mutex.peer.PeerLoop;
import mutex.status.LockListener;

/** Takes a lock at one peer, gives it back and asks again, until told otherwise; on the peer's loop only. */
abstract class BenchAsker implements LockListener {

    private final PeerLoop peer;
    private final Supplier<List<LockMode>> locks;
    private CompletableFuture<Long> number; // to withdraw it by; of the last request
    long askedAt;

    BenchAsker(PeerLoop peer, Supplier<List<LockMode>> locks) {
        this.peer = peer;
        this.locks = locks;
    }

    void ask() {
        askedAt = System.nanoTime();
        CompletableFuture<Long> asked = new CompletableFuture<>();
        number = asked; // before: who joins is inside while it asks
        peer.ask(locks.get(), false, Long.MAX_VALUE, this).thenAccept(asked::complete);
    }

    @Override
    public void entered(Stamp stamp, long fence) {
        CompletableFuture<Long> mine = number;
        inside(() -> mine.thenAccept(peer::withdraw));
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
