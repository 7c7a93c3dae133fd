package mutex.group;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import mutex.group.GroupMessage.Bound;
import mutex.group.GroupMessage.Unbound;

/**
 * The changer's half of a group change (G5): hold {@code .group}, bind every member that stays and the newcomer to
 * the next version, write it down, be in it. One change at a time; others wait in line.
 *
 * <p>Source: protocol.md, founding and joining, remove and leave.
 */
public final class Change {

    private static final long ANSWER_WITHIN = 10_000_000_000L;
    private static final SortedSet<Integer> NOBODY = Collections.emptySortedSet();

    private enum ChangeStage { NONE, FINDING, SEIZING, BINDING, PROPOSING, COMMITTING, LEAVING }

    private final int self;
    private final long lease;
    private final Membership membership;
    private final GroupHost site;
    private final SortedMap<Integer, Hello> greeted = new TreeMap<>(); // by the linked peers
    private final Deque<ChangeRequest> line = new ArrayDeque<>();
    private ChangeRequest wish; // the one under way; null when stage is NONE
    private ChangeStage stage = ChangeStage.NONE;
    private Proposal proposal; // from BINDING on
    private long giveUpAt; // on who does not answer
    private final Map<Long, Attempts> attempts = new HashMap<>(); // by asker

    Change(int self, long lease, Membership membership, GroupHost site) {
        this.self = self;
        this.lease = lease;
        this.membership = membership;
        this.site = site;
    }

    /** A person or program asks to add the peer at the endpoint; {@link GroupHost#answered} follows. */
    public void add(long asker, String endpoint) {
        line.add(ChangeRequest.add(asker, endpoint, 0));
    }

    /**
     * A person or program asks to remove members; {@link GroupHost#answered} follows.
     *
     * @param force without asking the removed or waiting for a majority (R6); goes before all others
     */
    public void remove(long asker, SortedSet<Integer> ids, boolean force) {
        ChangeRequest removal = ChangeRequest.remove(asker, ids, force);
        if (!force) {
            line.add(removal);
            return;
        }
        if (stage == ChangeStage.FINDING || stage == ChangeStage.SEIZING || stage == ChangeStage.PROPOSING) { // it may come to wait for those very members
            line.addFirst(wish);
            stop();
        }
        line.addFirst(removal);
    }

    /** R7: this peer leaves; {@link GroupHost#answered} follows when another member knows the new version. */
    public void leave(long asker) {
        line.add(ChangeRequest.remove(asker, new TreeSet<>(List.of(self)), false));
    }

    /** G8: withdraws a wish; once proposed, the change goes on, but does not begin anew. */
    public void withdraw(long asker) {
        if (line.removeIf(waiting -> waiting.asker() == asker)) {
            attempts.remove(asker);
            site.answered(asker, "withdrawn");
        }
        if (wish != null && wish.asker() == asker && (stage == ChangeStage.FINDING || stage == ChangeStage.SEIZING)) {
            finish("withdrawn");
        } else if (wish != null && wish.asker() == asker && attempts.containsKey(asker)) {
            attempts.get(asker).withdraw();
        }
    }

    /** The address to look for a newcomer at; null when none is sought. */
    public String seeking() {
        return wish == null ? null : wish.endpoint();
    }

    /**
     * R1, M4: the others that are to go, or have moved; their permission for {@code .group} is not needed. With a lease the
     * old processes of those that this change does not move have to become absent.
     */
    public SortedSet<Integer> removing() {
        if (wish == null) {
            return NOBODY;
        }
        SortedSet<Integer> removing = new TreeSet<>(moves() ? List.of(wish.newcomer()) : wish.removed());
        Group group = membership.group();
        if (lease == 0 && group != null) {
            greeted.values().stream().filter(hello -> group.isElsewhere(hello) && group.mayMove(hello))
                    .forEach(hello -> removing.add(hello.id()));
        }
        return removing;
    }

    /** The newcomer is a member, which was at another address. */
    private boolean moves() {
        Group group = membership.group();
        return wish.newcomer() != 0 && group != null && group.members().containsKey(wish.newcomer());
    }

    /** M2: why a member that the next version moves is not over at its old address; empty when no link says so. */
    Optional<String> livesElsewhere(Group next, Group group) {
        return group == null ? Optional.empty() : group.moved(next).stream().map(greeted::get)
                .filter(hello -> hello != null && !hello.endpoint().equals(next.members().get(hello.id()))).findFirst()
                .map(hello -> "peer " + self + " has a link to peer " + hello.id() + " at " + hello.endpoint() + ": it has not moved");
    }

