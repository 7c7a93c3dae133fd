package mutex.node;

import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import mutex.algorithm.Algorithm;
import mutex.algorithm.Algorithm.State;
import mutex.algorithm.Message;
import mutex.algorithm.Message.Permission;
import mutex.algorithm.Message.Request;
import mutex.algorithm.Outgoing;
import mutex.algorithm.Stamp;
import mutex.node.Effect.Outcome;
import mutex.node.Happening.Kind;
import mutex.node.NamedLock.Asker;

/**
 * The named locks of one peer. Each turn of a local asker is a request of its own with a new stamp,
 * made after the deferred permissions went out; a lock that nobody here wants is forgotten.
 */
final class Locks {

    /** Who is told how an asker's request went. */
    interface Askers {
        void entered(Asker asker, Stamp stamp, long fence);

        void ended(Asker asker, Outcome outcome, String reason);
    }

    private final int self;
    private final Askers askers;
    private final Counters counters;
    private final Post post;
    private final Function<Set<Integer>, Algorithm> algorithms; // by the other members
    private final SortedMap<String, NamedLock> locks = new TreeMap<>();
    private final Waits waits = new Waits();
    private Set<Integer> others; // null before the group has begun: no requests are made

    Locks(int self, Counters counters, Post post, Function<Set<Integer>, Algorithm> algorithms, Askers askers) {
        this.self = self;
        this.askers = askers;
        this.counters = counters;
        this.post = post;
        this.algorithms = algorithms;
    }

    Collection<NamedLock> all() {
        return locks.values();
    }

    boolean anyHeld() {
        return locks.values().stream().anyMatch(NamedLock::held);
    }

    void ask(Asker asker, long now) {
        NamedLock lock = lock(asker.lock());
        if (asker.attempt() && others == null) {
            end(asker, Outcome.REFUSED, "the group has not begun");
        } else if (asker.attempt() && (lock.current != null || !lock.waiting.isEmpty())) {
            end(asker, Outcome.REFUSED, "peer " + self + " itself " + (lock.held() ? "holds it" : "asked for it first"));
        } else {
            waits.add(asker, lock);
            lock.waiting.put(asker.id(), asker);
        }
        proceed(lock, now);
    }

    /** Release or cancel, whichever it is. */
    void withdraw(long asker, long now) {
        NamedLock lock = waits.lockOf(asker);
        if (lock != null) {
            withdraw(lock, asker, lock.held() && lock.isCurrent(asker) ? Outcome.RELEASED : Outcome.CANCELLED, null, now);
        }
    }

    private void withdraw(NamedLock lock, long id, Outcome outcome, String reason, long now) {
        Asker waited = lock.waiting.remove(id);
        if (waited != null) {
            end(waited, outcome, reason);
        } else {
            leave(lock, lock.held() ? Kind.EXIT : Kind.CANCEL, outcome, reason);
        }
        proceed(lock, now);
    }

    /** Ends the present request or entry; whom it made wait is told at once. */
    private void leave(NamedLock lock, Kind kind, Outcome outcome, String reason) {
        Asker leaver = lock.current;
        post.note(kind, lock.name, lock.algorithm.stamp(), lock.fence);
        lock.current = null;
        lock.fence = 0;
        post.send(lock.name, lock.algorithm.leave());
        end(leaver, outcome, reason);
    }

    private void end(Asker asker, Outcome outcome, String reason) {
        waits.remove(asker);
        askers.ended(asker, outcome, reason);
    }

    /** Ends what waited too long. */
    void expire(long now) {
        for (Asker asker = waits.overdue(now); asker != null; asker = waits.overdue(now)) {
            NamedLock lock = waits.lockOf(asker.id());
            String reason = others == null ? "the group has not begun"
                    : lock.isCurrent(asker.id()) ? "no permission from " + lock.algorithm.missing()
                    : "others at peer " + self + " are before it";
            withdraw(lock, asker.id(), Outcome.EXPIRED, reason, now);
        }
    }

    long wakeAt() {
        return waits.wakeAt();
    }

    void receive(int from, String name, Message message, long now) {
        NamedLock lock = lock(name);
        if (message instanceof Request) {
            counters.see(message.stamp());
        }
        post.note(Kind.RECEIVE, name, from, message);
        boolean awaited = lock.algorithm.awaits(from);
        List<Outgoing> answers = lock.algorithm.receive(from, message);
        if (message instanceof Request && answers.isEmpty()) {
            post.note(Kind.DEFER, name, from, message);
        } else if (message instanceof Permission && awaited && !lock.algorithm.awaits(from)) {
            post.note(Kind.PERMISSION, name, from, message);
        } else if (lock.current != null && lock.algorithm.state() == State.IDLE) {
            Asker refused = lock.current;
            post.note(Kind.CANCEL, name, message.stamp(), 0);
            lock.current = null;
            end(refused, Outcome.REFUSED, "peer " + from + " holds it or asked first");
        }
        post.send(name, answers);
        proceed(lock, now);
    }

    /** Lets the next asker ask, enters where all have given permission, and forgets an idle lock. */
    private void proceed(NamedLock lock, long now) {
        if (others != null && lock.current == null && !lock.waiting.isEmpty()) {
            Iterator<Asker> first = lock.waiting.values().iterator();
            lock.current = first.next();
            first.remove();
            lock.since = now;
            request(lock);
        }
        if (lock.algorithm.ready()) {
            lock.algorithm.enter();
            lock.fence = counters.nextFence();
            lock.since = now;
            waits.entered(lock.current);
            post.note(Kind.ENTRY, lock.name, lock.algorithm.stamp(), lock.fence);
            askers.entered(lock.current, lock.algorithm.stamp(), lock.fence);
        }
        if (lock.idle()) {
            locks.remove(lock.name);
        }
    }

    private void request(NamedLock lock) {
        Stamp stamp = counters.stamp(self);
        post.note(Kind.REQUEST, lock.name, stamp, 0);
        post.send(lock.name, lock.algorithm.request(stamp, lock.current.attempt()));
    }

    /** This peer's epoch is a new one: requests lose their stamp and are made again. No lock is held. */
    void restamp(long now) {
        for (NamedLock lock : List.copyOf(locks.values())) {
            post.send(lock.name, lock.algorithm.leave());
            if (lock.current != null) {
                request(lock);
            }
            proceed(lock, now);
        }
    }

    void repeatTo(int peer) {
        locks.values().forEach(lock -> post.send(lock.name, lock.algorithm.repeatTo(peer)));
    }

    void renewed(int peer) {
        for (NamedLock lock : List.copyOf(locks.values())) {
            post.send(lock.name, lock.algorithm.renewed(peer));
            if (lock.idle()) {
                locks.remove(lock.name);
            }
        }
    }

    /** The group is another one now; null: in none, every lock is lost. */
    void regroup(Set<Integer> members, long now) {
        others = members;
        for (NamedLock lock : List.copyOf(locks.values())) {
            if (members == null && lock.current != null) {
                leave(lock, Kind.LOST, Outcome.LOST, "this peer is in no group any more");
            }
            post.send(lock.name, lock.algorithm.regroup(members == null ? Set.of() : members));
            proceed(lock, now);
        }
    }

    private NamedLock lock(String name) {
        return locks.computeIfAbsent(name,
                n -> new NamedLock(n, algorithms.apply(others == null ? Set.of() : others)));
    }
}
