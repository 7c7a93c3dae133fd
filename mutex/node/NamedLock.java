package mutex.node;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import mutex.algorithm.Algorithm;
import mutex.algorithm.Algorithm.TokenBased;
import mutex.algorithm.Message;

/** One lock at this peer: the algorithm's half of it and the local askers in order of arrival (L1). */
final class NamedLock {

    /**
     * Someone at this peer who wants the lock.
     *
     * @param told how its request went
     * @param late its wait is over, and the deadline is that of {@link RollCall}
     */
    record LocalAsker(long id, String lock, boolean attempt, long deadline, LocalRequests.AskerEvents told, boolean late) {

        LocalAsker(long id, String lock, boolean attempt, long deadline, LocalRequests.AskerEvents told) {
            this(id, lock, attempt, deadline, told, false);
        }

        /** The same, but not longer than so. */
        LocalAsker within(long deadline) {
            return new LocalAsker(id, lock, attempt, Math.min(this.deadline, deadline), told);
        }

        /** The same, once its wait is over. */
        LocalAsker lateUntil(long deadline) {
            return new LocalAsker(id, lock, attempt, deadline, told, true);
        }
    }

    final String name;
    final Algorithm algorithm;
    final Map<Long, LocalAsker> waiting = new LinkedHashMap<>();
    LocalAsker current; // the asker whose request it is, or who holds the lock; null when IDLE
    long since; // when it was asked for or entered, nanoseconds
    long fence; // of the present entry; 0 unless HELD
    long epoch; // in which the present request was made
    int messages; // sent and received for the present request; only counted, no decision depends on it
    boolean someLate; // or were so
    RollCall rollCall; // null unless somebody who wants it is late
    long tokenMaker; // the asker that is to make a new token for it; 0: none

    NamedLock(String name, Algorithm algorithm) {
        this.name = name;
        this.algorithm = algorithm;
    }

    /** Counts one that came while the lock is wanted here. */
    void countReceived(Message message, int self) {
        messages += message.serves(self) ? 1 : 0;
    }

    boolean idle() {
        return unused() && tokenMaker == 0 && algorithm.idle();
    }

    boolean unused() {
        return current == null && waiting.isEmpty();
    }

    boolean isCurrent(long asker) {
        return current != null && current.id() == asker;
    }

    boolean held() {
        return algorithm.state() == Algorithm.State.HELD;
    }

    /** Whose permission this lock waits for, but for the excused. */
    SortedSet<Integer> missing(Set<Integer> excused) {
        SortedSet<Integer> missing = algorithm.missing();
        missing.removeAll(excused);
        return missing;
    }

    /** Who has to say something before it is entered: for a token all, as it may be anywhere. */
    SortedSet<Integer> needed(Set<Integer> others, Set<Integer> excused) {
        SortedSet<Integer> needed = new TreeSet<>(algorithm instanceof TokenBased ? others : algorithm.missing());
        needed.removeAll(excused);
        return needed;
    }

    /** Those whose wait is over, whose request it is last. */
    List<LocalAsker> late() {
        if (!someLate) {
            return List.of(); // asked at every request and entry, whoever waits
        }
        Stream<LocalAsker> wants = Stream.concat(waiting.values().stream(), held() ? Stream.empty() : Stream.ofNullable(current));
        List<LocalAsker> late = wants.filter(LocalAsker::late).toList();
        someLate = !late.isEmpty();
        return late;
    }

    NodeView.LockView view(Set<Integer> excused, long now) {
        return new NodeView.LockView(name, algorithm.state(), algorithm.stamp(), fence, now - since,
                missing(excused), new TreeMap<>(algorithm.deferred()),
                waiting.size() + (current != null && algorithm.stamp() == null ? 1 : 0), messages,
                algorithm instanceof TokenBased token ? token.tokenPlace() : null, algorithm.describe(),
                current == null ? 0 : current.id());
    }
}
