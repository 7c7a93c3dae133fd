package mutex.shell;

import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "request", description = "Request a lock (mutual exclusion: one peer at a time) and hold it until it is released.")
final class RequestCommand extends LockCommand {

    @Option(names = "--for", paramLabel = "TIME", description = "release it after this time, e.g. 5s")
    private Duration keep;

    @Option(names = "--wait", paramLabel = "TIME", description = "give up after this time, e.g. 10s")
    private Duration wait;

    @Option(names = "--try", description = "give up at once rather than wait")
    private boolean attempt;

    @Option(names = "--write", paramLabel = "FILE", description = "while holding the lock, append a line to this file, which must be new or "
            + "end with such a line; then release the lock")
    private Path file;

    @Option(names = "--sleep", paramLabel = "TIME", description = "hold the lock for this time (after writing the line), then release it")
    private Duration sleep;

    @Override
    boolean run(Session session, String lock) {
        ShellRequest request = session.request(lock);
        if (request != null) {
            session.screen.problem("request: peer " + session.id() + " [" + lock + "] is "
                    + (request.held() ? "already HELD; " + Session.command("release", lock) + " gives it back" : "already waiting; " + Session.command("cancel", lock) + " gives up"));
            return false;
        }
        if (keep != null && sleep != null) {
            throw new IllegalArgumentException("--for and --sleep both say when to release the lock; leave one out");
        }
        ShellRequest asked = session.ask(lock, attempt, wait, keep);
        boolean section = file != null || sleep != null;
        return session.await(section ? CriticalSection.run(session, asked, file, sleep, keep == null) : asked.entry, true);
    }
}
