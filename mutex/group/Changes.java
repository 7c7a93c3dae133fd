package mutex.group;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import mutex.group.ChangeQueue.ChangeRequest;

/**
 * The changes of the group that are asked for at this peer. One after the other is checked and handed to the {@link Proposer}, and
 * whoever asked hears how it ended.
 *
 * <p>Source: protocol.md, G5 to G8, R1, R6, R7.
 */
public final class Changes {

    private final OwnGroup own;
    private final long lease;
    private final Acceptor acceptor;
    private final GroupHost host;
    private final Greetings greetings;
    private final Supplier<Optional<String>> groupless; // why this peer is in no group
    private final ChangeQueue queue;
    private final ChangeRules rules;
    private final Proposer proposer;

    Changes(OwnGroup own, long lease, Acceptor acceptor, GroupHost host, Greetings greetings, Supplier<Optional<String>> groupless) {
        this.own = own;
        this.lease = lease;
        this.acceptor = acceptor;
        this.host = host;
        this.greetings = greetings;
        this.groupless = groupless;
        queue = new ChangeQueue(own.id(), lease);
        rules = new ChangeRules(own.id(), lease);
        proposer = new Proposer(own, lease, acceptor, host, greetings, queue, this::ended);
    }

    Proposer proposer() {
        return proposer;
    }

    /** A person or program asks to add the peer at the endpoint; {@link GroupHost#answered} follows. */
    public void add(long requester, String endpoint) {
        queue.add(ChangeRequest.add(requester, endpoint, 0));
    }

    /**
     * A person or program asks to remove members; {@link GroupHost#answered} follows.
     *
     * @param force without asking the removed or waiting for a majority (R6); goes before all others
     */
    public void remove(long requester, SortedSet<Integer> ids, boolean force) {
        ChangeRequest removal = ChangeRequest.remove(requester, ids, force);
        if (force) {
            proposer.giveWay();
            queue.addFirst(removal);
        } else {
            queue.add(removal);
        }
    }

    /** R7: this peer leaves; {@link GroupHost#answered} follows when another member knows the new version. */
    public void leave(long requester) {
        queue.add(ChangeRequest.remove(requester, new TreeSet<>(List.of(own.id())), false));
    }

    /** G8: withdraws a request; once proposed, the change goes on, but does not begin anew. */
    public void withdraw(long requester) {
        if (queue.drop(requester)) {
            host.answered(requester, "withdrawn");
        }
        proposer.withdraw(requester);
    }

    /** B5: the linked peer asks to be added; released from what it was promised before (R6), it is added even where it is listed. */
    void join(int from, boolean released) {
        Hello hello = greetings.of(from);
        if (released && hello != null && greetings.released(from)) {
            host.excused();
        }
        ChangeRequest present = proposer.request();
        boolean known = present != null && present.newcomer() == from || queue.adds(from);
        if (hello != null && !known && !proposer.isLeaving()) {
            queue.add(ChangeRequest.add(0, hello.endpoint(), from));
        }
    }

    /** G6: a promise of this peer has been open for too long. */
    void closePromise() {
        if (proposer.request() == null && !queue.forceNext() && !queue.contains(ChangeRequest.NULL_CHANGE)) {
            queue.addFirst(ChangeRequest.NULL_CHANGE);
        }
    }

    /** The addresses to look for newcomers at. */
    public Collection<String> seeking() {
        return proposer.seeking();
    }

    /**
     * R1, M4: the others that are to go, or have moved; their permission for {@code .group} is not needed. With a lease the
     * old processes of those that this change does not move have to become absent.
     */
    public SortedSet<Integer> removing() {
        ChangeRequest present = proposer.request();
        if (present == null) {
            return Collections.emptySortedSet();
        }
        SortedSet<Integer> removing = new TreeSet<>(present.moves(own.group()) ? List.of(present.newcomer()) : present.removed());
        if (lease == 0 && own.group() != null) {
            removing.addAll(greetings.movers(own.group()));
        }
        return removing;
    }

