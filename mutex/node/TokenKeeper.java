package mutex.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import mutex.algorithm.Algorithm.PassedByHand;
import mutex.algorithm.Algorithm.Timed;
import mutex.algorithm.Algorithm.TokenBased;
import mutex.algorithm.Algorithm.TokenPlace;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.AlgorithmKind.EntryRule;
import mutex.algorithm.Stamp;
import mutex.node.NamedLock.LocalAsker;
import mutex.text.LockName;

/**
 * Tells the algorithms that go by time what time it is (T4), and has lost tokens replaced (T7): under a lock of the group's own,
 * {@code .token/NAME}, which the peer asks for like anybody.
 */
final class TokenKeeper {

    /** What a maker's request has come to, {@link #tend} looks up. */
    private static final Locks.AskerEvents LOOKS_ITSELF = new Locks.AskerEvents() {
        @Override
        public void entered(LocalAsker asker, Stamp stamp, long fence) {}

        @Override
        public void ended(LocalAsker asker, Effect.Outcome outcome, String reason) {}
    };

    private final Locks locks;
    private final AlgorithmKind algorithms;
    private final List<NamedLock> kept = new ArrayList<>(); // with a token or a timer
    private long lastMaker = GroupLock.ASKER; // makers count down from there

    TokenKeeper(Locks locks, AlgorithmKind algorithms) {
        this.locks = locks;
        this.algorithms = algorithms;
    }

    void made(NamedLock lock) {
        if (lock.algorithm instanceof TokenBased || lock.algorithm instanceof Timed) {
            kept.add(lock);
        }
    }

    void forgotten(NamedLock lock) {
        kept.remove(lock);
    }

    /** Does what the event and the time have made possible. */
    void tend(long now) {
        if (kept.isEmpty()) {
            return; // asked at every step of every peer
        }
        for (NamedLock lock : List.copyOf(kept)) {
            if (lock.algorithm instanceof TokenBased token) {
                replaceIfLost(lock, token, now);
            }
            if (lock.algorithm instanceof Timed timed) {
                locks.send(lock, timed.onTime(now));
            }
        }
    }

    private void replaceIfLost(NamedLock lock, TokenBased token, long now) {
        if (token.tokenMayBeLost() && !locks.knows(lock.tokenMaker)) {
            lock.tokenMaker = --lastMaker;
            locks.ask(new LocalAsker(lock.tokenMaker, LockName.token(lock.name), false, Long.MAX_VALUE, LOOKS_ITSELF), now);
        }
        if (token.tokenMayBeLost() && locks.holds(lock.tokenMaker)) {
            locks.send(lock, token.replaceToken());
            locks.proceed(lock, now);
        }
        if (!token.tokenMayBeLost() && lock.tokenMaker != 0) {
            locks.withdraw(lock.tokenMaker, now);
            lock.tokenMaker = 0;
            locks.proceed(lock, now);
        }
    }

    /** Passes the token of the lock on, null for an unknown one; returns in a line why not, null when it went. */
    String pass(NamedLock lock) {
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
            locks.send(lock, token.pass());
            return null;
        } catch (IllegalStateException notNow) {
            return notNow.getMessage();
        }
    }

    /** Names of those whose token is there. */
    Set<String> locks(TokenPlace place) {
        Set<String> names = new TreeSet<>();
        for (NamedLock lock : kept) {
            if (lock.algorithm instanceof TokenBased token && token.tokenPlace() == place) {
                names.add(lock.name);
            }
        }
        return names;
    }

    long wakeAt() {
        long soonest = Long.MAX_VALUE;
        for (NamedLock lock : kept) {
            if (lock.algorithm instanceof Timed timed) {
                soonest = Math.min(soonest, timed.wakeAt());
            }
        }
        return soonest;
    }
}