    /** W7: whether that is the answer of a newcomer which is to be in the group by a change of this peer, or any of a member that has moved. */
    public boolean takesIn(int peer, GroupMessage answer) {
        boolean proposed = (stage == ChangeStage.PROPOSING || stage == ChangeStage.COMMITTING) && wish.newcomer() == peer;
        return proposed && (answer instanceof Bound bound && bound.next().equals(proposal.next().version())
                || answer instanceof Unbound unbound && unbound.next().equals(proposal.next().version()) && moves());
    }

    /** A change of this peer's is under way: its own promise is not open. */
    boolean proposes() {
        return stage == ChangeStage.BINDING || stage == ChangeStage.PROPOSING || stage == ChangeStage.COMMITTING;
    }

    private boolean leaves() {
        return wish.removed().contains(self);
    }

    /** So much of the time that has passed is only what the wall clock says. */
    public void skipped(long nanos) {
        if (proposal != null) {
            proposal.skipped(nanos);
        }
    }

    void hear(Hello hello, String dialed, long now) {
        greeted.put(hello.id(), hello);
        if (stage == ChangeStage.FINDING && (wish.endpoint().equals(dialed) || wish.endpoint().equals(hello.endpoint()))) {
            found(hello);
        }
    }

    /** The peer is in no group any more. */
    void free(int peer) {
        greeted.computeIfPresent(peer, (id, hello) -> hello.isMember() ? hello.inNoGroup() : hello); // else it has moved
    }

    void unlinked(int peer) {
        greeted.remove(peer);
    }

    void join(int from) {
        Hello hello = greeted.get(from);
        boolean known = wish != null && wish.newcomer() == from || line.stream().anyMatch(w -> w.newcomer() == from);
        if (hello != null && !known) {
            line.add(ChangeRequest.add(0, hello.endpoint(), from));
        }
    }

    void closePromise() {
        if (stage == ChangeStage.NONE && !line.contains(ChangeRequest.NULL_CHANGE)) {
            line.addFirst(ChangeRequest.NULL_CHANGE);
        }
    }

    private void next(long now) {
        while (stage == ChangeStage.NONE && !line.isEmpty()) {
            wish = line.poll();
            stage = ChangeStage.FINDING;
            giveUpAt = now + ANSWER_WITHIN;
            if (wish.asker() != 0 && !leaves()) {
                attempts.computeIfAbsent(wish.asker(), asker -> new Attempts(lease, now));
            }
            if (now >= endAt()) {
                finish(notAgreed(""));
            } else if (membership.group() == null) {
                finish(leaves() ? null : "this peer is not in a group yet: " + membership.waitingFor().orElse(""));
            } else if (wish.endpoint() != null) {
                String sought = wish.endpoint();
                greeted.values().stream().filter(hello -> hello.endpoint().equals(sought)).findFirst()
                        .ifPresent(this::found);
            } else if (!wish.removed().isEmpty()) {
                removal(membership.group(), now);
            } else if (membership.promise() != null) {
                seize();
            } else {
                finish(null); // another member has closed the promise
            }
        }
    }

    private void found(Hello hello) {
        SortedMap<Integer, String> members = membership.group().members();
        String there = members.get(hello.id());
        if (hello.endpoint().equals(there)) { // a newcomer that has just become one is shown the group, anyway
            finish(wish.asker() == 0 ? null : "peer " + hello.id() + " at " + there + " is a member already");
        } else if (there != null && !membership.group().mayMove(hello)) {
            finish("id " + hello.id() + " is taken in this group; start the peer at " + hello.endpoint() + " with another --id");
        } else if (there != null && lease > 0 && members.size() == 2) {
            finish("with a lease and two members, only \"remove " + hello.id() + " --force\" lets peer " + hello.id() + " move from " + there);
        } else if (members.containsValue(hello.endpoint())) {
            finish(hello.endpoint() + " belongs to another member; start peer " + hello.id() + " at another address");
        } else if (there == null && members.size() >= Group.MOST_MEMBERS) {
            finish("the group has " + members.size() + " members, the most there can be; remove one first");
        } else if (!hello.free() && (hello.isMember() || hello.group().origin() != membership.group().origin())) {
            finish("peer " + hello.id() + " is in another group: " + hello.group());
        } else {
            wish = ChangeRequest.add(wish.asker(), hello.endpoint(), hello.id());
            seize();
        }
    }

