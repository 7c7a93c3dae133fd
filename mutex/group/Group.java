package mutex.group;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The members at one version.
 *
 * @param origin the founding this group comes from; groups of different origin never merge (G2)
 * @param members endpoint ({@code host:port}) of every member by its id
 */
public record Group(long origin, Version version, SortedMap<Integer, String> members) {

    /** W5: what fits a message between peers. */
    public static final int MOST_MEMBERS = 64;

    public Group {
        members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
    }

    /** The first version of a group; equal lists found equal groups. */
    public static Group found(Map<Integer, String> members) {
        Group group = new Group(0, new Version(1, 0), new TreeMap<>(members));
        return new Group(group.print(), group.version, group.members);
    }

    /** B3: a group of one, which nobody else founds; it is another one each time. */
    public static Group alone(int id, String endpoint, long fence) {
        return new Group(new Group(fence, new Version(1, 0), new TreeMap<>(Map.of(id, endpoint))).print(), new Version(1, 0),
                new TreeMap<>(Map.of(id, endpoint)));
    }

    /** The next version with one more member, or with one at another address. */
    public Group with(int id, String endpoint, long fence) {
        SortedMap<Integer, String> more = new TreeMap<>(members);
        more.put(id, endpoint);
        return new Group(origin, new Version(version.number() + 1, fence), more);
    }

    /** The next version without these members; with none of them, the null change of protocol.md. */
    public Group without(Set<Integer> removed, long fence) {
        SortedMap<Integer, String> fewer = new TreeMap<>(members);
        fewer.keySet().removeAll(removed);
        return new Group(origin, new Version(version.number() + 1, fence), fewer);
    }

    /** Whether the peer is at the address that its id has here. */
    public boolean lists(Hello hello) {
        return hello.endpoint().equals(members.get(hello.id()));
    }

    /** Whether the peer has a member's id at another address than that has here. */
    public boolean isElsewhere(Hello hello) {
        return members.containsKey(hello.id()) && !lists(hello);
    }

    /** M1: whether the peer shows that it is a member which had the address listed here, or a newer version in which it has moved. */
    public boolean mayMove(Hello hello) {
        String here = members.get(hello.id());
        Group theirs = hello.group();
        return here != null && theirs != null && theirs.origin == origin
                && (here.equals(theirs.members.get(hello.id())) || hello.isMember() && theirs.version.compareTo(version) > 0);
    }

    /** The members that have another address in the next version. */
    SortedSet<Integer> moved(Group next) {
        SortedSet<Integer> moved = new TreeSet<>(members.keySet());
        moved.removeIf(id -> !next.members.containsKey(id) || next.members.get(id).equals(members.get(id)));
        return moved;
    }

    /** R5: whether a majority of so many members of this group shares a member with every majority of the group. */
    public boolean overlaps(int left) {
        return members.size() / 2 + 1 + left / 2 + 1 > members.size();
    }

    /** Whether so many members are more than half. */
    public boolean majority(int count) {
        return count > members.size() / 2;
    }

    public SortedSet<Integer> othersThan(int id) {
        SortedSet<Integer> others = new TreeSet<>(members.keySet());
        others.remove(id);
        return others;
    }

    /** A number that tells member lists apart: 64-bit FNV-1a of origin, version and members. */
    public long print() {
        long hash = 0xcbf29ce484222325L;
        for (char c : (origin + " " + version + " " + members).toCharArray()) {
            hash = (hash ^ c) * 0x100000001b3L;
        }
        return hash;
    }

    public String list() {
        return members.entrySet().stream()
                .map(member -> member.getKey() + " at " + member.getValue())
                .collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return version + " of " + members.size() + (members.size() == 1 ? " peer: " : " peers: ") + list();
    }
}
