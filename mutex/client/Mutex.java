package mutex.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import mutex.algorithm.LockMode;
import mutex.algorithm.Mode;
import mutex.discover.Address;
import mutex.discover.Discovery;
import mutex.peer.LocalPeer;
import mutex.remote.DirectPeer;
import mutex.remote.RemotePeers;
import mutex.text.LockName;
import mutex.transport.Callbacks;
import mutex.transport.EventLoop;
import mutex.transport.Tls;

/**
 * Locks among equal peers, for programs: of a running peer ({@link #connect}), or of a peer in this program
 * ({@link #peer}). May be used from any thread; closing it gives back and withdraws everything.
 *
 * <pre>{@code
 * try (Mutex mutex = Mutex.connect("localhost:5001"); Held held = mutex.acquire("backup", Duration.ofSeconds(10))) {
 *     held.onLost(reason -> stop());
 *     work(held.fence());
 * }
 * }</pre>
 */
public final class Mutex implements AutoCloseable {

    private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);

    /** Asks for locks together; gives what withdraws the request or gives the lock back. */
    interface LockSource {
        Runnable ask(List<LockMode> locks, boolean attempt, long waitNanos, PendingLock request);
    }

    private final LockSource source;
    private final Runnable close;
    private volatile boolean closed;
    private final Callbacks callbacks = new Callbacks();

    private Mutex(LockSource source, Runnable close) {
        this.source = source;
        this.close = close;
    }

    /**
     * Uses the peer at {@code host:port}, without TLS; the connection is made at the first request. Of several peers,
     * also of one text with commas between them, each request uses the first that may use locks, and goes on at another
     * while it waits, when its peer is gone, or cannot use locks and another can; what is held is LOST with its peer.
     *
     * @throws IllegalArgumentException in one line when an address is malformed or repeated, or there are more than sixteen
     */
    public static Mutex connect(String... addresses) {
        return connect(String.join(",", addresses), (Tls) null);
    }

    /**
     * The same, with TLS. Best a peer of the same machine: if the way to it breaks, what is held is LOST, and a
     * peer that falls silent is missed after some 13 s only.
     *
     * @param peers host:port, or several with commas between them
     * @param tls certificate of this program; null: without TLS
     */
    public static Mutex connect(String peers, Tls tls) {
        List<String> addresses = Address.ofPeers(peers, Map.of());
        EventLoop events = new EventLoop(tls);
        if (tls == null && addresses.size() == 1) {
            DirectPeer peer = new DirectPeer(events, addresses.get(0));
            return new Mutex(peer::ask, () -> {
                peer.close();
                events.close();
            });
        }
        RemotePeers remote = new RemotePeers(events, addresses);
        return new Mutex(remote::ask, () -> {
            remote.close();
            events.close();
        });
    }

    /** Begins to describe a peer that runs in this program. */
    public static PeerBuilder peer(int id) {
        return new PeerBuilder(id);
    }

    /** @param discovery of the peer; null without */
    static Mutex of(LocalPeer peer, EventLoop events, Discovery discovery) {
        LockSource source = (locks, attempt, waitNanos, request) -> {
            CompletableFuture<Long> number = peer.loop().requests().askHere(locks, attempt, waitNanos, request);
            return () -> number.thenAccept(peer.loop().requests()::withdrawHere);
        };
        return new Mutex(source, () -> {
            peer.close();
            if (discovery != null) {
                discovery.close();
            }
            events.close();
        });
    }

    /** Alone: as acquire takes a lock by its name. */
    public static LockSet exclusive(String lock) {
        return LockSet.of(lock, Mode.EXCLUSIVE);
    }

    /** Together with all others that want it shared: readers. Others wait, in the order in which they asked. */
    public static LockSet shared(String lock) {
        return LockSet.of(lock, Mode.SHARED);
    }

    /**
     * Together with all others that want it of the same kind.
     *
     * @param kind 1 to 32 of A-Z a-z 0-9 . _ -
     */
    public static LockSet kind(String lock, String kind) {
        return LockSet.of(lock, new Mode.OfKind(kind));
    }

    /**
     * Some units of a pool, as of a semaphore.
     *
     * @param take how many, 1 to of
     * @param of how many there are, at most 1,000,000; the same in all requests for that lock
     */
    public static LockSet units(String lock, int take, int of) {
        return LockSet.of(lock, new Mode.Units(take, of));
    }

    /** Waits for the lock. Whoever interrupts the thread withdraws the request. */
    public Held acquire(String lock) throws InterruptedException, NotAcquired {
        return acquire(lock, FOR_EVER);
    }

    /**
     * Waits for the lock for so long at most; zero: as {@link #tryAcquire}, but with an exception.
     *
     * @throws NotAcquired when the wait has run out, or the peer cannot be asked
     * @throws InterruptedException when the thread was interrupted: the request is withdrawn
     * @throws IllegalArgumentException when the name is not legal
     */
    public Held acquire(String lock, Duration wait) throws InterruptedException, NotAcquired {
        return await(ask(exclusively(lock), false, wait, Runnable::run));
    }

    /** Waits for all these locks together. Whoever interrupts the thread withdraws the request. */
    public Held acquire(LockSet locks) throws InterruptedException, NotAcquired {
        return acquire(locks, FOR_EVER);
    }

    /**
     * The same for so long at most; see {@link #acquire(String, Duration)}.
     *
     * @throws IllegalArgumentException when the algorithm of the group has no modes, and takes one lock at a time only
     */
    public Held acquire(LockSet locks, Duration wait) throws InterruptedException, NotAcquired {
        return await(ask(locks.locks, false, wait, Runnable::run));
    }

    /**
     * Takes the lock if nobody has it or waits for it; does not wait, and is back within some 2.5 s.
     *
     * @throws NotAcquired when that cannot be said: the peer cannot be asked, or another member does not answer
     */
    public Optional<Held> tryAcquire(String lock) throws InterruptedException, NotAcquired {
        return attempt(exclusively(lock));
    }

    /** Takes all these locks if none has to be waited for; see {@link #tryAcquire(String)}. */
    public Optional<Held> tryAcquire(LockSet locks) throws InterruptedException, NotAcquired {
        return attempt(locks.locks);
    }

    private Optional<Held> attempt(List<LockMode> locks) throws InterruptedException, NotAcquired {
        try {
            return Optional.of(await(ask(locks, true, FOR_EVER, Runnable::run)));
        } catch (NotAcquired e) {
            if (e.kind() == NotAcquired.Cause.REFUSED) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Asks, and returns at once. */
    public CompletableFuture<Held> acquireAsync(String lock) {
        return acquireAsync(lock, FOR_EVER);
    }

    /**
     * Asks, and returns at once: completes with the lock, or with {@link NotAcquired}. Cancelling withdraws the request;
     * what depends on the answer may block.
     */
    public CompletableFuture<Held> acquireAsync(String lock, Duration wait) {
        return ask(exclusively(lock), false, wait, callbacks);
    }

    /** Asks for all these locks together, and returns at once. */
    public CompletableFuture<Held> acquireAsync(LockSet locks) {
        return acquireAsync(locks, FOR_EVER);
    }

    /** The same for so long at most; see {@link #acquireAsync(String, Duration)}. */
    public CompletableFuture<Held> acquireAsync(LockSet locks, Duration wait) {
        return ask(locks.locks, false, wait, callbacks);
    }

    private static List<LockMode> exclusively(String lock) {
        return LockMode.exclusive(LockName.check(lock));
    }

    /** @param answers runs what depends on the answer; a caller who blocks needs no thread for that */
    private CompletableFuture<Held> ask(List<LockMode> locks, boolean attempt, Duration wait, Executor answers) {
        if (closed) {
            throw new IllegalStateException("acquire: this Mutex is closed");
        }
        PendingLock request = new PendingLock(LockMode.plain(locks) ? locks.get(0).lock() : LockMode.text(locks), answers, callbacks);
        boolean noWait = attempt || wait.isZero() || wait.isNegative();
        boolean forEver = noWait || wait.compareTo(FOR_EVER) >= 0;
        try {
            request.asked(source.ask(locks, noWait, forEver ? Long.MAX_VALUE : wait.toNanos(), request));
        } catch (RejectedExecutionException ended) {
            throw new IllegalStateException("acquire: this Mutex is closed", ended); // meanwhile
        }
        return request.answer;
    }

    private static Held await(CompletableFuture<Held> answer) throws InterruptedException, NotAcquired {
        try {
            if (Thread.interrupted()) {
                throw new InterruptedException(); // also where there was no wait
            }
            return answer.get();
        } catch (InterruptedException e) {
            if (!answer.cancel(false)) {
                answer.thenAccept(Held::close); // it came at the same moment
            }
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof NotAcquired no) {
                throw no;
            } else if (e.getCause() instanceof IllegalArgumentException wrong) {
                throw new IllegalArgumentException(wrong.getMessage(), wrong);
            }
            throw new CompletionException(e.getCause());
        } catch (CancellationException e) {
            throw new IllegalStateException("the answer was cancelled", e); // nobody else has it
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        close.run();
        callbacks.close();
    }
}
