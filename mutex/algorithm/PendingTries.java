package mutex.algorithm;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import mutex.algorithm.Algorithm.Outgoing;
import mutex.algorithm.Message.Refusal;

/** T5: the tries of other peers that one peer of a ring knows of: they end when somebody else goes first, or the token reaches them. */
final class PendingTries {

    private final SortedMap<Integer, Stamp> open = new TreeMap<>(); // by peer, its newest

    /** Refuses it now, or remembers it. */
    List<Outgoing> take(int peer, Refusal refusal, boolean refused) {
        if (refused) {
            return List.of(new Outgoing(peer, refusal));
        }
        open.put(peer, refusal.stamp());
        return List.of();
    }

    List<Outgoing> refuseAll() {
        List<Outgoing> refusals = new ArrayList<>();
        open.forEach((peer, stamp) -> refusals.add(new Outgoing(peer, new Refusal(stamp))));
        open.clear();
        return refusals;
    }

    /** The token goes on: it reaches them, or somebody who refuses them. */
    void leaveToOthers() {
        open.clear();
    }

    void forget(int peer) {
        open.remove(peer);
    }

    void keepOnly(Set<Integer> members) {
        open.keySet().retainAll(members);
    }
}
