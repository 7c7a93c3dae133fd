package mutex.remote;

import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import mutex.algorithm.LockMode;
import mutex.algorithm.Stamp;
import mutex.event.Effect.Outcome;
import mutex.status.LockListener;
import mutex.transport.EventLoop;

/**
 * Several running peers, of which each request uses the first that may use locks; a request that waits goes on at another
 * as {@link Failover} has it. Methods may be called from any thread and return at once; what comes of it is told on the
 * loop thread, which does all of it.
 */
public final class RemotePeers implements AutoCloseable {

    private final EventLoop loop;
    private final List<String> addresses;
    private final Map<String, RemotePeer> peers = new HashMap<>(); // those that were used; loop thread only, as all below
    private final Set<MovingRequest> open = new LinkedHashSet<>();
    private CompletableFuture<PeerChoice> choice; // the one under way, for all who want one; null without
    private boolean looking; // at times, whether the peers of those that wait can use locks
    private boolean closed;

    public RemotePeers(EventLoop loop, List<String> addresses) {
        this.loop = loop;
        this.addresses = addresses;
    }

    /** As {@link RemotePeer#ask}. */
    public Runnable ask(List<LockMode> locks, boolean attempt, long waitNanos, LockListener asking) {
        MovingRequest request = new MovingRequest(locks, attempt, waitNanos, asking);
        loop.run(request::ask);
        return () -> loop.run(request::withdraw);
    }

    private RemotePeer peer(String address) {
        return peers.computeIfAbsent(address, named -> new RemotePeer(loop, named));
    }

    private CompletableFuture<PeerChoice> choose() {
        if (choice == null) {
            CompletableFuture<PeerChoice> begun = PeerChoice.among(addresses, addresses.stream().map(address -> peer(address).state()).toList(),
                    (millis, task) -> loop.after(TimeUnit.MILLISECONDS.toNanos(millis), task)).thenApply(seen -> {
                        choice = null;
                        return seen;
                    });
            choice = begun.isDone() ? null : begun;
            return begun;
        }
        return choice;
    }

    private void lookAtTimes() {
        if (looking || closed) {
            return;
        }
        looking = true;
        loop.after(TimeUnit.MILLISECONDS.toNanos(Failover.LOOK_EVERY_MILLIS), () -> {
            if (closed || open.stream().noneMatch(MovingRequest::waits)) {
                looking = false;
                return;
            }
            choose().thenAccept(seen -> {
                looking = false;
                String ready = seen.ready();
                List.copyOf(open).stream().filter(request -> request.waits() && ready != null && seen.of(request.peer) == PeerChoice.Readiness.THERE)
                        .forEach(request -> request.goOnAt(ready));
                lookAtTimes();
            });
        });
    }

    @Override
    public void close() {
        try {
            loop.run(() -> {
                closed = true;
                List.copyOf(open).stream().filter(request -> request.turn == null).forEach(request -> request.end(Outcome.CANCELLED, null));
                peers.values().forEach(RemotePeer::close);
            });
        } catch (RejectedExecutionException ended) {
            // and all requests with it
        }
    }

    private final class MovingRequest {

        private final List<LockMode> locks;
        private final boolean attempt;
        private final LockListener asking;
        private final Failover succession;
        private String peer; // the one that was asked last
        private RequestAtPeer turn; // at that peer; null while none is asked
        private boolean held;
        private boolean over;

        MovingRequest(List<LockMode> locks, boolean attempt, long waitNanos, LockListener asking) {
            this.locks = locks;
            this.attempt = attempt;
            this.asking = asking;
            succession = new Failover(addresses.size(), attempt, waitNanos);
        }

        void ask() {
            if (over || closed) {
                end(Outcome.CANCELLED, null);
                return;
            }
            open.add(this);
            if (addresses.size() == 1) {
                askAt(addresses.get(0));
                return;
            }
            choose().thenAccept(seen -> {
                try {
                    askAt(seen.best());
                } catch (IOException e) {
                    end(Outcome.CANCELLED, e.getMessage());
                }
            });
        }

        private void askAt(String address) {
            long left = succession.left();
            if (over || closed) {
                end(Outcome.CANCELLED, null);
            } else if (left == 0) {
                end(Outcome.CANCELLED, "[" + LockMode.text(locks) + "] not acquired in time: the peer at " + peer + " is gone");
            } else {
                peer = address;
                turn = new RequestAtPeer();
                turn.giveBack = peer(address).ask(locks, attempt, left, turn);
            }
        }

        /** Whether it may go on elsewhere. */
        boolean waits() {
            return turn != null && !held && succession.looksOn();
        }

        void goOnAt(String other) {
            Runnable giveBack = turn.giveBack;
            turn = null; // what comes of it counts no more
            giveBack.run();
            askAt(other);
        }

        private void ended(Outcome outcome, String reason) {
            turn = null;
            boolean gone = outcome == Outcome.CANCELLED && reason != null;
            if (gone && !held && !closed && succession.goesOn(reason)) {
                loop.after(TimeUnit.MILLISECONDS.toNanos(Failover.AGAIN_AFTER_MILLIS), this::ask);
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

        private void wrong(String problem) {
            if (!over) {
                over = true;
                open.remove(this);
                asking.wrong(problem);
            }
        }

        void withdraw() {
            if (turn != null) {
                turn.giveBack.run(); // and its end follows
            } else {
                end(Outcome.CANCELLED, null);
            }
        }

        /** The request at one peer. */
        private final class RequestAtPeer implements RemotePeer.RemoteListener {

            private Runnable giveBack;

            @Override
            public void takenIn() {
                succession.takenIn();
                if (turn == this && waits()) {
                    lookAtTimes();
                }
            }

            @Override
            public void entered(Stamp stamp, long fence) {
                if (turn == this) {
                    held = true;
                    asking.entered(stamp, fence);
                }
            }

            @Override
            public void ended(Outcome outcome, String reason) {
                if (turn == this) {
                    MovingRequest.this.ended(outcome, reason);
                }
            }

            @Override
            public void wrong(String problem) {
                if (turn == this) {
                    turn = null;
                    MovingRequest.this.wrong(problem);
                }
            }
        }
    }
}
