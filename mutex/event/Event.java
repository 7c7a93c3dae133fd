package mutex.event;

import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import mutex.algorithm.LockMode;
import mutex.group.Hello;

/** Something that happens to a node: a step takes it in. */
public sealed interface Event {

    /**
     * A local asker wants a lock, or several together; {@link Effect.Entered} or {@link Effect.Ended} follows.
     *
     * @param asker number of the asker, above 0 and never used again
     * @param locks at least one and at most {@link LockMode#MOST}, none twice; modes other than exclusive only where the algorithm has them
     * @param attempt refuse rather than wait
     * @param deadline when to give up, in the nanoseconds of now; Long.MAX_VALUE for never
     * @param period in which what runs under the one exclusive lock is to run once, in milliseconds; 0: as often as it is entered.
     *     With a period it is a try, and {@link Effect.HasRun} may end it
     */
    record Ask(long asker, List<LockMode> locks, boolean attempt, long deadline, long period) implements Event {

        /** As often as they are entered. */
        public Ask(long asker, List<LockMode> locks, boolean attempt, long deadline) {
            this(asker, locks, attempt, deadline, 0);
        }

        /** For one lock alone. */
        public Ask(long asker, String lock, boolean attempt, long deadline) {
            this(asker, LockMode.exclusive(lock), attempt, deadline);
        }
    }

    /**
     * The asker gives its lock back, or does not want it any more; unknown askers are ignored.
     *
     * @param failed whether the run of its job is not to count (O4), so that it may run again in the same period
     */
    record Withdraw(long asker, boolean failed) implements Event {

        /** What was run counts. */
        public Withdraw(long asker) {
            this(asker, false);
        }
    }

    /** A person passes the token of the lock on; {@link Effect.Answered} follows. */
    record PassToken(long asker, String lock) implements Event {}

    /** A person or program wants the peer at the endpoint in the group; {@link Effect.Answered} follows. */
    record Add(long asker, String endpoint) implements Event {}

    /**
     * A person or program wants these members out of the group; {@link Effect.Answered} follows.
     *
     * @param force without asking the removed, and without a majority if need be: nothing is promised if one of them lives
     */
    record Remove(long asker, SortedSet<Integer> ids, boolean force) implements Event {}

    /** This peer leaves the group; {@link Effect.Answered} follows when one of the others knows the new version. */
    record Leave(long asker) implements Event {}

    /** A link was made; dialed is the address it was made to, null when the other peer called. */
    record Linked(Hello hello, String dialed) implements Event {}

    /** The last link to the peer broke. */
    record Unlinked(int peer) implements Event {}

    /** The dialed address turned out to be this peer's own. */
    record OwnAddress(String dialed) implements Event {}

    /** These addresses are all that discovery finds now; until there is a group, links are made to them, and no more. */
    record Discovered(Set<String> addresses) implements Event {}

    /** A frame came from a linked peer. */
    record Received(Frame frame) implements Event {}

    /** The state was saved; problem says in a line why not, else null. */
    record Written(String problem) implements Event {}

    /**
     * Of the time up to now, so much was seen by the wall clock only: the machine was suspended, or its clock set.
     * Comes before any other event at that time.
     */
    record Skipped(long nanos) implements Event {}

    /** Nothing but the time has changed. */
    record Tick() implements Event {}
}
