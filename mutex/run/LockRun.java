package mutex.run;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import mutex.text.ExitCode;

/** {@code lock NAME -- COMMAND}: runs a command under a lock, as flock(1) does, and stops it before anybody else may enter. */
public final class LockRun {

    private LockRun() {}

    /** Does what the words after {@code lock} say; the exit code. */
    public static int run(List<String> words) {
        try {
            return run(words, InheritedState.now());
        } catch (RuntimeException | Error e) {
            return OwnFault.say("lock", e);
        }
    }

    private static int run(List<String> words, InheritedState inherited) {
        Map<String, String> environment = System.getenv();
        LockOptions options;
        try {
            options = LockOptions.parse(words, true, environment);
        } catch (IllegalArgumentException wrong) {
            return Help.wrong("lock", wrong);
        }
        if (options.help) {
            return Help.print("lock", Help.LOCK);
        }
        List<String> command = options.shell == null ? options.command : Program.ofShell(options.shell, environment);
        Optional<String> problem = Program.problem(command.get(0), environment);
        if (problem.isPresent()) {
            System.err.println("lock: " + problem.get());
            return ExitCode.CANNOT_EXECUTE;
        }
        try {
            options.openTls(line -> System.err.println("lock: " + line));
        } catch (IllegalArgumentException wrong) {
            return Help.unusable("lock", wrong);
        }
        options.attempt |= options.onceMillis > 0;
        return new LockedCommand(options, command, inherited).run();
    }
}
