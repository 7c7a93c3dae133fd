package mutex.transport;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Leaves most of the loop to links and locks: Status, Inquire, Watch, health, reflection and channelz cost their caller
 * little, and so does a Hold or a Link that is broken off or refused. What such calls take the loop is measured; beyond a
 * quarter of its time a busy connection is not read from for a while, and what it sends waits on its own side. Loop thread only.
 */
public final class CallThrottle {

    /** Of the loop's time: one nanosecond in so many. */
    private static final long SHARE = 4;
    /** After a quiet time so much may be taken at once. */
    private static final long MOST_AT_ONCE = TimeUnit.MILLISECONDS.toNanos(100);
    /** One long turn, as of a machine that was busy with others, is paid for no longer than this. */
    private static final long MOST_OWED = TimeUnit.MILLISECONDS.toNanos(50);
    /** The same, of all Holds that one connection breaks off as it ends. */
    private static final long MOST_OWED_FOR_HOLDS = TimeUnit.MILLISECONDS.toNanos(500);
    /** Nobody with fewer calls in this second waits: of one connection, or of an address whose connection holds nothing. */
    private static final int FEW = 20;
    private static final long LOOK_EVERY = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final EventLoop loop;
    private final List<ConnectionLimit.Connection> waiting = new ArrayList<>();
    private final Map<InetAddress, Integer> callers = new HashMap<>(); // calls in this second: a new connection is no new caller
    private long second = System.nanoTime(); // when that began
    private long budget = MOST_AT_ONCE; // nanoseconds that such calls may take now; below 0: overdrawn
    private long at = System.nanoTime(); // of the budget

    public CallThrottle(EventLoop loop) {
        this.loop = loop;
    }

    /** Such a call has come over the connection, in what is being read. */
    void called(ConnectionLimit.Connection from) {
        long now = System.nanoTime();
        if (now - second > SECOND) {
            second = now;
            callers.clear();
        }
        if (now - from.second > SECOND) {
            from.second = now;
            from.recent = 0;
        }
        from.recent++;
        from.called = true;
        callers.merge(address(from), 1, Integer::sum);
    }

    /** A Hold of the connection, or a Link, was broken off or refused; what it asked for had taken so many nanoseconds. */
    void brokenOff(ConnectionLimit.Connection from, long nanos) {
        called(from);
        from.owed += nanos;
    }

    /** What came with such calls has been read, and what could be done at once is done. */
    void read(ConnectionLimit.Connection from, long nanos) {
        from.called = false;
        refill();
        budget = Math.max(Math.min(budget, -MOST_OWED), budget - nanos);
        budget = Math.max(Math.min(budget, -MOST_OWED_FOR_HOLDS), budget - from.owed);
        from.owed = 0;
        if (budget < 0 && busy(from) && from.channel.isActive() && from.channel.config().isAutoRead()) {
            from.channel.config().setAutoRead(false);
            if (waiting.isEmpty()) {
                loop.after(LOOK_EVERY, this::look);
            }
            waiting.add(from);
        }
    }

    private boolean busy(ConnectionLimit.Connection from) {
        return from.recent > FEW || from.holds + from.links == 0 && callers.getOrDefault(address(from), 0) > FEW;
    }

    private static InetAddress address(ConnectionLimit.Connection from) {
        return from.address.getAddress();
    }

    private void refill() {
        long now = System.nanoTime();
        budget = Math.min(MOST_AT_ONCE, budget + (now - at) / SHARE);
        at = now;
    }

    /** Who has made the fewest calls in this second is read first. */
    private void look() {
        refill();
        long now = at;
        waiting.removeIf(one -> !one.channel.isOpen());
        if (budget > 0 && !waiting.isEmpty()) {
            ConnectionLimit.Connection next = Collections.min(waiting, Comparator.comparingInt(one -> now - one.second > SECOND ? 0 : one.recent));
            waiting.remove(next);
            next.channel.config().setAutoRead(true);
        }
        if (!waiting.isEmpty()) {
            loop.after(LOOK_EVERY, this::look);
        }
    }
}
