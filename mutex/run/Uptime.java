package mutex.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Time since the machine started, in hundredths of a second: a clock that a shell can read, too, and that also
 * runs while the machine is suspended. Where the system has none, the wall clock.
 */
final class Uptime {

    private static final Path CLOCK = Path.of("/proc/uptime");
    private static final boolean THERE = Files.isReadable(CLOCK);

    private Uptime() {}

    static long now() {
        if (THERE) {
            try {
                String text = Files.readString(CLOCK);
                return Long.parseLong(text.substring(0, text.indexOf(' ')).replace(".", ""));
            } catch (IOException | RuntimeException unreadable) {
                throw new IllegalStateException(CLOCK + ": cannot be read any more", unreadable);
            }
        }
        return System.currentTimeMillis() / 1_000 * 100; // as date(1) gives it
    }
}