    private void removal(Group group, long now) {
        SortedSet<Integer> unknown = new TreeSet<>(wish.removed());
        unknown.removeAll(group.members().keySet());
        int left = group.members().size() - wish.removed().size();
        if (!unknown.isEmpty()) {
            finish("no member: " + unknown + "; the group is " + group.list());
        } else if (leaves() && (left == 0 || wish.removed().size() > 1)) {
            finish(left == 0 ? null : "peer " + self + " is this one: \"quit\" leaves");
        } else if (wish.force()) {
            propose(site.nextFence(), now);
        } else if (!leaves() && lease > 0 && group.majority(left) && !group.overlaps(left)) {
            finish("so many at once need --force, as two halves could both go on: remove one, or bring one back first");
        } else if (!leaves() && (lease == 0 || group.members().size() == 2 || !group.majority(left))) {
            finish("only --force can remove " + wish.removed() + " here: " + (lease == 0 ? "without a lease"
                    : left + " of " + group.members().size() + " are no majority, and so") + " nobody can tell a dead peer from a silent one");
        } else {
            seize();
        }
    }

    private void seize() {
        stage = ChangeStage.SEIZING;
        site.seize();
    }

    /** This peer is inside {@code .group}. */
    public void entered(long fence, long now) {
        propose(fence, now);
    }

    private void propose(long fence, long now) {
        Group base = membership.group();
        Group next = wish.on(base, fence);
        Optional<String> broken = wish.force() ? Optional.empty() : membership.breaksMove(next).or(() -> livesElsewhere(next, base));
        if (broken.isPresent()) {
            finish(broken.get());
            next(now);
            return;
        }
        boolean twice = lease > 0 && (!wish.removed().isEmpty() && !leaves() || moves()) && !wish.force(); // R3, M3
        proposal = new Proposal(self, base, next, lease, twice);
        stage = ChangeStage.BINDING;
        tick(now);
    }

    /** G5: this peer has lost {@code .group} with its standing: the change starts again, unless it is being written down. */
    public void lost(long now) {
        boolean seized = stage == ChangeStage.SEIZING || stage == ChangeStage.BINDING || stage == ChangeStage.PROPOSING;
        if (!seized || wish.force()) {
            return;
        }
        boolean forced = !line.isEmpty() && line.peek().force(); // typed meanwhile: it goes before all others
        boolean last = forced || stage == ChangeStage.PROPOSING && proposal.asksTwice(); // giving the removed nothing may cost the standing: others first
        String why = "this peer lost touch with the majority" + (stage == ChangeStage.PROPOSING && !proposal.unanswered().isEmpty()
                ? " before " + silent() + " had answered" : "");
        stage = ChangeStage.NONE;
        anew(!last, why);
        next(now);
    }

    void selfBound(Group next, String problem, long now) {
        if (stage != ChangeStage.BINDING || !proposal.next().equals(next)) {
            return; // of a change that was given up
        }
        if (problem != null) {
            failed("the state file cannot be written: " + problem);
        } else {
            stage = ChangeStage.PROPOSING;
            giveUpAt = now + ANSWER_WITHIN;
        }
    }

    void receive(int from, GroupMessage message, long now) {
        if (stage != ChangeStage.PROPOSING || !proposal.next().members().containsKey(from)) {
            return; // W3: only who is to agree has a say
        }
        Version next = proposal.next().version();
        if (message instanceof Bound bound && bound.next().equals(next)) {
            proposal.bound(from, bound.again(), now);
            giveUpAt = now + ANSWER_WITHIN;
        } else if (message instanceof Unbound unbound && unbound.next().equals(next)) {
            if (proposal.asksAgain()) {
                anew(wish.force(), unbound.reason());
            } else {
                finish(unbound.reason());
            }
        }
    }

    /** The group is another one now: ours is made, or somebody else's came first and ours starts again. */
    void switched() {
        if (stage == ChangeStage.COMMITTING && leaves()) {
            stage = ChangeStage.LEAVING;
            site.yield();
        } else if (stage == ChangeStage.COMMITTING) {
            finish(null);
        } else if (stage != ChangeStage.NONE && (stage != ChangeStage.FINDING || membership.group() == null)) {
            anew(true, "another change came first");
        }
    }

    /** R7: one of those that stay has the version in which this peer left. */
    void left() {
        if (stage == ChangeStage.LEAVING) {
            finish(null);
        }
    }

