package mutex.node;

import java.util.Set;
import mutex.algorithm.Stamp;
import mutex.event.Frame;
import mutex.group.Version;

/** The numbers of a peer that only grow: its epoch, its Lamport time and the highest fence it knows. */
final class Clocks {

    /** Fences start at the milliseconds of the wall clock, times two to the power of that. */
    private static final int FENCE_BITS = 20;

    private static final long DAY_MILLIS = 86_400_000;

    /** Further ahead than any honest peer can be: 10^12 events. */
    private static final long MOST_TIME_AHEAD = 1L << 40;
    /** No series of honest steps gets there; from there on steps are small, so that no series of lies ends the range. */
    private static final long FAR_TIME = 1L << 60;
    private static final long SMALL_STEP = 1L << 28;
    /** Epochs are wall-clock milliseconds; these are some 35,000 years of them. */
    private static final long MOST_EPOCH = 1L << 50;
    /** How far another peer can know an epoch of ours above the present one: a clock set back to 1970. */
    private static final long MOST_EPOCH_AHEAD = 1L << 41;
    /** Wall clocks are believed up to ten years ahead of this one, or of this release where this one is far behind. */
    private static final long MOST_MILLIS_AHEAD = 3_653 * DAY_MILLIS;
    private static final long RELEASED = 1_795_910_400_000L; // 2026-11-29
    private static final long LAST_YEAR = 4_102_444_800_000L; // 2100-01-01, below the end of a fence's range
    /** Group changes that a member can have missed. */
    private static final long MOST_VERSIONS_AHEAD = 1L << 20;
    private static final long MOST_VERSION = 1L << 50;

    private final long startMillis; // the wall clock at the start
    private long startedAt = Long.MIN_VALUE; // the node's clock then, nanoseconds
    private long now;
    private long epoch;
    private long time;
    private long fence;
    private int newcomer; // who is to be a member from the next version on; 0: nobody
    private long brought; // its highest fence

    /** The fence starts at the time of day, and never below one that was written down. */
    Clocks(long epoch, long savedFence) {
        this.epoch = epoch;
        startMillis = epoch;
        fence = Math.max(Math.min(epoch, LAST_YEAR) << FENCE_BITS, savedFence);
    }

    void at(long now) {
        this.now = now;
        startedAt = startedAt == Long.MIN_VALUE ? now : startedAt;
    }

    /** The time of the present step, monotonic, nanoseconds. */
    long now() {
        return now;
    }

    /** What the wall clock shows if nobody has set it since the start. */
    long wallMillis() {
        return startMillis + (now - startedAt) / 1_000_000;
    }

    /** When, by the node's clock, the wall clock reaches the fence's time. */
    long whenPassed(long fence) {
        return startedAt + ((fence >> FENCE_BITS) - startMillis) * 1_000_000;
    }

    /** By how many milliseconds the fence is ahead of the wall clock; negative: behind. */
    long millisAhead(long fence) {
        return (fence >> FENCE_BITS) - wallMillis();
    }

    /** By how many days another peer's fence is ahead of the wall clock; 0 if it is not above those seen here. */
    long daysAhead(long theirs) {
        return theirs <= fence ? 0 : millisAhead(theirs) / DAY_MILLIS;
    }

    long epoch() {
        return epoch;
    }

    long time() {
        return time;
    }

    long fence() {
        return fence;
    }

    /** C1: above everything seen and above every earlier request of this peer. */
    Stamp stamp(int self) {
        return new Stamp(++time, self);
    }

    long nextFence() {
        return ++fence;
    }

    /** F3: leaves out more fences than a peer can take between two of our messages. */
    void skipFences() {
        skip(1L << 20);
    }

    void skip(long fences) {
        fence += fences;
    }

    /** F2: whether another peer can honestly show these numbers. */
    boolean believable(Frame frame) {
        return frame.time() >= 0 && frame.time() - time < (frame.time() < FAR_TIME ? MOST_TIME_AHEAD : SMALL_STEP)
                && believable(frame.seen()) && frame.fromEpoch() < MOST_EPOCH && frame.toEpoch() < MOST_EPOCH;
    }

    /** W4: whether it can be an epoch of ours; well below what we may send, so that no series of them reaches that. */
    boolean believableEpoch(long ours) {
        return ours - epoch < MOST_EPOCH_AHEAD && ours < MOST_EPOCH / 2;
    }

    /** F2: whether another peer can honestly have that fence, or reserve it. */
    boolean believable(long theirs) {
        return theirs >= 0 && (theirs - fence < SMALL_STEP || theirs < latest() << FENCE_BITS);
    }

    private long latest() {
        return Math.min(LAST_YEAR, Math.max(wallMillis(), RELEASED) + MOST_MILLIS_AHEAD);
    }

    /** Whether a group whose version is known here (NONE: none is) can have got to that one. */
    boolean believable(Version version, Version known) {
        long most = known.equals(Version.NONE) ? MOST_VERSION : Math.min(MOST_VERSION, known.number() + MOST_VERSIONS_AHEAD);
        return version.number() <= most && believable(version.fence());
    }

    /** Takes in what every message carries. */
    void see(long theirTime, long theirFence) {
        time = Math.max(time, theirTime);
        fence = Math.max(fence, theirFence);
    }

    /**
     * W7: takes in the fences that a newcomer gave while it was alone, or that a mover is bound to.
     *
     * @param later from the next version on: until then none of the members that might go on without this peer has heard of it
     */
    void bring(int peer, long theirFence, boolean later) {
        if (later) {
            brought = peer == newcomer ? Math.max(brought, theirFence) : theirFence;
            newcomer = peer;
        } else {
            see(0, theirFence);
        }
    }

    /** F3: a version of these members is in force: above every entry of those who made it, and of who came in. */
    void enterVersion(long itsFence, Set<Integer> members) {
        see(0, members.contains(newcomer) ? Math.max(itsFence, brought) : itsFence);
        newcomer = 0;
    }

    /** C2: above the request; a repeat changes nothing, so that clocks stand still when nobody asks. */
    void see(Stamp request) {
        time = Math.max(time, request.time() + 1);
    }

    void raiseEpoch(long to) {
        epoch = Math.max(epoch, to);
    }
}
