package tests.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Plays many schedules, on all processors, and tells how it goes on. */
public final class Campaign {

    private final String algorithm;
    private final long base;
    private final long count;
    private final long endsAt; // nanoseconds
    private final long started = System.nanoTime();
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong played = new AtomicLong();
    private final AtomicLong entries = new AtomicLong();
    private volatile boolean over; // a promise was broken

    /**
     * @param algorithm one of {@link mutex.algorithm.AlgorithmKind#names}
     * @param base first seed
     * @param count how many schedules at most
     * @param nanos for how long at most
     */
    public Campaign(String algorithm, long base, long count, long nanos) {
        this.algorithm = algorithm;
        this.base = base;
        this.count = count;
        endsAt = started + Math.min(nanos, Long.MAX_VALUE / 2);
    }

    /**
     * Plays them.
     *
     * @param progress is given a line every so many seconds
     * @throws AssertionError at the first broken promise
     */
    public void play(Consumer<String> progress, long everySeconds) throws InterruptedException {
        int processors = Runtime.getRuntime().availableProcessors();
        ExecutorService workers = Executors.newFixedThreadPool(processors);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < processors; i++) {
                all.add(workers.submit(this::work));
            }
            for (Future<?> one : all) {
                await(one, progress, everySeconds);
            }
        } finally {
            over = true;
            workers.shutdown();
        }
    }

    private static void rethrow(ExecutionException failure) {
        if (failure.getCause() instanceof AssertionError broken) {
            throw broken;
        }
        throw new AssertionError(failure.getCause());
    }

    private void await(Future<?> one, Consumer<String> progress, long everySeconds) throws InterruptedException {
        while (true) {
            try {
                one.get(everySeconds, TimeUnit.SECONDS);
                return;
            } catch (TimeoutException goesOn) {
                progress.accept(sum());
            } catch (ExecutionException failure) {
                rethrow(failure);
            }
        }
    }

    private void work() {
        for (long next = taken.getAndIncrement(); !over && next < count && System.nanoTime() < endsAt; next = taken.getAndIncrement()) {
            try {
                entries.addAndGet(World.play(base + next, algorithm, null));
            } catch (AssertionError broken) {
                over = true;
                throw broken;
            }
            played.incrementAndGet();
        }
    }

    public long played() {
        return played.get();
    }

    public long entries() {
        return entries.get();
    }

    public String sum() {
        double seconds = (System.nanoTime() - started) / 1e9;
        return String.format(Locale.ROOT, "%s, seeds from %d: %,d schedules, %,d entries, %,.0f schedules/s", algorithm, base, played.get(), entries.get(),
                played.get() / seconds);
    }
}
