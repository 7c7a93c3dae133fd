package mutex.group;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * B1: how equal start lists become a group. When every listed peer has been heard, is in no group, and
 * lists the same peers. B2: lists name addresses; whose address it is, the handshake tells.
 */
final class ListBootstrap implements Bootstrap {

    /** The peers of a list, to be found in it by what is known of them: each list of 64 is compared with 63 others, again and again. */
    private static final class ListedPeers {

        private final Set<Integer> ids = new HashSet<>();
        private final Set<String> endpoints = new HashSet<>();
        private final Set<String> unknown = new HashSet<>(); // those whose peer has no id yet

        ListedPeers(List<Seed> list) {
            for (Seed entry : list) {
                endpoints.add(entry.endpoint());
                if (entry.id() == 0) {
                    unknown.add(entry.endpoint());
                } else {
                    ids.add(entry.id());
                }
            }
        }

        /** Whether one of them is the same peer: see {@link Seed#matches}. */
        boolean has(Seed seed) {
            return seed.id() == 0 ? endpoints.contains(seed.endpoint()) : ids.contains(seed.id()) || unknown.contains(seed.endpoint());
        }
    }

    private final Seed self;
    private final List<Seed> list; // with ourselves; ids are filled in as peers are heard
    private final SortedMap<Integer, Hello> heard = new TreeMap<>();

    ListBootstrap(int id, String endpoint, List<Seed> others) {
        self = new Seed(endpoint, id);
        list = new ArrayList<>(others);
        list.removeIf(entry -> entry.matches(self) || entry.endpoint().equals(endpoint));
        list.add(self);
    }

    @Override
    public boolean alone() {
        return list.size() == 1;
    }

    @Override
    public List<Seed> list() {
        return List.copyOf(list);
    }

    @Override
    public Optional<String> hear(Hello hello, String dialed) {
        heard.put(hello.id(), hello);
        Seed who = new Seed(hello.endpoint(), hello.id());
        Optional<String> said = Optional.empty();
        for (String address : new String[] {hello.endpoint(), dialed}) {
            int at = indexOf(address);
            if (at < 0) {
                continue;
            }
            if (list.get(at).id() == hello.id()) {
                list.set(at, who); // it may have another endpoint since its restart
                continue;
            }
            Optional<Seed> twin = list.stream().filter(entry -> entry.id() == hello.id()).findFirst();
            if (twin.isPresent()) {
                said = Optional.of(address + " and " + twin.get().endpoint() + " are both peer " + hello.id()
                        + "; counted once");
                list.remove(at);
            } else if (list.get(at).id() != 0) {
                said = Optional.of("listed as peer " + list.get(at).id() + " at " + address + ", but peer "
                        + hello.id() + " answers there; correct one of them");
            } else {
                list.set(at, who);
            }
        }
        return said;
    }

    @Override
    public void drop(String dialed) {
        list.removeIf(entry -> entry.endpoint().equals(dialed) && !entry.equals(self));
    }

    @Override
    public void listing(int from, GroupMessage.Listing listing) {
        heard.computeIfPresent(from, (id, h) -> h.withList(listing.list()));
    }

    @Override
    public void forget(int peer) {
        heard.remove(peer);
    }

    @Override
    public void begun(int peer) {
        // the list is the same, whoever is in a group
    }

    @Override
    public boolean bindFirst() {
        return false; // the list is the same after a restart
    }

    @Override
    public void bind(Group first) {
        throw new IllegalStateException("nothing is written down before a list founds a group");
    }

    @Override
    public boolean complete() {
        return true;
    }

    @Override
    public Optional<Group> begin() {
        List<Hello> others = new ArrayList<>();
        for (Seed entry : list) {
            if (entry.equals(self)) {
                continue;
            }
            Hello hello = heard.get(entry.id());
            if (hello == null || hello.group() != null || !hello.endpoint().equals(entry.endpoint())) {
                return Optional.empty();
            }
            others.add(hello);
        }
        if (!others.stream().allMatch(hello -> same(hello.list()))) { // last, as this is asked at every message of many peers
            return Optional.empty();
        }
        SortedMap<Integer, String> members = new TreeMap<>();
        members.put(self.id(), self.endpoint());
        others.forEach(hello -> members.put(hello.id(), hello.endpoint()));
        return Optional.of(Group.found(members));
    }

    private boolean same(List<Seed> theirs) {
        return theirs.size() == list.size() && lacks(theirs, list).isEmpty() && lacks(list, theirs).isEmpty();
    }

    @Override
    public Optional<String> difference(int peer) {
        Hello hello = heard.get(peer);
        if (hello == null || hello.group() != null || same(hello.list())) {
            return Optional.empty();
        }
        boolean unresolved = list.stream().anyMatch(e -> e.id() == 0)
                || hello.list().stream().anyMatch(e -> e.id() == 0);
        if (unresolved && hello.list().size() == list.size()) {
            return Optional.empty();
        }
        List<Seed> onlyTheirs = lacks(list, hello.list());
        List<Seed> onlyOurs = lacks(hello.list(), list);
        return Optional.of("peer " + peer + " at " + hello.endpoint() + " has another peer list:"
                + (onlyTheirs.isEmpty() ? "" : " only there " + join(onlyTheirs))
                + (onlyOurs.isEmpty() ? "" : (onlyTheirs.isEmpty() ? "" : ";") + " only here " + join(onlyOurs))
                + "; start all with the same list, or add the newcomer");
    }

    @Override
    public String waitingFor() {
        List<String> reasons = new ArrayList<>();
        for (Seed entry : list) {
            if (!entry.equals(self) && !heard.containsKey(entry.id())) {
                reasons.add("peer at " + entry + " not heard yet");
            }
        }
        heard.keySet().forEach(peer -> difference(peer).ifPresent(reasons::add));
        return reasons.isEmpty() ? "the lists are being compared" : String.join("; ", reasons);
    }

    private static List<Seed> lacks(List<Seed> where, List<Seed> what) {
        ListedPeers listed = new ListedPeers(where);
        return what.stream().filter(entry -> !listed.has(entry)).toList();
    }

    private static String join(List<Seed> entries) {
        return String.join(", ", entries.stream().map(Seed::toString).toList());
    }

    private int indexOf(String endpoint) {
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i).endpoint().equals(endpoint)) {
                return i;
            }
        }
        return -1;
    }
}
