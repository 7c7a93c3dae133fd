package mutex.group;

import java.util.SortedSet;
import mutex.group.GroupMessage.Propose;

/** A next version under way: proposed again and again until everyone in it is bound to it. */
final class Proposal {

    private static final long REPEAT_EVERY = 1_000_000_000L;

    private final Group base;
    private final Group next;
    private final SortedSet<Integer> unanswered;
    private long repeatAt = Long.MIN_VALUE;

    Proposal(int self, Group base, Group next) {
        this.base = base;
        this.next = next;
        unanswered = next.othersThan(self);
    }

    Group next() {
        return next;
    }

    boolean awaits(int peer) {
        return unanswered.contains(peer);
    }

    boolean complete() {
        return unanswered.isEmpty();
    }

    void bound(int peer) {
        unanswered.remove(peer);
    }

    void repeat(Site site, long now) {
        if (now >= repeatAt) {
            repeatAt = now + REPEAT_EVERY;
            unanswered.forEach(peer -> site.send(peer, new Propose(base.version(), next)));
        }
    }

    long wakeAt() {
        return complete() ? Long.MAX_VALUE : repeatAt;
    }
}
