package mutex.trace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import mutex.algorithm.Mode.Units;

/**
 * Safety of a pool: whether there never were more units taken than there are, at any moment that agrees with cause and effect.
 * Entries can all have been inside at such a moment if none of them knows of the exit of another.
 */
final class Pools {

    private static final int MOST_NAMED = 5;

    /** An entry that peers may still enter beside. */
    private record Taken(RequestSpan entry, Set<Integer> unaware) {}

    private final Trace trace;
    private final Holders holders;
    private final List<Violation> found = new ArrayList<>();

    Pools(Trace trace, Holders holders) {
        this.trace = trace;
        this.holders = holders;
    }

    /** @param entries of one lock, in the merged order */
    List<Violation> check(List<RequestSpan> entries) {
        Map<Long, List<RequestSpan>> pools = new HashMap<>(); // of different sizes exclude each other
        for (RequestSpan entry : entries) {
            if (entry.mode instanceof Units units) {
                pools.computeIfAbsent(units.of(), none -> new ArrayList<>()).add(entry);
            }
        }
        pools.forEach(this::check);
        return found;
    }

    private void check(long size, List<RequestSpan> entries) {
        Map<Integer, Integer> toCome = new HashMap<>(); // entries, by peer
        entries.forEach(entry -> toCome.merge(entry.peer(), 1, Integer::sum));
        List<Taken> taken = new ArrayList<>();
        for (RequestSpan next : entries) {
            List<RequestSpan> beside = new ArrayList<>();
            for (Taken before : taken) {
                if (holders.follows(next, before.entry)) {
                    before.unaware.remove(next.peer());
                } else if (next.concerns(before.entry)) {
                    beside.add(before.entry);
                }
            }
            fit(size, next, beside);
            toCome.computeIfPresent(next.peer(), (peer, left) -> left == 1 ? null : left - 1);
            taken.removeIf(before -> before.entry.peer() == next.peer() && before.entry.life != next.life
                    || before.unaware.stream().noneMatch(toCome::containsKey));
            taken.add(new Taken(next, new HashSet<>(toCome.keySet())));
        }
    }

    private void fit(long size, RequestSpan next, List<RequestSpan> beside) {
        if (take(next) + beside.stream().mapToLong(Pools::take).sum() <= size) {
            return;
        }
        beside.removeIf(before -> holders.gone(before, next));
        long used = mostAtOnce(beside);
        if (take(next) + used > size) {
            found.add(holders.violation(Violation.Rule.UNITS, next, "entered with " + next.with() + " while " + used + " of " + size
                    + " units were taken: " + beside.stream().limit(MOST_NAMED).map(before -> "by peer " + before.peer() + " with " + before.with()
                    + " (" + trace.where(before.entered) + ")").collect(Collectors.joining(", ")) + (beside.size() > MOST_NAMED ? ", ..." : "")));
        }
    }

    private static long take(RequestSpan entry) {
        return ((Units) entry.mode).take();
    }

    /**
     * The most units that some of them can have had at the same moment: all, but for those that can have gone on from one
     * that left to one that knew of it (Dilworth's theorem, with the units as weights; the flow is Ford's and Fulkerson's).
     */
    private long mostAtOnce(List<RequestSpan> entries) {
        UnitFlow flow = new UnitFlow(entries);
        long most = entries.stream().mapToLong(Pools::take).sum();
        for (int i = 0; i < entries.size(); i++) {
            most -= flow.passOn(i);
        }
        return most;
    }

    /** Units that go on from one entry to another. */
    private final class UnitFlow {

        final List<RequestSpan> entries;
        final long[] needed; // units that an entry has from none before
        final long[][] passed; // from one to another

        UnitFlow(List<RequestSpan> entries) {
            this.entries = entries;
            needed = entries.stream().mapToLong(Pools::take).toArray();
            passed = new long[needed.length][needed.length];
        }

        long passOn(int giver) {
            long all = 0;
            long more = -1;
            while (all < take(entries.get(giver)) && more != 0) {
                more = passOn(giver, take(entries.get(giver)) - all, new boolean[needed.length]);
                all += more;
            }
            return all;
        }

        /** Some of so many units; whoever got others from another giver may take these instead, and that one looks for another taker. */
        private long passOn(int giver, long units, boolean[] asked) {
            for (int taker = 0; taker < needed.length; taker++) {
                if (asked[taker] || !holders.follows(entries.get(taker), entries.get(giver))) {
                    continue;
                }
                asked[taker] = true;
                long moved = Math.min(units, needed[taker]);
                needed[taker] -= moved;
                for (int other = 0; other < needed.length && moved == 0; other++) {
                    if (passed[other][taker] > 0) {
                        moved = passOn(other, Math.min(units, passed[other][taker]), asked);
                        passed[other][taker] -= moved;
                    }
                }
                passed[giver][taker] += moved;
                if (moved > 0) {
                    return moved;
                }
            }
            return 0;
        }
    }
}
