package tests.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.LockMode;
import mutex.algorithm.RicartAgrawala;
import mutex.text.LockName;

/**
 * Visits every state that a few peers and a network can be in, by breadth-first search. A message under
 * way may arrive at any time, in any order or never, and so many deliveries as allowed leave a copy behind.
 *
 * <p>A state is a local state of each peer ({@link Locals}), the copies left and the messages under way.
 * Visited states are kept as 128-bit sums of random numbers, one per local state and message.
 */
public final class Explorer {

    private final Locals locals;
    private final int total;
    private final int copies;
    private final int peers;
    private final Visited visited = new Visited();
    private final Deque<int[]> frontier = new ArrayDeque<>(); // local states, copies left, messages in order
    private final SplittableRandom random = new SplittableRandom(1);
    private final List<long[]> localKeys = new ArrayList<>();
    private final List<long[]> messageKeys = new ArrayList<>();

    /**
     * @param algorithms what they run
     * @param requests how often each peer may ask
     * @param total how often all may ask together
     * @param copies how many deliveries, in all, may leave the message under way
     * @param cancels whether a peer may cancel at any time; it may release in any case
     */
    public Explorer(AlgorithmKind algorithms, int peers, int requests, int total, int copies, boolean cancels) {
        this(new Locals(algorithms, Collections.nCopies(peers, Collections.nCopies(requests, LockMode.exclusive(LockName.DEFAULT))), 1, cancels),
                peers, total, copies);
    }

    private Explorer(Locals locals, int peers, int total, int copies) {
        this.locals = locals;
        this.peers = peers;
        this.total = total;
        this.copies = copies;
    }

    /**
     * Of Ricart-Agrawala with modes.
     *
     * @param together how many askers of a peer may want or hold something at once
     * @param wishes of each peer what its askers want, one after the other, such as {@code a:shared a,b}
     */
    public static Explorer of(int together, int copies, boolean cancels, String... wishes) {
        List<List<List<LockMode>>> all = Arrays.stream(wishes).map(peer -> Arrays.stream(peer.split(" ")).map(LockMode::parse).toList()).toList();
        return new Explorer(new Locals(RicartAgrawala.KIND, all, together, cancels), wishes.length, Integer.MAX_VALUE, copies);
    }

    /** How many states there are, after a look at each. */
    public long explore() {
        int[] start = Arrays.copyOf(locals.start(), peers + 1);
        start[peers] = copies;
        see(start);
        while (!frontier.isEmpty()) {
            int[] state = frontier.poll();
            check(state);
            for (int peer = 0; peer < peers; peer++) {
                if (asked(state) < total) {
                    follow(state, peer, Locals.ASK, peers);
                }
                for (int asker = 0; asker < locals.most(peer); asker++) {
                    follow(state, peer, Locals.LEAVE - asker, peers);
                }
            }
            for (int i = peers + 1; i < state.length; i++) {
                if (i == peers + 1 || state[i] != state[i - 1]) {
                    follow(state, locals.addressee(state[i]), state[i], i);
                    if (state[peers] > 0) {
                        follow(state, locals.addressee(state[i]), state[i], peers);
                    }
                }
            }
        }
        return visited.size();
    }

    private int asked(int[] state) {
        int asked = 0;
        for (int peer = 0; peer < peers; peer++) {
            asked += locals.get(state[peer]).asked();
        }
        return asked;
    }

    /** Lets it happen; the message at that place is used up, or a copy of it if that is the place of the copies. */
    private void follow(int[] state, int peer, int event, int place) {
        Locals.LocalOutcome outcome = locals.step(peer, state[peer], event);
        if (outcome == null) {
            return;
        }
        int[] sent = outcome.sent();
        int kept = place > peers ? state.length - 1 : state.length;
        int[] next = new int[kept + sent.length];
        System.arraycopy(state, 0, next, 0, kept);
        if (place > peers) {
            System.arraycopy(state, place + 1, next, place, kept - place);
        } else if (event >= 0) {
            next[peers]--;
        }
        System.arraycopy(sent, 0, next, kept, sent.length);
        Arrays.sort(next, peers + 1, next.length);
        next[peer] = outcome.next();
        fencesRise(state, peer, outcome.next());
        see(next);
    }

    private void see(int[] state) {
        long high = state[peers];
        long low = state[peers];
        for (int i = 0; i < state.length; i++) {
            if (i != peers) {
                long[] key = i < peers ? key(localKeys, state[i]) : key(messageKeys, state[i]);
                high += key[0];
                low += key[1];
            }
        }
        if (visited.add(high, low)) {
            frontier.add(state);
        }
    }

    private long[] key(List<long[]> keys, int number) {
        while (keys.size() <= number) {
            keys.add(new long[] {random.nextLong(), random.nextLong()});
        }
        return keys.get(number);
    }

    private void check(int[] state) {
        int inside = 0;
        int busy = 0;
        List<LockMode> held = new ArrayList<>();
        for (int peer = 0; peer < peers; peer++) {
            Locals.Local local = locals.get(state[peer]);
            local.inside().forEach(asker -> held.addAll(locals.wish(local, asker)));
            inside += local.inside().size();
            busy += local.busy();
        }
        for (LockMode one : held) {
            long used = held.stream().filter(other -> other != one && other.lock().equals(one.lock())).mapToLong(other -> other.mode().use(one.mode())).sum();
            if (used > one.mode().room()) {
                throw new AssertionError("held together: " + held + story(state));
            }
        }
        if (inside == 0 && busy > 0 && state.length == peers + 1) {
            throw new AssertionError("nothing is under way, nobody holds a lock, and somebody wants one" + story(state));
        }
    }

    /** An entry takes a fence above that of every entry before that excludes it. */
    private void fencesRise(int[] state, int peer, int next) {
        Map<LockMode, Long> before = locals.get(state[peer]).fences();
        locals.get(next).fences().forEach((entered, fence) -> {
            for (int other = 0; other < peers && !fence.equals(before.get(entered)); other++) {
                locals.get(state[other]).fences().forEach((earlier, old) -> {
                    if (earlier.lock().equals(entered.lock()) && earlier.mode().excludes(entered.mode()) && old >= fence) {
                        throw new AssertionError("fence " + fence + " is not above an earlier one" + story(state));
                    }
                });
            }
        });
    }

    private String story(int[] state) {
        StringBuilder story = new StringBuilder();
        for (int peer = 0; peer < peers; peer++) {
            story.append("\npeer ").append(peer + 1).append(": ").append(locals.story(state[peer]));
        }
        return story.toString();
    }
}
