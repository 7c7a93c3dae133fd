package mutex.algorithm;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
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
 * who asked after us (C2); what a peer asked or permitted ends with its epoch (C4). 2(N-1) messages an entry, entries in the order of stamps.
 *
 * <p>Source: Ricart and Agrawala, "An optimal algorithm for mutual exclusion in computer networks",
 * CACM 24(1), 1981, https://doi.org/10.1145/358527.358537
 */
public class RicartAgrawala extends AbstractAlgorithm {

    public static final String NAME = "ricart-agrawala";
    public static final AlgorithmKind KIND = AlgorithmKind.of(NAME, AlgorithmKind.EntryRule.PERMISSIONS, RicartAgrawala::new);

    private SortedSet<Integer> others; // shared with other locks, never changed
    final SortedSet<Integer> granted = new TreeSet<>(); // C3, a set: a repeated permission counts once
    private final SortedMap<Integer, Stamp> deferred = new TreeMap<>(); // C2, one slot a peer: its newest request

    public RicartAgrawala(int self, Set<Integer> others) {
        super(self);
        this.others = sorted(others);
    }

    /** Who has permitted already, as it kept its permission, is not asked. */
    @Override
    protected List<Outgoing> ask() {
        Request request = new Request(mine, attempt);
        List<Outgoing> requests = new ArrayList<>(others.size());
        others.forEach(peer -> {
            if (!granted.contains(peer)) {
                requests.add(new Outgoing(peer, request));
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
        boolean answersUs = state == State.WANTED && mine.equals(message.stamp());
        if (answersUs && message instanceof Permission) {
            granted.add(from);
        }
        // C3, C6: a refusal may be a late copy from before a cancel; only the present try can end by it.
        return answersUs && attempt && message instanceof Refusal ? exit() : List.of();
    }

    private List<Outgoing> onRequest(int from, Request request) {
        Stamp theirs = request.stamp();
        boolean weGoFirst = state == State.HELD || state == State.WANTED && mine.compareTo(theirs) < 0;
        if (!weGoFirst) {
            return List.of(new Outgoing(from, new Permission(theirs)));
        }
        if (request.attempt()) {
            return List.of(new Outgoing(from, new Refusal(theirs, state == State.HELD)));
        }
        deferred.merge(from, theirs, (old, now) -> old.compareTo(now) > 0 ? old : now);
        return List.of();
    }

    @Override
    public boolean ready(Set<Integer> absent) {
        if (state != State.WANTED) {
            return false;
        }
        for (int peer : others) {
            if (!granted.contains(peer) && !absent.contains(peer)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void enter(Set<Integer> absent) {
        if (!ready(absent)) {
            throw new IllegalStateException("enter: " + state + ", permission missing from " + missing());
        }
        state = State.HELD;
    }

    @Override
    public List<Outgoing> exit() {
        List<Outgoing> permissions = new ArrayList<>();
        deferred.entrySet().stream().sorted(Map.Entry.comparingByValue()) // C5: whoever is next hears it first
                .forEach(waits -> permissions.add(new Outgoing(waits.getKey(), new Permission(waits.getValue()))));
        state = State.IDLE;
        mine = null;
        granted.clear();
        deferred.clear();
        return permissions;
    }

    @Override
    public List<Outgoing> repeatTo(int peer) {
        return awaits(peer) ? List.of(new Outgoing(peer, new Request(mine, attempt))) : List.of();
    }

    @Override
    public List<Outgoing> onPeerEpoch(int peer) {
        granted.remove(peer);
        deferred.remove(peer);
        return repeatTo(peer);
    }

    @Override
    public void onRemoval(int peer) {
        deferred.remove(peer);
    }

    /** G1, P3: keeps our stamp, but asks everyone anew, as a permission counts only in the group it was given in. */
    @Override
    public List<Outgoing> onMembers(Set<Integer> members) {
        others = sorted(members);
        deferred.keySet().retainAll(members);
        granted.clear();
        return state == State.WANTED ? ask() : List.of();
    }

    /** Not copied if it need not be: every request that finds a lock idle makes one of these. */
    private static SortedSet<Integer> sorted(Set<Integer> peers) {
        return peers instanceof SortedSet<Integer> sorted ? sorted : new TreeSet<>(peers);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean awaits(int peer) {
        return state == State.WANTED && others.contains(peer) && !granted.contains(peer);
    }

    @Override
    public SortedSet<Integer> missing() {
        SortedSet<Integer> missing = new TreeSet<>();
        if (state == State.WANTED) {
            missing.addAll(others);
            missing.removeAll(granted);
        }
        return missing;
    }

    @Override
    public SortedMap<Integer, Stamp> deferred() {
        return Collections.unmodifiableSortedMap(deferred);
    }
}
