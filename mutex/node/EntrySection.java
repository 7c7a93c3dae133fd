package mutex.node;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import mutex.algorithm.Invariant;
import mutex.algorithm.Message.Request;
import mutex.event.Effect.Outcome;
import mutex.event.LogEvent.EventKind;

/**
 * How local askers get on: in line, with a request, inside. Each turn of an asker (L1) is a request of its own with a new
 * stamp, made after the deferred permissions went out.
 */
final class EntrySection {

    private final int self;
    private final Clocks clocks;
    private final StepOutput output;
    private final LockTable table;
    private final LeaseGate gate;
    private final LocalRequests requests;
    private final OverdueWaits overdue;
    private final Deque<NamedLock> due = new ArrayDeque<>(); // where somebody may be able to get on
    private final SortedSet<String> unfenced = new TreeSet<>(); // locks of which an entry waits for its fence, for one its first

    EntrySection(int self, Clocks clocks, StepOutput output, LockTable table, LeaseGate gate, LocalRequests requests) {
        this.self = self;
        this.clocks = clocks;
        this.output = output;
        this.table = table;
        this.gate = gate;
        this.requests = requests;
        overdue = requests.overdue();
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

    /** Whether somebody who wants the lock has got on. */
    private boolean advance(NamedLock lock, long now) {
        LocalAsker next = lock.next();
        if (next == null) {
            return lock.wish != null && enterIfReady(lock.wish, now);
        }
        if (!requests.mayAsk() || !next.isNextEverywhere()) {
            return false;
        }
        if (next.mayJoin(requests.regrouped())) {
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
            requests.withdraw(asker, Outcome.REFUSED, OverdueWaits.TOO_FEW, now); // C6
            return true;
        }
        if (asker.wantsUnits() && !gate.hadAnswered(gate.absent(asker.locks.get(0).name), asker.stamp)) {
            asker.locks.forEach(lock -> requests.exit(lock, asker, EventKind.CANCEL)); // K7
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
        Invariant.holds(requests.mayAsk() && asker.epoch == clocks.epoch(), () -> "entry of " + asker.names() + " on a request of epoch "
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
        asker.regrouped = requests.regrouped();
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
}
