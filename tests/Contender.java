package tests;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.Stamp;
import mutex.event.Effect.Outcome;
import mutex.group.Seed;
import mutex.log.LogFile;
import mutex.peer.LocalPeer;
import mutex.status.LockListener;
import mutex.text.LockName;
import mutex.transport.EventLoop;

/**
 * The program that each process of SafetyTest runs: a peer that enters again and again. Inside, it
 * writes to files that all share and nothing else protects.
 *
 * <p>Arguments: id, port, folder, entries, nanoseconds to stay inside, algorithm or fault, other addresses.
 */
final class Contender {

    /** Entered once before it counts, so that every peer has seen every other in the group. */
    private static final String WARM_UP = "warm-up";
    private static final long STEP_NANOS = 100_000;

    private final int id;
    private final LocalPeer peer;
    private final FileChannel history;
    private final FileChannel counter;
    private final long stayNanos;

    private Contender(int id, LocalPeer peer, Path folder, long stayNanos) throws IOException {
        this.id = id;
        this.peer = peer;
        this.stayNanos = stayNanos;
        history = FileChannel.open(folder.resolve("history"), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        counter = FileChannel.open(folder.resolve("counter"), StandardOpenOption.CREATE,
                StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    public static void main(String[] args) throws IOException {
        int id = Integer.parseInt(args[0]);
        Path folder = Path.of(args[2]);
        List<Seed> others = Stream.of(args).skip(6).map(address -> new Seed(address, 0)).toList();
        AlgorithmKind algorithm = args[5].equals("enters-unasked") ? EntersUnasked.KIND : AlgorithmKind.named(args[5]);
        LogFile log = new LogFile(folder.resolve("log-" + id), System.out::println);
        LocalPeer peer;
        try {
            peer = LocalPeer.start(new EventLoop(), new LocalPeer.PeerStart(id, "localhost", Integer.parseInt(args[1]),
                    others, folder.resolve("state"), algorithm, 0, 0, System.out::println, Contender::die, log));
        } catch (IOException inUse) {
            System.out.println(inUse.getMessage());
            return;
        }
        System.out.println("peer " + id + " listens on " + peer.endpoint());
        Contender contender = new Contender(id, peer, folder, Long.parseLong(args[4]));
        contender.enter(WARM_UP, (stamp, fence) -> { });
        peer.loop().settled().join();
        System.out.println("ready");
        System.in.read(); // all are ready
        for (int left = Integer.parseInt(args[3]); left > 0; left--) {
            contender.enter(LockName.DEFAULT, contender::inside);
            // If all were always waiting, no request would ever meet a holder without being behind another's.
            pause(left * id % 8 * STEP_NANOS);
        }
        System.out.println("done");
        System.in.transferTo(java.io.OutputStream.nullOutputStream()); // all are done: the others need our permission
        peer.close();
        log.close();
    }

    private interface Stay {
        void run(Stamp stamp, long fence) throws IOException;
    }

    private record ContenderEntry(Stamp stamp, long fence) {}

    /** One entry, on this thread and not on the loop's: the peer goes on answering meanwhile. */
    private void enter(String lock, Stay stay) throws IOException {
        CompletableFuture<ContenderEntry> entry = new CompletableFuture<>();
        CompletableFuture<Outcome> end = new CompletableFuture<>();
        long number = peer.loop().requests().ask(lock, false, Long.MAX_VALUE, new LockListener() {
            @Override
            public void entered(Stamp stamp, long fence) {
                entry.complete(new ContenderEntry(stamp, fence));
            }

            @Override
            public void ended(Outcome outcome, String reason) {
                entry.completeExceptionally(new IllegalStateException(outcome + ": " + reason));
                end.complete(outcome);
            }
        }).join();
        ContenderEntry entered = entry.join();
        stay.run(entered.stamp(), entered.fence());
        peer.loop().requests().withdraw(number);
        if (end.join() != Outcome.RELEASED) {
            throw new IllegalStateException("the entry with " + entered + " ended with " + end.join());
        }
    }

    private void inside(Stamp stamp, long fence) throws IOException {
        append(History.line("enter", id, stamp, fence));
        ByteBuffer number = ByteBuffer.allocate(Long.BYTES);
        long before = counter.read(number, 0) < Long.BYTES ? 0 : number.getLong(0);
        pause(stayNanos);
        counter.write(number.clear().putLong(0, before + 1), 0);
        append(History.line("exit", id, stamp, fence));
    }

    private static void pause(long nanos) {
        for (long until = System.nanoTime() + nanos; System.nanoTime() < until; ) {
            LockSupport.parkNanos(until - System.nanoTime());
        }
    }

    /** One write, so that lines of two processes never mix. */
    private void append(String line) throws IOException {
        history.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
    }

    private static void die(Throwable broken, String lastEvents) {
        System.out.println("broke one of its own rules: " + broken + "; last events: " + lastEvents);
        Runtime.getRuntime().halt(70);
    }
}
