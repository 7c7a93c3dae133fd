package mutex.discover;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Looks names up. That may take as long as the name servers are waited for, so each name has a thread, and
 * only one lookup at a time: who waits for a name keeps no other name waiting. Methods may be called from any thread and return at once.
 */
public final class NameLookups implements AutoCloseable {

    private static final int MOST = 64; // names at a time
    /** Written so, it is an address: no name server is asked. */
    private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])";
    private static final String LITERAL = "\\[.*\\]|(" + BYTE + "\\.){3}" + BYTE;

    private record Lookup(String host, Object asker, BooleanSupplier unwanted, Runnable task) {
        boolean isUnwanted() {
            return unwanted.getAsBoolean();
        }
    }

    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
        Thread thread = new Thread(task, "lookup");
        thread.setDaemon(true);
        return thread;
    });
    private final Consumer<Runnable> later;
    private final Map<String, Lookup> running = new HashMap<>(); // by name; guarded by this, as the next
    private final List<Lookup> waiting = new ArrayList<>();

    /** @param later runs a task when the system may make threads again */
    public NameLookups(Consumer<Runnable> later) {
        this.later = later;
    }

    /**
     * Runs the task, which looks the name up: now, where it is an address.
     *
     * @param unwanted whether nobody wants to know any more, once its turn comes: then it is not run
     */
    public void lookUp(String host, Object asker, BooleanSupplier unwanted, Runnable task) {
        if (host.matches(LITERAL)) {
            task.run();
            return;
        }
        Lookup asked = new Lookup(host, asker, unwanted, task);
        synchronized (this) {
            waiting.removeIf(Lookup::isUnwanted);
            if (!mayBegin(asked)) {
                waiting.add(asked);
                return;
            }
            running.put(host, asked);
        }
        begin(asked);
    }

    private boolean mayBegin(Lookup one) {
        return running.size() < MOST && !running.containsKey(one.host);
    }

    private void begin(Lookup one) {
        try {
            threads.execute(() -> {
                try {
                    one.task.run();
                } finally {
                    done(one);
                }
            });
        } catch (RejectedExecutionException closed) {
            // nobody dials any more
        } catch (OutOfMemoryError noThread) {
            later.accept(() -> begin(one));
        }
    }

    private void done(Lookup over) {
        Lookup next;
        synchronized (this) {
            running.remove(over.host);
            waiting.removeIf(Lookup::isUnwanted);
            next = waiting.stream().filter(this::mayBegin).findFirst().orElse(null);
            if (next == null) {
                return;
            }
            waiting.remove(next);
            running.put(next.host, next);
        }
        begin(next);
    }

    /** Whether the asker waits for an answer. */
    public synchronized boolean concern(Object asker) {
        return Stream.concat(running.values().stream(), waiting.stream()).anyMatch(one -> one.asker == asker);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
