package mutex.node;

import java.util.HashMap;
import java.util.Map;
import mutex.algorithm.Stamp;

/**
 * L3: notices a peer that goes before our request twice: having shown a clock above our stamp, it asks with one stamp
 * below it, which may be an old request said again, and then with another, which no honest peer can make.
 * Only watches; no decision of the lock depends on it.
 */
final class FairnessMonitor {

    private final Map<Integer, Long> shown = new HashMap<>(); // highest Lamport time, in the peer's present epoch
    private final Map<String, Map<Integer, Stamp>> before = new HashMap<>(); // by lock and peer: its first such request

    void shows(int peer, long time) {
        if (time > shown.getOrDefault(peer, 0L)) {
            shown.put(peer, time);
        }
    }

    /** The peer has a new epoch. */
    void renewed(int peer) {
        shown.remove(peer);
        before.values().forEach(peers -> peers.remove(peer));
    }

    /** Our request for the lock is over. */
    void ended(String lock) {
        before.remove(lock);
    }

    /** The peer's older request goes before ours; returns what is wrong with that, null if nothing is. */
    String passes(String lock, int peer, Stamp theirs, Stamp ours) {
        if (shown.getOrDefault(peer, 0L) < ours.time()) {
            return null;
        }
        Stamp first = before.computeIfAbsent(lock, name -> new HashMap<>()).putIfAbsent(peer, theirs);
        return first == null || first.equals(theirs) ? null
                : "went before this peer twice on [" + lock + "], with " + first + " and " + theirs
                        + ", although its clock had passed " + ours + ": it breaks the rules";
    }
}
