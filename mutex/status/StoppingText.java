package mutex.status;

import java.util.List;
import java.util.stream.Collectors;
import mutex.text.Durations;

/** Whom a peer waits for that leaves: programs which have been told to stop what they do under a lock. */
public final class StoppingText {

    private static final int MOST_NAMED = 5;

    private StoppingText() {}

    /** {@code waits for the command under [x] to stop, up to 6 s}; null when nobody has to stop. */
    public static String of(List<LockListener.Stopping> all) {
        if (all.isEmpty()) {
            return null;
        }
        String names = all.stream().limit(MOST_NAMED).map(one -> "[" + one.lock() + "]").collect(Collectors.joining(", "));
        String more = all.size() > MOST_NAMED ? " and " + (all.size() - MOST_NAMED) + " more" : "";
        long longest = all.stream().mapToLong(LockListener.Stopping::millis).max().orElse(0);
        return "waits for the command" + (all.size() == 1 ? "" : "s") + " under " + names + more + " to stop, up to "
                + Durations.sayMillis((longest + 999) / 1_000 * 1_000);
    }
}
