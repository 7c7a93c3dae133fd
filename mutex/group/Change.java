package mutex.group;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import mutex.group.GroupMessage.Bound;
import mutex.group.GroupMessage.Unbound;

/**
 * The changer's half of a group change: hold {@code .group}, bind every member and the newcomer to
 * the next version, write it down, be in it. One change at a time; others wait in line.
 *
 * <p>Source: protocol.md, founding and joining.
 */
public final class Change {

    private static final long ANSWER_WITHIN = 10_000_000_000L;

    private enum Stage { NONE, FINDING, SEIZING, BINDING, PROPOSING, COMMITTING }

    private final int self;
    private final Membership membership;
    private final Site site;
    private final SortedMap<Integer, Hello> greeted = new TreeMap<>(); // by the linked peers
    private final Deque<Wish> line = new ArrayDeque<>();
    private Wish wish; // the one under way; null when stage is NONE
    private Stage stage = Stage.NONE;
    private Proposal proposal; // from BINDING on
    private long giveUpAt; // on the newcomer

    Change(int self, Membership membership, Site site) {
        this.self = self;
        this.membership = membership;
        this.site = site;
    }

    /** A person or program asks to add the peer at the endpoint; {@link Site#answered} follows. */
    public void add(long asker, String endpoint) {
        line.add(new Wish(asker, endpoint, 0));
    }

    /** A person or program asks to remove the members; {@link Site#answered} follows. */
    public void remove(long asker, SortedSet<Integer> ids, boolean force) {
        site.answered(asker, "not built yet");
    }

    /** This peer leaves; {@link Site#answered} follows when another member knows the new version. */
    public void leave(long asker) {
        site.answered(asker, "not built yet");
    }

    /** Withdraws a wish; once proposed, the change goes on. */
    public void withdraw(long asker) {
        if (line.removeIf(waiting -> waiting.asker() == asker)) {
            site.answered(asker, "withdrawn");
        }
        if (wish != null && wish.asker() == asker && (stage == Stage.FINDING || stage == Stage.SEIZING)) {
            finish("withdrawn");
        }
    }

    /** The address to look for a newcomer at; null when none is sought. */
    public String seeking() {
        return wish == null ? null : wish.endpoint();
    }

    void hear(Hello hello, String dialed, long now) {
        greeted.put(hello.id(), hello);
        if (stage == Stage.FINDING && (wish.endpoint().equals(dialed) || wish.endpoint().equals(hello.endpoint()))) {
            found(hello);
        }
    }

    void unlinked(int peer) {
        greeted.remove(peer);
    }

    void join(int from) {
        Hello hello = greeted.get(from);
        boolean known = wish != null && wish.newcomer() == from || line.stream().anyMatch(w -> w.newcomer() == from);
        if (hello != null && !known) {
            line.add(new Wish(0, hello.endpoint(), from));
        }
    }

    void closePromise() {
        if (stage == Stage.NONE && !line.contains(Wish.NULL_CHANGE)) {
            line.addFirst(Wish.NULL_CHANGE);
        }
    }

    private void next(long now) {
        while (stage == Stage.NONE && !line.isEmpty()) {
            wish = line.poll();
            stage = Stage.FINDING;
            giveUpAt = now + ANSWER_WITHIN;
            if (membership.group() == null) {
                finish("this peer is in no group yet: " + membership.waitingFor().orElse(""));
            } else if (wish.endpoint() != null) {
                String sought = wish.endpoint();
                greeted.values().stream().filter(hello -> hello.endpoint().equals(sought)).findFirst()
                        .ifPresent(this::found);
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
        if (hello.endpoint().equals(there)) {
            finish("peer " + hello.id() + " at " + there + " is a member already");
        } else if (there != null) {
            finish("id " + hello.id() + " is taken in this group; start the peer at " + hello.endpoint() + " with another --id");
        } else if (members.containsValue(hello.endpoint())) {
            finish(hello.endpoint() + " belongs to another member; start peer " + hello.id() + " at another address");
        } else if (!hello.free()) {
            finish("peer " + hello.id() + " is in another group: " + hello.group());
        } else {
            wish = new Wish(wish.asker(), hello.endpoint(), hello.id());
            seize();
        }
    }

    private void seize() {
        stage = Stage.SEIZING;
        site.seize();
    }

    /** This peer is inside {@code .group}. */
    public void entered(long fence, long now) {
        Group base = membership.group();
        proposal = new Proposal(self, base, wish.on(base, fence));
        stage = Stage.BINDING;
        tick(now);
    }

    void selfBound(String problem, long now) {
        if (problem != null) {
            failed("the state file cannot be written: " + problem);
        } else {
            stage = Stage.PROPOSING;
            giveUpAt = now + ANSWER_WITHIN;
        }
    }

    void receive(int from, GroupMessage message) {
        if (stage != Stage.PROPOSING) {
            return;
        }
        Version next = proposal.next().version();
        if (message instanceof Bound bound && bound.next().equals(next)) {
            proposal.bound(from);
        } else if (message instanceof Unbound unbound && unbound.next().equals(next)) {
            finish(unbound.reason());
        }
    }

    /** The group is another one now: ours is made, or somebody else's came first and ours starts again. */
    void switched() {
        if (stage == Stage.COMMITTING) {
            finish(null);
        } else if (stage != Stage.NONE && (stage != Stage.FINDING || membership.group() == null)) {
            line.addFirst(wish);
            stop();
        }
    }

    void failed(String problem) {
        finish(problem);
    }

    private void finish(String problem) {
        Wish done = wish;
        stop();
        if (done.asker() != 0) {
            site.answered(done.asker(), problem);
        } else if (problem != null && done.newcomer() != 0) {
            site.say("peer " + done.newcomer() + " at " + done.endpoint() + " was not added: " + problem);
        }
    }

    private void stop() {
        boolean seized = stage != Stage.NONE && stage != Stage.FINDING;
        stage = Stage.NONE;
        wish = null;
        proposal = null;
        if (seized) {
            site.yield();
        }
    }

    private boolean awaitsNewcomer() {
        return stage == Stage.FINDING || stage == Stage.PROPOSING && proposal.awaits(wish.newcomer());
    }

    void tick(long now) {
        if (awaitsNewcomer() && now >= giveUpAt) {
            finish("no answer from " + wish.endpoint() + " for " + ANSWER_WITHIN / 1_000_000_000
                    + " s; is a peer running there?");
        }
        if (stage == Stage.BINDING && !membership.saving()) {
            membership.bindSelf(proposal.next());
        } else if (stage == Stage.PROPOSING) {
            proposal.repeat(site, now);
            if (proposal.complete() && membership.boundTo(proposal.next()) && !membership.saving()) {
                stage = Stage.COMMITTING;
                membership.commit(proposal.next());
            }
        }
        next(now);
    }

    long wakeAt() {
        if (stage == Stage.NONE) {
            return line.isEmpty() ? Long.MAX_VALUE : Long.MIN_VALUE;
        }
        return Math.min(awaitsNewcomer() ? giveUpAt : Long.MAX_VALUE,
                stage == Stage.PROPOSING ? proposal.wakeAt() : Long.MAX_VALUE);
    }
}
