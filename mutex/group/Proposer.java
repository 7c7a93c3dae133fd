package mutex.group;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import mutex.group.ChangeQueue.ChangeRequest;
import mutex.group.OwnGroup.Purpose;
import mutex.group.Proposal.Setback;

/**
 * The proposing half of a group change (G5); {@link Acceptor} is the other one. docs/protocol/group.md has the words of Paxos for it.
 *
 * <pre>
 * stage       waits for                               then         fails after
 * FINDING     a greeting of the newcomer              SEIZING      10 s without one
 * SEIZING     .group; the fence is the ballot         PROPOSING    60 s in all (G8)
 * PROPOSING   what its Proposal waits for             COMMITTING   a setback of that
 * COMMITTING  the new version on the disk             NONE         an error of the disk
 * UNDOING     the old version on the disk again       NONE         10 s of errors of the disk
 * LEAVING     a member that has that version (R7)     NONE         -
 * </pre>
 *
 * A removal finds nobody, one by force also seizes nothing, and alone is UNDOING (R6), and only a leaver is LEAVING. A change waits
 * in the queue again, and takes another ballot, when another change came first, when standing is lost, or when a promise to it was (R3).
 */
public final class Proposer {

    private static final String UNWRITABLE = "the state file cannot be written: ";

    private enum ChangeStage { NONE, FINDING, SEIZING, PROPOSING, COMMITTING, UNDOING, LEAVING }

    private final OwnGroup own;
    private final long lease;
    private final Acceptor acceptor;
    private final GroupHost host;
    private final Greetings greetings;
    private final ChangeQueue queue;
    private final BiConsumer<ChangeRequest, String> ended; // with a problem, or null
    private ChangeStage stage = ChangeStage.NONE;
    private ChangeRequest request; // null when stage is NONE
    private Proposal proposal; // from PROPOSING on
    private OwnGroup.Undo undo; // in UNDOING
    private long giveUpAt; // on who is sought

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
        if (stage == ChangeStage.PROPOSING && proposal.isReleasing()) {
            return proposal.newcomers().values();
        }
        return request == null || request.endpoint() == null ? List.of() : List.of(request.endpoint());
    }

    void begin(ChangeRequest next, long now) {
        request = next;
        stage = ChangeStage.FINDING;
        giveUpAt = now + Proposal.ANSWER_WITHIN;
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
        proposal = new Proposal(request, next, own, acceptor, host, lease, now);
        stage = ChangeStage.PROPOSING;
        tick(now);
    }

    /** This peer's own promise is on the disk, or could not be written (problem). */
    void selfBound(Group next, String problem, long now) {
        if (stage != ChangeStage.PROPOSING || !proposal.binds(next)) {
            return; // of a change that was given up
        }
        if (problem != null) {
            finish(UNWRITABLE + problem);
        } else if (queue.forceNext() && !request.force()) {
            anew(false, "a removal by force goes first"); // R6: it was asked for meanwhile
        } else {
            proposal.askMembers(now);
        }
    }

    void receive(int from, GroupMessage message, long now) {
        if (stage == ChangeStage.PROPOSING) {
            proposal.receive(from, message, now).ifPresent(this::heed);
        }
    }

    private void heed(Setback setback) {
        if (setback.anew()) {
            anew(request.force(), setback.why());
        } else {
            finish(setback.why());
        }
    }

    /** W7: whether that is the answer of a newcomer which is to be in the group by a change of this peer, or any of a member that has moved. */
    public boolean takesIn(int peer, GroupMessage answer) {
        return (stage == ChangeStage.PROPOSING || stage == ChangeStage.COMMITTING) && proposal.takesIn(peer, answer);
    }

    /** Whether this peer's promise is of a change of its own, and so not open. */
    boolean proposes() {
        return stage == ChangeStage.PROPOSING && !proposal.isReleasing() || stage == ChangeStage.COMMITTING;
    }

    /** So much of the time that has passed is only what the wall clock says. */
    public void skipped(long nanos) {
        if (proposal != null) {
            proposal.skipped(nanos);
        }
    }

    void tick(long now) {
        if (stage == ChangeStage.FINDING && now >= giveUpAt) {
            finish(Proposal.noAnswer(request.endpoint()) + "is a peer running there?");
        } else if (stage == ChangeStage.SEIZING && now >= queue.endAt(request)) {
            finish(queue.notAgreed(request, ": " + host.waitsFor()));
        } else if (stage == ChangeStage.PROPOSING) {
            proposal.tick(now).ifPresentOrElse(this::heed, this::commitIfComplete);
        } else if (stage == ChangeStage.UNDOING) {
            undo.tick(acceptor.promise(), now);
        }
    }

    private void commitIfComplete() {
        if (proposal.complete() && !own.saving()) {
            stage = ChangeStage.COMMITTING;
            own.save(new DurableState(proposal.next(), null), Purpose.COMMIT);
        }
    }

    /** The new version is not on the disk, or so that says. */
    void uncommitted(String problem, long now) {
        if (request.force()) { // R6: the removed may be started again as soon as this is answered
            stage = ChangeStage.UNDOING;
            undo = own.undo(problem, now);
            undo.tick(acceptor.promise(), now);
        } else {
            finish(UNWRITABLE + problem);
        }
    }

    /** The version before is on the disk again, or could not be written (problem). */
    void undone(String problem, long now) {
        if (stage == ChangeStage.UNDOING) { // else another version came meanwhile
            undo.written(problem, request.removed(), now).ifPresent(why -> finish(UNWRITABLE + why));
        }
    }

    /** The group is another one now: ours is made, or somebody else's came first and ours starts again. */
    void switched() {
        if (stage == ChangeStage.COMMITTING && request.removes(own.id())) {
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
        boolean seized = stage == ChangeStage.SEIZING || stage == ChangeStage.PROPOSING;
        if (!seized || request.force()) {
            return;
        }
        // Giving the removed nothing may have cost the standing: then others go first.
        boolean last = asks() && proposal.asksTwice();
        String why = "this peer lost touch with the majority"
                + (asks() && proposal.awaitsAnswers() ? " before " + proposal.silent() + " had answered" : "");
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

    private boolean asks() {
        return stage == ChangeStage.PROPOSING && proposal.asks();
    }

    long wakeAt() {
        return switch (stage) {
            case FINDING -> giveUpAt;
            case SEIZING -> queue.endAt(request);
            case PROPOSING -> proposal.wakeAt();
            case UNDOING -> undo.wakeAt();
            default -> Long.MAX_VALUE;
        };
    }

    /** What is under way, and what it waits for, for a person; empty when nothing is. */
    Optional<String> about() {
        return stage == ChangeStage.NONE ? Optional.empty() : Optional.of(request + ": " + switch (stage) {
            case FINDING -> "looks for a peer there";
            case SEIZING -> host.waitsFor();
            case PROPOSING -> proposal.about();
            case LEAVING -> "waits until a member knows";
            default -> "is written down";
        } + queue.tried(request));
    }
}
