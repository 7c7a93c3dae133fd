package mutex.algorithm;

import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * One peer's half of a mutual exclusion algorithm, for one lock.
 *
 * <p>Pure: no threads, clock, network or randomness; one caller at a time. Each event method returns
 * the messages it causes, in the order to send them. Messages may come late, twice, out of order or
 * never; only messages of the sender's and the receiver's present epochs are handed in.
 *
 * <p>What goes beyond that an algorithm says by one of the small interfaces {@link TokenBased}, {@link Timed} and
 * {@link PassedByHand}; see docs/add-an-algorithm.md.
 */
public interface Algorithm {

    /** IDLE: does not want the lock. WANTED: has asked. HELD: is inside. */
    enum State { IDLE, WANTED, HELD }

    /** A message on its way to that peer. */
    record Outgoing(int to, Message message) {}

    /** Who has the token of the lock may enter; if it is lost, another takes its place. */
    interface TokenBased {

        TokenPlace tokenPlace();

        /** T6: whether a new token is needed; then {@link #replaceToken} is called under a lock of the group's own (T7), which one peer holds. */
        boolean tokenMayBeLost();

        /** Begins to make a new token, unless that has begun. */
        List<Outgoing> replaceToken();
    }

    /** Where the token is, as far as this peer knows. */
    enum TokenPlace { HERE, BEING_MADE, ELSEWHERE }

    /** It does something because time passes. */
    interface Timed {

        /** @param now nanoseconds */
        List<Outgoing> onTime(long now);

        /** When {@link #onTime} is to be called at the latest, in nanoseconds. */
        long wakeAt();
    }

    /** A person may pass on what lets a peer enter. */
    interface PassedByHand {

        /** @throws IllegalStateException in one line when that cannot be done now */
        List<Outgoing> pass();
    }

    /**
     * Asks for the lock.
     *
     * @param stamp above every stamp this peer has seen or used
     * @param attempt give up rather than wait
     * @throws IllegalStateException unless IDLE
     */
    List<Outgoing> request(Stamp stamp, boolean attempt);

    /** Takes in one message; changes nothing if it is one of another algorithm. A try that was refused is IDLE afterwards. */
    List<Outgoing> receive(int from, Message message);

    /**
     * Whether nothing but {@link #enter} stands between WANTED and HELD.
     *
     * @param absent peers whose permission is not needed: they have failed, or are being removed
     */
    boolean ready(Set<Integer> absent);

    /** @throws IllegalStateException unless {@link #ready} */
    void enter(Set<Integer> absent);

    /** C5: exit when HELD, cancel when WANTED (one step: no trace of the request is left), else nothing. */
    List<Outgoing> exit();

    /** C1, there is a new link to the peer: says again what it may have missed. */
    List<Outgoing> repeatTo(int peer);

    /** C4, the peer has a new epoch: whatever it promised or asked before is void. */
    List<Outgoing> onPeerEpoch(int peer);

    /** The peer is being removed: its request is not to be answered any more. */
    void onRemoval(int peer);

    /** The group changed: these are the other members now. */
    List<Outgoing> onMembers(Set<Integer> members);

    /** Our own epoch ends, and with it whatever was promised to us in it; we are IDLE afterwards. */
    default List<Outgoing> onOwnEpochEnd() {
        return exit();
    }

    /** As in {@link AlgorithmKind#name}. */
    String name();

    State state();

    /** The stamp of our request; null when IDLE. */
    Stamp stamp();

    /** Whether we still need the permission of the peer; false unless WANTED. */
    boolean awaits(int peer);

    /** Peers whose permission we still need; empty unless WANTED. */
    SortedSet<Integer> missing();

    /** The requests that wait for us to leave, by peer. */
    SortedMap<Integer, Stamp> deferred();

    /** Whether there is nothing to remember: the lock is forgotten when nobody here wants it. */
    default boolean idle() {
        return droppable();
    }

    /** P4: whether the lock may be forgotten where memory is short: a kept permission, for one, is asked for again at the cost of messages. */
    default boolean droppable() {
        return state() == State.IDLE && deferred().isEmpty();
    }

    /** What a person who looks at the lock should know besides, such as where the token is; empty when there is nothing. */
    default String describe() {
        return "";
    }
}
