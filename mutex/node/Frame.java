package mutex.node;

import java.util.List;
import mutex.algorithm.Message;
import mutex.group.GroupMessage;
import mutex.group.Version;
import mutex.lease.LeaseMessage;

/**
 * What goes over a link in one piece: a header, and one or more messages behind it. A frame without
 * parts only shows its header.
 *
 * @param fromEpoch the sender's epoch
 * @param toEpoch newest epoch the sender knows of the receiver: answers in it count in no other; 0 unknown
 * @param version the sender's group version, NONE outside a group
 * @param print {@link mutex.group.Group#print} of the sender's group, 0 outside a group
 * @param time the sender's Lamport time
 * @param seen highest fence the sender knows
 */
public record Frame(
        int from, long fromEpoch, long toEpoch, Version version, long print, long time, long seen, List<FramePart> parts) {

    /** One message in a frame. */
    public sealed interface FramePart {}

    /** A message about a lock. */
    public record OfLock(String lock, Message message) implements FramePart {}

    /** A message about the group. */
    public record OfGroup(GroupMessage message) implements FramePart {}

    /** A message about who is alive. */
    public record OfLease(LeaseMessage message) implements FramePart {}

    /**
     * A frame on its way between two members without a link, through a third; never within another.
     *
     * @param process random number of the process that made the frame, as in its greeting
     */
    public record Relayed(int to, long process, Frame frame) implements FramePart {}
}
