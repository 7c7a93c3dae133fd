package mutex.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.AlgorithmKind.EntryRule;
import mutex.algorithm.Stamp;
import mutex.log.Incarnation;
import mutex.node.LogEvent.EventKind;

/**
 * One request of a peer for a lock, from asking to giving back. Places are those in the merged order;
 * -1 is nowhere.
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
    final String algorithm; // as in AlgorithmKind.name
    final EntryRule rule; // what it takes to enter; OTHER where this version does not know the algorithm
    final int asked; // the entry itself where the log begins after the request
    int entered = -1;
    int number; // of the entry among all, from 1; 0: none
    int ended = -1; // the last event of its process when CUT; the last of all when OPEN
    SpanEnd end = SpanEnd.OPEN;
    final List<Integer> about = new ArrayList<>(); // places of its events and messages at all peers
    SortedSet<Integer> members; // of the peer's group at the entry, but itself; null where its log does not say
    SortedSet<Integer> ungranted = new TreeSet<>(); // of those, who had neither given permission nor been absent

    RequestSpan(Incarnation life, String lock, Stamp stamp, String algorithm, int asked) {
        this.life = life;
        this.lock = lock;
        this.stamp = stamp;
        this.algorithm = algorithm;
        rule = AlgorithmKind.find(algorithm).map(AlgorithmKind::entryRule).orElse(EntryRule.OTHER);
        this.asked = asked;
    }

    int peer() {
        return life.peer();
    }

    boolean held() {
        return entered >= 0;
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

    @Override
    public String toString() {
        return "peer " + peer() + " [" + lock + "] " + stamp;
    }
}
