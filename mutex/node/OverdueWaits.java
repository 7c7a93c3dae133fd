package mutex.node;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import mutex.algorithm.Message;
import mutex.node.Effect.Outcome;
import mutex.node.Locks.EntryGate;
import mutex.node.LogEvent.EventKind;
import mutex.node.NamedLock.LocalAsker;
import mutex.text.Durations;

/**
 * Ends the requests whose time is over, and says why (C6, C7): another has the lock, somebody who is needed does not
 * answer, or this peer may not ask now.
 */
final class OverdueWaits {

    private final Locks locks;
    private final LocalWaiters waiters;
    private final EntryGate gate;

    OverdueWaits(Locks locks, LocalWaiters waiters, EntryGate gate) {
        this.locks = locks;
        this.waiters = waiters;
        this.gate = gate;
    }

    void expire(long now) {
        for (LocalAsker asker = waiters.overdue(now); asker != null; asker = waiters.overdue(now)) {
            NamedLock lock = waiters.lockOf(asker.id());
            boolean mayAsk = locks.mayAsk();
            String silence = mayAsk ? firstSilent(missing(lock)).orElse(null) : locks.closedBecause();
            if (lock.held()) {
                locks.withdraw(lock, asker.id(), Outcome.EXPIRED, locks.heldHere, now);
            } else if (mayAsk && asker.late()) {
                endTheLate(lock, Outcome.UNANSWERED, unanswered(lock, now), now);
            } else if (mayAsk && asker.attempt()) {
                locks.withdraw(lock, asker.id(), Outcome.UNANSWERED, unanswered(lock, now), now);
            } else if (silence != null) {
                locks.withdraw(lock, asker.id(), Outcome.UNANSWERED, silence, now);
            } else {
                waitLonger(lock, asker, now);
            }
        }
    }

    /** C7: that its time is over does not say that another has the lock. */
    private void waitLonger(NamedLock lock, LocalAsker asker, long now) {
        boolean first = lock.late().isEmpty() && !lock.current.attempt(); // a try has asked the same already
        LocalAsker late = asker.lateUntil(now + Locks.TRY);
        lock.someLate = true;
        waiters.replace(asker, late);
        if (lock.isCurrent(asker.id())) {
            lock.current = late;
        } else {
            lock.waiting.put(late.id(), late);
        }
        if (first) {
            callTheRoll(lock, now);
        }
    }

    private void callTheRoll(NamedLock lock, long now) {
        lock.rollCall = new RollCall(lock.algorithm.stamp(), locks.needed(lock), now);
        locks.send(lock, lock.rollCall.questions());
    }

    /** The lock has a new request: a try ends at once where somebody who is needed is not there (C6); for others the roll is called again. */
    void requested(NamedLock lock, long now) {
        lock.rollCall = null; // of the request before
        refuseIfSilent(lock);
        if (lock.current != null && !lock.late().isEmpty()) {
            callTheRoll(lock, now);
        }
    }

    private void refuseIfSilent(NamedLock lock) {
        if (lock.current.attempt() && !lock.algorithm.ready(gate.absent(lock.name))) {
            firstSilent(locks.needed(lock))
                    .ifPresent(silence -> locks.leave(lock, EventKind.CANCEL, Outcome.UNANSWERED, silence));
        }
    }

    /** A message about the lock came: it may be the last answer of a roll call. */
    void answered(NamedLock lock, int from, Message message, long now) {
        String verdict = lock.rollCall == null ? null : lock.rollCall.answered(from, message, locks.needed(lock));
        if (verdict != null) {
            endTheLate(lock, Outcome.EXPIRED, verdict, now);
        }
    }

    void endTheLate(NamedLock lock, Outcome outcome, String reason, long now) {
        List<LocalAsker> late = lock.late();
        lock.rollCall = null;
        late.forEach(asker -> locks.withdraw(lock, asker.id(), outcome, reason, now));
    }

    /** The first of them from whom nothing is to be expected now, in a line. */
    Optional<String> firstSilent(SortedSet<Integer> needed) {
        return needed.stream().map(gate::silent).filter(Objects::nonNull).findFirst();
    }

    private SortedSet<Integer> missing(NamedLock lock) {
        return lock.missing(gate.absent(lock.name));
    }

    /** Why a request ends that nobody has refused; the next try does not wait for who is silent. */
    private String unanswered(NamedLock lock, long now) {
        SortedSet<Integer> asked = missing(lock);
        SortedSet<Integer> missing = lock.rollCall == null ? asked : lock.rollCall.silentOf(asked);
        long since = lock.rollCall == null ? lock.since : lock.rollCall.since;
        missing.forEach(peer -> gate.unanswered(peer, since));
        return firstSilent(missing)
                .orElseGet(() -> !missing.isEmpty() ? "no answer from peer " + missing.first() + " for " + Durations.say(now - since)
                        : "the group has not let it enter within " + Durations.say(now - lock.since)
                                + (lock.algorithm.describe().isEmpty() ? "" : ": " + lock.algorithm.describe()));
    }
}
