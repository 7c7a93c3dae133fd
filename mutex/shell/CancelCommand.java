package mutex.shell;

import picocli.CommandLine.Command;

@Command(name = "cancel", description = "Withdraw a request that waits.")
final class CancelCommand extends LockCommand {

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
