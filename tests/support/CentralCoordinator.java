package tests.support;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import mutex.algorithm.AbstractAlgorithm;
import mutex.algorithm.Algorithm.Outgoing;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.Message;
import mutex.algorithm.Message.Own;
import mutex.algorithm.Message.Permission;
import mutex.algorithm.Message.Refusal;
import mutex.algorithm.Message.Request;
import mutex.algorithm.Stamp;

/**
 * The example of docs/add-an-algorithm.md: the member with the lowest id gives the lock to one peer at a time.
 * Three messages an entry, REQUEST, PERMISSION and RELEASE, and more after a restart: a coordinator that knows nothing
 * asks every member WHO is inside before it gives the first permission.
 */
public class CentralCoordinator extends AbstractAlgorithm {

    public static final AlgorithmKind KIND =
            AlgorithmKind.of("central-coordinator", AlgorithmKind.EntryRule.OTHER, CentralCoordinator::new);

    private static final Own WHO = new Own("WHO", null, List.of());
    private static final Own NOT_I = new Own("NOT-I", null, List.of());

    /** Who may be inside, and with which request. */
    private record Grant(int peer, Stamp stamp) {}

    private SortedSet<Integer> others;
    private boolean permitted;
    // Of the coordinator:
    protected final Set<Integer> heard = new TreeSet<>(); // those who have told whether they are inside
    private final SortedMap<Integer, Stamp> queue = new TreeMap<>(); // by peer, its newest request
    private Grant given; // null: to nobody

    public CentralCoordinator(int self, Set<Integer> others) {
        super(self);
        this.others = new TreeSet<>(others);
    }

    private int coordinator() {
        return others.isEmpty() ? self : Math.min(self, others.iterator().next());
    }

    private boolean coordinates() {
        return coordinator() == self;
    }

    @Override
    protected List<Outgoing> ask() {
        permitted = false;
        return state != State.WANTED ? List.of()
                : coordinates() ? onRequest(self, new Request(mine, false)) : repeatTo(coordinator());
    }

    @Override
    public List<Outgoing> receive(int from, Message message) {
        if (!others.contains(from)) {
            return List.of();
        } else if (message instanceof Permission) {
            return onPermission(from, message.stamp());
        } else if (message instanceof Refusal) {
            return state == State.WANTED && attempt && message.stamp().equals(mine) ? exit() : List.of();
        } else if (message instanceof Request request) {
            return coordinates() ? onRequest(from, request) : List.of();
        }
        return message instanceof Own own ? onOwn(from, own) : List.of();
    }

    private List<Outgoing> onPermission(int from, Stamp stamp) {
        if (!stamp.equals(mine)) {
            return to(from, new Own("RELEASE", stamp, List.of())); // of a request that is over: our RELEASE was lost
        }
        permitted = permitted || state == State.WANTED && from == coordinator();
        return List.of();
    }

    private List<Outgoing> onOwn(int from, Own own) {
        switch (own.name()) {
            case "WHO":
                return to(from, state == State.HELD ? new Own("INSIDE", mine, List.of()) : NOT_I);
            case "NOT-I":
                heard.add(from);
                return giveNext();
            case "INSIDE":
                given = heard.add(from) && given == null ? new Grant(from, own.stamp()) : given;
                return repeatGrantTo(from); // it answers RELEASE if it has left meanwhile
            case "RELEASE":
                queue.computeIfPresent(from, (peer, stamp) -> stamp.compareTo(own.stamp()) > 0 ? stamp : null);
                given = new Grant(from, own.stamp()).equals(given) ? null : given;
                return giveNext();
            default:
                return List.of();
        }
    }

    private List<Outgoing> onRequest(int from, Request request) {
        Stamp stamp = request.stamp();
        if (given != null && given.peer() == from && given.stamp().compareTo(stamp) < 0) {
            given = null; // who asks again has left
        }
        boolean waits = given != null && !given.stamp().equals(stamp) || queue.keySet().stream().anyMatch(peer -> peer != from);
        if (request.attempt() && waits) {
            return to(from, new Refusal(stamp));
        }
        boolean first = queue.isEmpty();
        if (given == null || given.peer() != from) {
            queue.merge(from, stamp, (old, now) -> old.compareTo(now) > 0 ? old : now);
        }
        List<Outgoing> messages = new ArrayList<>();
        if (first) {
            others.forEach(peer -> messages.addAll(askWho(peer)));
        }
        messages.addAll(repeatGrantTo(from));
        messages.addAll(giveNext());
        return messages;
    }

