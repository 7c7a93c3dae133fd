///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea -XX:+UseSerialGC
//SOURCES simulation/Campaign.java simulation/Company.java simulation/Fate.java simulation/Jobs.java
//SOURCES simulation/Lies.java simulation/Machine.java simulation/Profile.java simulation/Referee.java
//SOURCES simulation/SimulatedLog.java simulation/Stranger.java simulation/Twins.java simulation/Wires.java
//SOURCES simulation/Wishes.java simulation/World.java ../Peer.java
package tests;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.RicartAgrawala;
import tests.simulation.Campaign;
import tests.simulation.World;

/**
 * Plays schedules of the simulator: {@code sim SEED} tells the story of one, {@code sim --count N} and
 * {@code sim --for 60s} play many; {@code --algorithm NAME} before that plays another algorithm than
 * Ricart-Agrawala. Exit code 1 at the first broken promise. A release plays 100 million.
 */
public final class Sim {

    private static final long SECOND = 1_000_000_000L;

    private Sim() {}

    public static void main(String[] all) throws InterruptedException {
        boolean named = all.length > 1 && all[0].equals("--algorithm") && AlgorithmKind.names().contains(all[1]);
        String algorithm = named ? all[1] : RicartAgrawala.NAME;
        String[] args = named ? Arrays.copyOfRange(all, 2, all.length) : all;
        try {
            if (args.length == 1 && args[0].matches("-?\\d{1,19}")) {
                World.play(Long.parseLong(args[0]), algorithm, System.out::println);
                System.out.println("every promise kept");
            } else if (args.length == 2 && args[0].equals("--count") && args[1].matches("\\d{1,18}")) {
                play(algorithm, Long.parseLong(args[1]), Long.MAX_VALUE);
            } else if (args.length == 2 && args[0].equals("--for") && args[1].matches("\\d{1,9}s")) {
                play(algorithm, Long.MAX_VALUE, Long.parseLong(args[1].replace("s", "")) * SECOND);
            } else {
                System.err.println("sim: write SEED, --count N or --for 60s, after --algorithm and one of "
                        + String.join(", ", AlgorithmKind.names()) + " if you like");
                System.exit(64);
            }
        } catch (AssertionError broken) {
            System.out.println();
            System.out.println(broken.getMessage());
            System.exit(1);
        }
    }

    private static void play(String algorithm, long count, long nanos) throws InterruptedException {
        Campaign campaign = new Campaign(algorithm, ThreadLocalRandom.current().nextLong(1L << 40), count, nanos);
        boolean terminal = System.console() != null;
        campaign.play(line -> {
            System.out.print(terminal ? "\r" + line : line + "\n");
            System.out.flush();
        }, terminal ? 1 : 10);
        System.out.println((terminal ? "\r" : "") + campaign.sum());
    }
}
