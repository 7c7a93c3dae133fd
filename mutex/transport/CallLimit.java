package mutex.transport;

import java.util.Map;
import java.util.Set;

/** How many calls of a kind may be open at a time, from all connections together. Loop thread only. */
final class CallLimit {

    private static final Map<String, Integer> MOST = Map.of("Link", 512, "Hold", 20_000, "Watch", 200, "Inquire", 100, "Status", 1_000);
    private static final Set<String> STREAMS = Set.of("Link", "Hold", "Watch");
    /** Of each other service: health, reflection, channelz. */
    private static final int MOST_OF_OTHERS = 200;

    private final String kind;
    private final int most;
    private int open;

    /**
     * @param kind a method of ours, or another service
     * @param mostLocks that a peer holds at once; each may have a stream of its own
     */
    CallLimit(String kind, int mostLocks) {
        this.kind = kind;
        int usual = MOST.getOrDefault(kind, MOST_OF_OTHERS);
        this.most = isOf("Hold") ? Math.max(usual, mostLocks) : usual;
    }

    /** Why there is no room for another; null where there is. */
    String full() {
        return open < most ? null : "this peer has " + most + " " + kind + (STREAMS.contains(kind) ? " streams" : " calls") + " open, and takes no more; close some";
    }

    boolean isOf(String kind) {
        return this.kind.equals(kind);
    }

    void enter() {
        open++;
    }

    void leave() {
        open--;
    }
}
