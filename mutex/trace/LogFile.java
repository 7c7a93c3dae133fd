package mutex.trace;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Appends the log to a file, on a thread of its own. A file that is slow or full costs lines, which
 * are counted, never the loop's time.
 */
public final class LogFile implements Consumer<Entry>, AutoCloseable {

    private static final int MOST_WAITING = 100_000;

    private final BlockingQueue<Entry> queue = new ArrayBlockingQueue<>(MOST_WAITING);
    private final AtomicLong dropped = new AtomicLong();
    private final BufferedWriter file;
    private final Consumer<String> trouble;
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
        if (!queue.offer(entry) && dropped.getAndIncrement() == 0) {
            trouble.accept("the log file is too slow; lines are missing from it");
        }
    }

    private void write() {
        try {
            while (!closing || !queue.isEmpty()) {
                Entry entry = queue.poll(100, java.util.concurrent.TimeUnit.MILLISECONDS);
                if (entry != null) {
                    file.write(entry.json());
                    file.write('\n');
                }
                if (queue.isEmpty()) {
                    file.flush();
                }
            }
        } catch (IOException e) {
            trouble.accept("the log file cannot be written (" + e.getMessage() + "); the rest is missing from it");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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
