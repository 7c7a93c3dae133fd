package mutex.algorithm;

import java.util.List;
import mutex.algorithm.Algorithm.Outgoing;
import mutex.algorithm.Message.Token;

/**
 * The token while one peer has it, and what that peer remembers of it afterwards: it is either here or passed on, never both.
 * It rests here (T4) if nobody has wanted it for two rounds. Once passed on (T3), it is sent again over a new link to the same peer, until it has come round.
 */
final class TokenState {

    private final long pace; // how long it rests here; nanoseconds
    private Token here; // null while the token is elsewhere
    private Outgoing passed; // the token on its way round, and whom it went to; null: none
    private int quiet; // hops since anybody wanted it, when it was last here
    private boolean woken; // somebody has wanted it since we last passed it on
    private long restsUntil = Long.MAX_VALUE; // when it is to be passed on; nanoseconds

    TokenState(long pace) {
        this.pace = pace;
    }

    void take(Token token) {
        here = token;
    }

    boolean hasToken() {
        return here != null;
    }

    /** Whether a token of this generation or a later one is here. */
    boolean hasFrom(long generation) {
        return here != null && here.generation() >= generation;
    }

    void drop() {
        here = null;
        restsUntil = Long.MAX_VALUE;
    }

    /** Discards an older token, and sends no older one again. */
    void discardBelow(long generation) {
        if (!hasFrom(generation)) {
            drop();
        }
        if (passed != null && ((Token) passed.message()).generation() < generation) {
            passed = null;
        }
    }

    // Rest and wake.

    void wake() {
        woken = true;
    }

    /** Whether the token stays here: nobody wants it, and its rest is not over. */
    boolean rests(long now, int round) {
        if (here.quiet() >= 2 * round && !woken) {
            restsUntil = Math.min(restsUntil, now + pace);
            return now < restsUntil;
        }
        return false;
    }

    long restsUntil() {
        return restsUntil;
    }

    void endRest() {
        restsUntil = Long.MAX_VALUE;
    }

    /** Hops since anybody wanted the token that is here; one that a request woke is kept awake for a round. */
    int quietSoFar(int round) {
        return woken ? Math.min(here.quiet(), round) : here.quiet();
    }

    /** The same, when it was passed on. */
    int quiet() {
        return quiet;
    }

    void assumeQuiet(int hops) {
        quiet = hops;
    }

    // Passing on.

    Token passOn(int next, int quietSoFar, int round) {
        Token token = new Token(here.generation(), here.hops() + 1, Math.min(quietSoFar, 2 * round - 1) + 1);
        passed = new Outgoing(next, token);
        quiet = quietSoFar;
        drop();
        woken = false;
        return token;
    }

    /** The peer to which it went, until it has come round; 0: none. */
    int wentTo() {
        return passed == null ? 0 : passed.to();
    }

    List<Outgoing> repeat() {
        return passed == null ? List.of() : List.of(passed);
    }

    void repeatNoMore() {
        passed = null;
    }
}
