package mutex.net;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.function.Consumer;
import mutex.MutexProto.Event;
import mutex.trace.Entry;
import mutex.trace.Journal;

/** One call of Watch: sends the log as it grows; a client that does not read is cut off. Loop thread only. */
final class WatchStream implements Consumer<Entry> {

    private static final int MOST_PILED = 10_000;

    private final Journal journal;
    private final String lock; // empty: all
    private final ServerCallStreamObserver<Event> events;
    private int piled;

    WatchStream(Journal journal, String lock, ServerCallStreamObserver<Event> events, Room room) {
        this.journal = journal;
        this.lock = lock;
        this.events = events;
        room.enter(events, () -> journal.unlisten(this));
        journal.listen(this);
    }

    @Override
    public void accept(Entry entry) {
        if (!lock.isEmpty() && !lock.equals(entry.what().lock())) {
            return;
        }
        piled = events.isReady() ? 0 : piled + 1;
        if (piled > MOST_PILED) {
            journal.unlisten(this);
            events.onError(Status.RESOURCE_EXHAUSTED.withDescription("reads too slowly").asRuntimeException());
        } else {
            events.onNext(WireEvent.out(entry));
        }
    }
}
