package mutex.algorithm;

import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import mutex.algorithm.Message.Request;

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

    /** IDLE: does not want the lock. WANTED: has asked. HELD: is inside, and may have asked to enter once more (K5). */
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
     * Asks for the lock; that is the wish until it is entered, withdrawn or refused.
     *
     * @param wish with a stamp above every one that this peer has seen or used
     * @throws IllegalStateException when there is a wish already, or one's own holds leave no room for it
     */
    List<Outgoing> request(Request wish);

    /** As {@link #request(Request)}, for the lock alone. */
    default List<Outgoing> request(Stamp stamp, boolean attempt) {
        return request(new Request(stamp, attempt));
    }

    /** Takes in one message; changes nothing if it is one of another algorithm. A try that was refused is no wish afterwards. */
    List<Outgoing> receive(int from, Message message);

    /**
     * Whether nothing but {@link #enter} stands between the wish and a hold.
     *
     * @param absent peers whose permission is not needed: they have failed, or are being removed
     */
    boolean ready(Set<Integer> absent);

    /** Whether all have answered our wish, but more units of the pool are used than leave room for it. */
    default boolean full(Set<Integer> absent) {
        return false;
    }

    /** @throws IllegalStateException unless {@link #ready} */
    void enter(Set<Integer> absent);

    /** C5: ends the hold or the wish with that stamp, in one step: no trace of it is left. Nothing where there is none. */
    List<Outgoing> exit(Stamp stamp);

    /** As {@link #exit(Stamp)}, where there is only one hold or wish. */
    default List<Outgoing> exit() {
        return stamp() == null ? List.of() : exit(stamp());
    }

    /** K6: whether somebody at this peer may enter beside those who are inside here, and nobody be asked. */
    default boolean mayJoin(Mode mode) {
        return false;
    }

    /**
     * Enters so.
     *
     * @throws IllegalStateException unless {@link #mayJoin}
     */
    default void join(Stamp stamp, Mode mode) {
        throw new IllegalStateException("join: only beside one's own holds of that mode");
    }

    /** C1, there is a new link to the peer: says again what it may have missed. */
    List<Outgoing> repeatTo(int peer);

    /** C4, the peer has a new epoch: whatever it promised or asked before is void. */
    List<Outgoing> onPeerEpoch(int peer);

    /** The peer is being removed: its request is not to be answered any more. */
    void onRemoval(int peer);

    /** The group changed: these are the other members now. */
    List<Outgoing> onMembers(Set<Integer> members);

    /** Our own epoch ends, and with it whatever was promised to us in it; we are IDLE afterwards. */
    List<Outgoing> onOwnEpochEnd();

    /** As in {@link AlgorithmKind#name}. */
    String name();

    /** Our request that waits; null when there is none. */
    Request wish();

    /** Those of us who are inside, by the stamp of their request. */
    SortedMap<Stamp, Mode> holds();

    /** Whether our own holds leave room for somebody more who asks in that mode. */
    boolean hasRoom(Mode mode);

    default State state() {
        return !holds().isEmpty() ? State.HELD : wish() != null ? State.WANTED : State.IDLE;
    }

    /** The stamp of our oldest hold, else of our wish; null when IDLE. */
    default Stamp stamp() {
        return !holds().isEmpty() ? holds().firstKey() : wish() != null ? wish().stamp() : null;
    }

    /** Whether we still need the permission of the peer; false without a wish. */
    boolean awaits(int peer);

    /** Peers whose permission we still need; empty without a wish. */
    SortedSet<Integer> missing();

    /** Whether {@link #request} would send nothing, and be {@link #ready}: all others' permissions are here, or there are no others. */
    default boolean asksNobody() {
        return false;
    }

    /** Whether {@link #exit} would send nothing, whoever of us leaves: nobody waits for us, and nothing is passed on. */
    default boolean tellsNobody() {
        return false;
    }

    /** The requests that wait for us to leave, by peer. */
    SortedMap<Integer, Stamp> deferred();

    /** Whether that request of the peer is one of {@link #deferred}; asked at each that is not answered at once. */
    default boolean defers(int peer, Stamp stamp) {
        return stamp.equals(deferred().get(peer));
    }

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
