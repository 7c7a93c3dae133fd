package mutex.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import mutex.text.ExitCode;

/** What becomes of a command whose standard output cannot be written: a disk may be full. A reader that has gone, as head(1) does, has all it wants. */
public final class PrintedOutput {

    private static final Path STANDARD_OUTPUT = Path.of("/dev/fd/1");
    private static final int TYPE_OF_FILE = 0170000; // S_IFMT of stat(2), as the next two
    private static final int PIPE = 0010000; // S_IFIFO
    private static final int SOCKET = 0140000; // S_IFSOCK

    private PrintedOutput() {}

    /** The exit code of a command that went well, but for what it has printed: says in a line where that cannot be written. */
    public static int code(String command) {
        if (!System.out.checkError() || !isFile()) {
            return 0;
        }
        System.err.println(command + ": the output cannot be written to the end; make room where it goes, or write it elsewhere");
        return ExitCode.OUTPUT;
    }

    /** Or a device; false also where that cannot be found out. */
    private static boolean isFile() {
        try {
            int type = (int) Files.getAttribute(STANDARD_OUTPUT, "unix:mode") & TYPE_OF_FILE;
            return type != PIPE && type != SOCKET;
        } catch (IOException | RuntimeException unknown) {
            return false;
        }
    }
}
