package mutex.algorithm;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import mutex.algorithm.Message.Census;
import mutex.algorithm.Message.Token;
import mutex.algorithm.Message.Vow;

/**
 * What one peer knows of the tokens of a ring, and how it makes a new one: the others vow to discard every
 * older token, and when all have, they are asked again. At the moment between the two rounds all vows stand
 * at once, so no older token is anywhere, and what is under way is for a peer that discards it, or for an
 * earlier epoch of one that has forgotten its vow.
 *
 * <p>Only who holds the reserved lock of the ring makes a token, so generations are never made twice.
 */
final class Renewal {

    private long generation; // of the newest token seen; 0: none
    private long hops; // of that, the highest seen
    private long floor; // every token of a lower generation is discarded
    private boolean inDoubt = true; // the token may be lost, and nobody is known to make a new one
    private boolean ours; // if so nobody else may know, and we make one although nobody here wants it
    private final SortedMap<Integer, Census> due = new TreeMap<>(); // to be answered when we are not inside any more

    private boolean running;
    private long proposed; // generation of the token to be made
    private boolean again; // all have vowed, and are asked for the second time
    private long number; // of the present question; never used again
    private final SortedSet<Integer> waiting = new TreeSet<>(); // whose answer is missing
    private long highest; // of all answers
    private long lowest; // of those to the present question

    /** Whether the token is none that we have had already, or vowed to discard: one ends here then, and its maker may be gone. */
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

    boolean inDoubt() {
        return inDoubt;
    }

    /** We passed the token to a peer that is not the same any more, which all others may have known before. */
    void seeTo() {
        inDoubt = true;
        ours = true;
    }

    boolean ours() {
        return ours;
    }

    private void calm() {
        inDoubt = false;
        ours = false;
    }

    void doubt(boolean tokenHere) {
        inDoubt |= !tokenHere;
    }

    /** The peer may have had the token, or have been about to make one; its own vow is forgotten. */
    void renewed(int peer, boolean tokenHere) {
        due.remove(peer);
        doubt(tokenHere);
    }

    /** Others are no members any more: the token may have been with one of them, and none of them makes one. */
    void fewer(Set<Integer> members, boolean tokenHere) {
        due.keySet().retainAll(members);
        doubt(tokenHere);
    }

    // At a peer that is asked.

    /** Takes the vow; unless it is a late copy, or knows no more than we do, the asker looks after the token from now on. */
    Vow vow(Census census) {
        long before = Math.max(generation, floor);
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

    // At the peer that makes a token.

    void begin() {
        running = true;
        propose(Math.max(generation, floor) + 1);
    }

    private void propose(long next) {
        proposed = next;
        floor = next;
        again = false;
    }

    /** Asks everybody: what was answered before does not count. */
    List<Outgoing> ask(Set<Integer> others) {
        number++;
        lowest = Long.MAX_VALUE;
        waiting.clear();
        waiting.addAll(others);
        List<Outgoing> questions = new ArrayList<>();
        others.forEach(peer -> questions.addAll(repeatTo(peer)));
        return questions;
    }

    /** From the first round again, if a token is being made: a vow has been forgotten, or the group is another one. */
    List<Outgoing> restart(Set<Integer> others) {
        if (!running) {
            return List.of();
        }
        propose(proposed + 1);
        return ask(others);
    }

    List<Outgoing> repeatTo(int peer) {
        return running && waiting.contains(peer) ? List.of(new Outgoing(peer, new Census(proposed, number))) : List.of();
    }

    /** Whether that was the last answer to the present question. */
    boolean vowed(int peer, Vow vow) {
        if (!running || vow.number() != number || !waiting.remove(peer)) {
            return false;
        }
        highest = Math.max(highest, vow.highest());
        lowest = Math.min(lowest, vow.highest());
        return waiting.isEmpty();
    }

    /** All have answered: whether the token can be made; else they are to be asked once more. */
    boolean settled() {
        if (again && lowest == proposed && highest == proposed) {
            return true;
        }
        if (highest >= proposed + (again ? 1 : 0)) {
            propose(highest + 1);
        } else {
            again = !again;
        }
        return false;
    }

    Token make() {
        running = false;
        calm();
        generation = proposed;
        hops = 0;
        return new Token(generation, hops, 0);
    }

    boolean running() {
        return running;
    }

    SortedSet<Integer> missing() {
        return running ? new TreeSet<>(waiting) : new TreeSet<>();
    }

    boolean asks(int peer) {
        return running && waiting.contains(peer);
    }

    /** Our epoch is over: a token is not made any more, and none that was sent to us counts. */
    void lapse() {
        running = false;
        inDoubt = true;
        ours = false;
        due.clear();
    }

    boolean untouched() {
        return generation == 0 && floor == 0;
    }

    String about() {
        return ", generation " + generation + ", hop " + hops;
    }
}
