package mutex.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;

/**
 * The programs that run under a lock of this peer and need time to stop when it dies. As long as there are any, a file
 * says how long: a peer that was killed and is started again gives them that time before it lets others enter.
 * Loop thread only, but for {@link #left} and {@link #close}.
 */
final class Tenants implements AutoCloseable {

    private final Path file;
    private final EventLoop loop;
    private final Consumer<String> voice;
    private final ExecutorService writer = Daemon.single("tenants");
    private int inside;
    private long longest; // milliseconds, as it was written

    /** @param state whose neighbour the file is */
    Tenants(Path state, EventLoop loop, Consumer<String> voice) {
        this.file = state.resolveSibling(state.getFileName().toString().replaceFirst("\\.json$", "") + ".tenants");
        this.loop = loop;
        this.voice = voice;
    }

    /** How long whoever was inside when this peer died needs, in milliseconds; 0 when nobody was. */
    long left() {
        try {
            return Files.exists(file) ? Long.parseLong(Files.readString(file).strip()) : 0;
        } catch (IOException | NumberFormatException unreadable) {
            return HoldStream.MOST_SURE; // it was being written
        }
    }

    /** Somebody enters who needs so many milliseconds; may go on when told so. */
    void enter(long millis, Runnable written) {
        inside++;
        if (millis <= longest) {
            written.run();
            return;
        }
        longest = millis;
        writer.execute(() -> {
            try {
                Files.createDirectories(file.getParent());
                Files.writeString(file, millis + "\n"); // not synced: whoever is inside dies with the machine
            } catch (IOException | RuntimeException e) {
                loop.run(() -> voice.accept(file + ": cannot be written (" + e.getClass().getSimpleName()
                        + "); if this peer is killed, wait " + millis + " ms before it is started again"));
            }
            loop.run(written);
        });
    }

    /** Somebody who entered has left. */
    void leave() {
        inside--;
        if (inside == 0) {
            longest = 0;
            writer.execute(this::delete);
        }
    }

    private void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // the next start waits for nothing: that is all
        }
    }

    /** Nobody is inside any more, and the time that was left is over. */
    void forget() {
        writer.execute(this::delete);
    }

    @Override
    public void close() {
        writer.shutdown();
    }
}
