package tests.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.Stamp;
import mutex.event.Effect.Outcome;
import mutex.group.Seed;
import mutex.peer.LocalPeer;
import mutex.status.LockListener;
import mutex.status.Snapshot;
import mutex.transport.EventLoop;

/** A peer inside the test's own process, on a loop of its own, and what it said. */
public final class Neighbour implements AutoCloseable {

    public final int id;
    public final Voice voice = new Voice();
    public final CompletableFuture<Throwable> broken = new CompletableFuture<>();
    public final LocalPeer peer;
    private static final int MOST_FRAMES = 20; // that wait for their turn

    private final EventLoop events;
    private final boolean ownLoop;
    private boolean closed;

    /** How a peer is started, if not as usual. */
    public interface Starter {
        LocalPeer start(EventLoop events, LocalPeer.PeerStart start) throws IOException;
    }

    /** Starts it; port 0 lets the system choose. */
    public Neighbour(Path state, int id, int port, String... others) {
        this(state, id, port, 0, others);
    }

    /** The same with a lease. */
    public Neighbour(Path state, int id, int port, long leaseMillis, String... others) {
        this(LocalPeer::start, state, id, port, leaseMillis, others);
    }

    /** The same, started in another way. */
    public Neighbour(Starter starter, Path state, int id, int port, long leaseMillis, String... others) {
        this(starter, new EventLoop(), true, state, id, port, leaseMillis, others);
    }

    /** The same on a loop that stays when it is closed. */
    public Neighbour(EventLoop events, Path state, int id, int port, String... others) {
        this(LocalPeer::start, events, false, state, id, port, 0, others);
    }

    private Neighbour(Starter starter, EventLoop events, boolean ownLoop, Path state, int id, int port, long leaseMillis,
            String... others) {
        this.events = events;
        this.ownLoop = ownLoop;
        this.id = id;
        List<Seed> list = Stream.of(others).map(other -> new Seed(other, 0)).toList();
        try {
            peer = starter.start(events, new LocalPeer.PeerStart(id, "localhost", port, list, state, RicartAgrawala.KIND,
                    leaseMillis, voice, (error, last) -> broken.complete(error)));
        } catch (IOException e) {
            events.close();
            throw new UncheckedIOException(e);
        }
    }

    /** A port that is free now. */
    public static int freePort() {
        return FreePorts.one();
    }

    public String endpoint() {
        return peer.endpoint();
    }

    public Snapshot look() {
        return Eventually.get(peer.loop().snapshot(), "snapshot of peer " + id);
    }

    public boolean linkedTo(int other) {
        return look().peers().stream().anyMatch(peer -> peer.id() == other && peer.linked());
    }

    public Neighbour awaitGroupOf(int size) {
        Eventually.holds(() -> look().node().group() != null && look().node().group().members().size() == size,
                () -> "peer " + id + " in a group of " + size + ": " + look());
        return this;
    }

    public Asked ask(String lock) {
        Asked asked = new Asked();
        asked.number = peer.loop().requests().ask(lock, false, Long.MAX_VALUE, asked);
        return asked;
    }

    /** Enters and leaves again. */
    public void takeTurn(String lock) {
        Asked asked = ask(lock);
        Eventually.get(asked.entered, "peer " + id + " enters " + lock);
        giveBack(asked);
    }

    public void giveBack(Asked asked) {
        peer.loop().requests().withdraw(Eventually.get(asked.number, "number"));
        Eventually.get(asked.ended, "peer " + id + " leaves");
    }

    /** It broke none of its own rules, and still takes turns. */
    public void isWell() {
        takeTurn("well");
        if (broken.isDone()) {
            throw new AssertionError("peer " + id + " broke", broken.join());
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            peer.close();
            if (ownLoop) {
                events.close();
            }
        }
    }

    /** One request. */
    public static final class Asked implements LockListener {
        public final CompletableFuture<Long> entered = new CompletableFuture<>(); // the fence
        public final CompletableFuture<Outcome> ended = new CompletableFuture<>();
        CompletableFuture<Long> number;

        @Override
        public void entered(Stamp stamp, long fence) {
            entered.complete(fence);
        }

        @Override
        public void ended(Outcome outcome, String reason) {
            ended.complete(outcome);
        }
    }

    /** Waits until what this peer was told to do before has gone out: each frame leaves in a turn of its loop. */
    public void handOver() {
        CompletableFuture<Void> out = new CompletableFuture<>();
        events.run(() -> turn(MOST_FRAMES, out));
        Eventually.get(out, "its frames have gone out");
    }

    private void turn(int left, CompletableFuture<Void> out) {
        if (left == 0) {
            out.complete(null);
        } else {
            events.later(() -> turn(left - 1, out));
        }
    }
}
