package mutex.group;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import mutex.group.ChangeQueue.ChangeRequest;
import mutex.group.GroupMessage.Bound;
import mutex.group.GroupMessage.Unbound;
import mutex.group.OwnGroup.Purpose;

/**
 * The proposing half of a group change (G5); {@link Acceptor} is the other one. docs/protocol/group.md has the words of Paxos for it.
 *
 * <pre>
 * stage       waits for                               then         fails after
 * FINDING     a greeting of the newcomer              SEIZING      10 s without one
 * SEIZING     .group; the fence is the ballot         BINDING      60 s in all (G8)
 * RELEASING   newcomers of a version of the removed   BINDING      a refusal, or 10 s without an answer
 * BINDING     its own promise on the disk             PROPOSING    an error of the disk
 * PROPOSING   the promise of everybody else           COMMITTING   a refusal, or 10 s without an answer
 * COMMITTING  the new version on the disk             NONE         an error of the disk
 * UNDOING     the old version on the disk again       NONE         10 s of errors of the disk
 * LEAVING     a member that has that version (R7)     NONE         -
 * </pre>
 *
 * A removal finds nobody, one by force also seizes nothing, and alone is RELEASING and UNDOING (R6), and only a leaver is LEAVING. A change waits in the queue again, and
 * takes another ballot, when another change came first, when standing is lost, or when a promise to it was (R3).
 */
public final class Proposer {

    private static final long ANSWER_WITHIN = 10_000_000_000L;
    private static final long UNDO_EVERY = 1_000_000_000L;

    private static final String UNWRITABLE = "the state file cannot be written: ";

    private enum ChangeStage { NONE, FINDING, SEIZING, RELEASING, BINDING, PROPOSING, COMMITTING, UNDOING, LEAVING }

    private final OwnGroup own;
    private final long lease;
    private final Acceptor acceptor;
    private final GroupHost host;
    private final Greetings greetings;
    private final ChangeQueue queue;
    private final BiConsumer<ChangeRequest, String> ended; // with a problem, or null
    private ChangeStage stage = ChangeStage.NONE;
    private ChangeRequest request; // null when stage is NONE
    private Proposal proposal; // from BINDING on
    private long giveUpAt; // on who does not answer
    private String unwritten; // why the new version is not on the disk, as far as that says
    private long undoAt = Long.MAX_VALUE; // nanoseconds

    Proposer(OwnGroup own, long lease, Acceptor acceptor, GroupHost host, Greetings greetings, ChangeQueue queue,
            BiConsumer<ChangeRequest, String> ended) {
        this.own = own;
        this.lease = lease;
        this.acceptor = acceptor;
        this.host = host;
        this.greetings = greetings;
        this.queue = queue;
        this.ended = ended;
    }

    /** What is under way; null when nothing is. */
    ChangeRequest request() {
        return request;
    }

    /** Where somebody is to be reached who is no member. */
    Collection<String> seeking() {
        if (stage == ChangeStage.RELEASING) {
            return proposal.newcomers().values();
        }
        return request == null || request.endpoint() == null ? List.of() : List.of(request.endpoint());
    }

    void begin(ChangeRequest next, long now) {
        request = next;
        stage = ChangeStage.FINDING;
        giveUpAt = now + ANSWER_WITHIN;
    }

    boolean seeks(Hello hello, String dialed) {
        return stage == ChangeStage.FINDING && (request.endpoint().equals(dialed) || request.endpoint().equals(hello.endpoint()));
    }

    /** @param checked the request under way, with the newcomer's id */
    void seize(ChangeRequest checked) {
        request = checked;
        stage = ChangeStage.SEIZING;
        host.seize();
    }

    void propose(long fence, long now) {
        Group base = own.group();
        Group next = request.on(base, fence);
        Optional<String> broken = request.force() ? Optional.empty()
                : acceptor.breaksMove(next).or(() -> greetings.livesElsewhere(next, base, own.id())); // M2, M3
        if (broken.isPresent()) {
            finish(broken.get());
            return;
        }
        boolean twice = lease > 0 && (!request.removed().isEmpty() && !leaves() || request.moves(base)) && !request.force(); // R3, M3
        SortedMap<Integer, String> newcomers = request.force() ? acceptor.newcomers(request.removed(), next) : Collections.emptySortedMap();
        proposal = new Proposal(own.id(), base, next, lease, twice, newcomers);
        stage = newcomers.isEmpty() ? ChangeStage.BINDING : ChangeStage.RELEASING;
        giveUpAt = now + ANSWER_WITHIN;
        tick(now);
    }

    private boolean leaves() {
        return request.removes(own.id());
    }

    /** A promise never goes down; one above ours is of a member whose fence nobody has seen, which is no honest one. */
    private void bindSelf(Group next) {
        Promise promise = acceptor.promise();
        if (promise != null && promise.next().version().compareTo(next.version()) > 0) {
            finish(overtaken(promise)); // with a new fence it would be below again
            return;
        }
        own.save(new DurableState(own.group(), acceptor.successor(next, own.id(), false)), Purpose.BIND);
    }

