package mutex.algorithm;

/**
 * When a peer asked for a lock: its Lamport time, then its id to break ties.
 *
 * <p>Source: Lamport, "Time, clocks, and the ordering of events in a distributed system",
 * CACM 21(7), 1978, https://doi.org/10.1145/359545.359563
 *
 * @param time Lamport time of the request: a count of events, not seconds; at least 1
 * @param peer id of the asking peer
 */
public record Stamp(long time, int peer) implements Comparable<Stamp> {

    /** C2: earlier time first; equal times go to the smaller id, so no two peers' stamps tie. */
    @Override
    public int compareTo(Stamp other) {
        int byTime = Long.compare(time, other.time);
        return byTime != 0 ? byTime : Integer.compare(peer, other.peer);
    }

    /** The form used in the shell, logs and tests: {@code 4@2}. */
    @Override
    public String toString() {
        return time + "@" + peer;
    }
}
