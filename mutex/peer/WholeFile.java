package mutex.peer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that is replaced as a whole: written beside its place and moved there, so that who reads it finds what was there
 * before or all that is new. What was cut off on the way is never read, and removed. One thread writes; any may end that.
 */
final class WholeFile {

    private final Path path;
    private final Path fresh;
    private volatile boolean ended;

    WholeFile(Path path) {
        this.path = path;
        this.fresh = path.resolveSibling(path.getFileName() + ".new");
    }

    /** @param sync whether the bytes must be on the disk before they take the place of others */
    void write(byte[] bytes, boolean sync) throws IOException {
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
    void clean() {
        try {
            Files.deleteIfExists(fresh);
        } catch (IOException e) {
            // it is never read
        }
    }

    /** From now on nothing takes the file's place, not even what is being written. */
    void end() {
        ended = true;
        clean();
    }
}
