package mutex.shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The commands of the shell; each is a class of its own. */
@Command(name = "", description = "Enter alone asks for the default lock, and gives it back.",
        subcommands = {RequestCommand.class, ReleaseCommand.class, CancelCommand.class, StatusCommand.class,
            WhyCommand.class, PassCommand.class, PeersCommand.class, AddCommand.class, RemoveCommand.class, LocksCommand.class, LogCommand.class,
            FaultCommand.class, HealCommand.class, HelpCommand.class, QuitCommand.class})
final class ShellCommands {

    final Session session;

    private ShellCommands(Session session) {
        this.session = session;
    }

    static Commands of(Session session) {
        return new Commands(new ShellCommands(session), session.screen);
    }
}
