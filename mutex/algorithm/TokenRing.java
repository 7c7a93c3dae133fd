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
 * A token goes round the peers in the order of their ids (T3); who has it enters (T1), or passes it on. As long as
 * somebody has wanted it in the last two rounds it does not rest; then it rests at each peer for a while,
 * until a request wakes it. One message an entry where all want it; where one does, up to N - 1 requests,
 * as many hops to it, and the 2N until it rests again.
 *
 * <p>A request says only "do not rest" (T4): it is not answered, unless it is a try. The token is passed on
 * again to the same peer until it comes round. It dies with the peer that has it; see {@link TokenRecovery}.
 *
 * <p>Source: Le Lann, "Distributed systems: towards a formal approach", IFIP Congress, 1977; protocol.md, token ring.
 */
public final class TokenRing implements Algorithm, Algorithm.TokenBased, Algorithm.Timed, Algorithm.PassedByHand {

    public static final String NAME = "token-ring";
    /** How long the token rests at each peer while nobody wants it, unless said otherwise: nanoseconds. */
    public static final long PACE = 1_000_000_000L;
    public static final AlgorithmKind KIND = new RingKind(PACE, false);

    /**
     * A token ring for every lock.
     *
     * @param pace how long a token that nobody wants rests at each peer, in nanoseconds; above 0
     * @param byHand it is passed on by {@link #pass} only
     */
    public record RingKind(long pace, boolean byHand) implements AlgorithmKind {

        @Override
        public String name() {
            return NAME;
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
            return NAME + " " + pace + (byHand ? " by-hand" : "");
        }

        @Override
        public AlgorithmKind with(List<String> words) {
            return words.isEmpty() ? this : new RingKind(Long.parseLong(words.get(0)), words.size() > 1);
        }
    }

    private final int self;
    private final boolean byHand; // a person passes it on
    private final TokenState passing; // T3, T4
    private final PendingTries tries = new PendingTries();
    private TokenKnowledge known = new TokenKnowledge();
    private TokenRecovery making;
    private SortedSet<Integer> others;
    private State state = State.IDLE;
    private Stamp mine; // our request; null when IDLE
    private boolean attempt; // our request is a try

    public TokenRing(int self, Set<Integer> others, long pace, boolean byHand) {
        this.self = self;
        this.others = new TreeSet<>(others);
        this.byHand = byHand;
        passing = new TokenState(pace);
        making = new TokenRecovery(known, passing);
    }

