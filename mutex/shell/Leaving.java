package mutex.shell;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import mutex.status.Removal;
import mutex.status.Snapshot;
import mutex.text.Durations;
import mutex.text.ExitCode;
import org.jline.utils.Signals;

/**
 * How a peer leaves its group when a person has ended it: everything is given back and withdrawn, commands under
 * its locks stop, and then the others agree to go on without it. They are waited for, but not for ever.
 */
public final class Leaving {

    private static final long SAY_AFTER_MILLIS = 300;
    private static final long SHORTEST_WAIT_MILLIS = 3_000;
    private static final long REMIND_EVERY_MILLIS = 5_000;

    private final Session session;
    private final CompletableFuture<Void> asked = new CompletableFuture<>(); // the others are, or need not be
    private final CompletableFuture<String> answer = new CompletableFuture<>(); // why not; empty when it has left

    public Leaving(Session session) {
        this.session = session;
    }

    /** Leaves, if the shell was ended by {@code quit} or Ctrl-D rather than by the end of a pipe; whether that went well. */
    public boolean leave() throws InterruptedException {
        if (!session.quitting) {
            return true;
        }
        Snapshot before = session.peer.snapshot().join();
        session.peer.leave(() -> asked.complete(null), problem -> {
            asked.complete(null);
            answer.complete(problem == null ? "" : problem);
        });
        long most = Math.max(SHORTEST_WAIT_MILLIS, 2 * session.peer.settings().leaseMillis());
        awaitStopped();
        String problem = await(answer, SAY_AFTER_MILLIS);
        if (problem == null) {
            session.screen.line("leaving the group ... (Ctrl-C ends at once)");
            problem = await(answer, most - SAY_AFTER_MILLIS);
        }
        if (problem != null && problem.isEmpty()) {
            return true;
        }
        session.screen.problem("quit: peer " + session.id() + " stays a member of the group: "
                + (problem == null ? "the others did not agree within " + Durations.sayMillis(most) : problem)
                + "; \"remove " + session.id() + (Removal.takesForce(before) ? " --force" : "") + "\" at another peer removes it");
        return false;
    }

    /** From now on INT and TERM end this process at once: it is on its way out, and somebody does not want to wait. */
    public static void orAtOnce() {
        long since = System.nanoTime();
        Map.of("INT", 2, "TERM", 15).forEach((name, number) -> Signals.register(name, () -> {
            if (System.nanoTime() - since > TimeUnit.MILLISECONDS.toNanos(SAY_AFTER_MILLIS)) { // a launcher may hand on the first one again
                Runtime.getRuntime().halt(ExitCode.SIGNAL + number);
            }
        }));
    }

    /** Waits for the commands under this peer's locks to stop, however long that takes; the others are asked only then. */
    private void awaitStopped() throws InterruptedException {
        for (long next = SAY_AFTER_MILLIS; ; next = REMIND_EVERY_MILLIS) {
            await(asked, next);
            if (asked.isDone()) {
                return;
            }
            String waits = session.peer.stopping().join();
            if (waits != null) {
                session.screen.line("quit: " + waits);
            }
        }
    }

    private static <T> T await(CompletableFuture<T> result, long millis) throws InterruptedException {
        try {
            return result.get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return null;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // nobody completes it so
        }
    }
}
