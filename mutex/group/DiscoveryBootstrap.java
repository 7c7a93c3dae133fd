package mutex.group;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/**
 * B4: how peers without a list become a group. When as many have met as each of them expects, and all have met the
 * same. Who finds whom, and when, is left to chance; so each writes down what it agrees to before it says so,
 * agrees to nothing else for as long as that may begin, and the group begins when all have said so. Two groups
 * would need a peer in both, if more than half of all peers are expected. Who has met a group founds none.
 */
final class DiscoveryBootstrap implements Bootstrap {

    private static final int NOBODY = Membership.ONLY_JOINS;

    /** A linked peer; bound: its list is written down. */
    private record Met(Hello hello, List<Seed> list, boolean bound) {

        Seed who() {
            return new Seed(hello.endpoint(), hello.id());
        }
    }

    private final Seed self;
    private final int expect; // so many or more found a group
    private final IntPredicate counts; // whose word does: others that call found nothing with us
    private final SortedMap<Integer, Met> met = new TreeMap<>();
    private List<Seed> bound; // agreed to, and being written down or written; null: nothing is
    private boolean late; // there is a group

    DiscoveryBootstrap(int id, String endpoint, int expect, IntPredicate counts) {
        self = new Seed(endpoint, id);
        this.counts = counts;
        this.expect = expect;
    }

    @Override
    public boolean alone() {
        return false;
    }

    @Override
    public List<Seed> list() {
        if (bound != null) {
            return bound;
        }
        if (late) {
            return List.of(self);
        }
        List<Met> fellows = met.values().stream().filter(this::isFellow).toList();
        Optional<Met> first = fellows.stream().filter(Met::bound).findFirst(); // it cannot yield any more, and we can
        List<Seed> list = new ArrayList<>(List.of(self));
        fellows.forEach(fellow -> list.add(fellow.who()));
        list.sort(Comparator.comparingInt(Seed::id));
        return first.map(Met::list).orElse(list.size() <= Group.MOST_MEMBERS ? list : List.of(self)); // W5: so many agree to nothing
    }

    /** In no group, and could found one with us. */
    private boolean isFellow(Met other) {
        return other.hello.group() == null && counts.test(other.hello.id())
                && (other.bound ? other.list.contains(self) : other.hello.expect() == expect);
    }

    @Override
    public Optional<String> hear(Hello hello, String dialed) {
        met.put(hello.id(), new Met(hello, hello.list(), false));
        return difference(hello.id());
    }

    @Override
    public void drop(String dialed) {
        // it is on no list
    }

    @Override
    public void listing(int from, GroupMessage.Listing listing) {
        met.computeIfPresent(from, (id, other) -> new Met(other.hello, listing.list(), listing.bound()));
    }

    @Override
    public void forget(int peer) {
        met.remove(peer);
    }

    @Override
    public void begun(int peer) {
        late = true;
        met.remove(peer);
    }

    @Override
    public Optional<Group> begin() {
        List<Seed> list = list();
        if (list.size() < expect && bound == null || !others(list).stream().allMatch(entry -> agrees(entry, list))) {
            return Optional.empty();
        }
        return Optional.of(Group.found(list.stream().collect(Collectors.toMap(Seed::id, Seed::endpoint))));
    }

    private List<Seed> others(List<Seed> list) {
        return list.stream().filter(entry -> !entry.equals(self)).toList();
    }

    private boolean agrees(Seed entry, List<Seed> list) {
        Met other = met.get(entry.id());
        return other != null && isFellow(other) && other.who().equals(entry) && new HashSet<>(other.list).equals(new HashSet<>(list));
    }

    @Override
    public boolean bindFirst() {
        return true;
    }

    @Override
    public void bind(Group first) {
        bound = first == null ? null
                : first.members().entrySet().stream().map(member -> new Seed(member.getValue(), member.getKey())).toList();
    }

    @Override
    public boolean complete() {
        return bound != null && others(bound).stream().allMatch(entry -> agrees(entry, bound) && met.get(entry.id()).bound);
    }

    @Override
    public Optional<String> difference(int peer) {
        Met other = met.get(peer);
        boolean founds = other != null && other.hello.group() == null && other.hello.expect() > 0 && other.hello.expect() < NOBODY;
        return !founds || expect == NOBODY || isFellow(other) || bound != null || late ? Optional.empty()
                : Optional.of("peer " + peer + " at " + other.hello.endpoint() + (other.bound ? " founds a group without this one: "
                        + join(other.list) : " has --expect " + other.hello.expect() + ", this one --expect " + expect
                        + "; start all with the same"));
    }

    @Override
    public String waitingFor() {
        if (bound != null) {
            return "founds a group of " + join(bound) + "; waits until "
                    + join(others(bound).stream().filter(entry -> !agrees(entry, bound) || !met.get(entry.id()).bound).toList())
                    + " has written that down, too";
        }
        if (late) {
            return "has met a group, and waits to meet it again, to be added";
        }
        if (expect == NOBODY) {
            return "looks for a group to be added to; peers that are to begin one need --expect N";
        }
        List<Seed> list = list();
        long fellows = met.values().stream().filter(this::isFellow).count();
        if (fellows >= Group.MOST_MEMBERS) {
            return fellows + " others are met, and a group has " + Group.MOST_MEMBERS + " members at most; stop some, or let discovery find fewer";
        }
        return list.size() < expect ? list.size() + " of " + expect + " peers met: " + join(list)
                : "not all have met each other yet: " + join(list);
    }

    private static String join(List<Seed> entries) {
        return entries.stream().map(Seed::toString).collect(Collectors.joining(", "));
    }
}
