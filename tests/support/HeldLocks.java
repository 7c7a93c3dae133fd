package tests.support;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import mutex.algorithm.Stamp;
import mutex.event.Effect.Outcome;
import mutex.peer.PeerLoop;
import mutex.status.LockListener;

/** Locks that a peer is asked for all at once, as by a program that starts, and that are kept. */
public final class HeldLocks {

    private HeldLocks() {}

    /** Asks for so many whose names begin so; done when all are held. */
    public static CompletableFuture<Void> take(PeerLoop peer, String prefix, int count) {
        CompletableFuture<Void> all = new CompletableFuture<>();
        AtomicInteger held = new AtomicInteger();
        LockListener listener = new LockListener() {
            @Override
            public void entered(Stamp stamp, long fence) {
                if (held.incrementAndGet() == count) {
                    all.complete(null);
                }
            }

            @Override
            public void ended(Outcome outcome, String reason) {
                all.completeExceptionally(new IllegalStateException(outcome + ": " + reason));
            }
        };
        for (int i = 0; i < count; i++) {
            peer.requests().ask(prefix + i, false, Long.MAX_VALUE, listener);
        }
        return all;
    }
}
