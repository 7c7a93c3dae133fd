package mutex.shell;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** How many columns the terminal has, for what is printed once: a whole terminal library would take longer than all else. */
public final class TerminalWidth {

    private static final int USUAL = 80;
    private static final int LEAST = 40;

    private TerminalWidth() {}

    /** The most columns of a line that is printed: those of a person's terminal; no limit where nobody sits at one. */
    public static int limit() {
        return Shell.onTerminal() ? now() : Integer.MAX_VALUE;
    }

    /** As stty(1) says, or the environment, or what is usual. */
    static int now() {
        try {
            Process stty = new ProcessBuilder("stty", "size").redirectInput(new File("/dev/tty")).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            String said = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            if (stty.waitFor(1, TimeUnit.SECONDS) && said.matches("\\d{1,5} \\d{1,5}\\s*")) {
                return columns(said.strip().split(" ")[1]);
            }
        } catch (IOException notThere) {
            // then as the environment says
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return columns(System.getenv().getOrDefault("COLUMNS", ""));
    }

    private static int columns(String text) {
        int columns = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
        return columns == 0 ? USUAL : Math.max(LEAST, columns);
    }
}
