///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Closing.java support/Eventually.java support/FreePorts.java support/Neighbour.java
//SOURCES support/Voice.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import mutex.MutexGrpc;
import mutex.MutexProto.Event;
import mutex.MutexProto.WatchRequest;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.LockMode;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.RoucairolCarvalho;
import mutex.algorithm.Stamp;
import mutex.client.Held;
import mutex.client.Mutex;
import mutex.client.NotAcquired;
import mutex.event.Effect.Outcome;
import mutex.event.LogEvent.EventKind;
import mutex.log.LogEntry;
import mutex.peer.LocalPeer;
import mutex.status.LockListener;
import mutex.transport.EventLoop;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tests.support.Closing;
import tests.support.Eventually;
import tests.support.FreePorts;
import tests.support.Neighbour;

/** A peer inside the program, whose lock is entered, or given back, by the caller's own thread where no other peer hears of it. */
@Timeout(120)
class ReentryTest {

    private static final String LOCK = "jobs";
    private static final int THREADS = 4; // at each peer
    private static final int TURNS = 1_500; // of each

    @TempDir
    private Path folder;
    @AutoClose
    private final Closing open = new Closing();
    private final AtomicInteger inside = new AtomicInteger();
    private volatile int counter; // guarded by the lock and nothing else
    private final AtomicInteger entries = new AtomicInteger();
    private final ConcurrentLinkedQueue<Throwable> wrong = new ConcurrentLinkedQueue<>();

    /** Who asks as the library does, and hears of it on which thread. */
    private static final class CallersTurn implements LockListener {

        final CompletableFuture<Thread> entered = new CompletableFuture<>();
        final CompletableFuture<Thread> ended = new CompletableFuture<>();

        @Override
        public void entered(Stamp stamp, long fence) {
            entered.complete(Thread.currentThread());
        }

        @Override
        public void ended(Outcome outcome, String reason) {
            ended.complete(Thread.currentThread());
        }

        /** The threads on which a turn's entry and end were told. */
        static List<Thread> turn(LocalPeer peer) {
            CallersTurn asker = new CallersTurn();
            CompletableFuture<Long> number = peer.loop().requests().askHere(LockMode.exclusive(LOCK), false, Long.MAX_VALUE, asker);
            Thread entered = Eventually.get(asker.entered, "entered");
            peer.loop().requests().withdrawHere(Eventually.get(number, "its number"));
            return List.of(entered, Eventually.get(asker.ended, "given back"));
        }
    }

    private Neighbour neighbour(AlgorithmKind kind, int id, int port, String... others) {
        Neighbour.Starter starter = (events, start) -> LocalPeer.start(events, new LocalPeer.PeerStart(id, "localhost", start.port(), start.list(),
                start.state(), kind, start.leaseMillis(), start.voice(), start.dying()));
        return open.add(new Neighbour(starter, folder, id, port, 0, others));
    }

    private Mutex[] two(AlgorithmKind kind) throws Exception {
        List<Integer> ports = FreePorts.take(2);
        Mutex[] all = new Mutex[2];
        for (int i = 0; i < 2; i++) {
            all[i] = open.add(Mutex.peer(i + 1).at("localhost", ports.get(i)).others("localhost:" + ports.get(1 - i)).algorithm(kind.name())
                    .state(folder).voice(line -> { }).start());
        }
        return all;
    }

    private List<Neighbour> pairThatKeepsPermissions() {
        return pair(RoucairolCarvalho.KIND);
    }

    private List<Neighbour> pair(AlgorithmKind kind) {
        List<Integer> ports = FreePorts.take(2);
        Neighbour one = neighbour(kind, 1, ports.get(0), "localhost:" + ports.get(1));
        Neighbour two = neighbour(kind, 2, ports.get(1), "localhost:" + ports.get(0));
        return List.of(one.awaitGroupOf(2), two.awaitGroupOf(2));
    }

    // Whose thread it is.

