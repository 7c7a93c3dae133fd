package mutex.shell;

import java.util.concurrent.CompletableFuture;
import mutex.algorithm.Stamp;
import mutex.net.Asking;
import mutex.node.Effect.Outcome;

/** One request made in this shell, from asking to giving back. Its callbacks run on the loop thread. */
final class Turn implements Asking {

    private final Session session;
    final String lock;
    final long askedAt = System.nanoTime();
    /** Whether the lock was entered; completes when that is known. */
    final CompletableFuture<Boolean> entry = new CompletableFuture<>();
    /** Completes when the lock was given back or the request has ended. */
    final CompletableFuture<Void> end = new CompletableFuture<>();
    private volatile boolean held;
    /** To withdraw it by; the entry may come before it. */
    final CompletableFuture<Long> number = new CompletableFuture<>();

    Turn(Session session, String lock) {
        this.session = session;
        this.lock = lock;
    }

    boolean held() {
        return held;
    }

    @Override
    public void entered(Stamp stamp, long fence) {
        held = true;
        session.changed();
        session.tell(lock, "HELD with " + stamp + ", fence " + fence + ", after " + Durations.say(System.nanoTime() - askedAt));
        entry.complete(true);
    }

    @Override
    public void ended(Outcome outcome, String reason) {
        session.over(this);
        session.tell(lock, switch (outcome) {
            case RELEASED -> "given back";
            case CANCELLED -> "request withdrawn";
            case REFUSED -> "not entered: " + reason;
            case EXPIRED -> "not entered in time: " + reason;
            case LOST -> session.alarm("LOST: " + reason + "; another peer may be inside now");
        });
        entry.complete(false);
        end.complete(null);
    }
}
