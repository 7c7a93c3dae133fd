///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//SOURCES ../tests/support/Folders.java BenchAsker.java BenchTable.java Duel.java Spread.java Countdown.java LockPeers.java Times.java
//SOURCES ../Peer.java
package bench;

import bench.Times.TimeSample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import mutex.algorithm.LockMode;
import mutex.algorithm.Mode;
import tests.support.Folders;

/** What the kinds of lock cost, at three peers: several locks at once, readers that join, and a writer among a thousand readers. */
public final class Modes {

    private static final int READERS = 64;
    private static final int CROWD = 1_000;
    private static final long LONGEST_READ_MICROS = 5_000;
    private static final long WRITER_EVERY_MILLIS = 10;

    private final LockPeers peers;
    private final BenchTable table = new BenchTable();
    private final AtomicLong longestRead = new AtomicLong(); // nanoseconds, since the writer asked
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    private Modes(LockPeers peers) {
        this.peers = peers;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Path state = Files.createTempDirectory("afteryou-bench");
        try (LockPeers peers = new LockPeers(3, state)) {
            new Modes(peers).run();
        } finally {
            Folders.delete(state);
        }
        System.exit(0); // threads of gRPC may be left
    }

    private void run() throws InterruptedException {
        Duel several = Duel.of(10, 9, () -> together("a,b,c", 1_500), () -> together("a", 1_500));
        table.ratio("take three locks at once and give them back, p50 in us, to one", several, TimeSample::median, 1.3);
        Duel shared = Duel.of(5, 9, () -> together("s:shared", 1_500), () -> together("a", 1_500));
        table.ratio("take a shared lock and give it back, p50 in us, to an exclusive one", shared, TimeSample::median, 0);
        Duel joins = Duel.of(10, 9, () -> crowd(Mode.SHARED, 200_000), () -> crowd(Mode.EXCLUSIVE, 5_000));
        table.gain("entries/s of " + READERS + " readers of one peer that join, to exclusive entries/s", joins, 20);
        writerAmongReaders();
        table.print();
    }

    private CompletableFuture<TimeSample> together(String text, int count) {
        List<LockMode> locks = LockMode.parse(text);
        return peers.together(() -> locks, count);
    }

    /** So many askers of one peer want one lock without a pause; where they share it, one of them stays inside. */
    private CompletableFuture<TimeSample> crowd(Mode mode, int count) {
        Countdown entries = new Countdown(count, READERS);
        List<LockMode> lock = List.of(new LockMode("crowd", mode));
        boolean stays = mode.equals(Mode.SHARED);
        for (int i = 0; i < READERS; i++) {
            boolean first = i == 0 && stays;
            peers.start(0, new BenchAsker(peers.peer(0), () -> lock) {
                @Override
                void inside(Runnable giveBack) {
                    Runnable later = () -> {
                        if (!first || entries.over()) {
                            giveBack.run();
                        } else {
                            timer.schedule(() -> peers.loop(0).run(() -> inside(giveBack)), 1, TimeUnit.MILLISECONDS);
                        }
                    };
                    peers.loop(0).run(later);
                }

                @Override
                boolean again() {
                    return entries.again();
                }
            });
        }
        return entries.done;
    }

    /** Readers keep the core busy, so that some stay longer than they mean to: the longest read is the one that was seen while the writer waited. */
    private void writerAmongReaders() throws InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong reads = new AtomicLong();
        List<LockMode> read = LockMode.parse("book:shared");
        for (int i = 0; i < CROWD; i++) {
            int peer = i % 3;
            peers.start(peer, new BenchAsker(peers.peer(peer), () -> read) {
                private long enteredAt;

                @Override
                void inside(Runnable giveBack) {
                    enteredAt = System.nanoTime();
                    timer.schedule(() -> peers.loop(peer).run(giveBack), ThreadLocalRandom.current().nextLong(LONGEST_READ_MICROS), TimeUnit.MICROSECONDS);
                }

                @Override
                boolean again() {
                    reads.incrementAndGet();
                    longestRead.accumulateAndGet(System.nanoTime() - enteredAt, Math::max);
                    return !over.get();
                }
            });
        }
        Duel.await(writes(new Times(500), new Times(500)));
        reads.set(0);
        Times longest = new Times(1_000);
        TimeSample waits = Duel.await(writes(new Times(1_000), longest));
        over.set(true);
        System.out.printf(Locale.ROOT, "%,.0f reads a write, the writer's wait %,.0f us at the median%n", reads.get() / 1_000.0, waits.median());
        table.most("p99 wait in us of a writer each 10 ms among 1,000 readers, to p99 of the longest read", waits.p99(), longest.sample().p99(), 3);
    }

    private CompletableFuture<TimeSample> writes(Times times, Times longest) {
        CompletableFuture<TimeSample> done = new CompletableFuture<>();
        List<LockMode> write = LockMode.exclusive("book");
        peers.start(0, new BenchAsker(peers.peer(0), () -> write) {
            @Override
            void ask() {
                longestRead.set(0);
                super.ask();
            }

            @Override
            void inside(Runnable giveBack) {
                times.add(System.nanoTime() - askedAt);
                longest.add(longestRead.get());
                giveBack.run();
            }

            @Override
            boolean again() {
                if (times.full()) {
                    done.complete(times.sample());
                } else {
                    timer.schedule(() -> peers.loop(0).run(this::ask), WRITER_EVERY_MILLIS, TimeUnit.MILLISECONDS);
                }
                return false;
            }
        });
        return done;
    }
}
