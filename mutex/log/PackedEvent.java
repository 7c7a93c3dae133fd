package mutex.log;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import mutex.algorithm.Message;
import mutex.algorithm.Mode;
import mutex.algorithm.Stamp;
import mutex.event.LogEvent;
import mutex.event.LogEvent.EventKind;

/** An event as it is written to bytes and read back: as what differs from the one before, which this was until then. */
final class PackedEvent {

    /** Of one event, at most: the name of a lock, a dozen numbers, a vector. */
    static final int MOST_BYTES = 256 + 12 * 10 + VectorClock.MOST * 2 * 10;

    private static final int RARE = 1; // kept as an object: only time and vector are bytes
    private static final int LOCK = 2;
    private static final int SAME_LOCK = 4; // as the last event with a lock
    private static final int STAMP = 8;
    private static final int FENCE = 16;
    private static final int PEER = 32;
    private static final int EPOCH = 64; // another than before
    private static final int VECTOR = 128; // knows more of others

    /** What was sent or received. All else about it is the stamp of the event, and up to three numbers. */
    private enum Said {
        NOTHING, REQUEST, TRY, PERMISSION, REFUSED, REFUSED_HELD, TOKEN, OTHER;

        static final Said[] ALL = values();

        static Said of(Message message) {
            if (message instanceof Message.Request request) {
                return request.mode() != Mode.EXCLUSIVE ? OTHER : request.attempt() ? TRY : REQUEST;
            } else if (message instanceof Message.Refusal refusal) {
                return refusal.held() ? REFUSED_HELD : REFUSED;
            }
            return message == null ? NOTHING : message instanceof Message.Permission ? PERMISSION : message instanceof Message.Token ? TOKEN : OTHER;
        }
    }

    private static final EventKind[] KINDS = EventKind.values();

    private final int self;
    private int flags;
    private long micros;
    private EventKind kind = EventKind.EPOCH;
    private Said said = Said.NOTHING;
    private long epoch;
    private long time;
    private String lock = ""; // null: it was read, and stands in name only
    private final byte[] name = new byte[255];
    private int nameLength;
    private long stampTime;
    private int stampPeer;
    private long fence;
    private int peer;
    private final long[] numbers = new long[3];
    private int[] peers;
    private long[] counts; // by peer, as the vector has them
    private int own; // where ours stands
    private int merges; // of the vector, when the last one was written

    PackedEvent(int self) {
        this.self = self;
        peers = new int[] {self};
        counts = new long[1];
    }

    PackedEvent copy() {
        PackedEvent copy = new PackedEvent(self);
        copy.micros = micros;
        copy.epoch = epoch;
        copy.time = time;
        copy.lock = lock();
        copy.peers = peers;
        copy.counts = counts.clone();
        copy.own = own;
        return copy;
    }

    /** Whether it is kept as an object. */
    boolean rare() {
        return (flags & RARE) != 0;
    }

    long micros() {
        return micros;
    }

    VectorClock.Reading vector() {
        return new VectorClock.Reading(peers, counts.clone());
    }

    /** What happened, unless it is rare. */
    LogEvent what() {
        Stamp stamp = (flags & STAMP) == 0 ? null : new Stamp(stampTime, stampPeer);
        return new LogEvent(kind, epoch, time, (flags & LOCK) == 0 ? null : lock(), stamp, fence, peer, message(stamp), null, null);
    }

    private String lock() {
        if (lock == null) {
            lock = new String(name, 0, nameLength, StandardCharsets.US_ASCII);
        }
        return lock;
    }

    private Message message(Stamp stamp) {
        return switch (said) {
            case NOTHING, OTHER -> null;
            case REQUEST, TRY -> new Message.Request(stamp, said == Said.TRY);
            case PERMISSION -> new Message.Permission(stamp, numbers[0]);
            case REFUSED, REFUSED_HELD -> new Message.Refusal(stamp, said == Said.REFUSED_HELD);
            case TOKEN -> new Message.Token(numbers[0], numbers[1], (int) numbers[2]);
        };
    }

    // Both ways, in one order.

    /** The vector is always the same one, which has counted one event since the last call, and may have taken in what others knew. */
    void write(long micros, LogEvent what, VectorClock vector, PackedBytes out) {
        said = Said.of(what.message());
        counts[own]++;
        boolean alone = merges == vector.merges();
        merges = vector.merges();
        flags = flags(what) | (alone ? 0 : VECTOR);
        out.put(flags);
        out.putNumber(micros - this.micros);
        this.micros = micros;
        if (!rare()) {
            writeWhat(what, out);
        }
        if (!alone) {
            writeVector(vector, out);
        }
    }

