package mutex.group;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which group this peer is in and how it came there: founding, adopting a newer version, being
 * bound to a proposed one, asking to be added.
 *
 * <p>Pure, like all of this package. What must survive a restart is saved before it counts (G4); until
 * {@link #saved} comes, further group messages are ignored, as every one of them is repeated.
 */
public final class Membership {

    /** What a peer expects that founds no group. */
    public static final int ONLY_JOINS = Integer.MAX_VALUE;

    private static final long TELL_EVERY = 500_000_000L;

    /** What is being saved, and what for. */
    private record Saving(DurableState state, Purpose purpose, int proposer) {}

    private enum Purpose { ADOPT, BIND, COMMIT, FOUND }

    private final int id;
    private final String endpoint;
    private final GroupHost site;
    private final int expect; // 0: there is a list
    private final Bootstrap founders;
    private final JoinRequests joining = new JoinRequests();
    private final TrustedPeers acquaintances = new TrustedPeers();
    private final Acceptor binding;
    private final Change change;
    private Group group; // null: in none
    private Group outside; // the newest version that went on without this peer; null: none did
    private final SortedMap<Integer, Long> behind = new TreeMap<>(); // peers that do not know it yet, and when to tell them
    private Saving saving; // null: nothing under way
    private final SortedSet<String> found = new TreeSet<>(); // addresses by discovery: where members may be
    private final Set<Integer> strangers = new TreeSet<>(); // linked, and have shown or proposed a group that does not count
    private final Set<String> own = new TreeSet<>(); // other names of our own address

    /** @param expect how many found a group, where they have no list but find each other; 0 with a list */
    public Membership(int id, String endpoint, List<Seed> others, DurableState saved, GroupHost site, long lease, int expect) {
        this.id = id;
        this.expect = expect;
        this.endpoint = endpoint;
        this.site = site;
        boolean bound = saved != null && saved.promise() != null && saved.promise().founds(); // outranks the list
        founders = expect > 0 || bound ? new DiscoveryBootstrap(id, endpoint, expect, this::knows) : new ListBootstrap(id, endpoint, others);
        binding = new Acceptor(id, endpoint, site, lease);
        change = new Change(id, lease, this, site);
        if (saved != null) {
            keep(saved.group());
            binding.recall(saved.promise());
            if (bound) {
                founders.bind(saved.promise().next());
            }
        }
    }

    /** Goes on in the group of the state file (G4); a peer with neither file nor list begins alone (B3). */
    public void start(long now) {
        binding.refresh(now);
        if (group != null) {
            enter(group);
        } else if (outside != null && outside.members().keySet().equals(Set.of(id))) { // M4: nobody else is there to move it
            save(new DurableState(outside.with(id, endpoint, site.nextFence()), null), Purpose.ADOPT, id);
        } else if (unbegun() && founders.alone()) {
            enter(Group.alone(id, endpoint, site.nextFence()));
        }
    }

    public Group group() {
        return group;
    }

    /** The group that went on without this peer; null when there is none. */
    public Group outside() {
        return outside;
    }

    /** The group this peer is in, or else the one that went on without it; null when it was in none. */
    public Group last() {
        return group != null ? group : outside;
    }

    /** The version of that group that is known here: of the one this peer is in, or that went on without it; else none. */
    public Version known(Group theirs) {
        return isOurs(theirs) ? last().version() : Version.NONE;
    }

    private boolean isOurs(Group theirs) {
        return last() != null && last().origin() == theirs.origin();
    }

    /** This peer is a member, but not at the address that its group has. */
    private boolean hasMoved() {
        return outside != null && outside.members().containsKey(id);
    }

    /** M1: the group for a greeting, also one that lists this peer at another address, which is how a member that moved shows who it is. */
    public Group shown() {
        return hasMoved() ? outside : group;
    }

    /** The version this peer is bound to; null when free. */
    public Promise promise() {
        return binding.promise();
    }

    public Change change() {
        return change;
    }

    public List<Seed> list() {
        return founders.list();
    }

    public int expect() {
        return expect;
    }

    /** These addresses were found: somebody of a group, or to found one with, may be there. */
    public void discovered(Set<String> addresses, long now) {
        List<Seed> before = founders.list();
        found.clear();
        found.addAll(addresses);
        found.removeAll(own);
        if (unbegun()) { // who called before it was found counts from now on
            acquaintances.shown().forEach((peer, group) -> consider(peer, group, now));
            announceIfOther(before);
            foundIfAllAgree();
        }
    }

    /** Where discovery has found something; nobody is a member because of that. */
    public SortedSet<String> found() {
        return found;
    }

    /** Whose word counts: of the members, of the last known ones for who is outside, and before there is a group of those it knows (W6). */
    public boolean counts(int peer) {
        return last() != null ? last().members().containsKey(peer) : knows(peer);
    }

    private boolean knows(int peer) {
        Set<String> given = new TreeSet<>(found);
        if (expect == 0) {
            founders.list().forEach(entry -> given.add(entry.endpoint()));
        }
        if (promise() != null) {
            given.addAll(promise().next().members().values());
        }
        return acquaintances.count(peer, given);
    }

    private boolean unbegun() {
        return group == null && outside == null && (promise() == null || promise().founds());
    }

    private GroupMessage.Listing listing() {
        return new GroupMessage.Listing(founders.list(), promise() != null && promise().founds());
    }

    private boolean announceIfOther(List<Seed> before) {
        boolean other = unbegun() && !before.equals(founders.list());
        if (other) {
            site.announce(listing());
        }
        return other;
    }

    /** G3: the group we are in, or the one that goes on without us; an older version must not count again. */
    private void keep(Group known) {
        boolean member = known != null && endpoint.equals(known.members().get(id));
        group = member ? known : null;
        outside = member ? null : known;
    }

    /** Takes in a greeting; dialed is the address it was reached at, null when the peer called. */
    public void hear(Hello hello, String dialed, long now) {
        acquaintances.hear(hello, dialed);
        if (unbegun()) {
            List<Seed> before = founders.list();
            founders.hear(hello, dialed).ifPresent(site::say);
            if (!announceIfOther(before)) {
                site.send(hello.id(), listing()); // our greeting may be older than our list
            }
            compareLists(hello.id());
        }
        if (hello.group() != null) {
            refuseForeign(hello);
            consider(hello.id(), hello.group(), now);
        }
        if (group != null && !group.equals(hello.group())) {
            present(hello.id());
        }
        change.hear(hello, dialed, now);
    }

    private void refuseForeign(Hello hello) {
        Group theirs = hello.group();
        boolean both = group != null && group.members().size() > 1 && theirs.members().size() > 1; // G2
        if (both && group.origin() != theirs.origin()) {
            site.say("peer " + hello.id() + " at " + hello.endpoint() + " is in another group: " + theirs
                    + "; this one is " + group + "; groups never merge: stop one, remove its state files and add its peers");
        }
    }

    /** One's own address was reached under another name. */
    public void dropAddress(String dialed) {
        own.add(dialed);
        found.remove(dialed);
        founders.drop(dialed);
        if (unbegun()) {
            site.announce(listing());
            foundIfAllAgree();
        }
    }

    public void unlinked(int peer) {
        List<Seed> before = founders.list();
        founders.forget(peer);
        announceIfOther(before);
        acquaintances.forget(peer);
        joining.forget(peer);
        change.unlinked(peer);
        behind.remove(peer);
        strangers.remove(peer);
    }

    /** Shows our group to a peer that is behind. */
    public void present(int to) {
        site.send(to, new GroupMessage.Present(group));
    }

    /** R7: a linked peer shows that version of its group. */
    public void shown(int peer, Version version) {
        if (version.equals(Version.NONE)) {
            change.free(peer);
        }
        if (outside != null && outside.members().containsKey(peer) && version.compareTo(outside.version()) >= 0) {
            behind.remove(peer);
            change.left();
        }
    }

    /** R2: whether this peer is bound to a version that removes that one, which gets no answer but for the group. */
    public boolean ignores(int peer) {
        return binding.removes(peer, group);
    }

    private void compareLists(int peer) {
        founders.difference(peer).ifPresent(site::say);
        foundIfAllAgree();
    }

    private void foundIfAllAgree() {
        if (unbegun() && saving == null) {
            founders.begin().ifPresent(this::found);
        }
    }

    private void found(Group first) {
        if (!founders.bindFirst()) {
            enter(first);
        } else if (promise() == null) {
            founders.bind(first);
            save(new DurableState(null, new Promise(first, id)), Purpose.FOUND, id);
        } else if (founders.complete()) {
            save(new DurableState(first, null), Purpose.ADOPT, id);
        }
    }

    private void boundToFound(Promise made, String problem, long now) {
        if (problem != null) {
            founders.bind(null);
            site.say("no group is founded, as that cannot be written down (" + problem + "); make --state DIR writable, and start again");
            return;
        }
        binding.bind(made, now);
        site.announce(listing());
        foundIfAllAgree();
    }

    private void enter(Group known) {
        keep(known);
        Group next = group;
        if (next != null) {
            joining.inGroup();
        }
        site.switched(next);
        site.announce(next != null ? new GroupMessage.Present(next) : listing());
        change.switched();
    }

    public void receive(int from, GroupMessage message, long now) {
        if (message instanceof GroupMessage.Present present) {
            consider(from, present.group(), now);
        } else if (message instanceof GroupMessage.Listing listing) {
            if (unbegun()) {
                List<Seed> before = founders.list();
                founders.listing(from, listing);
                announceIfOther(before);
                compareLists(from);
            }
        } else if (message instanceof GroupMessage.Join) {
            change.join(from);
        } else if (message instanceof GroupMessage.Propose propose) {
            if (!proposes(from, propose.next())) {
                if (group == null && !isOurs(propose.next())) {
                    refuse(from, propose.next());
                }
                return;
            }
            binding.onPropose(from, propose, group, outside, change.livesElsewhere(propose.next(), group), saving != null, now)
                    .ifPresent(state -> save(state, Purpose.BIND, from));
        } else {
            change.receive(from, message, now);
        }
    }

    /** G1, B5: adopts a newer version of our group, or the first one that lists us. */
    private void consider(int from, Group theirs, long now) {
        acquaintances.shows(from, theirs);
        boolean promised = binding.boundTo(theirs) && theirs.members().containsKey(from);
        if (last() == null && !knows(from) && !promised) {
            sayUnknown(from, "shows a group"); // W6
            return;
        }
        Group last = last();
        boolean ours = isOurs(theirs);
        if (outside != null && ours && theirs.version().compareTo(outside.version()) < 0) { // the past
            behind.putIfAbsent(from, now);
            return;
        }
        boolean ahead = ours && theirs.version().compareTo(last.version()) > 0;
        if (ahead && !last.members().containsKey(from) && !promised) {
            sayStranger(from, last); // W2
            return;
        }
        if (outside != null && ours) {
            outside = theirs;
        }
        if (saving != null) {
            joining.meet(from); // if this leaves us in no group, we ask, and are shown theirs again
            return;
        }
        if (unbegun()) {
            meetGroup(from, theirs, now);
        }
        boolean newer = group != null && ahead;
        String listed = theirs.members().get(id);
        if (newer && !endpoint.equals(listed)) {
            joining.removed();
            site.say("the group went on without this peer: " + theirs);
            save(new DurableState(theirs, null), Purpose.ADOPT, from);
        } else if (unbegun() && !founders.bindFirst() && endpoint.equals(listed) && theirs.version().number() == 1) {
            enter(theirs); // as founded: the state file is first written at the first change
        } else if (newer || group == null && endpoint.equals(listed) && (last == null || ours || promisedBy(from, theirs))) {
            save(new DurableState(theirs, binding.outlives(theirs)), Purpose.ADOPT, from);
        } else if (group == null) { // not listed, or at another address: it asks
            joining.meet(from);
        }
    }

    /** W2: a peer that is outside its group is taken into another only by those it has promised that. */
    private boolean promisedBy(int from, Group theirs) {
        Group next = promise() == null ? null : promise().next();
        return next != null && next.origin() == theirs.origin() && (next.equals(theirs) || next.members().containsKey(from));
    }

    /**
     * W3: a change of our group, or of the one we were in, comes from a member of it, being added to another from a member of
     * that; who has a list or discovery, and is in no group, is added only by those it knows (W6), and who has moved not at all.
     */
    private boolean proposes(int from, Group next) {
        if (isOurs(next)) {
            return last().members().containsKey(from);
        }
        return !hasMoved() && next.members().containsKey(from) && (group != null || founders.alone() || knows(from));
    }

    /** W6: not at once, as who introduces it may not have greeted yet; a proposal is repeated. */
    private void refuse(int from, Group next) {
        if (strangers.contains(from)) {
            site.send(from, new GroupMessage.Unbound(next.version(), "peer " + id + " was not told to join a group of peer " + from
                    + ": start it with the address of a member in its list, or with no list"));
        }
        sayUnknown(from, "proposes a group");
    }

    private void sayUnknown(int from, String does) {
        if (strangers.add(from)) {
            site.say("peer " + from + " " + does + ", but is at no address of this peer's list, nor introduced by one that is; "
                    + "that does not count; if it should, start this peer with the address of a member in its list");
        }
    }

    private void sayStranger(int from, Group last) {
        if (strangers.add(from)) {
            site.say("peer " + from + " shows a newer version of this group, but is no member of " + last
                    + "; that does not count until one of these shows it; if none of them is left, stop this peer, delete its state file, "
                    + "and add it again");
        }
    }

    /** B4: there is a group, and this peer founds no other; one that it was to found with that peer never begins. */
    private void meetGroup(int from, Group theirs, long now) {
        List<Seed> before = founders.list();
        founders.begun(from);
        Group ours = promise() == null ? null : promise().next();
        if (ours != null && theirs.origin() != ours.origin() && theirs.members().size() > 1 && ours.members().containsKey(from)
                && ours.members().get(from).equals(theirs.members().get(from))) {
            binding.bind(null, now);
            founders.bind(null);
        }
        announceIfOther(before);
    }

    /** The proposer binds itself first. */
    void bindSelf(Group next) {
        if (promise() != null && promise().next().version().compareTo(next.version()) > 0) {
            throw new IllegalStateException("bound to " + promise().next().version() + ", which is above " + next.version());
        }
        save(new DurableState(group, new Promise(next, id)), Purpose.BIND, id);
    }

    /** G5: the proposer writes down the new version; then it is in it. */
    void commit(Group next) {
        save(new DurableState(next, null), Purpose.COMMIT, id);
    }

    /** M3: why this peer must not be bound to it; empty when it may. */
    Optional<String> breaksMove(Group next) {
        return binding.breaksMove(next, group);
    }

    boolean saving() {
        return saving != null;
    }

    /** Whether this peer has been bound to it without a break. */
    boolean firm(Group next) {
        return binding.firm(next);
    }

    boolean boundTo(Group next) {
        return binding.boundTo(next);
    }

    /** Whether that is this peer's group and promise, written down or not. */
    public boolean isIn(DurableState state) {
        return Objects.equals(state.group(), last()) && Objects.equals(state.promise(), promise());
    }

    private void save(DurableState state, Purpose purpose, int proposer) {
        saving = new Saving(state, purpose, proposer);
        site.save(state);
    }

    /** The state was written, or could not be (problem, for a person). */
    public void saved(String problem, long now) {
        Saving done = saving;
        saving = null;
        if (done == null) {
            return;
        }
        if (done.purpose == Purpose.BIND) {
            bound(done, problem, now);
        } else if (done.purpose == Purpose.FOUND) {
            boundToFound(done.state.promise(), problem, now);
        } else if (done.purpose == Purpose.COMMIT && problem != null) {
            change.failed("the state file cannot be written: " + problem);
        } else {
            // G4: the changer has this version on its disk, so no older one can begin again without us.
            if (problem != null) {
                site.say("the group's new version is not written down (" + problem + "); it holds until this peer restarts");
            }
            binding.bind(done.state.promise(), now);
            if (done.purpose == Purpose.COMMIT && !done.state.group().members().containsKey(id)) {
                joining.removed(); // B5: it leaves, and does not ask to come back
                done.state.group().members().keySet().forEach(peer -> behind.put(peer, now));
            }
            enter(done.state.group());
        }
    }

    private void bound(Saving done, String problem, long now) {
        Promise made = done.state.promise();
        if (problem == null) {
            binding.bind(made, now);
            if (group != null) {
                SortedSet<Integer> removed = new TreeSet<>(group.members().keySet());
                removed.removeIf(member -> !binding.removes(member, group));
                site.ignore(removed);
            }
            if (group != null && done.state.group() != group) {
                enter(done.state.group());
            }
        }
        if (done.proposer == id) {
            change.selfBound(made.next(), problem, now);
        } else {
            site.send(done.proposer, problem == null ? new GroupMessage.Bound(made.next().version(), made.again())
                    : new GroupMessage.Unbound(made.next().version(), "peer " + id + " cannot write its state file: " + problem));
        }
    }

    private void tellThoseBehind(long now) {
        behind.replaceAll((peer, due) -> {
            if (now < due) {
                return due;
            }
            site.send(peer, new GroupMessage.Present(outside));
            return now + TELL_EVERY; // it may have to write that down first
        });
    }

    public void tick(long now) {
        if (group == null) {
            tellThoseBehind(now);
        }
        if (group == null) {
            joining.due(now, this::counts).ifPresent(contact -> site.send(contact, new GroupMessage.Join()));
        } else if (change.proposes()) {
            binding.refresh(now);
        } else if (binding.overdue(now)) {
            change.closePromise();
        }
        change.tick(now);
    }

    /** When {@link #tick} is next worth calling, in nanoseconds. */
    public long wakeAt() {
        return Math.min(change.wakeAt(), group != null ? change.proposes() ? Long.MAX_VALUE : binding.wakeAt()
                : behind.values().stream().reduce(joining.wakeAt(), Math::min));
    }

    /** What this peer waits for before any entry; empty in a group. */
    public Optional<String> waitingFor() {
        if (group != null) {
            return Optional.empty();
        }
        if (promise() != null && !promise().founds()) {
            return Optional.of("being added to the group of peer " + promise().by());
        }
        return Optional.of(joining.waitingFor(this::counts).orElseGet(outside == null ? founders::waitingFor : this::waitsOutside));
    }

    private String waitsOutside() {
        String was = outside.members().get(id);
        return was == null ? "its group went on without it, as " + outside + "; waits to hear one of them"
                : "it has moved here from " + was + "; waits for a member of " + outside + " that has not; if all have, stop them, delete "
                        + "their state files, and let them begin a new group";
    }

    /** What change of the group is under way here, or has been agreed to, for a person; empty when none is. */
    public Optional<String> changing() {
        Optional<String> agreed = Optional.ofNullable(group == null ? null : promise()).filter(promise -> promise.by() != id || !change.proposes())
                .map(promise -> promise.about(group));
        return change.about().map(ours -> ours + agreed.map(text -> "; " + text).orElse("")).or(() -> agreed);
    }

    /** What differs between the start list of that peer and ours. */
    public Optional<String> difference(int peer) {
        return group == null ? founders.difference(peer) : Optional.empty();
    }
}
