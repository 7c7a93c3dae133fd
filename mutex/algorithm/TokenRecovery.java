package mutex.algorithm;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import mutex.algorithm.Message.Census;
import mutex.algorithm.Message.Token;
import mutex.algorithm.Message.Vow;

/**
 * T8: how one peer of a ring makes a new token. The others vow to discard every older token, and when all have,
 * they are asked again. At the moment between the two rounds all vows stand at once, so no older token is
 * anywhere, and what is under way is for a peer that discards it, or for an earlier epoch of one that has
 * forgotten its vow.
 *
 * <p>T7: only who holds the reserved lock of the ring makes a token, so generations are never made twice.
 */
final class TokenRecovery {

    private final TokenKnowledge known;
    private final TokenState passing; // where the new token begins
    private boolean running;
    private long proposed; // generation of the token to be made
    private boolean again; // all have vowed, and are asked for the second time
    private long number; // of the present question; never used again
    private final SortedSet<Integer> waiting = new TreeSet<>(); // whose answer is missing
    private long highest; // of all answers
    private long lowest; // of those to the present question

    TokenRecovery(TokenKnowledge known, TokenState passing) {
        this.known = known;
        this.passing = passing;
    }

    boolean running() {
        return running;
    }

    /** Asks all others, unless that has begun already; a peer alone has nobody to ask. */
    List<Outgoing> begin(Set<Integer> others) {
        if (running) {
            return List.of();
        }
        running = true;
        passing.repeatNoMore();
        propose(known.highest() + 1);
        if (others.isEmpty()) {
            make();
        }
        return ask(others);
    }

    private void propose(long next) {
        proposed = next;
        known.discardBelow(next);
        again = false;
    }

    /** Asks everybody: what was answered before does not count. */
    private List<Outgoing> ask(Set<Integer> others) {
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
        return asks(peer) ? List.of(new Outgoing(peer, new Census(proposed, number))) : List.of();
    }

    boolean asks(int peer) {
        return running && waiting.contains(peer);
    }

    SortedSet<Integer> missing() {
        return running ? new TreeSet<>(waiting) : new TreeSet<>();
    }

    /** Takes one answer; the last one ends a round. */
    List<Outgoing> vowed(int peer, Vow vow, Set<Integer> others) {
        if (!running || vow.number() != number || !waiting.remove(peer)) {
            return List.of();
        }
        highest = Math.max(highest, vow.highest());
        lowest = Math.min(lowest, vow.highest());
        return waiting.isEmpty() ? allVowed(others) : List.of();
    }

    private List<Outgoing> allVowed(Set<Integer> others) {
        if (again && lowest == proposed && highest == proposed) {
            make();
            return List.of();
        }
        if (highest >= proposed + (again ? 1 : 0)) {
            propose(highest + 1);
        } else {
            again = !again;
        }
        return ask(others);
    }

    private void make() {
        running = false;
        known.calm();
        Token token = new Token(proposed, 0, 0);
        known.saw(token);
        passing.take(token);
    }

    void stop() {
        running = false;
    }
}
