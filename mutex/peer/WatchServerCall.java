package mutex.peer;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import mutex.MutexProto.Event;
import mutex.MutexProto.WatchRequest;
import mutex.log.Journal;
import mutex.log.LogEntry;
import mutex.wire.WireEvent;

/**
 * One call of Watch: sends the log as it grows, no faster than the client reads; one that reads too slowly is cut off.
 * Loop thread only.
 */
final class WatchServerCall implements Consumer<LogEntry> {

    private static final int MOST_PILED = 10_000;
    private static final long READ_WITHIN = TimeUnit.SECONDS.toNanos(30);

    private final PeerLoop peer;
    private final Journal journal;
    private final String lock; // empty: all
    private final ServerCallStreamObserver<Event> events;
    private final Deque<LogEntry> piled = new ArrayDeque<>(); // not sent yet
    private final Set<WatchServerCall> all; // that are open
    private final int most;
    private boolean looking;
    private long readAt = System.nanoTime(); // when nothing waited, or the next could be sent

    WatchServerCall(PeerLoop peer, WatchRequest request, ServerCallStreamObserver<Event> events, Set<WatchServerCall> all) {
        this.peer = peer;
        this.journal = peer.journal();
        this.all = all;
        this.lock = request.getLock();
        this.events = events;
        events.setOnCancelHandler(this::stop);
        events.setOnReadyHandler(this::send);
        long last = Integer.toUnsignedLong(request.getLast());
        List<LogEntry> past = last == 0 ? List.of() : journal.last(Journal.KEPT).stream().filter(this::wanted).toList();
        past.stream().skip(Math.max(0, past.size() - last)).forEach(piled::add);
        most = MOST_PILED + piled.size();
        all.add(this);
        journal.listen(this);
        send();
    }

    private boolean wanted(LogEntry entry) {
        return lock.isEmpty() || lock.equals(entry.what().lock());
    }

    @Override
    public void accept(LogEntry entry) {
        if (!wanted(entry)) {
            return;
        }
        piled.add(entry);
        send();
        if (piled.size() > most) {
            tooSlow();
        }
    }

    private void tooSlow() {
        stop();
        events.onError(Status.RESOURCE_EXHAUSTED.withDescription("reads too slowly").asRuntimeException());
    }

    /** On a quiet peer nothing else notices that a client has stopped reading. */
    private void look() {
        looking = false;
        if (!all.contains(this) || piled.isEmpty()) {
            return;
        }
        if (System.nanoTime() - readAt >= READ_WITHIN) {
            tooSlow();
        } else {
            lookLater();
        }
    }

    private void lookLater() {
        if (!looking) {
            looking = true;
            peer.after(readAt + READ_WITHIN - System.nanoTime(), this::look);
        }
    }

    private void send() {
        while (!piled.isEmpty() && events.isReady()) {
            events.onNext(WireEvent.out(piled.poll()));
        }
        if (piled.isEmpty() || events.isReady()) {
            readAt = System.nanoTime();
        }
        if (!piled.isEmpty()) {
            lookLater();
        }
    }

    /** Nobody reads any more. */
    void stop() {
        all.remove(this);
        journal.unlisten(this);
    }

    /** Tells the client that this peer ends. */
    void end() {
        stop();
        events.onCompleted();
    }
}
