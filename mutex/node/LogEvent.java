package mutex.node;

import mutex.algorithm.Message;
import mutex.algorithm.Stamp;

/**
 * Something a node did or saw, for the log.
 *
 * @param epoch the node's epoch
 * @param time the node's Lamport time
 * @param lock null where no lock is concerned
 * @param stamp the request concerned; null where none is
 * @param fence of an entry or exit, else 0
 * @param peer the other peer concerned; 0 where none is
 * @param message sent or received; null where none was
 * @param text what else there is to say; may be null
 */
public record LogEvent(
        EventKind kind, long epoch, long time, String lock, Stamp stamp, long fence, int peer, Message message, String text) {

    /** What happened; the lower-case name stands in the log. */
    public enum EventKind {
        /** This peer asked for a lock. */
        REQUEST,
        SEND,
        RECEIVE,
        /** A permission counted for the present request. */
        PERMISSION,
        /** A request of another peer has to wait for this one. */
        DEFER,
        ENTRY,
        EXIT,
        CANCEL,
        LOST,
        ABSENT,
        EPOCH,
        GROUP,
        LINK
    }
}
