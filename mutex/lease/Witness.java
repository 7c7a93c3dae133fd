package mutex.lease;

import java.util.HashMap;
import java.util.Map;

/**
 * What this peer knows of the others' heartbeats because it acknowledged them: when it last did, for
 * whom a majority may be a lease later, and up to which fence they may go.
 *
 * <p>Pure; times are nanoseconds of the caller's clock. Source: protocol.md, standing, absence and fence.
 */
public final class Witness {

    private long startedAt;
    private final Map<Integer, Long> ackedAt = new HashMap<>();
    private final Map<Integer, Long> reservations = new HashMap<>(); // of each peer's present epoch
    private long ended; // the highest reservation of epochs that are over

    public void start(long now) {
        startedAt = now;
    }

    /** A1: set before the ACK is written, as it must not look older than it is. */
    public void acknowledge(int peer, long reserve, long now) {
        ackedAt.put(peer, now);
        reservations.merge(peer, reserve, Math::max);
    }

    /**
     * S5: time that only the wall clock has seen. It may have been set: for one's own standing it counts, for
     * what is testified about others it does not.
     */
    public void skipped(long nanos) {
        startedAt += nanos;
        ackedAt.replaceAll((peer, at) -> at + nanos);
    }

    /** How long ago this peer last acknowledged that one, in any epoch of it, or started, in nanoseconds. */
    public long silent(int peer, long now) {
        return now - ackedAt.getOrDefault(peer, startedAt);
    }

    /** The peer has a new epoch: it may not know how far it went in the one before. */
    public void renewed(int peer) {
        Long reserve = reservations.remove(peer);
        ended = reserve == null ? ended : Math.max(ended, reserve);
    }

    /** F4: the highest fence that anyone else may have taken, as far as is known here. */
    public long reservedBesides(int peer) {
        return reservations.entrySet().stream().filter(entry -> entry.getKey() != peer)
                .mapToLong(Map.Entry::getValue).reduce(ended, Math::max);
    }
}
