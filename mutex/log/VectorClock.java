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
            for (int i = 0; i < other.peers.length; i++) {
                if (of(other.peers[i]) < other.counts[i]) {
                    return false;
                }
            }
            return true;
        }
    }

    /** So many different peers no group ever had. */
    private static final int MOST = 256;

    private final int self;
    private Reading now;

    public VectorClock(int self) {
        this.self = self;
        now = new Reading(new int[] {self}, new long[] {0});
    }

    /** One more event of our own. */
    public Reading tick() {
        long[] counts = now.counts.clone();
        counts[Arrays.binarySearch(now.peers, self)]++;
        now = new Reading(now.peers, counts);
        return now;
    }

    /** Takes in the reading that came with a message. */
    public void merge(Reading other) {
        if (now.covers(other)) {
            return;
        }
        int[] peers = Arrays.equals(now.peers, other.peers) ? now.peers : union(now.peers, other.peers);
        if (peers.length > MOST) {
            return; // garbled: better an event too many that looks concurrent than a vector nobody takes
        }
        long[] counts = new long[peers.length];
        for (int i = 0; i < peers.length; i++) {
            counts[i] = Math.max(now.of(peers[i]), other.of(peers[i]));
        }
        now = new Reading(peers, counts);
    }

    private static int[] union(int[] one, int[] other) {
        int[] all = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, all, one.length, other.length);
        return Arrays.stream(all).sorted().distinct().toArray();
    }

    public Reading reading() {
        return now;
    }
}
