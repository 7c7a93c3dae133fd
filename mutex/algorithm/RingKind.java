package mutex.algorithm;

import java.util.Set;

/**
 * A token ring for every lock.
 *
 * @param pace how long a token that nobody wants rests at each peer, in nanoseconds; above 0
 * @param byHand it is passed on by {@link TokenRing#pass} only
 */
record RingKind(long pace, boolean byHand) implements AlgorithmKind {

    /** As {@link #text} has it. */
    static RingKind of(String text) {
        String[] words = text.split(" ");
        return new RingKind(Long.parseLong(words[1]), words.length > 2);
    }

    @Override
    public Algorithm make(int self, Set<Integer> others) {
        return new TokenRing(self, others, pace, byHand);
    }

    @Override
    public String name() {
        return TokenRing.NAME;
    }

    @Override
    public String text() {
        return TokenRing.NAME + " " + pace + (byHand ? " by-hand" : "");
    }
}
