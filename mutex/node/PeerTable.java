package mutex.node;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import mutex.group.Group;
import mutex.group.Version;

/** What this node knows of the other peers, by id: members, and whoever is linked. */
final class PeerTable {

    /** One other peer. */
    static final class PeerFacts {
        long epoch; // newest heard of; 0 none
        long process; // whose epoch it is, as the last greeting said
        boolean linked;
        String endpoint; // if it is, of the other side
        long linkedAt; // if it is, nanoseconds
        long answeredIn; // the newest epoch of ours in which it has answered a request for units; 0 none
        long answeredAt; // our Lamport time when it first did so
        Version version = Version.NONE; // of its group, as last shown
        long print; // of its group, as last shown
        long receivedAt = Long.MIN_VALUE / 2; // last frame over a link, nanoseconds
        long silentSince = Long.MAX_VALUE; // since when it is known to have been silent, nanoseconds; Long.MAX_VALUE: it is not
        SortedSet<Integer> hears = Collections.emptySortedSet(); // as its last heartbeat said
    }

    private final Map<Integer, PeerFacts> known = new HashMap<>(); // asked a dozen times for each message

    /** Null when the peer is unknown. */
    PeerFacts get(int id) {
        return known.get(id);
    }

    PeerFacts meet(int id) {
        return known.computeIfAbsent(id, peer -> new PeerFacts());
    }

    void forget(int id) {
        known.remove(id);
    }

    /** K7: what they answered counts where they, and this peer, have been members ever since. */
    void forgetAnswersBut(Set<Integer> stayed) {
        known.forEach((id, peer) -> peer.answeredIn = stayed.contains(id) ? peer.answeredIn : 0);
    }

    /** W7: what was shown in a member's name from elsewhere, while nobody's word counted, is nothing to go by. */
    void forgetOthersThan(Group group) {
        group.members().forEach((id, endpoint) -> {
            PeerFacts peer = known.get(id);
            if (peer != null && !(peer.linked && endpoint.equals(peer.endpoint))) {
                peer.epoch = 0;
            }
        });
    }

    boolean linked(int id) {
        PeerFacts peer = known.get(id);
        return peer != null && peer.linked;
    }

    long epochOf(int id) {
        PeerFacts peer = known.get(id);
        return peer == null ? 0 : peer.epoch;
    }

    /** In rising order. */
    List<Integer> linked() {
        return known.keySet().stream().filter(this::linked).sorted().toList();
    }
}