    @Test
    void whoHasAllPermissionsEntersAndLeavesByItselfAndTellsNobody() {
        List<Neighbour> pair = pairThatKeepsPermissions();
        Neighbour one = pair.get(0);
        Neighbour two = pair.get(1);
        CallersTurn.turn(one.peer); // now the permission is here
        two.handOver();
        List<LogEntry> heard = new ArrayList<>();
        two.peer.loop().follow(0, entry -> heard.addAll(LOCK.equals(entry.what().lock()) ? List.of(entry) : List.of()));
        Thread caller = Thread.currentThread();
        int own = 0;
        for (int i = 0; i < 1_000; i++) {
            own += CallersTurn.turn(one.peer).equals(List.of(caller, caller)) ? 1 : 0;
        }
        assertTrue(own > 500, "only " + own + " of 1,000 turns"); // the others found the loop at work
        two.handOver();
        assertEquals(List.of(), heard);
        assertEquals(1_001, Eventually.get(one.peer.loop().log(10_000), "its log").stream()
                .filter(entry -> entry.what().kind() == EventKind.EXIT && LOCK.equals(entry.what().lock())).count());
    }

    @Test
    void whoIsAloneEntersByItself() {
        Neighbour one = neighbour(RicartAgrawala.KIND, 1, 0).awaitGroupOf(1);
        Thread caller = Thread.currentThread();
        Eventually.holds(() -> CallersTurn.turn(one.peer).equals(List.of(caller, caller)), () -> "the loop is at work each time");
    }

    @Test
    void whoAsksOthersIsAnsweredByTheLoopAndGivesBackByItself() {
        Neighbour one = pair(RicartAgrawala.KIND).get(0);
        int own = 0;
        for (int i = 0; i < 1_000; i++) {
            List<Thread> turn = CallersTurn.turn(one.peer);
            assertFalse(turn.get(0) == Thread.currentThread(), "it entered without the other's permission");
            own += turn.get(1) == Thread.currentThread() ? 1 : 0;
        }
        assertTrue(own > 100, "only " + own + " of 1,000 given back by who asked"); // the others found the loop at work
    }

    /** The other one is answered by the loop; where permissions are kept, it asks its own back. */
    @ParameterizedTest
    @ValueSource(strings = {RicartAgrawala.NAME, RoucairolCarvalho.NAME})
    void whoIsWaitedForIsNotKeptWaiting(String algorithm) {
        List<Neighbour> pair = pair(AlgorithmKind.named(algorithm));
        Neighbour one = pair.get(0);
        Neighbour two = pair.get(1);
        for (int i = 0; i < 50; i++) {
            CallersTurn.turn(one.peer);
            CallersTurn asker = new CallersTurn();
            long number = Eventually.get(one.peer.loop().requests().askHere(LockMode.exclusive(LOCK), false, Long.MAX_VALUE, asker), "its number");
            Eventually.get(asker.entered, "entered again");
            Neighbour.Asked other = two.ask(LOCK);
            Eventually.holds(() -> one.look().node().locks().stream().anyMatch(lock -> !lock.deferred().isEmpty()), () -> "it waits: " + one.look());
            one.peer.loop().requests().withdrawHere(number);
            Eventually.get(other.entered, "the other one is next");
            two.giveBack(other);
        }
    }

    @Test
    void aListenerThatThrowsIsToldOfAndEndsNothing() {
        Neighbour one = neighbour(RicartAgrawala.KIND, 1, 0).awaitGroupOf(1);
        one.peer.loop().journal().listen(entry -> {
            throw new IllegalStateException("on purpose");
        });
        for (int i = 0; i < 1_000; i++) {
            CallersTurn.turn(one.peer);
        }
        one.voice.await("failed here, and goes on: .*on purpose");
        one.isWell();
    }

