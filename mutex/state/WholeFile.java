package mutex.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A file that is replaced as a whole: written beside its place and moved there, so that who reads it finds what was there
 * before or all that is new. What was cut off on the way is never read, and removed. One thread writes.
 */
public final class WholeFile {

    private final Path path;
    private final Path fresh;
    private volatile boolean ended;

    public WholeFile(Path path) {
        this.path = path;
        this.fresh = path.resolveSibling(path.getFileName() + ".new");
    }

    /** @param sync whether the bytes must be on the disk before they take the place of others */
    public void write(byte[] bytes, boolean sync) throws IOException {
        checkOpen();
        Files.createDirectories(path.getParent());
        boolean done = false;
        try {
            try (FileChannel file = FileChannel.open(fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                checkOpen(); // or else it is the end that removes it
                for (ByteBuffer left = ByteBuffer.wrap(bytes); left.hasRemaining();) {
                    file.write(left);
                }
                if (sync) {
                    file.force(true);
                }
            }
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            done = true;
        } finally {
            if (!done) { // it would take room on a full disk
                clean();
            }
        }
    }

    private void checkOpen() throws ClosedChannelException {
        if (ended) {
            throw new ClosedChannelException();
        }
    }

    /** Removes what a process left that was killed while it wrote. */
    public void clean() {
        try {
            Files.deleteIfExists(fresh);
        } catch (IOException e) {
            // it is never read
        }
    }

    /**
     * Ends the thread that writes, once what is being written is in place: else the next process that has the file could have
     * it replaced by what this one saved. Blocks for two seconds at most; what is not written by then never is.
     */
    public void endAfter(ExecutorService writer) {
        writer.shutdown();
        try {
            writer.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!writer.isTerminated()) {
            ended = true; // what is being written does not take the file's place
            clean();
        }
    }
}
