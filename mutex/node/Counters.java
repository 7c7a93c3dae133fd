package mutex.node;

import mutex.algorithm.Stamp;

/** The numbers of a peer that only grow: its epoch, its Lamport time and the highest fence it knows. */
final class Counters {

    /** Further ahead than any honest peer can be: 10^12 events. */
    static final long MOST_TIME_AHEAD = 1L << 40;
    /** Epochs are wall-clock milliseconds; these are some 35,000 years of them. */
    static final long MOST_EPOCH = 1L << 50;
    /** How far another peer can know an epoch of ours above the present one: a clock set back to 1970. */
    static final long MOST_EPOCH_AHEAD = 1L << 41;
    /** Fences start at wall-clock milliseconds times 2^20; this is some eight years of them. */
    static final long MOST_FENCE_AHEAD = 1L << 58;

    private long epoch;
    private long time;
    private long fence;

    /** The fence starts at the time of day, and never below one that was written down. */
    Counters(long epoch, long savedFence) {
        this.epoch = epoch;
        fence = Math.max(epoch << 20, savedFence);
    }

    long epoch() {
        return epoch;
    }

    long time() {
        return time;
    }

    long fence() {
        return fence;
    }

    /** C1: above everything seen and above every earlier request of this peer. */
    Stamp stamp(int self) {
        return new Stamp(++time, self);
    }

    long nextFence() {
        return ++fence;
    }

    /** Leaves out more fences than a peer can take between two of our messages. */
    void skipFences() {
        fence += 1L << 20;
    }

    /** Whether another peer can honestly show these numbers. */
    boolean believable(Frame frame) {
        return frame.time() >= 0 && frame.time() - time < MOST_TIME_AHEAD
                && frame.seen() >= 0 && frame.seen() - fence < MOST_FENCE_AHEAD
                && frame.fromEpoch() < MOST_EPOCH && frame.toEpoch() < MOST_EPOCH;
    }

    /** Whether it can be an epoch of ours; well below what we may send, so that no series of them reaches that. */
    boolean believableEpoch(long ours) {
        return ours - epoch < MOST_EPOCH_AHEAD && ours < MOST_EPOCH / 2;
    }

    /** Whether another peer can honestly have reserved that fence. */
    boolean believable(long reserve) {
        return reserve >= 0 && reserve - fence < MOST_FENCE_AHEAD;
    }

    /** Takes in what every message carries. */
    void see(long theirTime, long theirFence) {
        time = Math.max(time, theirTime);
        fence = Math.max(fence, theirFence);
    }

    /** C2: above the request; a repeat changes nothing, so that clocks stand still when nobody asks. */
    void see(Stamp request) {
        time = Math.max(time, request.time() + 1);
    }

    void raiseEpoch(long to) {
        epoch = Math.max(epoch, to);
    }
}
