package mutex.run;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Puts {@code lock} and {@code hold} into the list of commands; they read their words themselves. */
public final class LockCommands {

    private LockCommands() {}

    public static void addTo(CommandLine line) {
        List.of(new Lock(), new Hold()).forEach(line::addSubcommand);
    }

    @Command(name = "lock", description = "Run a command while holding a lock, as flock(1) does.")
    private static final class Lock implements Callable<Integer> {
        @Override
        public Integer call() {
            return LockRun.run(List.of());
        }
    }

    @Command(name = "hold", description = "Hold a lock until INT or TERM.")
    private static final class Hold implements Callable<Integer> {
        @Override
        public Integer call() {
            return HoldRun.run(List.of());
        }
    }
}
