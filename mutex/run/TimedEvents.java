package mutex.run;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * What the one thread of a command does: events in the order in which they come, the deadline of the present phase, and
 * a timer beside it. Any thread may post; all else is called by that thread.
 */
final class TimedEvents {

    private final BlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
    private final long began = System.nanoTime();
    private long deadline = Long.MAX_VALUE; // nanoseconds since then, as the next
    private long timer = Long.MAX_VALUE;
    private Runnable atDeadline;
    private Runnable atTimer;

    void post(Runnable event) {
        events.add(event);
    }

    /** Sets the deadline of what is done now; the one before no longer counts. */
    void within(long millis, Runnable otherwise) {
        deadline = now() + TimeUnit.MILLISECONDS.toNanos(millis);
        atDeadline = otherwise;
    }

    void withoutDeadline() {
        deadline = Long.MAX_VALUE;
    }

    /** Sets the timer; the one before no longer counts. */
    void after(long millis, Runnable task) {
        timer = now() + TimeUnit.MILLISECONDS.toNanos(millis);
        atTimer = task;
    }

    void withoutTimer() {
        timer = Long.MAX_VALUE;
    }

    /** Waits for the next event, the deadline or the timer, and does what belongs to it. */
    void next() throws InterruptedException {
        long now = now();
        if (now >= timer) {
            timer = Long.MAX_VALUE;
            atTimer.run();
        }
        if (now >= deadline) {
            deadline = Long.MAX_VALUE;
            atDeadline.run();
            return;
        }
        Runnable event = events.poll(Math.min(deadline, timer) - now, TimeUnit.NANOSECONDS);
        if (event != null) {
            event.run();
        }
    }

    /** In nanoseconds since this began: the system's count may be anything, also below zero. */
    private long now() {
        return System.nanoTime() - began;
    }
}
