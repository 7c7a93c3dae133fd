package mutex.node;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import mutex.algorithm.Algorithm.PassedByHand;
import mutex.algorithm.Algorithm.Timed;
import mutex.algorithm.Algorithm.TokenBased;
import mutex.algorithm.Algorithm.TokenPlace;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.AlgorithmKind.EntryRule;
import mutex.event.Effect;
import mutex.text.LockName;

/**
 * Tells the algorithms that go by time what time it is (T4), and has lost tokens replaced (T7): under a lock of the group's own,
 * {@code .token/NAME}, which the peer asks for like anybody.
 */
final class TokenKeeper {

    /** What a maker's request has come to, {@link #tend} looks up. */
    private static final LocalRequests.AskerEvents LOOKS_ITSELF = new LocalRequests.AskerEvents() {
        @Override
        public void entered(LocalAsker asker) {}

        @Override
        public void ended(LocalAsker asker, Effect.Outcome outcome, String reason) {}
    };

    private final LockTable table;
    private final LocalRequests requests;
    private final StepOutput output;
    private final AlgorithmKind algorithms;
    private long lastMaker = LocalGroup.ASKER; // makers count down from there

    TokenKeeper(LockTable table, LocalRequests requests, StepOutput output, AlgorithmKind algorithms) {
        this.table = table;
        this.requests = requests;
        this.output = output;
        this.algorithms = algorithms;
    }

    /** Does what the event and the time have made possible. */
    void tend(long now) {
        for (NamedLock lock : List.copyOf(table.tended())) {
            if (lock.algorithm instanceof TokenBased token) {
                replaceIfLost(lock, token, now);
            }
            if (lock.algorithm instanceof Timed timed) {
                output.send(lock, timed.onTime(now));
            }
        }
    }

    private void replaceIfLost(NamedLock lock, TokenBased token, long now) {
        if (token.tokenMayBeLost() && !requests.knows(lock.tokenMaker)) {
            lock.tokenMaker = --lastMaker;
            requests.ask(new LocalAsker(lock.tokenMaker, LockName.token(lock.name), LOOKS_ITSELF), now);
        }
        if (token.tokenMayBeLost() && requests.holds(lock.tokenMaker)) {
            output.send(lock, token.replaceToken());
            requests.entrySection.proceed(lock, now);
        }
        if (!token.tokenMayBeLost() && lock.tokenMaker != 0) {
            requests.withdraw(lock.tokenMaker, now);
            lock.tokenMaker = 0;
            requests.entrySection.proceed(lock, now);
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
            output.send(lock, token.pass());
            return null;
        } catch (IllegalStateException notNow) {
            return notNow.getMessage();
        }
    }

    /** Names of those whose token is there. */
    Set<String> locks(TokenPlace place) {
        Set<String> names = new TreeSet<>();
        for (NamedLock lock : table.tended()) {
            if (lock.algorithm instanceof TokenBased token && token.tokenPlace() == place) {
                names.add(lock.name);
            }
        }
        return names;
    }

    long wakeAt() {
        long soonest = Long.MAX_VALUE;
        for (NamedLock lock : table.tended()) {
            if (lock.algorithm instanceof Timed timed) {
                soonest = Math.min(soonest, timed.wakeAt());
            }
        }
        return soonest;
    }
}
