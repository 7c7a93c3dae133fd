package mutex.log;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import mutex.text.Printable;

/**
 * Writes the log to a file, on a thread of its own: events, and what was fed to the node before each, many small steps on a
 * line. A file that is slow costs lines, never the loop's time: where they would stand the log says how many are missing.
 */
public final class LogFile implements Consumer<LogEntry>, AutoCloseable {

    private static final int MOST_WAITING = 20_000;
    private static final int MOST_STEPS = 200; // on a line
    private static final long QUIET_NANOS = 1_000_000_000L; // so long those wait that change little

    private final BlockingQueue<Object> queue = new ArrayBlockingQueue<>(MOST_WAITING);
    private long dropped; // since the queue was full; guarded by this
    private final Consumer<String> trouble;
    private final AppendedFile file; // writer's thread only, as all to failureSaid
    private final List<String> steps = new ArrayList<>(); // of the next line of inputs
    private int peer; // whose they are
    private long first; // number of the first of them
    private long since; // when it was taken from the queue
    private long failed; // lines that could not be made, and not told in the file yet
    private boolean failureSaid;
    private volatile Consumer<Throwable> failure = error -> { };
    private final Thread writer = new Thread(this::write, "log");
    private volatile boolean closing;
    private volatile boolean reopen;

    private record MissingEvents(long lines) {}

    /**
     * @param trouble is told why lines are lost, and when the log goes on
     * @throws UncheckedIOException when the file cannot be opened
     * @throws IllegalArgumentException saying what it is, when it is nothing to append a log to
     */
    public LogFile(Path path, Consumer<String> trouble) {
        this.trouble = trouble;
        file = new AppendedFile(path, trouble);
        writer.setDaemon(true);
        writer.start();
    }

    /** From now on it is told what was thrown while a line was made, by the thread that writes; the log goes on in any case. */
    public void whenFailed(Consumer<Throwable> listener) {
        failure = listener;
    }

    /** Goes on in a new file of the same name, when the old one was moved away. For any thread. */
    public void reopen() {
        reopen = true;
    }

    @Override
    public void accept(LogEntry entry) {
        offer(entry);
    }

    /** Something was fed to the node; the events that it causes come next. */
    public void feed(StepLine input) {
        offer(input);
    }

    /** A line of JSON as it is: how a process begins. */
    public void begin(String json) {
        offer(json);
    }

    private synchronized void offer(Object what) {
        if (dropped > 0 && queue.remainingCapacity() > 1 && queue.offer(new MissingEvents(dropped))) {
            dropped = 0;
        }
        if (dropped > 0 || !queue.offer(what)) {
            if (dropped++ == 0) {
                trouble.accept("the log file is too slow; lines are missing from it");
            }
        }
    }

    private void write() {
        try {
            while (!closing || !queue.isEmpty()) {
                Object next = queue.poll(100, TimeUnit.MILLISECONDS);
                guard(() -> write(next));
            }
            guard(() -> {
                writeSteps();
                writeGap();
                file.flush();
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @param next null when nothing has come for a while */
    private void write(Object next) {
        if (reopen) {
            reopen = false;
            writeSteps();
            file.reopen();
        }
        file.mend();
        if (next instanceof StepLine input) {
            take(input);
        } else if (next != null) {
            writeSteps();
            line(() -> next instanceof MissingEvents gap ? LogReader.gap(gap.lines) : next instanceof LogEntry entry ? entry.json() : (String) next);
        }
        if (queue.isEmpty()) {
            if (!steps.isEmpty() && System.nanoTime() - since > QUIET_NANOS) {
                writeSteps();
            }
            file.flush();
        }
    }

    /** What is thrown costs what it was thrown for, and not the log. */
    private void guard(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error error) {
            try {
                failure.accept(error);
                if (!failureSaid) {
                    failureSaid = true;
                    trouble.accept("a line of the log cannot be made (" + Printable.brief(error.toString()) + "); where such lines are missing the log says how many");
                }
            } catch (RuntimeException | Error mute) {
                // the next line is tried all the same
            }
        }
    }

    /** One that cannot be made is missing, as the next one says. */
    private void line(Supplier<String> text) {
        failed++; // unless it can
        guard(() -> {
            String made = text.get();
            failed--;
            writeGap();
            file.line(made);
        });
    }

    private void writeGap() {
        if (failed > 0) {
            file.line(LogReader.gap(failed));
            failed = 0;
        }
    }

    private void take(StepLine input) {
        if (!steps.isEmpty() && (input.peer() != peer || input.number() != first + steps.size() || steps.size() == MOST_STEPS)) {
            writeSteps();
        }
        if (steps.isEmpty()) {
            peer = input.peer();
            first = input.number();
            since = System.nanoTime();
        }
        int before = steps.size();
        guard(() -> steps.add(input.text().get()));
        if (steps.size() == before) {
            writeSteps();
            failed++;
            return;
        }
        if (!input.quiet() && queue.isEmpty()) {
            writeSteps();
        }
    }

    private void writeSteps() {
        if (!steps.isEmpty()) {
            line(() -> StepLines.text(peer, first, steps));
            steps.clear();
        }
    }

    /** Writes what is left, for at most two seconds. */
    @Override
    public void close() {
        closing = true;
        try {
            writer.join(2_000);
            if (!writer.isAlive()) {
                file.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
