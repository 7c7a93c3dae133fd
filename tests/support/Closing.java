package tests.support;

import java.util.ArrayDeque;
import java.util.Deque;

/** Whatever a test opens, to be closed when it is over: the last first, and all of it even if one of them fails. */
public final class Closing implements AutoCloseable {

    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    /** Gives it back. */
    public <T extends AutoCloseable> T add(T resource) {
        open.push(resource);
        return resource;
    }

    @Override
    public void close() {
        AssertionError failed = null;
        while (!open.isEmpty()) {
            AutoCloseable next = open.pop();
            try {
                next.close();
            } catch (Exception e) {
                AssertionError more = new AssertionError("closing " + next, e);
                if (failed == null) {
                    failed = more;
                } else {
                    failed.addSuppressed(more);
                }
            }
        }
        if (failed != null) {
            throw failed;
        }
    }
}
