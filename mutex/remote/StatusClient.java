package mutex.remote;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import mutex.MutexGrpc.MutexBlockingStub;
import mutex.MutexGrpc;
import mutex.MutexProto.StatusReply;
import mutex.MutexProto.StatusRequest;
import mutex.MutexProto.WatchRequest;
import mutex.discover.LateNotice;
import mutex.log.LogEntry;
import mutex.status.Snapshot;
import mutex.transport.EventLoop;
import mutex.transport.NetworkErrorText;
import mutex.transport.Tls;
import mutex.wire.WireEvent;
import mutex.wire.WireStatus;

/** A connection of a program to a running peer; its one thread ends with the program. */
public final class StatusClient implements AutoCloseable {

    private static final long ANSWER_WITHIN_SECONDS = 5;

    private final EventLoop events;
    private final List<String> addresses;
    private final Tls tls;
    private volatile String address; // of the one that is asked; null until it is chosen, as the next
    private volatile ManagedChannel channel; // to it
    private Consumer<String> late; // null: nobody is told
    private volatile boolean closed;

    /** The connection is made at the first call, to the first of the addresses that may use locks; tls is null without TLS. */
    public StatusClient(List<String> addresses, Tls tls) {
        events = new EventLoop(tls);
        this.addresses = addresses;
        this.tls = tls;
    }

    public StatusClient(String address, Tls tls) {
        this(List.of(address), tls);
    }

    /** From now on it is told in a line where nothing has come for a second, on the loop; null: nobody is. */
    public void whenLate(Consumer<String> listener) {
        late = listener;
    }

    /** Said before the first answer. */
    public String asks() {
        return "asking " + String.join(", ", addresses) + " ...";
    }

    /** What is waited for while a question is under way, in one line. */
    public String awaited() {
        ManagedChannel chosen = channel;
        return AwaitedAnswer.line(addresses, chosen == null ? null : address, chosen != null && events.looksUp(chosen));
    }

    private ManagedChannel channel() throws IOException {
        if (channel == null) {
            address = PeerChoice.of(addresses, tls);
            channel = events.channelTo(address);
        }
        return channel;
    }

    /**
     * The peer as it is.
     *
     * @throws IOException in one line when it does not answer
     */
    public PeerReport status() throws IOException {
        return ask(stub -> PeerReport.of(stub.status(StatusRequest.getDefaultInstance())));
    }

    /** The peer itself and those that it reaches, by id; the first one is {@link Survey#self}. */
    public Survey inquire() throws IOException {
        return inquire(Set.of());
    }

    /** The same; each tells of these locks in any case, of others as far as there is room. */
    public Survey inquire(Set<String> about) throws IOException {
        return ask(stub -> {
            List<PeerReport> all = new ArrayList<>();
            stub.inquire(StatusRequest.newBuilder().addAllAbout(about).build()).forEachRemaining(status -> all.add(PeerReport.of(status)));
            return new Survey(all);
        });
    }

    /**
     * Hands on what happens at the peer, until it ends; one lock only, unless the name is empty.
     *
     * @throws IOException in one line when the peer cannot be reached any more, or this was closed
     */
    public void watch(String lock, Consumer<LogEntry> listener) throws IOException {
        ask(() -> channel == null || channel.getState(false) != ConnectivityState.READY, stub -> {
            stub.watch(WatchRequest.newBuilder().setLock(lock).build()).forEachRemaining(event -> listener.accept(WireEvent.in(event)));
            return null;
        });
    }

    /** Tells that the answer is late, if it still is then; run what it gives when it has come. */
    private Runnable late(BooleanSupplier still) {
        Consumer<String> told = late;
        if (told == null) {
            return () -> { };
        }
        Future<?> telling = events.after(TimeUnit.MILLISECONDS.toNanos(LateNotice.AFTER), () -> {
            if (still.getAsBoolean()) {
                told.accept(awaited());
            }
        });
        return () -> {
            try {
                telling.cancel(false);
            } catch (RejectedExecutionException ended) {
                // nothing is told any more
            }
        };
    }

    private <T> T ask(Function<MutexBlockingStub, T> question) throws IOException {
        return ask(() -> true, stub -> question.apply(stub.withDeadlineAfter(ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS)));
    }

    /** @param late whether the answer is, a second later */
    private <T> T ask(BooleanSupplier late, Function<MutexBlockingStub, T> question) throws IOException {
        Runnable answered = () -> { };
        try {
            answered = late(late);
            return question.apply(MutexGrpc.newBlockingStub(channel()));
        } catch (StatusRuntimeException e) {
            throw closed ? notWaitedFor() : problem(e);
        } catch (RejectedExecutionException ended) { // the loop has, as another thread closed this one while it read
            throw notWaitedFor();
        } finally {
            answered.run();
        }
    }

    private static IOException notWaitedFor() {
        return new IOException("it was not waited for");
    }

    private IOException problem(StatusRuntimeException e) {
        ManagedChannel asked = channel;
        boolean unknown = events.looksUp(asked);
        if (addresses.size() > 1) { // the next call may find another
            asked.shutdownNow();
            channel = null;
        }
        boolean late = e.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED;
        boolean silent = late && !unknown;
        String told = late ? NetworkErrorText.unanswered(address) : NetworkErrorText.inOneLine(e);
        return new IOException(silent ? "the peer at " + address + " does not answer"
                : "no peer at " + address + " (" + told + "); " + NetworkErrorText.cure(told));
    }

    /** A peer's status, and the same as it came. */
    public record PeerReport(Snapshot snapshot, StatusReply reply) {

        private static PeerReport of(StatusReply status) {
            return new PeerReport(WireStatus.in(status), status);
        }
    }

    /** What several peers say; the first is the one that was asked. */
    public record Survey(List<PeerReport> reports) {

        public int self() {
            return reports.get(0).snapshot().node().id();
        }

        /** As they came. */
        public List<StatusReply> replies() {
            return reports.stream().map(PeerReport::reply).toList();
        }

        public SortedMap<Integer, Snapshot> byId() {
            SortedMap<Integer, Snapshot> all = new TreeMap<>();
            reports.forEach(report -> all.put(report.snapshot().node().id(), report.snapshot()));
            return all;
        }
    }

    @Override
    public void close() {
        closed = true;
        ManagedChannel open = channel;
        if (open != null) {
            open.shutdownNow();
        }
        events.close();
    }
}
