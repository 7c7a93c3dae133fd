package mutex.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.AlgorithmKind.EntryRule;
import mutex.algorithm.Mode;
import mutex.algorithm.Stamp;
import mutex.event.LogEvent.EventKind;
import mutex.log.Incarnation;

/**
 * One request of a peer for a lock, from asking to giving back; one for several locks has a span for each. Places are those
 * in the merged order; -1 is nowhere.
 */
final class RequestSpan {

    /** How it stands when the logs end. */
    enum SpanEnd {
        /** Gave the lock back. */
        EXIT,
        /** Withdrew the request, or was refused at a try. */
        CANCEL,
        /** Lost the lock with its standing. */
        LOST,
        /** The request lost its stamp: the peer lost its standing, or its group. */
        VOID,
        /** The peer's process ended in the middle of it. */
        CUT,
        /** Still waits, or is still inside. */
        OPEN
    }

    final Incarnation life;
    final String lock;
    final Stamp stamp;
    final Mode mode; // null where the log begins after the request, and the lock is not only wanted exclusively
    final String algorithm; // as in AlgorithmKind.name
    final EntryRule rule; // what it takes to enter; OTHER where this version does not know the algorithm
    final int asked; // the entry itself where the log begins after the request
    int oldestBeside; // where the oldest of the peer's requests for the lock was made that was not over then
    boolean asksOthers; // by a message
    int entered = -1;
    long fence; // of the entry
    long fenceBeside; // the highest of the peer's other holds of the lock at the entry; 0: it had none
    boolean joins; // beside holds of its own peer in the same mode, with no message
    int passes = -1; // when it joins: the oldest deferral of a request for the lock that the peer had not answered
    int number; // of the entry among all, from 1; 0: none
    int ended = -1; // the last event of its process when CUT; the last of all when OPEN
    SpanEnd end = SpanEnd.OPEN;
    final List<Integer> about = new ArrayList<>(); // places of its events and messages at all peers
    SortedSet<Integer> members; // of the peer's group at the entry, but itself; null where its log does not say
    SortedSet<Integer> ungranted = new TreeSet<>(); // of those, who had neither given permission nor been absent

    RequestSpan(Incarnation life, String lock, Stamp stamp, Mode mode, String algorithm, int asked) {
        this.life = life;
        this.lock = lock;
        this.stamp = stamp;
        this.mode = mode;
        this.algorithm = algorithm;
        rule = AlgorithmKind.find(algorithm).map(AlgorithmKind::entryRule).orElse(EntryRule.OTHER);
        this.asked = asked;
        oldestBeside = asked;
    }

    int peer() {
        return life.peer();
    }

    boolean held() {
        return entered >= 0;
    }

    /** Whether it was inside at the place, or just before. */
    boolean heldAt(int place) {
        return held() && entered < place && ended >= place;
    }

    /** Whether it gave the lock back, or lost it. */
    boolean left() {
        return end == SpanEnd.EXIT || end == SpanEnd.LOST;
    }

    /** Whether the two can never be inside together. */
    boolean excludes(RequestSpan other) {
        return mode != null && other.mode != null && mode.excludes(other.mode);
    }

    /** How much of what the other asks for this one takes. */
    long use(RequestSpan other) {
        return mode == null || other.mode == null ? 0 : mode.use(other.mode);
    }

    /** Whether one of the two peers took the other for a member when it entered: else their groups have nothing to do with each other. */
    boolean concerns(RequestSpan other) {
        return peer() == other.peer() || members == null || other.members == null
                || members.contains(other.peer()) || other.members.contains(peer());
    }

    /** Where it got in, or gave up. */
    int waitedUntil() {
        return held() ? entered : ended;
    }

    void end(SpanEnd how, int at) {
        end = how;
        ended = at;
    }

    static SpanEnd endBy(EventKind kind) {
        return switch (kind) {
            case EXIT -> SpanEnd.EXIT;
            case CANCEL -> SpanEnd.CANCEL;
            case LOST -> SpanEnd.LOST;
            default -> throw new IllegalArgumentException(kind + " ends no request");
        };
    }

    /** The stamp, and the mode where it is not exclusive: {@code 4@2 shared}. */
    String with() {
        return stamp + (how().isEmpty() ? "" : " " + how());
    }

    /** The mode; empty where it is exclusive, or not known. */
    String how() {
        return mode == null || mode.equals(Mode.EXCLUSIVE) ? "" : mode.toString();
    }

    @Override
    public String toString() {
        return "peer " + peer() + " [" + lock + "] " + with();
    }
}
