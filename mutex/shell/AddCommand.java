package mutex.shell;

import java.util.concurrent.Callable;
import mutex.discover.Address;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(name = "add", description = "Add a running peer to the group.")
final class AddCommand implements Callable<Integer> {

    @ParentCommand
    private ShellCommands shell;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "HOST:PORT", description = "address it listens on, e.g. localhost:5004")
    private String address;

    @Override
    public Integer call() {
        Session session = shell.session;
        String endpoint;
        try {
            endpoint = Address.ofOther(address).toString();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
        session.screen.line("add: asking every member and " + endpoint + " ...");
        return GroupChange.ask(session, "add", "the peer at " + endpoint + " is in the group",
                done -> session.peer.requests().add(endpoint, done)) ? 0 : 1;
    }
}
