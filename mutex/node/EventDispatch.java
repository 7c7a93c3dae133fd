package mutex.node;

import mutex.algorithm.Invariant;
import mutex.event.Effect;
import mutex.event.Event;
import mutex.group.Membership;

/** Hands each event to those whom it concerns, and then has all of them do what it, and the time, have made possible. */
final class EventDispatch {

    private final StepOutput out;
    private final DurableWrites disk;
    private final Locks locks;
    private final Lease lease;
    private final LocalGroup group;
    private final Membership membership;
    private final Incarnations incarnations;
    private final FrameReceiver receiver;
    private final RunOnce once;

    EventDispatch(StepOutput out, DurableWrites disk, Locks locks, Lease lease, LocalGroup group, Incarnations incarnations,
            FrameReceiver receiver, RunOnce once) {
        this.out = out;
        this.disk = disk;
        this.locks = locks;
        this.lease = lease;
        this.group = group;
        membership = group.membership;
        this.incarnations = incarnations;
        this.receiver = receiver;
        this.once = once;
    }

    void handle(Event event, long now) {
        if (event instanceof Event.Received received) {
            receiver.receive(received.frame(), now);
        } else if (event instanceof Event.Ask ask && ask.period() > 0) {
            once.ask(ask, now);
        } else if (event instanceof Event.Ask ask) {
            locks.requests.ask(new LocalAsker(ask.asker(), ask.locks(), ask.attempt(), ask.deadline(), out), now);
        } else if (event instanceof Event.Withdraw withdraw) {
            if (withdraw.failed()) {
                once.fails(withdraw.asker());
            }
            locks.requests.withdraw(withdraw.asker(), now);
            membership.changes().withdraw(withdraw.asker());
        } else if (event instanceof Event.PassToken pass) {
            out.add(new Effect.Answered(pass.asker(), locks.pass(pass.lock())));
        } else if (event instanceof Event.Add add) {
            membership.changes().add(add.asker(), add.endpoint());
            out.add(new Effect.Redial());
        } else if (event instanceof Event.Remove remove) {
            membership.changes().remove(remove.asker(), remove.ids(), remove.force());
            if (remove.force()) {
                out.add(new Effect.Redial()); // newcomers of another version may have to be asked
            }
        } else if (event instanceof Event.Leave leave) {
            membership.changes().leave(leave.asker());
        } else if (event instanceof Event.Linked linked) {
            receiver.linked(linked.hello(), linked.dialed(), now);
        } else if (event instanceof Event.Unlinked unlinked) {
            incarnations.unlinked(unlinked.peer(), now);
        } else if (event instanceof Event.OwnAddress own) {
            membership.dropAddress(own.dialed());
            out.add(new Effect.Redial());
        } else if (event instanceof Event.Discovered discovered) {
            membership.discovered(discovered.addresses(), now);
            out.add(new Effect.Redial());
        } else if (event instanceof Event.Written written) {
            disk.written(written.problem(), membership, now);
        } else if (event instanceof Event.Skipped skipped) {
            lease.skipped(skipped.nanos());
            membership.proposer().skipped(skipped.nanos());
        } else {
            Invariant.holds(event instanceof Event.Tick, () -> "nobody handles " + event); // a tick is its time, nothing more
        }
    }

    /** Does what the event and the time have made possible, each after those whose outcome it needs. */
    void settle(long now) {
        if (disk.freed(now)) {
            lease.unblock(); // entries that waited for the disk, before waits are ended
        }
        locks.tend(now); // ends waits; what is given back may let the epoch be raised
        membership.tick(now); // the next step of a change of the group
        incarnations.raiseOwn(now); // after the event, which belongs to the old epoch; before a heartbeat, which belongs to the new one
        lease.settle(); // a heartbeat, and standing: that may let locks be entered, .group among them
        group.tellChange(); // how its request for .group went: it may have been in the middle of asking until here
        once.settle(now); // so may who entered for a job that runs once a period
        disk.settle(now); // what all of them want written, in one write
    }

    /** When there is something to settle without an event, in nanoseconds; Long.MAX_VALUE for never. */
    long wakeAt() {
        return Math.min(lease.wakeAt(), Math.min(locks.wakeAt(), Math.min(membership.wakeAt(), Math.min(disk.wakeAt(), once.wakeAt()))));
    }
}
