package mutex.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import mutex.discover.BadConfiguration;
import mutex.discover.InputFile;

/**
 * What the files of a peer are called: after its id, so that a peer that moved to another address finds what it must not
 * forget. One process at a time has them; the operating system ends that with the process.
 */
public final class StateFileName implements AutoCloseable {

    private static final String STATE = ".json";
    private static final String TENANTS = ".tenants";
    private static final int LONGEST_PID = 20; // characters

    private final Path state;
    private final FileChannel taken; // locked; null where the folder cannot be written

    private StateFileName(Path state, FileChannel taken) {
        this.state = state;
        this.taken = taken;
    }

    /**
     * Takes the files of the peer. Those of an earlier release, named after its address, too, get the new name.
     *
     * @param voice is told of a file that was renamed
     * @throws IllegalArgumentException in one line when another process has them, or it is not clear which are its own
     */
    public static StateFileName take(Path folder, int id, String endpoint, Consumer<String> voice) {
        Path state = folder.resolve("peer-" + id + STATE);
        FileChannel taken = lock(folder, id);
        try {
            adopt(state, folder.resolve("peer-" + id + "-" + endpoint.replaceAll("[^a-z0-9.-]", "_") + STATE), voice);
        } catch (IOException | RuntimeException e) {
            close(taken);
            throw e instanceof IllegalArgumentException said ? said : new IllegalArgumentException(folder
                    + ": the state of an earlier release cannot be renamed (" + e.getClass().getSimpleName() + "); make the folder writable");
        }
        new WholeFile(state).clean();
        new WholeFile(folder.resolve(base(state) + TENANTS)).clean();
        return new StateFileName(state, taken);
    }

    private static FileChannel lock(Path folder, int id) {
        Path file = folder.resolve("peer-" + id + ".lock");
        FileChannel channel;
        try {
            Files.createDirectories(folder);
            InputFile.requireRegular(file);
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            if (Files.isDirectory(folder) && Files.isWritable(folder)) { // without it, two could write there
                throw new IllegalArgumentException(file + ": cannot be opened (" + BadConfiguration.reason(e) + "), and keeps a second peer with id " + id
                        + " from this state; move it away by: " + StateNotice.moving(file));
            }
            return null; // nobody writes there, and nothing is overwritten
        }
        boolean free;
        try {
            free = channel.tryLock() != null;
        } catch (OverlappingFileLockException here) {
            free = false;
        } catch (IOException unsupported) {
            free = true; // a file system without locks
        }
        if (!free) {
            close(channel);
            throw new IllegalArgumentException("a peer with id " + id + " runs already with its state in " + folder + process(file)
                    + "; give this one another --id, or, as a peer of another group, --state with a folder of its own");
        }
        try {
            channel.truncate(0).write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException fullDisk) {
            // the file is for people
        }
        return channel;
    }

    /** Whose lock it is, where the system lets us look. */
    private static String process(Path lock) {
        try {
            String said = Files.size(lock) > LONGEST_PID ? "" : Files.readString(lock, StandardCharsets.US_ASCII).strip();
            return said.matches("[0-9]+") ? " (process " + said + ")" : "";
        } catch (IOException locked) {
            return "";
        }
    }

    private static void adopt(Path state, Path old, Consumer<String> voice) throws IOException {
        SortedSet<String> names = olderThan(state);
        String own = base(old);
        boolean known = Files.exists(state);
        if (known && Files.exists(old)) {
            throw new IllegalArgumentException("both " + state + " and " + old.getFileName()
                    + ", of an earlier release, may be this peer's state; move the one of another group away, the older one by: " + StateNotice.moving(old));
        }
        if (known && !names.contains(own) || names.isEmpty()) {
            return;
        }
        if (!names.contains(own) && names.size() > 1) {
            throw new IllegalArgumentException(state.getParent() + " has the state of several peers with this id, of an earlier release: "
                    + names + "; move those of other groups away, each as by: " + StateNotice.moving(state.resolveSibling(names.first() + STATE)));
        }
        String base = names.contains(own) ? own : names.first();
        rename(state.resolveSibling(base + TENANTS), state.resolveSibling(base(state) + TENANTS));
        if (rename(state.resolveSibling(base + STATE), state)) {
            voice.accept("state of an earlier release, " + base + STATE + ", is " + state
                    + " from now on; if it is of another group, stop this peer and name another folder with --state");
        }
    }

    /** The files named after an address, without what comes after the dot. */
    private static SortedSet<String> olderThan(Path state) throws IOException {
        SortedSet<String> names = new TreeSet<>();
        if (Files.isDirectory(state.getParent())) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(state.getParent(), base(state) + "-*{" + STATE + "," + TENANTS + "}")) {
                files.forEach(file -> names.add(base(file)));
            }
        }
        return names;
    }

    private static boolean rename(Path from, Path to) throws IOException {
        boolean there = Files.exists(from) && !Files.exists(to);
        if (there) {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }
        return there;
    }

    private static String base(Path file) {
        return file.getFileName().toString().replaceFirst("\\.(json|tenants)$", "");
    }

    public Path state() {
        return state;
    }

    /** Another process may have them. */
    @Override
    public void close() {
        close(taken);
    }

    private static void close(FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // nothing was written to it
        }
    }
}
