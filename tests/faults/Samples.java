package tests.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import tests.support.Running;

/**
 * What one process needs: live heap after a collection, open files, threads of Java (its compiler's come and go). Of many samples in a minute
 * the least counts, as what is only in use for a moment is no growth. Flat is when, after a warm-up of a
 * third of the time, the least of the second half is not above the least of the first by more than the
 * allowance.
 */
final class Samples {

    /** How many minutes, after the warm-up, are needed to tell. */
    private static final int LEAST = 4;
    private static final long MOST_HEAP = 1 << 20; // the last 10,000 events, which are kept, are not always as long
    private static final long MOST_THREADS = 2; // gRPC keeps some for a minute; one leaked at each fault would be many more

    private record Sample(long heap, long files, long threads) {

        Sample least(Sample other) {
            return new Sample(Math.min(heap, other.heap), Math.min(files, other.files), Math.min(threads, other.threads));
        }
    }

    private final List<Sample> minutes = new ArrayList<>();
    private Sample minute; // null before its first sample

    void take(Running rival) throws IOException {
        Matcher said = rival.tell("heap").answers("^heap (\\d+) threads (\\d+)$");
        try (Stream<Path> files = Files.list(Path.of("/proc/" + rival.pid() + "/fd"))) {
            Sample sample = new Sample(Long.parseLong(said.group(1)), files.count(), Long.parseLong(said.group(2)));
            minute = minute == null ? sample : sample.least(minute);
        }
    }

    /** The minute is over; its three columns. */
    String next() {
        Sample over = minute;
        minutes.add(over);
        minute = null;
        return String.format(Locale.ROOT, "%5d %3d %3d", over.heap >> 10, over.files, over.threads);
    }

    /** It is another process now: nothing of the one before counts. */
    void restart() {
        minutes.clear();
        minute = null;
    }

    boolean canTell() {
        return warm().size() >= LEAST;
    }

    private List<Sample> warm() {
        return minutes.subList(minutes.size() / 3, minutes.size());
    }

    /** What has grown, for a person; empty when all is flat. */
    Optional<String> growth() {
        return Stream.of(growth("heap bytes", Sample::heap, MOST_HEAP), growth("open files", Sample::files, 0), growth("threads", Sample::threads, MOST_THREADS))
                .flatMap(Optional::stream).reduce((one, other) -> one + ", " + other);
    }

    private Optional<String> growth(String name, ToLongFunction<Sample> value, long most) {
        int half = warm().size() / 2;
        long before = warm().subList(0, half).stream().mapToLong(value).min().orElseThrow();
        long after = warm().subList(half, warm().size()).stream().mapToLong(value).min().orElseThrow();
        return after - before <= most ? Optional.empty() : Optional.of(String.format(Locale.ROOT, "%,d %s more than %,d", after - before, name, before));
    }
}
