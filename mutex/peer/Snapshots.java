package mutex.peer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import mutex.algorithm.Stamp;
import mutex.event.NodeView;
import mutex.link.Links;
import mutex.log.Tallies;
import mutex.status.LockClient;
import mutex.status.Snapshot;

/** Puts together what is known of this peer and its links. */
final class Snapshots {

    private Snapshots() {}

    static Snapshot at(NodeView node, PeerSettings settings, Links links, Tallies tallies, List<String> faults, LongFunction<LockClient> clients) {
        SortedMap<Integer, String> known = new TreeMap<>();
        List<Snapshot.Other> others = new ArrayList<>();
        if (node.group() != null) {
            known.putAll(node.group().members());
        }
        links.peers().forEach(peer -> links.of(peer).ifPresent(link -> known.putIfAbsent(peer, link.peer.endpoint())));
        known.remove(settings.id());
        known.forEach((peer, endpoint) -> others.add(other(peer, endpoint, node, links)));
        links.addresses().stream()
                .filter(address -> !known.containsValue(address))
                .forEach(address -> others.add(new Snapshot.Other(0, address, false, 0, -1, 0,
                        links.trouble(address).orElse("not heard yet"))));
        return new Snapshot(node, settings.algorithms().name(), settings.leaseMillis(), others,
                node.locks().stream().map(NodeView.LockView::name).collect(Collectors.toMap(lock -> lock, tallies::of)), faults, clients(node, clients), askers(node, clients), Map.of());
    }

    private static Map<String, LockClient> clients(NodeView node, LongFunction<LockClient> clients) {
        Map<String, LockClient> known = new HashMap<>();
        for (NodeView.LockView lock : node.locks()) {
            LockClient client = lock.asker() == 0 ? null : clients.apply(lock.asker());
            if (client != null) {
                known.put(lock.name(), client);
            }
        }
        return known;
    }

    private static Map<Stamp, LockClient> askers(NodeView node, LongFunction<LockClient> clients) {
        Map<Stamp, LockClient> known = new HashMap<>();
        for (NodeView.LockView lock : node.locks()) {
            lock.holds().stream().filter(hold -> hold.asker() != lock.asker()).forEach(hold -> know(known, hold.stamp(), clients.apply(hold.asker())));
            if (lock.wish() != null && lock.wish().asker() != lock.asker()) {
                know(known, lock.wish().stamp(), clients.apply(lock.wish().asker()));
            }
        }
        return known;
    }

    private static void know(Map<Stamp, LockClient> known, Stamp stamp, LockClient client) {
        if (stamp != null && client != null) {
            known.put(stamp, client);
        }
    }

    private static Snapshot.Other other(int peer, String endpoint, NodeView node, Links links) {
        long now = System.nanoTime();
        return links.of(peer)
                .map(link -> new Snapshot.Other(peer, endpoint, true, link.peer.epoch(),
                        Math.max(0, now - link.heardAt) / 1_000_000, link.roundTrip / 1_000,
                        node.differences().getOrDefault(peer, "")))
                .orElseGet(() -> new Snapshot.Other(peer, endpoint, false, 0, links.heardMillisAgo(peer), 0,
                        links.trouble(endpoint).orElse("no link")));
    }
}
