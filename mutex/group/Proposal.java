package mutex.group;

import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import mutex.group.GroupMessage.Propose;
import mutex.lease.Absence;

/**
 * A next version under way: proposed again and again until everyone in it is bound to it (G5). Before members are
 * removed, all are asked a second time (R3), when a lease and its margin have passed: two removals that cross
 * would else both be made.
 */
final class Proposal {

    private static final long REPEAT_EVERY = 1_000_000_000L;

    private final int self;
    private final Group base;
    private final Group next;
    private final long repeatEvery;
    private final SortedMap<Integer, String> newcomers; // of another version, and their addresses
    private final long pause; // between the first and the second time; 0: all are asked once
    private SortedSet<Integer> unanswered;
    private boolean again;
    private long againAt = Long.MAX_VALUE; // known when all have answered for the first time
    private long repeatAt = Long.MIN_VALUE;

    /**
     * @param twice whether all are asked again, after a lease
     * @param newcomers have to agree first that they enter no other version (R6), by their addresses
     */
    Proposal(int self, Group base, Group next, long lease, boolean twice, SortedMap<Integer, String> newcomers) {
        this.self = self;
        this.base = base;
        this.next = next;
        repeatEvery = lease == 0 ? REPEAT_EVERY : Math.min(REPEAT_EVERY, lease / 2);
        pause = twice ? Absence.withMargin(lease) : 0;
        this.newcomers = newcomers;
        unanswered = new TreeSet<>(newcomers.keySet());
    }

    SortedMap<Integer, String> newcomers() {
        return newcomers;
    }

    /** From now on those that stay are asked. */
    void askMembers() {
        unanswered = next.othersThan(self);
        repeatAt = Long.MIN_VALUE;
    }

    Group next() {
        return next;
    }

    boolean isOf(Version version) {
        return next.version().equals(version);
    }

    SortedSet<Integer> unanswered() {
        return unanswered;
    }

    /** Whether that peer is among those that are asked. */
    boolean asks(int peer, boolean newcomer) {
        return newcomer ? newcomers.containsKey(peer) : next.members().containsKey(peer);
    }

    boolean awaits(int peer) {
        return unanswered.contains(peer);
    }

    /** Whether everybody is bound, and was asked as often as it takes. */
    boolean complete() {
        return unanswered.isEmpty() && (pause == 0 || again);
    }

    /** S5: time that only the wall clock has seen; the pause is that much longer. */
    void skipped(long nanos) {
        againAt += againAt == Long.MAX_VALUE ? 0 : nanos;
    }

    boolean asksTwice() {
        return pause > 0;
    }

    boolean asksAgain() {
        return again;
    }

    /** Whether a lease has to pass before all are asked again. */
    boolean pauses() {
        return againAt != Long.MAX_VALUE && !again;
    }

    /** An answer to the question that is being asked now. */
    void bound(int peer, boolean toSecond, long now) {
        if (toSecond == again) {
            unanswered.remove(peer);
        }
        if (unanswered.isEmpty() && pause > 0 && againAt == Long.MAX_VALUE) {
            againAt = now + pause;
        }
    }

    /** Asks those who have not answered; while the lease passes, all, so that they see that it goes on. */
    void repeat(GroupHost host, long now) {
        if (now >= againAt && !again) {
            again = true;
            unanswered = next.othersThan(self);
            repeatAt = now;
        }
        if (now >= repeatAt) {
            repeatAt = now + repeatEvery;
            SortedSet<Integer> asked = pauses() ? next.othersThan(self) : unanswered;
            asked.forEach(peer -> host.send(peer, new Propose(base.version(), next, again)));
        }
    }

    long wakeAt() {
        return complete() ? Long.MAX_VALUE : again ? repeatAt : Math.min(repeatAt, againAt);
    }
}
