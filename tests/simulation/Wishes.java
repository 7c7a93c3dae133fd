package tests.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.LockMode;
import mutex.algorithm.Mode;

/** How people want their locks: in every other schedule, where the algorithm has modes, in all of them and several locks at once. */
final class Wishes {

    private static final int LOCKS = 3;
    private static final long POOL = 4;

    private final SplittableRandom random;
    final boolean mixed;
    private final boolean pool; // nearly all want small parts of one: what they have been told adds up then

    Wishes(AlgorithmKind algorithms, SplittableRandom random) {
        this.random = random;
        mixed = algorithms.worksWithModes() && random.nextBoolean();
        pool = mixed && random.nextInt(4) == 0;
    }

    /** For that lock, and maybe others. */
    List<LockMode> of(String lock) {
        if (!mixed) {
            return LockMode.exclusive(lock);
        }
        if (pool && random.nextInt(8) > 0) {
            return List.of(new LockMode(lock, new Mode.Units(random.nextInt(4) == 0 ? 1 : 2, POOL)));
        }
        List<LockMode> locks = new ArrayList<>(List.of(new LockMode(lock, mode())));
        for (int i = random.nextInt(LOCKS); i < LOCKS && random.nextInt(3) == 0; i++) {
            String other = Machine.lock(i);
            if (locks.stream().noneMatch(one -> one.lock().equals(other))) {
                locks.add(random.nextBoolean() ? locks.size() : 0, new LockMode(other, mode()));
            }
        }
        return locks;
    }

    private Mode mode() {
        return switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> Mode.SHARED;
            case 4 -> new Mode.OfKind("a");
            case 5 -> new Mode.OfKind("b");
            case 6, 7, 8 -> new Mode.Units(random.nextLong(1, POOL + 1), random.nextInt(16) == 0 ? POOL + 1 : POOL);
            default -> Mode.EXCLUSIVE;
        };
    }
}
