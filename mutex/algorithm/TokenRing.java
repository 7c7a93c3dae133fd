package mutex.algorithm;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import mutex.algorithm.Message.Census;
import mutex.algorithm.Message.Refusal;
import mutex.algorithm.Message.Request;
import mutex.algorithm.Message.Token;
import mutex.algorithm.Message.Vow;

/**
 * A token goes round the peers in the order of their ids; who has it enters, or passes it on. As long as
 * somebody has wanted it in the last two rounds it does not rest; then it rests at each peer for a while,
 * until a request wakes it. One message an entry where all want it, up to 3N - 1 where one does.
 *
 * <p>A request says only "do not rest": it is not answered, unless it is a try. The token is passed on
 * again to the same peer until it comes round. It dies with the peer that has it; see {@link Renewal}.
 *
 * <p>Source: Le Lann, "Distributed systems: towards a formal approach", IFIP Congress, 1977; protocol.md, token ring.
 */
public final class TokenRing implements Algorithm {

    public static final String NAME = "token-ring";
    /** How {@link #about} begins at the peer that has the token. */
    public static final String HERE = "the token is here";

    /** So long the token rests at each peer while nobody wants it, unless said otherwise: nanoseconds. */
    public static final long PACE = 1_000_000_000L;

    private final int self;
    private final long pace; // nanoseconds
    private final boolean byHand; // a person passes it on
    private SortedSet<Integer> others;
    private State state = State.IDLE;
    private Stamp mine; // our request; null when IDLE
    private boolean attempt; // our request is a try
    private Token here; // null while the token is elsewhere
    private Outgoing passed; // what we passed on, until it has come round; null: nothing
    private int quiet; // as of the last time that it was here
    private boolean woken; // somebody wants it, and we have not passed it on since
    private final SortedMap<Integer, Stamp> tries = new TreeMap<>(); // requests that end when somebody else goes first
    private long restsUntil = Long.MAX_VALUE; // when it is to be passed on; nanoseconds
    private Renewal renewal = new Renewal();

    public TokenRing(int self, Set<Integer> others, long pace, boolean byHand) {
        this.self = self;
        this.others = new TreeSet<>(others);
        this.pace = pace;
        this.byHand = byHand;
    }

    /**
     * The algorithm of every lock.
     *
     * @param pace how long a token that nobody wants rests at each peer, in nanoseconds; above 0
     * @param byHand it is passed on by {@link #pass} only
     */
    public static Algorithms locks(long pace, boolean byHand) {
        return new Algorithms() {
            @Override
            public Algorithm make(int self, Set<Integer> others) {
                return new TokenRing(self, others, pace, byHand);
            }

            @Override
            public String name() {
                return NAME;
            }

            @Override
            public String text() {
                return NAME + " " + pace + (byHand ? " by-hand" : "");
            }
        };
    }

    /** As {@link Algorithms#text} has it. */
    static Algorithms locks(String text) {
        String[] words = text.split(" ");
        return locks(Long.parseLong(words[1]), words.length > 2);
    }

    @Override
    public List<Outgoing> request(Stamp stamp, boolean attempt) {
        if (state != State.IDLE) {
            throw new IllegalStateException("request: lock is " + state + " at peer " + self + ", not IDLE");
        }
        state = State.WANTED;
        mine = stamp;
        this.attempt = attempt;
        List<Outgoing> messages = refuseTries();
        boolean comesByItself = !byHand && !attempt && quiet < others.size() + 1 && !renewal.inDoubt();
        if (!comesByItself) {
            others.forEach(peer -> messages.addAll(repeatRequest(peer)));
        }
        return messages;
    }

