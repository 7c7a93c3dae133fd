package mutex.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import mutex.event.NodeView;
import mutex.peer.PeerLoop;
import mutex.status.Snapshot;

/**
 * How the peer is at the moment that it is asked: all of one instant. Waits for the loop, on the thread of who asks;
 * a loop that does not answer leaves these out.
 */
final class Gauges implements MultiCollector {

    private static final long ANSWER_SECONDS = 2;

    /** The peer, and its locks. */
    private record Counted(Snapshot now, NodeView.LockTotals locks) {}

    private final PeerLoop peer;

    Gauges(PeerLoop peer) {
        this.peer = peer;
    }

    @Override
    public MetricSnapshots collect() {
        return look().map(Gauges::gauges).orElseGet(MetricSnapshots::of);
    }

    /** Whether the peer may use locks; not if its loop does not answer. */
    boolean ready() {
        return look().filter(all -> serving(all.now)).isPresent();
    }

    private Optional<Counted> look() {
        try {
            return Optional.of(peer.counted(Counted::new).get(ANSWER_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (TimeoutException | ExecutionException e) {
            return Optional.empty();
        }
    }

    private static MetricSnapshots gauges(Counted all) {
        Snapshot now = all.now;
        NodeView node = now.node();
        boolean grouped = node.group() != null;
        return MetricSnapshots.of(
                gauge("afteryou_waiting", "Requests at this peer that are waiting to enter", all.locks.waiting()),
                gauge("afteryou_held", "Locks that this peer holds", all.locks.held()),
                gauge("afteryou_deferred", "Requests of other peers that this one has deferred", all.locks.deferred()),
                gauge("afteryou_serving", "1 while this peer may use locks: it is in a group and, with a lease, backed by a majority", serving(now) ? 1 : 0),
                gauge("afteryou_members", "Members of the group, including this peer; 0 while it is in none", grouped ? node.group().members().size() : 0),
                gauge("afteryou_absent", "Members counted as absent: entries do not wait for them", node.standing() == null ? 0 : node.standing().absent().size()),
                gauge("afteryou_linked", "Peers that this one is linked to", now.peers().stream().filter(Snapshot.Other::linked).count()),
                gauge("afteryou_suspects", "Peers seen doing what no honest peer with a correct clock does", node.suspects().size()),
                gauge("afteryou_epoch", "Epoch of this peer: what it promised in earlier ones is void", node.epoch()));
    }

    private static boolean serving(Snapshot now) {
        return now.node().group() != null && (now.node().standing() == null || now.node().standing().good());
    }

    private static GaugeSnapshot gauge(String name, String help, double value) {
        return GaugeSnapshot.builder().name(name).help(help).dataPoint(GaugeDataPointSnapshot.builder().value(value).build()).build();
    }
}
