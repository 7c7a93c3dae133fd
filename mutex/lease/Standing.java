package mutex.lease;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedSet;
import mutex.lease.LeaseMessage.Heartbeat;

/**
 * S4: whether a majority backs this peer. With it, more than half of the members have acknowledged a heartbeat
 * that it sent less than a lease ago. They also know up to which fence it may go, and no other peer has
 * gone higher unheard: see {@link #mark}.
 *
 * <p>Pure; times are nanoseconds of the caller's clock. Source: protocol.md, standing and fence.
 */
public final class Standing {

    /** How many fences are reserved ahead. */
    public static final long AHEAD = 1L << 20;

    private static final long NEVER = Long.MIN_VALUE / 2;

    /** S4, a heartbeat sent: the lease counts from here, not from the arrival of its ACK. */
    private record Beat(long number, long sentAt, long reserve) {}

    private final long lease;
    private int majority = 1; // of all members
    private int members = 1;
    private final Deque<Beat> beats = new ArrayDeque<>(); // sent within the lease, oldest first
    private final Map<Integer, Beat> acked = new HashMap<>(); // the newest one, by member
    private long number; // of the last heartbeat
    private boolean good;
    private long until = NEVER; // when the majority's ACKs are a lease old
    private long grace = NEVER; // who was alone is backed until then
    private long reserved; // by a majority, in this epoch
    private long marked; // heartbeats above this number clear the mark; -1: it is clear
    private final Map<Integer, Long> sinceMark = new HashMap<>(); // reservations in the ACKs of those

    public Standing(long lease) {
        this.lease = lease;
    }

    /** The group has these other members now; what they acknowledged still counts. */
    public void regroup(SortedSet<Integer> others) {
        members = others.size() + 1;
        majority = members / 2 + 1;
        grace = NEVER;
        acked.keySet().retainAll(others);
        sinceMark.keySet().retainAll(others);
        count();
    }

    /**
     * S3: this peer was alone and is one of two now; it has a lease's time to be acknowledged. Nobody else can be in
     * standing without its ACK until then, nor after that.
     */
    public void begin(long now) {
        good = true;
        grace = now + lease;
        count();
    }

    /** The next heartbeat, sent now. */
    public Heartbeat beat(SortedSet<Integer> heard, long seen, long now) {
        while (!beats.isEmpty() && now - beats.peekFirst().sentAt >= lease) {
            beats.removeFirst();
        }
        Beat beat = new Beat(++number, now, seen + AHEAD);
        beats.addLast(beat);
        return new Heartbeat(number, heard, beat.reserve);
    }

    /** The fence up to which the last heartbeat reserves. */
    public long asked() {
        return beats.isEmpty() ? 0 : beats.peekLast().reserve;
    }

    /**
     * A member acknowledged the heartbeat with that number in our present epoch.
     *
     * @param known the highest reservation of others that it knows
     * @return the highest of those, if the ACK clears the fence mark
     */
    public OptionalLong acked(int member, long number, long known) {
        Beat beat = find(number);
        if (beat == null) {
            return OptionalLong.empty();
        }
        acked.merge(member, beat, (old, now) -> old.number > now.number ? old : now);
        count();
        if (clear() || number <= marked) {
            return OptionalLong.empty();
        }
        sinceMark.merge(member, known, Math::max);
        if (sinceMark.size() + 1 < majority) {
            return OptionalLong.empty();
        }
        marked = -1;
        return sinceMark.values().stream().mapToLong(Long::longValue).max();
    }

    private Beat find(long number) {
        for (Iterator<Beat> newest = beats.descendingIterator(); newest.hasNext();) {
            Beat beat = newest.next();
            if (beat.number == number) {
                return beat;
            }
        }
        return null;
    }

    private void count() {
        if (members == 1) {
            until = Long.MAX_VALUE;
            reserved = Long.MAX_VALUE;
            return;
        }
        long[] sent = new long[Math.max(acked.size(), majority - 1)];
        long[] reserves = new long[sent.length];
        Arrays.fill(sent, NEVER);
        int i = 0;
        for (Beat beat : acked.values()) {
            sent[i] = beat.sentAt;
            reserves[i++] = beat.reserve;
        }
        Arrays.sort(sent);
        Arrays.sort(reserves);
        until = Math.max(grace, sent[sent.length - majority + 1] + lease); // the majority includes this peer
        reserved = reserves[reserves.length - majority + 1];
    }

    /** In standing, as of the last {@link #gain} or {@link #lapse}. */
    public boolean good() {
        return good;
    }

    /** Whether a majority backs this peer at that time. */
    public boolean backed(long now) {
        return now < until;
    }

    public void gain() {
        good = true;
        mark();
    }

    /** What was acknowledged in the epoch that ends here does not count any more. */
    public void lapse() {
        good = false;
        grace = NEVER;
        acked.clear();
        beats.clear();
        count();
        mark();
    }

    /** F4: someone may have taken fences that are not known here, and a majority has to be asked first. */
    public void mark() {
        marked = number;
        sinceMark.clear();
    }

    public boolean clear() {
        return marked < 0 || members == 1;
    }

    /** F5: the highest fence that a majority has reserved for this peer in this epoch. */
    public long reserved() {
        return reserved;
    }

    /** When the standing ends unless more is acknowledged. */
    public long until() {
        return until;
    }

    public int majority() {
        return majority;
    }

    /** How many members, with this one, back this peer at that time. */
    public int backers(long now) {
        return 1 + (int) acked.values().stream().filter(beat -> now - beat.sentAt < lease).count();
    }
}
