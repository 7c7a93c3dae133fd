package mutex.algorithm;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import mutex.algorithm.Message.Request;

/**
 * An algorithm of exclusive locks, with one request of this peer at a time, which all of them keep in the same way: its
 * state, its stamp (C1), and whether it is a try.
 */
public abstract class AbstractAlgorithm implements Algorithm {

    protected final int self;
    protected State state = State.IDLE;
    protected Stamp mine; // our request; null when IDLE
    protected boolean attempt; // our request is a try

    protected AbstractAlgorithm(int self) {
        this.self = self;
    }

    @Override
    public final List<Outgoing> request(Request wish) {
        if (state != State.IDLE) {
            throw new IllegalStateException("request: lock is " + state + " at peer " + self + ", not IDLE");
        } else if (!wish.mode().equals(Mode.EXCLUSIVE)) {
            throw new IllegalStateException("request: " + name() + " has no " + wish.mode() + " locks");
        }
        state = State.WANTED;
        mine = wish.stamp();
        attempt = wish.attempt();
        return ask();
    }

    /** Says what has to be said for our new request. */
    protected abstract List<Outgoing> ask();

    @Override
    public final List<Outgoing> exit(Stamp stamp) {
        return stamp.equals(mine) ? exit() : List.of();
    }

    @Override
    public abstract List<Outgoing> exit();

    @Override
    public List<Outgoing> onOwnEpochEnd() {
        return exit();
    }

    @Override
    public final Request wish() {
        return state == State.WANTED ? new Request(mine, attempt) : null;
    }

    @Override
    public final SortedMap<Stamp, Mode> holds() {
        return state == State.HELD ? new TreeMap<>(Map.of(mine, Mode.EXCLUSIVE)) : Collections.emptySortedMap();
    }

    @Override
    public final boolean hasRoom(Mode mode) {
        return state != State.HELD;
    }

    @Override
    public final State state() {
        return state;
    }

    @Override
    public final Stamp stamp() {
        return mine;
    }
}
