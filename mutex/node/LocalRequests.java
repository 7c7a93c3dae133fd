package mutex.node;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import mutex.algorithm.Algorithm.TokenBased;
import mutex.algorithm.Invariant;
import mutex.algorithm.LockMode;
import mutex.algorithm.Message.Request;
import mutex.node.Effect.Outcome;
import mutex.node.LogEvent.EventKind;

/**
 * The requests of local askers, from asking to giving back. Each turn of an asker (L1) is a request of its own with a new
 * stamp, made after the deferred permissions went out.
 */
final class LocalRequests {

    /** Is told how an asker's request went; it may be in the middle of another call then. */
    interface AskerEvents {
        void entered(LocalAsker asker);

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
    private final Map<Long, LocalAsker> askers = new HashMap<>(); // those that wait or are inside
    private final Deque<NamedLock> due = new ArrayDeque<>(); // where somebody may be able to get on
    private final SortedSet<String> unfenced = new TreeSet<>(); // locks of which an entry waits for its fence, for one its first
    private final OverdueWaits overdue;
    private Set<Integer> others; // null before the group has begun: no requests are made
    private long regrouped; // how often the group has changed

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
        asker.locks = new ArrayList<>(asker.wants.size());
        asker.wants.forEach(want -> asker.locks.add(table.lock(want.lock(), others)));
        List<NamedLock> wanted = asker.locks;
        if (!table.hasRoomFor(wanted)) {
            end(asker, Outcome.FULL, "this peer " + (wanted.get(0).algorithm instanceof TokenBased
                    ? "keeps the tokens of " + table.most() + " locks already, which stay; use fewer names"
                    : "wants or holds " + table.most() + " locks already; release some"));
        } else if (asker.attempt && !mayAsk()) {
            end(asker, Outcome.UNANSWERED, closedBecause());
        } else if (asker.attempt && wanted.stream().anyMatch(lock -> lock.wish != null || !lock.line.isEmpty() || !lock.hasRoomFor(asker))) {
            refuse(asker);
        } else {
            asker.deadline = asker.attempt ? Math.min(asker.deadline, now + TRY) : asker.deadline;
            askers.put(asker.id, asker);
            overdue.await(asker);
            wanted.forEach(lock -> lock.line.put(asker.id, asker));
        }
        proceed(wanted, now);
    }

    /** C6: a try that would wait for another asker of this peer. */
    private void refuse(LocalAsker attempt) {
        boolean held = attempt.locks.stream().anyMatch(lock -> !lock.hasRoomFor(attempt));
        Optional<String> silence = attempt.locks.stream() // whoever is before it cannot enter either
                .flatMap(lock -> overdue.firstSilent(lock.missing(gate.absent(lock.name))).stream()).findFirst();
        end(attempt, held ? Outcome.REFUSED : silence.isPresent() ? Outcome.UNANSWERED : Outcome.PRECEDED,
                held ? heldHere : silence.orElse("peer " + self + " itself asked for it first"));
    }

    /** Release or cancel, whichever it is. */
    void withdraw(long id, long now) {
        LocalAsker asker = askers.get(id);
        if (asker != null) {
            withdraw(asker, asker.inside() ? Outcome.RELEASED : Outcome.CANCELLED, null, now);
        }
    }

    void withdraw(LocalAsker asker, Outcome outcome, String reason, long now) {
        leave(asker, asker.inside() ? EventKind.EXIT : EventKind.CANCEL, outcome, reason);
        proceed(asker.locks, now);
    }

    /** C5, K4: ends the asker's request or entry at all its locks in one step; whom it made wait is told at once. */
    void leave(LocalAsker asker, EventKind kind, Outcome outcome, String reason) {
        for (NamedLock lock : asker.locks) {
            lock.drop(asker);
            if (asker.stamp != null) { // else it had not asked yet
                exit(lock, asker, kind);
            }
        }
        end(asker, outcome, reason);
    }

    private void exit(NamedLock lock, LocalAsker asker, EventKind kind) {
        output.note(kind, lock.name, asker.stamp, asker.fence);
        output.send(lock, lock.algorithm.exit(asker.stamp));
    }

    private void end(LocalAsker asker, Outcome outcome, String reason) {
        askers.remove(asker.id);
        overdue.forget(asker);
        asker.told.ended(asker, outcome, reason);
    }

    void proceed(List<NamedLock> locks, long now) {
        for (NamedLock lock : locks) {
            proceed(lock, now);
        }
    }

    /** Lets the next askers join, ask or enter, until nobody can, and forgets an idle lock (L2). */
    void proceed(NamedLock lock, long now) {
        due.add(lock);
        if (due.size() > 1) {
            return; // this is in the middle of another, which goes on with it
        }
        for (; !due.isEmpty(); due.remove()) {
            NamedLock next = due.element();
            boolean moves = true;
            while (moves) {
                moves = advance(next, now);
            }
            table.forgetIfIdle(next);
        }
    }

    /** Whether somebody who wants the lock has got on. */
    private boolean advance(NamedLock lock, long now) {
        LocalAsker next = lock.next();
        if (next == null) {
            return lock.wish != null && enterIfReady(lock.wish, now);
        }
        if (!mayAsk() || !next.isNextEverywhere()) {
            return false;
        }
        if (next.mayJoin(regrouped)) {
            join(next, now);
            return true;
        }
        boolean room = next.hasRoom();
        if (room) {
            request(next, now);
        }
        return room;
    }

