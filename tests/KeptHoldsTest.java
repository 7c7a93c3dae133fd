///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Closing.java support/Eventually.java support/FreePorts.java support/InProcess.java support/Neighbour.java
//SOURCES support/PlayedPeer.java support/Proxy.java support/Voice.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import mutex.client.Held;
import mutex.client.Mutex;
import mutex.client.NotAcquired;
import mutex.client.NotAcquired.Cause;
import mutex.transport.EventLoop;
import mutex.transport.Tls;
import mutex.transport.TlsFiles;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tests.support.Closing;
import tests.support.Eventually;
import tests.support.InProcess;
import tests.support.Neighbour;
import tests.support.PlayedPeer;
import tests.support.Proxy;
import tests.support.Voice;

/** The library at a running peer: one stream for request after request, at peers that are sick, gone, or of an older release. */
@Timeout(120)
class KeptHoldsTest {

    @TempDir
    static Path certs;
    @TempDir
    private Path folder;
    @AutoClose
    private final Closing open = new Closing();

    private Neighbour peer(int port, KeptWay way) {
        return open.add(new Neighbour(open.add(new EventLoop(tls(way, 1))), folder, 1, port)).awaitGroupOf(1);
    }

    private PlayedPeer played(boolean older, KeptWay way) throws Exception {
        return open.add(new PlayedPeer(older, tls(way, 1)));
    }

    /** By its own few frames of HTTP/2, or by gRPC's client, as with several peers, too. */
    enum KeptWay { DIRECT, ENCRYPTED }

    @BeforeAll
    static void makeCertificates() throws ReflectiveOperationException {
        InProcess made = InProcess.run("certs", certs.toString(), "1", "2");
        assertEquals(0, made.code(), made::toString);
    }

    private Tls tls(KeptWay way, int id) {
        String name = "peer-" + id;
        return way == KeptWay.DIRECT ? null : open.add(Tls.of(new TlsFiles(certs.resolve(name + ".pem"), certs.resolve(name + ".key"),
                certs.resolve("ca.pem")), new Voice()));
    }

    private Mutex mutex(String address, KeptWay way) {
        return open.add(Mutex.connect(address, tls(way, 2)));
    }

    private static CompletableFuture<String> lost(Held held) {
        CompletableFuture<String> lost = new CompletableFuture<>();
        held.onLost(lost::complete);
        return lost;
    }

    @ParameterizedTest
    @EnumSource
    void oneStreamIsKeptForAllRequestsAndTheirNumbersGrow(KeptWay way) throws Exception {
        PlayedPeer peer = played(false, way);
        Mutex mutex = mutex(peer.endpoint(), way);
        for (int number = 1; number <= 3; number++) {
            CompletableFuture<Held> asked = mutex.acquireAsync("x");
            peer.awaitAsked(number);
            peer.held(number, 10 + number);
            Held held = Eventually.get(asked, "held");
            assertEquals(10 + number, held.fence());
            held.close();
            peer.awaitClosed(number);
            peer.closed(number);
        }
        assertEquals(1, peer.streams.get());
    }

    @ParameterizedTest
    @EnumSource
    void answersInAnotherOrderAndForOthersReachNobodyElse(KeptWay way) throws Exception {
        PlayedPeer peer = played(false, way);
        Mutex mutex = mutex(peer.endpoint(), way);
        List<CompletableFuture<Held>> asked = IntStream.range(0, 4).mapToObj(i -> mutex.acquireAsync("x" + i)).toList();
        peer.awaitAsked(4);
        peer.held(99, 1); // whom nobody asked for
        peer.held(0, 1);
        peer.ended(98, 0, "");
        peer.held(2, 22);
        peer.ended(3, 9, "[x2] refused: peer 7 holds it");
        peer.held(3, 33); // it is over
        peer.held(2, 44); // it has it
        peer.held(1, 11);
        assertEquals(22, Eventually.get(asked.get(1), "the second").fence());
        assertEquals(11, Eventually.get(asked.get(0), "the first").fence());
        assertTrue(Eventually.get(asked.get(2).handle((held, problem) -> String.valueOf(problem)), "the third").contains("peer 7 holds it"));
        assertFalse(asked.get(3).isDone());
        Held first = asked.get(0).join();
        CompletableFuture<String> lost = lost(first);
        peer.ended(1, 0, ""); // of which we have not closed anything
        assertEquals("the peer at " + peer.endpoint() + " has ended the call", Eventually.get(lost, "LOST"));
        assertTrue(asked.get(1).join().isHeld());
        CompletableFuture<String> other = lost(asked.get(1).join());
        peer.ended(2, 10, "[x1] LOST: no majority");
        assertEquals("[x1] LOST: no majority", Eventually.get(other, "LOST"));
    }

