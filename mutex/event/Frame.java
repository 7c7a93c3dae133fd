package mutex.event;

import java.util.List;
import mutex.algorithm.Message;
import mutex.group.GroupMessage;
import mutex.group.Version;
import mutex.lease.LeaseMessage;
import mutex.once.MarkMessage;

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

    /** To a peer of which that epoch is known, with these parts. */
    public Frame to(long toEpoch, List<FramePart> parts) {
        return new Frame(from, fromEpoch, toEpoch, version, print, time, seen, parts);
    }

    /** The same header, with these parts behind it. */
    public Frame with(List<FramePart> parts) {
        return new Frame(from, fromEpoch, toEpoch, version, print, time, seen, parts);
    }

    /**
     * Whether what a later frame says may be added to this one. Parts count only in the epochs and at the version that they
     * were written in, and what is relayed goes by itself.
     */
    public boolean takes(Frame later) {
        return fromEpoch == later.fromEpoch && toEpoch == later.toEpoch && print == later.print && version.equals(later.version)
                && !relays() && !later.relays();
    }

    private boolean relays() {
        return !parts.isEmpty() && parts.get(0) instanceof Relayed;
    }

    /** One message in a frame. */
    public sealed interface FramePart {}

    /** A message about a lock. */
    public record OfLock(String lock, Message message) implements FramePart {}

    /** A message about the group. */
    public record OfGroup(GroupMessage message) implements FramePart {}

    /** A message about the run of a job. */
    public record OfMark(MarkMessage message) implements FramePart {}

    /** A message about who is alive. */
    public record OfLease(LeaseMessage message) implements FramePart {}

    /**
     * A frame on its way between two members without a link, through a third; never within another.
     *
     * @param process random number of the process that made the frame, as in its greeting
     */
    public record Relayed(int to, long process, Frame frame) implements FramePart {}
}
