package mutex.state;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import mutex.MutexProto;
import mutex.discover.BadConfiguration;
import mutex.group.DurableState;
import mutex.transport.DaemonThreads;
import mutex.transport.FailureText;
import mutex.wire.WireFields;

/**
 * The file that remembers a peer's group in a restart (G4). Written whole and synced, then renamed over
 * the old one, on a thread of its own.
 */
public final class StateFile implements AutoCloseable {

    private final Path path;
    private final int id;
    private final WholeFile file;
    private final ExecutorService writer = DaemonThreads.single("state");
    private final Sync sync;
    private volatile Consumer<Throwable> failure = error -> { };

    /** Puts the name of a file that was moved into a folder on the disk, too. */
    public interface Sync {
        void folder(Path folder) throws IOException;
    }

    /**
     * @param path the file; {@link StateFileName} says which one is a peer's
     * @param id whose it is
     */
    public StateFile(Path path, int id) {
        this(path, id, System.getProperty("os.name").startsWith("Windows")
                ? any -> { } // no folder can be opened there; NTFS writes names in order
                : StateFile::sync);
    }

    public StateFile(Path path, int id, Sync sync) {
        this.path = path;
        this.id = id;
        this.file = new WholeFile(path);
        this.sync = sync;
    }

    public Path path() {
        return path;
    }

    /**
     * What was saved; null when nothing was.
     *
     * @throws IllegalArgumentException in one line when the file is there but cannot be used
     */
    public DurableState read() {
        if (!Files.exists(path)) {
            return null;
        }
        if (Files.isDirectory(path)) {
            throw new IllegalArgumentException(path + ": is a folder where this peer's state would be; move it away by: " + StateNotice.moving(path));
        }
        if (!Files.isRegularFile(path)) { // a pipe would let us wait without end
            throw new IllegalArgumentException(path + ": is no regular file where this peer's state would be; move it away by: " + StateNotice.moving(path));
        }
        MutexProto.State.Builder state = MutexProto.State.newBuilder();
        DurableState saved;
        String text = "";
        try {
            text = Files.readString(path);
            JsonFormat.parser().merge(text, state);
            saved = WireFields.in(state.build());
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException(path + ": this peer's state cannot be read (" + why(text, e) + "); restore the file, or, "
                    + StateNotice.forgetting(path));
        }
        if (state.getId() != 0 && state.getId() != id) { // what that one has promised, this one has not
            throw new IllegalArgumentException(path + ": is a copy of the state of peer " + state.getId() + ", and this is peer " + id
                    + "; start this one with --id " + state.getId() + ", restore its own file, or delete this one by: " + StateNotice.deletion(path));
        }
        return saved;
    }

    private String why(String text, Exception failure) {
        if (failure instanceof CharacterCodingException) {
            return "it is not text";
        } else if (failure instanceof FileSystemException) {
            return BadConfiguration.reason((IOException) failure);
        } else if (text.isBlank()) {
            return "it is empty";
        }
        try {
            JsonFormat.parser().ignoringUnknownFields().merge(text, MutexProto.State.newBuilder());
            if (failure instanceof InvalidProtocolBufferException) { // only what it has in addition is not understood
                return "a newer release wrote it, which can be started instead";
            }
        } catch (IOException damaged) {
            // then it is that
        }
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("").replaceFirst("^[\\w.]+Exception: ", ""); // Java's name of it helps nobody
    }

    /** When it was written last; now, when that cannot be said. */
    public Instant written() {
        try {
            return Files.getLastModifiedTime(path).toInstant();
        } catch (IOException gone) {
            return Instant.now();
        }
    }

    /** What will not work because the file cannot be written, in one line; null when it can. */
    public String unwritable() {
        Path folder = path.toAbsolutePath().getParent();
        while (folder != null && !Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) { // a link to nothing is in the way
            folder = folder.getParent();
        }
        boolean can = folder != null && Files.isDirectory(folder) && Files.isWritable(folder);
        return can ? null : path + ": cannot be written; this peer can use locks, but \"add\" and \"remove\" will fail anywhere in its group, "
                + "and commands under its locks are not remembered; name another folder with --state";
    }

    /** From now on it is told what else than the disk kept it from being written, on the writer's thread. */
    public void whenFailed(Consumer<Throwable> listener) {
        failure = listener;
    }

    /** Saves, then calls back on the writer's thread with null, or with why it could not. */
    public void write(DurableState saved, Consumer<String> done) {
        try {
            writer.execute(() -> done.accept(tryWrite(saved)));
        } catch (RejectedExecutionException closed) {
            done.accept(path + ": this peer is closed");
        }
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder)) {
            channel.force(true);
        }
    }

    private String tryWrite(DurableState saved) {
        try {
            file.write((JsonFormat.printer().print(WireFields.out(saved).toBuilder().setId(id)) + "\n").getBytes(StandardCharsets.UTF_8), true);
            sync.folder(path.getParent());
            return null;
        } catch (IOException e) {
            return path + ": " + e.getClass().getSimpleName();
        } catch (RuntimeException | Error e) { // of a file system's provider, say: who waits must hear of it
            failure.accept(e);
            return path + ": " + FailureText.inOneLine(e);
        }
    }

    /** As {@link WholeFile#endAfter}. */
    @Override
    public void close() {
        file.endAfter(writer);
    }

    /**
     * Where a peer keeps its state unless told otherwise: in $XDG_STATE_HOME, or else below $HOME, or else below the home that
     * the system's list of users has.
     *
     * @throws IllegalArgumentException in one line when the user has no home
     */
    public static Path usualFolder() {
        return usualFolder(System.getenv("XDG_STATE_HOME"), System.getenv("HOME"), System.getProperty("user.home"));
    }

    /**
     * The same, of these; a path that is not absolute would be another folder for each working folder, and does not count.
     *
     * <p>Source: https://specifications.freedesktop.org/basedir-spec/latest/
     *
     * @param userHome "?" where the user is in no list of users, as in a container
     */
    static Path usualFolder(String xdg, String home, String userHome) {
        if (isAbsolute(xdg)) {
            return Path.of(xdg).resolve("afteryou");
        }
        String found = isAbsolute(home) ? home : userHome; // Java's own does not know of a HOME that was set
        if (!isAbsolute(found)) {
            throw new IllegalArgumentException("the state of this peer has no place, as this user has no home folder; name a folder with --state");
        }
        return Path.of(found).resolve(".local/state").resolve("afteryou");
    }

    private static boolean isAbsolute(String path) {
        return path != null && !path.isEmpty() && Path.of(path).isAbsolute();
    }
}
