package mutex.peer;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import mutex.event.Effect;
import mutex.status.LockClient;
import mutex.status.LockListener;

/**
 * Who at this peer waits for the core's answer: for a lock, or for a change of the group. What they throw when they are
 * told is their own failure, not the core's. Loop thread only.
 */
final class PendingRequests {

    static final long REFUSED = 0; // no asker has this number

    private final Map<Long, LockListener> locks = new HashMap<>();
    private final Map<Long, Consumer<String>> changes = new HashMap<>();
    private final Consumer<Throwable> failed;
    private long lastNumber;
    private boolean refusing; // nobody may ask any more

    /** @param failed is told what an asker threw */
    PendingRequests(Consumer<Throwable> failed) {
        this.failed = failed;
    }

    /** From now on nobody may ask, or everybody again. */
    void refuse(boolean refusing) {
        this.refusing = refusing;
    }

    boolean refusing() {
        return refusing;
    }

    /** Its number, which no other has or had; or it hears that nobody may ask, and REFUSED is given. */
    long add(LockListener asking) {
        if (refusing) {
            asking.ended(Effect.Outcome.CANCELLED, Departure.LEAVING);
            return REFUSED;
        }
        locks.put(++lastNumber, asking);
        return lastNumber;
    }

    /** The same for a change of the group. */
    long add(Consumer<String> done) {
        if (refusing) {
            done.accept(Departure.LEAVING);
            return REFUSED;
        }
        return addLast(done);
    }

    /** The number of who asks although nobody else may. */
    long addLast(Consumer<String> done) {
        changes.put(++lastNumber, done);
        return lastNumber;
    }

    /** Who that is; null for an unknown one. */
    LockClient client(long asker) {
        LockListener asking = locks.get(asker);
        return asking == null ? null : asking.client();
    }

    /** All who wait for a lock or hold one. */
    List<Long> ofLocks() {
        return List.copyOf(locks.keySet());
    }

    /** Whether nobody waits for a lock or holds one. */
    boolean nobodyLocks() {
        return locks.isEmpty();
    }

    /** Tells it that this peer is leaving: see {@link LockListener#warned}. */
    boolean warned(long asker) {
        LockListener asking = locks.get(asker);
        try {
            return asking != null && asking.warned();
        } catch (Throwable error) {
            failed.accept(error);
            return false;
        }
    }

    /** The programs that are waited for once they have been warned. */
    List<LockListener.Stopping> stopping() {
        return locks.values().stream().map(LockListener::stopping).filter(Objects::nonNull)
                .sorted(Comparator.comparing(LockListener.Stopping::lock)).toList();
    }

    /** Whether it knows now that it has the lock; one that could not take that in must lose it again. */
    boolean entered(Effect.Entered entered) {
        LockListener asking = locks.get(entered.asker());
        try {
            if (asking != null) {
                asking.entered(entered.stamp(), entered.fence());
            }
            return asking != null;
        } catch (Throwable error) {
            failed.accept(error);
            return false;
        }
    }

    void ended(Effect.Ended ended) {
        LockListener asking = locks.remove(ended.asker());
        try {
            if (asking != null) {
                asking.ended(ended.outcome(), ended.reason());
            }
        } catch (Throwable error) {
            failed.accept(error);
        }
    }

    void hasRun(Effect.HasRun ran) {
        LockListener asking = locks.remove(ran.asker());
        try {
            if (asking != null) {
                asking.hasRun(ran.job());
            }
        } catch (Throwable error) {
            failed.accept(error);
        }
    }

    void answered(Effect.Answered answered) {
        answer(changes.remove(answered.asker()), answered.problem());
    }

    private void answer(Consumer<String> done, String problem) {
        try {
            if (done != null) {
                done.accept(problem);
            }
        } catch (Throwable error) {
            failed.accept(error);
        }
    }

    /** Answers all who wait for a change of the group. */
    void refuseChanges(String problem) {
        List<Consumer<String>> all = List.copyOf(changes.values());
        changes.clear();
        all.forEach(done -> answer(done, problem));
    }
}
