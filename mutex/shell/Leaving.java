package mutex.shell;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import mutex.net.Snapshot;

/**
 * How a peer leaves its group when a person has ended it: everything is given back and withdrawn, and the
 * others agree to go on without it. They are waited for, but not for ever.
 */
public final class Leaving {

    private static final long SAY_AFTER_MILLIS = 300;
    private static final long SHORTEST_WAIT_MILLIS = 3_000;

    private final Session session;
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
        session.peer.leave(problem -> answer.complete(problem == null ? "" : problem));
        long most = Math.max(SHORTEST_WAIT_MILLIS, 2 * session.peer.settings().leaseMillis());
        String problem;
        try {
            problem = await(SAY_AFTER_MILLIS);
            if (problem == null) {
                session.screen.line("leaving the group ... (Ctrl-C ends at once)");
                problem = await(most - SAY_AFTER_MILLIS);
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // nobody completes it so
        }
        if (problem != null && problem.isEmpty()) {
            return true;
        }
        session.screen.problem("quit: peer " + session.id() + " stays a member of the group: "
                + (problem == null ? "the others did not agree within " + Durations.say(most * 1_000_000) : problem)
                + "; \"remove " + session.id() + (Removal.takesForce(before) ? " --force" : "") + "\" at another takes it out");
        return false;
    }

    private String await(long millis) throws InterruptedException, ExecutionException {
        try {
            return answer.get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return null;
        }
    }
}