    @Override
    public List<Outgoing> request(Stamp stamp, boolean attempt) {
        if (state != State.IDLE) {
            throw new IllegalStateException("request: lock is " + state + " at peer " + self + ", not IDLE");
        }
        state = State.WANTED;
        mine = stamp;
        this.attempt = attempt;
        List<Outgoing> messages = tries.refuseAll();
        boolean comesByItself = !byHand && !attempt && passing.quiet() < round() && !known.inDoubt();
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
            return making.vowed(from, vow, others);
        } else if (message instanceof Refusal
                && state == State.WANTED && attempt && !passing.hasToken() && message.stamp().equals(mine)) {
            return exit();
        }
        return List.of();
    }

    private List<Outgoing> onRequest(int from, Request request) {
        passing.wake();
        if (!request.attempt()) {
            return List.of();
        }
        boolean weGoFirst = state == State.HELD || state == State.WANTED && (!attempt || mine.compareTo(request.stamp()) < 0);
        return tries.take(from, new Refusal(request.stamp(), state == State.HELD), weGoFirst || byHand && passing.hasToken());
    }

    private void onToken(Token token) {
        if (known.fresh(token)) {
            passing.repeatNoMore();
            passing.take(token);
        }
    }

    private List<Outgoing> onCensus(int from, Census census) {
        boolean late = passing.hasFrom(census.generation()); // T8, a copy: that token has been made
        if (state == State.HELD && !late) {
            known.answerLater(from, census);
            return List.of();
        }
        passing.discardBelow(census.generation());
        return List.of(new Outgoing(from, known.vow(census)));
    }

    @Override
    public boolean ready(Set<Integer> absent) {
        return state == State.WANTED && passing.hasToken();
    }

    @Override
    public void enter(Set<Integer> absent) {
        if (!ready(absent)) {
            throw new IllegalStateException("enter: " + state + ", the token is " + (passing.hasToken() ? "here" : "elsewhere"));
        }
        state = State.HELD;
        passing.endRest();
    }

    /** The token goes on, or dies if a new one is being made: the next asker of this peer waits until it has gone round. */
    @Override
    public List<Outgoing> exit() {
        boolean held = state == State.HELD;
        state = State.IDLE;
        mine = null;
        List<Outgoing> messages = new ArrayList<>();
        known.answersDue().forEach((peer, census) -> messages.addAll(onCensus(peer, census)));
        if (held && passing.hasToken() && !byHand && !others.isEmpty()) {
            messages.addAll(passOn(0));
        }
        return messages;
    }

    /** Passes on the token when nobody here wants it and its rest is over. */
    @Override
    public List<Outgoing> onTime(long now) {
        if (!passing.hasToken() || state != State.IDLE || others.isEmpty()) {
            return List.of();
        }
        if (byHand) {
            return tries.refuseAll(); // they would wait for a person
        }
        return passing.rests(now, round()) ? List.of() : passOn(passing.quietSoFar(round()));
    }

    @Override
    public long wakeAt() {
        return state == State.WANTED ? Long.MAX_VALUE : passing.restsUntil(); // it may be kept from entering
    }

    @Override
    public List<Outgoing> pass() {
        if (!passing.hasToken()) {
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
        known.saw(passing.passOn(next, quietSoFar, round()));
        tries.leaveToOthers();
        return passing.repeat();
    }

    private int round() {
        return others.size() + 1;
    }

    /** T6 */
    @Override
    public boolean tokenMayBeLost() {
        return making.running() || known.inDoubt() && (state == State.WANTED || known.ours());
    }

    /** Asks all others to vow that they discard every older token; makes a new one when they have. */
    @Override
    public List<Outgoing> replaceToken() {
        return making.begin(others);
    }

    @Override
    public List<Outgoing> repeatTo(int peer) {
        List<Outgoing> messages = new ArrayList<>();
        if (passing.wentTo() == peer) {
            messages.addAll(passing.repeat());
        }
        messages.addAll(repeatRequest(peer));
        messages.addAll(making.repeatTo(peer));
        return messages;
    }

    private List<Outgoing> repeatRequest(int peer) {
        return state == State.WANTED && !passing.hasToken() ? List.of(new Outgoing(peer, new Request(mine, attempt))) : List.of();
    }

    /** T6: the token may have been there. */
    @Override
    public List<Outgoing> onPeerEpoch(int peer) {
        tries.forget(peer);
        if (passing.wentTo() == peer) {
            passing.repeatNoMore();
            known.seeTo();
        }
        known.onPeerEpoch(peer, passing.hasToken());
        List<Outgoing> messages = new ArrayList<>(making.restart(others));
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
        boolean alone = others.isEmpty() || members.isEmpty(); // T9, before or now: the tokens of one are none of the other
        others = new TreeSet<>(members);
        passing.assumeQuiet(2 * round());
        if (alone) {
            passing.drop();
            passing.repeatNoMore();
            known = new TokenKnowledge();
            making = new TokenRecovery(known, passing);
        }
        tries.keepOnly(members);
        if (passing.wentTo() != 0 && !members.contains(passing.wentTo())) {
            passing.repeatNoMore();
            known.seeTo();
        }
        if (fewer) {
            known.fewer(members, passing.hasToken());
        }
        List<Outgoing> messages = new ArrayList<>(making.restart(others));
        messages.addAll(passing.repeat());
        others.forEach(peer -> messages.addAll(repeatRequest(peer)));
        return messages;
    }

    @Override
    public List<Outgoing> onOwnEpochEnd() {
        List<Outgoing> vows = exit();
        passing.drop();
        passing.repeatNoMore();
        known.onOwnEpochEnd();
        making.stop();
        return vows;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public State state() {
        return state;
    }

    @Override
    public Stamp stamp() {
        return mine;
    }

    @Override
    public boolean awaits(int peer) {
        return making.asks(peer);
    }

    /** Those whose vow is missing while a new token is made. */
    @Override
    public SortedSet<Integer> missing() {
        return making.missing();
    }

    @Override
    public SortedMap<Integer, Stamp> deferred() {
        return Collections.emptySortedMap();
    }

    @Override
    public boolean droppable() {
        return state == State.IDLE && known.untouched();
    }

    @Override
    public TokenPlace tokenPlace() {
        return passing.hasToken() ? TokenPlace.HERE : making.running() ? TokenPlace.BEING_MADE : TokenPlace.ELSEWHERE;
    }

    @Override
    public String describe() {
        return passing.hasToken() ? "the token is here" + known.describe()
                : making.running() ? "a new token is being made"
                : passing.wentTo() != 0 ? "the token went to peer " + passing.wentTo() + known.describe() : "the token is elsewhere";
    }
}
