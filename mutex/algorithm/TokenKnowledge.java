package mutex.algorithm;

import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import mutex.algorithm.Message.Census;
import mutex.algorithm.Message.Token;
import mutex.algorithm.Message.Vow;

/**
 * What one peer knows of the tokens of a ring: the newest that it has seen, those that it has vowed to
 * discard, and whether the token may be lost. See {@link TokenRecovery} for what the vows are good for.
 */
final class TokenKnowledge {

    private long generation; // of the newest token seen; 0: none
    private long hops; // of that, the highest seen
    private long floor; // every token of a lower generation is discarded
    private boolean inDoubt = true; // the token may be lost, and nobody is known to make a new one
    private boolean ours; // if so nobody else may know, and we make one although nobody here wants it
    private final SortedMap<Integer, Census> due = new TreeMap<>(); // to be answered when we are not inside any more

    /** T2: whether the token is none that we have had already, or vowed to discard: one ends here then, and its maker may be gone. */
    boolean fresh(Token token) {
        boolean fresh = token.generation() > generation || token.generation() == generation && token.hops() > hops;
        if (fresh && token.generation() < floor) {
            ours = true;
            return false;
        }
        if (fresh) {
            saw(token);
            calm();
        }
        return fresh;
    }

    void saw(Token token) {
        generation = token.generation();
        hops = token.hops();
    }

    /** Of all generations seen or vowed for. */
    long highest() {
        return Math.max(generation, floor);
    }

    void discardBelow(long generation) {
        floor = generation;
    }

    // Whether it may be lost.

    boolean inDoubt() {
        return inDoubt;
    }

    boolean ours() {
        return ours;
    }

    /** T6: we passed the token to a peer that is not the same any more, which all others may have known before. */
    void seeTo() {
        inDoubt = true;
        ours = true;
    }

    private void doubt(boolean tokenHere) {
        inDoubt |= !tokenHere;
    }

    /** The token has come, or somebody makes a new one. */
    void calm() {
        inDoubt = false;
        ours = false;
    }

    /** The peer may have had the token, or have been about to make one; its own vow is forgotten. */
    void onPeerEpoch(int peer, boolean tokenHere) {
        due.remove(peer);
        doubt(tokenHere);
    }

    /** Others are no members any more: the token may have been with one of them, and none of them makes one. */
    void fewer(Set<Integer> members, boolean tokenHere) {
        due.keySet().retainAll(members);
        doubt(tokenHere);
    }

    /** T9, our epoch is over: no token that was sent to us counts. */
    void onOwnEpochEnd() {
        inDoubt = true;
        ours = false;
        due.clear();
    }

    // What others ask.

    /** T8: takes the vow; unless it is a late copy, or knows no more than we do, the asker looks after the token from now on. */
    Vow vow(Census census) {
        long before = highest();
        if (census.generation() > floor) {
            calm();
        }
        floor = Math.max(floor, census.generation());
        return new Vow(census.number(), before);
    }

    void answerLater(int peer, Census census) {
        due.merge(peer, census, (old, now) -> old.number() > now.number() ? old : now);
    }

    SortedMap<Integer, Census> answersDue() {
        SortedMap<Integer, Census> all = new TreeMap<>(due);
        due.clear();
        return all;
    }

    boolean untouched() {
        return generation == 0 && floor == 0;
    }

    String describe() {
        return ", generation " + generation + ", hop " + hops;
    }
}
