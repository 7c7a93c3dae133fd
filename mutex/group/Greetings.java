package mutex.group;

import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What each linked peer has said of itself last: who can be added, and which members have moved or have not (M1, M2). */
final class Greetings {

    private final SortedMap<Integer, Hello> heard = new TreeMap<>(); // by peer
    private final SortedSet<Integer> released = new TreeSet<>(); // R6: they enter no present version

    void hear(Hello hello) {
        heard.put(hello.id(), hello);
        released.remove(hello.id());
    }

    void unlinked(int peer) {
        heard.remove(peer);
        released.remove(peer);
    }

    /** The peer is bound to a version without it; false: that was known. */
    boolean released(int peer) {
        return released.add(peer);
    }

    /** Another version is in force, which they may enter. */
    void entered() {
        released.clear();
    }

    boolean isReleased(int peer) {
        return released.contains(peer);
    }

    /** The peer shows that it is in no group. */
    void inNoGroup(int peer) {
        heard.computeIfPresent(peer, (id, hello) -> hello.isMember() ? hello.inNoGroup() : hello); // else it has moved
    }

    /** Null when there is no link to it. */
    Hello of(int peer) {
        return heard.get(peer);
    }

    Optional<Hello> at(String endpoint) {
        return heard.values().stream().filter(hello -> hello.endpoint().equals(endpoint)).findFirst();
    }

    /** Members that have shown themselves at another address than the group has, or enter no present version. */
    SortedSet<Integer> movers(Group group) {
        SortedSet<Integer> movers = new TreeSet<>();
        heard.values().stream().filter(hello -> group.isElsewhere(hello) && group.mayMove(hello)).forEach(hello -> movers.add(hello.id()));
        released.stream().filter(peer -> heard.get(peer).endpoint().equals(group.members().get(peer))).forEach(movers::add);
        return movers;
    }

    /** M2: why a member that the next version moves is not over at its old address; empty when no link says so. */
    Optional<String> livesElsewhere(Group next, Group group, int self) {
        return group == null ? Optional.empty() : group.moved(next).stream().map(heard::get)
                .filter(hello -> hello != null && !hello.endpoint().equals(next.members().get(hello.id()))).findFirst()
                .map(hello -> "peer " + self + " has a link to peer " + hello.id() + " at " + hello.endpoint() + ": it has not moved");
    }
}
