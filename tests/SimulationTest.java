///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea -XX:+UseSerialGC -Xmn128m
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Effort.java Run.java support/Jvm.java simulation/Campaign.java simulation/Company.java simulation/Fate.java
//SOURCES simulation/Jobs.java simulation/Lies.java simulation/Machine.java simulation/Profile.java
//SOURCES simulation/Referee.java simulation/SimulatedLog.java simulation/Stranger.java simulation/Twins.java
//SOURCES simulation/Wires.java simulation/Wishes.java simulation/World.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.RoucairolCarvalho;
import mutex.algorithm.TokenRing;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tests.simulation.Campaign;
import tests.simulation.World;
import tests.support.Jvm;

/** One to seven peers, with and without a lease, every promise checked after every step. */
class SimulationTest {

    // The same each time: a failure is the change's. Every mutant that only the simulator finds dies within 3,000.
    private static final long FIXED = Effort.of(6_000, 1_000_000);
    private static final long FIXED_OF_OTHERS = Effort.of(1_500, 40_000); // of each other algorithm
    private static final String STORIES = "stories";
    private static final long FRESH = Effort.of(700, 20_000); // of each; `./jbang sim` plays more of those

    @Test
    @Tag("slow")
    void everyPromiseIsKeptInTheSchedulesOfAFixedRange() throws InterruptedException {
        play(RicartAgrawala.NAME, 1, FIXED);
    }

    @Test
    void everyPromiseIsKeptWithKeptPermissions() throws InterruptedException {
        play(RoucairolCarvalho.NAME, 1, FIXED_OF_OTHERS);
    }

    @Test
    @Tag("slow")
    void everyPromiseIsKeptInATokenRing() throws InterruptedException {
        play(TokenRing.NAME, 1, FIXED_OF_OTHERS);
    }

    @Test
    @Tag("slow")
    void everyPromiseIsKeptInFreshSchedules() throws InterruptedException {
        for (String algorithm : AlgorithmKind.names()) {
            play(algorithm, ThreadLocalRandom.current().nextLong(1L << 40), FRESH);
        }
    }

    @Test
    void equalSeedsTellEqualStories() {
        for (long seed = 1; seed <= 20; seed++) {
            List<String> first = new ArrayList<>();
            List<String> second = new ArrayList<>();
            World.play(seed, RicartAgrawala.NAME, first::add);
            World.play(seed, RicartAgrawala.NAME, second::add);
            assertEquals(first, second);
        }
    }

    /** Immutable sets iterate in another order in each JVM, and so may whatever depends on it. */
    @Test
    void anotherJvmTellsTheSameStories() throws IOException, InterruptedException {
        Process other = new ProcessBuilder(Jvm.command(List.of(), SimulationTest.class.getName(), List.of(STORIES)))
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        List<String> ours = stories();
        assertEquals(String.join("\n", ours), new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim());
        assertEquals(0, other.waitFor());
    }

    /** A line for each: the algorithm, the seed, and a hash of all that happened. */
    private static List<String> stories() {
        List<String> stories = new ArrayList<>();
        for (String algorithm : AlgorithmKind.names()) {
            for (long seed = 1; seed <= 30; seed++) {
                List<String> story = new ArrayList<>();
                World.play(seed, algorithm, story::add);
                stories.add(algorithm + " " + seed + " " + story.hashCode());
            }
        }
        return stories;
    }

    private static void play(String algorithm, long base, long count) throws InterruptedException {
        Campaign campaign = new Campaign(algorithm, base, count, Long.MAX_VALUE);
        campaign.play(System.out::println, 20);
        System.out.println(campaign.sum());
        assertEquals(count, campaign.played());
        assertTrue(campaign.entries() > count);
    }

    /** @param args nothing; or that the stories are to be told, for another JVM */
    public static void main(String[] args) {
        if (List.of(args).equals(List.of(STORIES))) {
            stories().forEach(System.out::println);
            return;
        }
        Run.only(SimulationTest.class);
    }
}