    /** What comes for a request that was withdrawn is nobody's, least of all the next one's of the same lock. */
    @ParameterizedTest
    @EnumSource
    void aGrantThatMeetsTheWithdrawalIsNotTheNextOnes(KeptWay way) throws Exception {
        PlayedPeer peer = played(false, way);
        Mutex mutex = mutex(peer.endpoint(), way);
        CompletableFuture<Held> first = mutex.acquireAsync("x");
        peer.awaitAsked(1);
        first.cancel(false);
        peer.awaitClosed(1);
        CompletableFuture<Held> second = mutex.acquireAsync("x");
        peer.awaitAsked(2);
        peer.held(1, 11);
        peer.ended(1, 0, "");
        assertFalse(second.isDone());
        peer.held(2, 12);
        assertEquals(12, Eventually.get(second, "the second").fence());
    }

    /** What it has not heard of waits at the client, so that nobody waits who writes; then all of it goes on. */
    @Test
    void aPeerThatSaysNothingGetsNoMoreThanItsWindowHasRoomFor() throws Exception {
        PlayedPeer peer = played(false, KeptWay.DIRECT);
        Mutex mutex = mutex(peer.endpoint(), KeptWay.DIRECT);
        String name = "n".repeat(120);
        int all = 2_000; // some 300 KB
        List<CompletableFuture<Held>> asked = IntStream.rangeClosed(1, all).mapToObj(i -> mutex.acquireAsync(name)).toList();
        peer.awaitAsked(300);
        for (int number = 1; number <= all; number++) {
            peer.awaitAsked(number);
            peer.held(number, number);
            asked.get(number - 1).get().close();
        }
        peer.awaitClosed(all);
        assertTrue(peer.mostUnheard.get() < 500, peer.mostUnheard + " requests came before they were answered");
    }

    @ParameterizedTest
    @EnumSource
    void atAPeerOfAnOlderReleaseEachRequestHasItsOwnStream(KeptWay way) throws Exception {
        PlayedPeer peer = played(true, way);
        Mutex mutex = mutex(peer.endpoint(), way);
        List<CompletableFuture<Held>> asked = IntStream.range(0, 8).mapToObj(i -> mutex.acquireAsync("x" + i)).toList();
        for (CompletableFuture<Held> one : asked) {
            Eventually.get(one, "held by a stream of Hold").close();
        }
        Eventually.holds(() -> peer.givenBack.get() == 8, () -> peer.givenBack + " are given back");
        mutex.acquire("y", Duration.ofSeconds(40)).close();
        assertEquals(9, peer.streams.get());
        Eventually.holds(() -> peer.givenBack.get() == 9, () -> peer.givenBack + " are given back");
    }

    @ParameterizedTest
    @EnumSource
    void aPeerThatStartsAgainIsAskedAgain(KeptWay way) throws Exception {
        int port = Neighbour.freePort();
        Neighbour before = peer(port, way);
        Mutex mutex = mutex(before.endpoint(), way);
        Held idle = mutex.acquire("x");
        idle.close(); // and the stream is kept
        Held held = mutex.acquire("y");
        CompletableFuture<String> lost = lost(held);
        before.close();
        Eventually.get(lost, "LOST");
        peer(port, way);
        try (Held again = mutex.acquire("x", Duration.ofSeconds(40))) {
            assertTrue(again.fence() > idle.fence());
        }
    }

