///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java simulation/World.java simulation/Fate.java simulation/Profile.java simulation/Machine.java
//SOURCES simulation/Wires.java simulation/Referee.java
//SOURCES ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tests.simulation.World;

/** Two to five peers, every promise checked after every step, in 110,000 schedules. */
class SimulationTest {

    private static final long FRESH = 100_000;

    @Test
    void everyPromiseIsKeptInTheSchedulesOfAFixedRange() {
        play(1, 10_000);
    }

    @Test
    void everyPromiseIsKeptInFreshSchedules() {
        play(ThreadLocalRandom.current().nextLong(1L << 40), FRESH);
    }

    @Test
    void equalSeedsTellEqualStories() {
        for (long seed = 1; seed <= 20; seed++) {
            List<String> first = new ArrayList<>();
            List<String> second = new ArrayList<>();
            World.play(seed, first::add);
            World.play(seed, second::add);
            assertEquals(first, second);
        }
    }

    private static void play(long base, long count) {
        long started = System.nanoTime();
        long entries = LongStream.range(base, base + count).map(seed -> World.play(seed, null)).sum();
        System.out.printf("seeds from %d: %,d schedules, %,d entries, %,.0f schedules/s%n",
                base, count, entries, count / ((System.nanoTime() - started) / 1e9));
        assertTrue(entries > count);
    }

    public static void main(String[] args) {
        Run.only(SimulationTest.class);
    }
}
