package mutex.cli;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import mutex.remote.AwaitedAnswer;

/** Says to a person who waits for what is done on the spot what that is. */
final class LateNotice {

    private LateNotice() {}

    /** Does it; meanwhile, after a second, the line is said. */
    static <T> T during(String line, Supplier<T> work) {
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture.delayedExecutor(AwaitedAnswer.TELL_AFTER, TimeUnit.MILLISECONDS).execute(() -> {
            if (!done.get() && AwaitedAnswer.isRead()) {
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
