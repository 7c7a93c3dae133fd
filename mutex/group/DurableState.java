package mutex.group;

/**
 * What a peer must not forget in a restart (G4); kept in its state file.
 *
 * @param group the group it is in; null when in none
 * @param promise the version it is bound to; null when free
 * @param floor no fence was entered with or acknowledged above it; 0: that is not known
 */
public record DurableState(Group group, Promise promise, long floor) {

    /** Without a floor. */
    public DurableState(Group group, Promise promise) {
        this(group, promise, 0);
    }

    /** The same group and promise with that floor. */
    public DurableState with(long floor) {
        return new DurableState(group, promise, floor);
    }

    /** The highest fence named here; all later ones must be above it. */
    public long fence() {
        return Math.max(floor, Math.max(group == null ? 0 : group.version().fence(),
                promise == null ? 0 : promise.next().version().fence()));
    }
}
