package tests.faults;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import tests.faults.Fault.FaultKind;
import tests.support.Running;

/**
 * Some faults at once, and what must hold: the chronicle finds nothing; a minority that is hit does not
 * hold up the others for more than the lease and two seconds; and when all is over each peer is served
 * within two seconds and the holds ahead of it, and whoever was killed within five. What the machine itself was late is added.
 */
final class FaultRound {

    private static final long SECOND = 1_000_000_000;
    private static final long WITHIN = 2 * SECOND;
    /** So much longer may a peer take that was killed: on a busy machine a process that has just started is slow, and nothing tells how slow. */
    private static final long COLD = 3 * SECOND;
    /** A link that breaks off in silence is noticed so late. */
    private static final long LINK_SILENT = 3 * SECOND;

    private record RoundStep(long at, Runnable action) {}

    private record RoundEvents(Fault fault, long from, long to) {}

    private final Rivals rivals;
    private final Pulse pulse;
    private final List<RoundEvents> happened = new ArrayList<>();
    private final StringBuilder found = new StringBuilder();
    private int holder; // who stays inside until it is told to go; 0: nobody
    private long wentAt; // when it was told
    private long heldUp;
    private long served;
    private boolean slow;

    FaultRound(Rivals rivals, Pulse pulse) {
        this.rivals = rivals;
        this.pulse = pulse;
    }

    /**
     * Plays the round of the seed.
     *
     * @throws AssertionError in one line when a promise is broken
     */
    void play(long seed) {
        Random random = new Random(seed);
        boolean aimed = random.nextInt(3) > 0;
        int first = aimed ? awaitHolder() : 1 + random.nextInt(Rivals.SIZE);
        found.append(aimed ? "holder " + first + ": " : "");
        List<Fault> plan = Fault.plan(random, first, rivals.hasNetwork());
        boolean wholly = plan.get(0).kind().ofMinority() && random.nextBoolean(); // inside from its begin to its end
        long stay = wholly ? (plan.get(0).length() + 1) * 1_000_000 : random.nextLong(Rounds.LEASE_MILLIS * 1_000_000 / 4);
        play(plan, aimed ? stay : -1);
    }

    /** Lets the next one that enters stay inside. */
    int awaitHolder() {
        try {
            holder = rivals.checker.stay().get(Running.PATIENCE_SECONDS, TimeUnit.SECONDS);
            return holder;
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("nobody entered for " + Running.PATIENCE_SECONDS + " s");
        }
    }

    /**
     * Plays these faults.
     *
     * @param goAfter how long whoever was let stay does, nanoseconds; -1 when nobody was
     */
    void play(List<Fault> plan, long goAfter) {
        long start = System.nanoTime();
        long before = rivals.chronicle.entered();
        rivals.chronicle.forget(start);
        found.append(plan.stream().map(Fault::toString).collect(Collectors.joining(", ")));
        for (RoundStep step : steps(plan, goAfter)) {
            LockSupport.parkNanos(start + step.at - System.nanoTime());
            step.action.run();
        }
        rivals.awaitListening();
        long healed = System.nanoTime();
        try {
            rivals.awaitAll(healed);
        } finally { // an overlap is worse than waiting, and may be why
            rivals.chronicle.violation().ifPresent(wrong -> check(false, wrong));
            rivals.ended().forEach(rival -> check(false, "ended by itself: " + rival));
        }
        happened.forEach(this::judgeHoldUp);
        judgeService(healed);
        check(rivals.chronicle.entered() > before, "nobody entered");
        found.append("; ").append(rivals.chronicle.entered() - before).append(" entries");
    }

