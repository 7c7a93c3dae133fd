package mutex.node;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import mutex.algorithm.Stamp;

/**
 * Other peers whose messages an honest one hardly sends. They are named, so that a person can look; no decision of a lock
 * depends on it, and what no honest peer can send at all is dropped before it gets here.
 */
final class Suspects {

    private static final long DAY_MILLIS = 86_400_000;
    private static final long FAST_TIME = 1L << 32; // requests that nobody makes between two messages

    private final Clocks clocks;
    private final StepOutput out;
    private final SortedMap<Integer, String> deeds = new TreeMap<>();
    private final Map<Integer, Long> shown = new HashMap<>(); // highest Lamport time, by peer, in its present epoch
    private final Map<String, Map<Integer, Passing>> before = new HashMap<>(); // by lock and peer: the first time

    /** A request of another peer went before ours, when its clock had shown so much. */
    private record Passing(Stamp theirs, Stamp ours, long shown) {}

    Suspects(Clocks clocks, StepOutput out) {
        this.clocks = clocks;
        this.out = out;
    }

    private void add(int peer, String deed) {
        deeds.put(peer, deed);
        out.say("peer " + peer + " " + deed);
    }

    /** F2: names a member whose numbers can be honest, but are far from ours: a clock is wrong, or it lies. */
    void watch(int peer, Frame frame, boolean member) {
        boolean jumps = frame.time() - clocks.time() > FAST_TIME;
        if (!jumps && frame.seen() <= clocks.fence()) {
            return; // asked at every message
        }
        long days = clocks.millisAhead(frame.seen()) / DAY_MILLIS;
        if ((jumps || days > 0) && member && !deeds.containsKey(peer)) {
            add(peer, jumps ? "is " + (frame.time() - clocks.time()) + " requests ahead in Lamport time"
                    : "was the first to show fences " + days + (days == 1 ? " day" : " days") + " ahead of this peer's clock: one of the two is wrong");
        }
    }

    /** The peer's clock shows that Lamport time. */
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

    /** The lock is forgotten here. */
    void forget(String lock) {
        before.remove(lock);
    }

    /**
     * L3: the peer's older request goes before ours. It is named when it does so twice: having shown a clock above our
     * stamp, it asks with one stamp below it, which may be an old request said again, and then with another below what it
     * had shown by then, which no honest peer can make: the newest that it had made is what its clock showed.
     */
    void passes(String lock, int peer, Stamp theirs, Stamp ours) {
        long now = shown.getOrDefault(peer, 0L);
        if (now < ours.time()) {
            return;
        }
        Map<Integer, Passing> passings = before.computeIfAbsent(lock, name -> new HashMap<>());
        Passing first = passings.get(peer);
        if (first == null || !first.ours().equals(ours)) {
            passings.put(peer, new Passing(theirs, ours, now));
        } else if (!first.theirs().equals(theirs) && theirs.time() < first.shown()) {
            add(peer, "went before this peer twice on [" + lock + "], with " + first.theirs() + " and " + theirs
                    + ", although its clock had passed " + ours + ": it breaks the rules");
        }
    }

    /** What each has done, by its id. */
    SortedMap<Integer, String> deeds() {
        return new TreeMap<>(deeds);
    }
}
