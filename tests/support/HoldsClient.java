package tests.support;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import mutex.MutexGrpc;
import mutex.MutexProto.HoldEvent;
import mutex.MutexProto.HoldRequest;
import mutex.transport.EventLoop;

/** The client's end of a stream of Holds in the test's own hand. */
public final class HoldsClient implements ClientResponseObserver<HoldRequest, HoldEvent>, AutoCloseable {

    public final CompletableFuture<String> ended = new CompletableFuture<>(); // how the stream did
    private final List<HoldEvent> told = new ArrayList<>(); // guarded by itself
    private final boolean reads;
    private final EventLoop events = new EventLoop();
    private final ManagedChannel channel;
    private ClientCallStreamObserver<HoldRequest> stream;

    /** Calls the peer; one that does not read does so only when it is told to. */
    public HoldsClient(String address, boolean reads) {
        this.reads = reads;
        channel = events.channelTo(address);
        MutexGrpc.newStub(channel).holds(this);
    }

    public synchronized void say(HoldRequest.Builder message) {
        stream.onNext(message.build());
    }

    public void ask(long hold, String lock) {
        say(HoldRequest.newBuilder().setHold(hold).setLock(lock));
    }

    public void close(long hold) {
        say(HoldRequest.newBuilder().setHold(hold).setClose(true));
    }

    /** Takes a lock by a stream of Hold over the same connection, beside. */
    public void alone(String lock) {
        CompletableFuture<Void> held = new CompletableFuture<>();
        MutexGrpc.newStub(channel).hold(new ClientResponseObserver<HoldRequest, HoldEvent>() {
            @Override
            public void beforeStart(ClientCallStreamObserver<HoldRequest> requests) {
                requests.setOnReadyHandler(() -> requests.onNext(HoldRequest.newBuilder().setLock(lock).build()));
            }

            @Override
            public void onNext(HoldEvent event) {
                if (event.getKind() == HoldEvent.Kind.HELD) {
                    held.complete(null);
                }
            }

            @Override
            public void onError(Throwable error) {
                ended.complete(String.valueOf(error));
            }

            @Override
            public void onCompleted() {
                ended.complete("the stream of Hold");
            }
        });
        Eventually.get(held, lock + " is held");
    }

    public boolean isReady() {
        return stream.isReady();
    }

    /** From now on. */
    public void read() {
        stream.request(Integer.MAX_VALUE);
    }

    public synchronized void finish() {
        stream.onCompleted();
    }

    public synchronized void cancel() {
        stream.cancel("the test ends it", null);
    }

    /** What is said of the hold in an event of that kind; such an event may come before this is called. */
    public HoldEvent await(long hold, HoldEvent.Kind kind) {
        Eventually.holds(() -> find(hold, kind).isPresent(), () -> kind + " of hold " + hold + ": " + this);
        return find(hold, kind).orElseThrow();
    }

    private Optional<HoldEvent> find(long hold, HoldEvent.Kind kind) {
        synchronized (told) {
            return told.stream().filter(event -> event.getKind() == kind && (event.getHold() == hold || event.getClosedList().contains(hold))).findFirst();
        }
    }

    private int count() {
        synchronized (told) {
            return told.size();
        }
    }

    /** As {@link #awaitEnd}, behind so many others that it takes as long as more is told. */
    public String awaitEndBehindOthers(long hold) {
        while (find(hold, HoldEvent.Kind.ENDED).isEmpty()) {
            int before = count();
            Eventually.holds(() -> count() > before || find(hold, HoldEvent.Kind.ENDED).isPresent(), () -> "more before the end of hold " + hold + ": " + this);
        }
        return awaitEnd(hold);
    }

    /** Its fence. */
    public long awaitHeld(long hold) {
        return await(hold, HoldEvent.Kind.HELD).getFence();
    }

    /** Status and reason. */
    public String awaitEnd(long hold) {
        HoldEvent end = await(hold, HoldEvent.Kind.ENDED);
        return end.getStatus() + ": " + end.getReason();
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<HoldRequest> requests) {
        stream = requests;
        if (!reads) {
            requests.disableAutoRequestWithInitial(0);
        }
    }

    @Override
    public void onNext(HoldEvent event) {
        synchronized (told) {
            told.add(event);
        }
    }

    @Override
    public void onError(Throwable error) {
        Status status = Status.fromThrowable(error);
        ended.complete(status.getCode() + ": " + status.getDescription());
    }

    @Override
    public void onCompleted() {
        ended.complete("OK");
    }

    @Override
    public void close() {
        channel.shutdownNow();
        events.close();
    }

    @Override
    public String toString() {
        synchronized (told) {
            return told.subList(Math.max(0, told.size() - 20), told.size()) + " and " + ended.getNow("not ended");
        }
    }
}
