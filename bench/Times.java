package bench;

import java.util.Arrays;

/** The times of one round in nanoseconds. Filled by whoever has the turn, read when the round is over. */
final class Times {

    private final long[] values;
    private final long startedAt = System.nanoTime();
    private int size;

    Times(int capacity) {
        values = new long[capacity];
    }

    void add(long nanos) {
        values[size++] = nanos;
    }

    boolean full() {
        return size == values.length;
    }

    /** To be called when the round ends. */
    TimeSample sample() {
        double seconds = (System.nanoTime() - startedAt) / 1e9;
        long[] sorted = Arrays.copyOf(values, size);
        Arrays.sort(sorted);
        return new TimeSample(sorted[size / 2] / 1e3, sorted[size * 99 / 100] / 1e3, size / seconds);
    }

    /** One round: microseconds that half of all, and 99 of 100, do not exceed; how many in a second. */
    record TimeSample(double median, double p99, double perSecond) {

        /** Of a round trip: one way. */
        TimeSample half() {
            return new TimeSample(median / 2, p99 / 2, perSecond * 2);
        }
    }
}
