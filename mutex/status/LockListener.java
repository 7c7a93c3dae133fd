package mutex.status;

import mutex.algorithm.Stamp;
import mutex.node.Effect.Outcome;

/** How a request goes; called on the loop thread, must neither block nor throw. */
public interface LockListener {

    void entered(Stamp stamp, long fence);

    /**
     * Called once, last.
     *
     * @param reason one line for a person; null when the end was asked for
     */
    void ended(Outcome outcome, String reason);

    /** This peer is leaving; whether the asker gives back by itself, soon. Else that is done for it, now. */
    default boolean warned() {
        return false;
    }

    /** What a program under a lock may still take to stop what it does there, in milliseconds. */
    record Stopping(String lock, long millis) {}

    /** Of one that has been warned, why it is waited for; null when it is not. */
    default Stopping stopping() {
        return null;
    }
}
