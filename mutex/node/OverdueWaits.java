package mutex.node;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import mutex.algorithm.Message;
import mutex.algorithm.RollCall;
import mutex.event.Effect.Outcome;
import mutex.event.LogEvent.EventKind;
import mutex.text.Durations;

/**
 * Ends the requests whose time is over, and says why (C6, C7): another has the lock, somebody who is needed does not
 * answer, or this peer may not ask now.
 */
final class OverdueWaits {

    /** Why a request for a part of a pool does not enter although nobody keeps a permission back. */
    static final String TOO_FEW = "too many units are in use";

    private final LocalRequests requests;
    private final LeaseGate gate;
    private final StepOutput output;
    private final SortedSet<LocalAsker> deadlines =
            new TreeSet<>(Comparator.<LocalAsker>comparingLong(asker -> asker.deadline).thenComparingLong(asker -> asker.id)); // soonest first

    OverdueWaits(LocalRequests requests, LeaseGate gate, StepOutput output) {
        this.requests = requests;
        this.gate = gate;
        this.output = output;
    }

    /** The asker waits, until its deadline if it has one. */
    void await(LocalAsker asker) {
        if (asker.deadline != Long.MAX_VALUE) {
            deadlines.add(asker);
        }
    }

    /** The asker does not wait any more. */
    void forget(LocalAsker asker) {
        deadlines.remove(asker);
    }

    long wakeAt() {
        return deadlines.isEmpty() ? Long.MAX_VALUE : deadlines.first().deadline;
    }

    void expire(long now) {
        while (!deadlines.isEmpty() && wakeAt() <= now) {
            LocalAsker asker = deadlines.first();
            NamedLock lock = heldUpAt(asker);
            boolean mayAsk = requests.mayAsk();
            String silence = mayAsk ? firstSilent(missing(lock)).orElse(null) : requests.closedBecause();
            if (!lock.hasRoomFor(asker)) {
                requests.withdraw(asker, Outcome.EXPIRED, requests.heldHere, now);
            } else if (mayAsk && asker.late) {
                endTheLate(lock, Outcome.UNANSWERED, unanswered(lock, now), now);
            } else if (mayAsk && asker.attempt) {
                requests.withdraw(asker, Outcome.UNANSWERED, unanswered(lock, now), now);
            } else if (silence != null) {
                requests.withdraw(asker, Outcome.UNANSWERED, silence, now);
            } else if (lock.algorithm.full(gate.absent(lock.name))) {
                requests.withdraw(asker, Outcome.EXPIRED, TOO_FEW, now);
            } else {
                waitLonger(lock, asker, now);
            }
        }
    }

    /** Of the asker's locks the first that it cannot have yet. */
    private NamedLock heldUpAt(LocalAsker asker) {
        for (NamedLock lock : asker.locks) {
            if (!lock.hasRoomFor(asker) || lock.wish != null && !lock.algorithm.ready(gate.absent(lock.name))) {
                return lock;
            }
        }
        return asker.locks.get(0);
    }

    /** C7: that its time is over does not say that another has the lock. */
    private void waitLonger(NamedLock lock, LocalAsker asker, long now) {
        boolean first = lock.late().isEmpty() && lock.wish != null && !lock.wish.attempt; // a try has asked the same already
        forget(asker);
        asker.late = true;
        asker.deadline = now + LocalRequests.TRY;
        await(asker);
        asker.locks.forEach(each -> each.someLate = true);
        if (first) {
            callTheRoll(lock, now);
        }
    }

    private void callTheRoll(NamedLock lock, long now) {
        lock.rollCall = new RollCall(lock.algorithm.wish(), requests.needed(lock), now);
        output.send(lock, lock.rollCall.questions());
    }

    /** The asker has a new request: a try ends at once where somebody who is needed is not there (C6); for others the roll is called again. */
    void requested(LocalAsker asker, long now) {
        for (NamedLock lock : asker.locks) {
            lock.rollCall = null; // of the request before
            if (lock.wish == asker && asker.attempt) {
                refuseIfSilent(asker, lock);
            }
            if (lock.wish == asker && !lock.late().isEmpty()) {
                callTheRoll(lock, now);
            }
        }
    }

    private void refuseIfSilent(LocalAsker attempt, NamedLock lock) {
        if (!lock.algorithm.ready(gate.absent(lock.name))) {
            firstSilent(requests.needed(lock))
                    .ifPresent(silence -> requests.leave(attempt, EventKind.CANCEL, Outcome.UNANSWERED, silence));
        }
    }

    /** A message about the lock came: it may be the last answer of a roll call. */
    void answered(NamedLock lock, int from, Message message, long now) {
        String verdict = lock.rollCall == null ? null : lock.rollCall.answered(from, message, requests.needed(lock));
        if (verdict == null && lock.rollCall != null && lock.algorithm.full(gate.absent(lock.name))) {
            verdict = TOO_FEW;
        }
        if (verdict != null) {
            endTheLate(lock, Outcome.EXPIRED, verdict, now);
        }
    }

    void endTheLate(NamedLock lock, Outcome outcome, String reason, long now) {
        List<LocalAsker> late = lock.late();
        lock.rollCall = null;
        late.forEach(asker -> requests.withdraw(asker, outcome, reason, now));
    }

    /** The lock was entered: that answers those who are late, unless there is room for them, too. */
    void entered(NamedLock lock, long now) {
        lock.rollCall = null;
        for (LocalAsker asker : lock.late()) {
            if (!lock.hasRoomFor(asker)) {
                requests.withdraw(asker, Outcome.EXPIRED, requests.heldHere, now);
            }
        }
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
        SortedSet<Integer> needed = missing(lock);
        SortedSet<Integer> missing = lock.rollCall == null ? needed : lock.rollCall.silentOf(needed);
        long asked = lock.wish == null ? now : lock.wish.since;
        long since = lock.rollCall == null ? asked : lock.rollCall.since;
        missing.forEach(peer -> gate.unanswered(peer, since));
        return firstSilent(missing)
                .orElseGet(() -> !missing.isEmpty() ? "no answer from peer " + missing.first() + " for " + Durations.say(now - since)
                        : "the group has not let it enter within " + Durations.say(now - asked)
                                + (lock.algorithm.describe().isEmpty() ? "" : ": " + lock.algorithm.describe()));
    }
}
