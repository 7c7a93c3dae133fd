package mutex.algorithm;

import java.util.List;

/** The request of this peer, which every algorithm keeps in the same way: its state, its stamp (C1), and whether it is a try. */
public abstract class AbstractAlgorithm implements Algorithm {

    protected final int self;
    protected State state = State.IDLE;
    protected Stamp mine; // our request; null when IDLE
    protected boolean attempt; // our request is a try

    protected AbstractAlgorithm(int self) {
        this.self = self;
    }

    @Override
    public final List<Outgoing> request(Stamp stamp, boolean attempt) {
        if (state != State.IDLE) {
            throw new IllegalStateException("request: lock is " + state + " at peer " + self + ", not IDLE");
        }
        state = State.WANTED;
        mine = stamp;
        this.attempt = attempt;
        return ask();
    }

    /** Says what has to be said for our new request. */
    protected abstract List<Outgoing> ask();

    @Override
    public final State state() {
        return state;
    }

    @Override
    public final Stamp stamp() {
        return mine;
    }
}