    private List<Outgoing> askWho(int peer) {
        return coordinates() && !queue.isEmpty() && !heard.contains(peer) ? to(peer, WHO) : List.of();
    }

    private List<Outgoing> giveNext() {
        if (!coordinates() || given != null || queue.isEmpty() || !heard.containsAll(others)) {
            return List.of();
        }
        int next = queue.entrySet().stream().min(Map.Entry.comparingByValue()).orElseThrow().getKey();
        given = new Grant(next, queue.remove(next));
        permitted |= next == self;
        return repeatGrantTo(next);
    }

    private List<Outgoing> repeatGrantTo(int peer) {
        return given != null && given.peer() == peer && peer != self ? to(peer, new Permission(given.stamp())) : List.of();
    }

    private static List<Outgoing> to(int peer, Message message) {
        return List.of(new Outgoing(peer, message));
    }

    @Override
    public boolean ready(Set<Integer> absent) {
        return state == State.WANTED && permitted;
    }

    @Override
    public void enter(Set<Integer> absent) {
        if (!ready(absent)) {
            throw new IllegalStateException("enter: " + state + ", no permission of peer " + coordinator());
        }
        state = State.HELD;
    }

    @Override
    public List<Outgoing> exit() {
        Stamp over = mine;
        state = State.IDLE;
        mine = null;
        permitted = false;
        if (over == null) {
            return List.of();
        } else if (!coordinates()) {
            return to(coordinator(), new Own("RELEASE", over, List.of()));
        }
        queue.remove(self);
        given = new Grant(self, over).equals(given) ? null : given;
        return giveNext();
    }

    @Override
    public List<Outgoing> repeatTo(int peer) {
        if (peer == coordinator()) {
            return state == State.WANTED && !permitted ? to(peer, new Request(mine, attempt)) : List.of();
        }
        List<Outgoing> messages = new ArrayList<>(askWho(peer));
        messages.addAll(repeatGrantTo(peer));
        return messages;
    }

    /** Nobody is inside at a peer whose epoch begins; a coordinator has forgotten who asked. */
    @Override
    public List<Outgoing> onPeerEpoch(int peer) {
        if (peer == coordinator()) {
            return ask();
        }
        queue.remove(peer);
        given = given != null && given.peer() == peer ? null : given;
        List<Outgoing> messages = new ArrayList<>(askWho(peer));
        messages.addAll(giveNext());
        return messages;
    }

    @Override
    public void onRemoval(int peer) {
        queue.remove(peer);
    }

    /** There may be another coordinator, and no permission counts in a group that it was not given in. */
    @Override
    public List<Outgoing> onMembers(Set<Integer> members) {
        others = new TreeSet<>(members);
        forgetOthers();
        return ask();
    }

    @Override
    public List<Outgoing> onOwnEpochEnd() {
        List<Outgoing> messages = exit();
        forgetOthers();
        return messages;
    }

    private void forgetOthers() {
        heard.clear();
        queue.clear();
        given = coordinates() && state == State.HELD ? new Grant(self, mine) : null;
    }

    @Override
    public String name() {
        return KIND.name();
    }

    @Override
    public boolean awaits(int peer) {
        return missing().contains(peer);
    }

    @Override
    public SortedSet<Integer> missing() {
        SortedSet<Integer> missing = new TreeSet<>();
        if (state == State.WANTED && !permitted) {
            missing.addAll(coordinates() ? others : Set.of(coordinator()));
            missing.removeAll(given == null ? heard : others);
            missing.addAll(given == null || given.peer() == self ? Set.of() : Set.of(given.peer()));
        }
        return missing;
    }

    @Override
    public SortedMap<Integer, Stamp> deferred() {
        return Collections.emptySortedMap();
    }

    @Override
    public boolean droppable() {
        return state == State.IDLE && queue.isEmpty() && given == null;
    }
}
