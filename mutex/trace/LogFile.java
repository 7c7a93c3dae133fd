package mutex.trace;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Appends the log to a file, on a thread of its own: events, and what was fed to the node before each. A file
 * that is slow or full costs lines, which are counted, never the loop's time.
 */
public final class LogFile implements Consumer<Entry>, AutoCloseable {

    private static final int MOST_WAITING = 100_000;

    private static final int MOST_STEPS = 200; // on a line
    private static final long QUIET_NANOS = 1_000_000_000L; // so long those wait that change little

    private final BlockingQueue<Object> queue = new ArrayBlockingQueue<>(MOST_WAITING);
    private final AtomicLong dropped = new AtomicLong();
    private final BufferedWriter file;
    private final Consumer<String> trouble;
    private final List<String> steps = new ArrayList<>(); // of the next line of inputs; writer's thread only
    private int peer; // whose they are
    private long first; // number of the first of them
    private long since; // when it was taken from the queue
    private final Thread writer = new Thread(this::write, "log");
    private volatile boolean closing;

    /**
     * @param trouble is told, once, why lines are lost
     * @throws UncheckedIOException when the file cannot be opened
     */
    public LogFile(Path path, Consumer<String> trouble) {
        try {
            boolean half = endsInHalfALine(path);
            file = Files.newBufferedWriter(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            if (half) {
                file.write('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.trouble = trouble;
        writer.setDaemon(true);
        writer.start();
    }

    /** A peer that was killed may leave one behind. */
    private static boolean endsInHalfALine(Path path) throws IOException {
        if (!Files.isRegularFile(path) || Files.size(path) == 0) {
            return false;
        }
        try (SeekableByteChannel file = Files.newByteChannel(path)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            return file.position(file.size() - 1).read(last) == 1 && last.get(0) != '\n';
        }
    }

    @Override
    public void accept(Entry entry) {
        offer(entry);
    }

    /** Something was fed to the node; the events that it causes come next. */
    public void feed(Input input) {
        offer(input);
    }

    /** A line of JSON as it is: how a process begins. */
    public void begin(String json) {
        offer(json);
    }

    private void offer(Object what) {
        if (!queue.offer(what) && dropped.getAndIncrement() == 0) {
            trouble.accept("the log file is too slow; lines are missing from it");
        }
    }

    private void write() {
        try {
            while (!closing || !queue.isEmpty()) {
                Object next = queue.poll(100, TimeUnit.MILLISECONDS);
                if (next instanceof Input input) {
                    take(input);
                } else if (next != null) {
                    writeSteps();
                    line(next instanceof Entry entry ? entry.json() : (String) next);
                }
                if (queue.isEmpty()) {
                    if (!steps.isEmpty() && System.nanoTime() - since > QUIET_NANOS) {
                        writeSteps();
                    }
                    file.flush();
                }
            }
            writeSteps();
        } catch (IOException e) {
            trouble.accept("the log file cannot be written (" + e.getMessage() + "); the rest is missing from it");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void take(Input input) throws IOException {
        if (!steps.isEmpty() && (input.peer() != peer || input.number() != first + steps.size() || steps.size() == MOST_STEPS)) {
            writeSteps();
        }
        if (steps.isEmpty()) {
            peer = input.peer();
            first = input.number();
            since = System.nanoTime();
        }
        steps.add(input.text().get());
        if (!input.quiet() && queue.isEmpty()) {
            writeSteps();
        }
    }

    private void writeSteps() throws IOException {
        if (!steps.isEmpty()) {
            line(InputLine.text(peer, first, steps));
            steps.clear();
        }
    }

    private void line(String text) throws IOException {
        file.write(text);
        file.write('\n');
    }

    /** Writes what is left, for at most two seconds. */
    @Override
    public void close() {
        closing = true;
        try {
            writer.join(2_000);
            file.close();
        } catch (IOException e) {
            trouble.accept("the log file cannot be closed: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