    /** This peer is inside {@code .group}. */
    public void entered(long fence, long now) {
        proposer.propose(fence, now);
        next(now);
    }

    /** This peer has lost {@code .group} with its standing. */
    public void lost(long now) {
        proposer.lost(now);
        next(now);
    }

    /** A peer has greeted, perhaps the one that is sought. */
    void heard(Hello hello, String dialed) {
        if (proposer.seeks(hello, dialed)) {
            found(hello);
        }
    }

    /** Whether none is under way or waits. */
    boolean none() {
        return proposer.request() == null && queue.isEmpty();
    }

    void tick(long now) {
        proposer.tick(now);
        next(now);
    }

    private void next(long now) {
        if (proposer.isLeaving()) {
            queue.takeOthers().forEach(other -> ended(other, "this peer is in no group any more")); // and it may wait for a member for long
        }
        while (proposer.request() == null && !queue.isEmpty()) {
            ChangeRequest next = queue.take(now);
            proposer.begin(next, now);
            if (now >= queue.endAt(next)) {
                proposer.finish(queue.notAgreed(next, ""));
            } else if (own.group() == null) {
                proposer.finish(next.removes(own.id()) ? null : "this peer is not in a group yet: " + groupless.get().orElse(""));
            } else if (next.endpoint() != null) {
                greetings.at(next.endpoint()).ifPresent(this::found);
            } else if (!next.removed().isEmpty()) {
                removal(next, own.group(), now);
            } else if (acceptor.promise() != null) {
                proposer.seize(next);
            } else {
                proposer.finish(null); // another member has closed the promise
            }
        }
    }

    private void found(Hello hello) {
        long requester = proposer.request().requester();
        String there = own.group().members().get(hello.id());
        Optional<String> problem = rules.againstAdding(hello, own.group());
        if (hello.endpoint().equals(there) && greetings.isReleased(hello.id())) {
            proposer.seize(ChangeRequest.add(requester, hello.endpoint(), hello.id()));
        } else if (hello.endpoint().equals(there)) { // a newcomer that has just become one is shown the group, anyway
            proposer.finish(requester == 0 ? null : "peer " + hello.id() + " at " + there + " is a member already");
        } else if (problem.isPresent()) {
            proposer.finish(problem.get());
        } else {
            proposer.seize(ChangeRequest.add(requester, hello.endpoint(), hello.id()));
        }
    }

    private void removal(ChangeRequest removal, Group group, long now) {
        Optional<String> problem = rules.againstRemoving(removal, group, acceptor.promise());
        if (removal.removes(own.id()) && removal.removed().equals(group.members().keySet())) {
            proposer.finish(null); // nobody stays
        } else if (problem.isPresent()) {
            proposer.finish(problem.get());
        } else if (removal.force()) {
            proposer.propose(host.nextFence(), now);
        } else {
            proposer.seize(removal);
        }
    }

    /** What change is under way here, or has been agreed to, for a person; empty when none is. */
    Optional<String> about() {
        Optional<String> agreed = Optional.ofNullable(own.group() == null ? null : acceptor.promise())
                .filter(promise -> promise.by() != own.id() || !proposer.proposes()).map(promise -> promise.about(own.group()));
        return proposer.about().map(ours -> ours + agreed.map(text -> "; " + text).orElse("")).or(() -> agreed);
    }

    private void ended(ChangeRequest done, String problem) {
        queue.ended(done);
        if (done.requester() != 0) {
            host.answered(done.requester(), problem);
        } else if (problem != null && done.newcomer() != 0) {
            host.say("peer " + done.newcomer() + " at " + done.endpoint() + " was not added: " + problem);
        }
    }

    long wakeAt() {
        return proposer.request() != null ? proposer.wakeAt() : queue.isEmpty() ? Long.MAX_VALUE : Long.MIN_VALUE;
    }
}
