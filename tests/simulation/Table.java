package tests.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import mutex.algorithm.Message;
import mutex.algorithm.RicartAgrawala;
import mutex.group.Group;
import mutex.group.GroupMessage;
import mutex.group.Listed;
import mutex.group.Saved;
import mutex.node.Effect;
import mutex.node.Event;
import mutex.node.Frame;
import mutex.node.Node;
import mutex.node.View;

/**
 * A few real nodes at one table: a test says who asks, who is linked with whom and what gets lost;
 * frames arrive in order of sending, when the test says so.
 */
public final class Table {

    /** A frame under way. */
    public record Sent(int to, Frame frame) {

        /** The lock messages in it. */
        public List<Message> messages() {
            return frame.parts().stream().filter(part -> part instanceof Frame.OfLock)
                    .map(part -> ((Frame.OfLock) part).message()).toList();
        }

        /** Whether a group message of that kind is in it. */
        public boolean has(Class<? extends GroupMessage> kind) {
            return frame.parts().stream()
                    .anyMatch(part -> part instanceof Frame.OfGroup g && kind.isInstance(g.message()));
        }
    }

    /** One peer. */
    private static final class Seat {
        Node node; // null while down
        List<Listed> list = List.of();
        String endpoint;
        Saved disk;
        long started;
        String diskProblem;
        final List<Effect> effects = new ArrayList<>();
    }

    public static final long SECOND = 1_000_000_000L;

    public final Deque<Sent> underWay = new ArrayDeque<>();
    private final SortedMap<Integer, Seat> seats = new TreeMap<>();
    private final Set<String> links = new HashSet<>();
    private Predicate<Sent> lost = sent -> false;
    private long epoch = 1_000;
    private long now;
    private long askers;
    private boolean disksHang;

    /** Peers 1 to n in a group that has begun, all linked. */
    public static Table begun(int n) {
        Table table = new Table();
        SortedMap<Integer, String> members = new TreeMap<>();
        for (int id = 1; id <= n; id++) {
            members.put(id, endpoint(id));
        }
        Saved saved = new Saved(Group.found(members), null);
        for (int id = 1; id <= n; id++) {
            table.seat(id).disk = saved;
            table.start(id, members.keySet().stream().mapToInt(Integer::intValue).toArray());
        }
        table.linkAll();
        table.settle();
        return table;
    }

    public static String endpoint(int id) {
        return "host" + id + ":1";
    }

    private Seat seat(int id) {
        return seats.computeIfAbsent(id, i -> new Seat());
    }

    /** Starts the peer with these others (itself left out) in its list. */
    public void start(int id, int... list) {
        startWith(id, endpoint(id), Arrays.stream(list).filter(other -> other != id).mapToObj(Table::endpoint).toList());
    }

    public void startWith(int id, String endpoint, List<String> list) {
        Seat seat = seat(id);
        seat.endpoint = endpoint;
        seat.list = list.stream().map(address -> new Listed(address, 0)).toList();
        restart(id);
    }

    /** Starts it with the command line of last time and what is on its disk. */
    public void restart(int id) {
        restartIn(id, ++epoch);
    }

    public void restartIn(int id, long epoch) {
        Seat seat = seat(id);
        seat.node = new Node(id, seat.endpoint, epoch, seat.list, seat.disk, others -> new RicartAgrawala(id, others));
        seat.started++;
        seat.effects.clear();
        step(id, new Event.Tick());
    }

    public void crash(int id) {
        for (int other : List.copyOf(seats.keySet())) {
            unlink(id, other);
        }
        seat(id).node = null;
    }

    public void link(int a, int b) {
        link(a, b, seat(b).endpoint);
    }

    /** Links a, which dials the address, with b. */
    public void link(int a, int b, String dialed) {
        links.add(a + "-" + b);
        links.add(b + "-" + a);
        Event toA = new Event.Linked(seat(b).node.hello(seat(b).started * 100 + b, "ra", 0), dialed);
        Event toB = new Event.Linked(seat(a).node.hello(seat(a).started * 100 + a, "ra", 0), null);
        step(a, toA);
        step(b, toB);
    }

