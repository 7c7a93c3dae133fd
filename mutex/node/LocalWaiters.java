package mutex.node;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import mutex.node.NamedLock.LocalAsker;

/** The local askers who wait or hold, by number, and those with a deadline, soonest first. */
final class LocalWaiters {

    private final Map<Long, NamedLock> locks = new HashMap<>(); // by asker
    private final SortedSet<LocalAsker> deadlines =
            new TreeSet<>(Comparator.comparingLong(LocalAsker::deadline).thenComparingLong(LocalAsker::id));

    void add(LocalAsker asker, NamedLock lock) {
        locks.put(asker.id(), lock);
        if (asker.deadline() != Long.MAX_VALUE) {
            deadlines.add(asker);
        }
    }

    /** The lock that the asker is about; null for an unknown one. */
    NamedLock lockOf(long asker) {
        return locks.get(asker);
    }

    /** The same asker, with another deadline. */
    void replace(LocalAsker old, LocalAsker now) {
        NamedLock lock = locks.get(old.id());
        remove(old);
        add(now, lock);
    }

    /** L1: a deadline is for waiting only. */
    void entered(LocalAsker asker) {
        deadlines.remove(asker);
    }

    void remove(LocalAsker asker) {
        locks.remove(asker.id());
        deadlines.remove(asker);
    }

    /** One who has waited too long; null when there is none. */
    LocalAsker overdue(long now) {
        return wakeAt() <= now && !deadlines.isEmpty() ? deadlines.first() : null;
    }

    long wakeAt() {
        return deadlines.isEmpty() ? Long.MAX_VALUE : deadlines.first().deadline();
    }
}
