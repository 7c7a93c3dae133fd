package mutex.node;

import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import mutex.algorithm.Algorithm.State;
import mutex.algorithm.Algorithm.TokenBased;
import mutex.algorithm.Algorithm.TokenPlace;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.Invariant;
import mutex.algorithm.Message;
import mutex.algorithm.Message.Permission;
import mutex.algorithm.Message.Refusal;
import mutex.algorithm.Message.Request;
import mutex.algorithm.Outgoing;
import mutex.algorithm.Stamp;
import mutex.node.Effect.Outcome;
import mutex.node.LogEvent.EventKind;
import mutex.node.NamedLock.LocalAsker;
import mutex.text.LockName;

/**
 * The named locks of one peer. Each turn of a local asker (L1) is a request of its own with a new stamp,
 * made after the deferred permissions went out; a lock that nobody here wants is forgotten (L2), unless its algorithm remembers something.
 */
final class Locks {

    /** Is told how an asker's request went; it may be in the middle of another call then. */
    interface AskerEvents {
        void entered(LocalAsker asker, Stamp stamp, long fence);

        void ended(LocalAsker asker, Outcome outcome, String reason);
    }

    /** What stands between a request and the group: nothing while the lease is off. */
    interface EntryGate {
        /** Whether requests may be made, and permissions count. */
        boolean open();

        /** Why it is not, for a person. */
        String closedBecause();

        /** Peers whose permission the lock does not need. */
        Set<Integer> absent(String lock);

        /** Whether nothing is to be expected of the peer now, in a line; null when it may answer. */
        String silent(int peer);

        /** A try has had no answer of the peer since it was asked. */
        void unanswered(int peer, long since);

        /** Whether the next fence may be taken; if not, {@link Locks#proceed} is called when it may. */
        boolean fenceFree();
    }

    /** C6: a try waits for answers so long at most, nanoseconds. */
    static final long TRY = 2_500_000_000L;

    private final int self;
    final String heldHere; // why a request ends
    private final Suspects suspects;
    private final EntryGate gate;
    final FairnessMonitor overtakings = new FairnessMonitor();
    private final Clocks clocks;
    private final StepOutput output;
    private final LockTable table;
    private final LocalWaiters waiters = new LocalWaiters();
    private final OverdueWaits overdue;
    private final TokenKeeper tokens;
    private Set<Integer> others; // null before the group has begun: no requests are made

    Locks(int self, Clocks clocks, StepOutput output, AlgorithmKind algorithms, Suspects suspects,
            EntryGate gate) {
        this.self = self;
        heldHere = "peer " + self + " holds it";
        this.gate = gate;
        this.suspects = suspects;
        this.clocks = clocks;
        this.output = output;
        tokens = new TokenKeeper(this, algorithms);
        table = new LockTable(self, algorithms, tokens, overtakings);
        overdue = new OverdueWaits(this, waiters, gate);
    }

    Collection<NamedLock> all() {
        return table.all();
    }

    Set<String> withToken(TokenPlace place) {
        return tokens.locks(place);
    }

