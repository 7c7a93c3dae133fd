package mutex.algorithm;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import mutex.algorithm.Message.Request;

/** What one peer has of one lock: the holds of its local askers, by stamp, and at most one wish, which waits (K1). */
final class Claims {

    private SortedMap<Stamp, Mode> holds = Collections.emptySortedMap(); // most locks that a peer hears of it never holds
    private Mode together; // what they amount to: thousands of readers are looked at as one; null: there are none
    private Request wish; // null: none

    void want(Request request) {
        wish = request;
    }

    /** K4: the wish becomes a hold. */
    void enter() {
        hold(wish.stamp(), wish.mode());
        wish = null;
    }

    /** K6: without a wish. */
    void hold(Stamp stamp, Mode mode) {
        if (holds.isEmpty()) {
            holds = new TreeMap<>();
        }
        holds.put(stamp, mode);
        together = together == null ? mode : together.plus(mode);
    }

    /** C5: whether there was a hold or a wish with that stamp. */
    boolean end(Stamp stamp) {
        if (wish != null && wish.stamp().equals(stamp)) {
            wish = null;
            return true;
        }
        Mode held = holds.isEmpty() ? null : holds.remove(stamp);
        if (held == null) {
            return false;
        }
        together = holds.isEmpty() ? null : together.minus(held);
        return true;
    }

    void endAll() {
        wish = null;
        holds = Collections.emptySortedMap();
        together = null;
    }

    Request wish() {
        return wish;
    }

    SortedMap<Stamp, Mode> holds() {
        return holds;
    }

    /** K1: how much of what that request asks for is taken here: by all holds, whatever their stamps, and by an older wish. */
    long used(Request request) {
        long older = wish != null && wish.stamp().compareTo(request.stamp()) < 0 ? wish.mode().use(request.mode()) : 0;
        return older + usedByHolds(request.mode());
    }

    long usedByHolds(Mode asked) {
        return together == null ? 0 : together.use(asked);
    }

    /** K6: whether the lock is held in that mode, which goes together with itself. */
    boolean heldAlike(Mode mode) {
        return mode.equals(together) && mode.use(mode) == 0;
    }
}
