package tests.faults;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;
import mutex.transport.EventLoop;

/**
 * Measures when this process was not run, because it was stopped or others had the processor: a thread
 * that wants to run all the time, a little, and writes down how late it comes.
 */
public final class Pulse {

    private static final long EVERY = 10_000_000;
    /** What is no pause yet, nanoseconds as all times here. */
    private static final long SLACK = 30_000_000;
    private static final int KEPT = 10_000;

    /** Who is told of a pause when it is over. */
    public interface PulseListener {
        void paused(long from, long to);
    }

    private final PulseListener listener;
    private final Deque<long[]> pauses = new ArrayDeque<>(); // from, to; guarded by this, as all below
    private long last = System.nanoTime();

    public Pulse(PulseListener listener) {
        this.listener = listener;
        Thread thread = new Thread(this::run, "pulse");
        thread.setDaemon(true);
        thread.start();
    }

    /** The same for a loop, which may not be run while other threads of its process are. */
    public Pulse(EventLoop loop, PulseListener listener) {
        this.listener = listener;
        loop.run(() -> beatOn(loop));
    }

    private void beatOn(EventLoop loop) {
        beat();
        loop.after(EVERY, () -> beatOn(loop));
    }

    private void run() {
        while (true) {
            LockSupport.parkNanos(EVERY);
            beat();
        }
    }

    /** Who is about to say something calls this first: the pauses before it are told before it. */
    public synchronized void beat() {
        long now = System.nanoTime();
        if (now - last > EVERY + SLACK) {
            if (pauses.size() == KEPT) {
                pauses.removeFirst();
            }
            pauses.addLast(new long[] {last, now});
            listener.paused(last, now);
        }
        last = now;
    }

    /** How much of the time between was lost in pauses. */
    public synchronized long late(long from, long to) {
        beat();
        return pauses.stream().mapToLong(pause -> Math.max(0, Math.min(to, pause[1]) - Math.max(from, pause[0]))).sum();
    }
}
