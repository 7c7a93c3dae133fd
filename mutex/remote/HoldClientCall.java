package mutex.remote;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import mutex.MutexProto;
import mutex.MutexProto.HoldEvent;
import mutex.MutexProto.HoldRequest;
import mutex.algorithm.LockMode;
import mutex.algorithm.Mode;
import mutex.status.LockClient;
import mutex.transport.Tls;

/**
 * A lock, or several together, asked for, and held, at a running peer: the client's end of Hold. Methods may be called from any thread.
 *
 * <p>For programs that run for a moment: the fields are read and written one by one, and without TLS over
 * {@link PlainGrpcCall}, because the classes of a gRPC client take longer to load than all else that they do.
 */
public final class HoldClientCall implements ByteCall.ByteListener, AutoCloseable {

    /** How it goes; called on the call's own thread, must not throw. */
    public interface HoldListener {

        /** The peer has taken the request in. */
        void waiting();

        /** The lock is held by this client. */
        void held(long fence);

        /**
         * Nobody else enters for so long, counted from before the question was asked.
         *
         * @param millis at present
         * @param atBestMillis when all is well
         * @param able whether the peer may use locks now
         */
        void sure(long question, long millis, long atBestMillis, boolean able);

        /** The peer is leaving: time to stop, and to close this. */
        void leaving();

        /** What was to run once a period has run, so long ago, at that peer; the end follows. */
        void hasRun(int peer, long agoMillis, long againMillis);

        /** Called once, last; reason is one line for a person, null when the call was closed by us. */
        void ended(HoldEnd end, String reason);
    }

    /** How a call ended. */
    public enum HoldEnd {
        /** We closed it, and the lock is given back or was withdrawn. */
        CLOSED,
        /** Held by another, for an attempt. */
        REFUSED,
        /** Another asked first, for an attempt. */
        PRECEDED,
        /** The peer takes no more locks, or no more calls. */
        FULL,
        /** Not acquired within the wait. */
        EXPIRED,
        /** It was held, and is not any more. */
        LOST,
        /** What was asked for is not possible. */
        WRONG,
        /** The peer cannot be reached, has gone, or cannot enter anything now. */
        UNAVAILABLE
    }

    private static final long MOST_SURE = 3_600_000; // milliseconds; no peer can promise as much
    private static final long MOST_AGO = 1L << 40; // milliseconds; no peer remembers a job for so long
    private static final String METHOD = "mutex.v1.Mutex/Hold"; // MutexGrpc would load what we do without

    private final HoldListener listener;
    private final ByteCall call;

    private HoldClientCall(String peer, Tls tls, HoldListener listener, byte[] request) {
        this.listener = listener;
        call = tls == null ? new PlainGrpcCall(peer, "/" + METHOD, request, this) : new TlsGrpcCall(tls, peer, METHOD, request, this);
    }

    /**
     * Asks for the locks, and returns at once.
     *
     * @param peer its host:port
     * @param tls null without TLS
     * @param locks all of them together, or none
     * @param client who asks, for people who look for the holder
     * @param waitMillis 0 waits for ever
     * @param noticeMillis how long the caller needs to stop when the lock is in danger
     * @param onceMillis the period in which what runs under the one exclusive lock is to run once; 0: each time
     */
    public static HoldClientCall open(String peer, Tls tls, LockClient client, List<LockMode> locks, boolean attempt, long waitMillis,
            long noticeMillis, long onceMillis, HoldListener listener) {
        HoldClientCall call = new HoldClientCall(peer, tls, listener, bytes(out -> {
            write(locks, onceMillis > 0, out);
            out.writeUInt64(HoldRequest.ONCE_PER_MILLIS_FIELD_NUMBER, onceMillis);
            out.writeUInt64(HoldRequest.WAIT_MILLIS_FIELD_NUMBER, waitMillis);
            out.writeBool(HoldRequest.ATTEMPT_FIELD_NUMBER, attempt);
            out.writeUInt64(HoldRequest.NOTICE_MILLIS_FIELD_NUMBER, noticeMillis);
            out.writeByteArray(HoldRequest.CLIENT_FIELD_NUMBER, bytes(about -> write(client, about)));
        }));
        call.call.start();
        return call;
    }

    private static void write(List<LockMode> locks, boolean once, CodedOutputStream out) throws IOException {
        boolean plain = LockMode.plain(locks) && !once;
        out.writeString(HoldRequest.LOCK_FIELD_NUMBER, plain ? locks.get(0).lock() : RemotePeer.NO_NAME);
        for (LockMode one : plain ? List.<LockMode>of() : locks) {
            out.writeByteArray(HoldRequest.LOCKS_FIELD_NUMBER, bytes(lock -> {
                lock.writeString(MutexProto.LockMode.LOCK_FIELD_NUMBER, one.lock());
                lock.writeByteArray(MutexProto.LockMode.MODE_FIELD_NUMBER, bytes(mode -> write(one.mode(), mode)));
            }));
        }
    }

