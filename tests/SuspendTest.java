///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Edge.java support/Eventually.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.Stamp;
import mutex.group.Listed;
import mutex.net.Asking;
import mutex.net.Edge;
import mutex.net.EventLoop;
import mutex.net.LocalPeer;
import mutex.node.Effect.Outcome;
import mutex.node.LockName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Eventually;

/** A machine that was suspended: its monotonic clock stood still, its wall clock jumps when it goes on. */
class SuspendTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long LEASE = 60_000; // milliseconds: none ends by itself while the test runs

    private final AtomicLong suspended = new AtomicLong(); // nanoseconds
    private final EventLoop events = new EventLoop();
    private final List<LocalPeer> peers = new ArrayList<>();

    @TempDir
    private Path state;

    @AfterEach
    void close() {
        peers.forEach(LocalPeer::close);
        events.close();
    }

    private LocalPeer start(int id) throws IOException {
        List<Listed> first = peers.stream().limit(1).map(peer -> new Listed(peer.endpoint(), 1)).toList();
        LocalPeer.Start start = new LocalPeer.Start(id, "localhost", 0, first, state, RicartAgrawala::new, LEASE, line -> { },
                (broken, last) -> { });
        LocalPeer peer = id == 1 ? Edge.start(events, start, () -> System.nanoTime() + suspended.get()) : LocalPeer.start(events, start);
        peers.add(peer);
        Eventually.holds(() -> members(peer) == id, () -> "peer " + id + " in the group");
        return peer;
    }

    private static int members(LocalPeer peer) {
        var group = Eventually.get(peer.loop().snapshot(), "snapshot").node().group();
        return group == null ? 0 : group.members().size();
    }

    private static final class Stay implements Asking {
        final CompletableFuture<Long> entered = new CompletableFuture<>();
        final CompletableFuture<Outcome> ended = new CompletableFuture<>();

        Stay(LocalPeer peer) {
            peer.loop().ask(LockName.DEFAULT, false, Long.MAX_VALUE, this);
        }

        @Override
        public void entered(Stamp stamp, long fence) {
            entered.complete(fence);
        }

        @Override
        public void ended(Outcome outcome, String reason) {
            ended.complete(outcome);
        }
    }

    @Test
    void whoWasSuspendedForALeaseHasLostItsLockAndAnotherEnters() throws IOException { // F23
        LocalPeer first = start(1);
        LocalPeer second = start(2);
        start(3);
        Stay holder = new Stay(first);
        Eventually.get(holder.entered, "peer 1 enters");
        Stay next = new Stay(second);
        suspended.addAndGet(LEASE / 4 * SECOND / 1_000);
        Eventually.get(first.loop().snapshot(), "a look at the clock");
        assertFalse(holder.ended.isDone(), "a quarter of the lease costs no lock");
        suspended.addAndGet(LEASE * SECOND / 1_000);
        assertEquals(Outcome.LOST, Eventually.get(holder.ended, "peer 1 notices"));
        Eventually.get(next.entered, "peer 2 enters");
    }

    public static void main(String[] args) {
        Run.only(SuspendTest.class);
    }
}
