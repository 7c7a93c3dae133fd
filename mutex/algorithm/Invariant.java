package mutex.algorithm;

import java.util.function.Supplier;

/** The rules of the core that are checked while it runs: a peer that broke one must not go on. */
public final class Invariant {

    private Invariant() {}

    /** @throws IllegalStateException unless it holds */
    public static void holds(boolean holds, Supplier<String> broken) {
        if (!holds) {
            throw new IllegalStateException(broken.get());
        }
    }
}
