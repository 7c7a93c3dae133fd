package mutex.node;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import mutex.event.Effect;
import mutex.event.Frame;
import mutex.event.LogEvent.Detail.InGroup;
import mutex.event.LogEvent.EventKind;
import mutex.event.NodeView;
import mutex.group.DurableState;
import mutex.group.Group;
import mutex.group.GroupHost;
import mutex.group.GroupMessage;
import mutex.group.Membership;
import mutex.group.Seed;
import mutex.group.Version;
import mutex.text.LockName;

/**
 * The group at this node: does what the group rules ask of their host, brings each new version to the locks and
 * the lease, and says what another peer is to the group.
 */
final class LocalGroup implements GroupHost, LocalRequests.AskerEvents {

    /** The number of the asker that stands for the change of the group, where that asks for {@code .group}. */
    static final long ASKER = -1;

    final Membership membership;
    private final int self;
    private final String endpoint;
    private final Clocks clocks;
    private final StepOutput out;
    private final PeerTable peers;
    private final DurableWrites disk;
    private final Locks locks;
    private final Lease lease;
    private final LeaseGate gate;
    private final RunOnce once;
    private Version version = Version.NONE; // of our group
    private long print; // of our group, computed once; 0 outside a group
    private boolean lost; // .group, and the change has not been told
    private long fence; // of an entry into .group that the change has not been told of; 0: none

    LocalGroup(int self, String endpoint, List<Seed> list, DurableState saved, long leaseLength, int expect, Clocks clocks,
            StepOutput out, PeerTable peers, DurableWrites disk, Locks locks, Lease lease, LeaseGate gate, RunOnce once) {
        this.self = self;
        this.endpoint = endpoint;
        this.clocks = clocks;
        this.out = out;
        this.peers = peers;
        this.disk = disk;
        this.locks = locks;
        this.lease = lease;
        this.gate = gate;
        this.once = once;
        membership = new Membership(self, endpoint, list, saved, this, leaseLength, expect);
    }

    Version version() {
        return version;
    }

    /** What stands in front of all that this peer says now. */
    Frame header() {
        return new Frame(self, clocks.epoch(), 0, version, print, clocks.time(), clocks.fence(), List.of());
    }

    /** G1: messages between peers count only at the same version of the same group. */
    boolean inStep(PeerTable.PeerFacts peer) {
        return print != 0 && peer.version.equals(version) && peer.print == print;
    }

    boolean isMember(int id) {
        Group group = membership.group();
        return group != null && group.members().containsKey(id);
    }

    /** W1, M1: there is a group, and the peer is no member of it, or is linked from another address than it has there. */
    boolean isStranger(PeerTable.PeerFacts peer, int id) {
        Group group = membership.group();
        String there = group == null ? null : group.members().get(id);
        return group != null && (there == null || peer.linked && !there.equals(peer.endpoint));
    }

    /** Where this peer wants links to: the members, or the start list before there is a group, and a newcomer. */
    SortedSet<String> addresses() {
        SortedSet<String> addresses = new TreeSet<>();
        Group present = membership.group();
        if (present != null) {
            addresses.addAll(present.members().values());
        } else {
            membership.list().forEach(entry -> addresses.add(entry.endpoint()));
            addresses.addAll(membership.found());
            Optional.ofNullable(membership.promise()).ifPresent(promise -> addresses.addAll(promise.next().members().values()));
            Optional.ofNullable(membership.outside())
                    .ifPresent(outside -> outside.othersThan(self).forEach(member -> addresses.add(outside.members().get(member))));
        }
        addresses.addAll(membership.changes().seeking());
        addresses.remove(endpoint);
        return addresses;
    }

    /**
     * Tells the change of the group how its request for {@code .group} went. Not at once but at the end of the step, as it
     * may have been in the middle of asking or giving up.
     */
    void tellChange() {
        if (lost) {
            lost = false;
            membership.changes().lost(clocks.now());
        }
        if (fence != 0) {
            long entry = fence;
            fence = 0;
            membership.changes().entered(entry, clocks.now());
        }
    }

    @Override
    public void entered(LocalAsker asker) {
        fence = asker.fence;
    }

    @Override
    public void ended(LocalAsker asker, Effect.Outcome outcome, String reason) {
        fence = 0;
        lost |= outcome == Effect.Outcome.LOST;
    }

    // What the group rules ask for.

    @Override
    public void seize() {
        locks.requests.ask(new LocalAsker(ASKER, LockName.GROUP, this), clocks.now());
    }

    @Override
    public void yield() {
        fence = 0;
        locks.requests.withdraw(ASKER, clocks.now());
    }

    @Override
    public void excused() {
        locks.entrySection.proceed(clocks.now());
    }

    @Override
    public String waitsFor() {
        NodeView.StandingView standing = lease.view(clocks.now());
        return standing != null && !standing.good() ? "no majority is heard"
                : Optional.ofNullable(locks.find(LockName.GROUP)).map(own -> own.missing(gate.absent(own.name)))
                        .filter(missing -> !missing.isEmpty()).map(missing -> "waiting for permission from " + missing)
                        .orElse("another change goes first");
    }

    @Override
    public boolean idle() {
        return locks.all().stream().allMatch(any -> any.present().isEmpty());
    }

    @Override
    public void switched(Group group) {
        if (version.equals(Version.NONE) && group != null) {
            peers.forgetOthersThan(group);
        }
        peers.forgetAnswersBut(group == null ? Set.of() : group.members().keySet());
        version = group == null ? Version.NONE : group.version();
        clocks.enterVersion(version.fence(), group == null ? Set.of() : group.members().keySet()); // F3
        print = group == null ? 0 : group.print();
        out.note(EventKind.GROUP, 0, new InGroup(group == null ? Collections.emptySortedSet() : new TreeSet<>(group.members().keySet())),
                group == null ? "in no group" : group.toString());
        lease.regroup(group);
        once.regroup(group == null ? null : group.othersThan(self));
        locks.onMembers(group == null ? null : group.othersThan(self), clocks.now());
        out.add(new Effect.Redial());
    }

    @Override
    public void send(int to, GroupMessage message) {
        out.send(to, new Frame.OfGroup(message));
    }

    @Override
    public long nextFence() {
        clocks.see(0, clocks.fence() + self);
        return clocks.fence();
    }

    @Override
    public void ignore(Set<Integer> removed) {
        removed.forEach(locks::onRemoval);
    }

    @Override
    public void announce(GroupMessage message) {
        peers.linked().forEach(id -> send(id, message));
    }

    @Override
    public void save(DurableState saved) {
        disk.save(saved);
    }

    @Override
    public void answered(long asker, String problem) {
        out.add(new Effect.Answered(asker, problem));
    }

    @Override
    public void say(String line) {
        out.say(line);
    }
}
