///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java simulation/Campaign.java simulation/World.java simulation/Fate.java simulation/Profile.java simulation/Machine.java
//SOURCES simulation/Recorder.java simulation/Wires.java simulation/Referee.java
//SOURCES ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import tests.simulation.Campaign;
import tests.simulation.World;

/** One to seven peers, with and without a lease, every promise checked after every step, in 505,000 schedules. */
class SimulationTest {

    private static final long FIXED = 1_000_000; // the same each time: a failure is the change's
    private static final long FRESH = 5_000; // `./jbang sim` plays more of those

    @Test
    void everyPromiseIsKeptInTheSchedulesOfAFixedRange() throws InterruptedException {
        play(1, FIXED);
    }

    @Test
    void everyPromiseIsKeptInFreshSchedules() throws InterruptedException {
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

    private static void play(long base, long count) throws InterruptedException {
        Campaign campaign = new Campaign(base, count, Long.MAX_VALUE);
        campaign.play(System.out::println, 20);
        System.out.println(campaign.sum());
        assertEquals(count, campaign.played());
        assertTrue(campaign.entries() > count);
    }

    public static void main(String[] args) {
        Run.only(SimulationTest.class);
    }
}
