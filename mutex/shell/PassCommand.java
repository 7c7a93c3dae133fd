package mutex.shell;

import picocli.CommandLine.Command;

@Command(name = "pass", description = "Pass the token of a lock on to the next peer of the ring (--algorithm token-ring).")
final class PassCommand extends LockCommand {

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
