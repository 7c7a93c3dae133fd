package mutex.group;

/**
 * A change of the group that somebody wants.
 *
 * @param asker whom to answer; 0 when the peer or the newcomer itself wants it
 * @param endpoint the newcomer's {@code host:port}; null for the null change
 * @param newcomer the newcomer's id; 0 while unknown
 */
record Wish(long asker, String endpoint, int newcomer) {

    /** Same members, next version: it closes a promise that its proposer left open. */
    static final Wish NULL_CHANGE = new Wish(0, null, 0);

    Group on(Group base, long fence) {
        return endpoint == null ? base.again(fence) : base.with(newcomer, endpoint, fence);
    }
}
