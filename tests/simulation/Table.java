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
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.LockMode;
import mutex.algorithm.Message;
import mutex.algorithm.RicartAgrawala;
import mutex.event.Effect;
import mutex.event.Event;
import mutex.event.Frame;
import mutex.event.NodeView;
import mutex.group.DurableState;
import mutex.group.Group;
import mutex.group.Seed;
import mutex.lease.LeaseMessage;
import mutex.node.Node;

/**
 * A few real nodes at one table: a test says who asks, who is linked with whom, what gets lost or comes late,
 * who pauses and how fast clocks run; frames arrive in order of sending, when the test says so.
 */
public final class Table {

    /** A frame under way. */
    public record Sent(int to, Frame frame) {

        public boolean goes(int from, int to) {
            return frame.from() == from && this.to == to;
        }

        public boolean between(int a, int b) {
            return goes(a, b) || goes(b, a);
        }

        /** The lock messages in it. */
        public List<Message> messages() {
            return frame.parts().stream().filter(part -> part instanceof Frame.OfLock)
                    .map(part -> ((Frame.OfLock) part).message()).toList();
        }

        /** The lease messages in it. */
        public List<LeaseMessage> leaseMessages() {
            return frame.parts().stream().filter(part -> part instanceof Frame.OfLease)
                    .map(part -> ((Frame.OfLease) part).message()).toList();
        }

        /** The frames in it that another peer made or gets. */
        public List<Frame.Relayed> relayed() {
            return frame.parts().stream().filter(part -> part instanceof Frame.Relayed)
                    .map(part -> (Frame.Relayed) part).toList();
        }

        /** Whether a message of that kind about locks, the group or the lease is in it. */
        public boolean has(Class<?> kind) {
            return frame.parts().stream().anyMatch(part -> kind.isInstance(part)
                    || part instanceof Frame.OfGroup g && kind.isInstance(g.message())
                    || part instanceof Frame.OfLock l && kind.isInstance(l.message())
                    || part instanceof Frame.OfLease l && kind.isInstance(l.message()));
        }
    }

    /** One peer. */
    private static final class Seat {
        Node node; // null while down
        List<Seed> list = List.of();
        String endpoint;
        DurableState disk;
        int expect; // 0: with a list
        int mostLocks = Node.MOST_LOCKS;
        final Set<String> found = new TreeSet<>(); // by discovery
        long started;
        String diskProblem;
        boolean writing; // its disk does not answer
        double rate = 1; // of its clock
        long clockThen; // when the rate was set
        long rateSince;
        boolean paused;
        final List<Event> waiting = new ArrayList<>(); // for the end of the pause
        final List<Effect> effects = new ArrayList<>();

        long clock(long now) {
            return clockThen + (long) ((now - rateSince) * rate);
        }
    }

    public static final long SECOND = 1_000_000_000L;
    /** The lease of a group that has one. */
    public static final long LEASE = SECOND;
    /** In such steps {@link #run} lets time go by. */
    public static final long STEP = 5_000_000L;

    private static final int MOST_FRAMES = 100_000; // at one time

    public final Deque<Sent> underWay = new ArrayDeque<>();
    private final Deque<Sent> late = new ArrayDeque<>();
    private final SortedMap<Integer, Seat> seats = new TreeMap<>();
    private final Set<String> links = new HashSet<>();
    private Predicate<Sent> lost = sent -> false;
    private Predicate<Sent> delayed = sent -> false;
    private boolean floors;
    private final AlgorithmKind algorithms;
    private final long lease;
    private long epoch = 1_000;
    private long now;
    private long askers;
    private boolean disksHang;

    /** Without a lease. */
    public Table() {
        this(0);
    }

    /** @param lease in nanoseconds; 0 is off */
    public Table(long lease) {
        this(RicartAgrawala.KIND, lease);
    }

    /** @param lease in nanoseconds; 0 is off */
    public Table(AlgorithmKind algorithms, long lease) {
        this.algorithms = algorithms;
        this.lease = lease;
    }

