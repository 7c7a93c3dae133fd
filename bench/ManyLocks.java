///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//SOURCES ../tests/support/Folders.java ../tests/support/HeldLocks.java ../Peer.java
//SOURCES BenchAsker.java BenchTable.java Core.java Countdown.java Duel.java Spread.java LockPeers.java Times.java
package bench;

import bench.Times.TimeSample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import tests.support.Folders;
import tests.support.HeldLocks;

/** What it costs that a peer holds very many locks: memory of each, and the time of an entry into another one. */
final class ManyLocks {

    private static final int[] HELD = {10, 1_000, 100_000};
    private static final int ENTRIES = 1_500;
    private static final int PEERS = 3;

    private ManyLocks() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Path state = Files.createTempDirectory("afteryou-bench");
        LockPeers[] groups = new LockPeers[HELD.length];
        BenchTable table = new BenchTable();
        try {
            for (int i = 0; i < HELD.length; i++) {
                groups[i] = new LockPeers(PEERS, Files.createTempDirectory(state, "peers"), 0, HELD[HELD.length - 1] + 100);
                long before = heap();
                long began = System.nanoTime();
                Duel.await(HeldLocks.take(groups[i].peer(0), "held-", HELD[i]));
                System.out.printf(Locale.ROOT, "bench: %,d locks held within %.1f s, %,d bytes each%n", HELD[i], (System.nanoTime() - began) / 1e9, (heap() - before) / HELD[i]);
            }
            System.out.println("bench: " + Core.pinLoops());
            for (int i = 1; i < HELD.length; i++) {
                LockPeers many = groups[i];
                LockPeers few = groups[0];
                Duel one = Duel.of(5, 9, () -> many.alone(() -> "another", ENTRIES), () -> few.alone(() -> "another", ENTRIES));
                String beside = String.format(Locale.ROOT, "%,d locks held, beside %d: ", HELD[i], HELD[0]);
                table.ratio(beside + "take and give back, p50 in us", one, TimeSample::median, 1.1);
                table.gain(beside + "64 locks, entries/s", Duel.of(3, 9, () -> many.entries(64, 4 * ENTRIES), () -> few.entries(64, 4 * ENTRIES)), 0.9);
            }
            look(groups[HELD.length - 1], table);
            table.print();
        } finally {
            for (LockPeers group : groups) {
                if (group != null) {
                    group.close();
                }
            }
            Folders.delete(state);
        }
        System.exit(0); // threads of gRPC may be left
    }

    /** How long the loop is busy with a look at the peer. */
    private static void look(LockPeers group, BenchTable table) throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            long began = System.nanoTime();
            Duel.await(group.peer(0).snapshot());
            double shown = (System.nanoTime() - began) / 1e6;
            began = System.nanoTime();
            Duel.await(group.peer(0).counted((now, locks) -> locks));
            if (i == 19) {
                table.most("a look at the first 1,500 locks, ms; counting all 100,000", shown, (System.nanoTime() - began) / 1e6, 10);
            }
        }
    }

    private static long heap() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) { // what is on its way lives through one collection
            System.gc();
            least = Math.min(least, Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return least;
    }
}