    private List<Outgoing> refuseTries() {
        List<Outgoing> refusals = new ArrayList<>();
        tries.forEach((peer, stamp) -> refusals.add(new Outgoing(peer, new Refusal(stamp))));
        tries.clear();
        return refusals;
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
            return renewal.vowed(from, vow) ? onAllVows() : List.of();
        } else if (message instanceof Refusal && state == State.WANTED && attempt && here == null && message.stamp().equals(mine)) {
            return leave();
        }
        return List.of();
    }

    private List<Outgoing> onRequest(int from, Request request) {
        woken = true;
        boolean weGoFirst = state == State.HELD || state == State.WANTED && (!attempt || mine.compareTo(request.stamp()) < 0);
        if (!request.attempt()) {
            return List.of();
        }
        if (weGoFirst || byHand && here != null) {
            return List.of(new Outgoing(from, new Refusal(request.stamp())));
        }
        tries.put(from, request.stamp());
        return List.of();
    }

    private void onToken(Token token) {
        if (renewal.fresh(token)) {
            passed = null;
            here = token;
        }
    }

    private List<Outgoing> onCensus(int from, Census census) {
        boolean kept = here != null && here.generation() >= census.generation(); // the question is a late copy
        if (state == State.HELD && !kept) {
            renewal.answerLater(from, census);
            return List.of();
        }
        if (!kept) {
            drop();
        }
        if (passed != null && ((Token) passed.message()).generation() < census.generation()) {
            passed = null;
        }
        return List.of(new Outgoing(from, renewal.vow(census)));
    }

    @Override
    public boolean ready(Set<Integer> excused) {
        return state == State.WANTED && here != null;
    }

    @Override
    public void enter(Set<Integer> excused) {
        if (!ready(excused)) {
            throw new IllegalStateException("enter: " + state + ", the token is " + (here == null ? "elsewhere" : "here"));
        }
        state = State.HELD;
        restsUntil = Long.MAX_VALUE;
    }

    private void drop() {
        here = null;
        restsUntil = Long.MAX_VALUE;
    }

    /** The token goes on, or dies if a new one is being made: the next asker of this peer waits until it has gone round. */
    @Override
    public List<Outgoing> leave() {
        boolean held = state == State.HELD;
        state = State.IDLE;
        mine = null;
        List<Outgoing> messages = new ArrayList<>();
        renewal.answersDue().forEach((peer, census) -> messages.addAll(onCensus(peer, census)));
        if (held && here != null && !byHand && !others.isEmpty()) {
            messages.addAll(passOn(0));
        }
        return messages;
    }

    /** Lets the time pass: whoever does not want the token passes it on when its rest is over. */
    public List<Outgoing> at(long now) {
        if (here == null || state != State.IDLE || others.isEmpty()) {
            return List.of();
        }
        if (byHand) {
            return refuseTries(); // they would wait for a person
        }
        if (here.quiet() >= 2 * round() && !woken) {
            restsUntil = Math.min(restsUntil, now + pace);
            return now < restsUntil ? List.of() : passOn(here.quiet());
        }
        return passOn(woken ? Math.min(here.quiet(), round()) : here.quiet());
    }

    /**
     * Passes the token on.
     *
     * @throws IllegalStateException in one line when it is not here, or in use
     */
    public List<Outgoing> pass() {
        if (here == null) {
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
        Token token = new Token(here.generation(), here.hops() + 1, Math.min(quietSoFar, 2 * round() - 1) + 1);
        passed = new Outgoing(next, token);
        renewal.saw(token);
        quiet = quietSoFar;
        drop();
        woken = false;
        tries.clear(); // they get it, or somebody who refuses them
        return List.of(passed);
    }

    private int round() {
        return others.size() + 1;
    }

    /** When {@link #at} is to be called at the latest, in nanoseconds. */
    public long wakeAt() {
        return restsUntil;
    }

    /** Whether a new token is needed, and {@link #renew} to be called under the lock that only one peer holds. */
    public boolean bereft() {
        return renewal.running() || renewal.inDoubt() && (state == State.WANTED || renewal.ours());
    }

    /** Asks all others to vow that they discard every older token, if that has not begun yet; then makes a new one. */
    public List<Outgoing> renew() {
        if (renewal.running()) {
            return List.of();
        }
        passed = null;
        renewal.begin();
        if (others.isEmpty()) {
            makeToken();
        }
        return renewal.ask(others);
    }

    private List<Outgoing> onAllVows() {
        if (renewal.settled()) {
            makeToken();
            return List.of();
        }
        return renewal.ask(others);
    }

    private void makeToken() {
        here = renewal.make();
    }

    @Override
    public List<Outgoing> repeatTo(int peer) {
        List<Outgoing> messages = new ArrayList<>();
        if (passed != null && passed.to() == peer) {
            messages.add(passed);
        }
        messages.addAll(repeatRequest(peer));
        messages.addAll(renewal.repeatTo(peer));
        return messages;
    }

    private List<Outgoing> repeatRequest(int peer) {
        return state == State.WANTED && here == null ? List.of(new Outgoing(peer, new Request(mine, attempt))) : List.of();
    }

    /** The token may have been there. */
    @Override
    public List<Outgoing> renewed(int peer) {
        tries.remove(peer);
        if (passed != null && passed.to() == peer) {
            passed = null;
            renewal.seeTo();
        }
        renewal.renewed(peer, here != null);
        List<Outgoing> messages = new ArrayList<>(renewal.restart(others));
        messages.addAll(repeatRequest(peer));
        return messages;
    }

    @Override
    public void ignore(int peer) {
        tries.remove(peer);
    }

    @Override
    public List<Outgoing> regroup(Set<Integer> members) {
        boolean fewer = !members.containsAll(others);
        boolean alone = others.isEmpty() || members.isEmpty(); // before or now: the tokens of one are none of the other
        others = new TreeSet<>(members);
        quiet = 2 * round();
        if (alone) {
            drop();
            passed = null;
            renewal = new Renewal();
        }
        tries.keySet().retainAll(members);
        if (passed != null && !members.contains(passed.to())) {
            passed = null;
            renewal.seeTo();
        }
        if (fewer) {
            renewal.fewer(members, here != null);
        }
        List<Outgoing> messages = new ArrayList<>(renewal.restart(others));
        if (passed != null) {
            messages.add(passed);
        }
        others.forEach(peer -> messages.addAll(repeatRequest(peer)));
        return messages;
    }

    @Override
    public List<Outgoing> lapse() {
        List<Outgoing> vows = leave();
        drop();
        passed = null;
        renewal.lapse();
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
        return renewal.asks(peer);
    }

    /** Those whose vow is missing while a new token is made. */
    @Override
    public SortedSet<Integer> missing() {
        return renewal.missing();
    }

    @Override
    public SortedMap<Integer, Stamp> deferred() {
        return Collections.emptySortedMap();
    }

    @Override
    public boolean forgettable() {
        return state == State.IDLE && renewal.untouched();
    }

    @Override
    public String about() {
        return here != null ? HERE + renewal.about()
                : renewal.running() ? "a new token is being made"
                : passed != null ? "the token went to peer " + passed.to() + renewal.about() : "the token is elsewhere";
    }
}
