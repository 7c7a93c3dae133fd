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
import java.util.function.Consumer;

/**
 * The file that a log is appended to. Lines that cannot be written are counted, it is tried again each second, and where
 * they would stand the file says how many are missing. One thread at a time.
 */
final class AppendedFile {

    private static final int MOST_BUFFERED = 64 * 1024; // bytes
    private static final long RETRY_NANOS = 1_000_000_000L;
    private static final int TYPE_OF_FILE = 0170000; // S_IFMT of stat(2)
    private static final int PIPE = 0010000; // S_IFIFO

    private final Path path;
    private final Consumer<String> trouble;
    private OutputStream file; // null while it cannot be written
    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();
    private long buffered; // lines in the buffer
    private long missing; // lines that are not in the file, and not told there yet
    private long retryAt;

    /**
     * @param trouble is told why lines are lost, and when the log goes on
     * @throws UncheckedIOException when the file cannot be opened
     * @throws IllegalArgumentException saying what it is, when it is nothing to append a log to
     */
    AppendedFile(Path path, Consumer<String> trouble) {
        this.path = path;
        this.trouble = trouble;
        try {
            check(path);
            file = open(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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

    /** Closes it, so that {@link #mend} goes on in a new one of the same name. */
    void reopen() {
        flush();
        close();
        retryAt = System.nanoTime();
    }

    /** Opens it again, where it is closed and that is due. */
    void mend() {
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

    void line(String text) {
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

    void flush() {
        if (file == null || buffered == 0) {
            return;
        }
        try {
            file.write(buffer.toByteArray());
        } catch (IOException e) {
            trouble.accept(unwritable(e));
            missing += buffered;
            retryAt = System.nanoTime() + RETRY_NANOS;
            close();
        }
        buffer.reset();
        buffered = 0;
    }

    void close() {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                trouble.accept("the log file cannot be closed: " + e.getMessage());
            }
            file = null;
        }
    }
}
