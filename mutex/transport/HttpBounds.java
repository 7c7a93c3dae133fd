package mutex.transport;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What clients can make the JDK's HTTP server hold, of which a peer may have two. The settings are those of the module
 * jdk.httpserver, which reads them once, before the first server is made.
 */
public final class HttpBounds {

    /** A request that is not there as a whole so many seconds after its connection is cut off. */
    public static final int REQUEST_SECONDS = 5;
    /** An answer that is not read so many seconds after its request is cut off. */
    public static final int ANSWER_SECONDS = 60;
    /** Bytes of a request's first line and headers; more are refused. */
    public static final int HEADER_BYTES = 16 << 10;
    /** Connections of one server; the next are closed at once. */
    public static final int CONNECTIONS = 100;

    private HttpBounds() {}

    /** To be called before anything else of an HTTP server. What a user has set stays. */
    public static void set() {
        set("sun.net.httpserver.maxReqTime", REQUEST_SECONDS);
        set("sun.net.httpserver.maxRspTime", ANSWER_SECONDS);
        set("sun.net.httpserver.maxReqHeaderSize", HEADER_BYTES);
        set("jdk.httpserver.maxConnections", CONNECTIONS);
    }

    private static void set(String name, int value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, Integer.toString(value));
        }
    }

    /** For how long an answer that goes on and on may last; it is to end by itself before it is cut off. */
    public static long longestAnswerMillis() {
        return 750L * Integer.getInteger("sun.net.httpserver.maxRspTime", ANSWER_SECONDS);
    }

    /**
     * Threads that are all there from the start: a client cannot make more, nor does a lack of them later end a server.
     *
     * @param failure is told what a request threw; the thread goes on
     */
    public static ExecutorService threads(String name, int count, Consumer<Throwable> failure) {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(count, count, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
                DaemonThreads.named(name)) {
            @Override
            public void execute(Runnable request) {
                super.execute(() -> {
                    try {
                        request.run();
                    } catch (RuntimeException | Error failed) {
                        failure.accept(failed);
                    }
                });
            }
        };
        threads.prestartAllCoreThreads();
        return threads;
    }
}
