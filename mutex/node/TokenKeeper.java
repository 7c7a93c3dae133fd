package mutex.node;

import java.util.ArrayList;
import java.util.List;
import mutex.algorithm.Stamp;
import mutex.algorithm.TokenRing;
import mutex.node.NamedLock.LocalAsker;

/**
 * Lets the tokens of this peer rest and go on, and has lost ones replaced: under a lock of the group's own,
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
    private final List<NamedLock> rings = new ArrayList<>();
    private long lastMaker = GroupLock.ASKER; // makers count down from there

    TokenKeeper(Locks locks) {
        this.locks = locks;
    }

    void made(NamedLock lock) {
        if (lock.algorithm instanceof TokenRing) {
            rings.add(lock);
        }
    }

    void forgotten(NamedLock lock) {
        rings.remove(lock);
    }

    /** Does what the event and the time have made possible. */
    void tend(long now) {
        if (rings.isEmpty()) {
            return; // asked at every step of every peer
        }
        for (NamedLock lock : List.copyOf(rings)) {
            TokenRing ring = (TokenRing) lock.algorithm;
            seeTo(lock, ring, now);
            locks.send(lock, ring.onTime(now));
        }
    }

    private void seeTo(NamedLock lock, TokenRing ring, long now) {
        if (ring.tokenMayBeLost() && !locks.knows(lock.maker)) {
            lock.maker = --lastMaker;
            locks.ask(new LocalAsker(lock.maker, LockName.token(lock.name), false, Long.MAX_VALUE, LOOKS_ITSELF), now);
        }
        if (ring.tokenMayBeLost() && locks.holds(lock.maker)) {
            locks.send(lock, ring.replaceToken());
            locks.proceed(lock, now);
        }
        if (!ring.tokenMayBeLost() && lock.maker != 0) {
            locks.withdraw(lock.maker, now);
            lock.maker = 0;
            locks.proceed(lock, now);
        }
    }

    long wakeAt() {
        long soonest = Long.MAX_VALUE;
        for (NamedLock lock : rings) {
            soonest = Math.min(soonest, ((TokenRing) lock.algorithm).wakeAt());
        }
        return soonest;
    }
}
