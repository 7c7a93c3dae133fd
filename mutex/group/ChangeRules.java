package mutex.group;

import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import mutex.group.ChangeQueue.ChangeRequest;

/** Which changes are not even proposed, and why, in a line for whoever asked (G7, R1, R5, R6, M1, W5). */
final class ChangeRules {

    private final int self;
    private final long lease;

    ChangeRules(int self, long lease) {
        this.self = self;
        this.lease = lease;
    }

    /** What is against adding that peer, which is no member at its address, to the group, or moving it there. */
    Optional<String> againstAdding(Hello hello, Group group) {
        SortedMap<Integer, String> members = group.members();
        String there = members.get(hello.id());
        if (there != null && !group.mayMove(hello)) {
            return Optional.of("id " + hello.id() + " is taken in this group; start the peer at " + hello.endpoint() + " with another --id");
        } else if (there != null && lease > 0 && members.size() == 2) {
            return Optional.of("with a lease and two members, only \"remove " + hello.id() + " --force\" lets peer " + hello.id() + " move from " + there);
        } else if (members.containsValue(hello.endpoint())) {
            return Optional.of(hello.endpoint() + " belongs to another member; start peer " + hello.id() + " at another address");
        } else if (there == null && members.size() >= Group.MOST_MEMBERS) {
            return Optional.of("the group has " + members.size() + " members, the most there can be; remove one first");
        } else if (!hello.free() && (hello.isMember() || hello.group().origin() != group.origin())) {
            return Optional.of("peer " + hello.id() + " is in another group: " + hello.group());
        }
        return Optional.empty();
    }

    /**
     * What is against removing those members, some of which stay.
     *
     * @param bound to what this peer is; null to nothing. Whom that would add may be named, too, where it takes force (R6)
     */
    Optional<String> againstRemoving(ChangeRequest request, Group group, Promise bound) {
        SortedSet<Integer> unknown = new TreeSet<>(request.removed());
        unknown.removeAll(group.members().keySet());
        if (request.force() && bound != null) {
            bound.all().forEach(one -> unknown.removeAll(one.next().members().keySet()));
        }
        boolean leaves = request.removes(self);
        int left = group.members().size() - request.removed().size();
        if (!unknown.isEmpty()) {
            return Optional.of("no member: " + unknown + "; the group is " + group.list());
        } else if (leaves && request.removed().size() > 1) {
            return Optional.of("peer " + self + " is this one: \"quit\" leaves");
        } else if (leaves || request.force()) {
            return Optional.empty();
        } else if (lease > 0 && group.majority(left) && !group.overlaps(left)) {
            return Optional.of("so many at once need --force, as two halves could both go on: remove one, or bring one back first");
        } else if (lease == 0 || group.members().size() == 2 || !group.majority(left)) {
            return Optional.of("only --force can remove " + request.removed() + " here: " + (lease == 0 ? "without a lease"
                    : left + " of " + group.members().size() + " are no majority, and so") + " nobody can tell a dead peer from a silent one");
        }
        return Optional.empty();
    }
}
