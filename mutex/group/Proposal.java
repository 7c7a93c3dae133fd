package mutex.group;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import mutex.group.ChangeQueue.ChangeRequest;
import mutex.group.GroupMessage.Bound;
import mutex.group.GroupMessage.Propose;
import mutex.group.GroupMessage.Unbound;
import mutex.group.OwnGroup.Purpose;
import mutex.lease.Absence;

/**
 * A next version under way: proposed again and again until everyone in it is bound to it (G5).
 *
 * <pre>
 * stage       waits for                               then         fails after
 * RELEASING   newcomers of a version of the removed   BINDING      a refusal, or 10 s without an answer
 * BINDING     its own promise on the disk             ASKING       an error of the disk
 * ASKING      the promise of everybody else           (complete)   a refusal, or 10 s without an answer
 * </pre>
 *
 * Only a removal by force is RELEASING (R6). Before members are removed, all are asked a second time (R3), when a lease
 * and its margin have passed: two removals that cross would else both be made.
 */
final class Proposal {

    /** So long a peer has to answer, in nanoseconds. */
    static final long ANSWER_WITHIN = 10_000_000_000L;
    private static final long REPEAT_EVERY = 1_000_000_000L;

    /**
     * Why a proposal does not go on.
     *
     * @param anew whether the change begins anew with another one; else it has failed
     */
    record Setback(String why, boolean anew) {}

    private enum ProposalStage { RELEASING, BINDING, ASKING }

    private final ChangeRequest request;
    private final Group base;
    private final Group next;
    private final OwnGroup own;
    private final Acceptor acceptor;
    private final GroupHost host;
    private final long repeatEvery;
    private final SortedMap<Integer, String> newcomers; // have to agree first that they enter no other version (R6), by their addresses
    private final long pause; // between the first and the second time; 0: all are asked once
    private ProposalStage stage;
    private SortedSet<Integer> unanswered;
    private boolean again;
    private long againAt = Long.MAX_VALUE; // known when all have answered for the first time
    private long repeatAt = Long.MIN_VALUE;
    private long giveUpAt; // on who does not answer

    Proposal(ChangeRequest request, Group next, OwnGroup own, Acceptor acceptor, GroupHost host, long lease, long now) {
        this.request = request;
        this.next = next;
        this.own = own;
        this.acceptor = acceptor;
        this.host = host;
        base = own.group();
        repeatEvery = lease == 0 ? REPEAT_EVERY : Math.min(REPEAT_EVERY, lease / 2);
        boolean twice = lease > 0 && (!request.removed().isEmpty() && !request.removes(own.id()) || request.moves(base)) && !request.force(); // R3, M3
        pause = twice ? Absence.withMargin(lease) : 0;
        newcomers = request.force() ? acceptor.newcomers(request.removed(), next) : Collections.emptySortedMap();
        unanswered = new TreeSet<>(newcomers.keySet());
        stage = newcomers.isEmpty() ? ProposalStage.BINDING : ProposalStage.RELEASING;
        giveUpAt = now + ANSWER_WITHIN;
    }

    Group next() {
        return next;
    }

    SortedMap<Integer, String> newcomers() {
        return newcomers;
    }

    boolean isReleasing() {
        return stage == ProposalStage.RELEASING;
    }

    /** Whether this peer's own promise to that version is being written down. */
    boolean binds(Group to) {
        return stage == ProposalStage.BINDING && next.equals(to);
    }

    /** Whether others are asked now. */
    boolean asks() {
        return stage != ProposalStage.BINDING;
    }

    boolean asksTwice() {
        return pause > 0;
    }

    boolean awaitsAnswers() {
        return asks() && !unanswered.isEmpty();
    }

    /** Whether everybody is bound, and was asked as often as it takes. */
    boolean complete() {
        return stage == ProposalStage.ASKING && unanswered.isEmpty() && (pause == 0 || again);
    }

    /** W7: whether that is the answer of the newcomer, or any of a member that has moved. */
    boolean takesIn(int peer, GroupMessage answer) {
        return stage == ProposalStage.ASKING && request.newcomer() == peer && (answer instanceof Bound bound && isOf(bound.next())
                || answer instanceof Unbound unbound && isOf(unbound.next()) && request.moves(own.group()));
    }

    private boolean isOf(Version version) {
        return next.version().equals(version);
    }

    // Step by step.

