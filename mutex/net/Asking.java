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
}
