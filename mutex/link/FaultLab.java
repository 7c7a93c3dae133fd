package mutex.link;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import mutex.text.Durations;
import mutex.transport.EventLoop;

/**
 * The faults that a person has put between this peer and others, to see what comes of them. They act on all that
 * goes over the links, greetings and pings as well as frames, where it leaves this peer and where it arrives. As with
 * TCP nothing is left out in the middle of a link: what is lost is sent again, and all behind it waits, until the link
 * is given up as silent. Then what was under way on it is gone.
 *
 * <p>Loop thread only, but for the methods that return a future.
 */
public final class FaultLab {

    /** Stands for every peer, also those that come later. */
    public static final int ALL = 0;

    private static final int CERTAIN = 100; // percent
    private static final long RESEND = 200_000_000L; // as TCP does it at first; each further time after twice as long
    private static final long LONGEST_STALL = 60_000_000_000L;

    private final EventLoop loop;
    private final int self;
    private final Pause pause;
    private final Runnable changed;
    private final SortedMap<Integer, Long> delays = new TreeMap<>(); // of what goes to the peer, nanoseconds
    private final SortedMap<Integer, Integer> drops = new TreeMap<>(); // percent
    private final SortedSet<Integer> cuts = new TreeSet<>();
    private final Set<FaultQueue> busy = new LinkedHashSet<>();
    private final SplittableRandom random = new SplittableRandom();
    private volatile boolean open;
    private boolean used;
    private Runnable whenUsed = () -> { };

    /**
     * @param woken is run at the end of a pause, before what has come meanwhile is handled
     * @param changed is run after any change
     */
    public FaultLab(EventLoop loop, int self, Runnable woken, Runnable changed) {
        this.loop = loop;
        this.self = self;
        this.changed = changed;
        pause = new Pause(loop, () -> {
            woken.run();
            moveAll();
        });
    }

    /** Whether the peer was started for it: without, no person can put faults in. Any thread. */
    public boolean isOpen() {
        return open;
    }

    public void open() {
        open = true;
    }

    /** Whether any fault was ever put in: until then the links go without the lab. */
    boolean isUsed() {
        return used;
    }

    /** The task is run before the first fault. */
    void whenUsed(Runnable task) {
        whenUsed = task;
    }

    /** What goes to the peers takes so much longer, in order; nanoseconds. */
    public CompletableFuture<Void> delay(SortedSet<Integer> peers, long nanos) {
        return change(() -> peers.forEach(peer -> delays.put(peer, nanos)));
    }

    /** So much of what goes to the peers and comes from them gets lost; with 100 percent all of it. */
    public CompletableFuture<Void> drop(SortedSet<Integer> peers, int percent) {
        return change(() -> peers.forEach(peer -> drops.put(peer, percent)));
    }

    /** Links to the peers are broken off, and none is made. */
    public CompletableFuture<Void> cut(SortedSet<Integer> peers) {
        return change(() -> cuts.addAll(peers));
    }

    /** For so long this peer handles nothing and sends nothing, as if its process were suspended. */
    public CompletableFuture<Void> pause(long nanos) {
        return change(() -> pause.begin(nanos));
    }

    /** Ends all faults: what they hold up goes on at once. */
    public CompletableFuture<Void> heal() {
        return change(() -> {
            delays.clear();
            drops.clear();
            cuts.clear();
            pause.end();
            List.copyOf(busy).forEach(FaultQueue::hurry);
        });
    }

    private CompletableFuture<Void> change(Runnable change) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.run(() -> {
            if (!used) {
                used = true;
                whenUsed.run();
            }
            change.run();
            moveAll();
            changed.run();
            done.complete(null);
        });
        return done;
    }

    private void moveAll() {
        List.copyOf(busy).forEach(FaultQueue::move);
    }

    void busy(FaultQueue lane, boolean holds) {
        if (holds) {
            busy.add(lane);
        } else {
            busy.remove(lane);
        }
    }

    public Pause pause() {
        return pause;
    }

    /** How much longer a message to the peer takes, in nanoseconds. */
    long wayTo(int peer) {
        return of(delays, peer).orElse(0L) + wayFrom(peer);
    }

    /** How much longer a message from the peer takes, in nanoseconds. */
    long wayFrom(int peer) {
        int percent = of(drops, peer).orElse(0);
        long stall = 0;
        if (percent < CERTAIN) {
            for (long again = RESEND; stall < LONGEST_STALL && random.nextInt(100) < percent; again *= 2) {
                stall += again;
            }
        }
        return stall;
    }

    /** Whether nothing gets to the peer or comes from it. */
    boolean silences(int peer) {
        return of(drops, peer).orElse(0) == CERTAIN;
    }

    /** Why there must be no link to the peer, for a person. */
    Optional<String> cut(int peer) {
        return cuts.contains(peer) || cuts.contains(ALL)
                ? Optional.of("cut in the fault lab of peer " + self + "; \"heal\" there mends it") : Optional.empty();
    }

    private static <T> Optional<T> of(Map<Integer, T> faults, int peer) {
        return faults.isEmpty() ? Optional.empty() : Optional.ofNullable(faults.getOrDefault(peer, faults.get(ALL)));
    }

    /** The faults, a line each, much as they are typed. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        delays.forEach((peer, nanos) -> lines.add("delay " + Durations.say(nanos) + " to " + name(peer)));
        drops.forEach((peer, percent) -> lines.add("drop " + name(peer) + (percent == CERTAIN ? "" : " " + percent + "%")));
        cuts.forEach(peer -> lines.add("cut " + name(peer)));
        pause.left().ifPresent(nanos -> lines.add("pause, " + Durations.say(nanos / 100_000_000 * 100_000_000 + 100_000_000) + " more"));
        return lines;
    }

    private static String name(int peer) {
        return peer == ALL ? "all" : String.valueOf(peer);
    }
}
