package mutex.algorithm;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import mutex.algorithm.Message.Census;
import mutex.algorithm.Message.Refusal;
import mutex.algorithm.Message.Request;
import mutex.algorithm.Message.Token;
import mutex.algorithm.Message.Vow;

/**
 * A token goes round the peers in the order of their ids (T3). The peer that has it enters (T1), or passes it on. For two
 * rounds after somebody wanted it, it is passed on at once; then it rests at each peer for a while, until a request
 * wakes it. One message an entry where all want the lock. Where one peer does: up to N - 1 requests, as many
 * hops until the token is there, and 2N until it rests again.
 *
 * <p>A request only says "do not rest" (T4); it is answered only if it is a try. The token is sent again over each new
 * link to the next peer, until it has come round. It is lost with the peer that has it; see {@link TokenRecovery}.
 *
 * <p>Source: Le Lann, "Distributed systems: towards a formal approach", IFIP Congress, 1977; protocol.md, token ring.
 */
public final class TokenRing extends AbstractAlgorithm implements Algorithm.TokenBased, Algorithm.Timed, Algorithm.PassedByHand {

    public static final String NAME = "token-ring";
    /** How long the token rests at each peer while nobody wants it, unless said otherwise: nanoseconds. */
    public static final long PACE = 1_000_000_000L;
    public static final AlgorithmKind KIND = new RingKind(PACE, false);

    private final boolean byHand; // a person passes it on
    private final TokenState tokenState; // T3, T4
    private final PendingTries tries = new PendingTries();
    private TokenKnowledge knowledge = new TokenKnowledge();
    private TokenRecovery recovery;
    private SortedSet<Integer> others;

    public TokenRing(int self, Set<Integer> others, long pace, boolean byHand) {
        super(self);
        this.others = new TreeSet<>(others);
        this.byHand = byHand;
        tokenState = new TokenState(pace);
        recovery = new TokenRecovery(knowledge, tokenState);
    }

    @Override
    protected List<Outgoing> ask() {
        List<Outgoing> messages = tries.refuseAll();
        boolean comesByItself = !byHand && !attempt && tokenState.quiet() < round() && !knowledge.inDoubt();
        if (!comesByItself) {
            others.forEach(peer -> messages.addAll(repeatRequest(peer)));
        }
        return messages;
    }

    @Override
    public List<Outgoing> receive(int from, Message message) {
        if (!others.contains(from)) {
            return List.of();
        }
        if (message instanceof Request request) {
            return onRequest(from, request);
        } else if (message instanceof Token token) {
            onToken(token);
        } else if (message instanceof Census census) {
            return onCensus(from, census);
        } else if (message instanceof Vow vow) {
            return recovery.vowed(from, vow, others);
        } else if (message instanceof Refusal
                && state == State.WANTED && attempt && !tokenState.hasToken() && message.stamp().equals(mine)) {
            return exit();
        }
        return List.of();
    }

    private List<Outgoing> onRequest(int from, Request request) {
        tokenState.wake();
        if (!request.attempt()) {
            return List.of();
        }
        boolean weGoFirst = state == State.HELD || state == State.WANTED && (!attempt || mine.compareTo(request.stamp()) < 0);
        return tries.take(from, new Refusal(request.stamp(), state == State.HELD), weGoFirst || byHand && tokenState.hasToken());
    }

    private void onToken(Token token) {
        if (knowledge.accept(token)) {
            tokenState.repeatNoMore();
            tokenState.take(token);
        }
    }

    private List<Outgoing> onCensus(int from, Census census) {
        boolean late = tokenState.hasFrom(census.generation()); // T8, a copy: that token has been made
        if (state == State.HELD && !late) {
            knowledge.answerLater(from, census);
            return List.of();
        }
        tokenState.discardBelow(census.generation());
        return List.of(new Outgoing(from, knowledge.vow(census)));
    }

    @Override
    public boolean ready(Set<Integer> absent) {
        return state == State.WANTED && tokenState.hasToken();
    }

    @Override
    public void enter(Set<Integer> absent) {
        if (!ready(absent)) {
            throw new IllegalStateException("enter: " + state + ", the token is " + (tokenState.hasToken() ? "here" : "elsewhere"));
        }
        state = State.HELD;
        tokenState.endRest();
    }

    /** The token goes on, or is discarded if a new one is being made. The next asker of this peer waits until it has gone round. */
    @Override
    public List<Outgoing> exit() {
        boolean held = state == State.HELD;
        state = State.IDLE;
        mine = null;
        List<Outgoing> messages = new ArrayList<>();
        knowledge.answersDue().forEach((peer, census) -> messages.addAll(onCensus(peer, census)));
        if (held && tokenState.hasToken() && !byHand && !others.isEmpty()) {
            messages.addAll(passOn(0));
        }
        return messages;
    }

