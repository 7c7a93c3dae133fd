package tests.support;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits with a deadline. */
public final class Eventually {

    private static final long DEADLINE_SECONDS = 40;

    private Eventually() {}

    /** Waits until it holds; for what cannot call back, so it is asked again and again. */
    public static void holds(BooleanSupplier condition, Supplier<String> otherwise) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + DEADLINE_SECONDS + " s: " + otherwise.get());
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Waits until there is one, which is not null. */
    public static <T> T found(Supplier<T> search, Supplier<String> otherwise) {
        AtomicReference<T> found = new AtomicReference<>();
        holds(() -> {
            found.set(search.get());
            return found.get() != null;
        }, otherwise);
        return found.get();
    }

    /** Waits until the answer matches; for what may say something else while a machine stands still. */
    public static void matches(Supplier<String> question, String regex) {
        AtomicReference<String> answer = new AtomicReference<>();
        holds(() -> {
            answer.set(question.get());
            return answer.get().matches(regex);
        }, answer::get);
    }

    /** Asks again, five times at most, where the answer that is waited for does not come. */
    public static void answers(Runnable question) {
        for (int tries = 1;; tries++) {
            try {
                question.run();
                return;
            } catch (AssertionError missing) {
                if (tries == 5) {
                    throw missing;
                }
            }
        }
    }

    public static <T> T get(CompletableFuture<T> future, String what) {
        try {
            return future.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("not within " + DEADLINE_SECONDS + " s: " + what);
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(what, e);
        }
    }
}
