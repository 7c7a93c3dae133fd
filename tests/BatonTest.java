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

import io.grpc.netty.shaded.io.netty.bootstrap.ServerBootstrap;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import mutex.algorithm.LockMode;
import mutex.transport.EventLoop;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Closing;
import tests.support.Eventually;
import tests.support.Neighbour;

/** What belongs to the loop is touched by one thread at a time, the loop's or a caller's ({@link EventLoop#runHere}). */
@Timeout(120)
class BatonTest {

    private static final int THREADS = 6;
    private static final int TASKS = 30_000; // of each

    @TempDir
    private Path folder;
    @AutoClose
    private final Closing open = new Closing();
    private final EventLoop loop = open.add(new EventLoop());
    private final ConcurrentLinkedQueue<Throwable> failed = new ConcurrentLinkedQueue<>();
    private int unguarded; // by nothing but the baton, as the next
    private final List<Integer> order = new ArrayList<>();

    BatonTest() {
        loop.whenFailed(failed::add);
    }

    @BeforeEach
    void lend() {
        loop.lend(true);
    }

    private static List<Thread> start(int count, Runnable body) {
        List<Thread> threads = IntStream.range(0, count).mapToObj(i -> new Thread(body)).toList();
        threads.forEach(Thread::start);
        return threads;
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join(60_000);
            assertFalse(thread.isAlive(), "a thread hangs");
        }
    }

    private void awaitLoop() {
        CompletableFuture<Void> reached = new CompletableFuture<>();
        loop.run(() -> loop.later(() -> reached.complete(null)));
        Eventually.get(reached, "the loop goes on");
    }

    /** Takes long enough that another's is lost where two do it at once. */
    private void count() {
        int seen = unguarded;
        for (int i = 0; i < 20; i++) {
            Thread.onSpinWait();
        }
        unguarded = seen + 1;
    }

    private boolean countHere() {
        return loop.runHere(() -> {
            count();
            return true;
        });
    }

    @Test
    void aLoopThatDoesNotLendKeepsIt() {
        loop.lend(false);
        awaitLoop(); // after which it waits, but for what is over at once
        awaitLoop();
        for (int i = 0; i < 100_000; i++) {
            assertFalse(countHere(), "it was lent");
        }
        loop.lend(true);
        loop.run(() -> { });
        Eventually.holds(this::countHere, () -> "it is not lent again");
    }

    /** The loop has timers of its own meanwhile, which nobody gave it through run. */
    @Test
    void oneAtATimeTouchesWhatIsTheLoops() throws InterruptedException {
        AtomicInteger tasks = new AtomicInteger();
        AtomicInteger byTimer = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        Runnable timer = new Runnable() {
            @Override
            public void run() {
                count();
                byTimer.incrementAndGet();
                if (!over.get()) {
                    loop.group.next().schedule(this, 10, TimeUnit.MICROSECONDS);
                }
            }
        };
        loop.later(timer);
        join(start(THREADS, () -> {
            for (int i = 0; i < TASKS / 10 || byTimer.get() < 5; i++) {
                boolean done = countHere();
                while (!done && i % 2 == 0) {
                    done = countHere();
                }
                if (!done) {
                    loop.run(this::count);
                }
                tasks.incrementAndGet();
            }
        }));
        over.set(true);
        awaitLoop();
        Eventually.holds(() -> loop.runHere(() -> {
            assertEquals(tasks.get() + byTimer.get(), unguarded);
            return true;
        }), () -> "the loop rests");
        assertEquals(List.of(), List.copyOf(failed));
    }

    @Test
    void noTaskOfACallerOvertakesAnEarlierOne() {
        int here = 0;
        for (int i = 0; i < TASKS; i++) {
            int number = i;
            boolean done = i % 3 > 0 && loop.runHere(() -> order.add(number));
            here += done ? 1 : 0;
            if (!done) {
                loop.run(() -> order.add(number));
            }
            if (i % 50 == 0) {
                awaitLoop(); // so that it rests now and then
            }
        }
        awaitLoop();
        assertEquals(IntStream.range(0, TASKS).boxed().toList(), order);
        assertTrue(here > 100, "only " + here + " in the caller's thread");
    }

    @Test
    void whatATaskThrowsIsToldAndEndsNothing() {
        RuntimeException thrown = new RuntimeException("on purpose");
        Eventually.holds(() -> loop.runHere(() -> {
            throw thrown;
        }), () -> "the loop rests");
        assertEquals(List.of(thrown), List.copyOf(failed));
        awaitLoop();
        Eventually.holds(this::countHere, () -> "the baton was given back");
        assertEquals(1, unguarded);
    }

    @Test
    void whatATaskRunsIsRunAtOnceAndOnlyOnce() {
        Eventually.holds(() -> loop.runHere(() -> {
            loop.run(() -> order.add(1));
            assertFalse(loop.runHere(() -> order.add(9)), "it is there already");
            return order.add(2);
        }), () -> "the loop rests");
        assertEquals(List.of(1, 2), order);
    }

    @Test
    void onTheLoopItselfNothingIsRunHere() {
        CompletableFuture<Boolean> here = new CompletableFuture<>();
        loop.run(() -> here.complete(countHere()));
        assertFalse(Eventually.get(here, "asked"));
    }

    /** What is read from a connection comes while the loop waits for nothing else, and no task has taken the baton for it. */
    @Test
    void whatAConnectionReportsHasTheBaton() throws Exception {
        CompletableFuture<List<Integer>> read = new CompletableFuture<>();
        ServerBootstrap server = new ServerBootstrap().group(loop.group).channel(loop.serverChannel).childHandler(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                loop.run(() -> order.add(1));
                order.add(2);
                read.complete(List.copyOf(order));
            }
        });
        InetSocketAddress address = (InetSocketAddress) server.bind(InetAddress.getLoopbackAddress(), 0).sync().channel().localAddress();
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            socket.getOutputStream().write(1);
            assertEquals(List.of(1, 2), Eventually.get(read, "it is read"));
        }
    }

    /** The loop parks: nobody else may take the baton from then on, and it is woken by who gives it back. */
    @Test
    void theLoopWaitsForACallerAndGoesFirst() throws InterruptedException {
        for (int i = 0; i < 200; i++) {
            CompletableFuture<Void> reached = new CompletableFuture<>();
            Eventually.holds(() -> loop.runHere(() -> {
                loop.later(() -> reached.complete(null));
                long until = System.nanoTime() + 200_000;
                while (System.nanoTime() < until) {
                    Thread.onSpinWait();
                }
                assertFalse(reached.isDone(), "the loop has waited");
                return true;
            }), () -> "the loop rests");
            Eventually.get(reached, "the loop goes on");
        }
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> busy = start(THREADS, () -> {
            while (!over.get()) {
                countHere();
            }
        });
        for (int i = 0; i < 200; i++) {
            awaitLoop();
        }
        over.set(true);
        join(busy);
        assertEquals(List.of(), List.copyOf(failed));
    }

    @Test
    void aLoopThatHasEndedLendsNothing() {
        EventLoop ended = new EventLoop();
        CompletableFuture<Void> begun = new CompletableFuture<>();
        ended.run(() -> begun.complete(null));
        Eventually.get(begun, "it has begun");
        ended.close();
        Eventually.holds(ended.group::isTerminated, () -> "it ends");
        assertFalse(ended.runHere(() -> true));
        assertThrows(RejectedExecutionException.class, () -> ended.run(() -> { }));
    }

    /** A step that ends in the middle, for want of stack, would be the end of the peer. */
    @Test
    void deepInARecursionTheCoreIsLeftToTheLoop() throws InterruptedException {
        Neighbour peer = open.add(new Neighbour(folder, 1, 0)).awaitGroupOf(1);
        AtomicInteger asked = new AtomicInteger();
        for (int i = 0; i < 200; i++) { // loads the classes of both ways, which fails for good where the stack is full
            takeTurnHere(peer, "first");
        }
        String[] names = IntStream.range(0, 800).mapToObj(i -> "deep" + i).toArray(String[]::new);
        Thread deep = new Thread(null, () -> dive(peer, names, asked), "deep", 400_000);
        deep.start();
        join(List.of(deep));
        assertTrue(asked.get() > 100, () -> "asked " + asked + " times");
        peer.isWell();
        assertEquals(List.of(), peer.voice.lines("failed"));
    }

    private static int dive(Neighbour peer, String[] names, AtomicInteger asked) {
        int deeper;
        try {
            deeper = 1 + dive(peer, names, asked);
        } catch (StackOverflowError bottom) {
            deeper = 0;
        }
        if (deeper < names.length) {
            try {
                takeTurnHere(peer, names[deeper]);
                asked.incrementAndGet();
            } catch (StackOverflowError full) {
                return deeper + 1; // there is more room further up
            }
        }
        return deeper + 1;
    }

    private static void takeTurnHere(Neighbour peer, String lock) {
        peer.peer.loop().requests().askHere(LockMode.exclusive(lock), false, Long.MAX_VALUE, new Neighbour.Asked()).thenAccept(peer.peer.loop().requests()::withdrawHere);
    }

    public static void main(String[] args) {
        Run.only(BatonTest.class);
    }
}
