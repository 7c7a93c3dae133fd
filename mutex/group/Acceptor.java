package mutex.group;

import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Predicate;
import mutex.group.GroupMessage.Bound;
import mutex.group.GroupMessage.Propose;
import mutex.group.GroupMessage.Unbound;
import mutex.group.OwnGroup.Purpose;

/**
 * The answering half of a group change (G5): to which next version this peer is bound. Bound, it takes no
 * other proposal of that version or a lower one, but still obeys the version it is in.
 */
final class Acceptor {

    private static final long GONE_AFTER = 15_000_000_000L;
    private static final int LEASES = 3;

    private final OwnGroup own;
    private final GroupHost host;
    private final long goneAfter; // G6: a promise open for so long is closed by a null change, nanoseconds
    private Promise promise; // null: bound to nothing
    private long since; // when the promise was made, read or last acted upon, nanoseconds
    private boolean idle; // R4: the changer was silent for too long, or this peer restarted, so the second question is refused

    Acceptor(OwnGroup own, GroupHost host, long lease) {
        this.own = own;
        this.host = host;
        goneAfter = lease == 0 ? GONE_AFTER : LEASES * lease;
    }

    Promise promise() {
        return promise;
    }

    /** The promise is written down: it counts. */
    void bind(Promise made, long now) {
        idle &= made != null && promise != null && made.next().equals(promise.next());
        promise = made;
        since = now;
    }

    /** The promise stood in the state file: what was done since it was made is not known. */
    void recall(Promise made) {
        promise = made;
        idle = made != null && !made.again();
    }

    /** The change to it goes on. */
    void refresh(long now) {
        since = now;
    }

    /** R3: bound to it without a break since it was promised. */
    boolean firm(Group next) {
        return boundTo(next) && !idle;
    }

    /** What is left of the promise in that version: a lower or equal one ends it. */
    Promise outlives(Group next) {
        return promise != null && promise.next().version().compareTo(next.version()) > 0 ? promise : null;
    }

    boolean boundTo(Group next) {
        return promise != null && promise.next().equals(next);
    }

    /** W2: whether this peer is or was bound to exactly that version, which may have been made. */
    boolean promised(Group shown) {
        return promise != null && promise.all().anyMatch(one -> one.next().equals(shown));
    }

    /** What takes the place of the present promise, and remembers what may have been made by a member that stays. */
    Promise successor(Group next, int by, boolean again) {
        return remembering(new Promise(next, by, again),
                one -> one.by() != by && one.by() != own.id() && next.members().containsKey(one.by()) && !newcomers(one, next).isEmpty());
    }

    /** The same with the present promise, and those before it, as far as they are to be remembered. */
    private Promise remembering(Promise made, Predicate<Promise> kept) {
        return promise == null ? made : new Promise(made.next(), made.by(), made.again(),
                promise.all().filter(kept).map(one -> new Promise(one.next(), one.by())).toList());
    }

    /**
     * R6: the newcomers of versions that one of those removed may have made, with their addresses; nobody who stays may be in such a version
     * but them.
     */
    SortedMap<Integer, String> newcomers(SortedSet<Integer> removed, Group next) {
        SortedMap<Integer, String> all = new TreeMap<>();
        if (promise != null) {
            promise.all().filter(one -> removed.contains(one.by())).forEach(one -> all.putAll(newcomers(one, next)));
            all.keySet().removeAll(removed);
        }
        return all;
    }

    /** Who is in that version, and was not in the one before: the other next version of that. */
    private SortedMap<Integer, String> newcomers(Promise other, Group next) {
        SortedMap<Integer, String> all = new TreeMap<>();
        if (own.group() != null && other.next().origin() == next.origin() && other.next().version().number() == next.version().number()) {
            all.putAll(other.next().members());
            all.keySet().removeAll(own.group().members().keySet());
        }
        return all;
    }

    /** R6: whether this peer, a newcomer, is bound to a version without it. */
    boolean released() {
        return own.group() == null && !own.hasMoved() && promise != null && !promise.next().members().containsKey(own.id());
    }

    /** R6: whether that is a version which it does not enter any more. */
    boolean released(Group shown) {
        return released() && promise.next().origin() == shown.origin() && promise.next().version().compareTo(shown.version()) > 0;
    }

    /** R6: answers a proposal without this peer, by a member of the version that it may have promised to enter. */
    void release(int from, Group next) {
        boolean bound = promise != null && promise.next().origin() == next.origin() && !promise.next().equals(next);
        if (!bound) {
            host.send(from, new Bound(next.version()));
        } else if (promise.next().version().compareTo(next.version()) > 0) {
            host.send(from, new Unbound(next.version(), "peer " + own.id() + " is bound to a later change"));
        } else if (promise.next().members().containsKey(from) && !own.saving()) {
            write(remembering(new Promise(next, from), one -> own.isIn(one.next())), false);
        }
    }

