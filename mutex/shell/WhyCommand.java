package mutex.shell;

import picocli.CommandLine.Command;

@Command(name = "why", description = "Explain what a lock waits for, peer by peer.")
final class WhyCommand extends LockCommand {

    @Override
    boolean run(Session session, String lock) {
        Explanation.explain(session.id(), lock, session.peer.inquire().join()).forEach(session.screen::line);
        return true;
    }
}