    /** From now on peers that start keep a floor for their fences. */
    public Table keepingFloors() {
        floors = true;
        return this;
    }

    /** Peers 1 to n in a group that has begun, all linked. */
    public static Table begun(int n) {
        return begun(n, RicartAgrawala.KIND);
    }

    /** Peers 1 to n in a group that has begun, all linked. */
    public static Table begun(int n, AlgorithmKind algorithms) {
        Table table = seated(n, algorithms, 0);
        table.linkAll();
        table.settle();
        return table;
    }

    /** Peers 1 to n in a group with {@link #LEASE} that has begun, all linked and in standing. */
    public static Table leased(int n) {
        return leased(n, RicartAgrawala.KIND);
    }

    /** Peers 1 to n in a group with {@link #LEASE} that has begun, all linked and in standing. */
    public static Table leased(int n, AlgorithmKind algorithms) {
        Table table = seated(n, algorithms, LEASE);
        table.linkAll();
        table.run(LEASE / 2);
        return table;
    }

    /** Peers 1 to n in a group that has begun; nobody is linked. */
    public static Table seated(int n, long lease) {
        return seated(n, RicartAgrawala.KIND, lease);
    }

    /** Peers 1 to n in a group that has begun; nobody is linked. */
    public static Table seated(int n, AlgorithmKind algorithms, long lease) {
        Table table = new Table(algorithms, lease);
        SortedMap<Integer, String> members = new TreeMap<>();
        for (int id = 1; id <= n; id++) {
            members.put(id, endpoint(id));
        }
        DurableState saved = new DurableState(Group.found(members), null);
        for (int id = 1; id <= n; id++) {
            table.seat(id).disk = saved;
            table.start(id, members.keySet().stream().mapToInt(Integer::intValue).toArray());
        }
        return table;
    }

    public static String endpoint(int id) {
        return "host" + id + ":1";
    }

    private Seat seat(int id) {
        return seats.computeIfAbsent(id, i -> new Seat());
    }

    /** From its next start on it may hold so many. */
    public void mostLocks(int id, int most) {
        seat(id).mostLocks = most;
    }

    /** Starts the peer with these others (itself left out) in its list. */
    public void start(int id, int... list) {
        startWith(id, endpoint(id), Arrays.stream(list).filter(other -> other != id).mapToObj(Table::endpoint).toList());
    }

    /** Starts the peer without a list; whom it finds, {@link #link} tells. */
    public void startExpecting(int id, int expect) {
        seat(id).expect = expect;
        start(id);
    }

    public void startWith(int id, String endpoint, List<String> list) {
        Seat seat = seat(id);
        seat.endpoint = endpoint;
        seat.list = list.stream().map(address -> new Seed(address, 0)).toList();
        restart(id);
    }

    /** Starts it with the command line of last time and what is on its disk. */
    public void restart(int id) {
        restartIn(id, epoch += lease > 0 ? 100 : 1); // every lapse raises it, too
    }

    public void restartIn(int id, long epoch) {
        Seat seat = seat(id);
        seat.started++;
        seat.node = new Node(id, seat.endpoint, epoch, seat.list, seat.disk, algorithms,
                process(id), lease, seat.expect, floors, seat.mostLocks);
        seat.paused = false;
        seat.waiting.clear();
        seat.effects.clear();
        seat.found.clear();
        step(id, new Event.Tick());
    }

    public void crash(int id) {
        for (int other : List.copyOf(seats.keySet())) {
            unlink(id, other);
        }
        seat(id).node = null;
    }

    private long process(int id) {
        return seat(id).started * 100 + id;
    }

    public void link(int a, int b) {
        link(a, b, seat(b).endpoint);
    }

    /** Links a, which dials the address, with b. */
    public void link(int a, int b, String dialed) {
        discover(a, b);
        discover(b, a);
        call(a, b, dialed);
    }

