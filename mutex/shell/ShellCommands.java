package mutex.shell;

import picocli.CommandLine;
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

    static CommandLine line(Session session) {
        CommandLine line = new CommandLine(new ShellCommands(session));
        line.registerConverter(java.time.Duration.class, new Durations());
        line.setParameterExceptionHandler((wrong, args) -> {
            session.screen.problem(oneLine(wrong));
            return CommandLine.ExitCode.USAGE;
        });
        line.setExecutionExceptionHandler((failure, command, args) -> {
            session.screen.problem(command.getCommandName() + ": " + failure.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        });
        LineWriter out = new LineWriter(session.screen::line);
        line.setOut(out.printer());
        line.setErr(out.printer());
        return line;
    }

    private static String oneLine(CommandLine.ParameterException wrong) {
        String command = wrong.getCommandLine().getCommandName();
        if (command.isEmpty() && wrong instanceof CommandLine.UnmatchedArgumentException unknown) {
            String similar = Usage.didYouMean(unknown);
            return Usage.quoted(unknown.getUnmatched().get(0)) + " is no command"
                    + (similar.isEmpty() ? "; \"help\" lists them" : similar);
        }
        String problem = Usage.inOneLine(wrong);
        if (command.isEmpty()) { // help, about a command that is not there
            return problem.replaceFirst("\\.$", "") + "; \"help\" lists them";
        }
        return command + ": " + problem + (problem.endsWith("?") ? "" : "; see \"help " + command + "\"");
    }
}
