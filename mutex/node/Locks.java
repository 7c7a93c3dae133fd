package mutex.node;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import mutex.algorithm.Algorithm.Outgoing;
import mutex.algorithm.Algorithm.State;
import mutex.algorithm.Algorithm.TokenPlace;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.Invariant;
import mutex.algorithm.Message;
import mutex.algorithm.Message.Permission;
import mutex.algorithm.Message.Refusal;
import mutex.algorithm.Message.Request;
import mutex.algorithm.Mode;
import mutex.algorithm.Suspects;
import mutex.event.Effect.Outcome;
import mutex.event.LogEvent.EventKind;
import mutex.event.NodeView;
import mutex.text.LockName;

/** The named locks of one peer: what other peers say about them, and what epochs and versions of the group do to all of them. */
final class Locks {

    private final int self;
    private final Clocks clocks;
    private final StepOutput output;
    private final Suspects suspects;
    private final LockTable table;
    private final LeaseGate gate;
    final LocalRequests requests;
    final EntrySection entrySection;
    private final TokenKeeper tokens;

    Locks(int self, int most, Clocks clocks, StepOutput output, AlgorithmKind algorithms, Suspects suspects, LeaseGate gate) {
        this.self = self;
        this.clocks = clocks;
        this.output = output;
        this.suspects = suspects;
        this.gate = gate;
        table = new LockTable(self, most, algorithms, suspects);
        requests = new LocalRequests(self, clocks, output, table, gate);
        entrySection = requests.entrySection;
        tokens = new TokenKeeper(table, requests, output, algorithms);
    }

    Collection<NamedLock> all() {
        return table.all();
    }

    /** Null when there is none of that name. */
    NamedLock find(String name) {
        return table.find(name);
    }

    /** So many at most: these first, then others by name. */
    List<NamedLock> some(Set<String> first, int most) {
        List<NamedLock> some = new ArrayList<>(first.stream().sorted().map(table::find).filter(Objects::nonNull).limit(most).toList());
        table.all().stream().filter(lock -> !first.contains(lock.name)).limit(most - some.size()).forEach(some::add);
        return some;
    }

    Set<String> withToken(TokenPlace place) {
        return tokens.locks(place);
    }

    NodeView.LockTotals totals() {
        long held = 0;
        long waiting = 0;
        long deferred = 0;
        for (NamedLock lock : table.all()) {
            if (!lock.name.equals(LockName.GROUP)) {
                held += lock.held() ? 1 : 0;
                waiting += lock.waiting();
                deferred += lock.algorithm.deferred().size();
            }
        }
        return new NodeView.LockTotals(held, waiting, deferred);
    }

    boolean anyHeld() {
        return table.all().stream().anyMatch(NamedLock::held);
    }

    /** Passes the token of the lock on; returns in a line why not, null when it went. */
    String pass(String name) {
        return tokens.pass(table.find(name));
    }

    /** Does what time has made possible: ends what waited too long, and lets tokens go on. */
    void tend(long now) {
        requests.overdue().expire(now);
        if (!table.tended().isEmpty()) {
            tokens.tend(now); // a try that ended may have kept one here
        }
    }

    long wakeAt() {
        return table.tended().isEmpty() ? requests.overdue().wakeAt() : Math.min(requests.overdue().wakeAt(), tokens.wakeAt());
    }

    void receive(int from, String name, Message message, long now) {
        NamedLock lock = table.lock(name, requests.others());
        if (message instanceof Request) {
            clocks.see(message.stamp());
        }
        output.note(EventKind.RECEIVE, name, from, message);
        boolean awaited = lock.algorithm.awaits(from);
        Request wish = lock.algorithm.wish();
        List<Outgoing> answers = lock.algorithm.receive(from, message);
        boolean permits = message instanceof Request && !answers.isEmpty() && answers.get(0).message() instanceof Permission;
        Invariant.holds(!permits || lock.algorithm.hasRoom(((Request) message).mode()), () -> "permission for " + name + ", which is HELD");
        if (wish != null && permits && message.stamp().compareTo(wish.stamp()) < 0) {
            suspects.passes(name, from, message.stamp(), wish.stamp());
        }
        if (wish != null) {
            lock.countReceived(message, self);
            if (message instanceof Permission && wish.mode() instanceof Mode.Units && wish.stamp().equals(message.stamp())) {
                gate.answered(from);
            }
        }
        LocalAsker refused = null;
        if (answers.isEmpty() && message instanceof Request && lock.algorithm.defers(from, message.stamp())) {
            output.note(EventKind.DEFER, name, from, message);
        } else if (message instanceof Permission && awaited && !lock.algorithm.awaits(from)) {
            output.note(EventKind.PERMISSION, name, from, message);
        } else if (wish != null && lock.algorithm.wish() == null) {
            boolean there = message instanceof Refusal refusal && refusal.held();
            refused = lock.wish;
            requests.leave(refused, EventKind.CANCEL, there ? Outcome.REFUSED : Outcome.PRECEDED, "peer " + from + (there ? " holds it" : " asked first"));
        }
        output.send(lock, answers);
        if (refused == null) {
            entrySection.proceed(lock, now);
        } else {
            entrySection.proceed(refused.locks, now);
        }
        requests.overdue().answered(lock, from, message, now);
    }

    /** S0: what is held is lost, what is wanted loses its stamp, a try ends, and whoever waits for us is answered. */
    void pause(String reason) {
        for (NamedLock lock : table.copy()) {
            List.copyOf(lock.holders.values()).forEach(holder -> requests.leave(holder, EventKind.LOST, Outcome.LOST, reason));
            if (lock.wish != null && lock.wish.attempt) {
                requests.leave(lock.wish, EventKind.CANCEL, Outcome.UNANSWERED, reason);
            } else if (lock.wish != null) {
                lock.wish.stamp = null;
            }
            output.send(lock, lock.algorithm.onOwnEpochEnd());
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
        table.all().forEach(lock -> output.send(lock, lock.algorithm.repeatTo(peer)));
    }

    void onPeerEpoch(int peer) {
        suspects.renewed(peer);
        for (NamedLock lock : table.copy()) {
            output.send(lock, lock.algorithm.onPeerEpoch(peer));
            table.forgetIfIdle(lock);
        }
    }

    /** G1, G3: the group is another one now; null: in none, every lock is lost. */
    void onMembers(Set<Integer> members, long now) {
        requests.regroup(members);
        for (NamedLock lock : table.copy()) {
            if (members == null) {
                lock.present().forEach(this::endOutside);
                List.copyOf(lock.line.values()).forEach(this::endOutside);
            }
            output.send(lock, lock.algorithm.onMembers(members == null ? Set.of() : members));
            entrySection.proceed(lock, now);
        }
    }

    private void endOutside(LocalAsker asker) {
        boolean changes = asker.wants.get(0).lock().equals(LockName.GROUP); // under it this peer has left
        boolean lost = changes || asker.inside();
        requests.leave(asker, changes ? EventKind.EXIT : lost ? EventKind.LOST : EventKind.CANCEL, lost ? Outcome.LOST : Outcome.UNANSWERED,
                "this peer is in no group any more");
    }
}
