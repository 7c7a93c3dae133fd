package mutex.remote;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a person is told who waits for a peer from which nothing has come yet. */
public final class AwaitedAnswer {

    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

    private AwaitedAnswer() {}

    /** Whether a person reads what is written to standard error. */
    public static boolean isRead() {
        try {
            return Files.isSymbolicLink(STANDARD_ERROR) ? Files.readSymbolicLink(STANDARD_ERROR).toString().matches("/dev/(pts/|tty).*")
                    : System.console() != null;
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    /**
     * In one line.
     *
     * @param chosen the peer that is asked; null as long as none of several is
     * @param looksUp whether its name is being looked up
     */
    public static String line(List<String> peers, String chosen, boolean looksUp) {
        return chosen == null ? "waiting for one of the peers at " + String.join(", ", peers) + " to answer"
                : looksUp ? "waiting for a name server: the name of the peer at " + chosen + " is being looked up"
                : "waiting for the peer at " + chosen + " to answer";
    }
}
