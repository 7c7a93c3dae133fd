package mutex.shell;

import java.util.concurrent.Callable;
import mutex.text.LockName;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** What the commands about one lock have in common: its name, and exit code 0 or 1. */
abstract class LockCommand implements Callable<Integer> {

    @ParentCommand
    private ShellCommands shell;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "NAME", defaultValue = LockName.DEFAULT,
            description = "name of the lock (default: ${DEFAULT-VALUE})")
    private String name;

    @Override
    public final Integer call() {
        try {
            return run(shell.session, LockName.check(name)) ? 0 : 1;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }

    /** Whether it did what was asked. */
    abstract boolean run(Session session, String lock);
}