    /** Its stream is written to by threads of both kinds. */
    @Test
    void whoWatchesOverTheNetworkHearsOfEachEntryInOrder() {
        Neighbour one = neighbour(RicartAgrawala.KIND, 1, 0).awaitGroupOf(1);
        EventLoop client = open.add(new EventLoop());
        List<Long> fences = new ArrayList<>(); // the client's loop only, until all have come
        CompletableFuture<Void> begun = new CompletableFuture<>();
        CompletableFuture<Void> all = new CompletableFuture<>();
        ManagedChannel channel = client.channelTo(one.endpoint());
        open.add(channel::shutdownNow);
        MutexGrpc.newStub(channel).watch(WatchRequest.newBuilder().setLast(1).build(), new StreamObserver<>() {
            @Override
            public void onNext(Event event) {
                begun.complete(null);
                if (LOCK.equals(event.getLock()) && event.getEvent().equals("entry")) {
                    fences.add(event.getFence());
                } else if (event.getLock().equals("last") && event.getEvent().equals("exit")) {
                    all.complete(null);
                }
            }

            @Override
            public void onError(Throwable error) {
                begun.completeExceptionally(error);
                all.completeExceptionally(error);
            }

            @Override
            public void onCompleted() {
                onError(new IllegalStateException("it ended"));
            }
        });
        Eventually.get(begun, "the watch has begun");
        Thread caller = Thread.currentThread();
        int own = 0;
        for (int i = 0; i < 2_000; i++) {
            own += CallersTurn.turn(one.peer).contains(caller) ? 1 : 0;
        }
        one.takeTurn("last");
        Eventually.get(all, "all events have come");
        assertEquals(2_000, fences.size());
        assertEquals(fences.stream().sorted().distinct().toList(), fences);
        assertTrue(own > 0, "none by the caller's thread");
    }

    // Whatever threads do, one of them is inside at a time.

    private void enter(Held held) {
        try (held) {
            if (inside.incrementAndGet() != 1) {
                wrong.add(new AssertionError("two are inside"));
            }
            counter = counter + 1;
            entries.incrementAndGet();
            inside.decrementAndGet();
        }
    }

    /** An attempt to take a lock. */
    private interface Attempt {

        void make() throws InterruptedException, NotAcquired;
    }

    /** Another may have it, or its peer say nothing for a while, as on a machine that stands still. */
    private static void notYet(Attempt attempt) throws InterruptedException, NotAcquired {
        try {
            attempt.make();
        } catch (NotAcquired later) {
            if (later.kind() == NotAcquired.Cause.FULL) {
                throw later;
            }
        }
    }

    private void turn(Mutex mutex, Random chance) throws InterruptedException, NotAcquired {
        int what = chance.nextInt(10);
        if (what < 5) {
            enter(mutex.acquire(LOCK));
        } else if (what == 5) {
            notYet(() -> mutex.tryAcquire(LOCK).ifPresent(this::enter));
        } else if (what == 6) {
            notYet(() -> enter(mutex.acquire(LOCK, Duration.ofNanos(chance.nextInt(300_000)))));
        } else if (what == 7) {
            CompletableFuture<Held> asked = mutex.acquireAsync(LOCK);
            if (!asked.cancel(false)) {
                enter(asked.join());
            }
        } else if (what == 8) {
            Thread.currentThread().interrupt();
            try {
                enter(mutex.acquire(LOCK));
                wrong.add(new AssertionError("entered although it was interrupted"));
            } catch (InterruptedException withdrawn) {
                // as it should be
            }
        } else {
            enter(mutex.acquireAsync(LOCK).join());
        }
    }

