package mutex.trace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import mutex.discover.BadConfiguration;
import mutex.discover.InputFile;
import mutex.log.LogReader;

/**
 * The files that a command writes from logs. None of them replaces a log, nor, unless forced, any file that is there; each is
 * written beside its place and moved there, so a full disk leaves no half a page.
 */
final class OutputFiles {

    private final Set<Path> logs = new HashSet<>();
    private final Set<Path> targets = new HashSet<>();
    private final boolean force;

    OutputFiles(List<Path> logs, boolean force) throws IOException {
        for (Path log : logs) {
            this.logs.add(log.toRealPath());
        }
        this.force = force;
    }

    /** Before anything is read: @throws IllegalArgumentException in one line when the file must not be written. */
    void check(String option, Path file) throws IOException {
        if (file == null) {
            return;
        }
        String what = option + " " + file + ": ";
        Path real = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath().normalize();
        require(!Files.isDirectory(file), what + "is a folder; name a file");
        require(!logs.contains(real), what + "is one of the logs; name another file for the page, before the logs");
        require(!beginsAsLog(file), what + "is the log of a peer; name another file");
        require(force || !Files.isRegularFile(file), what + "exists already; name another file, or add --force to replace it");
        require(force || !InputFile.leadsNowhere(file), what + "is a link to a file that is not there; name another file");
        require(targets.add(real), what + "is named twice; name another file");
    }

    private static boolean beginsAsLog(Path file) throws IOException {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            return false;
        }
        try (var in = Files.newInputStream(file)) {
            return LogReader.beginsAsLog(in.readNBytes(LogReader.ENOUGH));
        }
    }

    /** @throws IllegalArgumentException in one line when it cannot be written; what was there is there still */
    void write(String option, Path file, String content) {
        if (file == null) {
            return;
        }
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) { // /dev/stdout, a pipe
                Files.writeString(file, content);
                return;
            }
            Path place = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
            Path fresh = Files.createFile(place.resolveSibling("." + place.getFileName() + "." + ProcessHandle.current().pid() + ".new"));
            fresh.toFile().deleteOnExit(); // if this is ended before it is moved
            try {
                Files.writeString(fresh, content);
                if (force) {
                    Files.move(fresh, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                } else {
                    Files.move(fresh, place); // refuses a file that has come since
                }
            } finally {
                Files.deleteIfExists(fresh);
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(option + " " + file + ": cannot be written (" + BadConfiguration.reason(e)
                    + "); name a file in a folder that is there");
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
