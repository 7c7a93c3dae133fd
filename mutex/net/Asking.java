package mutex.net;

import mutex.algorithm.Stamp;
import mutex.node.Effect.Outcome;

/** How a request goes; called on the loop thread, must neither block nor throw. */
public interface Asking {

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
}
