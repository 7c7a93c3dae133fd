///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//SOURCES ../tests/support/Folders.java ../tests/support/FreePorts.java ../tests/support/Jvm.java ../tests/support/Running.java
//SOURCES ../Peer.java PeerProcess.java
package bench;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mutex.MutexGrpc;
import mutex.MutexProto.HoldEvent;
import mutex.MutexProto.HoldEvent.Kind;
import mutex.MutexProto.HoldRequest;
import tests.support.Folders;
import tests.support.FreePorts;

/** Ten thousand programs wait for one lock at one peer, and are served in the order in which they came. */
final class ManyHolds {

    private static final int WAITING = 10_000;
    private static final double MOST_MEGABYTES = 200;

    private final MutexGrpc.MutexStub peer;
    private final CountDownLatch waiting = new CountDownLatch(WAITING);
    private final CountDownLatch served = new CountDownLatch(WAITING);
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger outOfOrder = new AtomicInteger();

    private ManyHolds(ManagedChannel channel) {
        peer = MutexGrpc.newStub(channel);
    }

    public static void main(String[] args) throws Exception {
        List<Integer> ports = FreePorts.take(1);
        Path state = Files.createTempDirectory("bench");
        ManagedChannel channel = NettyChannelBuilder.forTarget("localhost:" + ports.get(0)).directExecutor().usePlaintext().build();
        boolean reached;
        try (PeerProcess process = new PeerProcess(false, 1, ports, state, "--peers-file", "/dev/null")) {
            process.awaitLine("listens on");
            reached = new ManyHolds(channel).run(process);
        } finally {
            Folders.delete(state);
        }
        System.exit(reached ? 0 : 1); // with the peer ended
    }

    private boolean run(PeerProcess process) throws Exception {
        CompletableFuture<StreamObserver<HoldRequest>> first = new CompletableFuture<>();
        CompletableFuture<Void> held = new CompletableFuture<>();
        first.complete(hold(call -> held.complete(null), new CountDownLatch(0)));
        held.get(20, TimeUnit.SECONDS);
        long threads = process.threads();
        double before = process.residentMegabytes();
        List<StreamObserver<HoldRequest>> calls = new ArrayList<>();
        long begin = System.nanoTime();
        for (int i = 0; i < WAITING; i++) {
            int number = i;
            calls.add(hold(call -> {
                if (next.getAndIncrement() != number) {
                    outOfOrder.incrementAndGet();
                }
                call.onCompleted();
                served.countDown();
            }, waiting));
        }
        require(waiting.await(120, TimeUnit.SECONDS), "they were not all taken in within two minutes");
        double seconds = (System.nanoTime() - begin) / 1e9;
        double memory = process.residentMegabytes();
        long more = process.threads() - threads;
        begin = System.nanoTime();
        first.join().onCompleted();
        require(served.await(120, TimeUnit.SECONDS), "they were not all served within two minutes");
        System.out.printf(Locale.ROOT, "%,d waiting: taken in within %.1f s, resident memory %.0f MB (%.0f MB before, target <= %.0f MB), %d more threads%n",
                WAITING, seconds, memory, before, MOST_MEGABYTES, more);
        System.out.printf(Locale.ROOT, "served in %.1f s, %d out of order; resident memory then %.0f MB%n",
                (System.nanoTime() - begin) / 1e9, outOfOrder.get(), process.residentMegabytes());
        boolean reached = memory <= MOST_MEGABYTES && process.residentMegabytes() <= MOST_MEGABYTES && more == 0 && outOfOrder.get() == 0;
        System.out.println(reached ? "reached" : "MISSED");
        return reached;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }

    /** Whoever enters, told with its call. */
    private interface HoldEntry {
        void enter(StreamObserver<HoldRequest> call);
    }

    private StreamObserver<HoldRequest> hold(HoldEntry entry, CountDownLatch taken) {
        CompletableFuture<StreamObserver<HoldRequest>> call = new CompletableFuture<>();
        call.complete(peer.hold(new StreamObserver<>() {
            @Override
            public void onNext(HoldEvent event) {
                if (event.getKind() == Kind.WAITING) {
                    taken.countDown();
                } else if (event.getKind() == Kind.HELD) {
                    call.thenAccept(entry::enter);
                }
            }

            @Override
            public void onError(Throwable error) {
                System.err.println("a call failed: " + error.getMessage());
            }

            @Override
            public void onCompleted() {}
        }));
        call.join().onNext(HoldRequest.newBuilder().setLock("many").build());
        return call.join();
    }
}
