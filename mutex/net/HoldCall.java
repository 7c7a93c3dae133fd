package mutex.net;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import mutex.MutexGrpc;
import mutex.MutexProto.HoldEvent;
import mutex.MutexProto.HoldRequest;

/** A lock asked for, and held, at a running peer: the client's end of Hold. Methods may be called from any thread. */
public final class HoldCall implements AutoCloseable {

    /** How it goes; called on the loop thread, must neither block nor throw. */
    public interface Listener {

        /** The lock is held by this client. */
        void held(long fence);

        /**
         * Nobody else enters for so long, counted from before the question was asked.
         *
         * @param millis at present
         * @param atBestMillis when all is well
         */
        void sure(long question, long millis, long atBestMillis);

        /** The peer is leaving: time to stop, and to close this. */
        void leaving();

        /** Called once, last; reason is one line for a person, null when the call was closed by us. */
        void ended(End end, String reason);
    }

    /** How a call ended. */
    public enum End {
        /** We closed it, and the lock is given back or was withdrawn. */
        CLOSED,
        /** Held by another, for an attempt. */
        REFUSED,
        /** Not acquired within the wait. */
        EXPIRED,
        /** It was held, and is not any more. */
        LOST,
        /** What was asked for is not possible. */
        WRONG,
        /** The peer cannot be reached, has gone, or cannot enter anything now. */
        UNAVAILABLE
    }

    private final StreamObserver<HoldRequest> requests;

    private HoldCall(StreamObserver<HoldRequest> requests) {
        this.requests = requests;
    }

    /**
     * Asks for the lock.
     *
     * @param waitMillis 0 waits for ever
     * @param noticeMillis how long the caller needs to stop when the lock is in danger
     */
    public static HoldCall open(Client peer, String lock, boolean attempt, long waitMillis, long noticeMillis, Listener listener) {
        StreamObserver<HoldRequest> requests = MutexGrpc.newStub(peer.channel()).hold(new Events(listener));
        HoldCall call = new HoldCall(requests);
        call.send(HoldRequest.newBuilder().setLock(lock).setAttempt(attempt).setWaitMillis(waitMillis)
                .setNoticeMillis(noticeMillis).build());
        return call;
    }

    /** Asks how long the lock is sure; the caller reads its clock before. */
    public void ask(long question) {
        send(HoldRequest.newBuilder().setQuestion(question).build());
    }

    private synchronized void send(HoldRequest request) {
        try {
            requests.onNext(request);
        } catch (IllegalStateException over) {
            // the listener is told why
        }
    }

    /** Gives the lock back, or withdraws; {@link Listener#ended} follows. */
    @Override
    public synchronized void close() {
        try {
            requests.onCompleted();
        } catch (IllegalStateException over) {
            // it has ended already
        }
    }

    private record Events(Listener listener) implements StreamObserver<HoldEvent> {

        @Override
        public void onNext(HoldEvent event) {
            switch (event.getKind()) {
                case HELD -> listener.held(event.getFence());
                case SURE -> listener.sure(event.getQuestion(), event.getSureMillis(), event.getSureAtBestMillis());
                case LEAVING -> listener.leaving();
                default -> { }
            }
        }

        @Override
        public void onError(Throwable error) {
            Status status = Status.fromThrowable(error);
            End end = switch (status.getCode()) {
                case FAILED_PRECONDITION -> End.REFUSED;
                case DEADLINE_EXCEEDED -> End.EXPIRED;
                case ABORTED -> End.LOST;
                case INVALID_ARGUMENT -> End.WRONG;
                default -> End.UNAVAILABLE;
            };
            listener.ended(end, Problems.inOneLine(error));
        }

        @Override
        public void onCompleted() {
            listener.ended(End.CLOSED, null);
        }
    }
}
