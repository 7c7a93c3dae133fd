package mutex.cli;

import java.util.List;
import java.util.Random;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import mutex.algorithm.Stamp;
import mutex.event.Effect.Outcome;
import mutex.peer.LocalPeer;
import mutex.status.LockListener;
import mutex.text.LockName;
import mutex.transport.DaemonThreads;

/** The other peers of the demo: each asks now and then, stays a while and leaves. */
final class DemoPeers implements AutoCloseable {

    private final List<LocalPeer> peers;
    private final Random random = new Random();
    private final ScheduledExecutorService timer = DaemonThreads.timer("demo-peers");

    DemoPeers(List<LocalPeer> peers) {
        this.peers = peers;
    }

    void start() {
        peers.forEach(this::pause);
    }

    private void pause(LocalPeer peer) {
        later(8_000, () -> visit(peer));
    }

    private void visit(LocalPeer peer) {
        long[] number = new long[1];
        peer.loop().requests().ask(LockName.DEFAULT, false, Long.MAX_VALUE, new LockListener() {
            @Override
            public void entered(Stamp stamp, long fence) {
                later(4_000, () -> peer.loop().requests().withdraw(number[0]));
            }

            @Override
            public void ended(Outcome outcome, String reason) {
                pause(peer);
            }
        }).thenAccept(given -> number[0] = given);
    }

    /** After one to that many milliseconds; people play better with a neighbour who is not a clock. */
    private void later(int mostMillis, Runnable task) {
        timer.schedule(task, 1_000 + random.nextInt(mostMillis), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
