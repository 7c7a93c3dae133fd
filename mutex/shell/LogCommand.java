package mutex.shell;

import mutex.log.LogEntry;
import mutex.log.Repeats;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(name = "log", description = "Show the latest events at this peer.")
final class LogCommand implements Runnable {

    @ParentCommand
    private ShellCommands shell;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "N", defaultValue = "20",
            description = "how many events, at most 10000 (default: ${DEFAULT-VALUE})")
    private int count;

    @Override
    public void run() {
        if (count < 1) {
            throw new ParameterException(spec.commandLine(), "\"" + count + "\" is not a number of events, e.g. 20");
        }
        Repeats repeats = new Repeats();
        for (LogEntry entry : shell.session.peer.log(count).join()) {
            shell.session.screen.line(entry.line() + (repeats.again(entry.what()) ? " again" : ""));
        }
    }
}
