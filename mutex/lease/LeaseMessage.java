package mutex.lease;

import java.util.SortedSet;

/** What members say to each other about who is alive; only with a lease. See protocol.md, standing and absence. */
public sealed interface LeaseMessage {

    /**
     * HEARTBEAT (S4): "I am here." Sent directly, never relayed or repeated.
     *
     * @param number counts the heartbeats of a process
     * @param heard whom the sender has heard within a lease
     * @param reserve the highest fence that the sender may take on the strength of it
     */
    record Heartbeat(long number, SortedSet<Integer> heard, long reserve) implements LeaseMessage {}

    /**
     * ACK of the heartbeat with that number.
     *
     * @param reserved the highest reservation of anyone else that the sender knows
     */
    record Ack(long number, long reserved) implements LeaseMessage {}

    /** A1: "How long since you last acknowledged a heartbeat of that peer?" */
    record Inquiry(int about, long round) implements LeaseMessage {}

    /**
     * The answer of a witness.
     *
     * @param silentMicros microseconds since its last ACK to the peer in any epoch, or since its own start
     */
    record Testimony(int about, long round, long silentMicros) implements LeaseMessage {}
}
