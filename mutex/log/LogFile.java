package mutex.log;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Appends the log to a file, on a thread of its own: events, and what was fed to the node before each. A file
 * that is slow or full costs lines, never the loop's time: they are counted, it is tried again each second, and where they
 * would stand the log says how many are missing.
 */
public final class LogFile implements Consumer<LogEntry>, AutoCloseable {

    private static final int MOST_WAITING = 20_000;
    private static final int MOST_BUFFERED = 64 * 1024; // bytes
    private static final long RETRY_NANOS = 1_000_000_000L;
    private static final int TYPE_OF_FILE = 0170000; // S_IFMT of stat(2)
    private static final int PIPE = 0010000; // S_IFIFO

    private static final int MOST_STEPS = 200; // on a line
    private static final long QUIET_NANOS = 1_000_000_000L; // so long those wait that change little

    private final BlockingQueue<Object> queue = new ArrayBlockingQueue<>(MOST_WAITING);
    private long dropped; // since the queue was full; guarded by this
    private final Path path;
    private OutputStream file; // writer's thread only, as all to steps; null while it cannot be written
    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();
    private long buffered; // lines in the buffer
    private long missing; // lines that are not in the file, and not told there yet
    private long retryAt;
    private final Consumer<String> trouble;
    private final List<String> steps = new ArrayList<>(); // of the next line of inputs; writer's thread only
    private int peer; // whose they are
    private long first; // number of the first of them
    private long since; // when it was taken from the queue
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
        this.path = path;
        try {
            check(path);
            file = open(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.trouble = trouble;
        writer.setDaemon(true);
        writer.start();
    }

    private static void check(Path path) throws IOException {
        if (Files.isRegularFile(path)) {
            try (var in = Files.newInputStream(path)) {
                if (!LogReader.beginsAsLog(in.readNBytes(LogReader.ENOUGH))) {
                    throw new IllegalArgumentException("is not a peer's log; name another file, nothing was appended to this one");
                }
            }
        } else if (Files.exists(path) && Files.getFileStore(path).supportsFileAttributeView("unix")
                && ((int) Files.getAttribute(path, "unix:mode") & TYPE_OF_FILE) == PIPE) {
            throw new IllegalArgumentException("is a pipe, which makes whoever writes wait; name a file");
        }
    }

    /** Appends, behind half a line on a new one, and first says how many lines are missing, if any. */
    private OutputStream open(long lost) throws IOException {
        boolean half = endsInHalfALine(path);
        OutputStream opened = Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        try {
            String first = (half ? "\n" : "") + (lost == 0 ? "" : LogReader.gap(lost) + "\n");
            opened.write(first.getBytes(StandardCharsets.UTF_8));
            return opened;
        } catch (IOException e) {
            opened.close();
            throw e;
        }
    }

    /** Goes on in a new file of the same name, when the old one was moved away. For any thread. */
    public void reopen() {
        reopen = true;
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
                if (reopen) {
                    reopen = false;
                    writeSteps();
                    flush();
                    drop();
                    retryAt = System.nanoTime();
                }
                mend();
                if (next instanceof StepLine input) {
                    take(input);
                } else if (next instanceof MissingEvents gap) {
                    writeSteps();
                    line(LogReader.gap(gap.lines));
                } else if (next != null) {
                    writeSteps();
                    line(next instanceof LogEntry entry ? entry.json() : (String) next);
                }
                if (queue.isEmpty()) {
                    if (!steps.isEmpty() && System.nanoTime() - since > QUIET_NANOS) {
                        writeSteps();
                    }
                    flush();
                }
            }
            writeSteps();
            flush();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Opens it again, when that is due. */
    private void mend() {
        if (file != null || System.nanoTime() - retryAt < 0) {
            return;
        }
        try {
            file = open(missing);
            if (missing > 0) {
                trouble.accept("the log goes on; " + missing + " lines are missing from it");
            }
            missing = 0;
        } catch (IOException e) {
            if (missing == 0) {
                trouble.accept(unwritable(e));
            }
            missing = Math.max(1, missing); // so that it is said once
            retryAt = System.nanoTime() + RETRY_NANOS;
        }
    }

    private static String unwritable(IOException e) {
        return "the log file cannot be written (" + e.getMessage() + "); lines are missing from it until it can";
    }

    private void drop() {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                trouble.accept("the log file cannot be closed: " + e.getMessage());
            }
            file = null;
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
        steps.add(input.text().get());
        if (!input.quiet() && queue.isEmpty()) {
            writeSteps();
        }
    }

    private void writeSteps() {
        if (!steps.isEmpty()) {
            line(StepLines.text(peer, first, steps));
            steps.clear();
        }
    }

    private void line(String text) {
        if (file == null) {
            missing++;
            return;
        }
        buffer.writeBytes((text + "\n").getBytes(StandardCharsets.UTF_8));
        buffered++;
        if (buffer.size() > MOST_BUFFERED) {
            flush();
        }
    }

    private void flush() {
        if (file == null || buffered == 0) {
            return;
        }
        try {
            file.write(buffer.toByteArray());
        } catch (IOException e) {
            trouble.accept(unwritable(e));
            missing += buffered;
            retryAt = System.nanoTime() + RETRY_NANOS;
            drop();
        }
        buffer.reset();
        buffered = 0;
    }

    /** Writes what is left, for at most two seconds. */
    @Override
    public void close() {
        closing = true;
        try {
            writer.join(2_000);
            if (!writer.isAlive()) {
                drop();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
