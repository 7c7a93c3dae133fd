package tests.support;


import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import mutex.transport.Callbacks;

/** The library's callbacks where the system makes no more threads. */
public final class Starved {

    private Starved() {}

    public static Executor callbacks() {
        return new Callbacks(new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            throw new OutOfMemoryError("unable to create native thread: possibly out of memory or process/resource limits reached");
        }));
    }
}
