package mutex.event;

import mutex.algorithm.Stamp;
import mutex.group.DurableState;

/** What a node wants done in the world, in this order. */
public sealed interface Effect permits Effect.Send, Effect.Entered, Effect.Ended, Effect.HasRun, Effect.Answered, Effect.Save, Effect.Redial, Effect.Say,
        LogEvent {

    /** Sends the frame, or drops it and makes a link where there is none. */
    record Send(int to, Frame frame) implements Effect {}

    /** The asker holds the lock. */
    record Entered(long asker, String lock, Stamp stamp, long fence) implements Effect {}

    /** The asker does not hold the lock, or no longer. */
    record Ended(long asker, String lock, Outcome outcome, String reason) implements Effect {}

    /** The asker does not hold the lock: what it would run has run in this period. */
    record HasRun(long asker, NodeView.JobView job) implements Effect {}

    /** Answers whoever asked for a group change, or passed a token on; problem is null when that was done. */
    record Answered(long asker, String problem) implements Effect {}

    /** Writes the state file; {@link Event.Written} follows. */
    record Save(DurableState saved) implements Effect {}

    /** The addresses to keep links to may have changed: the node says which. */
    record Redial() implements Effect {}

    /** One line for a person. */
    record Say(String line) implements Effect {}

    /** How a request ended. RELEASED and CANCELLED were asked for; the others say why in a line. */
    enum Outcome {
        RELEASED, CANCELLED,
        /** A try: another holds the lock. */
        REFUSED,
        /** A try: another asked first. */
        PRECEDED,
        /** This peer takes no more locks. */
        FULL,
        /** A member that is needed is not there; a try: or nobody here may use locks now. */
        UNANSWERED,
        EXPIRED, LOST
    }
}
