///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Closing.java support/Eventually.java support/FreePorts.java
//SOURCES support/Neighbour.java support/Voice.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import mutex.event.Effect.Outcome;
import mutex.peer.LocalPeer;
import mutex.peer.SuspendAwareClock;
import mutex.text.LockName;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Closing;
import tests.support.Eventually;
import tests.support.Neighbour;
import tests.support.Neighbour.Asked;
import tests.support.Neighbour.Starter;

/** A machine that was suspended: its monotonic clock stood still, its wall clock jumps when it goes on. */
class SuspendTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long LEASE = 60_000; // milliseconds: none ends by itself while the test runs

    private final AtomicLong suspended = new AtomicLong(); // nanoseconds
    @AutoClose
    private final Closing open = new Closing();

    @TempDir
    private Path state;

    private Neighbour start(int id, Starter starter, String... others) {
        return open.add(new Neighbour(starter, state, id, 0, LEASE, others)).awaitGroupOf(id);
    }

    @Test
    void whoWasSuspendedForALeaseHasLostItsLockAndAnotherEnters() { // S5
        Neighbour first = start(1, (events, start) -> LocalPeer.start(events, start,
                new SuspendAwareClock(System::nanoTime, () -> System.nanoTime() + suspended.get())));
        Neighbour second = start(2, LocalPeer::start, first.endpoint());
        start(3, LocalPeer::start, first.endpoint());
        Asked holder = first.ask(LockName.DEFAULT);
        Eventually.get(holder.entered, "peer 1 enters");
        Asked next = second.ask(LockName.DEFAULT);
        suspended.addAndGet(LEASE / 4 * SECOND / 1_000);
        first.look(); // at the clock
        assertFalse(holder.ended.isDone(), "a quarter of the lease costs no lock");
        suspended.addAndGet(LEASE * SECOND / 1_000);
        assertEquals(Outcome.LOST, Eventually.get(holder.ended, "peer 1 notices"));
        Eventually.get(next.entered, "peer 2 enters");
    }

    public static void main(String[] args) {
        Run.only(SuspendTest.class);
    }
}