    /** Nothing for exclusive. */
    private static void write(Mode mode, CodedOutputStream out) throws IOException {
        if (mode == Mode.SHARED) {
            out.writeByteArray(MutexProto.Mode.SHARED_FIELD_NUMBER, new byte[0]);
        } else if (mode instanceof Mode.OfKind of) {
            out.writeString(MutexProto.Mode.KIND_FIELD_NUMBER, of.kind());
        } else if (mode instanceof Mode.Units units) {
            out.writeByteArray(MutexProto.Mode.UNITS_FIELD_NUMBER, bytes(pool -> {
                pool.writeUInt32(MutexProto.Units.TAKE_FIELD_NUMBER, (int) units.take());
                pool.writeUInt32(MutexProto.Units.OF_FIELD_NUMBER, (int) units.of());
            }));
        }
    }

    private static void write(LockClient client, CodedOutputStream out) throws IOException {
        out.writeEnum(MutexProto.LockClient.KIND_FIELD_NUMBER, client.kind().ordinal() + 1);
        out.writeUInt32(MutexProto.LockClient.PID_FIELD_NUMBER, (int) client.pid());
        out.writeString(MutexProto.LockClient.HOST_FIELD_NUMBER, client.host());
    }

    /** Whether the peer's name is being looked up: until then nothing can be said of the peer. */
    public boolean looksUp() {
        return call.looksUp();
    }

    /** Asks how long the lock is sure, and whether the peer may use locks; the caller reads its clock before. */
    public void ask(long question) {
        call.send(bytes(out -> out.writeUInt64(HoldRequest.QUESTION_FIELD_NUMBER, question)));
    }

    /** What ran once a period has failed, and does not count; to be called before {@link #close}. */
    public void fail() {
        call.send(bytes(out -> out.writeBool(HoldRequest.FAILED_FIELD_NUMBER, true)));
    }

    /** Gives the lock back, or withdraws; {@link HoldListener#ended} follows. */
    @Override
    public void close() {
        call.finish();
    }

    /** Writes fields. */
    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    private static byte[] bytes(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            fields.write(out);
            out.flush();
        } catch (IOException e) {
            throw new IllegalStateException(e); // it is memory
        }
        return bytes.toByteArray();
    }

    @Override
    public void message(byte[] message) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(message);
        int kind = 0;
        long fence = 0;
        long question = 0;
        long sure = 0;
        long atBest = 0;
        boolean able = false;
        byte[] job = {};
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag >>> 3) {
                case HoldEvent.KIND_FIELD_NUMBER -> kind = in.readEnum();
                case HoldEvent.FENCE_FIELD_NUMBER -> fence = in.readUInt64();
                case HoldEvent.QUESTION_FIELD_NUMBER -> question = in.readUInt64();
                case HoldEvent.SURE_MILLIS_FIELD_NUMBER -> sure = in.readUInt64();
                case HoldEvent.SURE_AT_BEST_MILLIS_FIELD_NUMBER -> atBest = in.readUInt64();
                case HoldEvent.ABLE_FIELD_NUMBER -> able = in.readBool();
                case HoldEvent.JOB_FIELD_NUMBER -> job = in.readByteArray();
                default -> in.skipField(tag);
            }
        }
        if (fence < 0 || sure < 0 || atBest < 0 || sure > MOST_SURE || atBest > MOST_SURE) {
            throw new IOException("it is not a peer");
        }
        switch (kind) {
            case HoldEvent.Kind.WAITING_VALUE -> listener.waiting();
            case HoldEvent.Kind.HELD_VALUE -> listener.held(fence);
            case HoldEvent.Kind.SURE_VALUE -> listener.sure(question, sure, atBest, able);
            case HoldEvent.Kind.LEAVING_VALUE -> listener.leaving();
            case HoldEvent.Kind.RAN_VALUE -> hasRun(CodedInputStream.newInstance(job));
            default -> { }
        }
    }

    private void hasRun(CodedInputStream in) throws IOException {
        int peer = 0;
        long ago = 0;
        long again = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag >>> 3) {
                case MutexProto.JobStatus.PEER_FIELD_NUMBER -> peer = in.readUInt32();
                case MutexProto.JobStatus.RAN_MILLIS_AGO_FIELD_NUMBER -> ago = in.readUInt64();
                case MutexProto.JobStatus.AGAIN_IN_MILLIS_FIELD_NUMBER -> again = in.readUInt64();
                default -> in.skipField(tag);
            }
        }
        if (peer <= 0 || ago < 0 || again < 0 || Math.max(ago, again) > MOST_AGO) {
            throw new IOException("it is not a peer");
        }
        listener.hasRun(peer, ago, again);
    }

    @Override
    public void ended(int status, String reason) {
        HoldEnd end = switch (status) {
            case ByteCall.OK -> HoldEnd.CLOSED;
            case 3 -> HoldEnd.WRONG; // INVALID_ARGUMENT
            case 4 -> HoldEnd.EXPIRED; // DEADLINE_EXCEEDED
            case 6 -> HoldEnd.PRECEDED; // ALREADY_EXISTS
            case 8 -> reason != null && Failover.isSaid(reason) ? HoldEnd.FULL : HoldEnd.UNAVAILABLE; // of locks, or of calls: another peer may have room
            case 9 -> HoldEnd.REFUSED; // FAILED_PRECONDITION
            case 10 -> HoldEnd.LOST; // ABORTED
            default -> HoldEnd.UNAVAILABLE;
        };
        listener.ended(end, end == HoldEnd.CLOSED ? null : reason);
    }
}
