package mutex.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import mutex.event.Event;
import mutex.group.Group;
import mutex.link.Pause;
import mutex.node.Node;
import mutex.status.StoppingText;
import mutex.transport.EventLoop;

/**
 * How this peer leaves its group, or ends: nobody asks any more, what is wanted or held here is withdrawn, and programs
 * that need notice get it. Loop thread only.
 */
final class Departure {

    /** Why requests are refused. */
    static final String LEAVING = "this peer is leaving";
    private static final long SAY_STOPPING_AFTER = 300_000_000L; // most end as soon as they are told

    private final EventLoop loop;
    private final Pause pause;
    private final Node node;
    private final NodeRunner runner;
    private final PendingRequests pending;
    private final Failures failures;
    private final List<Runnable> onceIdle = new ArrayList<>(); // for when nothing is wanted or held here any more

    Departure(EventLoop loop, Pause pause, Node node, NodeRunner runner, PendingRequests pending, Failures failures) {
        this.loop = loop;
        this.pause = pause;
        this.node = node;
        this.runner = runner;
        this.pending = pending;
        this.failures = failures;
    }

    /** Whether this peer has left its group. */
    boolean isOut() {
        return pending.refusing() && node.group() == null;
    }

    /**
     * Withdraws everything, then leaves the group.
     *
     * @param asked is run when programs under a lock have stopped, and the others are asked to go on without this peer
     * @param done gets null when they do, or one line why not
     */
    void leave(Runnable asked, Consumer<String> done) {
        pause.end();
        Group group = node.group();
        if (runner.ended() || group == null || group.members().size() == 1) {
            done.accept(null);
            return;
        }
        pending.refuse(true);
        withdrawAll(() -> {
            asked.run();
            long asker = pending.addLast(problem -> {
                pending.refuse(problem == null || runner.ended());
                done.accept(problem);
            });
            runner.step(new Event.Leave(asker));
        });
    }

    /** Withdraws everything, then makes no more steps, and runs what closes the rest. */
    void close(Runnable rest) {
        pending.refuse(true);
        pause.end();
        withdrawAll(() -> {
            runner.end();
            pending.refuseChanges(LEAVING);
            rest.run();
        });
        loop.after(SAY_STOPPING_AFTER, () -> {
            String line = runner.ended() ? null : StoppingText.of(pending.stopping());
            if (line != null) {
                failures.say(line + "; INT or TERM once more (Ctrl-C) ends at once");
            }
        });
    }

    /** Then comes what follows: at once, unless a program needs notice to stop what it does under a lock. */
    private void withdrawAll(Runnable then) {
        if (!runner.steps()) {
            then.run();
            return;
        }
        pending.ofLocks().stream().filter(asker -> !pending.warned(asker)).forEach(asker -> runner.step(new Event.Withdraw(asker)));
        onceIdle.add(then);
        goOnIfIdle();
    }

    /** Somebody here does not want or hold its lock any more. */
    void askerEnded() {
        if (!onceIdle.isEmpty()) {
            loop.later(this::goOnIfIdle);
        }
    }

    private void goOnIfIdle() {
        if (pending.nobodyLocks()) {
            List<Runnable> all = List.copyOf(onceIdle);
            onceIdle.clear();
            all.forEach(loop::guard);
        }
    }
}
