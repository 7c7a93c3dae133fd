package mutex.group;

import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import mutex.group.OwnGroup.Saving;

/**
 * Puts a version of the group in force, or a promise, once the disk has it: all that depends on it hear of it here.
 *
 * <p>What must survive a restart is saved before it counts (G4); until {@link #saved} comes, further group messages are ignored, as
 * every one of them is repeated.
 */
final class VersionSwitch {

    private final OwnGroup own;
    private final Acceptor acceptor;
    private final Founding founding;
    private final Learner learner;
    private final Proposer proposer;
    private final Greetings greetings;
    private final GroupHost host;

    VersionSwitch(OwnGroup own, Acceptor acceptor, Founding founding, Learner learner, Proposer proposer, Greetings greetings, GroupHost host) {
        this.own = own;
        this.acceptor = acceptor;
        this.founding = founding;
        this.learner = learner;
        this.proposer = proposer;
        this.greetings = greetings;
        this.host = host;
    }

    /** A version is in force. */
    void enter(Group known) {
        own.keep(known);
        Group group = own.group();
        if (group != null) {
            learner.entered();
        }
        greetings.entered();
        host.switched(group);
        host.announce(group != null ? new GroupMessage.Present(group) : founding.listing());
        proposer.switched();
    }

    /** The state was written, or could not be (problem, for a person). */
    void saved(String problem, long now) {
        Saving done = own.saved();
        if (done == null) {
            return;
        }
        switch (done.purpose()) {
            case BIND -> bound(done.state(), problem, now);
            case FOUND -> founding.bound(done.state().promise(), problem, now);
            case COMMIT -> committed(done.state(), problem, now);
            case UNDO -> proposer.undone(problem, now);
            case ADOPT -> adopted(done.state(), problem, now);
        }
    }

    private void bound(DurableState state, String problem, long now) {
        Promise made = state.promise();
        Group group = own.group();
        if (problem == null) {
            SortedSet<Integer> before = ignored();
            acceptor.bind(made, now);
            host.ignore(ignored());
            heedAgain(before);
            if (group != null && state.group() != group) {
                enter(state.group());
            }
        }
        if (made.by() == own.id()) {
            proposer.selfBound(made.next(), problem, now);
        } else {
            acceptor.answer(made, problem);
        }
    }

    private void committed(DurableState state, String problem, long now) {
        if (problem != null) {
            proposer.uncommitted(problem, now);
            return;
        }
        if (!state.group().members().containsKey(own.id())) {
            learner.leaves(state.group(), now);
        }
        putInForce(state, now);
    }

    private void adopted(DurableState state, String problem, long now) {
        if (problem != null) { // G4: the changer has this version on its disk, so no older one can begin again without us
            host.say("the group's new version is not written down (" + problem + "); it holds until this peer restarts");
        }
        putInForce(state, now);
    }

    private void putInForce(DurableState state, long now) {
        acceptor.bind(state.promise(), now);
        enter(state.group());
    }

    /** G6: whether a member's promise has been open for too long. If so, whoever it removes may be heeded again. */
    boolean promiseOverdue(long now) {
        SortedSet<Integer> before = ignored();
        boolean overdue = acceptor.overdue(now);
        if (overdue) {
            heedAgain(before);
        }
        return overdue;
    }

    /** R2: the members that get no answer now. */
    private SortedSet<Integer> ignored() {
        SortedSet<Integer> ignored = new TreeSet<>(own.group() == null || acceptor.promise() == null ? Set.of() : own.group().members().keySet());
        ignored.removeIf(member -> !acceptor.removes(member));
        return ignored;
    }

    /** R4: whoever was ignored, and is not any more, is shown the version once more, and says again what was not heard. */
    private void heedAgain(SortedSet<Integer> before) {
        before.stream().filter(member -> !acceptor.removes(member)).forEach(own::present);
    }
}
