package mutex.shell;

import java.nio.file.Path;
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

    @Option(names = "--write", paramLabel = "FILE", description = "once inside, append a line to the file, which is new or has such lines only, "
            + "then give the lock back")
    private Path file;

    @Option(names = "--sleep", paramLabel = "TIME", description = "stay inside for so long, after the line is written, then give back")
    private Duration sleep;

    @Override
    boolean run(Session session, String lock) {
        ShellRequest turn = session.turn(lock);
        if (turn != null) {
            session.screen.problem("request: peer " + session.id() + " [" + lock + "] is "
                    + (turn.held() ? "HELD already; \"release\" gives it back" : "asked for already; \"cancel\" withdraws"));
            return false;
        }
        if (keep != null && sleep != null) {
            throw new IllegalArgumentException("--for and --sleep both say when it is given back; leave one of them out");
        }
        ShellRequest asked = session.ask(lock, attempt, wait, keep);
        boolean section = file != null || sleep != null;
        return session.await(section ? CriticalSection.run(session, asked, file, sleep, keep == null) : asked.entry, true);
    }
}
