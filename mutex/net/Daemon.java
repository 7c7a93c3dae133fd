package mutex.net;

import java.util.concurrent.ThreadFactory;

/** Threads that do not keep the program from ending. */
public final class Daemon {

    private Daemon() {}

    /** Each thread has that name. */
    public static ThreadFactory named(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
