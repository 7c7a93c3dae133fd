///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//SOURCES ../tests/support/Folders.java ../tests/support/FreePorts.java Times.java
//SOURCES ../Peer.java
package bench;

import bench.Times.TimeSample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.RoucairolCarvalho;
import mutex.client.Held;
import mutex.client.Mutex;
import mutex.event.LogEvent.EventKind;
import mutex.group.Seed;
import mutex.peer.BrokenRule;
import mutex.peer.LocalPeer;
import mutex.transport.EventLoop;
import tests.support.Folders;
import tests.support.FreePorts;

/**
 * What a thread of a program waits for a lock of the peer inside it, and to give it back: with kept permissions, alone, and with
 * Ricart-Agrawala; of {@code kept}, {@code alone} and {@code asked} those that are named. Builds are compared by running them in turn.
 */
public final class Reentry {

    private static final String LOCK = "jobs";
    private static final int ROUNDS = 5;
    private static final long WARM_UP_NANOS = 6_000_000_000L;

    private final Path state;
    private final List<AutoCloseable> open = new ArrayList<>();
    private final AtomicLong received = new AtomicLong(); // messages about the lock, by the others

    private Reentry(Path state) {
        this.state = state;
    }

    public static void main(String[] args) throws Exception {
        List<String> chosen = args.length == 0 ? List.of("kept", "alone", "asked") : List.of(args);
        if (chosen.contains("kept")) {
            measure(RoucairolCarvalho.KIND, 3, 100_000);
        }
        if (chosen.contains("alone")) {
            measure(RicartAgrawala.KIND, 1, 100_000);
        }
        if (chosen.contains("asked")) {
            measure(RicartAgrawala.KIND, 3, 10_000);
        }
        System.exit(0); // threads of gRPC may be left
    }

    private static void measure(AlgorithmKind kind, int peers, int count) throws Exception {
        Path state = Files.createTempDirectory("afteryou-bench");
        Reentry bench = new Reentry(state);
        try {
            bench.run(kind, peers, count);
        } finally {
            for (AutoCloseable one : bench.open) {
                one.close();
            }
            Folders.delete(state);
        }
    }

    private void run(AlgorithmKind kind, int peers, int count) throws Exception {
        List<Integer> ports = FreePorts.take(peers);
        Mutex mutex = Mutex.peer(1).at("localhost", ports.get(0)).others(others(ports, 1)).algorithm(kind.name()).state(state)
                .voice(line -> { }).start();
        open.add(mutex);
        for (int id = 2; id <= peers; id++) {
            startOther(kind, ports, id);
        }
        long warmUntil = System.nanoTime() + WARM_UP_NANOS; // the compiler's last stage comes late
        while (System.nanoTime() < warmUntil) {
            turns(mutex, count);
        }
        for (int round = 0; round < ROUNDS; round++) {
            long before = received.get();
            TimeSample times = turns(mutex, count);
            System.out.printf(Locale.ROOT, "%-20s %d peers: acquire and close p50 %6.2f us, p99 %6.2f us, %,9.0f a second, %.2f messages to the others%n",
                    kind.name(), peers, times.median(), times.p99(), times.perSecond(), (received.get() - before) / (double) count);
        }
    }

    private static TimeSample turns(Mutex mutex, int count) throws Exception {
        Times times = new Times(count);
        while (!times.full()) {
            long askedAt = System.nanoTime();
            Held held = mutex.acquire(LOCK);
            held.close();
            times.add(System.nanoTime() - askedAt);
        }
        return times.sample();
    }

    private void startOther(AlgorithmKind kind, List<Integer> ports, int id) throws IOException {
        EventLoop loop = new EventLoop();
        List<Seed> list = Stream.of(others(ports, id)).map(address -> new Seed(address, 0)).toList();
        LocalPeer peer = LocalPeer.start(loop, new LocalPeer.PeerStart(id, "localhost", ports.get(id - 1), list, state, kind, line -> { },
                BrokenRule.ends("bench")));
        peer.loop().follow(0, entry -> {
            if (entry.what().kind() == EventKind.RECEIVE && LOCK.equals(entry.what().lock())) {
                received.incrementAndGet();
            }
        });
        open.add(peer);
        open.add(loop);
    }

    private static String[] others(List<Integer> ports, int id) {
        return ports.stream().filter(port -> !port.equals(ports.get(id - 1))).map(port -> "localhost:" + port).toArray(String[]::new);
    }
}
