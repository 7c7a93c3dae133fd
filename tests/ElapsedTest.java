///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.function.LongSupplier;
import mutex.peer.SuspendAwareClock;
import org.junit.jupiter.api.Test;

/** The peer's own clock: a machine that was suspended has let time go by, a wall clock that is set a little has not. */
class ElapsedTest {

    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000 * MILLI;

    private long monotonic = Long.MAX_VALUE - 5 * SECOND; // it may start anywhere, and overflow
    private long wall = 1_700_000_000L * SECOND;
    private long stall; // of the thread, once it has read the monotonic clock
    private final LongSupplier elapsed = new SuspendAwareClock(this::readAndStall, () -> wall)::now;
    private final long start = elapsed.getAsLong();

    private void pass(long nanos, long onTheWall) {
        monotonic += nanos;
        wall += onTheWall;
    }

    private long readAndStall() {
        long read = monotonic;
        pass(stall, stall);
        stall = 0;
        return read;
    }

    private long sinceStart() {
        return elapsed.getAsLong() - start;
    }

    @Test
    void itIsTheMonotonicClockWhileBothAgree() {
        for (int i = 1; i <= 1_000; i++) {
            pass(10 * MILLI, 10 * MILLI);
            assertEquals(i * 10 * MILLI, sinceStart());
        }
    }

    @Test
    void aSuspendedMachineLetsTimeGoBy() {
        pass(50 * MILLI, 3_600 * SECOND);
        assertEquals(3_600 * SECOND, sinceStart());
        pass(SECOND, SECOND);
        assertEquals(3_601 * SECOND, sinceStart(), "and what went by stays gone");
        pass(MILLI, SECOND);
        assertEquals(3_602 * SECOND, sinceStart(), "each time");
    }

    @Test
    void aJumpOfATenthOfASecondCountsAndLessDoesNot() {
        pass(0, 100 * MILLI);
        assertEquals(0, sinceStart());
        pass(0, 100 * MILLI + 1);
        assertEquals(100 * MILLI + 1, sinceStart());
    }

    @Test
    void aThreadThatStandsStillBetweenItsTwoReadingsWasNotSuspended() {
        stall = 3 * SECOND;
        assertEquals(3 * SECOND, sinceStart());
        pass(SECOND, SECOND);
        assertEquals(4 * SECOND, sinceStart());
        pass(SECOND, 60 * SECOND);
        stall = 3 * SECOND;
        assertEquals(67 * SECOND, sinceStart(), "nor is a suspension overlooked");
    }

    @Test
    void smallDifferencesNeverAddUp() {
        Random random = new Random(3);
        for (int i = 1; i <= 100_000; i++) {
            pass(10 * MILLI, 10 * MILLI + random.nextInt(100_000_000) - 50_000_000);
            assertEquals(i * 10 * MILLI, sinceStart(), "jitter of 50 ms, reading " + i);
        }
        for (int i = 1; i <= 1_000; i++) {
            pass(10 * MILLI, 60 * MILLI);
            assertEquals((100_000 + i) * 10 * MILLI, sinceStart(), "50 ms ahead each time, reading " + i);
        }
    }

    /** The lease has a margin for it; counting it as well would take from those who wait for the lease of others. */
    @Test
    void aWallClockFivePercentFasterCountsNothingHoweverSeldomItIsRead() {
        long passed = 0;
        for (long pause : new long[] {MILLI, 100 * MILLI, SECOND, 60 * SECOND, 3_600 * SECOND}) {
            pass(pause, pause + pause / 20);
            passed += pause;
            assertEquals(passed, sinceStart(), "after a pause of " + pause / MILLI + " ms");
        }
        pass(60 * SECOND, 64 * SECOND);
        assertEquals(passed + 64 * SECOND, sinceStart(), "more than that was a suspension");
    }

    @Test
    void aWallClockThatIsSetBackChangesNothing() {
        pass(10 * MILLI, -3_600 * SECOND);
        assertEquals(10 * MILLI, sinceStart());
        pass(10 * MILLI, 10 * MILLI);
        assertEquals(20 * MILLI, sinceStart());
        pass(10 * MILLI, 5 * SECOND);
        assertEquals(20 * MILLI + 5 * SECOND, sinceStart(), "a suspension after it is seen");
    }

    @Test
    void itNeverGoesBack() {
        Random random = new Random(4);
        long last = 0;
        for (int i = 0; i < 100_000; i++) {
            pass(random.nextInt(1_000) * MILLI, (random.nextInt(20_000) - 10_000) * MILLI);
            long now = sinceStart();
            assertTrue(now >= last, "reading " + i);
            last = now;
        }
    }

    public static void main(String[] args) {
        Run.only(ElapsedTest.class);
    }
}
