package mutex.net;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import mutex.algorithm.Stamp;
import mutex.node.Effect.Outcome;

/**
 * Several running peers, of which each request uses the first that may use locks; a request whose peer goes while it
 * waits goes on at another. Methods may be called from any thread and return at once; what comes of it is told on the
 * loop thread.
 */
public final class RemotePeers implements AutoCloseable {

    private static final long AGAIN_AFTER = TimeUnit.MILLISECONDS.toNanos(200);

    private final EventLoop loop;
    private final Tls tls;
    private final List<String> addresses;
    private final Map<String, RemotePeer> peers = new HashMap<>(); // those that were used; loop thread only
    private final Set<Request> open = new HashSet<>(); // loop thread only
    private final ExecutorService choosing = Executors.newCachedThreadPool(Daemon.named("choice"));

    /** @param tls that of the loop; null without */
    public RemotePeers(EventLoop loop, List<String> addresses, Tls tls) {
        this.loop = loop;
        this.addresses = addresses;
        this.tls = tls;
    }

    /** As {@link RemotePeer#ask}. */
    public Runnable ask(String lock, boolean attempt, long waitNanos, Asking asking) {
        Request request = new Request(lock, attempt, waitNanos, asking);
        loop.run(request::ask);
        return () -> loop.run(request::withdraw);
    }

    private RemotePeer peer(String address) {
        return peers.computeIfAbsent(address, named -> new RemotePeer(loop, named));
    }

    private void onLoop(Runnable task) {
        try {
            loop.run(task);
        } catch (RejectedExecutionException closed) {
            // and all requests have ended
        }
    }

    @Override
    public void close() {
        choosing.shutdownNow();
        onLoop(() -> {
            List.copyOf(open).stream().filter(request -> request.giveBack == null).forEach(request -> request.end(Outcome.CANCELLED, null));
            peers.values().forEach(RemotePeer::close);
        });
    }

    /** Loop thread only. */
    private final class Request implements Asking {

        private final String lock;
        private final boolean attempt;
        private final long waitNanos;
        private final Asking asking;
        private final long began = System.nanoTime();
        private Runnable giveBack; // null while no peer is asked
        private int left = 2 * addresses.size(); // so often it may go on
        private String gone; // why the peer that was asked before is; null while none is
        private boolean held;
        private boolean over;

        Request(String lock, boolean attempt, long waitNanos, Asking asking) {
            this.lock = lock;
            this.attempt = attempt;
            this.waitNanos = waitNanos;
            this.asking = asking;
        }

        void ask() {
            if (over) {
                return;
            }
            open.add(this);
            if (addresses.size() == 1) {
                askAt(addresses.get(0));
                return;
            }
            choosing.execute(() -> {
                try {
                    String chosen = Choice.of(addresses, tls);
                    onLoop(() -> askAt(chosen));
                } catch (IOException e) {
                    onLoop(() -> end(Outcome.CANCELLED, e.getMessage()));
                }
            });
        }

        private void askAt(String address) {
            if (!over) {
                long rest = waitNanos == Long.MAX_VALUE ? waitNanos : waitNanos - (System.nanoTime() - began);
                if (rest <= 0 && gone != null) {
                    end(Outcome.CANCELLED, gone);
                } else { // somebody has to be asked, or nobody knows that another has it
                    giveBack = peer(address).ask(lock, attempt, Math.max(1, rest), this);
                }
            }
        }

        @Override
        public void entered(Stamp stamp, long fence) {
            held = true;
            asking.entered(stamp, fence);
        }

        @Override
        public void ended(Outcome outcome, String reason) {
            giveBack = null;
            // What a peer says itself of a try, as that a member does not answer, stands for all of them.
            boolean away = outcome == Outcome.CANCELLED && reason != null && !(attempt && reason.startsWith("["));
            if (away && !held && addresses.size() > 1 && left-- > 0) {
                gone = reason;
                loop.after(AGAIN_AFTER, this::ask);
            } else {
                end(outcome, reason);
            }
        }

        private void end(Outcome outcome, String reason) {
            if (!over) {
                over = true;
                open.remove(this);
                asking.ended(outcome, reason);
            }
        }

        void withdraw() {
            if (giveBack != null) {
                giveBack.run(); // and its end follows
            } else {
                end(Outcome.CANCELLED, null);
            }
        }
    }
}