    private int flags(LogEvent what) {
        Message message = what.message();
        if (what.detail() != null || what.text() != null || said == Said.OTHER || message != null && message.stamp() != what.stamp()) {
            return RARE;
        }
        return (what.lock() == null ? 0 : what.lock().equals(lock) ? LOCK | SAME_LOCK : LOCK) | (what.stamp() == null ? 0 : STAMP)
                | (what.fence() == 0 ? 0 : FENCE) | (what.peer() == 0 ? 0 : PEER) | (what.epoch() == epoch ? 0 : EPOCH);
    }

    private void writeWhat(LogEvent what, PackedBytes out) {
        out.put(what.kind().ordinal());
        out.put(said.ordinal());
        out.putNumber(what.time() - time);
        time = what.time();
        if ((flags & EPOCH) != 0) {
            epoch = what.epoch();
            out.putNumber(epoch);
        }
        if ((flags & LOCK) != 0 && (flags & SAME_LOCK) == 0) {
            lock = what.lock();
            out.putName(lock);
        }
        if ((flags & STAMP) != 0) {
            out.putNumber(what.stamp().time() - time);
            out.putNumber(what.stamp().peer());
        }
        if ((flags & FENCE) != 0) {
            out.putNumber(what.fence());
        }
        if ((flags & PEER) != 0) {
            out.putNumber(what.peer());
        }
        if (what.message() instanceof Message.Permission permission) {
            out.putNumber(permission.used());
        } else if (what.message() instanceof Message.Token token) {
            out.putNumber(token.generation());
            out.putNumber(token.hops());
            out.putNumber(token.quiet());
        }
    }

    void read(PackedBytes.Reader in) {
        flags = in.next();
        micros += in.number();
        if (!rare()) {
            readWhat(in);
        }
        counts[own]++;
        if ((flags & VECTOR) != 0) {
            readVector(in);
        }
    }

    private void readWhat(PackedBytes.Reader in) {
        kind = KINDS[in.next()];
        said = Said.ALL[in.next()];
        time += in.number();
        epoch = (flags & EPOCH) == 0 ? epoch : in.number();
        if ((flags & LOCK) != 0 && (flags & SAME_LOCK) == 0) {
            nameLength = in.name(name);
            lock = null;
        }
        if ((flags & STAMP) != 0) {
            stampTime = time + in.number();
            stampPeer = (int) in.number();
        }
        fence = (flags & FENCE) == 0 ? 0 : in.number();
        peer = (flags & PEER) == 0 ? 0 : (int) in.number();
        int more = said == Said.PERMISSION ? 1 : said == Said.TOKEN ? 3 : 0;
        for (int i = 0; i < more; i++) {
            numbers[i] = in.number();
        }
    }

    /** Of how many peers the count is higher, or new, and by how much. */
    private void writeVector(VectorClock now, PackedBytes out) {
        int[] before = peers;
        widen(now.peers());
        int changed = 0;
        for (int i = 0; i < counts.length; i++) {
            changed += changes(i, before, now) ? 1 : 0;
        }
        out.putNumber(changed);
        for (int i = 0; i < counts.length; i++) {
            if (changes(i, before, now)) {
                out.putNumber(peers[i]);
                out.putNumber(now.counts()[i] - counts[i]);
                counts[i] = now.counts()[i];
            }
        }
    }

    private boolean changes(int at, int[] before, VectorClock now) {
        return counts[at] != now.counts()[at] || before.length < peers.length && Arrays.binarySearch(before, peers[at]) < 0;
    }

    private void readVector(PackedBytes.Reader in) {
        for (long changed = in.number(); changed > 0; changed--) {
            int other = (int) in.number();
            if (Arrays.binarySearch(peers, other) < 0) {
                widen(VectorClock.union(peers, new int[] {other}));
            }
            counts[Arrays.binarySearch(peers, other)] += in.number();
        }
    }

    /** To all these peers, among which are those so far. */
    private void widen(int[] all) {
        if (Arrays.equals(all, peers)) {
            return;
        }
        counts = VectorClock.spread(peers, counts, all);
        peers = all;
        own = Arrays.binarySearch(all, self);
    }
}
