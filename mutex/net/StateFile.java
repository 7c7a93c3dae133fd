package mutex.net;

import com.google.protobuf.util.JsonFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import mutex.MutexProto;
import mutex.group.Saved;

/**
 * The file that remembers a peer's group in a restart. Written whole and synced, then renamed over
 * the old one, on a thread of its own.
 */
public final class StateFile implements AutoCloseable {

    private final Path path;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(Daemon.named("state"));

    /** @param path the file; {@link StateName} says which one is a peer's */
    public StateFile(Path path) {
        this.path = path;
    }

    public Path path() {
        return path;
    }

    /**
     * What was saved; null when nothing was.
     *
     * @throws IllegalArgumentException in one line when the file is there but cannot be used
     */
    public Saved read() {
        if (!Files.exists(path)) {
            return null;
        }
        try {
            MutexProto.State.Builder state = MutexProto.State.newBuilder();
            JsonFormat.parser().merge(Files.readString(path), state);
            return Wire.in(state.build());
        } catch (IOException | IllegalArgumentException e) {
            String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new IllegalArgumentException(path + ": this peer's state cannot be read (" + why
                    + "); restore the file, or delete it to found a new group from the start list");
        }
    }

    /** Saves, then calls back on the writer's thread with null, or with why it could not. */
    void write(Saved saved, Consumer<String> done) {
        writer.execute(() -> done.accept(tryWrite(saved)));
    }

    private String tryWrite(Saved saved) {
        Path fresh = path.resolveSibling(path.getFileName() + ".new");
        try {
            Files.createDirectories(path.getParent());
            try (FileChannel file = FileChannel.open(fresh, StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                ByteBuffer text = ByteBuffer.wrap((JsonFormat.printer().print(Wire.out(saved)) + "\n").getBytes());
                while (text.hasRemaining()) {
                    file.write(text);
                }
                file.force(true);
            }
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel folder = FileChannel.open(path.getParent())) {
                folder.force(true);
            }
            return null;
        } catch (IOException e) {
            return path + ": " + e.getClass().getSimpleName();
        }
    }

    /** Ends the writer's thread, once what is being written is. */
    @Override
    public void close() {
        writer.shutdown();
    }
}
