package mutex.group;

import java.util.List;

/**
 * What two peers tell each other first on a new link.
 *
 * @param endpoint where the peer can be reached, as it says itself
 * @param epoch the peer's present epoch
 * @param process random number of the process: tells a restart from a second peer with the same id
 * @param algorithm name of the algorithm that the peer runs
 * @param leaseMillis the peer's lease in milliseconds; 0 when off
 * @param group the group the peer is in, or was in at another address; null while it is in none
 * @param list its start list with itself, for the founding
 * @param expect how many found a group where they have no list but find each other; 0 with a list
 */
public record Hello(
        int id,
        String endpoint,
        long epoch,
        long process,
        String algorithm,
        long leaseMillis,
        Group group,
        List<Seed> list,
        int expect) {

    /** With a list. */
    public Hello(int id, String endpoint, long epoch, long process, String algorithm, long leaseMillis, Group group,
            List<Seed> list) {
        this(id, endpoint, epoch, process, algorithm, leaseMillis, group, list, 0);
    }

    Hello withList(List<Seed> list) {
        return new Hello(id, endpoint, epoch, process, algorithm, leaseMillis, group, list, expect);
    }

    Hello inNoGroup() {
        return new Hello(id, endpoint, epoch, process, algorithm, leaseMillis, null, list, expect);
    }

    /** In its group; else it is in none, or has moved from the address that the group has. */
    public boolean isMember() {
        return group != null && endpoint.equals(group.members().get(id));
    }

    /** The same with a group: a certificate says that it is a member of that. */
    public Hello with(Group group) {
        return new Hello(id, endpoint, epoch, process, algorithm, leaseMillis, group, list, expect);
    }

    /** In no group with others: nothing is lost when it joins another. */
    public boolean free() {
        return group == null || group.members().size() == 1;
    }
}