    public void linkAll() {
        List<Integer> up = up();
        up.forEach(a -> up.stream().filter(b -> a < b && !links.contains(a + "-" + b)).forEach(b -> link(a, b)));
    }

    public void unlink(int a, int b) {
        if (links.remove(a + "-" + b) & links.remove(b + "-" + a)) {
            underWay.removeIf(sent -> sent.to == a && sent.frame.from() == b || sent.to == b && sent.frame.from() == a);
            step(a, new Event.Unlinked(b));
            step(b, new Event.Unlinked(a));
        }
    }

    private List<Integer> up() {
        return seats.keySet().stream().filter(id -> seat(id).node != null).toList();
    }

    public Node node(int id) {
        return seat(id).node;
    }

    public Group group(int id) {
        return view(id).group();
    }

    public View view(int id) {
        return node(id).view(now);
    }

    public Saved disk(int id) {
        return seat(id).disk;
    }

    public void breakDisk(int id, String problem) {
        seat(id).diskProblem = problem;
    }

    /** From now on disks take the bytes but do not answer. */
    public void hangDisks() {
        disksHang = true;
    }

    /** Whatever matches is lost on the way, until told otherwise. */
    public void lose(Predicate<Sent> lost) {
        this.lost = lost;
    }

    public List<Effect> step(int id, Event event) {
        Seat seat = seat(id);
        if (seat.node == null) {
            return List.of();
        }
        List<Effect> effects = seat.node.step(event, now);
        seat.effects.addAll(effects);
        for (Effect effect : effects) {
            if (effect instanceof Effect.Send send && links.contains(id + "-" + send.to())) {
                underWay.add(new Sent(send.to(), send.frame()));
            } else if (effect instanceof Effect.Save save) {
                seat.disk = seat.diskProblem == null ? save.saved() : seat.disk;
                if (!disksHang) {
                    step(id, new Event.Written(seat.diskProblem));
                }
            }
        }
        return effects;
    }

    public long ask(int id, String lock) {
        return ask(id, lock, false, Long.MAX_VALUE);
    }

    public long ask(int id, String lock, boolean attempt, long deadline) {
        step(id, new Event.Ask(++askers, lock, attempt, deadline));
        return askers;
    }

    public void withdraw(int id, long asker) {
        step(id, new Event.Withdraw(asker));
    }

    /** The newcomer's address is given to the member; the answer is among its effects. */
    public void add(int member, int newcomer) {
        step(member, new Event.Add(++askers, endpoint(newcomer)));
    }

    /** Delivers everything under way, and what follows from it; returns what was delivered. */
    public List<Sent> settle() {
        List<Sent> delivered = new ArrayList<>();
        while (!underWay.isEmpty()) {
            Sent sent = underWay.poll();
            if (!lost.test(sent)) {
                delivered.add(sent);
                step(sent.to, new Event.Received(sent.frame));
            }
        }
        return delivered;
    }

    /** Lets time go by, a tick a second, everything delivered. */
    public void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            now += SECOND;
            up().forEach(id -> step(id, new Event.Tick()));
            settle();
        }
    }

    public long now() {
        return now;
    }

    /** What the peer has caused since it started, of one kind. */
    public <E extends Effect> List<E> effects(int id, Class<E> kind) {
        return seat(id).effects.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    public List<String> said(int id) {
        return effects(id, Effect.Say.class).stream().map(Effect.Say::line).toList();
    }

    /** The asker's entry; null when it has not entered. */
    public Effect.Entered entered(int id, long asker) {
        return effects(id, Effect.Entered.class).stream().filter(e -> e.asker() == asker).findFirst().orElse(null);
    }

    /** How the asker's request ended; null when it has not. */
    public Effect.Ended ended(int id, long asker) {
        return effects(id, Effect.Ended.class).stream().filter(e -> e.asker() == asker).findFirst().orElse(null);
    }

    /** The peers inside the lock. */
    public List<Integer> holders(String lock) {
        return up().stream().filter(id -> view(id).locks().stream()
                .anyMatch(l -> l.name().equals(lock) && l.fence() > 0)).toList();
    }

    public Map<Integer, Group> groups() {
        Map<Integer, Group> groups = new TreeMap<>();
        up().forEach(id -> groups.put(id, group(id)));
        return groups;
    }
}
