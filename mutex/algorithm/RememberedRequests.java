package mutex.algorithm;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import mutex.algorithm.Algorithm.Outgoing;
import mutex.algorithm.Message.Permission;
import mutex.algorithm.Message.Request;

/**
 * The requests of other peers that this one still owes an answer: a permission that was put off, or, of a pool, a lower
 * figure than it has told. One a peer, its newest (C2, K1, K2).
 */
final class RememberedRequests {

    private static final long NOTHING = Long.MAX_VALUE;

    /** @param told how much is used here, as the peer was told last; {@link #NOTHING}: it waits for its permission */
    private record Owed(int peer, Request request, long told) {}

    private static final Comparator<Owed> OLDEST_FIRST = Comparator.comparing(one -> one.request.stamp());

    private final SortedMap<Integer, Owed> owed = new TreeMap<>(); // by peer

    void defer(int peer, Request request) {
        remember(new Owed(peer, request, NOTHING));
    }

    /** The permission of that request goes out with that figure: 0 is the last word. */
    void permitted(int peer, Request request, long used) {
        if (used > 0) {
            remember(new Owed(peer, request, used));
        } else if (!owed.isEmpty()) {
            owed.computeIfPresent(peer, (same, old) -> old.request.stamp().compareTo(request.stamp()) > 0 ? old : null);
        }
    }

    private void remember(Owed one) {
        owed.merge(one.peer, one, (old, now) -> old.request.stamp().compareTo(now.request.stamp()) > 0 ? old : now);
    }

    /** C5, K2: what is to be said now that less is claimed here; whoever is next hears it first. */
    List<Outgoing> review(Claims claims) {
        if (owed.isEmpty()) {
            return List.of();
        }
        List<Owed> waiting = new ArrayList<>(owed.values());
        waiting.sort(OLDEST_FIRST);
        List<Outgoing> permissions = new ArrayList<>(waiting.size());
        for (Owed one : waiting) {
            long used = claims.used(one.request);
            if (used <= one.request.mode().room() && used < one.told) {
                permissions.add(new Outgoing(one.peer, new Permission(one.request.stamp(), used)));
                permitted(one.peer, one.request, used);
            }
        }
        return permissions;
    }

    void forget(int peer) {
        owed.remove(peer);
    }

    void keepOnly(Set<Integer> members) {
        owed.keySet().retainAll(members);
    }

    /** Those that wait for their permission, by peer. */
    SortedMap<Integer, Stamp> deferred() {
        SortedMap<Integer, Stamp> deferred = new TreeMap<>();
        owed.forEach((peer, one) -> {
            if (one.told == NOTHING) {
                deferred.put(peer, one.request.stamp());
            }
        });
        return deferred;
    }

    /** Whether that request of the peer waits for its permission. */
    boolean defers(int peer, Stamp stamp) {
        Owed one = owed.get(peer);
        return one != null && one.told == NOTHING && one.request.stamp().equals(stamp);
    }

    /** Whether somebody waits for a permission. */
    boolean anyDeferred() {
        return owed.values().stream().anyMatch(one -> one.told == NOTHING);
    }

    boolean isEmpty() {
        return owed.isEmpty();
    }
}
