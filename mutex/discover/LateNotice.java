package mutex.discover;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** Says to a person who waits for what is done on the spot what that is. */
public final class LateNotice {

    /** Who waits for longer is told so; milliseconds. */
    public static final long AFTER = 1_000;

    /** What may take long. */
    public interface Work<T, E extends Exception> {
        T get() throws E;
    }

    private LateNotice() {}

    /**
     * Does it; meanwhile, after a second, the line is said to standard error.
     *
     * @param read whether to say it then
     */
    public static <T, E extends Exception> T during(BooleanSupplier read, String line, Work<T, E> work) throws E {
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture.delayedExecutor(AFTER, TimeUnit.MILLISECONDS).execute(() -> {
            if (!done.get() && read.getAsBoolean()) {
                System.err.println(line);
            }
        });
        try {
            return work.get();
        } finally {
            done.set(true);
        }
    }
}
