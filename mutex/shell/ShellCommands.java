package mutex.shell;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import mutex.algorithm.Algorithm.State;
import mutex.algorithm.LockMode;
import mutex.status.Explanation;
import mutex.status.LockClient;
import mutex.status.Snapshot;
import mutex.status.StatusText;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParentCommand;

/** The commands of the shell; each is a class, the shortest ones here. */
@Command(name = "", customSynopsis = "COMMAND [NAME] [OPTION...]", description = "Enter alone requests the default lock, and releases it; other locks have names.",
        footer = {"", "A stamp such as 7@2 is a Lamport timestamp with the id of its peer, a fence a fencing token, an epoch an incarnation "
            + "of a peer; absent means suspected of having failed."},
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

    /** Where somebody else at this peer has the lock, or asked for it: who, and how it is given back. */
    private static Optional<String> elsewhere(Session session, String lock, boolean held) {
        Snapshot now = session.peer.snapshot(Set.of(lock)).join();
        LockClient client = now.clients().get(lock);
        return now.node().locks().stream().filter(there -> client != null && client.kind() != LockClient.ClientKind.SHELL
                && there.name().equals(lock) && (there.state() == State.HELD) == held).findFirst()
                .map(there -> "[" + lock + "] is " + (held ? "HELD" : "WANTED") + " at peer " + session.id() + " by " + client.who(session.id())
                        + ", not by this shell; " + client.wayBack(lock, session.id(), held));
    }

    @Command(name = "release", aliases = "unlock", description = "Release a lock.")
    static final class ReleaseCommand extends LockCommand {

        @Override
        List<LockMode> unnamed(Session session) {
            return session.only(true);
        }

        @Override
        boolean run(Session session, List<LockMode> locks) {
            String lock = LockMode.names(locks);
            ShellRequest request = session.askedTogether(locks);
            if (request == null || !request.held()) {
                session.screen.problem("release: " + elsewhere(session, lock, true).orElse("peer " + session.id() + (request == null
                        ? " does not hold [" + lock + "]; " + Session.command("request", lock) + " asks for it"
                        : " still waits for [" + lock + "]; " + Session.command("cancel", lock) + " gives up")));
                return false;
            }
            session.withdraw(request);
            return true;
        }
    }

    @Command(name = "cancel", description = "Give up a request that is waiting.")
    static final class CancelCommand extends LockCommand {

        @Override
        List<LockMode> unnamed(Session session) {
            return session.only(false);
        }

        @Override
        boolean run(Session session, List<LockMode> locks) {
            String lock = LockMode.names(locks);
            ShellRequest request = session.askedTogether(locks);
            if (request == null || request.held()) {
                session.screen.problem("cancel: " + (request == null ? elsewhere(session, lock, false).orElse("peer " + session.id() + " has not asked for [" + lock + "]")
                        : "peer " + session.id() + " holds [" + lock + "]; " + Session.command("release", lock) + " gives it back"));
                return false;
            }
            session.withdraw(request);
            return true;
        }
    }

    @Command(name = "status", description = "Show this peer, its group, and the locks that are held, wanted or deferred.")
    static final class StatusCommand implements Runnable {

        @ParentCommand
        private ShellCommands shell;

        @Override
        public void run() {
            StatusText.lines(shell.session.peer.snapshot().join()).forEach(shell.session.screen::line);
        }
    }

    @Command(name = "why", description = "Explain what a request is waiting for, peer by peer.")
    static final class WhyCommand extends LockCommand {

        @Override
        List<LockMode> unnamed(Session session) {
            return session.only(false);
        }

        @Override
        boolean run(Session session, List<LockMode> locks) {
            SortedMap<Integer, Snapshot> all = session.peer.inquire(LockMode.set(locks)).join();
            locks.forEach(one -> Explanation.explain(session.id(), one.lock(), all).forEach(session.screen::line));
            return true;
        }
    }

    @Command(name = "pass", description = "Pass the token of a lock on to the next peer in the ring (--algorithm token-ring).")
    static final class PassCommand extends LockCommand {

        @Override
        boolean run(Session session, List<LockMode> locks) {
            if (!LockMode.plain(locks)) {
                throw new IllegalArgumentException("a token is that of one exclusive lock; name one lock");
            }
            String lock = locks.get(0).lock();
            String problem = session.peer.requests().pass(lock).join();
            if (problem != null) {
                session.screen.problem("pass: peer " + session.id() + " [" + lock + "] " + problem);
                return false;
            }
            session.tell(lock, "the token was passed on");
            return true;
        }
    }

    @Command(name = "quit", description = "Release every lock, withdraw what is waiting, leave the group, and end this peer.")
    static final class QuitCommand implements Runnable {

        @ParentCommand
        private ShellCommands shell;

        @Override
        public void run() {
            shell.session.quitting = true;
        }
    }
}