    @Test
    void aConnectionThatBreaksEndsWhatIsHeldAndWhatWaitsAndTheNextRequestMakesAnother() throws Exception {
        Neighbour peer = peer(0, KeptWay.DIRECT);
        Proxy proxy = open.add(new Proxy(Integer.parseInt(peer.endpoint().replaceFirst(".*:", ""))));
        Mutex mutex = mutex(proxy.endpoint(), KeptWay.DIRECT);
        CompletableFuture<String> lost = lost(mutex.acquire("x"));
        CompletableFuture<Held> waits = mutex.acquireAsync("x");
        proxy.cut();
        Eventually.get(lost, "LOST");
        assertTrue(Eventually.get(waits.handle((held, problem) -> String.valueOf(problem)), "the wait").contains("cannot be asked"));
        mutex.acquire("x", Duration.ofSeconds(40)).close(); // nobody has it
    }

    /** Many threads on one stream, some impatient, some interrupted: one at a time, and nothing is left behind. */
    @ParameterizedTest
    @CsvSource({"1, DIRECT", "4, DIRECT", "1, ENCRYPTED"})
    void manyThreadsOnOneMutexAreInsideOneAtATime(int locks, KeptWay way) throws Exception {
        Neighbour peer = peer(0, way);
        Mutex mutex = mutex(peer.endpoint(), way);
        AtomicInteger[] inside = IntStream.range(0, locks).mapToObj(i -> new AtomicInteger()).toArray(AtomicInteger[]::new);
        AtomicInteger entries = new AtomicInteger();
        AtomicReference<Throwable> wrong = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        long[] fences = new long[locks];
        for (int i = 0; i < 64; i++) {
            Random random = new Random(i);
            threads.add(new Thread(() -> {
                for (int turn = 0; turn < 40 && wrong.get() == null; turn++) {
                    int lock = random.nextInt(locks);
                    try (Held held = ask(mutex, "x" + lock, random)) {
                        if (held != null) {
                            entries.incrementAndGet();
                            if (inside[lock].incrementAndGet() != 1 || held.fence() <= fences[lock]) {
                                wrong.set(new AssertionError(inside[lock] + " inside, fence " + held.fence() + " after " + fences[lock]));
                            }
                            fences[lock] = held.fence();
                            inside[lock].decrementAndGet();
                        }
                    } catch (Throwable e) {
                        wrong.set(e);
                    }
                }
            }));
        }
        threads.forEach(Thread::start);
        Random random = new Random(7);
        while (threads.stream().anyMatch(Thread::isAlive)) {
            threads.get(random.nextInt(threads.size())).interrupt();
            Thread.sleep(5);
        }
        assertEquals(null, wrong.get());
        assertTrue(entries.get() > 20, entries + " entries");
        for (int lock = 0; lock < locks; lock++) {
            mutex.acquire("x" + lock, Duration.ofSeconds(40)).close();
        }
        Eventually.holds(() -> peer.look().node().locks().isEmpty(), () -> "all is given back: " + peer.look());
    }

    /** Null where it was refused, late or interrupted. */
    private static Held ask(Mutex mutex, String lock, Random random) throws NotAcquired {
        try {
            return switch (random.nextInt(3)) {
                case 0 -> mutex.tryAcquire(lock).orElse(null);
                case 1 -> mutex.acquire(lock, Duration.ofMillis(1 + random.nextInt(5)));
                default -> mutex.acquire(lock);
            };
        } catch (InterruptedException e) {
            return null;
        } catch (NotAcquired e) {
            if (e.kind() == Cause.TIMEOUT) {
                return null;
            }
            throw e;
        }
    }

    public static void main(String[] args) {
        Run.only(KeptHoldsTest.class);
    }
}
