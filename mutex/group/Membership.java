package mutex.group;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import mutex.group.OwnGroup.Purpose;

/**
 * Which group this peer is in, and where that is decided: {@link Founding} for the first version, {@link Proposer} and
 * {@link Acceptor} for the next, {@link Learner} for those that others have made; {@link VersionSwitch} puts each in force. Every
 * event of the group comes in here.
 *
 * <p>Pure, like all of this package.
 */
public final class Membership {

    /** What a peer expects that founds no group. */
    public static final int ONLY_JOINS = Integer.MAX_VALUE;

    private final GroupHost host;
    private final OwnGroup own;
    private final TrustedPeers trusted;
    private final Founding founding;
    private final Acceptor acceptor;
    private final Greetings greetings = new Greetings();
    private final Changes changes;
    private final Proposer proposer;
    private final Learner learner;
    private final VersionSwitch versions;
    private long restsUntil = Long.MIN_VALUE; // while it is in a group and no change is wanted there is nothing to do before that, nanoseconds

    /** @param expect how many found a group, where they have no list but find each other; 0 with a list */
    public Membership(int id, String endpoint, List<Seed> others, DurableState saved, GroupHost host, long lease, int expect) {
        this.host = host;
        own = new OwnGroup(id, endpoint, host);
        trusted = new TrustedPeers(host);
        acceptor = new Acceptor(own, host, lease);
        Promise bound = saved != null && saved.promise() != null && saved.promise().founds() ? saved.promise() : null; // outranks the list
        founding = new Founding(own, others, expect, bound, acceptor, trusted, host, this::enter);
        changes = new Changes(own, lease, acceptor, host, greetings, this::waitingFor);
        proposer = changes.proposer();
        learner = new Learner(own, acceptor, founding, trusted, host, this::enter);
        versions = new VersionSwitch(own, acceptor, founding, learner, proposer, greetings, host);
        if (saved != null) {
            own.keep(saved.group());
            acceptor.recall(saved.promise());
        }
    }

    private void enter(Group known) {
        versions.enter(known);
    }

    /** Goes on in the group of the state file (G4); a peer with neither file nor list begins alone (B3). */
    public void start(long now) {
        wake();
        acceptor.refresh(now);
        if (own.group() != null) {
            enter(own.group());
        } else if (own.hasMovedAlone()) { // M4: nobody else is there to move it
            own.save(new DurableState(own.outside().with(own.id(), own.endpoint(), host.nextFence()), null), Purpose.ADOPT);
        } else if (founding.open() && founding.alone()) {
            enter(Group.alone(own.id(), own.endpoint(), host.nextFence()));
        }
    }

    // What is known.

    public Group group() {
        return own.group();
    }

    /** The group that went on without this peer; null when there is none. */
    public Group outside() {
        return own.outside();
    }

    /** The group this peer is in, or else the one that went on without it; null when it was in none. */
    public Group last() {
        return own.last();
    }

    /** The version of that group that is known here: of the one this peer is in, or that went on without it; else none. */
    public Version known(Group theirs) {
        return own.known(theirs);
    }

    /** M1: the group for a greeting, also one that lists this peer at another address, which is how a member that moved shows who it is. */
    public Group shown() {
        return own.hasMoved() ? own.outside() : own.group();
    }

    /** The version this peer is bound to; null when free. */
    public Promise promise() {
        return acceptor.promise();
    }

    public Changes changes() {
        wake(); // whoever asks for them may have one
        return changes;
    }

    public Proposer proposer() {
        wake();
        return proposer;
    }

    public List<Seed> list() {
        return founding.list();
    }

    public int expect() {
        return founding.expect();
    }

    /** Where discovery has found something; nobody is a member because of that. */
    public SortedSet<String> found() {
        return founding.discovered();
    }

    /** Whose word counts: of the members, of the last known ones for who is outside, and before there is a group of those it knows (W6). */
    public boolean counts(int peer) {
        return learner.counts(peer);
    }

    /** R2: whether this peer is bound to a version that removes that one, which gets no answer but for the group. */
    public boolean ignores(int peer) {
        return acceptor.removes(peer);
    }

    /** Whether that is this peer's group and promise, written down or not. */
    public boolean isIn(DurableState state) {
        return own.is(state, promise());
    }

    // What comes in.

    /** Something is different: the next {@link #tick} has to look. */
    private void wake() {
        restsUntil = Long.MIN_VALUE;
    }

