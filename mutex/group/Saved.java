package mutex.group;

/**
 * What a peer must not forget in a restart; kept in its state file.
 *
 * @param group the group it is in; null when in none
 * @param promise the version it is bound to; null when free
 */
public record Saved(Group group, Promise promise) {

    /** The highest fence named here; a later change must come above it. */
    public long fence() {
        return Math.max(group == null ? 0 : group.version().fence(),
                promise == null ? 0 : promise.next().version().fence());
    }
}
