package mutex.algorithm;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Other peers whose messages an honest one hardly sends. They are named, so that a person can look; no decision of a lock
 * depends on it, and what no honest peer can send at all is dropped before it gets here.
 */
public final class Suspects {

    private static final long FAST_TIME = 1L << 32; // requests that nobody makes between two messages

    private final Consumer<String> says;
    private final SortedMap<Integer, String> deeds = new TreeMap<>();
    private final Map<Integer, Long> shown = new HashMap<>(); // highest Lamport time, by peer, in its present epoch
    private final Map<String, Map<Integer, Passing>> before = new HashMap<>(); // by lock and peer: the first time

    /** A request of another peer went before ours, when its clock had shown so much. */
    private record Passing(Stamp theirs, Stamp ours, long shown) {}

    /** @param says takes in a line for a person */
    public Suspects(Consumer<String> says) {
        this.says = says;
    }

    private void add(int peer, String deed) {
        deeds.put(peer, deed);
        says.accept("peer " + peer + " " + deed);
    }

    /**
     * F2: names a member whose numbers can be honest, but are far from ours: a clock is wrong, or it lies.
     *
     * @param requests by how many it is ahead in Lamport time
     * @param days by how many a fence that it was the first to show is ahead of the clock here
     */
    public void watch(int member, long requests, long days) {
        boolean jumps = requests > FAST_TIME;
        if ((jumps || days > 0) && !deeds.containsKey(member)) { // asked at every message
            add(member, jumps ? "is " + requests + " requests ahead in Lamport time"
                    : "was the first to show fences " + days + (days == 1 ? " day" : " days") + " ahead of this peer's clock: one of the two is wrong");
        }
    }

    /** The peer's clock shows that Lamport time. */
    public void shows(int peer, long time) {
        if (time > shown.getOrDefault(peer, 0L)) {
            shown.put(peer, time);
        }
    }

    /** The peer has a new epoch. */
    public void renewed(int peer) {
        shown.remove(peer);
        before.values().forEach(peers -> peers.remove(peer));
    }

    /** The lock is forgotten here. */
    public void forget(String lock) {
        before.remove(lock);
    }

    /**
     * L3: the peer's older request goes before ours. It is named when it does so twice: having shown a clock above our
     * stamp, it asks with one stamp below it, which may be an old request said again, and then with another below what it
     * had shown by then, which no honest peer can make: the newest that it had made is what its clock showed.
     */
    public void passes(String lock, int peer, Stamp theirs, Stamp ours) {
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
    public SortedMap<Integer, String> deeds() {
        return new TreeMap<>(deeds);
    }
}
