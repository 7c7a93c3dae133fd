package mutex.node;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import mutex.algorithm.Algorithm.State;
import mutex.algorithm.Algorithm.TokenBased;
import mutex.algorithm.Invariant;
import mutex.algorithm.Stamp;
import mutex.node.Effect.Outcome;
import mutex.node.LogEvent.EventKind;
import mutex.node.NamedLock.LocalAsker;

/**
 * The requests of local askers, from asking to giving back. Each turn of an asker (L1) is a request of its own with a new
 * stamp, made after the deferred permissions went out.
 */
final class LocalRequests {

    /** Is told how an asker's request went; it may be in the middle of another call then. */
    interface AskerEvents {
        void entered(LocalAsker asker, Stamp stamp, long fence);

        void ended(LocalAsker asker, Outcome outcome, String reason);
    }

    /** C6: a try waits for answers so long at most, nanoseconds. */
    static final long TRY = 2_500_000_000L;

    private final int self;
    final String heldHere; // why a request ends
    private final Clocks clocks;
    private final StepOutput output;
    private final LockTable table;
    private final LeaseGate gate;
    private final Map<Long, NamedLock> locks = new HashMap<>(); // by the asker that waits or holds
    private final OverdueWaits overdue;
    private Set<Integer> others; // null before the group has begun: no requests are made

    LocalRequests(int self, Clocks clocks, StepOutput output, LockTable table, LeaseGate gate) {
        this.self = self;
        heldHere = "peer " + self + " holds it";
        this.clocks = clocks;
        this.output = output;
        this.table = table;
        this.gate = gate;
        overdue = new OverdueWaits(this, gate, output);
    }

    void ask(LocalAsker asker, long now) {
        NamedLock lock = table.lock(asker.lock(), others);
        if (lock.unused() && !table.hasRoomFor(lock)) {
            end(asker, Outcome.FULL, "this peer " + (lock.algorithm instanceof TokenBased
                    ? "keeps the tokens of " + LockTable.MOST_LOCKS + " locks already, which stay; use fewer names"
                    : "wants or holds " + LockTable.MOST_LOCKS + " locks already; release some"));
        } else if (asker.attempt() && !mayAsk()) {
            end(asker, Outcome.UNANSWERED, closedBecause());
        } else if (asker.attempt() && (lock.current != null || !lock.waiting.isEmpty())) {
            Optional<String> silence = overdue.firstSilent(lock.missing(gate.absent(lock.name))); // whoever is before it cannot enter either
            end(asker, lock.held() ? Outcome.REFUSED : silence.isPresent() ? Outcome.UNANSWERED : Outcome.PRECEDED,
                    lock.held() ? heldHere : silence.orElse("peer " + self + " itself asked for it first"));
        } else {
            LocalAsker waiting = asker.attempt() ? asker.within(now + TRY) : asker;
            locks.put(waiting.id(), lock);
            overdue.await(waiting);
            lock.waiting.put(waiting.id(), waiting);
        }
        proceed(lock, now);
    }

    /** Release or cancel, whichever it is. */
    void withdraw(long asker, long now) {
        NamedLock lock = lockOf(asker);
        if (lock != null) {
            withdraw(lock, asker, lock.held() && lock.isCurrent(asker) ? Outcome.RELEASED : Outcome.CANCELLED, null, now);
        }
    }

    void withdraw(NamedLock lock, long id, Outcome outcome, String reason, long now) {
        LocalAsker waited = lock.waiting.remove(id);
        if (waited != null) {
            end(waited, outcome, reason);
        } else {
            leave(lock, lock.held() ? EventKind.EXIT : EventKind.CANCEL, outcome, reason);
        }
        proceed(lock, now);
    }

    /** C5: ends the present request or entry; whom it made wait is told at once. */
    void leave(NamedLock lock, EventKind kind, Outcome outcome, String reason) {
        LocalAsker leaver = lock.current;
        if (lock.algorithm.stamp() != null) { // else it had not asked yet, for want of standing
            output.note(kind, lock.name, lock.algorithm.stamp(), lock.fence);
        }
        lock.current = null;
        lock.fence = 0;
        output.send(lock, lock.algorithm.exit());
        end(leaver, outcome, reason);
    }

    /** C6: the present try was refused, and its algorithm is IDLE. */
    void refused(NamedLock lock, Stamp stamp, Outcome outcome, String reason) {
        LocalAsker refused = lock.current;
        output.note(EventKind.CANCEL, lock.name, stamp, 0);
        lock.current = null;
        end(refused, outcome, reason);
    }

    private void end(LocalAsker asker, Outcome outcome, String reason) {
        locks.remove(asker.id());
        overdue.forget(asker);
        asker.told().ended(asker, outcome, reason);
    }

    /** Lets the next asker ask, enters where all have given permission, and forgets an idle lock (L2). */
    void proceed(NamedLock lock, long now) {
        if (mayAsk() && lock.algorithm.state() == State.IDLE) {
            if (lock.current == null && !lock.waiting.isEmpty()) {
                Iterator<LocalAsker> first = lock.waiting.values().iterator();
                lock.current = first.next();
                first.remove();
                lock.since = now;
            }
            if (lock.current != null) {
                request(lock, now);
            }
        }
        if (lock.algorithm.ready(gate.absent(lock.name)) && gate.fenceFree()) {
            enter(lock, now);
        }
        table.forgetIfIdle(lock);
    }

    private void request(NamedLock lock, long now) {
        Stamp stamp = clocks.stamp(self);
        lock.epoch = clocks.epoch();
        lock.messages = 0;
        output.noteRequest(lock.name, stamp, lock.algorithm.name());
        output.send(lock, lock.algorithm.request(stamp, lock.current.attempt()));
        overdue.requested(lock, now);
    }

    private void enter(NamedLock lock, long now) {
        Invariant.holds(mayAsk() && lock.epoch == clocks.epoch(), () -> "entry of " + lock.name + " on a request of epoch "
                + lock.epoch + " in epoch " + clocks.epoch());
        lock.algorithm.enter(gate.absent(lock.name));
        lock.fence = clocks.nextFence();
        lock.since = now;
        overdue.forget(lock.current); // L1: a deadline is for waiting only
        output.note(EventKind.ENTRY, lock.name, lock.algorithm.stamp(), lock.fence);
        lock.current.told().entered(lock.current, lock.algorithm.stamp(), lock.fence);
        overdue.endTheLate(lock, Outcome.EXPIRED, heldHere, now);
    }

    /** What held entries back may have changed. */
    void proceed(long now) {
        table.copy().forEach(lock -> proceed(lock, now));
    }

    /** The other members; null: this peer is in no group. */
    void regroup(Set<Integer> others) {
        this.others = others;
    }

    Set<Integer> others() {
        return others;
    }

    OverdueWaits overdue() {
        return overdue;
    }

    /** The lock that the asker is about; null for an unknown one. */
    NamedLock lockOf(long asker) {
        return locks.get(asker);
    }

    boolean holds(long asker) {
        NamedLock lock = lockOf(asker);
        return lock != null && lock.held() && lock.isCurrent(asker);
    }

    boolean mayAsk() {
        return others != null && gate.open();
    }

    String closedBecause() {
        return others == null ? "the group has not begun" : gate.closedBecause();
    }

    /** Who has to say something before the lock is entered. */
    SortedSet<Integer> needed(NamedLock lock) {
        return lock.needed(others, gate.absent(lock.name));
    }
}
