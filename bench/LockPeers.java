package bench;

import bench.Times.TimeSample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import mutex.algorithm.LockMode;
import mutex.algorithm.RicartAgrawala;
import mutex.event.NodeView;
import mutex.group.Seed;
import mutex.log.LogEntry;
import mutex.node.Node;
import mutex.peer.BrokenRule;
import mutex.peer.LocalPeer;
import mutex.peer.PeerLoop;
import mutex.transport.EventLoop;

/** A group of real peers, each on a loop of its own. */
final class LockPeers implements AutoCloseable {

    private static final int HOLD_MICROS = 500;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<EventLoop> loops = new ArrayList<>();
    private final List<LocalPeer> peers = new ArrayList<>();

    LockPeers(int count, Path state) throws IOException, InterruptedException {
        this(count, state, 0);
    }

    LockPeers(int count, Path state, long leaseMillis) throws IOException, InterruptedException {
        this(count, state, leaseMillis, Node.MOST_LOCKS);
    }

    /** @param mostLocks held at a peer at once */
    LockPeers(int count, Path state, long leaseMillis, int mostLocks) throws IOException, InterruptedException {
        for (int id = 1; id <= count; id++) {
            List<Seed> known = id == 1 ? List.of() : List.of(new Seed(peers.get(0).endpoint(), 1));
            EventLoop loop = new EventLoop();
            loops.add(loop);
            peers.add(LocalPeer.start(loop, new LocalPeer.PeerStart(id, "localhost", 0, null, false, known, state,
                    RicartAgrawala.KIND, leaseMillis, 0, mostLocks, line -> { }, BrokenRule.ends("bench"), null)));
            for (LocalPeer peer : peers) {
                awaitGroup(peer, id);
            }
        }
    }

    private LockPeers() {}

    /** All started at once, each with all others in its list, as from peers.txt. */
    static LockPeers listed(List<Integer> ports, Path state, long leaseMillis) throws IOException {
        LockPeers all = new LockPeers();
        for (int id = 1; id <= ports.size(); id++) {
            int port = ports.get(id - 1);
            List<Seed> others = ports.stream().filter(other -> other != port).map(other -> new Seed("localhost:" + other, 0)).toList();
            EventLoop loop = new EventLoop();
            all.loops.add(loop);
            all.peers.add(LocalPeer.start(loop, new LocalPeer.PeerStart(id, "localhost", port, others, state, RicartAgrawala.KIND, leaseMillis,
                    line -> { }, BrokenRule.ends("bench"))));
        }
        return all;
    }

    /** Whether each is in the group of all, and may use locks. */
    boolean stands() throws InterruptedException {
        for (LocalPeer peer : peers) {
            NodeView node = Duel.await(peer.loop().snapshot()).node();
            if (node.group() == null || node.group().members().size() != peers.size() || node.standing() != null && !node.standing().good()) {
                return false;
            }
        }
        return true;
    }

    private static void awaitGroup(LocalPeer peer, int size) throws IOException, InterruptedException {
        CompletableFuture<Void> complete = new CompletableFuture<>();
        Consumer<LogEntry> watch = entry -> peer.loop().snapshot().thenAccept(now -> {
            if (now.node().group() != null && now.node().group().members().size() == size) {
                complete.complete(null);
            }
        });
        peer.loop().journal().listen(watch);
        watch.accept(null);
        try {
            complete.get(30, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new IOException("the group of " + size + " peers did not begin within 30 s");
        } finally {
            peer.loop().journal().unlisten(watch);
        }
    }

    /** The first peer takes a lock and gives it back, so many times; nobody else wants one. */
    CompletableFuture<TimeSample> alone(Supplier<String> lock, int count) {
        return together(() -> LockMode.exclusive(lock.get()), count);
    }

    /** The same with several locks at once, or in other modes. */
    CompletableFuture<TimeSample> together(Supplier<List<LockMode>> locks, int count) {
        Times times = new Times(count);
        CompletableFuture<TimeSample> done = new CompletableFuture<>();
        start(0, new BenchAsker(peers.get(0).loop(), locks) {
            @Override
            boolean again() {
                times.add(System.nanoTime() - askedAt);
                if (times.full()) {
                    done.complete(times.sample());
                }
                return !times.full();
            }
        });
        return done;
    }

    /**
     * All peers want one lock, and each keeps it until the others have all asked: the times from one
     * peer's giving back to another's entry.
     */
    CompletableFuture<TimeSample> handOff(int count) {
        Times times = new Times(count);
        CompletableFuture<TimeSample> done = new CompletableFuture<>();
        AtomicInteger asking = new AtomicInteger(peers.size());
        AtomicLong givenBackAt = new AtomicLong(); // 0 before the first time
        for (int i = 0; i < peers.size(); i++) {
            EventLoop loop = loops.get(i);
            start(i, new BenchAsker(peers.get(i).loop(), () -> LockMode.exclusive("baton")) {
                private boolean over;

                @Override
                void inside(Runnable giveBack) {
                    long now = System.nanoTime();
                    over = times.full();
                    if (givenBackAt.get() != 0 && !over) {
                        times.add(now - givenBackAt.get());
                    }
                    timer.schedule(() -> loop.run(() -> {
                        givenBackAt.set(System.nanoTime());
                        giveBack.run();
                    }), HOLD_MICROS, TimeUnit.MICROSECONDS);
                }

                @Override
                boolean again() {
                    if (over && asking.decrementAndGet() == 0) {
                        done.complete(times.sample());
                    }
                    return !over;
                }
            });
        }
        return done;
    }

    /** Every peer wants every one of so many locks without a pause, until there were so many entries. */
    CompletableFuture<TimeSample> entries(int locks, int count) {
        Countdown entries = new Countdown(count, peers.size() * locks);
        for (int i = 0; i < peers.size(); i++) {
            for (int lock = 0; lock < locks; lock++) {
                List<LockMode> name = LockMode.exclusive("lock-" + lock);
                start(i, new BenchAsker(peers.get(i).loop(), () -> name) {
                    @Override
                    boolean again() {
                        return entries.again();
                    }
                });
            }
        }
        return entries.done;
    }

    EventLoop loop(int peer) {
        return loops.get(peer);
    }

    PeerLoop peer(int peer) {
        return peers.get(peer).loop();
    }

    void start(int peer, BenchAsker asker) {
        loops.get(peer).run(asker::ask);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        peers.forEach(LocalPeer::close);
        loops.forEach(EventLoop::close);
    }
}
