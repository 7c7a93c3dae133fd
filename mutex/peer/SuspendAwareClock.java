package mutex.peer;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import mutex.log.Journal;

/**
 * S5: time gone by, in nanoseconds, also while the machine was suspended: the monotonic clock stands still
 * then, but the wall clock has moved on when it is read again. Never goes back. One thread at a time,
 * and it has to be read often: a few times a second.
 */
public final class SuspendAwareClock {

    /** What the wall clock may be ahead between two readings without a meaning: it is set, in steps. */
    private static final long SLACK = 100_000_000L;
    /** And one part in so many of the time between: clocks may run so much faster than each other. */
    private static final long RATE = 20;

    private final LongSupplier monotonic;
    private final LongSupplier wall;
    private long lastMonotonic;
    private long lastWall;
    private long skipped;

    public SuspendAwareClock() {
        this(System::nanoTime, () -> TimeUnit.MICROSECONDS.toNanos(Journal.micros()));
    }

    /** Both in nanoseconds, that of the wall since 1970. */
    public SuspendAwareClock(LongSupplier monotonic, LongSupplier wall) {
        this.monotonic = monotonic;
        this.wall = wall;
        lastMonotonic = monotonic.getAsLong();
        lastWall = wall.getAsLong();
    }

    /** Nanoseconds since some time in the past. */
    public long now() {
        long monotonic = this.monotonic.getAsLong();
        long wall = this.wall.getAsLong();
        if (isAhead(monotonic, wall)) { // or this thread stood still between the two: that is not so twice
            monotonic = this.monotonic.getAsLong();
            wall = this.wall.getAsLong();
            skipped += isAhead(monotonic, wall) ? ahead(monotonic, wall) : 0;
        }
        lastMonotonic = monotonic;
        lastWall = wall;
        return monotonic + skipped;
    }

    private long ahead(long monotonic, long wall) {
        return wall - lastWall - (monotonic - lastMonotonic);
    }

    private boolean isAhead(long monotonic, long wall) {
        return ahead(monotonic, wall) > SLACK + (monotonic - lastMonotonic) / RATE;
    }

    /** What the wall clock showed at the last reading, microseconds since 1970. */
    long micros() {
        return TimeUnit.NANOSECONDS.toMicros(lastWall);
    }

    /** How much of it the monotonic clock did not count, as of the last reading. */
    public long skipped() {
        return skipped;
    }
}
