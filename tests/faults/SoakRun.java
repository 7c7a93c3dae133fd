package tests.faults;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import mutex.algorithm.RicartAgrawala;
import tests.faults.Fault.FaultKind;

/** Five peers under a fault a minute, and what they need meanwhile. Only the last of them is ever killed. */
public final class SoakRun {

    private static final long MINUTE = 60_000_000_000L;
    private static final long SAMPLE = 5_000_000_000L;
    private static final long LONGEST = 15_000; // milliseconds

    private final Random random = new Random();
    private final Pulse pulse = new Pulse((from, to) -> { });
    private final List<Samples> samples = new ArrayList<>(); // by id - 1
    private int slow;

    private SoakRun() {
        for (int peer = 1; peer <= Rivals.SIZE; peer++) {
            samples.add(new Samples());
        }
    }

    /** Runs for so many minutes and prints a line for each; whether every promise was kept and all stayed flat. */
    public static boolean run(int minutes) throws IOException {
        return new SoakRun().play(minutes);
    }

    private boolean play(int minutes) throws IOException {
        Network network = Rounds.networkIfPossible();
        try (network; Rivals rivals = new Rivals(network, RicartAgrawala.NAME, Rounds.LEASE_MILLIS, "none")) {
            System.out.println("minute  live heap KiB, open files, threads of each peer; what happened before");
            long start = System.nanoTime();
            for (int minute = 1; minute <= minutes; minute++) {
                FaultRound round = new FaultRound(rivals, pulse);
                Fault fault = fault(network != null);
                try {
                    round.play(List.of(fault), -1);
                } catch (AssertionError broken) {
                    System.out.println((round.slow() ? "slow, the machine perhaps: " : "BROKEN: ") + round + ": " + broken.getMessage());
                    if (!round.slow()) {
                        System.out.println("evidence: " + rivals.keepEvidence());
                        return false;
                    }
                    slow++;
                }
                if (fault.kind() == FaultKind.KILL) {
                    samples.get(Rivals.SIZE - 1).restart();
                }
                for (long now = System.nanoTime(); now < start + minute * MINUTE; now += SAMPLE) {
                    pause(now + SAMPLE);
                    for (int peer = 1; peer <= Rivals.SIZE; peer++) {
                        samples.get(peer - 1).take(rivals.rival(peer));
                    }
                }
                StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%6d", minute));
                samples.forEach(peer -> line.append("  ").append(peer.next()));
                System.out.println(line + "  " + round);
            }
            return flat(rivals);
        }
    }

    private Fault fault(boolean network) {
        FaultKind kind = FaultKind.values()[random.nextInt(network ? FaultKind.values().length : FaultKind.ISOLATE.ordinal())];
        int peer = kind == FaultKind.KILL ? Rivals.SIZE : 1 + random.nextInt(Rivals.SIZE);
        TreeSet<Integer> peers = new TreeSet<>(List.of(peer));
        if (kind == FaultKind.HALVE) {
            peers.add(peer % Rivals.SIZE + 1);
        }
        return new Fault(kind, peers, 0, 1_000 + random.nextLong(LONGEST));
    }

    private static void pause(long until) {
        while (System.nanoTime() < until) {
            LockSupport.parkNanos(until - System.nanoTime());
        }
    }

    private boolean flat(Rivals rivals) {
        boolean flat = true;
        for (int peer = 1; peer <= Rivals.SIZE; peer++) {
            Samples own = samples.get(peer - 1);
            Optional<String> growth = own.canTell() ? own.growth() : Optional.empty();
            System.out.println("peer " + peer + ": " + growth.orElse(own.canTell() ? "flat" : "killed too short ago to tell"));
            flat &= growth.isEmpty();
        }
        System.out.printf(Locale.ROOT, "%,d entries, %d lost, %d late writes refused; %d faults after which somebody was served late%n",
                rivals.chronicle.entered(), rivals.chronicle.lost(), rivals.checker.refused(), slow);
        return flat;
    }
}
