package tests.simulation;

import java.util.SplittableRandom;

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
 */
record Profile(int founders, int newcomers, boolean begun, boolean faults, boolean reorder, boolean repeat,
        boolean clockBack, int locks, int actions) {

    static Profile of(SplittableRandom random) {
        int peers = random.nextInt(2, 6);
        int newcomers = random.nextInt(5) < 2 ? random.nextInt(1, Math.min(3, peers)) : 0;
        boolean faults = random.nextInt(4) > 0;
        return new Profile(peers - newcomers, newcomers, random.nextBoolean(), faults, random.nextBoolean(),
                random.nextBoolean(), faults && random.nextInt(3) == 0, random.nextInt(1, 3), random.nextInt(4, 40));
    }

    /** Order and overtaking are promised for a group that stays as it is, without faults. */
    boolean orderly() {
        return !faults && newcomers == 0;
    }
}
