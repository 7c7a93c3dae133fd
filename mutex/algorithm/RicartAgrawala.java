package mutex.algorithm;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import mutex.algorithm.Message.Permission;
import mutex.algorithm.Message.Refusal;
import mutex.algorithm.Message.Request;

/**
 * Ricart-Agrawala: ask every other peer (C1), enter when all have given permission (C5), and let those wait
 * who asked after us and are in conflict with us (C2); what a peer asked or permitted ends with its epoch (C4). 2(N-1) messages
 * an entry, entries in the order of stamps. What is in conflict, {@link Mode} says: of exclusive requests all are, and that is the paper.
 *
 * <p>Source: Ricart and Agrawala, "An optimal algorithm for mutual exclusion in computer networks",
 * CACM 24(1), 1981, https://doi.org/10.1145/358527.358537; protocol.md, K1 to K6, for the modes.
 */
public class RicartAgrawala implements Algorithm {

    public static final String NAME = "ricart-agrawala";
    public static final AlgorithmKind KIND = AlgorithmKind.of(NAME, AlgorithmKind.EntryRule.PERMISSIONS, RicartAgrawala::new);

    private final int self;
    private final Claims claims = new Claims(); // our holds, and our wish
    private SortedSet<Integer> others; // shared with other locks, never changed
    final SortedMap<Integer, Long> granted = new TreeMap<>(); // C3, K3: who has permitted our wish, and the least it said is used there
    private final RememberedRequests remembered = new RememberedRequests(); // C2, K1

    public RicartAgrawala(int self, Set<Integer> others) {
        this.self = self;
        this.others = sorted(others);
    }

    @Override
    public List<Outgoing> request(Request wish) {
        if (wish() != null || !hasRoom(wish.mode())) {
            throw new IllegalStateException("request: lock is " + state() + " at peer " + self + ", not IDLE");
        }
        claims.want(wish);
        return ask();
    }

    /** Who has permitted already, as it kept its permission, is not asked. */
    private List<Outgoing> ask() {
        List<Outgoing> requests = new ArrayList<>(others.size());
        others.forEach(peer -> {
            if (!granted.containsKey(peer)) {
                requests.add(new Outgoing(peer, wish()));
            }
        });
        return requests;
    }

    @Override
    public List<Outgoing> receive(int from, Message message) {
        if (!others.contains(from)) {
            return List.of();
        }
        if (message instanceof Request request) {
            return onRequest(from, request);
        }
        boolean answersUs = wish() != null && wish().stamp().equals(message.stamp());
        if (answersUs && message instanceof Permission permission) {
            granted.merge(from, permission.used(), Math::min); // a repeated permission counts once
        }
        // C3, C6: a refusal may be a late copy from before a cancel; only the present try can end by it.
        return answersUs && wish().attempt() && message instanceof Refusal ? exit(message.stamp()) : List.of();
    }

    private List<Outgoing> onRequest(int from, Request request) {
        long used = claims.used(request); // by us who are inside, and by our wish if it is older
        if (used <= request.mode().room()) {
            remembered.permitted(from, request, used);
            return List.of(new Outgoing(from, new Permission(request.stamp(), used)));
        }
        if (request.attempt()) {
            return List.of(new Outgoing(from, new Refusal(request.stamp(), !hasRoom(request.mode()))));
        }
        remembered.defer(from, request);
        return List.of();
    }

    @Override
    public boolean ready(Set<Integer> absent) {
        return wish() != null && used(absent) <= wish().mode().room();
    }

    @Override
    public boolean full(Set<Integer> absent) {
        long used = wish() == null ? Long.MAX_VALUE : used(absent);
        return used != Long.MAX_VALUE && used > wish().mode().room();
    }

    /** K4: how much of what we wish for is used, as far as the others have said and those inside here; no room is left until all have. */
    private long used(Set<Integer> absent) {
        if (granted.size() + absent.size() < others.size()) {
            return Long.MAX_VALUE; // asked at every answer, and most are not the last
        }
        long used = claims.usedByHolds(wish().mode());
        for (int peer : others) {
            Long there = absent.contains(peer) ? Long.valueOf(0) : granted.get(peer);
            if (there == null) {
                return Long.MAX_VALUE;
            }
            used += there;
        }
        return used;
    }

    @Override
    public void enter(Set<Integer> absent) {
        if (!ready(absent)) {
            throw new IllegalStateException("enter: " + state() + ", permission missing from " + missing());
        }
        claims.enter();
        spendPermissions();
    }

    @Override
    public List<Outgoing> exit(Stamp stamp) {
        if (!claims.end(stamp)) {
            return List.of();
        }
        if (wish() == null) {
            spendPermissions();
        }
        return remembered.review(claims);
    }

    /** They were for one entry. */
    void spendPermissions() {
        granted.clear();
    }

    @Override
    public boolean mayJoin(Mode mode) {
        return claims.heldAlike(mode) && wish() == null && !remembered.anyDeferred();
    }

    @Override
    public void join(Stamp stamp, Mode mode) {
        if (!mayJoin(mode)) {
            throw new IllegalStateException("join: " + mode + " beside " + holds());
        }
        claims.hold(stamp, mode);
    }

    /** Also to who said that some of it is used: that less is used now may have been lost (K2). */
    @Override
    public List<Outgoing> repeatTo(int peer) {
        boolean waits = awaits(peer) || wish() != null && granted.getOrDefault(peer, 0L) > 0;
        return waits ? List.of(new Outgoing(peer, wish())) : List.of();
    }

    @Override
    public List<Outgoing> onPeerEpoch(int peer) {
        granted.remove(peer);
        remembered.forget(peer);
        return repeatTo(peer);
    }

    @Override
    public void onRemoval(int peer) {
        remembered.forget(peer);
    }

    /** G1, P3: keeps our stamp, but asks everyone anew, as a permission counts only in the group it was given in. */
    @Override
    public List<Outgoing> onMembers(Set<Integer> members) {
        others = sorted(members);
        remembered.keepOnly(members);
        granted.clear();
        return wish() == null ? List.of() : ask();
    }

    /** S0, P3. */
    @Override
    public List<Outgoing> onOwnEpochEnd() {
        claims.endAll();
        granted.clear();
        return remembered.review(claims);
    }

    /** Not copied if it need not be: every request that finds a lock idle makes one of these. */
    private static SortedSet<Integer> sorted(Set<Integer> peers) {
        return peers instanceof SortedSet<Integer> sorted ? sorted : new TreeSet<>(peers);
    }

    @Override
    public Request wish() {
        return claims.wish();
    }

    @Override
    public SortedMap<Stamp, Mode> holds() {
        return claims.holds();
    }

    @Override
    public boolean hasRoom(Mode mode) {
        return claims.usedByHolds(mode) <= mode.room();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean awaits(int peer) {
        return wish() != null && others.contains(peer) && !granted.containsKey(peer);
    }

    @Override
    public boolean asksNobody() {
        return granted.size() == others.size();
    }

    @Override
    public boolean tellsNobody() {
        return remembered.isEmpty();
    }

    @Override
    public SortedSet<Integer> missing() {
        SortedSet<Integer> missing = new TreeSet<>();
        if (wish() != null) {
            missing.addAll(others);
            missing.removeAll(granted.keySet());
        }
        return missing;
    }

    @Override
    public SortedMap<Integer, Stamp> deferred() {
        return remembered.deferred();
    }

    @Override
    public boolean defers(int peer, Stamp stamp) {
        return remembered.defers(peer, stamp);
    }

    @Override
    public boolean droppable() {
        return state() == State.IDLE && remembered.isEmpty();
    }
}