    void failed(String problem) {
        finish(problem);
    }

    /** It takes another round, with a new fence, unless its asker has withdrawn it. */
    private void anew(boolean first, String why) {
        Attempts those = attempts.get(wish.asker());
        if (those != null && those.withdrawn()) {
            finish("withdrawn");
            return;
        }
        if (those != null) {
            those.failed(why);
        }
        if (first) {
            line.addFirst(wish);
        } else {
            line.add(wish);
        }
        stop();
    }

    /** When the wish under way has taken too long; who joins, leaves or closes a promise has no end. */
    private long endAt() {
        Attempts those = attempts.get(wish.asker());
        return those == null ? Long.MAX_VALUE : those.endAt();
    }

    private String notAgreed(String waits) {
        return "not agreed to within " + Attempts.within(lease) / 1_000_000_000 + " s" + attempts.get(wish.asker()) + waits + "; every member that stays has to agree"
                + (wish.removed().isEmpty() ? "" : ", and to reach the others without " + wish.removed())
                + ": mend its link, start it again, or remove it, too";
    }

    /** What is under way, and what it waits for; empty when nothing is. */
    Optional<String> about() {
        return stage == ChangeStage.NONE ? Optional.empty() : Optional.of(wish + ": " + switch (stage) {
            case FINDING -> "looks for a peer there";
            case SEIZING -> site.waitsFor();
            case PROPOSING -> proposal.pauses() ? "all have agreed, and are asked again when a lease has passed"
                    : proposal.unanswered().isEmpty() ? "all have agreed" : "no answer yet from " + silent();
            case LEAVING -> "waits until a member knows";
            default -> "is written down";
        } + Optional.ofNullable(attempts.get(wish.asker())).map(Attempts::toString).orElse(""));
    }

    private void finish(String problem) {
        ChangeRequest done = wish;
        stop();
        attempts.remove(done.asker());
        if (done.asker() != 0) {
            site.answered(done.asker(), problem);
        } else if (problem != null && done.newcomer() != 0) {
            site.say("peer " + done.newcomer() + " at " + done.endpoint() + " was not added: " + problem);
        }
    }

    private void stop() {
        boolean seized = stage != ChangeStage.NONE && stage != ChangeStage.FINDING && stage != ChangeStage.LEAVING && !wish.force();
        stage = ChangeStage.NONE;
        wish = null;
        proposal = null;
        if (seized) {
            site.yield();
        }
    }

    private String silent() {
        return stage == ChangeStage.FINDING ? wish.endpoint()
                : proposal.awaits(wish.newcomer()) ? wish.endpoint() : "members " + proposal.unanswered();
    }

    private boolean awaitsAnswers() {
        return stage == ChangeStage.FINDING || stage == ChangeStage.PROPOSING && !proposal.unanswered().isEmpty();
    }

    void tick(long now) {
        if (stage == ChangeStage.SEIZING && now >= endAt()) {
            finish(notAgreed(": " + site.waitsFor()));
        }
        if (awaitsAnswers() && now >= giveUpAt) {
            finish("no answer from " + silent() + " for " + ANSWER_WITHIN / 1_000_000_000 + " s; "
                    + (stage == ChangeStage.FINDING || proposal.awaits(wish.newcomer()) ? "is a peer running there?"
                    : "every member that stays has to agree"));
        }
        if (stage == ChangeStage.BINDING && !membership.saving()) {
            membership.bindSelf(proposal.next());
        } else if (stage == ChangeStage.PROPOSING) {
            proposal.repeat(site, now);
            if (proposal.asksTwice() ? !membership.firm(proposal.next()) : !membership.boundTo(proposal.next())) {
                Promise promise = membership.promise();
                anew(wish.force(), promise == null || promise.next().equals(proposal.next()) ? "it took too long"
                        : "this peer has agreed to a change of peer " + promise.by());
            } else if (proposal.complete() && !membership.saving()) {
                stage = ChangeStage.COMMITTING;
                membership.commit(proposal.next());
            }
        }
        next(now);
    }

    long wakeAt() {
        if (stage == ChangeStage.NONE) {
            return line.isEmpty() ? Long.MAX_VALUE : Long.MIN_VALUE;
        }
        return Math.min(awaitsAnswers() ? giveUpAt : stage == ChangeStage.SEIZING ? endAt() : Long.MAX_VALUE,
                stage == ChangeStage.PROPOSING ? proposal.wakeAt() : Long.MAX_VALUE);
    }
}
