package mutex.wire;

import mutex.event.Event;
import mutex.event.Frame;

/**
 * One step of a node, as the log has it.
 *
 * @param now when, in the nanoseconds of the node
 * @param known how many events the sender of the received frame had logged when it sent that; 0 where none was received
 */
public record RecordedStep(Event event, long known, long now) {

    /** Time and heartbeats: they come all the time and change little. */
    public boolean quiet() {
        return event instanceof Event.Tick
                || event instanceof Event.Received received && received.frame().parts().stream().allMatch(part -> part instanceof Frame.OfLease);
    }
}