    /** This peer's own promise is on the disk, or could not be written (problem). */
    void selfBound(Group next, String problem, long now) {
        if (stage != ChangeStage.BINDING || !proposal.next().equals(next)) {
            return; // of a change that was given up
        }
        if (problem != null) {
            finish(UNWRITABLE + problem);
        } else if (queue.forceNext() && !request.force()) {
            anew(false, "a removal by force goes first"); // R6: it was asked for meanwhile
        } else {
            stage = ChangeStage.PROPOSING;
            proposal.askMembers();
            giveUpAt = now + ANSWER_WITHIN;
        }
    }

    void receive(int from, GroupMessage message, long now) {
        if (!asks() || !proposal.asks(from, stage == ChangeStage.RELEASING)) {
            return; // W3: only who is to agree has a say
        }
        if (message instanceof Bound bound && proposal.isOf(bound.next())) {
            proposal.bound(from, bound.again(), now);
            giveUpAt = now + ANSWER_WITHIN;
        } else if (message instanceof Unbound unbound && proposal.isOf(unbound.next())) {
            if (proposal.asksAgain()) {
                anew(request.force(), unbound.reason());
            } else {
                finish(unbound.reason());
            }
        }
    }

    /** W7: whether that is the answer of a newcomer which is to be in the group by a change of this peer, or any of a member that has moved. */
    public boolean takesIn(int peer, GroupMessage answer) {
        boolean proposed = (stage == ChangeStage.PROPOSING || stage == ChangeStage.COMMITTING) && request.newcomer() == peer;
        return proposed && (answer instanceof Bound bound && proposal.isOf(bound.next())
                || answer instanceof Unbound unbound && proposal.isOf(unbound.next()) && request.moves(own.group()));
    }

    /** Whether this peer's promise is of a change of its own, and so not open. */
    boolean proposes() {
        return stage == ChangeStage.BINDING || stage == ChangeStage.PROPOSING || stage == ChangeStage.COMMITTING;
    }

    /** So much of the time that has passed is only what the wall clock says. */
    public void skipped(long nanos) {
        if (proposal != null) {
            proposal.skipped(nanos);
        }
    }

    void tick(long now) {
        if (stage == ChangeStage.SEIZING && now >= queue.endAt(request)) {
            finish(queue.notAgreed(request, ": " + host.waitsFor()));
        } else if (awaitsAnswers() && now >= giveUpAt) {
            finish("no answer from " + silent() + " for " + ANSWER_WITHIN / 1_000_000_000 + " s; " + switch (stage) {
                case RELEASING -> "one of the removed may have added it without our knowledge: start it, or remove it, too";
                case FINDING -> "is a peer running there?";
                default -> proposal.awaits(request.newcomer()) ? "is a peer running there?" : "every member that stays has to agree";
            });
        } else if (stage == ChangeStage.RELEASING) {
            proposal.repeat(host, now);
            if (proposal.unanswered().isEmpty()) {
                stage = ChangeStage.BINDING;
                tick(now);
            }
        } else if (stage == ChangeStage.BINDING && !own.saving()) {
            bindSelf(proposal.next());
        } else if (stage == ChangeStage.PROPOSING) {
            goOn(proposal.next(), now);
        } else if (stage == ChangeStage.UNDOING && now >= undoAt && !own.saving()) {
            undo();
        }
    }

    private void goOn(Group next, long now) {
        proposal.repeat(host, now);
        if (proposal.asksTwice() ? !acceptor.firm(next) : !acceptor.boundTo(next)) {
            Promise promise = acceptor.promise();
            anew(request.force(), promise == null || promise.next().equals(next) ? "it took too long" : overtaken(promise));
        } else if (proposal.complete() && !own.saving()) {
            stage = ChangeStage.COMMITTING;
            own.save(new DurableState(next, null), Purpose.COMMIT);
        }
    }

    /** The new version is not on the disk, or so that says. */
    void uncommitted(String problem, long now) {
        if (request.force()) { // R6: the removed may be started again as soon as this is answered
            stage = ChangeStage.UNDOING;
            unwritten = problem;
            giveUpAt = now + ANSWER_WITHIN;
            undo();
        } else {
            finish(UNWRITABLE + problem);
        }
    }

    private void undo() {
        undoAt = Long.MAX_VALUE;
        own.save(new DurableState(own.group(), acceptor.promise()), Purpose.UNDO);
    }

    /** The version before is on the disk again, or could not be written (problem). */
    void undone(String problem, long now) {
        if (stage != ChangeStage.UNDOING) {
            return; // another version came meanwhile
        } else if (problem == null) {
            finish(UNWRITABLE + unwritten);
        } else if (now >= giveUpAt) {
            finish(UNWRITABLE + unwritten + "; it may have been all the same: keep " + request.removed() + " stopped until this peer has restarted");
        } else {
            undoAt = now + UNDO_EVERY;
        }
    }

