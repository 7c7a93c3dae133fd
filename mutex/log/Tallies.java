package mutex.log;

import java.util.LinkedHashMap;
import java.util.Map;
import mutex.event.LogEvent;

/**
 * What entries cost: for each lock the entries of this peer and the messages about the requests that led to them,
 * since the peer was started. A request counts where it is sent, what answers it where it comes. Only the locks
 * that were used last are remembered. Loop thread only.
 */
public final class Tallies {

    private static final int MOST_LOCKS = 2_048;

    /** Entries, and messages about the requests for them. */
    public record LockTally(long entries, long messages) {

        public static final LockTally NONE = new LockTally(0, 0);

        public LockTally plus(LockTally other) {
            return new LockTally(entries + other.entries, messages + other.messages);
        }
    }

    private static final class CostCount {
        LockTally done = LockTally.NONE;
        long messages; // about the present request
    }

    private final int self;
    private final Map<String, CostCount> counts = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, CostCount> eldest) {
            return size() > MOST_LOCKS;
        }
    };

    Tallies(int self) {
        this.self = self;
    }

    /** Of the lock; NONE when this peer has not entered it, or long ago. */
    public LockTally of(String lock) {
        CostCount count = counts.get(lock);
        return count == null ? LockTally.NONE : count.done;
    }

    void add(LogEvent what) {
        switch (what.kind()) {
            case REQUEST -> counts.computeIfAbsent(what.lock(), lock -> new CostCount()).messages = 0;
            case SEND, RECEIVE -> {
                boolean ours = what.stamp() != null && what.stamp().peer() == self; // first, as it is asked of every message
                CostCount count = ours ? counts.get(what.lock()) : null;
                if (count != null) {
                    count.messages++;
                }
            }
            case ENTRY -> {
                CostCount count = counts.computeIfAbsent(what.lock(), lock -> new CostCount());
                count.done = count.done.plus(new LockTally(1, count.messages));
            }
            default -> { }
        }
    }
}
