package mutex.net;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import mutex.node.Effect;

/** Who at this peer waits for the core's answer: for a lock, or for a change of the group. Loop thread only. */
final class Askers {

    private final Map<Long, Asking> locks = new HashMap<>();
    private final Map<Long, Consumer<String>> changes = new HashMap<>();
    private long lastNumber;

    /** A new number; none is used twice. */
    long number() {
        return ++lastNumber;
    }

    void add(long asker, Asking asking) {
        locks.put(asker, asking);
    }

    void add(long asker, Consumer<String> done) {
        changes.put(asker, done);
    }

    /** All who wait for a lock or hold one. */
    List<Long> ofLocks() {
        return List.copyOf(locks.keySet());
    }

    /** Tells it that this peer is leaving: see {@link Asking#warned}. */
    boolean warned(long asker) {
        Asking asking = locks.get(asker);
        return asking != null && asking.warned();
    }

    /** The programs that are waited for once they have been warned. */
    List<Asking.Stopping> stopping() {
        return locks.values().stream().map(Asking::stopping).filter(Objects::nonNull)
                .sorted(Comparator.comparing(Asking.Stopping::lock)).toList();
    }

    void entered(Effect.Entered entered) {
        locks.get(entered.asker()).entered(entered.stamp(), entered.fence());
    }

    void ended(Effect.Ended ended) {
        locks.remove(ended.asker()).ended(ended.outcome(), ended.reason());
    }

    void answered(Effect.Answered answered) {
        changes.remove(answered.asker()).accept(answered.problem());
    }

    /** Answers all who wait for a change of the group. */
    void refuseChanges(String problem) {
        List<Consumer<String>> all = List.copyOf(changes.values());
        changes.clear();
        all.forEach(done -> done.accept(problem));
    }
}
