package mutex.link;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledFuture;
import mutex.transport.EventLoop;

/**
 * A time in which this peer does nothing, as if its process were suspended: what it would do waits, in order, and
 * time goes by. The loop itself never stands still. Loop thread only.
 */
public final class Pause {

    private final EventLoop loop;
    private final Runnable woken;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private ScheduledFuture<?> end; // null while there is no pause
    private long until; // nanoseconds of the system's clock

    /** Woken is run first when it is over. */
    Pause(EventLoop loop, Runnable woken) {
        this.loop = loop;
        this.woken = woken;
    }

    public boolean isOn() {
        return end != null;
    }

    /** How much longer it takes, in nanoseconds. */
    OptionalLong left() {
        return isOn() ? OptionalLong.of(Math.max(0, until - System.nanoTime())) : OptionalLong.empty();
    }

    /** From now on for so long; one that is on already ends then. */
    void begin(long nanos) {
        if (isOn()) {
            end.cancel(false);
        }
        until = System.nanoTime() + nanos;
        end = loop.after(nanos, this::end);
    }

    /** Runs the task now, or when the pause is over. */
    public void after(Runnable task) {
        if (isOn()) {
            waiting.add(task);
        } else {
            task.run();
        }
    }

    public void end() {
        if (!isOn()) {
            return;
        }
        end.cancel(false);
        end = null;
        loop.guard(woken);
        while (!isOn() && !waiting.isEmpty()) {
            loop.guard(waiting.poll());
        }
    }
}
