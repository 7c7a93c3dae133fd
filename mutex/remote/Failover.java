package mutex.remote;

import java.util.concurrent.TimeUnit;

/**
 * When a request that may be made at several peers goes on at another one: while it waits, where its peer is gone, or cannot
 * use locks and another can. One for each request; not thread-safe.
 */
public final class Failover {

    /** A peer that is gone is not missed for long: so much later another one is asked. */
    public static final long AGAIN_AFTER_MILLIS = 200;
    /** So often whoever waits asks whether its peer can use locks, and looks for one that can as long as it cannot. */
    public static final long LOOK_EVERY_MILLIS = 1_000;

    private final int peers;
    private final boolean attempt;
    private final long waitNanos;
    private final long began = System.nanoTime();
    private int gone; // since the request was taken in the last time
    private boolean takenIn; // at one of them at least

    /** @param waitNanos Long.MAX_VALUE for ever */
    public Failover(int peers, boolean attempt, long waitNanos) {
        this.peers = peers;
        this.attempt = attempt;
        this.waitNanos = waitNanos;
    }

    /** A peer has the request now. */
    public void takenIn() {
        takenIn = true;
        gone = 0;
    }

    /**
     * What is left of the wait, in nanoseconds; 0 when it is over, but not before a peer had the request: or else nobody
     * would know whether another has the lock.
     */
    public long left() {
        if (attempt || waitNanos == Long.MAX_VALUE) {
            return Long.MAX_VALUE;
        }
        return Math.max(takenIn ? 0 : TimeUnit.MILLISECONDS.toNanos(1), waitNanos - (System.nanoTime() - began));
    }

    /** Whether another peer is asked once this one is gone. What a peer says itself of a try stands for all of them. */
    public boolean goesOn(String reason) {
        return peers > 1 && gone++ < peers && !(attempt && isSaid(reason));
    }

    /** Whether it looks at times for a peer that can use locks, as the one that it waits at may not be able to. */
    public boolean looksOn() {
        return peers > 1 && !attempt;
    }

    /** Whether a peer has said it of the request, which has not failed on the way then. */
    public static boolean isSaid(String reason) {
        return reason.startsWith("[");
    }
}