    boolean anyHeld() {
        return table.all().stream().anyMatch(NamedLock::held);
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
            waiters.add(waiting, lock);
            lock.waiting.put(waiting.id(), waiting);
        }
        proceed(lock, now);
    }

    /** Release or cancel, whichever it is. */
    void withdraw(long asker, long now) {
        NamedLock lock = waiters.lockOf(asker);
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

    /** Passes the token of the lock on; returns in a line why not, null when it went. */
    String pass(String name) {
        return tokens.pass(table.find(name));
    }

    /** Who has to say something before the lock is entered. */
    SortedSet<Integer> needed(NamedLock lock) {
        return lock.needed(others, gate.absent(lock.name));
    }

    /** C5: ends the present request or entry; whom it made wait is told at once. */
    void leave(NamedLock lock, EventKind kind, Outcome outcome, String reason) {
        LocalAsker leaver = lock.current;
        if (lock.algorithm.stamp() != null) { // else it had not asked yet, for want of standing
            output.note(kind, lock.name, lock.algorithm.stamp(), lock.fence);
        }
        lock.current = null;
        lock.fence = 0;
        output.send(lock.name, lock.algorithm.exit());
        end(leaver, outcome, reason);
    }

    private void end(LocalAsker asker, Outcome outcome, String reason) {
        waiters.remove(asker);
        asker.told().ended(asker, outcome, reason);
    }

    /** Does what time has made possible: ends what waited too long, and lets tokens go on. */
    void tend(long now) {
        overdue.expire(now);
        tokens.tend(now); // a try that ended may have kept one here
    }

    long wakeAt() {
        return Math.min(waiters.wakeAt(), tokens.wakeAt());
    }

    void receive(int from, String name, Message message, long now) {
        NamedLock lock = table.lock(name, others);
        if (message instanceof Request) {
            clocks.see(message.stamp());
        }
        output.note(EventKind.RECEIVE, name, from, message);
        boolean awaited = lock.algorithm.awaits(from);
        boolean wanted = lock.algorithm.state() == State.WANTED;
        boolean held = lock.held();
        List<Outgoing> answers = lock.algorithm.receive(from, message);
        Invariant.holds(!held || answers.stream().noneMatch(answer -> answer.message() instanceof Permission),
                () -> "permission for " + name + ", which is HELD");
        if (wanted && message instanceof Request && !answers.isEmpty() && answers.get(0).message() instanceof Permission) {
            Optional.ofNullable(overtakings.passes(name, from, message.stamp(), lock.algorithm.stamp()))
                    .ifPresent(what -> suspects.add(from, what));
        }
        if (wanted) {
            lock.countReceived(message, self);
        }
        boolean mayWait = message instanceof Request request && !request.attempt();
        if (mayWait && message.stamp().equals(lock.algorithm.deferred().get(from))) {
            output.note(EventKind.DEFER, name, from, message);
        } else if (message instanceof Permission && awaited && !lock.algorithm.awaits(from)) {
            output.note(EventKind.PERMISSION, name, from, message);
        } else if (wanted && lock.algorithm.state() == State.IDLE) {
            LocalAsker refused = lock.current;
            output.note(EventKind.CANCEL, name, message.stamp(), 0);
            boolean there = message instanceof Refusal refusal && refusal.held();
            lock.current = null;
            end(refused, there ? Outcome.REFUSED : Outcome.PRECEDED, "peer " + from + (there ? " holds it" : " asked first"));
        }
        send(lock, answers);
        proceed(lock, now);
        overdue.answered(lock, from, message, now);
    }

    /** Sends what the lock says, and counts what is about our present request. */
    void send(NamedLock lock, List<Outgoing> messages) {
        lock.countSent(messages);
        output.send(lock.name, messages);
    }

    /** Lets the next asker ask, enters where all have given permission, and forgets an idle lock. */
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

    /** Whether the asker wants or holds a lock. */
    boolean knows(long asker) {
        return waiters.lockOf(asker) != null;
    }

    boolean holds(long asker) {
        NamedLock lock = waiters.lockOf(asker);
        return lock != null && lock.held() && lock.isCurrent(asker);
    }

    boolean mayAsk() {
        return others != null && gate.open();
    }

    String closedBecause() {
        return others == null ? "the group has not begun" : gate.closedBecause();
    }

    private void enter(NamedLock lock, long now) {
        Invariant.holds(mayAsk() && lock.epoch == clocks.epoch(), () -> "entry of " + lock.name + " on a request of epoch "
                + lock.epoch + " in epoch " + clocks.epoch());
        lock.algorithm.enter(gate.absent(lock.name));
        lock.fence = clocks.nextFence();
        lock.since = now;
        waiters.entered(lock.current);
        output.note(EventKind.ENTRY, lock.name, lock.algorithm.stamp(), lock.fence);
        lock.current.told().entered(lock.current, lock.algorithm.stamp(), lock.fence);
        overdue.endTheLate(lock, Outcome.EXPIRED, heldHere, now);
    }

    /** What held entries back may have changed. */
    void proceed(long now) {
        table.copy().forEach(lock -> proceed(lock, now));
    }

    private void request(NamedLock lock, long now) {
        Stamp stamp = clocks.stamp(self);
        lock.epoch = clocks.epoch();
        overtakings.ended(lock.name);
        lock.messages = 0;
        output.noteRequest(lock.name, stamp, lock.algorithm.name());
        send(lock, lock.algorithm.request(stamp, lock.current.attempt()));
        overdue.requested(lock, now);
    }

    /** S0: what is held is lost, what is wanted loses its stamp, a try ends, and whoever waits for us is answered. */
    void pause(String reason) {
        for (NamedLock lock : table.copy()) {
            if (lock.held()) {
                leave(lock, EventKind.LOST, Outcome.LOST, reason);
            } else if (lock.current != null && lock.current.attempt()) {
                leave(lock, EventKind.CANCEL, Outcome.UNANSWERED, reason);
            }
            output.send(lock.name, lock.algorithm.onOwnEpochEnd());
            Invariant.holds(lock.algorithm.state() == State.IDLE, () -> lock.name + " has a stamp without standing");
            table.forgetIfIdle(lock);
        }
    }

    /** R2, another peer is being removed: it gets no answer any more, but for the lock of the group. */
    void onRemoval(int peer) {
        table.all().stream().filter(lock -> !lock.name.equals(LockName.GROUP))
                .forEach(lock -> lock.algorithm.onRemoval(peer));
    }

    void repeatTo(int peer) {
        table.all().forEach(lock -> send(lock, lock.algorithm.repeatTo(peer)));
    }

    void onPeerEpoch(int peer) {
        overtakings.renewed(peer);
        for (NamedLock lock : table.copy()) {
            send(lock, lock.algorithm.onPeerEpoch(peer));
            table.forgetIfIdle(lock);
        }
    }

    /** G1, G3: the group is another one now; null: in none, every lock is lost. */
    void onMembers(Set<Integer> members, long now) {
        others = members;
        for (NamedLock lock : table.copy()) {
            if (members == null && lock.current != null) {
                boolean changes = lock.name.equals(LockName.GROUP); // under it this peer has left
                boolean lost = changes || lock.held();
                EventKind kind = changes ? EventKind.EXIT : lost ? EventKind.LOST : EventKind.CANCEL;
                leave(lock, kind, lost ? Outcome.LOST : Outcome.REFUSED, "this peer is in no group any more");
            }
            send(lock, lock.algorithm.onMembers(members == null ? Set.of() : members));
            proceed(lock, now);
        }
    }


}