    /** These addresses were found: somebody of a group, or to found one with, may be there. */
    public void discovered(Set<String> addresses, long now) {
        wake();
        founding.announcesChange(() -> {
            founding.discovered(addresses);
            if (founding.open()) { // who called before it was found counts from now on
                trusted.shown().forEach((peer, group) -> learner.consider(peer, group, now));
            }
        });
        founding.foundIfAllAgree();
    }

    /** Takes in a greeting; dialed is the address it was reached at, null when the peer called. */
    public void hear(Hello hello, String dialed, long now) {
        wake();
        trusted.hear(hello, dialed);
        founding.hear(hello, dialed);
        if (hello.group() != null) {
            own.refuseForeign(hello);
            learner.consider(hello.id(), hello.group(), now);
        }
        if (own.group() != null && !own.group().equals(hello.group())) {
            own.present(hello.id());
        }
        greetings.hear(hello);
        changes.heard(hello, dialed);
    }

    /** One's own address was reached under another name. */
    public void dropAddress(String dialed) {
        wake();
        founding.dropAddress(dialed);
    }

    public void unlinked(int peer) {
        wake();
        founding.unlinked(peer);
        trusted.forget(peer);
        learner.unlinked(peer);
        greetings.unlinked(peer);
    }

    /** Shows our group to a peer that is behind. */
    public void present(int to) {
        own.present(to);
    }

    /** W2: whether this peer is bound to exactly that version, which its members may show it. */
    public boolean promised(Group shown) {
        return acceptor.promised(shown);
    }

    /** R7: a linked peer shows that version of its group. */
    public void shown(int peer, Version version) {
        if (version.equals(Version.NONE)) {
            greetings.inNoGroup(peer);
        }
        if (learner.knowsWhatWentOn(peer, version)) { // it rests in no case then: it is in no group
            proposer.left();
        }
    }

    public void receive(int from, GroupMessage message, long now) {
        wake();
        if (message instanceof GroupMessage.Present present) {
            learner.consider(from, present.group(), now);
        } else if (message instanceof GroupMessage.Listing listing) {
            founding.listing(from, listing);
        } else if (message instanceof GroupMessage.Join join) {
            changes.join(from, join.released());
        } else if (message instanceof GroupMessage.Propose propose) {
            proposed(from, propose, now);
        } else {
            proposer.receive(from, message, now);
        }
    }

    private void proposed(int from, GroupMessage.Propose propose, long now) {
        Group next = propose.next();
        if (!next.members().containsKey(own.id()) && (own.group() == null || !own.isOurs(next))) {
            acceptor.release(from, next);
        } else if (mayPropose(from, next)) {
            acceptor.onPropose(from, propose, greetings.livesElsewhere(next, own.group(), own.id()), now);
        } else if (own.group() == null && !own.isOurs(next)) {
            trusted.refuse(from, next, own.id());
        }
    }

    /**
     * W3: a change of our group, or of the one we were in, comes from a member of it, being added to another from a member of
     * that; who has a list or discovery, and is in no group, is added only by those it knows (W6), and who has moved not at all.
     */
    private boolean mayPropose(int from, Group next) {
        if (own.isOurs(next)) {
            return own.last().members().containsKey(from);
        }
        return !own.hasMoved() && next.members().containsKey(from) && (own.group() != null || founding.alone() || founding.knows(from));
    }

    /** The state was written, or could not be (problem, for a person). */
    public void saved(String problem, long now) {
        wake();
        versions.saved(problem, now);
    }

    // Time.

    public void tick(long now) {
        if (now < restsUntil) {
            return;
        }
        if (own.group() == null) {
            learner.tick(now);
        } else if (proposer.proposes()) {
            acceptor.refresh(now);
        } else if (versions.promiseOverdue(now)) {
            changes.closePromise();
        }
        changes.tick(now);
        restsUntil = own.group() != null && changes.none() ? acceptor.wakeAt() : Long.MIN_VALUE;
    }

    /** When {@link #tick} is next worth calling, in nanoseconds. */
    public long wakeAt() {
        return restsUntil != Long.MIN_VALUE ? restsUntil
                : Math.min(changes.wakeAt(), own.group() == null ? learner.wakeAt() : proposer.proposes() ? Long.MAX_VALUE : acceptor.wakeAt());
    }

    // What a person reads.

    /** What this peer waits for before any entry; empty in a group. */
    public Optional<String> waitingFor() {
        return own.group() != null ? Optional.empty() : Optional.of(learner.waitingFor());
    }

    /** What change of the group is under way here, or has been agreed to, for a person; empty when none is. */
    public Optional<String> changing() {
        return changes.about();
    }

    /** What differs between the start list of that peer and ours. */
    public Optional<String> difference(int peer) {
        return founding.difference(peer);
    }
}
