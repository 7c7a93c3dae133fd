package mutex.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import mutex.algorithm.Stamp;
import mutex.client.NotAcquired.Cause;
import mutex.event.Effect.Outcome;
import mutex.status.LockListener;

/** One request for a lock. Its callbacks come on the loop thread, or on one that has its baton: there nothing is run that a program does with the answer. */
final class PendingLock implements LockListener {

    private final String lock;
    private final Executor answers;
    private final Executor callbacks;
    private final CompletableFuture<Runnable> withdrawal = new CompletableFuture<>(); // known once it is asked
    private Held held; // touched by them only
    final CompletableFuture<Held> answer = new CompletableFuture<>();

    /**
     * @param answers completes the answer
     * @param callbacks tells that it is LOST
     */
    PendingLock(String lock, Executor answers, Executor callbacks) {
        this.lock = lock;
        this.answers = answers;
        this.callbacks = callbacks;
        answer.whenComplete((entered, problem) -> {
            if (answer.isCancelled()) {
                withdraw();
            }
        });
    }

    /** How to withdraw the request, or give the lock back. */
    void asked(Runnable withdraw) {
        withdrawal.complete(withdraw);
    }

    private void withdraw() {
        withdrawal.thenAccept(Runnable::run);
    }

    @Override
    public void entered(Stamp stamp, long fence) {
        held = new Held(lock, fence, this::withdraw, callbacks);
        Held entered = held;
        answers.execute(() -> {
            if (!answer.complete(entered)) {
                entered.close(); // it was cancelled meanwhile
            }
        });
    }

    @Override
    public void wrong(String problem) {
        answers.execute(() -> answer.completeExceptionally(new IllegalArgumentException(problem)));
    }

    @Override
    public void ended(Outcome outcome, String reason) {
        if (held != null) {
            held.lose(reason == null ? "it was given back, as the peer is leaving" : reason); // unless the program gave it back
            return;
        }
        Cause cause = switch (outcome) {
            case EXPIRED -> Cause.TIMEOUT;
            case REFUSED, PRECEDED -> Cause.REFUSED;
            case FULL -> Cause.FULL;
            default -> Cause.UNREACHABLE;
        };
        String line = "[" + lock + "] not acquired: " + (reason == null ? "it was withdrawn" : reason.replaceFirst("^\\[[^]]*\\] [^:]*: ", ""));
        answers.execute(() -> answer.completeExceptionally(new NotAcquired(cause, line)));
    }
}
