package tests.simulation;

import java.util.SplittableRandom;
import mutex.algorithm.AlgorithmKind;

/**
 * What kind of schedule a seed makes.
 *
 * @param founders peers with equal start lists
 * @param newcomers peers that come later, half by `add`, half by asking a member they list
 * @param begun the founders' group has begun before, as their state files say
 * @param faults links break, peers crash and restart, saves fail or hang
 * @param reorder frames of a link overtake each other (a real link never does that)
 * @param repeat frames come twice
 * @param clockBack the wall clock may go back while a peer is down
 * @param locks how many named locks there are
 * @param actions how many things people and fate do before everything heals
 * @param lease in nanoseconds; 0 is off
 * @param style what fate prefers to do; ANYTHING without a lease
 * @param drift clocks run at rates up to 5 % apart
 * @param removals members are removed and leave
 */
record Profile(int founders, int newcomers, boolean begun, boolean faults, boolean reorder, boolean repeat,
        boolean clockBack, int locks, int actions, long lease, Style style, boolean drift, boolean removals) {

    private static final long LEASE = 1_000_000_000L;

    /** What fate prefers. */
    enum Style {
        ANYTHING,
        /** The links of one pair fail in one direction, the other, both or none, in turn. */
        PAIR_FLIPS,
        /** Whoever holds a lock is cut off. */
        CUT_HOLDER,
        /** One peer after the other is silent. */
        ROTATING_SILENCE
    }

    static Profile of(SplittableRandom random, AlgorithmKind algorithm) {
        return random.nextInt(4) > 0 || !algorithm.worksWithLease() ? withoutLease(random) : withLease(random);
    }

    private static Profile withoutLease(SplittableRandom random) {
        int peers = random.nextInt(2, 6);
        int newcomers = random.nextInt(5) < 2 ? random.nextInt(1, Math.min(3, peers)) : 0;
        boolean faults = random.nextInt(4) > 0;
        return new Profile(peers - newcomers, newcomers, random.nextBoolean(), faults, random.nextBoolean(),
                random.nextBoolean(), faults && random.nextInt(3) == 0, random.nextInt(1, 3), random.nextInt(4, 40),
                0, Style.ANYTHING, false, faults && random.nextInt(4) == 0);
    }

    private static Profile withLease(SplittableRandom random) {
        int peers = random.nextInt(3) == 0 ? random.nextInt(1, 8) : random.nextInt(3, 6);
        int newcomers = random.nextInt(5) == 0 && peers > 1 ? 1 : 0;
        return new Profile(peers - newcomers, newcomers, random.nextInt(4) > 0, true, random.nextInt(3) == 0,
                random.nextInt(3) == 0, random.nextInt(4) == 0, 1, random.nextInt(8, 40), LEASE,
                Style.values()[random.nextInt(4)], random.nextBoolean(), random.nextInt(3) == 0);
    }

    /** Order and overtaking are promised for a group that stays as it is, without faults. */
    boolean orderly() {
        return !faults && newcomers == 0;
    }

    /** Whether frames of a link come in the order they were sent, once. */
    boolean inOrder() {
        return !reorder && !repeat;
    }
}
