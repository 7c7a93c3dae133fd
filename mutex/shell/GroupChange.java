package mutex.shell;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/** A change of the group asked for in this shell, until it is made or refused. Its answer comes on the loop thread. */
final class GroupChange {

    private static final long REMIND_EVERY_MILLIS = 10_000;

    private final Session session;
    private final String command;
    private final CompletableFuture<Boolean> made = new CompletableFuture<>();
    private CompletableFuture<Long> number;

    private GroupChange(Session session, String command) {
        this.session = session;
        this.command = command;
    }

    /**
     * Asks for the change, and where no person types waits for its outcome.
     *
     * @param command of the shell; its lines begin with it
     * @param done what to say when the change was made
     * @param request hands the change to the peer; the consumer given to it takes null when it was made, else one line why not
     * @return whether the command did what was asked
     */
    static boolean ask(Session session, String command, String done, Function<Consumer<String>, CompletableFuture<Long>> request) {
        GroupChange change = new GroupChange(session, command);
        session.changes.add(change);
        change.number = request.apply(problem -> change.answered(problem, done));
        change.remind();
        return session.await(change.made, true);
    }

    private void answered(String problem, String done) {
        session.changes.remove(this);
        if (problem == null) {
            session.screen.line(command + ": " + done);
        } else {
            session.screen.problem(command + ": " + problem);
        }
        made.complete(problem == null);
    }

    private void remind() {
        session.after(REMIND_EVERY_MILLIS, () -> {
            if (session.changes.contains(this)) {
                session.peer.snapshot().thenAccept(now -> session.screen.line(command + ": still waiting for the others to agree"
                        + (now.node().change() == null ? "" : " (" + now.node().change() + ")") + (session.interactive ? "; Ctrl-C gives up" : "")));
                remind();
            }
        });
    }

    /** Takes it back, if it was not proposed to the others yet; else it is not proposed again. */
    void giveUp() {
        number.thenAccept(session.peer.requests()::withdraw);
        session.peer.snapshot().thenRun(() -> { // behind it
            if (!made.isDone()) {
                session.screen.line(command + ": no longer waiting; the change was already proposed and may still be made, but does not begin anew");
                session.changes.remove(this);
            }
        });
    }
}
