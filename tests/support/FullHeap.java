package tests.support;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.Stamp;
import mutex.event.Effect.Outcome;
import mutex.peer.BrokenRule;
import mutex.peer.LocalPeer;
import mutex.status.LockListener;
import mutex.transport.EventLoop;

/** A process whose peer has no memory left, not for a single byte more, in the middle of its events; the argument is its state folder. */
public final class FullHeap {

    private static Object[] kept; // each has the one before

    private FullHeap() {}

    public static void main(String... args) throws Exception {
        LocalPeer peer = LocalPeer.start(new EventLoop(), new LocalPeer.PeerStart(1, "localhost", 0, List.of(), Path.of(args[0]),
                RicartAgrawala.KIND, System.err::println, BrokenRule.ends("peer")));
        peer.loop().journal().listen(entry -> {
            if ("x".equals(entry.what().lock())) {
                fill();
            }
        });
        peer.loop().requests().ask("x", false, Long.MAX_VALUE, new LockListener() {
            @Override
            public void entered(Stamp stamp, long fence) {}

            @Override
            public void ended(Outcome outcome, String reason) {}
        });
        new CountDownLatch(1).await();
    }

    private static void fill() {
        OutOfMemoryError full = null;
        for (int size = 1 << 20; size > 0; size /= 2) {
            try {
                while (true) {
                    Object[] next = new Object[size];
                    next[0] = kept;
                    kept = next;
                }
            } catch (OutOfMemoryError e) {
                full = e;
            }
        }
        throw full;
    }
}