    private List<Thread> contend(Mutex mutex, int seed, int turns) {
        List<Thread> threads = IntStream.range(0, THREADS).mapToObj(i -> new Thread(() -> {
            Random chance = new Random(seed + i);
            try {
                for (int turn = 0; turn < turns; turn++) {
                    turn(mutex, chance);
                }
            } catch (Throwable error) {
                wrong.add(error);
            }
        })).toList();
        threads.forEach(Thread::start);
        return threads;
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join(60_000);
            assertFalse(thread.isAlive(), () -> "a thread hangs: " + List.of(thread.getStackTrace()));
        }
    }

    private void assertNothingWasLost(int least) {
        assertEquals(List.of(), List.copyOf(wrong));
        assertEquals(entries.get(), counter);
        assertTrue(counter > least, () -> "only " + counter + " entries");
    }

    @ParameterizedTest
    @ValueSource(strings = {RicartAgrawala.NAME, RoucairolCarvalho.NAME})
    void threadsOfTwoPeersLoseNothing(String algorithm) throws Exception {
        Mutex[] all = two(AlgorithmKind.named(algorithm));
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            all[i].acquire(LOCK).close(); // the group has begun
            threads.addAll(contend(all[i], 100 * i, TURNS));
        }
        join(threads);
        assertNothingWasLost(2 * THREADS * TURNS / 2);
    }

    /** One of the two has the lock to itself for most of the time, and so asks nobody where permissions are kept. */
    @ParameterizedTest
    @ValueSource(strings = {RicartAgrawala.NAME, RoucairolCarvalho.NAME})
    void aPeerThatComesByNowAndThenLosesNothing(String algorithm) throws Exception {
        Mutex[] all = two(AlgorithmKind.named(algorithm));
        all[1].acquire(LOCK).close();
        List<Thread> threads = contend(all[0], 7, 5 * TURNS);
        while (threads.stream().anyMatch(Thread::isAlive)) {
            enter(all[1].acquire(LOCK));
            threads.get(0).join(1);
        }
        join(threads);
        assertNothingWasLost(THREADS * TURNS);
    }

    @Test
    void threadsOfAPeerThatIsAloneLoseNothing() throws Exception {
        Mutex alone = open.add(Mutex.peer(1).state(folder).voice(line -> { }).start());
        join(contend(alone, 1, 5 * TURNS));
        assertNothingWasLost(2 * THREADS * TURNS);
    }

    @Test
    void whoIsInterruptedBeforeItAsksHasNothing() throws Exception {
        Mutex alone = open.add(Mutex.peer(1).state(folder).voice(line -> { }).start());
        alone.acquire(LOCK).close();
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> alone.acquire(LOCK));
        assertFalse(Thread.currentThread().isInterrupted());
        alone.acquire(LOCK, Duration.ofSeconds(20)).close();
    }

    /** Each thread goes on until it is told that there is no lock any more. */
    @Test
    void aPeerThatIsClosedInTheMiddleEndsEveryThread() throws Exception {
        for (int round = 0; round < 6; round++) {
            AlgorithmKind kind = round % 2 == 0 ? RoucairolCarvalho.KIND : RicartAgrawala.KIND;
            Mutex[] all = round % 3 == 0 ? new Mutex[] {open.add(Mutex.peer(1).state(folder).voice(line -> { }).start())} : two(kind);
            Mutex mutex = all[0];
            mutex.acquire(LOCK).close();
            List<Thread> threads = Stream.generate(() -> new Thread(() -> untilClosed(mutex))).limit(THREADS).toList();
            threads.forEach(Thread::start);
            TimeUnit.MILLISECONDS.timedJoin(threads.get(0), 20L * (round + 1));
            mutex.close();
            join(threads);
            assertEquals(List.of(), List.copyOf(wrong));
            Stream.of(all).forEach(Mutex::close);
        }
    }

    private void untilClosed(Mutex mutex) {
        Random chance = new Random(3);
        try {
            while (true) {
                turn(mutex, chance);
            }
        } catch (NotAcquired | IllegalStateException over) {
            // it says so
        } catch (CompletionException over) {
            if (!(over.getCause() instanceof NotAcquired)) {
                wrong.add(over);
            }
        } catch (Throwable other) {
            wrong.add(other);
        }
    }

    public static void main(String[] args) {
        Run.only(ReentryTest.class);
    }
}
