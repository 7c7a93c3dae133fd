///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea -XX:+UseSerialGC
//SOURCES simulation/World.java simulation/Fate.java simulation/Profile.java simulation/Machine.java
//SOURCES simulation/Wires.java simulation/Referee.java
//SOURCES ../Peer.java
package tests;

import java.util.concurrent.ThreadLocalRandom;
import tests.simulation.World;

/**
 * Plays schedules of the simulator: {@code sim SEED} tells the story of one, {@code sim --count N} and
 * {@code sim --for 60s} play many. Exit code 1 at the first broken promise.
 */
public final class Sim {

    private static final long SECOND = 1_000_000_000L;

    private long played;
    private long entries;
    private final long started = System.nanoTime();
    private long told = started;

    private Sim() {}

    public static void main(String[] args) {
        try {
            if (args.length == 1 && args[0].matches("-?\\d+")) {
                World.play(Long.parseLong(args[0]), System.out::println);
                System.out.println("every promise kept");
            } else if (args.length == 2 && args[0].equals("--count") && args[1].matches("\\d{1,18}")) {
                new Sim().play(Long.parseLong(args[1]), Long.MAX_VALUE);
            } else if (args.length == 2 && args[0].equals("--for") && args[1].matches("\\d{1,9}s")) {
                new Sim().play(Long.MAX_VALUE, Long.parseLong(args[1].replace("s", "")) * SECOND);
            } else {
                System.err.println("sim: write SEED, --count N or --for 60s");
                System.exit(64);
            }
        } catch (AssertionError broken) {
            System.out.println();
            System.out.println(broken.getMessage());
            System.exit(1);
        }
    }

    private void play(long count, long nanos) {
        long base = ThreadLocalRandom.current().nextLong(1L << 40);
        System.out.println("seeds from " + base);
        while (played < count && System.nanoTime() - started < nanos) {
            entries += World.play(base + played, null);
            played++;
            if (System.nanoTime() - told > SECOND) {
                told = System.nanoTime();
                System.out.print("\r" + sum());
                System.out.flush();
            }
        }
        System.out.println("\r" + sum());
    }

    private String sum() {
        double seconds = (System.nanoTime() - started) / 1e9;
        return String.format("%,d schedules, %,d entries, %,.0f schedules/s", played, entries, played / seconds);
    }
}
