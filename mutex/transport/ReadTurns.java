package mutex.transport;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Shares the loop between connections: whatever clients send, all of them together take no more than a few milliseconds before
 * the links are read again, and those that have taken less of late go before those that have taken more. Reads are only
 * put off: nobody waits for an idle loop. Loop thread only.
 */
final class ReadTurns {

    /** What clients may take before it is the links' turn, nanoseconds; the read under way is finished. */
    private static final long TURN = TimeUnit.MILLISECONDS.toNanos(5);
    /** A link that takes more of late waits like a client. */
    private static final long MOST_OF_LINK = TimeUnit.MILLISECONDS.toNanos(200);
    /** Who has taken less goes first; then who has taken less than twice as much, and so on. */
    private static final long LITTLE = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int CLASSES = 10;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** What a connection, or all from an address of another machine, took of late: half of it is forgotten in each second. */
    static final class Share {
        private long nanos;
        private long second; // that it is of
    }

    private record Waiting(long number, Runnable read) {}

    private final EventLoop loop;
    private final List<Deque<Waiting>> waiting = new ArrayList<>(); // by how much they have taken; first come, first served
    private final Map<InetAddress, Share> machines = new HashMap<>(); // other ones
    private final long began = System.nanoTime();
    private long pruned; // in which second
    private long numbered;
    private long left = TURN;
    private boolean planned;

    ReadTurns(EventLoop loop) {
        this.loop = loop;
        for (int i = 0; i < CLASSES; i++) {
            waiting.add(new ArrayDeque<>());
        }
    }

    /** From another machine a new connection is no new client; on this one each program has one of its own. */
    Share shareOf(InetSocketAddress caller) {
        InetAddress machine = caller.getAddress();
        long second = second();
        if (pruned != second) {
            pruned = second;
            machines.values().removeIf(share -> taken(share) == 0);
        }
        return machine.isLoopbackAddress() ? new Share() : machines.computeIfAbsent(machine, first -> new Share());
    }

    /** Whether what the connection has sent may be taken in at once. */
    boolean now(ConnectionLimit.Connection from) {
        return left > 0 || from.isLink() && taken(from.share) < MOST_OF_LINK;
    }

    /** To be told after each read. */
    void took(ConnectionLimit.Connection from, long nanos) {
        if (!from.isLink()) {
            left -= nanos;
        }
        from.share.nanos = taken(from.share) + nanos;
    }

    /** Runs the read when it is the connection's turn. */
    void later(ConnectionLimit.Connection from, Runnable read) {
        int doublings = Long.SIZE - Long.numberOfLeadingZeros(taken(from.share) / LITTLE);
        waiting.get(Math.min(doublings, CLASSES - 1)).add(new Waiting(numbered++, read));
        plan();
    }

    private void plan() {
        if (!planned && waiting.stream().anyMatch(some -> !some.isEmpty())) {
            planned = true;
            loop.after(0, this::turn); // not at once: links are read first
        }
    }

    private void turn() {
        planned = false;
        left = TURN;
        try {
            longest().ifPresent(first -> first.poll().read.run()); // nobody waits for ever
            for (Deque<Waiting> some : waiting) {
                while (left > 0 && !some.isEmpty()) {
                    some.poll().read.run();
                }
            }
        } finally {
            plan();
        }
    }

    private Optional<Deque<Waiting>> longest() {
        return waiting.stream().filter(some -> !some.isEmpty()).min(Comparator.comparingLong(some -> some.peek().number));
    }

    private long second() {
        return (System.nanoTime() - began) / SECOND;
    }

    private long taken(Share share) {
        long second = second();
        share.nanos >>= Math.min(second - share.second, Long.SIZE - 1);
        share.second = second;
        return share.nanos;
    }
}
