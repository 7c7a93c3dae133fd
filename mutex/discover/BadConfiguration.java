package mutex.discover;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** A file or setting that cannot be used; the message says where, what was found and what to write instead. */
public final class BadConfiguration extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    BadConfiguration(String message) {
        super(message);
    }

    /** Why a file cannot be used, in a few words. */
    public static String reason(IOException e) {
        return e instanceof NoSuchFileException ? "it does not exist"
                : e instanceof AccessDeniedException ? "access is denied"
                : e instanceof FileSystemException said && said.getReason() != null ? said.getReason()
                : e.getClass() == IOException.class && e.getMessage() != null ? e.getMessage() // such as "No space left on device"
                : e.getClass().getSimpleName();
    }
}