    private List<RoundStep> steps(List<Fault> plan, long goAfter) {
        List<RoundStep> steps = new ArrayList<>();
        for (Fault fault : plan) {
            long end = fault.from() + fault.length();
            steps.add(new RoundStep(fault.from() * 1_000_000, () -> {
                happened.add(new RoundEvents(fault, System.nanoTime(), Long.MAX_VALUE));
                rivals.begin(fault);
            }));
            steps.add(new RoundStep(end * 1_000_000, () -> {
                happened.replaceAll(one -> one.fault == fault ? new RoundEvents(fault, one.from, System.nanoTime()) : one);
                rivals.end(fault);
            }));
        }
        if (goAfter >= 0) {
            steps.add(new RoundStep(goAfter, () -> {
                wentAt = System.nanoTime();
                rivals.checker.go();
            }));
        }
        steps.sort(Comparator.comparingLong(RoundStep::at));
        return steps;
    }

    /** The others do without those that the fault hits, until it is over or another one begins. */
    private void judgeHoldUp(RoundEvents one) {
        long from = one.fault.kind().ofMinority() && one.fault.peers().contains(holder) ? one.from : Math.max(one.from, wentAt);
        long to = happened.stream().mapToLong(other -> other.from > one.from ? other.from : other.to)
                .filter(time -> time > one.from).min().orElse(one.to);
        List<RoundEvents> active = happened.stream().filter(other -> other.from < to && other.to > from).toList();
        boolean pair = active.size() == 1 && one.fault.kind() == FaultKind.ONE_WAY; // that two others can talk with both
        Set<Integer> hit = active.stream().flatMap(other -> other.fault.peers().stream()).collect(Collectors.toSet());
        boolean minority = hit.size() <= Rivals.SIZE / 2 && active.stream().allMatch(other -> other.fault.kind().ofMinority());
        if (from >= to || !pair && !minority || rivals.lease == 0) {
            return;
        }
        IntPredicate others = peer -> pair || !hit.contains(peer);
        long gap = rivals.chronicle.longestGap(from, to, others);
        long within = WITHIN + (pair ? Math.max(LINK_SILENT, rivals.lease) : rivals.lease);
        long late = late(from, to, others);
        String held = String.format(Locale.ROOT, "%s held others up for %.2f s", one.fault.kind(), gap / 1e9);
        inTime(gap <= within + late, String.format(Locale.ROOT, "%s; should be within %.1f s and the %.2f s that the machine was late",
                held, within / 1e9, late / 1e9));
        heldUp = Math.max(heldUp, gap);
        found.append("; ").append(held);
    }

    private void judgeService(long healed) {
        long late = late(healed, System.nanoTime(), peer -> true);
        for (int peer = 1; peer <= Rivals.SIZE; peer++) {
            long within = WITHIN + (rivals.lease == 0 ? LINK_SILENT : 0) + (wasKilled(peer) ? COLD : 0);
            long waited = rivals.chronicle.waited(peer, healed).orElseThrow();
            inTime(waited <= within + late, String.format(Locale.ROOT, "peer %d was served %.2f s after healing, beside the holds ahead; "
                    + "should be within %.1f s and the %.2f s that the machine was late", peer, waited / 1e9, within / 1e9, late / 1e9));
            served = Math.max(served, waited);
        }
        found.append(String.format(Locale.ROOT, "; all served %.2f s after healing", served / 1e9));
        if (late > 0) {
            found.append(String.format(Locale.ROOT, " (machine late %.2f s)", late / 1e9));
        }
    }

    private boolean wasKilled(int peer) {
        return happened.stream().anyMatch(one -> one.fault.kind() == FaultKind.KILL && one.fault.peers().contains(peer));
    }

    /** How late the machine was, or these peers. */
    private long late(long from, long to, IntPredicate peers) {
        return Math.max(pulse.late(from, to), rivals.chronicle.late(from, to, peers));
    }

    private void inTime(boolean holds, String otherwise) {
        slow |= !holds;
        check(holds, otherwise);
    }

    /** Whether what is broken is a time, which a busy machine can break, too. */
    boolean slow() {
        return slow;
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    /** For how long the others were held up by a minority, at most; nanoseconds. */
    long heldUp() {
        return heldUp;
    }

    /** How long after healing the last one was served, without holds ahead; nanoseconds. */
    long served() {
        return served;
    }

    /** What happened. */
    @Override
    public String toString() {
        return found.toString();
    }
}
