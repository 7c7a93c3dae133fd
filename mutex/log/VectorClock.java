package mutex.log;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How many logged events of each peer are known here: one event happened before another exactly if
 * its vector is smaller.
 *
 * <p>Source: Fidge, "Timestamps in message-passing systems that preserve the partial ordering",
 * ACSC 1988; Mattern, "Virtual time and global states of distributed systems", 1989
 */
public final class VectorClock {

    /** A reading: peers in rising order and their counts. Not to be changed by anyone. */
    public record Reading(int[] peers, long[] counts) {

        public static final Reading ZERO = new Reading(new int[0], new long[0]);

        /** The counts by peer. */
        public static Reading from(Map<Integer, Long> counts) {
            int[] peers = counts.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
            return new Reading(peers, IntStream.of(peers).mapToLong(counts::get).toArray());
        }

        public long of(int peer) {
            int at = Arrays.binarySearch(peers, peer);
            return at < 0 ? 0 : counts[at];
        }

        /** Whether everything known there is known here. */
        public boolean covers(Reading other) {
            return VectorClock.covers(peers, counts, other);
        }
    }

    /** So many different peers no group ever had. */
    static final int MOST = 256;

    private final int self;
    private int[] peers; // in rising order; never changed
    private long[] counts; // of a reading that was given away once there is one: then never changed
    private Reading given; // null: nobody has asked since the last change
    private int own; // where our count stands
    private int merges; // that have brought something

    public VectorClock(int self) {
        this.self = self;
        peers = new int[] {self};
        counts = new long[1];
    }

    /** Counts one more event of our own. */
    public VectorClock tick() {
        own();
        counts[own]++;
        return this;
    }

    /** Takes in the reading that came with a message. */
    public void merge(Reading other) {
        if (covers(peers, counts, other)) {
            return;
        }
        if (!Arrays.equals(peers, other.peers) && !widen(other)) {
            return; // garbled: better an event too many that looks concurrent than a vector nobody takes
        }
        merges++;
        own();
        for (int i = 0; i < other.peers.length; i++) {
            int at = peers.length == other.peers.length ? i : Arrays.binarySearch(peers, other.peers[i]);
            counts[at] = Math.max(counts[at], other.counts[i]);
        }
    }

    /** The counts are not those of a reading any more. */
    private void own() {
        if (given != null) {
            counts = counts.clone();
            given = null;
        }
    }

    /** To the peers there as well; whether so many can be. */
    private boolean widen(Reading other) {
        int[] all = union(peers, other.peers);
        if (all.length > MOST) {
            return false;
        }
        counts = spread(peers, counts, all);
        peers = all;
        own = Arrays.binarySearch(all, self);
        given = null;
        return true;
    }

    private static boolean covers(int[] peers, long[] counts, Reading other) {
        boolean same = Arrays.equals(peers, other.peers); // as they are from the group's beginning on
        for (int i = 0; i < other.peers.length; i++) {
            int at = same ? i : Arrays.binarySearch(peers, other.peers[i]);
            if ((at < 0 ? 0 : counts[at]) < other.counts[i]) {
                return false;
            }
        }
        return true;
    }

    /** The counts of those peers, where they stand among more. */
    static long[] spread(int[] peers, long[] counts, int[] all) {
        long[] wider = new long[all.length];
        for (int i = 0; i < peers.length; i++) {
            wider[Arrays.binarySearch(all, peers[i])] = counts[i];
        }
        return wider;
    }

    static int[] union(int[] one, int[] other) {
        int[] all = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, all, one.length, other.length);
        return Arrays.stream(all).sorted().distinct().toArray();
    }

    /** How often more was taken in: as long as it is the same, only our own count has grown. */
    int merges() {
        return merges;
    }

    /** In rising order; not to be changed. */
    int[] peers() {
        return peers;
    }

    /** As they are now, by peer; not to be changed. */
    long[] counts() {
        return counts;
    }

    public Reading reading() {
        if (given == null) {
            given = new Reading(peers, counts);
        }
        return given;
    }
}