    /** As {@link #link}, but nobody finds anybody by that. */
    public void call(int a, int b, String dialed) {
        links.add(a + "-" + b);
        links.add(b + "-" + a);
        Event toA = new Event.Linked(seat(b).node.hello(process(b), "ra", lease / 1_000_000), dialed);
        Event toB = new Event.Linked(seat(a).node.hello(process(a), "ra", lease / 1_000_000), null);
        step(a, toA);
        step(b, toB);
    }

    /** Discovery finds the other's address. */
    private void discover(int id, int other) {
        Seat seat = seat(id);
        if (seat.expect > 0 && seat.node != null && seat.found.add(seat(other).endpoint)) {
            step(id, new Event.Discovered(new TreeSet<>(seat.found)));
        }
    }

    public void linkAll() {
        List<Integer> up = up();
        up.forEach(a -> up.stream().filter(b -> a < b && !links.contains(a + "-" + b)).forEach(b -> link(a, b)));
    }

    /** As {@link #link}, unless they are. */
    public void relink(int a, int b) {
        if (!links.contains(a + "-" + b)) {
            link(a, b);
        }
    }

    public void unlink(int a, int b) {
        if (links.remove(a + "-" + b) & links.remove(b + "-" + a)) {
            underWay.removeIf(sent -> sent.between(a, b));
            late.removeIf(sent -> sent.between(a, b));
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

    public NodeView view(int id) {
        return node(id).view(clock(id));
    }

    public DurableState disk(int id) {
        return seat(id).disk;
    }

    /** So its disk reads from now on. */
    public void lay(int id, DurableState disk) {
        seat(id).disk = disk;
    }

    public void breakDisk(int id, String problem) {
        seat(id).diskProblem = problem;
    }

    /** From now on disks take the bytes but do not answer. */
    public void hangDisks() {
        disksHang = true;
    }

    /** What was being written is written now. */
    public void mendDisks() {
        disksHang = false;
        List.copyOf(seats.keySet()).stream().filter(id -> seats.get(id).writing && seats.get(id).node != null)
                .forEach(id -> step(id, new Event.Written(seats.get(id).diskProblem)));
    }

    /** Whatever matches is lost on the way, until told otherwise. */
    public void lose(Predicate<Sent> lost) {
        this.lost = lost;
    }

    /** Whatever matches is held back, until {@link #deliverLate}. */
    public void delay(Predicate<Sent> delayed) {
        this.delayed = delayed;
    }

    /** What was held back arrives now; nothing more is held back. */
    public void deliverLate() {
        delayed = sent -> false;
        underWay.addAll(late);
        late.clear();
        settle();
    }

    /** From now on its clock runs so much faster. */
    public void rate(int id, double rate) {
        Seat seat = seat(id);
        seat.clockThen = clock(id);
        seat.rateSince = now;
        seat.rate = rate;
    }

    /** Its wall clock jumps ahead: the machine was suspended, or the clock set. */
    public void jump(int id, long nanos) {
        seat(id).clockThen += nanos;
        step(id, new Event.Skipped(nanos));
    }

    /** What its clock shows. */
    public long clock(int id) {
        return seat(id).clock(now);
    }

    /** Nothing happens in the process; what comes meanwhile waits. */
    public void pause(int id) {
        seat(id).paused = true;
    }

    /** It goes on with what waited; what it did first is returned. */
    public List<Effect> resume(int id) {
        Seat seat = seat(id);
        seat.paused = false;
        List<Event> waited = List.copyOf(seat.waiting);
        seat.waiting.clear();
        List<List<Effect>> did = waited.stream().map(event -> step(id, event)).toList();
        return did.isEmpty() ? step(id, new Event.Tick()) : did.get(0);
    }

    public List<Effect> step(int id, Event event) {
        Seat seat = seat(id);
        if (seat.node == null) {
            return List.of();
        }
        if (seat.paused) {
            seat.waiting.add(event);
            return List.of();
        }
        List<Effect> effects = seat.node.step(event, clock(id));
        seat.effects.addAll(effects);
        for (Effect effect : effects) {
            if (effect instanceof Effect.Send send && links.contains(id + "-" + send.to())) {
                underWay.add(new Sent(send.to(), send.frame()));
            } else if (effect instanceof Effect.Save save) {
                seat.disk = seat.diskProblem == null ? save.saved() : seat.disk;
                seat.writing = disksHang;
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

    /** @param locks such as {@code a,b:shared,c:2/4} */
    public long askFor(int id, String locks) {
        return askFor(id, locks, false);
    }

    public long askFor(int id, String locks, boolean attempt) {
        step(id, new Event.Ask(++askers, LockMode.parse(locks), attempt, Long.MAX_VALUE));
        return askers;
    }

    public void withdraw(int id, long asker) {
        step(id, new Event.Withdraw(asker));
    }

    /** The newcomer's address is given to the member; {@link #answer} tells how it went. */
    public long add(int member, int newcomer) {
        step(member, new Event.Add(++askers, endpoint(newcomer)));
        return askers;
    }

    public long remove(int member, Integer... ids) {
        step(member, new Event.Remove(++askers, new TreeSet<>(List.of(ids)), false));
        return askers;
    }

    public long removeByForce(int member, Integer... ids) {
        step(member, new Event.Remove(++askers, new TreeSet<>(List.of(ids)), true));
        return askers;
    }

    public long leave(int member) {
        step(member, new Event.Leave(++askers));
        return askers;
    }

    /** What the asker for a change was told: "done" when it was made; null when nothing yet. */
    public String answer(int id, long asker) {
        return effects(id, Effect.Answered.class).stream().filter(answered -> answered.asker() == asker)
                .map(answered -> answered.problem() == null ? "done" : answered.problem()).findFirst().orElse(null);
    }

    /** Delivers everything under way, and what follows from it; returns what was delivered. */
    public List<Sent> settle() {
        List<Sent> delivered = new ArrayList<>();
        while (!underWay.isEmpty()) {
            Sent sent = underWay.poll();
            if (delayed.test(sent)) {
                late.add(sent);
            } else if (!lost.test(sent)) {
                delivered.add(sent);
                if (delivered.size() > MOST_FRAMES) {
                    throw new AssertionError("frames without end, such as " + sent);
                }
                step(sent.to, new Event.Received(sent.frame));
            }
        }
        return delivered;
    }

    /** Delivers the first frames under way, so many at most. */
    public void deliverSome(int most) {
        for (int i = 0; i < most && !underWay.isEmpty(); i++) {
            Sent sent = underWay.poll();
            step(sent.to, new Event.Received(sent.frame));
        }
    }

    /** Lets time go by, a tick a second, everything delivered. */
    public void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            skip(SECOND);
            tickAll();
        }
    }

    /** Lets time go by in small steps, everything delivered. */
    public void run(long nanos) {
        runUntil(nanos, () -> false);
    }

    /** Lets so much time go by at most, until something is so; whether it is. */
    public boolean runUntil(long nanos, BooleanSupplier done) {
        for (long end = now + nanos; now < end && !done.getAsBoolean(); tickAll()) {
            skip(Math.min(STEP, end - now));
        }
        return done.getAsBoolean();
    }

    private void tickAll() {
        up().stream().filter(id -> !seat(id).paused).forEach(id -> step(id, new Event.Tick()));
        settle();
    }

    /** Time goes by, and nobody is told. */
    public void skip(long nanos) {
        now += nanos;
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

    /** Those of them that have standing by their clock: who paused may not know yet that it has lost the lock. */
    public List<Integer> inside(String lock) {
        return holders(lock).stream().filter(id -> node(id).standing(clock(id))).toList();
    }

    public Map<Integer, Group> groups() {
        Map<Integer, Group> groups = new TreeMap<>();
        up().forEach(id -> groups.put(id, group(id)));
        return groups;
    }
}
