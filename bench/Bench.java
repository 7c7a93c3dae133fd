///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//SOURCES ../tests/support/Folders.java ../tests/support/FreePorts.java ../tests/support/Jvm.java
//SOURCES ../tests/support/Running.java AnsweredStream.java BenchAsker.java BenchTable.java Core.java Countdown.java Duel.java Spread.java
//SOURCES Echo.java LockPeers.java Payload.java PeerProcess.java RawFanOut.java RawPeers.java Times.java
//SOURCES ../Peer.java
package bench;

import bench.Times.TimeSample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import tests.support.Folders;
import tests.support.FreePorts;

/**
 * Measures the lock beside a raw gRPC fan-out: {@code bench} takes a few minutes, {@code bench
 * --quick} one. A missed target is said, and is no failure.
 */
public final class Bench {

    private static final String LOCK = "default";
    private static final int HEADER_BYTES = 71;
    private static final int BYTES_A_PEER = 4;
    private static final int MANY = 64;
    private static final long LEASE_MILLIS = 5_000;

    private final BenchTable table = new BenchTable();
    private final boolean quick;
    private final int rounds;
    private final Path state;

    private Bench(boolean quick, Path state) {
        this.quick = quick;
        this.state = state;
        rounds = quick ? 3 : 9;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        boolean quick = args.length == 1 && args[0].equals("--quick");
        if (args.length > 0 && !quick) {
            System.err.println("bench: write --quick, or nothing");
            System.exit(64);
        }
        Path state = Files.createTempDirectory("afteryou-bench");
        try {
            new Bench(quick, state).run();
        } finally {
            Folders.delete(state);
        }
        System.exit(0); // threads of gRPC may be left
    }

    private void run() throws IOException, InterruptedException {
        for (int size : quick ? new int[] {3, 7} : new int[] {3, 5, 7}) {
            besideGrpc(size);
        }
        for (int size : quick ? new int[] {3} : new int[] {3, 7}) {
            withLease(size);
        }
        memoryOfLocks();
        process(false, "listens on");
        process(true, "Enter asks");
        idle();
        table.print();
    }

    private void besideGrpc(int size) throws IOException, InterruptedException {
        int count = (quick ? 4_500 : 9_000) / size;
        int bytes = HEADER_BYTES + BYTES_A_PEER * size;
        try (LockPeers peers = new LockPeers(size, Files.createTempDirectory(state, "peers"));
                RawPeers raw = new RawPeers(size, Payload.frames(size));
                RawPeers bare = new RawPeers(size, Payload.text(bytes));
                RawPeers two = new RawPeers(2, Payload.frames(size))) {
            say(size + " peers, " + Core.pinLoops());

            say("take and give back, in turn with the fan-out ");
            Duel alone = duel(() -> peers.alone(() -> LOCK, count), () -> raw.round(count, 1));
            double most = size == 3 ? 1.2 : 1.3;
            table.ratio(size + " peers: take and give back, p50 in us, to a fan-out", alone, TimeSample::median, most);
            Duel least = duel(() -> peers.alone(() -> LOCK, count), () -> bare.round(count, 1));
            table.ratio(size + " peers: the same, to a fan-out of a text built beforehand", least, TimeSample::median, 0);
            table.most(size + " peers: its p99, to its p50",
                    alone.ours(TimeSample::p99), alone.ours(TimeSample::median), 4);

            say("hand over, in turn with a ping-pong ");
            Duel handOff = duel(() -> peers.handOff(count / 6),
                    () -> two.round(count, 1).thenApply(TimeSample::half));
            table.ratio(size + " peers: hand over, p50 in us, to a one-way message", handOff, TimeSample::median, 3);

            say(MANY + " locks, in turn with one ");
            Duel locks = duel(() -> peers.entries(MANY, 4 * count), () -> peers.entries(1, count));
            table.gain(size + " peers: entries/s of " + MANY + " locks, to those of one", locks, 3);
            Duel busy = duel(() -> peers.entries(MANY, 4 * count), () -> raw.round(4 * count, MANY));
            table.gain(size + " peers: entries/s of " + MANY + " locks, to fan-outs/s, as many at once", busy, 0);
        }
    }

