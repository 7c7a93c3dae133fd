package mutex.group;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The changes that wait for the one under way, in their order, and how long and how often those were tried that somebody asked for (G8). */
final class ChangeQueue {

    private static final long AT_LEAST = 60_000_000_000L;
    private static final int LEASES = 12;

    /**
     * A change of the group that somebody wants.
     *
     * @param requester whom to answer; 0 when the peer or the newcomer itself wants it
     * @param endpoint the newcomer's {@code host:port}; null unless one is added
     * @param newcomer the newcomer's id; 0 while unknown
     * @param removed members that are to go; empty unless some are
     * @param force without {@code .group} and a majority: nothing is promised if one of the removed lives (R6)
     */
    record ChangeRequest(long requester, String endpoint, int newcomer, SortedSet<Integer> removed, boolean force) {

        private static final SortedSet<Integer> NOBODY = Collections.emptySortedSet();

        /** G6, same members, next version: it closes a promise that its proposer left open. */
        static final ChangeRequest NULL_CHANGE = new ChangeRequest(0, null, 0, NOBODY, false);

        static ChangeRequest add(long requester, String endpoint, int newcomer) {
            return new ChangeRequest(requester, endpoint, newcomer, NOBODY, false);
        }

        static ChangeRequest remove(long requester, SortedSet<Integer> removed, boolean force) {
            return new ChangeRequest(requester, null, 0, new TreeSet<>(removed), force);
        }

        boolean removes(int peer) {
            return removed.contains(peer);
        }

        /** Whether the newcomer is a member of it, at another address. */
        boolean moves(Group group) {
            return newcomer != 0 && group != null && group.members().containsKey(newcomer);
        }

        Group on(Group base, long fence) {
            return endpoint != null ? base.with(newcomer, endpoint, fence) : base.without(removed, fence);
        }

        /** As a person would ask for it. */
        @Override
        public String toString() {
            return endpoint != null ? "add " + endpoint : removed.isEmpty() ? "close a change that was left open"
                    : "remove " + removed.stream().map(String::valueOf).collect(Collectors.joining(" ")) + (force ? " --force" : "");
        }
    }

    /** How a change goes that somebody asked for. */
    private static final class Attempts {
        final long endAt; // nanoseconds
        int failed;
        String last = ""; // why it began anew
        boolean withdrawn; // by the requester, while it was proposed

        Attempts(long endAt) {
            this.endAt = endAt;
        }
    }

    private final int self;
    private final long lease;
    private final Deque<ChangeRequest> waiting = new ArrayDeque<>();
    private final Map<Long, Attempts> attempts = new HashMap<>(); // by requester

    ChangeQueue(int self, long lease) {
        this.self = self;
        this.lease = lease;
    }

    void add(ChangeRequest request) {
        waiting.add(request);
    }

    void addFirst(ChangeRequest request) {
        waiting.addFirst(request);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    boolean contains(ChangeRequest request) {
        return waiting.contains(request);
    }

    /** Whether that newcomer is to be added. */
    boolean adds(int newcomer) {
        return waiting.stream().anyMatch(request -> request.newcomer() == newcomer);
    }

    /** Whether a removal by force is next. */
    boolean forceNext() {
        return !waiting.isEmpty() && waiting.peek().force();
    }

    /** The next one. Its time runs from when it is first taken; who joins, leaves or closes a promise has no end. */
    ChangeRequest take(long now) {
        ChangeRequest next = waiting.poll();
        if (next.requester() != 0 && !next.removes(self)) {
            attempts.computeIfAbsent(next.requester(), requester -> new Attempts(now + within()));
        }
        return next;
    }

    /** Takes all but those by which this peer leaves. */
    List<ChangeRequest> takeOthers() {
        List<ChangeRequest> others = waiting.stream().filter(request -> !request.removes(self)).toList();
        waiting.removeAll(others);
        return others;
    }

    /** It has to begin anew; false when its requester has withdrawn it, so that it ends instead. */
    boolean again(ChangeRequest request, boolean first, String why) {
        if (isWithdrawn(request)) {
            return false;
        }
        Attempts those = attempts.get(request.requester());
        if (those != null) {
            those.failed++;
            those.last = why;
        }
        if (first) {
            waiting.addFirst(request);
        } else {
            waiting.add(request);
        }
        return true;
    }

    /** Drops what that requester waits for; false when that is nothing. */
    boolean drop(long requester) {
        boolean waited = waiting.removeIf(request -> request.requester() == requester);
        if (waited) {
            attempts.remove(requester);
        }
        return waited;
    }

    boolean isWithdrawn(ChangeRequest request) {
        Attempts those = attempts.get(request.requester());
        return those != null && those.withdrawn;
    }

    /** The one that is proposed goes on, but does not begin anew. */
    void withdraw(long requester) {
        if (attempts.containsKey(requester)) {
            attempts.get(requester).withdrawn = true;
        }
    }

    /** It has come to an end. */
    void ended(ChangeRequest request) {
        attempts.remove(request.requester());
    }

    /** When it has taken too long, in nanoseconds. */
    long endAt(ChangeRequest request) {
        Attempts those = attempts.get(request.requester());
        return those == null ? Long.MAX_VALUE : those.endAt;
    }

    /** So long a change may take that somebody asked for, in nanoseconds. */
    private long within() {
        return Math.max(AT_LEAST, LEASES * lease);
    }

    /** Why it ends at {@link #endAt}. */
    String notAgreed(ChangeRequest request, String waits) {
        return "not agreed to within " + within() / 1_000_000_000 + " s" + tried(request) + waits + "; every member that stays has to agree"
                + (request.removed().isEmpty() ? "" : ", and to reach the others without " + request.removed())
                + ": mend its link, start it again, or remove it, too";
    }

    /** {@code , begun anew 3 times, the last time as ...}; empty if it was not. */
    String tried(ChangeRequest request) {
        Attempts those = attempts.get(request.requester());
        return those == null || those.failed == 0 ? ""
                : ", begun anew " + (those.failed == 1 ? "once" : those.failed + " times") + ", the last time as " + those.last;
    }
}
