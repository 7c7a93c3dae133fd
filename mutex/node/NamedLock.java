package mutex.node;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import mutex.algorithm.Algorithm;
import mutex.algorithm.Algorithm.TokenBased;
import mutex.algorithm.Message;
import mutex.algorithm.RollCall;
import mutex.algorithm.Stamp;
import mutex.event.NodeView;

/** One lock at this peer: the algorithm's half of it, the local askers inside and in order of arrival (L1), and the one whose request waits. */
final class NamedLock {

    final String name;
    final Algorithm algorithm;
    final Map<Long, LocalAsker> line = new LinkedHashMap<>();
    LocalAsker wish; // whose request it is that waits, or will when it asks anew; null: nobody's
    final SortedMap<Stamp, LocalAsker> holders = new TreeMap<>();
    int messages; // sent and received for the newest request; only counted, no decision depends on it
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
        return wish == null && holders.isEmpty() && line.isEmpty();
    }

    boolean held() {
        return !holders.isEmpty();
    }

    /** Whether those who are inside here leave room for the asker. */
    boolean hasRoomFor(LocalAsker asker) {
        return algorithm.hasRoom(asker.mode(this));
    }

    /** The highest of those who are inside, which is that of the last to enter; 0 when nobody is. */
    long fence() {
        return holders.isEmpty() ? 0 : holders.get(holders.lastKey()).fence;
    }

    /** K6: whether all who are inside entered since the group changed last: the first of them did. */
    boolean enteredSince(long regrouped) {
        return holders.isEmpty() || holders.get(holders.firstKey()).regrouped == regrouped;
    }

    /** Who goes next: the asker that is to ask anew, or else the first in line; null: nobody, or a request waits. */
    LocalAsker next() {
        return wish == null ? line.isEmpty() ? null : line.values().iterator().next() : wish.stamp == null ? wish : null;
    }

    /** How many wait, whether with a request or in line. */
    int waiting() {
        return line.size() + (wish == null ? 0 : 1);
    }

    /** Those who are inside, and the one whose request waits. */
    List<LocalAsker> present() {
        return Stream.concat(holders.values().stream(), Stream.ofNullable(wish)).toList();
    }

    /** The asker does not wait and is not inside any more. */
    void drop(LocalAsker asker) {
        line.remove(asker.id);
        if (wish == asker) {
            wish = null;
        }
        if (asker.inside()) {
            holders.remove(asker.stamp);
        }
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
        List<LocalAsker> late = Stream.concat(line.values().stream(), Stream.ofNullable(wish)).filter(asker -> asker.late).toList();
        someLate = !late.isEmpty();
        return late;
    }

    NodeView.LockView view(Set<Integer> excused, long now) {
        List<NodeView.HoldView> holds = holders.values().stream()
                .map(one -> new NodeView.HoldView(one.stamp, one.mode(this), one.fence, now - one.since, one.id)).toList();
        NodeView.WishView waits = wish == null ? null : new NodeView.WishView(wish.stamp, wish.mode(this), now - wish.since, wish.id);
        LocalAsker shown = held() ? holders.get(holders.firstKey()) : wish;
        return new NodeView.LockView(name, algorithm.state(), algorithm.stamp(), shown == null ? 0 : shown.fence, shown == null ? 0 : now - shown.since,
                missing(excused), new TreeMap<>(algorithm.deferred()),
                line.size() + (wish != null && wish.stamp == null ? 1 : 0), messages,
                algorithm instanceof TokenBased token ? token.tokenPlace() : null, algorithm.describe(),
                shown == null ? 0 : shown.id, holds, waits);
    }
}
