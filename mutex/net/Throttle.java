package mutex.net;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Slows down who asks more than the loop has time for: Status, Inquire, Watch, health, reflection and channelz cost their
 * caller little. Beyond so many calls a second from all together, a busy connection is not read from for a while, and what
 * it sends waits on its own side. Loop thread only.
 */
final class Throttle {

    private static final int MOST_A_SECOND = 1_000;
    /** After a quiet time so many may come at once. */
    private static final int MOST_AT_ONCE = 500;
    /** Nobody with fewer calls in this second waits. */
    private static final int FEW = 20;
    private static final long LOOK_EVERY = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final EventLoop loop;
    private final Deque<Connections.Connection> waiting = new ArrayDeque<>();
    private double budget = MOST_AT_ONCE; // calls that may come now; below 0: overdrawn
    private long at = System.nanoTime(); // of the budget

    Throttle(EventLoop loop) {
        this.loop = loop;
    }

    void called(Connections.Connection from) {
        long now = refill();
        budget--;
        if (now - from.second > SECOND) {
            from.second = now;
            from.recent = 0;
        }
        from.recent++;
        if (budget < 0 && from.recent > FEW && from.channel.config().isAutoRead()) {
            from.channel.config().setAutoRead(false);
            if (waiting.isEmpty()) {
                loop.after(LOOK_EVERY, this::look);
            }
            waiting.add(from);
        }
    }

    private long refill() {
        long now = System.nanoTime();
        budget = Math.min(MOST_AT_ONCE, budget + (now - at) * (double) MOST_A_SECOND / SECOND);
        at = now;
        return now;
    }

    private void look() {
        refill();
        if (budget > 0) {
            waiting.poll().channel.config().setAutoRead(true);
        }
        if (!waiting.isEmpty()) {
            loop.after(LOOK_EVERY, this::look);
        }
    }
}
