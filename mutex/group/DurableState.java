package mutex.group;

import java.util.List;
import mutex.once.RunMark;

/**
 * What a peer must not forget in a restart (G4); kept in its state file.
 *
 * @param group the group it is in; null when in none
 * @param promise the version it is bound to; null when free
 * @param floor no fence was entered with or acknowledged above it; 0: that is not known
 * @param marks what it knows of jobs that run once a period (O1), one a job
 */
public record DurableState(Group group, Promise promise, long floor, List<RunMark> marks) {

    /** Without a floor or marks. */
    public DurableState(Group group, Promise promise) {
        this(group, promise, 0);
    }

    /** Without marks. */
    public DurableState(Group group, Promise promise, long floor) {
        this(group, promise, floor, List.of());
    }

    /** The same group and promise with that floor and those marks. */
    public DurableState with(long floor, List<RunMark> marks) {
        return new DurableState(group, promise, floor, marks);
    }

    /** The highest fence named here; all later ones must be above it. */
    public long fence() {
        return Math.max(floor, Math.max(group == null ? 0 : group.version().fence(),
                promise == null ? 0 : promise.next().version().fence()));
    }
}
