package mutex.algorithm;

import java.util.List;
import java.util.Set;

/**
 * A token ring for every lock.
 *
 * @param pace how long a token that nobody wants rests at each peer, in nanoseconds; above 0
 * @param byHand it is passed on by {@link TokenRing#pass} only
 */
public record RingKind(long pace, boolean byHand) implements AlgorithmKind {

    @Override
    public String name() {
        return TokenRing.NAME;
    }

    @Override
    public EntryRule entryRule() {
        return EntryRule.TOKEN;
    }

    @Override
    public Algorithm make(int self, Set<Integer> others) {
        return new TokenRing(self, others, pace, byHand);
    }

    @Override
    public String text() {
        return TokenRing.NAME + " " + pace + (byHand ? " by-hand" : "");
    }

    @Override
    public AlgorithmKind with(List<String> words) {
        return words.isEmpty() ? this : new RingKind(Long.parseLong(words.get(0)), words.size() > 1);
    }
}
