package mutex.status;

import java.util.List;
import java.util.Map;
import mutex.log.Tallies.LockTally;
import mutex.node.NodeView;

/**
 * A peer as it is now: its node and its links.
 *
 * @param leaseMillis 0: the lease is off
 * @param peers the other members, those of the start list, and whoever else is linked
 * @param tallies by lock, what this peer's entries cost; locks that are in use here only
 * @param faults put in by a person, a line each
 * @param clients by lock, who holds it at this peer, or whose request it is that waits; only of locks where that is known
 */
public record Snapshot(NodeView node, String algorithm, long leaseMillis, List<Other> peers, Map<String, LockTally> tallies,
        List<String> faults, Map<String, LockClient> clients) {

    /** Without faults, and without a known client. */
    public Snapshot(NodeView node, String algorithm, long leaseMillis, List<Other> peers, Map<String, LockTally> tallies) {
        this(node, algorithm, leaseMillis, peers, tallies, List.of());
    }

    /** Without a known client. */
    public Snapshot(NodeView node, String algorithm, long leaseMillis, List<Other> peers, Map<String, LockTally> tallies,
            List<String> faults) {
        this(node, algorithm, leaseMillis, peers, tallies, faults, Map.of());
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