    Optional<Setback> tick(long now) {
        if (awaitsAnswers() && now >= giveUpAt) {
            return failed(noAnswer(silent()) + (isReleasing()
                    ? "one of the removed may have added it without our knowledge: start it, or remove it, too"
                    : unanswered.contains(request.newcomer()) ? "is a peer running there?" : "every member that stays has to agree"));
        }
        if (asks()) {
            repeat(now);
        }
        if (isReleasing() && unanswered.isEmpty()) {
            stage = ProposalStage.BINDING;
        }
        if (stage == ProposalStage.BINDING && !own.saving()) {
            return bindSelf();
        }
        return stage == ProposalStage.ASKING && !(asksTwice() ? acceptor.firm(next) : acceptor.boundTo(next)) ? overtaken() : Optional.empty();
    }

    /** A promise never goes down; one above ours is of a member whose fence nobody has seen, which is no honest one. */
    private Optional<Setback> bindSelf() {
        Promise promise = acceptor.outlives(next);
        if (promise != null) {
            return failed(agreed(promise)); // with a new fence it would be below again
        }
        own.save(new DurableState(own.group(), acceptor.successor(next, own.id(), false)), Purpose.BIND);
        return Optional.empty();
    }

    private Optional<Setback> overtaken() {
        Promise promise = acceptor.promise();
        return beginsAnew(promise == null || promise.next().equals(next) ? "it took too long" : agreed(promise));
    }

    /** This peer is bound to it: from now on those that stay are asked. */
    void askMembers(long now) {
        stage = ProposalStage.ASKING;
        unanswered = next.othersThan(own.id());
        repeatAt = Long.MIN_VALUE;
        giveUpAt = now + ANSWER_WITHIN;
    }

    /** Asks those who have not answered; while the lease passes, all, so that they see that it goes on. */
    private void repeat(long now) {
        if (now >= againAt && !again) {
            again = true;
            unanswered = next.othersThan(own.id());
            repeatAt = now;
        }
        if (now >= repeatAt) {
            repeatAt = now + repeatEvery;
            SortedSet<Integer> asked = pauses() ? next.othersThan(own.id()) : unanswered;
            asked.forEach(peer -> host.send(peer, new Propose(base.version(), next, again)));
        }
    }

    Optional<Setback> receive(int from, GroupMessage message, long now) {
        if (!asks() || !(isReleasing() ? newcomers : next.members()).containsKey(from)) {
            return Optional.empty(); // W3: only who is to agree has a say
        }
        if (message instanceof Bound bound && isOf(bound.next())) {
            bound(from, bound.again(), now);
        } else if (message instanceof Unbound unbound && isOf(unbound.next())) {
            return again ? beginsAnew(unbound.reason()) : failed(unbound.reason());
        }
        return Optional.empty();
    }

    private void bound(int peer, boolean toSecond, long now) {
        giveUpAt = now + ANSWER_WITHIN;
        if (toSecond == again) { // else it is to the question before
            unanswered.remove(peer);
        }
        if (unanswered.isEmpty() && pause > 0 && againAt == Long.MAX_VALUE) {
            againAt = now + pause;
        }
    }

    /** S5: time that only the wall clock has seen; the pause is that much longer. */
    void skipped(long nanos) {
        againAt += againAt == Long.MAX_VALUE ? 0 : nanos;
    }

    long wakeAt() {
        long askAt = !asks() || complete() ? Long.MAX_VALUE : again ? repeatAt : Math.min(repeatAt, againAt);
        return awaitsAnswers() ? Math.min(giveUpAt, askAt) : askAt;
    }

    private static Optional<Setback> failed(String why) {
        return Optional.of(new Setback(why, false));
    }

    private static Optional<Setback> beginsAnew(String why) {
        return Optional.of(new Setback(why, true));
    }

    // What a person reads.

    static String noAnswer(String from) {
        return "no answer from " + from + " for " + ANSWER_WITHIN / 1_000_000_000 + " s; ";
    }

    private static String agreed(Promise promise) {
        return "this peer has agreed to a change of peer " + promise.by();
    }

    /** Who has not answered. */
    String silent() {
        if (isReleasing()) {
            return unanswered.stream().map(peer -> "peer " + peer + " at " + newcomers.get(peer)).collect(Collectors.joining(", "));
        }
        return unanswered.contains(request.newcomer()) ? request.endpoint() : "members " + unanswered;
    }

    String about() {
        return !asks() ? "is written down" : pauses() ? "all have agreed, and are asked again when a lease has passed"
                : unanswered.isEmpty() ? "all have agreed" : "no answer yet from " + silent();
    }

    /** Whether a lease has to pass before all are asked again. */
    private boolean pauses() {
        return againAt != Long.MAX_VALUE && !again;
    }
}
