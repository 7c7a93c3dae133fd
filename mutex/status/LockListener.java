package mutex.status;

import mutex.algorithm.Stamp;
import mutex.event.Effect.Outcome;
import mutex.event.NodeView.JobView;

/** How a request goes; called on the loop thread, or on one that has its baton; must neither block nor throw. */
public interface LockListener {

    /** Who asks; told to people who look for the holder. */
    default LockClient client() {
        return LockClient.here(LockClient.ClientKind.PROGRAM);
    }

    void entered(Stamp stamp, long fence);

    /**
     * Called once, last.
     *
     * @param reason one line for a person; null when the end was asked for
     */
    void ended(Outcome outcome, String reason);

    /**
     * Called instead, where what was asked for is not possible at that peer: nothing has happened.
     *
     * @param problem one line for a person
     */
    default void wrong(String problem) {
        ended(Outcome.CANCELLED, problem);
    }

    /** Called instead: what was to run once a period has run. */
    default void hasRun(JobView job) {
        ended(Outcome.REFUSED, job.text());
    }

    /** This peer is leaving: true if the asker will give the lock back itself, soon; otherwise that is done for it at once. */
    default boolean warned() {
        return false;
    }

    /** How long a program that runs under a lock may still need to stop, in milliseconds. */
    record Stopping(String lock, long millis) {}

    /** What is waited for after {@link #warned} was answered with true; null when nothing is. */
    default Stopping stopping() {
        return null;
    }
}
