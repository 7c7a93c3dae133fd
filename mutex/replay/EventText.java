package mutex.replay;

import java.util.stream.Collectors;
import mutex.algorithm.LockMode;
import mutex.event.Event;
import mutex.event.Frame;
import mutex.group.GroupMessage;
import mutex.lease.LeaseMessage;
import mutex.text.Durations;
import mutex.text.LeaseText;

/** What is fed to a node, for people. */
final class EventText {

    private EventText() {}

    /** One message, or the header of a frame. */
    static String of(Object part) {
        if (part instanceof Frame.OfLock ofLock) {
            return "[" + ofLock.lock() + "] " + ofLock.message();
        } else if (part instanceof Frame.OfGroup ofGroup) {
            return of(ofGroup.message());
        } else if (part instanceof Frame.OfLease ofLease) {
            return of(ofLease.message());
        } else if (part instanceof Frame.Relayed relayed) {
            return "a frame of " + relayed.frame().from() + " for " + relayed.to();
        }
        Frame header = (Frame) part;
        return "a frame of epoch " + header.fromEpoch() + " at Lamport time " + header.time() + ", fence " + header.seen() + ", in " + header.version();
    }

    private static String of(GroupMessage message) {
        if (message instanceof GroupMessage.Present present) {
            return "the group is " + present.group();
        } else if (message instanceof GroupMessage.Propose propose) {
            return "proposes " + propose.next();
        } else if (message instanceof GroupMessage.Bound bound) {
            return "agrees to " + bound.next();
        } else if (message instanceof GroupMessage.Unbound unbound) {
            return "refuses " + unbound.next() + ": " + unbound.reason();
        }
        return message instanceof GroupMessage.Join ? "asks to be added" : "its start list";
    }

    private static String of(LeaseMessage message) {
        if (message instanceof LeaseMessage.Heartbeat beat) {
            return "heartbeat " + beat.number();
        } else if (message instanceof LeaseMessage.Ack ack) {
            return "ACK of heartbeat " + ack.number();
        } else if (message instanceof LeaseMessage.Inquiry inquiry) {
            return "asks when others last acknowledged peer " + inquiry.about();
        }
        return "says when it last acknowledged peer " + ((LeaseMessage.Testimony) message).about();
    }

    /** A step that caused no event of its own. */
    static String of(RecordedLife life, ReplayStep step) {
        String peer = "peer " + life.peer() + " ";
        if (step.fed() == null) {
            var hello = life.beginning.hello();
            return peer + "is started at " + hello.endpoint() + ", epoch " + hello.epoch() + ", " + hello.algorithm() + ", "
                    + LeaseText.say(hello.leaseMillis()) + (life.beginning.saved() == null ? "" : ", with a state file");
        }
        return peer + of(step.fed().event());
    }

    private static String of(Event event) {
        if (event instanceof Event.Ask ask) {
            return "[" + ask.locks().stream().map(LockMode::toString).collect(Collectors.joining(",")) + "] queues its own request " + ask.asker() + (ask.attempt() ? ", a try" : "");
        } else if (event instanceof Event.PassToken pass) {
            return "[" + pass.lock() + "] is told to pass the token";
        } else if (event instanceof Event.Withdraw withdraw) {
            return "ends its own request " + withdraw.asker();
        } else if (event instanceof Event.Add add) {
            return "is told to add " + add.endpoint();
        } else if (event instanceof Event.Remove remove) {
            return "is told to remove " + remove.ids();
        } else if (event instanceof Event.Discovered discovered) {
            return "discovers " + discovered.addresses();
        } else if (event instanceof Event.Leave) {
            return "is told to leave the group";
        } else if (event instanceof Event.Linked linked) {
            return "is greeted by peer " + linked.hello().id();
        } else if (event instanceof Event.Unlinked unlinked) {
            return "loses its link to peer " + unlinked.peer();
        } else if (event instanceof Event.OwnAddress own) {
            return "finds that " + own.dialed() + " is its own address";
        } else if (event instanceof Event.Written written) {
            return written.problem() == null ? "has written its state" : "cannot write its state: " + written.problem();
        } else if (event instanceof Event.Skipped skipped) {
            return "was suspended for " + Durations.say(skipped.nanos());
        } else if (event instanceof Event.Received received) {
            return "hears from " + received.frame().from() + ": " + (received.frame().parts().isEmpty() ? "nothing but its clock"
                    : String.join(", ", received.frame().parts().stream().map(EventText::of).toList()));
        }
        return "notices that time has passed";
    }
}
