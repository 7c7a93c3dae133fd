package mutex.group;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import mutex.group.OwnGroup.Purpose;

/** How a peer that was never in a group comes to found one (B1 to B4), and whom it believes until it is in one (W6). */
final class Founding {

    private final OwnGroup own;
    private final int expect; // 0: there is a list
    private final Acceptor acceptor;
    private final GroupHost host;
    private final Consumer<Group> enter;
    private final Bootstrap bootstrap;
    private final TrustedPeers trusted;
    private final SortedSet<String> discovered = new TreeSet<>(); // addresses where members may be
    private final Set<String> ownAddresses = new TreeSet<>(); // found to be our own under other names

    /**
     * @param expect how many found a group, where they have no list but find each other; 0 with a list
     * @param bound to a founding, by the state file; null when it is not
     */
    Founding(OwnGroup own, List<Seed> others, int expect, Promise bound, Acceptor acceptor, TrustedPeers trusted, GroupHost host,
            Consumer<Group> enter) {
        this.own = own;
        this.expect = expect;
        this.acceptor = acceptor;
        this.host = host;
        this.enter = enter;
        this.trusted = trusted;
        bootstrap = expect > 0 || bound != null ? new DiscoveryBootstrap(own.id(), own.endpoint(), expect, this::knows)
                : new ListBootstrap(own.id(), own.endpoint(), others);
        if (bound != null) {
            bootstrap.bind(bound.next());
        }
    }

    /** This peer is in no group, was in none, and has not agreed to be added to one. */
    boolean open() {
        return own.last() == null && (acceptor.promise() == null || acceptor.promise().founds());
    }

    /** Nobody else is looked for (B3). */
    boolean alone() {
        return bootstrap.alone();
    }

    /** Whether all write down what they agree to before the group begins (B4). */
    boolean bindsFirst() {
        return bootstrap.bindFirst();
    }

    List<Seed> list() {
        return bootstrap.list();
    }

    /** How many found a group, where they have no list but find each other; 0 with a list. */
    int expect() {
        return expect;
    }

    SortedSet<String> discovered() {
        return discovered;
    }

    /** W6: whether this peer was told of that one. */
    boolean knows(int peer) {
        Set<String> given = new TreeSet<>(discovered);
        if (expect == 0) {
            bootstrap.list().forEach(entry -> given.add(entry.endpoint()));
        }
        if (acceptor.promise() != null) {
            given.addAll(acceptor.promise().next().members().values());
        }
        return trusted.count(peer, given);
    }

    // What others say.

    void hear(Hello hello, String dialed) {
        if (!open()) {
            return;
        }
        boolean told = announcesChange(() -> bootstrap.hear(hello, dialed).ifPresent(host::say));
        if (!told) {
            host.send(hello.id(), listing()); // our greeting may be older than our list
        }
        compareLists(hello.id());
    }

    void listing(int from, GroupMessage.Listing listing) {
        if (open()) {
            announcesChange(() -> bootstrap.listing(from, listing));
            compareLists(from);
        }
    }

    void unlinked(int peer) {
        announcesChange(() -> bootstrap.forget(peer));
    }

    void discovered(Collection<String> addresses) {
        discovered.clear();
        discovered.addAll(addresses);
        discovered.removeAll(ownAddresses);
    }

    /** One's own address was reached under another name. */
    void dropAddress(String dialed) {
        ownAddresses.add(dialed);
        discovered.remove(dialed);
        bootstrap.drop(dialed);
        if (open()) {
            host.announce(listing());
            foundIfAllAgree();
        }
    }

    /** B4: there is a group, and this peer founds no other; one that it was to found with that peer never begins. */
    void meetGroup(int from, Group theirs, long now) {
        announcesChange(() -> {
            bootstrap.begun(from);
            Group ours = acceptor.promise() == null ? null : acceptor.promise().next();
            if (ours != null && theirs.origin() != ours.origin() && theirs.members().size() > 1 && ours.members().containsKey(from)
                    && ours.members().get(from).equals(theirs.members().get(from))) {
                acceptor.bind(null, now);
                bootstrap.bind(null);
            }
        });
    }

    GroupMessage.Listing listing() {
        return new GroupMessage.Listing(bootstrap.list(), acceptor.promise() != null && acceptor.promise().founds());
    }

    /** Does what may change our list; if it did, all are told, and the answer is true. */
    boolean announcesChange(Runnable what) {
        List<Seed> before = bootstrap.list();
        what.run();
        boolean other = open() && !before.equals(bootstrap.list());
        if (other) {
            host.announce(listing());
        }
        return other;
    }

    // The beginning.

    private void compareLists(int peer) {
        bootstrap.difference(peer).ifPresent(host::say);
        foundIfAllAgree();
    }

    void foundIfAllAgree() {
        if (open() && !own.saving()) {
            bootstrap.begin().ifPresent(this::found);
        }
    }

    private void found(Group first) {
        if (!bootstrap.bindFirst()) {
            enter.accept(first);
        } else if (acceptor.promise() == null) {
            bootstrap.bind(first);
            own.save(new DurableState(null, new Promise(first, own.id())), Purpose.FOUND);
        } else if (bootstrap.complete()) {
            own.save(new DurableState(first, null), Purpose.ADOPT);
        }
    }

    /** The promise to found it is on the disk, or could not be written (problem). */
    void bound(Promise made, String problem, long now) {
        if (problem != null) {
            bootstrap.bind(null);
            host.say("no group is founded, as that cannot be written down (" + problem + "); make --state DIR writable, and start again");
            return;
        }
        acceptor.bind(made, now);
        host.announce(listing());
        foundIfAllAgree();
    }

    /** What differs between the start list of that peer and ours; empty in a group. */
    Optional<String> difference(int peer) {
        return own.group() == null ? bootstrap.difference(peer) : Optional.empty();
    }

    String waitingFor() {
        return bootstrap.waitingFor();
    }
}
