package mutex.shell;

import mutex.status.Explanation;
import mutex.status.StatusText;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParentCommand;

/** The commands of the shell; each is a class, the shortest ones here. */
@Command(name = "", description = "Enter alone asks for the default lock, and gives it back.",
        subcommands = {
            RequestCommand.class, ShellCommands.ReleaseCommand.class, ShellCommands.CancelCommand.class, ShellCommands.StatusCommand.class,
            ShellCommands.WhyCommand.class, ShellCommands.PassCommand.class, PeersCommand.class, AddCommand.class, RemoveCommand.class, LocksCommand.class, LogCommand.class,
            FaultCommand.class, HealCommand.class, HelpCommand.class, ShellCommands.QuitCommand.class})
final class ShellCommands {

    final Session session;

    private ShellCommands(Session session) {
        this.session = session;
    }

    static Commands of(Session session) {
        return new Commands(new ShellCommands(session), session.screen);
    }

    @Command(name = "release", description = "Give a lock back.")
    static final class ReleaseCommand extends LockCommand {

        @Override
        boolean run(Session session, String lock) {
            ShellRequest turn = session.turn(lock);
            if (turn == null || !turn.held()) {
                session.screen.problem("release: peer " + session.id() + " [" + lock + "] is not HELD here"
                        + (turn == null ? "; \"request\" asks for it" : ", still asked for; \"cancel\" withdraws"));
                return false;
            }
            session.withdraw(turn);
            return true;
        }
    }

    @Command(name = "cancel", description = "Withdraw a request that waits.")
    static final class CancelCommand extends LockCommand {

        @Override
        boolean run(Session session, String lock) {
            ShellRequest turn = session.turn(lock);
            if (turn == null || turn.held()) {
                session.screen.problem("cancel: peer " + session.id() + " [" + lock + "] "
                        + (turn == null ? "is not asked for here" : "is HELD; \"release\" gives it back"));
                return false;
            }
            session.withdraw(turn);
            return true;
        }
    }

    @Command(name = "status", description = "Show this peer, its group, and the locks held, wanted and deferred.")
    static final class StatusCommand implements Runnable {

        @ParentCommand
        private ShellCommands shell;

        @Override
        public void run() {
            StatusText.lines(shell.session.peer.snapshot().join()).forEach(shell.session.screen::line);
        }
    }

    @Command(name = "why", description = "Explain what a lock waits for, peer by peer.")
    static final class WhyCommand extends LockCommand {

        @Override
        boolean run(Session session, String lock) {
            Explanation.explain(session.id(), lock, session.peer.inquire().join()).forEach(session.screen::line);
            return true;
        }
    }

    @Command(name = "pass", description = "Pass the token of a lock on to the next peer of the ring (--algorithm token-ring).")
    static final class PassCommand extends LockCommand {

        @Override
        boolean run(Session session, String lock) {
            String problem = session.peer.pass(lock).join();
            if (problem != null) {
                session.screen.problem("pass: peer " + session.id() + " [" + lock + "] " + problem);
                return false;
            }
            session.tell(lock, "the token goes on");
            return true;
        }
    }

    @Command(name = "quit", description = "Give everything back, withdraw what waits, leave the group, and end this peer.")
    static final class QuitCommand implements Runnable {

        @ParentCommand
        private ShellCommands shell;

        @Override
        public void run() {
            shell.session.quitting = true;
        }
    }
}