    /** Passes on the token when nobody here wants it and its rest is over. */
    @Override
    public List<Outgoing> onTime(long now) {
        if (!tokenState.hasToken() || state != State.IDLE || others.isEmpty()) {
            return List.of();
        }
        if (byHand) {
            return tries.refuseAll(); // they would wait for a person
        }
        return tokenState.rests(now, round()) ? List.of() : passOn(tokenState.quietSoFar(round()));
    }

    @Override
    public long wakeAt() {
        return state == State.WANTED ? Long.MAX_VALUE : tokenState.restsUntil(); // it may be kept from entering
    }

    @Override
    public List<Outgoing> pass() {
        if (!tokenState.hasToken()) {
            throw new IllegalStateException("the token is not at this peer");
        } else if (state == State.HELD) {
            throw new IllegalStateException("this peer is inside with the token; release first");
        } else if (others.isEmpty()) {
            throw new IllegalStateException("there is no other peer to pass the token to");
        }
        return passOn(0);
    }

    private List<Outgoing> passOn(int quietSoFar) {
        SortedSet<Integer> after = others.tailSet(self);
        int next = after.isEmpty() ? others.first() : after.first();
        knowledge.remember(tokenState.passOn(next, quietSoFar, round()));
        tries.leaveToOthers();
        return tokenState.repeat();
    }

    private int round() {
        return others.size() + 1;
    }

    /** T6: a token that may be lost is replaced by somebody who wants it, or by the peer that alone may have noticed. */
    @Override
    public boolean tokenMayBeLost() {
        return recovery.running() || knowledge.inDoubt() && (state == State.WANTED || knowledge.responsible());
    }

    /** Asks all others to vow that they discard every older token; makes a new one when they have. */
    @Override
    public List<Outgoing> replaceToken() {
        return recovery.begin(others);
    }

    @Override
    public List<Outgoing> repeatTo(int peer) {
        List<Outgoing> messages = new ArrayList<>();
        if (tokenState.wentTo() == peer) {
            messages.addAll(tokenState.repeat());
        }
        messages.addAll(repeatRequest(peer));
        messages.addAll(recovery.repeatTo(peer));
        return messages;
    }

    private List<Outgoing> repeatRequest(int peer) {
        return state == State.WANTED && !tokenState.hasToken() ? List.of(new Outgoing(peer, new Request(mine, attempt))) : List.of();
    }

    /** T6: the peer may have had the token. */
    @Override
    public List<Outgoing> onPeerEpoch(int peer) {
        tries.forget(peer);
        if (tokenState.wentTo() == peer) {
            tokenState.repeatNoMore();
            knowledge.markLost();
        }
        knowledge.onPeerEpoch(peer, tokenState.hasToken());
        List<Outgoing> messages = new ArrayList<>(recovery.restart(others));
        messages.addAll(repeatRequest(peer));
        return messages;
    }

    @Override
    public void onRemoval(int peer) {
        tries.forget(peer);
    }

    @Override
    public List<Outgoing> onMembers(Set<Integer> members) {
        boolean fewer = !members.containsAll(others);
        boolean alone = others.isEmpty() || members.isEmpty(); // T9, before or now: a token from before does not count after
        others = new TreeSet<>(members);
        tokenState.assumeQuiet(2 * round());
        if (alone) {
            tokenState.drop();
            tokenState.repeatNoMore();
            knowledge = new TokenKnowledge();
            recovery = new TokenRecovery(knowledge, tokenState);
        }
        tries.keepOnly(members);
        if (tokenState.wentTo() != 0 && !members.contains(tokenState.wentTo())) {
            tokenState.repeatNoMore();
            knowledge.markLost();
        }
        if (fewer) {
            knowledge.onMembersGone(members, tokenState.hasToken());
        }
        List<Outgoing> messages = new ArrayList<>(recovery.restart(others));
        messages.addAll(tokenState.repeat());
        others.forEach(peer -> messages.addAll(repeatRequest(peer)));
        return messages;
    }

    @Override
    public List<Outgoing> onOwnEpochEnd() {
        List<Outgoing> vows = exit();
        tokenState.drop();
        tokenState.repeatNoMore();
        knowledge.onOwnEpochEnd();
        recovery.stop();
        return vows;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean awaits(int peer) {
        return recovery.asks(peer);
    }

    /** Those whose vow is missing while the token is being replaced. */
    @Override
    public SortedSet<Integer> missing() {
        return recovery.missing();
    }

    @Override
    public SortedMap<Integer, Stamp> deferred() {
        return Collections.emptySortedMap();
    }

    @Override
    public boolean droppable() {
        return state == State.IDLE && knowledge.blank();
    }

    @Override
    public TokenPlace tokenPlace() {
        return tokenState.hasToken() ? TokenPlace.HERE : recovery.running() ? TokenPlace.BEING_MADE : TokenPlace.ELSEWHERE;
    }

    @Override
    public String describe() {
        return tokenState.hasToken() ? "the token is here" + knowledge.describe()
                : recovery.running() ? "a new token is being made"
                : tokenState.wentTo() != 0 ? "the token went to peer " + tokenState.wentTo() + knowledge.describe() : "the token is elsewhere";
    }
}
