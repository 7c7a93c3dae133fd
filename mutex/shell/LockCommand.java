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

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "name of the lock (default: \"" + LockName.DEFAULT
            + "\"; release, cancel and why take the only one there is)")
    private String name;

    @Override
    public final Integer call() {
        try {
            return run(shell.session, LockName.check(name == null ? unnamed(shell.session) : name)) ? 0 : 1;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }

    /** The lock that is meant where none is named. */
    String unnamed(Session session) {
        return LockName.DEFAULT;
    }

    /** Whether it did what was asked. */
    abstract boolean run(Session session, String lock);
}
