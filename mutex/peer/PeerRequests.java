package mutex.peer;

import java.util.List;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.LockMode;
import mutex.event.Event;
import mutex.status.AskedLocks;
import mutex.status.LockListener;
import mutex.transport.EventLoop;

/**
 * What people and programs ask of a running peer: locks, and changes of its group. As {@link PeerLoop}: any thread may
 * call, and the answers come on the loop thread; but see {@link #askHere}.
 */
public final class PeerRequests {

    private final EventLoop loop;
    private final NodeRunner runner;
    private final PendingRequests pending;
    private final AlgorithmKind algorithms;
    private final Shortcut entering = new Shortcut();
    private final Shortcut leaving = new Shortcut(); // of plain Ricart-Agrawala, too, where nobody waits

    /** Whether the last who came over the loop could have done without. */
    private static final class Shortcut {

        volatile boolean open; // written on the loop
    }

    PeerRequests(EventLoop loop, NodeRunner runner, PendingRequests pending, AlgorithmKind algorithms) {
        this.loop = loop;
        this.runner = runner;
        this.pending = pending;
        this.algorithms = algorithms;
    }

    /** Asks for one lock alone. */
    public CompletableFuture<Long> ask(String lock, boolean attempt, long waitNanos, LockListener asking) {
        return ask(LockMode.exclusive(lock), attempt, waitNanos, asking);
    }

    /**
     * Asks for locks, of which all are entered, given back and LOST together; gives the number to {@link #withdraw} them by.
     *
     * @param waitNanos Long.MAX_VALUE for ever
     * @throws IllegalArgumentException in one line, and nothing has happened, when this peer cannot give those: see {@link AskedLocks#check}
     */
    public CompletableFuture<Long> ask(List<LockMode> asked, boolean attempt, long waitNanos, LockListener asking) {
        List<LockMode> locks = AskedLocks.check(List.copyOf(asked), algorithms);
        return ask(() -> pending.add(asking), asker -> new Event.Ask(asker, locks, attempt, runner.deadline(waitNanos)));
    }

    /**
     * As {@link #ask(List, boolean, long, LockListener)}, for a thread that waits for the answer anyway: where the locks can be entered now and
     * no other peer hears of it, that is done when this returns, and this thread has called the listener.
     */
    public CompletableFuture<Long> askHere(List<LockMode> asked, boolean attempt, long waitNanos, LockListener asking) {
        List<LockMode> locks = AskedLocks.check(List.copyOf(asked), algorithms);
        CompletableFuture<Long> number = new CompletableFuture<>();
        Runnable ask = () -> number.complete(askNow(() -> pending.add(asking), asker -> new Event.Ask(asker, locks, attempt, runner.deadline(waitNanos))));
        run(entering, () -> runner.entersAlone(locks), ask);
        return number;
    }

    /** As {@link #withdraw}; in this thread where no other peer hears of it. */
    public void withdrawHere(long asker) {
        run(leaving, () -> runner.leavesAlone(asker), () -> runner.step(new Event.Withdraw(asker)));
    }

    /** In this thread if the last of its kind could have been done there, and this one can be; else on the loop. */
    private void run(Shortcut shortcut, BooleanSupplier alone, Runnable task) {
        BooleanSupplier here = () -> { // made in any case: the first time may be too deep in a recursion to link it
            boolean can = alone.getAsBoolean();
            if (can) {
                task.run();
            }
            return can;
        };
        Runnable there = () -> {
            shortcut.open = alone.getAsBoolean();
            loop.lend(entering.open || leaving.open);
            task.run();
        };
        if (!shortcut.open || !loop.runHere(here)) {
            loop.run(there);
        }
    }

    /**
     * Asks for the lock of a job that is to run once a period, as a try; {@link LockListener#entered} comes when the group has written down that
     * it runs now, {@link LockListener#hasRun} where it has run.
     *
     * @param period milliseconds, above 0
     */
    public CompletableFuture<Long> askOnce(String job, long period, LockListener asking) {
        List<LockMode> locks = AskedLocks.check(LockMode.exclusive(job), algorithms);
        return ask(() -> pending.add(asking), asker -> new Event.Ask(asker, locks, true, Long.MAX_VALUE, period));
    }

    /** Gives the lock of a job back, of which the run has failed: it does not count. */
    public void fail(long asker) {
        loop.run(() -> runner.step(new Event.Withdraw(asker, true)));
    }

    /** Gives the lock back, or withdraws the request; a change of the group that is proposed already goes on. */
    public void withdraw(long asker) {
        loop.run(() -> runner.step(new Event.Withdraw(asker)));
    }

    /** Passes the token of the lock on to the next peer; gives null, or one line why not. */
    public CompletableFuture<String> pass(String lock) {
        CompletableFuture<String> done = new CompletableFuture<>();
        change(done::complete, asker -> new Event.PassToken(asker, lock));
        return done;
    }

    /** Adds the peer at the address to the group; done gets null, or one line why not. */
    public CompletableFuture<Long> add(String endpoint, Consumer<String> done) {
        return change(done, asker -> new Event.Add(asker, endpoint));
    }

    /** Removes the members from the group; done gets null, or one line why not. See {@link Event.Remove}. */
    public CompletableFuture<Long> remove(SortedSet<Integer> ids, boolean force, Consumer<String> done) {
        return change(done, asker -> new Event.Remove(asker, ids, force));
    }

    private CompletableFuture<Long> change(Consumer<String> done, LongFunction<Event> event) {
        return ask(() -> pending.add(done), event);
    }

    /** Adds the one who asks to those that wait, and feeds the node what it asks for, unless it is refused. */
    private CompletableFuture<Long> ask(LongSupplier added, LongFunction<Event> event) {
        return loop.ask(() -> askNow(added, event));
    }

    private long askNow(LongSupplier added, LongFunction<Event> event) {
        long asker = added.getAsLong();
        if (asker != PendingRequests.REFUSED) {
            runner.step(event.apply(asker));
        }
        return asker;
    }
}
