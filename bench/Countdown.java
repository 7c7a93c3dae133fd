package bench;

import bench.Times.TimeSample;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** So many entries by so many askers, who all end once that many were made. */
final class Countdown {

    final CompletableFuture<TimeSample> done = new CompletableFuture<>();
    private final long startedAt = System.nanoTime();
    private final int count;
    private final AtomicInteger left;
    private final AtomicInteger asking;

    Countdown(int count, int askers) {
        this.count = count;
        left = new AtomicInteger(count);
        asking = new AtomicInteger(askers);
    }

    boolean over() {
        return left.get() < 0;
    }

    /** An entry is over; whether its asker is to ask once more. */
    boolean again() {
        boolean over = left.decrementAndGet() < 0;
        if (over && asking.decrementAndGet() == 0) {
            double seconds = (System.nanoTime() - startedAt) / 1e9;
            done.complete(new TimeSample(seconds, seconds, (count - left.get()) / seconds));
        }
        return !over;
    }
}
