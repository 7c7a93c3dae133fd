package mutex.transport;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Leaves most of the loop to links and locks: Status, Inquire, Watch, health, reflection and channelz cost their caller
 * little. What reading such calls takes the loop is measured; beyond a quarter of its time a busy connection is not read
 * from for a while, and what it sends waits on its own side. Loop thread only.
 */
public final class CallThrottle {

    /** Of the loop's time: one nanosecond in so many. */
    private static final long SHARE = 4;
    /** After a quiet time so much may be taken at once. */
    private static final long MOST_AT_ONCE = TimeUnit.MILLISECONDS.toNanos(100);
    /** One long turn, as of a machine that was busy with others, is paid for no longer than this. */
    private static final long MOST_OWED = TimeUnit.MILLISECONDS.toNanos(50);
    /** Nobody with fewer calls in this second waits. */
    private static final int FEW = 20;
    private static final long LOOK_EVERY = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final EventLoop loop;
    private final Deque<ConnectionLimit.Connection> waiting = new ArrayDeque<>();
    private long budget = MOST_AT_ONCE; // nanoseconds that such calls may take now; below 0: overdrawn
    private long at = System.nanoTime(); // of the budget

    public CallThrottle(EventLoop loop) {
        this.loop = loop;
    }

    /** Such a call has come over the connection, in what is being read. */
    void called(ConnectionLimit.Connection from) {
        long now = System.nanoTime();
        if (now - from.second > SECOND) {
            from.second = now;
            from.recent = 0;
        }
        from.recent++;
        from.called = true;
    }

    /** What came with such calls has been read, and what could be done at once is done. */
    void read(ConnectionLimit.Connection from, long nanos) {
        from.called = false;
        refill();
        budget = Math.max(-MOST_OWED, budget - nanos);
        if (budget < 0 && from.recent > FEW && from.channel.config().isAutoRead()) {
            from.channel.config().setAutoRead(false);
            if (waiting.isEmpty()) {
                loop.after(LOOK_EVERY, this::look);
            }
            waiting.add(from);
        }
    }

    private void refill() {
        long now = System.nanoTime();
        budget = Math.min(MOST_AT_ONCE, budget + (now - at) / SHARE);
        at = now;
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
