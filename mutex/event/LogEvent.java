package mutex.event;

import java.util.SortedSet;
import mutex.algorithm.Message;
import mutex.algorithm.Mode;
import mutex.algorithm.Stamp;

/**
 * Something a node did or saw, which is to be logged.
 *
 * @param epoch the node's epoch
 * @param time the node's Lamport time
 * @param lock null where no lock is concerned
 * @param stamp the request concerned; null where none is
 * @param fence of an entry or exit, else 0
 * @param peer the other peer concerned; 0 where none is
 * @param message sent or received; null where none was
 * @param detail what else there is to know, for programs; may be null
 * @param text the same and more, for people; may be null
 */
public record LogEvent(
        EventKind kind, long epoch, long time, String lock, Stamp stamp, long fence, int peer, Message message,
        Detail detail, String text) implements Effect {

    /** What an event of one kind tells besides. */
    public sealed interface Detail {

        /** Of a request: it follows this algorithm; nothing is said where that is Ricart-Agrawala. */
        record FollowsAlgorithm(String name) implements Detail {}

        /** Of a request: how it wants the lock; nothing is said where that is exclusive. */
        record InMode(Mode mode) implements Detail {}

        /** The other peer, or this one, has begun the epoch. */
        record BeganEpoch(long epoch) implements Detail {}

        /** Whether the other peer can be reached: by a link, or as a majority counts it. */
        record Reachable(boolean now) implements Detail {}

        /** This peer is in a group of these members, itself included; in none when empty. */
        record InGroup(SortedSet<Integer> members) implements Detail {}
    }

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
        /** The group has acknowledged the mark of a job that runs once a period: its run begins. */
        MARK,
        /** The job has run in this period: the lock is given back. */
        RAN,
        ABSENT,
        EPOCH,
        GROUP,
        LINK
    }
}
