package mutex.node;

import mutex.algorithm.Stamp;
import mutex.group.Changes;
import mutex.node.NamedLock.LocalAsker;
import mutex.text.LockName;

/**
 * The reserved lock {@code .group} as the change of the group uses it: asked for like any lock, by an asker of its own.
 * The change hears how that went at the end of the step, as it may be in the middle of asking or giving up.
 */
final class GroupLock implements Locks.AskerEvents {

    /** The number of that asker. */
    static final long ASKER = -1;

    private final Locks locks;
    private boolean lost; // and the change has not been told
    private long fence; // of an entry that the change has not been told of; 0: none

    GroupLock(Locks locks) {
        this.locks = locks;
    }

    void request(long now) {
        locks.ask(new LocalAsker(ASKER, LockName.GROUP, false, Long.MAX_VALUE, this), now);
    }

    /** Gives it back, or withdraws the request. */
    void withdraw(long now) {
        fence = 0;
        locks.withdraw(ASKER, now);
    }

    @Override
    public void entered(LocalAsker asker, Stamp stamp, long fence) {
        this.fence = fence;
    }

    @Override
    public void ended(LocalAsker asker, Effect.Outcome outcome, String reason) {
        fence = 0;
        lost |= outcome == Effect.Outcome.LOST;
    }

    /** Tells the change what it has not heard yet. */
    void tell(Changes changes, long now) {
        if (lost) {
            lost = false;
            changes.lost(now);
        }
        if (fence != 0) {
            long entry = fence;
            fence = 0;
            changes.entered(entry, now);
        }
    }
}
