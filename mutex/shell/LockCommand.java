package mutex.shell;

import java.util.List;
import java.util.concurrent.Callable;
import mutex.algorithm.LockMode;
import mutex.algorithm.Mode;
import mutex.status.AskedLocks;
import mutex.text.LockName;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** What the commands about locks have in common: names, and exit code 0 or 1. */
abstract class LockCommand implements Callable<Integer> {

    @ParentCommand
    private ShellCommands shell;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "name of the lock, or of several with commas between them, each "
            + "with a mode behind a colon if it has one of its own: a,b:shared,c:kind=red,d:2/8 (default: \"" + LockName.DEFAULT
            + "\"; release, cancel and why take the only one there is)")
    private String name;

    @Override
    public final Integer call() {
        try {
            return run(shell.session, name == null ? unnamed(shell.session) : AskedLocks.parse(name, mode())) ? 0 : 1;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }

    /** The lock that is meant where none is named. */
    List<LockMode> unnamed(Session session) {
        return List.of(new LockMode(LockName.DEFAULT, mode()));
    }

    /** Of the locks that are written without one. */
    Mode mode() {
        return Mode.EXCLUSIVE;
    }

    /** Whether it did what was asked. */
    abstract boolean run(Session session, List<LockMode> locks);
}
