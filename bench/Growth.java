///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//SOURCES ../tests/support/Folders.java ../tests/support/FreePorts.java ../Peer.java
//SOURCES AnsweredStream.java BenchAsker.java BenchTable.java Core.java Countdown.java Duel.java Spread.java Echo.java LockPeers.java
//SOURCES Payload.java RawFanOut.java RawPeers.java Times.java
package bench;

import bench.Times.TimeSample;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import tests.support.Folders;
import tests.support.FreePorts;

/**
 * How an entry grows with the group, beside a raw fan-out to as many peers: {@code bench/Growth.java 7 63}, or all sizes. And how
 * long a group takes to stand, and what idle peers do with a lease. All peers are in this process, their loops on one core.
 */
final class Growth {

    private static final int MESSAGES = 30_000; // a round, both ways
    private static final long LEASE_MILLIS = 5_000;
    private static final int IDLE_MILLIS = 10_000;

    private final BenchTable table = new BenchTable();
    private final Path state;
    private double messageAtSeven;

    private Growth(Path state) {
        this.state = state;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Path state = Files.createTempDirectory("afteryou-bench");
        try {
            Growth growth = new Growth(state);
            for (int size : args.length == 0 ? new int[] {3, 7, 15, 31, 63} : IntStream.range(0, args.length).map(i -> Integer.parseInt(args[i])).toArray()) {
                growth.entries(size);
                growth.idle(size);
            }
            growth.table.print();
        } finally {
            Folders.delete(state);
        }
        System.exit(0); // threads of gRPC may be left
    }

    private LockPeers begin(int size, long leaseMillis) throws IOException, InterruptedException {
        List<Integer> ports = FreePorts.take(size);
        LockPeers peers = LockPeers.listed(ports, Files.createTempDirectory(state, "peers"), leaseMillis);
        long began = System.nanoTime();
        while (!peers.stands()) {
            Thread.sleep(20);
        }
        System.out.printf(Locale.ROOT, "bench: %d peers%s stand %.1f s after the last start%n", size, leaseMillis == 0 ? "" : " with a lease", (System.nanoTime() - began) / 1e9);
        return peers;
    }

    private void entries(int size) throws IOException, InterruptedException {
        int messages = 2 * (size - 1);
        int count = MESSAGES / messages;
        try (LockPeers peers = begin(size, 0); RawPeers raw = new RawPeers(size, Payload.frames(size))) {
            System.out.println("bench: " + size + " peers, " + Core.pinLoops());
            Duel alone = Duel.of(6, 9, () -> peers.alone(() -> "default", count), () -> raw.round(count, 1));
            table.ratio(size + " peers: take and give back, p50 in us, to a fan-out", alone, TimeSample::median, size == 63 ? 1.3 : 0);
            double message = alone.ours(TimeSample::median) / messages;
            messageAtSeven = size == 7 ? message : messageAtSeven;
            if (messageAtSeven > 0) {
                table.most(size + " peers: p50 a message in us, to that of 7", message, messageAtSeven, 1.3);
            }
        }
    }

    /** CPU time of the whole process, shared among its peers. */
    private void idle(int size) throws IOException, InterruptedException {
        LockPeers peers = begin(size, LEASE_MILLIS);
        try {
            Thread.sleep(IDLE_MILLIS / 2);
            long began = System.nanoTime();
            long used = cpu();
            Thread.sleep(IDLE_MILLIS);
            double share = (double) (cpu() - used) / (System.nanoTime() - began) / size;
            table.most(size + " peers: CPU of an idle one with a lease of 5 s, percent of a core", 100 * share, 1, 3);
        } finally {
            peers.close();
        }
    }

    private static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
