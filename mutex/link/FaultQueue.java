package mutex.link;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ScheduledFuture;
import java.util.function.BooleanSupplier;
import mutex.transport.EventLoop;

/** One direction of a link: what a fault holds up there waits in a queue, and never overtakes. Loop thread only. */
final class FaultQueue {

    /** Due at that time, in nanoseconds of the system's clock, but never before what is ahead of it. */
    private record HeldUp(long dueAt, Runnable task) {}

    private final EventLoop loop;
    private final FaultLab lab;
    private final BooleanSupplier blocked;
    private final Deque<HeldUp> queue = new ArrayDeque<>();
    private boolean moving; // in the middle of a task
    private ScheduledFuture<?> timer;

    FaultQueue(EventLoop loop, FaultLab lab, BooleanSupplier blocked) {
        this.loop = loop;
        this.lab = lab;
        this.blocked = blocked;
    }

    /** Nothing is held up, and what comes now need not wait for anything but its own delay. */
    boolean isFree() {
        return queue.isEmpty() && !moving && !blocked.getAsBoolean();
    }

    /** Runs the task so many nanoseconds from now at the earliest, behind those before it; at once where nothing holds it up. */
    void add(long delay, Runnable task) {
        if (delay == 0 && isFree()) {
            task.run();
            return;
        }
        queue.add(new HeldUp(System.nanoTime() + delay, task));
        lab.busy(this, true);
        move();
    }

    /** Runs what is due; to be called when it may have been unblocked. */
    void move() {
        if (moving) {
            return;
        }
        moving = true;
        try {
            while (!queue.isEmpty() && !blocked.getAsBoolean() && queue.peek().dueAt - System.nanoTime() <= 0) {
                loop.guard(queue.poll().task);
            }
        } finally {
            moving = false;
        }
        stopTimer();
        if (queue.isEmpty()) {
            lab.busy(this, false);
        } else if (!blocked.getAsBoolean()) {
            timer = loop.after(Math.max(0, queue.peek().dueAt - System.nanoTime()), this::move);
        }
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    /** The fault is over: all that waits is due. */
    void hurry() {
        long now = System.nanoTime();
        for (int left = queue.size(); left > 0; left--) {
            queue.add(new HeldUp(now, queue.poll().task));
        }
        move();
    }

    /** What waits will never run. */
    void clear() {
        queue.clear();
        stopTimer();
        lab.busy(this, false);
    }
}
