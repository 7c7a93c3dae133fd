package mutex.discover;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * A small file that a person names or that lies in the folder. A pipe in its place, which may be another user's, would make whoever opens it
 * wait without end: it is read only where the name says that it is meant, and then it is said what is waited for.
 */
public final class InputFile {

    /** Standard input, and what a shell makes of {@code <(...)}. */
    private static final Pattern MEANT = Pattern.compile("/dev/(stdin|null|fd/[0-9]+)|/proc/(self|[0-9]+)/fd/[0-9]+");

    private InputFile() {}

    /**
     * All of it, or its first bytes, at most so many.
     *
     * @throws IOException when it cannot be read; {@link BadConfiguration#reason} says why
     */
    public static byte[] read(Path file, int most) throws IOException {
        if (MEANT.matcher(file.toString()).matches()) {
            return LateNotice.during(() -> true, "waiting for " + file, () -> open(file, most));
        }
        requireRegular(file);
        return open(file, most);
    }

    /** @throws FileSystemException where something else is there: a pipe would let whoever opens it wait without end */
    public static void requireRegular(Path file) throws FileSystemException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new FileSystemException(file.toString(), null, "it is no regular file");
        }
    }

    /** Whether that is a link to nothing. In this order: what somebody makes between two looks is no link. */
    public static boolean leadsNowhere(Path file) {
        return Files.isSymbolicLink(file) && !Files.exists(file);
    }

    private static byte[] open(Path file, int most) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return in.readNBytes(most);
        }
    }
}
