package tests.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import mutex.algorithm.Algorithm.Outgoing;
import mutex.algorithm.Algorithm.TokenPlace;
import mutex.algorithm.Message;
import mutex.algorithm.Message.Census;
import mutex.algorithm.Message.Request;
import mutex.algorithm.Message.Token;
import mutex.algorithm.Stamp;
import mutex.algorithm.TokenRing;

/** Peer 2 in a token ring of 1, 2 and 3, and what happens to it, in few words. */
public final class RingOfThree {

    public static final long PACE = 1_000; // nanoseconds
    public static final int ROUND = 3;

    private RingOfThree() {}

    public static TokenRing two(boolean byHand) {
        return new TokenRing(2, Set.of(1, 3), PACE, byHand);
    }

    public static Request request(long time, int peer) {
        return new Request(new Stamp(time, peer), false);
    }

    public static Request attempt(long time, int peer) {
        return new Request(new Stamp(time, peer), true);
    }

    public static Token token(long generation, long hops, int quiet) {
        return new Token(generation, hops, quiet);
    }

    public static Outgoing census(int peer, long generation, long number) {
        return to(peer, new Census(generation, number));
    }

    public static Outgoing to(int peer, Message message) {
        return new Outgoing(peer, message);
    }

    public static List<Outgoing> asks(TokenRing two, long time) {
        return two.request(new Stamp(time, 2), false);
    }

    public static void enters(TokenRing two, long time, Token token) {
        asks(two, time);
        two.receive(1, token);
        two.enter(Set.of());
    }

    /** It has seen this token pass by. */
    public static void hasPassedOn(TokenRing two, Token token) {
        two.receive(1, token);
        assertEquals(1, two.onTime(0).size());
    }

    /** It has begun to make a token. */
    public static void makes(TokenRing two) {
        asks(two, 5);
        assertTrue(two.tokenMayBeLost());
        two.replaceToken();
    }

    public static boolean hasToken(TokenRing two) {
        return two.tokenPlace() == TokenPlace.HERE;
    }
}