    private void withLease(int size) throws IOException, InterruptedException {
        int count = (quick ? 4_500 : 9_000) / size;
        try (LockPeers with = new LockPeers(size, Files.createTempDirectory(state, "peers"), LEASE_MILLIS);
                LockPeers without = new LockPeers(size, Files.createTempDirectory(state, "peers"))) {
            say(size + " peers, with a lease in turn with none ");
            Duel alone = duel(() -> with.alone(() -> LOCK, count), () -> without.alone(() -> LOCK, count));
            table.ratio(size + " peers: take and give back with a lease of 5 s, p50 in us, to that without", alone, TimeSample::median, 1.1);
        }
    }

    /** What seven idle peers do with their heartbeats, in processes of their own. */
    private void heartbeats(List<PeerProcess> peers) throws InterruptedException {
        double before = peers.stream().mapToDouble(PeerProcess::cpuSeconds).sum();
        long started = System.nanoTime();
        Thread.sleep(quick ? 10_000 : 30_000);
        double seconds = (System.nanoTime() - started) / 1e9;
        double used = peers.stream().mapToDouble(PeerProcess::cpuSeconds).sum() - before;
        table.most("CPU of an idle peer of seven with a lease of 5 s, percent of a core", 100 * used / peers.size() / seconds, 1, 1);
    }

    private void idle() throws IOException, InterruptedException {
        say("seven idle peer processes with a lease");
        List<Integer> ports = FreePorts.take(7);
        List<PeerProcess> started = new ArrayList<>();
        try {
            for (int id = 1; id <= 7; id++) {
                PeerProcess peer = new PeerProcess(false, id, ports, Files.createTempDirectory(state, "peer"), "--lease", "5s");
                started.add(peer);
                peer.awaitLine("listens on");
            }
            Thread.sleep(90_000); // the compiler needs so long, with so little to do
            heartbeats(started);
        } finally {
            started.forEach(PeerProcess::close);
        }
    }

    private Duel duel(Supplier<CompletableFuture<TimeSample>> ours, Supplier<CompletableFuture<TimeSample>> floor)
            throws InterruptedException {
        return Duel.of(quick ? 2 : 5, rounds, ours, floor);
    }

    /** Names nobody uses again must not be remembered; the log is full before. */
    private void memoryOfLocks() throws IOException, InterruptedException {
        say("memory after 10,000 locks");
        try (LockPeers peers = new LockPeers(3, Files.createTempDirectory(state, "peers"))) {
            double before = useLocks(peers, "a");
            double after = useLocks(peers, "b");
            table.most("heap in MB after 10,000 more locks used once, to that before", after, before, 1.05);
        }
    }

    private double useLocks(LockPeers peers, String prefix) throws InterruptedException {
        int[] number = new int[1];
        Duel.await(peers.alone(() -> prefix + number[0]++, 10_000));
        double least = Double.MAX_VALUE;
        for (int i = 0; i < 5; i++) { // what is on its way lives through one collection
            System.gc();
            Runtime memory = Runtime.getRuntime();
            least = Math.min(least, (memory.totalMemory() - memory.freeMemory()) / 1e6);
        }
        return least;
    }

    private void process(boolean terminal, String ready) throws IOException, InterruptedException {
        String kind = terminal ? "with a shell" : "without a shell";
        say("three peer processes " + kind);
        List<Integer> ports = FreePorts.take(3);
        List<PeerProcess> started = new ArrayList<>();
        try {
            double seconds = 0;
            for (int id = 1; id <= 3; id++) {
                PeerProcess peer = new PeerProcess(terminal, id, ports, Files.createTempDirectory(state, "peer"));
                started.add(peer);
                peer.awaitLine(ready);
                seconds = Math.max(seconds, peer.cpuSeconds());
            }
            Thread.sleep(6_000); // links, pings and the group have come to rest
            double megabytes = 0;
            for (PeerProcess peer : started) {
                megabytes = Math.max(megabytes, peer.residentMegabytes());
            }
            table.most("process " + kind + ": CPU seconds until it is ready", seconds, 1, 2);
            table.most("process " + kind + ": resident MB when idle, of three peers", megabytes, 1, 110);
        } finally {
            started.forEach(PeerProcess::close);
        }
    }

    private static void say(String line) {
        System.out.println("bench: " + line);
    }
}
