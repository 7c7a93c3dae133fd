package mutex.algorithm;

import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import mutex.algorithm.Message.Census;
import mutex.algorithm.Message.Token;
import mutex.algorithm.Message.Vow;

/**
 * What one peer knows about the tokens of a ring: the newest it has seen, which ones it has vowed to discard, and
 * whether the token may be lost. {@link TokenRecovery} says what the vows are for.
 */
final class TokenKnowledge {

    private long generation; // of the newest token seen; 0: none
    private long hops; // the most seen in that generation
    private long floor; // as vowed: every token of a lower generation is discarded
    private boolean inDoubt = true; // the token may be lost, and nobody is known to be replacing it
    private boolean responsible; // only we may have noticed: replace it even if nobody here wants the lock
    private final SortedMap<Integer, Census> due = new TreeMap<>(); // by peer: answered when we have left

    /**
     * T2: takes a token in; whether it counts: a copy of one that we have had does not, nor one that we have vowed to discard. If the
     * maker of such a one has died, nobody replaces it but us.
     */
    boolean accept(Token token) {
        boolean fresh = token.generation() > generation || token.generation() == generation && token.hops() > hops;
        if (fresh && token.generation() < floor) {
            responsible = true;
            return false;
        }
        if (fresh) {
            remember(token);
            settled();
        }
        return fresh;
    }

    void remember(Token token) {
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

    boolean responsible() {
        return responsible;
    }

    /** T6: the peer that we passed the token to was started anew, or has left. The others may have heard of that before, and see no reason to act. */
    void markLost() {
        inDoubt = true;
        responsible = true;
    }

    private void doubt(boolean tokenHere) {
        inDoubt |= !tokenHere;
    }

    /** The token is here, or somebody is replacing it. */
    void settled() {
        inDoubt = false;
        responsible = false;
    }

    /** The peer was started anew: it may have had the token, or was making one, and has forgotten what it vowed. */
    void onPeerEpoch(int peer, boolean tokenHere) {
        due.remove(peer);
        doubt(tokenHere);
    }

    /** Some have left the group: one of them may have had the token, or was making one. */
    void onMembersGone(Set<Integer> members, boolean tokenHere) {
        due.keySet().retainAll(members);
        doubt(tokenHere);
    }

    /** T9, our epoch is over: a token that was sent to us in it does not count. */
    void onOwnEpochEnd() {
        inDoubt = true;
        responsible = false;
        due.clear();
    }

    // What others ask.

    /** T8: vows. Unless the census is a late copy, its sender is replacing the token from now on. */
    Vow vow(Census census) {
        long before = highest();
        if (census.generation() > floor) {
            settled();
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

    /** Whether there has been no token, and no vow. */
    boolean blank() {
        return generation == 0 && floor == 0;
    }

    String describe() {
        return ", generation " + generation + ", hop " + hops;
    }
}
