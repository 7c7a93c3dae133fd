package mutex.algorithm;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import mutex.algorithm.Algorithm.Outgoing;
import mutex.algorithm.Message.Census;
import mutex.algorithm.Message.Token;
import mutex.algorithm.Message.Vow;

/**
 * T8: replaces a lost token (token regeneration). All other peers vow to discard every older token; when all have, they are
 * asked a second time. Between the two rounds all vows stood at the same moment, so no peer has an older token. Any that is still in
 * transit is addressed to a peer that will discard it, or to an earlier incarnation of a peer that has since restarted, and is ignored there.
 *
 * <p>T7: only the holder of the lock {@code .token/NAME} does this, so no generation is made twice.
 */
final class TokenRecovery {

    private final TokenKnowledge knowledge;
    private final TokenState tokenState; // where the new token begins
    private boolean running;
    private long proposed; // generation of the token to be made
    private boolean again; // the second round
    private long number; // of the present question; each has its own
    private final SortedSet<Integer> waiting = new TreeSet<>(); // whose answer is missing
    private long highest; // of all answers
    private long lowest; // of those to the present question

    TokenRecovery(TokenKnowledge knowledge, TokenState tokenState) {
        this.knowledge = knowledge;
        this.tokenState = tokenState;
    }

    boolean running() {
        return running;
    }

    /** Asks all others, unless that has begun already; a peer that is alone has nobody to ask. */
    List<Outgoing> begin(Set<Integer> others) {
        if (running) {
            return List.of();
        }
        running = true;
        tokenState.repeatNoMore();
        propose(knowledge.highest() + 1);
        if (others.isEmpty()) {
            make();
        }
        return ask(others);
    }

    private void propose(long next) {
        proposed = next;
        knowledge.discardBelow(next);
        again = false;
    }

    /** Asks everybody anew: earlier answers do not count. */
    private List<Outgoing> ask(Set<Integer> others) {
        number++;
        lowest = Long.MAX_VALUE;
        waiting.clear();
        waiting.addAll(others);
        List<Outgoing> questions = new ArrayList<>();
        others.forEach(peer -> questions.addAll(repeatTo(peer)));
        return questions;
    }

    /** Begins again with the first round, if a token is being made: a vow has been forgotten, or the group has changed. */
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
        knowledge.settled();
        Token token = new Token(proposed, 0, 0);
        knowledge.remember(token);
        tokenState.take(token);
    }

    void stop() {
        running = false;
    }
}
