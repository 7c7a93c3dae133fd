package mutex.node;

import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import mutex.algorithm.Algorithm;
import mutex.algorithm.Algorithm.PassedByHand;
import mutex.algorithm.Algorithm.State;
import mutex.algorithm.Algorithm.TokenBased;
import mutex.algorithm.Algorithm.TokenPlace;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.AlgorithmKind.EntryRule;
import mutex.algorithm.Message;
import mutex.algorithm.Message.Permission;
import mutex.algorithm.Message.Refusal;
import mutex.algorithm.Message.Request;
import mutex.algorithm.Outgoing;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.Stamp;
import mutex.node.Effect.Outcome;
import mutex.node.LogEvent.EventKind;
import mutex.node.NamedLock.LocalAsker;
import mutex.text.Durations;
import mutex.text.LockName;

/**
 * The named locks of one peer. Each turn of a local asker is a request of its own with a new stamp,
 * made after the deferred permissions went out; a lock that nobody here wants is forgotten, unless its algorithm remembers something.
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
        Set<Integer> excused(String lock);

        /** Whether nothing is to be expected of the peer now, in a line; null when it may answer. */
        String silent(int peer);

        /** A try has had no answer of the peer since it was asked. */
        void unanswered(int peer, long since);

        /** Whether the next fence may be taken; if not, {@link Locks#proceed} is called when it may. */
        boolean fenceFree();
    }

    /** Locks in use here at once: another peer never has to remember more of our requests. */
    static final int MOST_LOCKS = 1_024;

    /** A try waits for answers so long at most, nanoseconds. */
    static final long TRY = 2_500_000_000L;

    private final int self;
    private final String heldHere;
    private final Suspects suspects;
    private final EntryGate gate;
    final FairnessMonitor overtakings = new FairnessMonitor();
    private final Clocks counters;
    private final StepOutput post;
    private final AlgorithmKind algorithms;
    private final SortedMap<String, NamedLock> locks = new TreeMap<>();
    private final LocalWaiters waits = new LocalWaiters();
    private final TokenKeeper tokens = new TokenKeeper(this);
    private Set<Integer> others; // null before the group has begun: no requests are made

    Locks(int self, Clocks counters, StepOutput post, AlgorithmKind algorithms, Suspects suspects,
            EntryGate gate) {
        this.self = self;
        heldHere = "peer " + self + " itself holds it";
        this.gate = gate;
        this.suspects = suspects;
        this.counters = counters;
        this.post = post;
        this.algorithms = algorithms;
    }

    Collection<NamedLock> all() {
        return locks.values();
    }

    Set<String> withToken(TokenPlace place) {
        return tokens.locks(place);
    }

    boolean anyHeld() {
        return locks.values().stream().anyMatch(NamedLock::held);
    }

    void ask(LocalAsker asker, long now) {
        NamedLock lock = lock(asker.lock());
        if (lock.unused() && locks.size() > MOST_LOCKS && !LockName.reserved(lock.name) && !forgetAllBut(lock)) {
            end(asker, Outcome.FULL, "this peer " + (lock.algorithm instanceof TokenBased
                    ? "keeps the tokens of " + MOST_LOCKS + " locks already, which stay; use fewer names"
                    : "wants or holds " + MOST_LOCKS + " locks already; release some"));
        } else if (asker.attempt() && !mayAsk()) {
            end(asker, Outcome.UNANSWERED, closedBecause());
        } else if (asker.attempt() && (lock.current != null || !lock.waiting.isEmpty())) {
            Optional<String> silence = firstSilent(lock.missing(gate.excused(lock.name))); // whoever is before it cannot enter either
            end(asker, lock.held() ? Outcome.REFUSED : silence.isPresent() ? Outcome.UNANSWERED : Outcome.PRECEDED,
                    lock.held() ? heldHere : silence.orElse("peer " + self + " itself asked for it first"));
        } else {
            LocalAsker waiting = asker.attempt() ? asker.within(now + TRY) : asker;
            waits.add(waiting, lock);
            lock.waiting.put(waiting.id(), waiting);
        }
        proceed(lock, now);
    }

    /** Makes room; whether there is some. What is forgotten costs messages when it is wanted again. */
    private boolean forgetAllBut(NamedLock kept) {
        List<NamedLock> spare = locks.values().stream()
                .filter(lock -> lock != kept && lock.unused() && lock.algorithm.droppable()).toList();
        spare.forEach(this::forget);
        return !spare.isEmpty();
    }

    /** Release or cancel, whichever it is. */
    void withdraw(long asker, long now) {
        NamedLock lock = waits.lockOf(asker);
        if (lock != null) {
            withdraw(lock, asker, lock.held() && lock.isCurrent(asker) ? Outcome.RELEASED : Outcome.CANCELLED, null, now);
        }
    }

    private void withdraw(NamedLock lock, long id, Outcome outcome, String reason, long now) {
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
        NamedLock lock = locks.get(name);
        if (algorithms.entryRule() != EntryRule.TOKEN) {
            return "has no token: the group runs " + algorithms.name();
        }
        if (lock == null) {
            return "has no token yet: \"request\" makes one";
        }
        if (!(lock.algorithm instanceof PassedByHand token)) {
            return "has a token that nobody passes on: the group runs " + algorithms.name();
        }
        try {
            send(lock, token.pass());
            return null;
        } catch (IllegalStateException notNow) {
            return notNow.getMessage();
        }
    }

    /** Ends the present request or entry; whom it made wait is told at once. */
    private void leave(NamedLock lock, EventKind kind, Outcome outcome, String reason) {
        LocalAsker leaver = lock.current;
        if (lock.algorithm.stamp() != null) { // else it had not asked yet, for want of standing
            post.note(kind, lock.name, lock.algorithm.stamp(), lock.fence);
        }
        lock.current = null;
        lock.fence = 0;
        post.send(lock.name, lock.algorithm.exit());
        end(leaver, outcome, reason);
    }

    private void end(LocalAsker asker, Outcome outcome, String reason) {
        waits.remove(asker);
        asker.told().ended(asker, outcome, reason);
    }

    /** Does what time has made possible: ends what waited too long, and lets tokens go on. */
    void tend(long now) {
        expire(now);
        tokens.tend(now); // a try that ended may have kept one here
    }

    private void expire(long now) {
        for (LocalAsker asker = waits.overdue(now); asker != null; asker = waits.overdue(now)) {
            NamedLock lock = waits.lockOf(asker.id());
            String silence = mayAsk() ? firstSilent(lock.missing(gate.excused(lock.name))).orElse(null) : closedBecause();
            if (lock.held()) {
                withdraw(lock, asker.id(), Outcome.EXPIRED, heldHere, now);
            } else if (mayAsk() && asker.late()) {
                endTheLate(lock, Outcome.UNANSWERED, unanswered(lock, now), now);
            } else if (mayAsk() && asker.attempt()) {
                withdraw(lock, asker.id(), Outcome.UNANSWERED, unanswered(lock, now), now);
            } else if (silence != null) {
                withdraw(lock, asker.id(), Outcome.UNANSWERED, silence, now);
            } else {
                waitLonger(lock, asker, now);
            }
        }
    }

    /** C7: that its time is over does not say that another has the lock. */
    private void waitLonger(NamedLock lock, LocalAsker asker, long now) {
        boolean first = lock.late().isEmpty() && !lock.current.attempt(); // a try has asked the same already
        LocalAsker late = asker.lateUntil(now + TRY);
        lock.someLate = true;
        waits.replace(asker, late);
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
        lock.rollCall = new RollCall(lock.algorithm.stamp(), lock.needed(others, gate.excused(lock.name)), now);
        send(lock, lock.rollCall.questions());
    }

    private void endTheLate(NamedLock lock, Outcome outcome, String reason, long now) {
        List<LocalAsker> late = lock.late();
        lock.rollCall = null;
        late.forEach(asker -> withdraw(lock, asker.id(), outcome, reason, now));
    }

    private Optional<String> firstSilent(SortedSet<Integer> needed) {
        return needed.stream().map(gate::silent).filter(Objects::nonNull).findFirst();
    }

    /** C6, C7: why a request ends that nobody has refused; the next try does not wait for who is silent. */
    private String unanswered(NamedLock lock, long now) {
        SortedSet<Integer> asked = lock.missing(gate.excused(lock.name));
        SortedSet<Integer> missing = lock.rollCall == null ? asked : lock.rollCall.silentOf(asked);
        long since = lock.rollCall == null ? lock.since : lock.rollCall.since;
        missing.forEach(peer -> gate.unanswered(peer, since));
        return firstSilent(missing)
                .orElseGet(() -> !missing.isEmpty() ? "no answer from peer " + missing.first() + " for " + Durations.say(now - since)
                        : "the group has not let it enter within " + Durations.say(now - lock.since)
                                + (lock.algorithm.describe().isEmpty() ? "" : ": " + lock.algorithm.describe()));
    }

    /** C6: a try that needs somebody who is not there ends at once. */
    private void refuseIfSilent(NamedLock lock) {
        if (lock.current.attempt() && !lock.algorithm.ready(gate.excused(lock.name))) {
            firstSilent(lock.needed(others, gate.excused(lock.name)))
                    .ifPresent(silence -> leave(lock, EventKind.CANCEL, Outcome.UNANSWERED, silence));
        }
    }

    long wakeAt() {
        return Math.min(waits.wakeAt(), tokens.wakeAt());
    }

    void receive(int from, String name, Message message, long now) {
        NamedLock lock = lock(name);
        if (message instanceof Request) {
            counters.see(message.stamp());
        }
        post.note(EventKind.RECEIVE, name, from, message);
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
            lock.cost.received(message, self);
        }
        boolean waits = message instanceof Request request && !request.attempt();
        if (waits && message.stamp().equals(lock.algorithm.deferred().get(from))) {
            post.note(EventKind.DEFER, name, from, message);
        } else if (message instanceof Permission && awaited && !lock.algorithm.awaits(from)) {
            post.note(EventKind.PERMISSION, name, from, message);
        } else if (wanted && lock.algorithm.state() == State.IDLE) {
            LocalAsker refused = lock.current;
            post.note(EventKind.CANCEL, name, message.stamp(), 0);
            boolean there = message instanceof Refusal refusal && refusal.held();
            lock.current = null;
            end(refused, there ? Outcome.REFUSED : Outcome.PRECEDED, "peer " + from + (there ? " holds it" : " asked first"));
        }
        send(lock, answers);
        proceed(lock, now);
        String verdict = lock.rollCall == null ? null : lock.rollCall.answered(from, message, lock.needed(others, gate.excused(name)));
        if (verdict != null) {
            endTheLate(lock, Outcome.EXPIRED, verdict, now);
        }
    }

    /** Sends what the lock says, and counts what is about our present request. */
    void send(NamedLock lock, List<Outgoing> messages) {
        lock.cost.sent(messages);
        post.send(lock.name, messages);
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
        if (lock.algorithm.ready(gate.excused(lock.name)) && gate.fenceFree()) {
            enter(lock, now);
        }
        forgetIfIdle(lock);
    }

    private void forgetIfIdle(NamedLock lock) {
        if (lock.idle()) {
            forget(lock);
        }
    }

    private void forget(NamedLock lock) {
        locks.remove(lock.name);
        tokens.forgotten(lock);
        overtakings.ended(lock.name);
    }

    /** Whether the asker wants or holds a lock. */
    boolean knows(long asker) {
        return waits.lockOf(asker) != null;
    }

    boolean holds(long asker) {
        NamedLock lock = waits.lockOf(asker);
        return lock != null && lock.held() && lock.isCurrent(asker);
    }

    private boolean mayAsk() {
        return others != null && gate.open();
    }

    private String closedBecause() {
        return others == null ? "the group has not begun" : gate.closedBecause();
    }

    private void enter(NamedLock lock, long now) {
        Invariant.holds(mayAsk() && lock.epoch == counters.epoch(), () -> "entry of " + lock.name + " on a request of epoch "
                + lock.epoch + " in epoch " + counters.epoch());
        lock.algorithm.enter(gate.excused(lock.name));
        lock.fence = counters.nextFence();
        lock.since = now;
        waits.entered(lock.current);
        post.note(EventKind.ENTRY, lock.name, lock.algorithm.stamp(), lock.fence);
        lock.current.told().entered(lock.current, lock.algorithm.stamp(), lock.fence);
        endTheLate(lock, Outcome.EXPIRED, heldHere, now);
    }

    /** What held entries back may have changed. */
    void proceed(long now) {
        List.copyOf(locks.values()).forEach(lock -> proceed(lock, now));
    }

    private void request(NamedLock lock, long now) {
        Stamp stamp = counters.stamp(self);
        lock.epoch = counters.epoch();
        overtakings.ended(lock.name);
        lock.cost.begin();
        post.noteRequest(lock.name, stamp, lock.algorithm.name());
        send(lock, lock.algorithm.request(stamp, lock.current.attempt()));
        lock.rollCall = null; // of the request before
        refuseIfSilent(lock);
        if (lock.current != null && !lock.late().isEmpty()) {
            callTheRoll(lock, now);
        }
    }

    /** S0: what is held is lost, what is wanted loses its stamp, a try ends, and whoever waits for us is answered. */
    void pause(String reason) {
        for (NamedLock lock : List.copyOf(locks.values())) {
            if (lock.held()) {
                leave(lock, EventKind.LOST, Outcome.LOST, reason);
            } else if (lock.current != null && lock.current.attempt()) {
                leave(lock, EventKind.CANCEL, Outcome.UNANSWERED, reason);
            }
            post.send(lock.name, lock.algorithm.onOwnEpochEnd());
            Invariant.holds(lock.algorithm.state() == State.IDLE, () -> lock.name + " has a stamp without standing");
            forgetIfIdle(lock);
        }
    }

    /** Another peer is being removed: it gets no answer any more, but for the lock of the group. */
    void onRemoval(int peer) {
        locks.values().stream().filter(lock -> !lock.name.equals(LockName.GROUP))
                .forEach(lock -> lock.algorithm.onRemoval(peer));
    }

    void repeatTo(int peer) {
        locks.values().forEach(lock -> send(lock, lock.algorithm.repeatTo(peer)));
    }

    void onPeerEpoch(int peer) {
        overtakings.renewed(peer);
        for (NamedLock lock : List.copyOf(locks.values())) {
            send(lock, lock.algorithm.onPeerEpoch(peer));
            forgetIfIdle(lock);
        }
    }

    /** The group is another one now; null: in none, every lock is lost. */
    void onMembers(Set<Integer> members, long now) {
        others = members;
        for (NamedLock lock : List.copyOf(locks.values())) {
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

    private NamedLock lock(String name) {
        return locks.computeIfAbsent(name, this::make);
    }

    private NamedLock make(String name) {
        Set<Integer> members = others == null ? Set.of() : others;
        NamedLock lock = new NamedLock(name, LockName.reserved(name) ? new RicartAgrawala(self, members) : algorithms.make(self, members));
        tokens.made(lock);
        return lock;
    }
}
