package mutex.node;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Other peers whose messages an honest one hardly sends. They are named, so that a person can look; what no honest peer
 * can send at all is dropped before it gets here.
 */
final class Suspects {

    private static final long DAY_MILLIS = 86_400_000;
    private static final long FAST_TIME = 1L << 32; // requests that nobody makes between two messages

    private final Clocks clocks;
    private final StepOutput out;
    private final SortedMap<Integer, String> deeds = new TreeMap<>();

    Suspects(Clocks clocks, StepOutput out) {
        this.clocks = clocks;
        this.out = out;
    }

    void add(int peer, String deed) {
        deeds.put(peer, deed);
        out.say("peer " + peer + " " + deed);
    }

    /** F2: names a member whose numbers can be honest, but are far from ours: a clock is wrong, or it lies. */
    void watch(int peer, Frame frame, boolean member) {
        boolean jumps = frame.time() - clocks.time() > FAST_TIME;
        if (!jumps && frame.seen() <= clocks.fence()) {
            return; // asked at every message
        }
        long days = clocks.millisAhead(frame.seen()) / DAY_MILLIS;
        if ((jumps || days > 0) && member && !deeds.containsKey(peer)) {
            add(peer, jumps ? "is " + (frame.time() - clocks.time()) + " requests ahead in Lamport time"
                    : "was the first to show fences " + days + (days == 1 ? " day" : " days") + " ahead of this peer's clock: one of the two is wrong");
        }
    }

    /** What each has done, by its id. */
    SortedMap<Integer, String> deeds() {
        return new TreeMap<>(deeds);
    }
}
