package mutex.node;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import mutex.algorithm.Algorithm.TokenBased;
import mutex.algorithm.LockMode;
import mutex.event.Effect.Outcome;
import mutex.event.LogEvent.EventKind;

/**
 * What local askers ask for, withdraw and give back. How they get on in between, from their place in line to the entry, is
 * the {@link EntrySection}'s part.
 */
final class LocalRequests {

    /** Is told how an asker's request went; it may be in the middle of another call then. */
    interface AskerEvents {
        void entered(LocalAsker asker);

        void ended(LocalAsker asker, Outcome outcome, String reason);
    }

    /** C6: a try waits for answers so long at most, nanoseconds. */
    static final long TRY = 2_500_000_000L;

    final EntrySection entrySection;
    final String heldHere; // why a request ends
    private final int self;
    private final StepOutput output;
    private final LockTable table;
    private final LeaseGate gate;
    private final Map<Long, LocalAsker> askers = new HashMap<>(); // those that wait or are inside
    private final OverdueWaits overdue;
    private Set<Integer> others; // null before the group has begun: no requests are made
    private long regrouped;

    LocalRequests(int self, Clocks clocks, StepOutput output, LockTable table, LeaseGate gate) {
        this.self = self;
        heldHere = "peer " + self + " holds it";
        this.output = output;
        this.table = table;
        this.gate = gate;
        overdue = new OverdueWaits(this, gate, output);
        entrySection = new EntrySection(self, clocks, output, table, gate, this);
    }

    void ask(LocalAsker asker, long now) {
        asker.locks = new ArrayList<>(asker.wants.size());
        asker.wants.forEach(want -> asker.locks.add(table.lock(want.lock(), others)));
        List<NamedLock> wanted = asker.locks;
        if (!table.hasRoomFor(wanted)) { // L2
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
        entrySection.proceed(wanted, now);
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
        entrySection.proceed(asker.locks, now);
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

    void exit(NamedLock lock, LocalAsker asker, EventKind kind) {
        output.note(kind, lock.name, asker.stamp, asker.fence);
        output.send(lock, lock.algorithm.exit(asker.stamp));
    }

    private void end(LocalAsker asker, Outcome outcome, String reason) {
        askers.remove(asker.id);
        overdue.forget(asker);
        asker.told.ended(asker, outcome, reason);
    }

    /** The other members; null: this peer is in no group. */
    void regroup(Set<Integer> others) {
        this.others = others;
        regrouped++;
    }

    Set<Integer> others() {
        return others;
    }

    /** How often the group has changed. */
    long regrouped() {
        return regrouped;
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
            alone = lock.algorithm.tellsNobody() && (lock.line.isEmpty() || lock.algorithm.asksNobody());
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
