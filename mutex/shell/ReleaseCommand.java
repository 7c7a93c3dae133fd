package mutex.shell;

import picocli.CommandLine.Command;

@Command(name = "release", description = "Give a lock back.")
final class ReleaseCommand extends LockCommand {

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
