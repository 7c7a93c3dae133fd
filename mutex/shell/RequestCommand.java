package mutex.shell;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import mutex.algorithm.LockMode;
import mutex.algorithm.Mode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "request", description = "Request a lock (mutual exclusion: one peer at a time), or several together, and hold it until it is released.")
final class RequestCommand extends LockCommand {

    @Option(names = {"-s", "--shared"}, description = "share it with all others that want it shared: readers")
    private boolean shared;

    @Option(names = "--kind", paramLabel = "KIND", description = "share it with those that name the same kind")
    private String kind;

    @Option(names = "--units", paramLabel = "K", description = "take a part of a pool of K units, the same K in all requests")
    private Long units;

    @Option(names = "--take", paramLabel = "W", description = "take W of them (default: 1)")
    private Long take;

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
    Mode mode() {
        if (Stream.of(shared, kind != null, units != null).filter(said -> said).count() > 1) {
            throw new IllegalArgumentException("--shared, --kind and --units do not go together; a mode of its own stands behind a lock: a:shared,b:2/8");
        }
        if (take != null && units == null) {
            throw new IllegalArgumentException("--take W goes with --units K, the size of the pool");
        }
        return shared ? Mode.SHARED : kind != null ? new Mode.OfKind(kind) : units != null ? new Mode.Units(take == null ? 1 : take, units) : Mode.EXCLUSIVE;
    }

    @Override
    boolean run(Session session, List<LockMode> locks) {
        ShellRequest request = locks.stream().map(one -> session.request(one.lock())).filter(Objects::nonNull).findFirst().orElse(null);
        if (request != null) {
            String lock = request.lock;
            session.screen.problem("request: peer " + session.id() + " [" + lock + "] is "
                    + (request.held() ? "already HELD; " + Session.command("release", lock) + " gives it back" : "already waiting; " + Session.command("cancel", lock) + " gives up"));
            return false;
        }
        if (keep != null && sleep != null) {
            throw new IllegalArgumentException("--for and --sleep both say when to release the lock; leave one out");
        }
        ShellRequest asked = session.ask(locks, attempt, wait, keep);
        boolean section = file != null || sleep != null;
        return session.await(section ? CriticalSection.run(session, asked, file, sleep, keep == null) : asked.entry, true);
    }
}
