package mutex.shell;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import mutex.algorithm.LockMode;
import mutex.algorithm.Stamp;
import mutex.event.Effect.Outcome;
import mutex.status.LockClient;
import mutex.status.LockListener;
import mutex.text.Durations;

/** One request made in this shell, from asking to giving back. Its callbacks run on the loop thread. */
final class ShellRequest implements LockListener {

    private final Session session;
    final List<LockMode> locks;
    final String lock; // the same as text
    final long askedAt = System.nanoTime();
    /** Whether the lock was entered; completes when that is known. */
    final CompletableFuture<Boolean> entry = new CompletableFuture<>();
    /** Completes when the lock was given back or the request has ended. */
    final CompletableFuture<Void> end = new CompletableFuture<>();
    private volatile boolean held;
    private volatile boolean lost;
    private volatile Stamp stamp; // once entered, as the next
    private volatile long fence;
    private boolean leaving; // guarded by this, as the next
    private CompletableFuture<Void> writing; // completes when what is written under the lock is; null: nothing is
    /** To withdraw it by; the entry may come before it. */
    final CompletableFuture<Long> number = new CompletableFuture<>();

    ShellRequest(Session session, List<LockMode> locks) {
        this.session = session;
        this.locks = locks;
        lock = LockMode.text(locks);
    }

    boolean held() {
        return held;
    }

    boolean lost() {
        return lost;
    }

    Stamp stamp() {
        return stamp;
    }

    long fence() {
        return fence;
    }

    /** Whether something may be written under the lock; then it is not given back until {@link #endWrite}. */
    synchronized boolean beginWrite() {
        boolean may = held && !leaving;
        writing = may ? new CompletableFuture<>() : null;
        return may;
    }

    void endWrite() {
        CompletableFuture<Void> written;
        synchronized (this) {
            written = writing;
            writing = null;
        }
        if (written != null) {
            written.complete(null);
        }
    }

    /** Gives back or withdraws, behind what is being written. Any thread; returns at once. */
    void leave() {
        CompletableFuture<Void> written;
        synchronized (this) {
            leaving = true;
            written = writing == null ? CompletableFuture.completedFuture(null) : writing;
        }
        written.thenRun(() -> number.thenAccept(session.peer.requests()::withdraw));
    }

    @Override
    public LockClient client() {
        return LockClient.here(LockClient.ClientKind.SHELL);
    }

    @Override
    public boolean warned() {
        synchronized (this) {
            leaving = true;
            if (writing == null) {
                return false;
            }
        }
        leave();
        return true;
    }

    @Override
    public void entered(Stamp stamp, long fence) {
        this.stamp = stamp;
        this.fence = fence;
        held = true;
        session.changed();
        session.tell(lock, "HELD with " + stamp + ", fence " + fence + ", after " + Durations.say(System.nanoTime() - askedAt));
        entry.complete(true);
    }

    @Override
    public void ended(Outcome outcome, String reason) {
        held = false;
        lost = outcome == Outcome.LOST;
        session.over(this);
        session.tell(lock, switch (outcome) {
            case RELEASED -> "given back";
            case CANCELLED -> "request withdrawn";
            case REFUSED, PRECEDED, FULL, UNANSWERED -> "not acquired: " + reason;
            case EXPIRED -> "not acquired in time: " + reason;
            case LOST -> session.alarm("LOST: " + reason + "; another peer may be inside now");
        });
        entry.complete(false);
        end.complete(null);
    }
}
