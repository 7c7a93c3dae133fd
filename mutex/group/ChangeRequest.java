package mutex.group;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A change of the group that somebody wants.
 *
 * @param asker whom to answer; 0 when the peer or the newcomer itself wants it
 * @param endpoint the newcomer's {@code host:port}; null unless one is added
 * @param newcomer the newcomer's id; 0 while unknown
 * @param removed members that are to go; empty unless some are
 * @param force without {@code .group} and a majority: nothing is promised if one of the removed lives
 */
record ChangeRequest(long asker, String endpoint, int newcomer, SortedSet<Integer> removed, boolean force) {

    private static final SortedSet<Integer> NOBODY = Collections.emptySortedSet();

    /** G6, same members, next version: it closes a promise that its proposer left open. */
    static final ChangeRequest NULL_CHANGE = new ChangeRequest(0, null, 0, NOBODY, false);

    static ChangeRequest add(long asker, String endpoint, int newcomer) {
        return new ChangeRequest(asker, endpoint, newcomer, NOBODY, false);
    }

    static ChangeRequest remove(long asker, SortedSet<Integer> removed, boolean force) {
        return new ChangeRequest(asker, null, 0, new TreeSet<>(removed), force);
    }

    Group on(Group base, long fence) {
        return endpoint != null ? base.with(newcomer, endpoint, fence) : base.without(removed, fence);
    }

    /** As a person would ask for it. */
    @Override
    public String toString() {
        return endpoint != null ? "add " + endpoint : removed.isEmpty() ? "close a change that was left open"
                : "remove " + removed.stream().map(String::valueOf).collect(Collectors.joining(" ")) + (force ? " --force" : "");
    }
}
