package mutex.peer;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import mutex.algorithm.AlgorithmKind;
import mutex.discover.Reach;
import mutex.group.Seed;
import mutex.log.LogFile;
import mutex.node.Node;
import mutex.state.StateFile;
import mutex.state.StateFileName;
import mutex.state.StateNotice;
import mutex.text.Durations;
import mutex.transport.EventLoop;

/** A running peer: its server, its loop and its state file. */
public final class LocalPeer implements AutoCloseable {

    private static final int LOOP_ANSWERS_WITHIN_SECONDS = 5;

    private final EventLoop events;
    private final MutexService service;
    private final Server server;
    private final PeerLoop loop;
    private final StateFile state;
    private final GracePeriods gracePeriods;
    private final StateFileName name;

    private LocalPeer(EventLoop events, MutexService service, Server server, PeerLoop loop, StateFile state, GracePeriods gracePeriods, StateFileName name) {
        this.name = name;
        this.events = events;
        this.service = service;
        this.gracePeriods = gracePeriods;
        this.server = server;
        this.loop = loop;
        this.state = state;
    }

    /**
     * How to start a peer.
     *
     * @param host by which the others reach it
     * @param port 0 lets the system choose
     * @param listen {@code HOST[:PORT]}; null: as the others reach it
     * @param insecure whether it may listen beyond this machine without TLS
     * @param list the other peers
     * @param state folder of the state file
     * @param leaseMillis the same at all peers; 0 turns the lease off
     * @param expect how many peers found a group, where they have no list but find each other; 0 with a list
     * @param mostLocks held or wanted at this peer at once
     * @param voice takes lines for a person; called on the loop thread, must not block
     * @param dying is told when the core broke one of its own rules; must end the process
     * @param log takes everything that happens here; null for none
     */
    public record PeerStart(
            int id, String host, int port, String listen, boolean insecure, List<Seed> list, Path state,
            AlgorithmKind algorithms, long leaseMillis, int expect, int mostLocks, Consumer<String> voice,
            BiConsumer<Throwable, String> dying, LogFile log) {

        /** Listens as the others reach it, and holds as many locks as usual. */
        public PeerStart(int id, String host, int port, List<Seed> list, Path state,
                AlgorithmKind algorithms, long leaseMillis, int expect, Consumer<String> voice,
                BiConsumer<Throwable, String> dying, LogFile log) {
            this(id, host, port, null, false, list, state, algorithms, leaseMillis, expect, Node.MOST_LOCKS, voice, dying, log);
        }

        /** With a list, and without a log. */
        public PeerStart(int id, String host, int port, List<Seed> list, Path state,
                AlgorithmKind algorithms, long leaseMillis, Consumer<String> voice,
                BiConsumer<Throwable, String> dying) {
            this(id, host, port, list, state, algorithms, leaseMillis, 0, voice, dying, null);
        }

        /** With the lease off. */
        public PeerStart(int id, String host, int port, List<Seed> list, Path state,
                AlgorithmKind algorithms, Consumer<String> voice,
                BiConsumer<Throwable, String> dying) {
            this(id, host, port, list, state, algorithms, 0, voice, dying);
        }
    }

    /**
     * Binds the port, reads the state file and begins to look for the others. Nothing is left behind
     * when that fails.
     *
     * @throws IOException in one line when the address cannot be bound
     * @throws IllegalArgumentException in one line when the state file cannot be used, or others cannot reach it by this
     *         host, or it would listen beyond this machine without TLS
     */
    public static LocalPeer start(EventLoop events, PeerStart start) throws IOException {
        return start(events, start, new SuspendAwareClock());
    }

    public static LocalPeer start(EventLoop events, PeerStart start, SuspendAwareClock clock) throws IOException {
        Reach reach = Reach.of(start.host(), start.port(), start.listen(), start.insecure() || events.encrypts());
        if (reach.note() != null) {
            start.voice().accept(reach.note());
        }
        MutexService service = new MutexService();
        Server server = new Server(events, reach.listen(), reach.listenPort(), service, start.mostLocks());
        Deque<Runnable> undo = new ArrayDeque<>(List.of(server::close)); // last made, first closed
        try {
            PeerSettings settings = new PeerSettings(start.id(), reach.host(), start.port() == 0 ? server.port() : start.port(), start.list(),
                    new SecureRandom().nextLong(), start.algorithms(), start.leaseMillis(), start.expect(), start.mostLocks(), start.dying());
            StateFileName name = StateFileName.take(start.state(), start.id(), settings.endpoint(), start.voice());
            undo.push(name::close);
            StateFile state = new StateFile(name.state(), start.id());
            undo.push(state::close);
            PeerLoop loop = new PeerLoop(events, settings, state, start.voice(), clock);
            for (String line : new String[] {StateNotice.notice(state.path(), state.written(), loop.remembered(), settings.hello()), state.unwritable()}) {
                if (line != null) {
                    start.voice().accept(line);
                }
            }
            if (start.log() != null) {
                loop.record(start.log());
            }
            loop.whenServing(server::serving);
            GracePeriods gracePeriods = new GracePeriods(state.path(), events, start.voice());
            undo.push(gracePeriods::close);
            begin(events, loop, gracePeriods, start.voice(), () -> service.serve(loop, gracePeriods));
            return new LocalPeer(events, service, server, loop, state, gracePeriods, name);
        } catch (RuntimeException | Error e) { // of no more threads, say
            undo.forEach(Runnable::run);
            throw e;
        }
    }

    /** At once, unless programs still ran under this peer's locks when it was killed: they are stopped first. */
    private static void begin(EventLoop events, PeerLoop loop, GracePeriods gracePeriods, Consumer<String> voice, Runnable serve) {
        long left = gracePeriods.left();
        Runnable begin = () -> {
            loop.start();
            events.run(serve);
        };
        if (left == 0) {
            begin.run();
            return;
        }
        voice.accept("a command ran under a lock of this peer when it was killed; it has " + Durations.sayMillis(left)
                + " to stop before this peer goes on");
        events.after(TimeUnit.MILLISECONDS.toNanos(left), () -> {
            gracePeriods.forget();
            begin.run();
        });
    }

    public PeerLoop loop() {
        return loop;
    }

    /** The file that remembers its group. */
    public Path state() {
        return state.path();
    }

    public String endpoint() {
        return loop.settings().endpoint();
    }

    /** Programs may need minutes; but a loop that gives no sign of life for some seconds never will: then it is over. */
    private void await(CompletableFuture<Void> done) {
        CompletableFuture<Void> alive = CompletableFuture.completedFuture(null);
        for (int silent = 0; silent < LOOP_ANSWERS_WITHIN_SECONDS;) {
            try {
                done.get(1, TimeUnit.SECONDS);
                return;
            } catch (TimeoutException notYet) {
                if (alive.isDone()) {
                    silent = 0;
                    CompletableFuture<Void> next = new CompletableFuture<>();
                    events.run(() -> next.complete(null));
                    alive = next;
                } else {
                    silent++;
                }
            } catch (ExecutionException | RejectedExecutionException e) {
                return;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /**
     * Gives back and withdraws everything, lets the others know, and frees the port: in two seconds, and the
     * time that programs need which hold a lock and asked for notice.
     */
    @Override
    public void close() {
        await(loop.close());
        events.run(service::end);
        server.close();
        state.close();
        gracePeriods.close();
        name.close();
    }
}
