package mutex.shell;

import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "request", description = "Ask for a lock and hold it until it is released.")
final class RequestCommand extends LockCommand {

    @Option(names = "--for", paramLabel = "TIME", description = "give it back after so long, e.g. 5s")
    private Duration keep;

    @Option(names = "--wait", paramLabel = "TIME", description = "give up after so long, e.g. 10s")
    private Duration wait;

    @Option(names = "--try", description = "give up rather than wait")
    private boolean attempt;

    @Override
    boolean run(Session session, String lock) {
        Turn turn = session.turn(lock);
        if (turn != null) {
            session.screen.problem("request: peer " + session.id() + " [" + lock + "] is "
                    + (turn.held() ? "HELD already; \"release\" gives it back" : "asked for already; \"cancel\" withdraws"));
            return false;
        }
        return session.request(lock, attempt, wait, keep);
    }
}
