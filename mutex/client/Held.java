package mutex.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * A lock that this program holds, or several together, from {@link Mutex#acquire} until it is closed or LOST. May be used from any thread.
 */
public final class Held implements AutoCloseable {

    private final String lock;
    private final long fence;
    private final Runnable giveBack;
    private final Executor callbacks;
    private final List<Consumer<String>> listeners = new ArrayList<>(); // guarded by this, as is all below
    private boolean over;
    private String lost; // why; null while it is not

    Held(String lock, long fence, Runnable giveBack, Executor callbacks) {
        this.lock = lock;
        this.fence = fence;
        this.giveBack = giveBack;
        this.callbacks = callbacks;
    }

    /** As it was asked for; several as {@link LockSet#toString} has them. */
    public String lock() {
        return lock;
    }

    /** Grows with every entry, anywhere in the group: give it to the resource, so that it can refuse a late writer. */
    public long fence() {
        return fence;
    }

    /** Whether it is held as far as this program knows; a program that was stopped for a while learns of a loss only afterwards. */
    public synchronized boolean isHeld() {
        return !over;
    }

    /**
     * The callback gets the reason in one line when the lock is LOST, which means that another peer may be inside by
     * now: stop what the lock is for. At once if that has happened already; on a thread of the library, where it may block.
     */
    public synchronized Held onLost(Consumer<String> callback) {
        if (lost != null) {
            String reason = lost;
            callbacks.execute(() -> callback.accept(reason));
        } else if (!over) {
            listeners.add(callback);
        }
        return this;
    }

    /** Gives the lock back, and returns at once; nothing happens if it was given back or LOST already. */
    @Override
    public void close() {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
        }
        giveBack.run();
    }

    synchronized void lose(String reason) {
        if (!over) {
            over = true;
            lost = reason;
            listeners.forEach(listener -> callbacks.execute(() -> listener.accept(reason)));
        }
    }

    @Override
    public String toString() {
        return "[" + lock + "] with fence " + fence + (isHeld() ? "" : ", not held any more");
    }
}
