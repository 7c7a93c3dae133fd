package mutex.status;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import mutex.algorithm.Stamp;
import mutex.event.NodeView;
import mutex.log.Tallies.LockTally;

/**
 * A peer as it is now: its node and its links.
 *
 * @param leaseMillis 0: the lease is off
 * @param peers the other members, those of the start list, and whoever else is linked
 * @param tallies by lock, what this peer's entries cost; locks that are in use here only
 * @param faults put in by a person, a line each
 * @param clients by lock, who holds it at this peer, or whose request it is that waits; only of locks where that is known
 * @param askers by stamp, whose hold or request that is, of those that are not in {@code clients}
 * @param moreHolds by lock, how many are inside besides those that the node's view of it names; where there are any
 */
public record Snapshot(NodeView node, String algorithm, long leaseMillis, List<Other> peers, Map<String, LockTally> tallies,
        List<String> faults, Map<String, LockClient> clients, Map<Stamp, LockClient> askers, Map<String, Integer> moreHolds) {

    /** With one hold or request of each lock at most. */
    public Snapshot(NodeView node, String algorithm, long leaseMillis, List<Other> peers, Map<String, LockTally> tallies,
            List<String> faults, Map<String, LockClient> clients) {
        this(node, algorithm, leaseMillis, peers, tallies, faults, clients, Map.of(), Map.of());
    }

    /** Without faults, and without a known client. */
    public Snapshot(NodeView node, String algorithm, long leaseMillis, List<Other> peers, Map<String, LockTally> tallies) {
        this(node, algorithm, leaseMillis, peers, tallies, List.of());
    }

    /** Without a known client. */
    public Snapshot(NodeView node, String algorithm, long leaseMillis, List<Other> peers, Map<String, LockTally> tallies,
            List<String> faults) {
        this(node, algorithm, leaseMillis, peers, tallies, faults, Map.of());
    }

    /** Whose hold or request of the lock that is; null while it is not known. */
    public LockClient client(NodeView.LockView lock, Stamp stamp) {
        LockClient one = stamp == null ? null : askers.get(stamp);
        return one != null || !Objects.equals(stamp, lock.stamp()) ? one : clients.get(lock.name());
    }

    /** How many hold it at this peer. */
    public int holds(NodeView.LockView lock) {
        return lock.holds().size() + moreHolds.getOrDefault(lock.name(), 0);
    }

    /**
     * Another peer, as seen from here.
     *
     * @param id 0 while unknown
     * @param epoch 0 while unknown
     * @param heardMillisAgo -1 when nothing was ever heard
     * @param roundTripMicros 0 until measured
     * @param trouble what is wrong with it, for a person; empty when nothing is
     */
    public record Other(
            int id, String endpoint, boolean linked, long epoch, long heardMillisAgo, long roundTripMicros,
            String trouble) {}
}