    /**
     * Answers a proposal: at once, or when the promise that it takes is on the disk ({@link #answer}).
     *
     * @param living why a member that the proposal moves is not over at its address; empty when that is not known
     */
    void onPropose(int from, Propose propose, Optional<String> living, long now) {
        Group next = propose.next();
        Group group = own.group();
        boolean inBase = group != null && group.origin() == next.origin();
        int ahead = inBase ? group.version().compareTo(propose.base()) : 0;
        if (ahead > 0) {
            own.present(from);
        } else if (boundTo(next) && !propose.again() && !(idle && drops(next, group)) || firm(next) && promise.again()) {
            since = now;
            host.send(from, new Bound(next.version(), propose.again()));
        } else if (firm(next) && !own.saving()) {
            write(successor(next, from, true), inBase);
        } else if (propose.again() && !firm(next) || boundTo(next) && idle) {
            host.send(from, new Unbound(next.version(), "peer " + own.id() + " is not bound to it any more"));
        } else if (ahead == 0 && !own.saving()) {
            Optional<String> objection = objection(next, inBase, now)
                    .or(() -> inBase ? living.or(() -> breaksMove(next)) : Optional.empty());
            if (objection.isEmpty()) {
                write(successor(next, from, false), inBase);
            } else {
                host.send(from, new Unbound(next.version(), objection.get()));
            }
        }
        // Behind or saving: the proposal is repeated.
    }

    /** G7: a newcomer leaves its own group of one here, and must not enter a lock any more. */
    private void write(Promise made, boolean inBase) {
        own.save(new DurableState(inBase ? own.group() : own.outside(), made), Purpose.BIND);
    }

    /** The promise to another peer is on the disk, or could not be written (problem, for a person). */
    void answer(Promise made, String problem) {
        host.send(made.by(), problem == null ? new Bound(made.next().version(), made.again())
                : new Unbound(made.next().version(), "peer " + own.id() + " cannot write its state file: " + problem));
    }

    private Optional<String> objection(Group next, boolean inBase, long now) {
        Group group = own.group();
        Group outside = own.outside();
        boolean boundHere = promise != null && promise.next().origin() == next.origin();
        String there = next.members().get(own.id());
        boolean moves = outside != null && outside.origin() == next.origin() && there != null && there.equals(outside.members().get(own.id()));
        if (!own.isIn(next) && !moves) { // M4: who has moved agrees to the changes before its own
            return Optional.of("peer " + own.id() + " is at " + own.endpoint() + ", which the proposal does not list");
        }
        if (boundHere && promise.next().version().compareTo(next.version()) >= 0) {
            return Optional.of("peer " + own.id() + " is bound to a later change");
        }
        if (inBase) {
            return Optional.empty();
        }
        if (group != null && group.members().size() > 1) {
            return Optional.of("peer " + own.id() + " is in another group: " + group);
        }
        if (promise != null && !boundHere && promise.founds()) {
            return Optional.of("peer " + own.id() + " founds another group, which may have begun: " + promise.next().list());
        }
        if (promise != null && !boundHere && now - since < goneAfter) {
            return Optional.of("peer " + own.id() + " is being added to the group of peer " + promise.by());
        }
        return host.idle() ? Optional.empty()
                : Optional.of("peer " + own.id() + " holds or wants a lock; release it first");
    }

    /** M3: who has promised for the second time that a member moves binds itself to nothing where that one has not. */
    Optional<String> breaksMove(Group next) {
        Group group = own.group();
        if (group == null || promise == null || !promise.again() || promise.next().origin() != group.origin()) {
            return Optional.empty();
        }
        return group.moved(promise.next()).stream().filter(moved -> group.members().get(moved).equals(next.members().get(moved)))
                .findFirst().map(moved -> "peer " + own.id() + " has promised that peer " + moved + " moves to "
                        + promise.next().members().get(moved));
    }

    /** R2: whether the peer is removed, not by itself, by the version that this one is bound to, or is there at another address. */
    boolean removes(int peer) {
        Group group = own.group();
        return promise != null && promise.by() != peer && group != null && group.members().containsKey(peer)
                && !group.members().get(peer).equals(promise.next().members().get(peer))
                && promise.next().origin() == group.origin() && !idle;
    }

    private static boolean drops(Group next, Group group) {
        return group != null && !next.members().entrySet().containsAll(group.members().entrySet());
    }

    /** Whether a member's promise has been open too long; if so the time starts again. */
    boolean overdue(long now) {
        boolean overdue = promise != null && now - since >= goneAfter;
        since = overdue ? now : since;
        idle |= overdue && !promise.again();
        return overdue;
    }

    long wakeAt() {
        return promise == null ? Long.MAX_VALUE : since + goneAfter;
    }
}
