package mutex.status;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import mutex.algorithm.Algorithm.State;
import mutex.node.NodeView;

/** What one peer has to do with a lock: it is inside, waits, or knows of it. */
public record LockRole(Snapshot peer, NodeView.LockView lock) {

    private static final Comparator<LockRole> OLDEST_FIRST =
            Comparator.comparing(role -> role.lock.stamp(), Comparator.nullsLast(Comparator.naturalOrder()));

    public boolean holds() {
        return lock.state() == State.HELD;
    }

    /** Whether it has asked, or has somebody who would if this peer could ask. */
    public boolean waits() {
        return lock.state() == State.WANTED || lock.stamp() == null && lock.waiting() > 0;
    }

    /** How many of the peer's askers queue behind the one that holds or waits. */
    public int behind() {
        return lock.waiting() - (lock.stamp() == null ? 1 : 0);
    }

    /** Those that hold. */
    public static List<LockRole> holders(List<LockRole> all) {
        return all.stream().filter(LockRole::holds).toList();
    }

    /** Those that wait, the oldest request first, then those that could not ask yet. */
    public static List<LockRole> queue(List<LockRole> all) {
        return all.stream().filter(LockRole::waits).sorted(OLDEST_FIRST).toList();
    }

    /** By name, the locks that some peer holds or waits for: what each of the peers has to do with it. */
    public static SortedMap<String, List<LockRole>> byLock(Collection<Snapshot> peers) {
        SortedMap<String, List<LockRole>> all = new TreeMap<>();
        for (Snapshot peer : peers) {
            peer.node().locks().forEach(lock -> all.computeIfAbsent(lock.name(), name -> new ArrayList<>()).add(new LockRole(peer, lock)));
        }
        all.values().removeIf(roles -> roles.stream().noneMatch(role -> role.holds() || role.waits()));
        return all;
    }
}
