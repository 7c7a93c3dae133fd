package mutex.transport;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * Runs what a program does with an answer or a loss: each on a thread of its own, as it may block; where the system makes
 * no more threads, one after the other on a thread that runs already.
 */
public final class Callbacks implements Executor, AutoCloseable {

    private final ExecutorService each;
    private final ExecutorService inTurn = DaemonThreads.single("mutex");

    public Callbacks() {
        this(Executors.newCachedThreadPool(DaemonThreads.named("mutex")));
    }

    public Callbacks(ExecutorService each) {
        this.each = each;
    }

    @Override
    public void execute(Runnable task) {
        try {
            each.execute(task);
        } catch (OutOfMemoryError noThread) {
            try {
                inTurn.execute(() -> guard(task));
            } catch (RejectedExecutionException closed) {
                // the program has given everything back
            }
        }
    }

    /** What a task throws is told as Java tells it, but does not end the one thread that there is: there may be no other. */
    private static void guard(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error error) {
            Thread here = Thread.currentThread();
            here.getUncaughtExceptionHandler().uncaughtException(here, error);
        }
    }

    /** What waits for its turn still has it. */
    @Override
    public void close() {
        inTurn.shutdown();
    }
}