    /** C1, K5. */
    private void request(LocalAsker asker, long now) {
        asker.since = asker.locks.get(0).wish == asker ? asker.since : now; // where it asks anew it has waited all the time
        asker.stamp = clocks.stamp(self);
        asker.epoch = clocks.epoch();
        for (NamedLock lock : asker.locks) {
            lock.line.remove(asker.id);
            lock.wish = asker;
            lock.messages = 0;
            Request wish = new Request(asker.stamp, asker.attempt, asker.mode(lock));
            output.noteRequest(lock.name, wish, lock.algorithm.name());
            output.send(lock, lock.algorithm.request(wish));
        }
        overdue.requested(asker, now);
    }

    private boolean enterIfReady(LocalAsker asker, long now) {
        boolean full = false;
        for (NamedLock lock : asker.locks) {
            Set<Integer> absent = gate.absent(lock.name);
            full |= asker.attempt && lock.algorithm.full(absent);
            if (!full && !lock.algorithm.ready(absent)) {
                return false;
            }
        }
        if (full) {
            withdraw(asker, Outcome.REFUSED, OverdueWaits.TOO_FEW, now); // C6
            return true;
        }
        if (asker.wantsUnits() && !gate.hadAnswered(gate.absent(asker.locks.get(0).name), asker.stamp)) {
            asker.locks.forEach(lock -> exit(lock, asker, EventKind.CANCEL)); // K7
            request(asker, now);
            lookAtOthers(asker);
            return true;
        }
        boolean free = gate.fenceFree();
        if (free) {
            enter(asker, now);
        } else {
            unfenced.add(asker.locks.get(0).name);
        }
        return free;
    }

    /** K4: at all its locks in one step. */
    private void enter(LocalAsker asker, long now) {
        Invariant.holds(mayAsk() && asker.epoch == clocks.epoch(), () -> "entry of " + asker.names() + " on a request of epoch "
                + asker.epoch + " in epoch " + clocks.epoch());
        for (NamedLock lock : asker.locks) {
            lock.algorithm.enter(gate.absent(lock.name));
            lock.wish = null;
        }
        isInside(asker, clocks.nextFence(), now);
        for (NamedLock lock : asker.locks) {
            overdue.entered(lock, now);
        }
    }

    /** K6: beside those who are inside here, with their fence. */
    private void join(LocalAsker asker, long now) {
        asker.stamp = clocks.stamp(self);
        asker.epoch = clocks.epoch();
        long fence = 0;
        for (NamedLock lock : asker.locks) {
            lock.line.remove(asker.id);
            lock.wish = null;
            output.noteRequest(lock.name, new Request(asker.stamp, asker.attempt, asker.mode(lock)), lock.algorithm.name());
            fence = Math.max(fence, lock.fence());
            lock.algorithm.join(asker.stamp, asker.mode(lock));
        }
        isInside(asker, fence, now);
    }

    private void isInside(LocalAsker asker, long fence, long now) {
        asker.fence = fence;
        asker.since = now;
        asker.regrouped = regrouped;
        overdue.forget(asker); // L1: a deadline is for waiting only
        for (NamedLock lock : asker.locks) {
            lock.holders.put(asker.stamp, asker);
            output.note(EventKind.ENTRY, lock.name, asker.stamp, fence);
        }
        lookAtOthers(asker); // the next in line may join it, or ask
        asker.told.entered(asker);
    }

    /** Something may go on at its other locks, too; where it got on, that is looked at anyway. */
    private void lookAtOthers(LocalAsker asker) {
        for (NamedLock lock : asker.locks) {
            if (lock != due.element()) {
                due.add(lock);
            }
        }
    }

    /** What held entries back may have changed. */
    void proceed(long now) {
        table.copy().forEach(lock -> proceed(lock, now));
    }

    /** Fences may be free: only who waits for one is looked at, as this comes often and there may be many locks. */
    void proceedUnfenced(long now) {
        List<String> all = List.copyOf(unfenced);
        unfenced.clear();
        for (String name : all) {
            NamedLock lock = table.find(name);
            if (lock != null) {
                proceed(lock, now);
            }
        }
    }

    /** The other members; null: this peer is in no group. */
    void regroup(Set<Integer> others) {
        this.others = others;
        regrouped++;
    }

    Set<Integer> others() {
        return others;
    }

    OverdueWaits overdue() {
        return overdue;
    }

    /** Whether who asks for these now enters without a word to anybody. */
    boolean entersAlone(List<LockMode> wants) {
        boolean alone = mayAsk();
        for (int i = 0; alone && i < wants.size(); i++) {
            NamedLock lock = table.find(wants.get(i).lock());
            alone = lock == null ? others.isEmpty() : lock.unused() && lock.algorithm.asksNobody();
        }
        return alone;
    }

    /** Whether the asker is inside, and nobody is told when it leaves, nor asked by who is next here. */
    boolean leavesAlone(long id) {
        LocalAsker asker = askers.get(id);
        boolean alone = asker != null && asker.inside();
        for (int i = 0; alone && i < asker.locks.size(); i++) {
            NamedLock lock = asker.locks.get(i);
            alone = lock.algorithm.asksNobody() && lock.algorithm.deferred().isEmpty();
        }
        return alone;
    }

    /** Whether the asker waits or is inside. */
    boolean knows(long asker) {
        return askers.containsKey(asker);
    }

    boolean holds(long asker) {
        LocalAsker known = askers.get(asker);
        return known != null && known.inside();
    }

    boolean mayAsk() {
        return others != null && gate.open();
    }

    String closedBecause() {
        return others != null ? gate.closedBecause() : regrouped == 0 ? "the group has not begun" : "this peer is in no group";
    }

    /** Who has to say something before the lock is entered. */
    SortedSet<Integer> needed(NamedLock lock) {
        return lock.needed(others, gate.absent(lock.name));
    }
}