    private static String overtaken(Promise promise) {
        return "this peer has agreed to a change of peer " + promise.by();
    }

    /** The group is another one now: ours is made, or somebody else's came first and ours starts again. */
    void switched() {
        if (stage == ChangeStage.COMMITTING && leaves()) {
            stage = ChangeStage.LEAVING;
            host.yield();
        } else if (stage == ChangeStage.COMMITTING) {
            finish(null);
        } else if (stage != ChangeStage.NONE && (stage != ChangeStage.FINDING || own.group() == null)) {
            anew(true, "another change came first");
        }
    }

    /** R7: whether this peer has left, and waits until a member knows. */
    boolean isLeaving() {
        return stage == ChangeStage.LEAVING;
    }

    /** One of those that stay has the version in which this peer left. */
    void left() {
        if (stage == ChangeStage.LEAVING) {
            finish(null);
        }
    }

    /** G5: this peer has lost {@code .group} with its standing: the change starts again, unless it is being written down. */
    void lost(long now) {
        boolean seized = stage == ChangeStage.SEIZING || stage == ChangeStage.BINDING || stage == ChangeStage.PROPOSING;
        if (!seized || request.force()) {
            return;
        }
        // Giving the removed nothing may have cost the standing: then others go first.
        boolean last = stage == ChangeStage.PROPOSING && proposal.asksTwice();
        String why = "this peer lost touch with the majority" + (stage == ChangeStage.PROPOSING && !proposal.unanswered().isEmpty()
                ? " before " + silent() + " had answered" : "");
        stage = ChangeStage.NONE;
        anew(!last, why);
    }

    /** R6: a removal by force is asked for, perhaps of those very members that this change waits for. */
    void giveWay() {
        boolean waits = stage == ChangeStage.FINDING || stage == ChangeStage.SEIZING || asks();
        if (waits && queue.isWithdrawn(request)) {
            finish("withdrawn");
        } else if (waits) {
            queue.addFirst(request);
            stop();
        }
    }

    void withdraw(long requester) {
        if (request == null || request.requester() != requester) {
            return;
        }
        if (stage == ChangeStage.FINDING || stage == ChangeStage.SEIZING) {
            finish("withdrawn");
        } else {
            queue.withdraw(requester);
        }
    }

    /** It takes another round, with a new fence, unless its requester has withdrawn it; first, or after all that wait, as after one by force. */
    private void anew(boolean first, String why) {
        if (queue.again(request, first && (request.force() || !queue.forceNext()), why)) {
            stop();
        } else {
            finish("withdrawn");
        }
    }

    /** @param problem null when the change is made */
    void finish(String problem) {
        ChangeRequest done = request;
        stop();
        ended.accept(done, problem);
    }

    private void stop() {
        boolean seized = stage != ChangeStage.NONE && stage != ChangeStage.FINDING && stage != ChangeStage.LEAVING && !request.force();
        stage = ChangeStage.NONE;
        request = null;
        proposal = null;
        if (seized) {
            host.yield();
        }
    }

    private boolean awaitsAnswers() {
        return stage == ChangeStage.FINDING || asks() && !proposal.unanswered().isEmpty();
    }

    private boolean asks() {
        return stage == ChangeStage.RELEASING || stage == ChangeStage.PROPOSING;
    }

    long wakeAt() {
        return Math.min(awaitsAnswers() ? giveUpAt : stage == ChangeStage.SEIZING ? queue.endAt(request) : Long.MAX_VALUE,
                asks() ? proposal.wakeAt() : stage == ChangeStage.UNDOING && !own.saving() ? undoAt : Long.MAX_VALUE);
    }

    // What a person reads.

    private String silent() {
        if (stage == ChangeStage.RELEASING) {
            return proposal.unanswered().stream().map(peer -> "peer " + peer + " at " + proposal.newcomers().get(peer)).collect(Collectors.joining(", "));
        }
        return stage == ChangeStage.FINDING || proposal.awaits(request.newcomer()) ? request.endpoint() : "members " + proposal.unanswered();
    }

    /** What is under way, and what it waits for; empty when nothing is. */
    Optional<String> about() {
        return stage == ChangeStage.NONE ? Optional.empty() : Optional.of(request + ": " + switch (stage) {
            case FINDING -> "looks for a peer there";
            case SEIZING -> host.waitsFor();
            case RELEASING -> "no answer yet from " + silent();
            case PROPOSING -> proposal.pauses() ? "all have agreed, and are asked again when a lease has passed"
                    : proposal.unanswered().isEmpty() ? "all have agreed" : "no answer yet from " + silent();
            case LEAVING -> "waits until a member knows";
            default -> "is written down";
        } + queue.tried(request));
    }
}
