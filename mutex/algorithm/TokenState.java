package mutex.algorithm;

import java.util.List;
import mutex.algorithm.Message.Token;

/**
 * The token while one peer has it, and what that peer remembers of it afterwards. Here it rests (T4) if nobody
 * has wanted it for two rounds; what went on (T3) is said again to the same peer until it has come round.
 */
final class TokenState {

    private final long pace; // so long it rests here; nanoseconds
    private Token here; // null while the token is elsewhere
    private Outgoing passed; // what we passed on, until it has come round; null: nothing
    private int quiet; // as of the last time that it was here
    private boolean woken; // somebody wants it, and we have not passed it on since
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

    /** Neither keeps nor repeats an older token. */
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

    /** Whether the token that is here stays, as nobody wants it and its rest is not over. */
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

    /** How quiet the token that is here has been: one that a request wakes is kept awake for a round. */
    int quietSoFar(int round) {
        return woken ? Math.min(here.quiet(), round) : here.quiet();
    }

    /** How quiet it was when it went. */
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
