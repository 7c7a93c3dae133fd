package tests.faults;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Something that goes wrong for a while.
 *
 * @param peers whom it hits; the network between all of them if it has all
 * @param from when it begins, milliseconds after the round does
 * @param length milliseconds
 */
record Fault(FaultKind kind, SortedSet<Integer> peers, long from, long length) {

    /** What can go wrong. */
    enum FaultKind {
        /** {@code kill -9}, and a new start when it is over. */
        KILL,
        STOP,
        /** Nothing comes and goes. */
        ISOLATE,
        /** The same for two. */
        HALVE,
        /** What the peer sends to the next one does not come. */
        ONE_WAY,
        /** One packet in five is lost. */
        LOSS,
        /** Each packet is answered with a reset of its connection. */
        RESET;

        boolean ofNetwork() {
            return compareTo(ISOLATE) >= 0;
        }

        /** Whether the other peers can do without those that it hits. */
        boolean ofMinority() {
            return compareTo(HALVE) <= 0;
        }
    }

    private static final int MOST = 3;
    private static final int SIZE = Rivals.SIZE;

    /**
     * One to three of them, the same for the same random source; the first hits the peer that was asked for.
     *
     * @param network whether its faults are possible
     */
    static List<Fault> plan(Random random, int first, boolean network) {
        List<Fault> plan = new ArrayList<>();
        int count = 1 + random.nextInt(MOST);
        Set<Integer> dead = new HashSet<>();
        for (int i = 0; i < count; i++) {
            FaultKind kind = FaultKind.values()[random.nextInt(network ? FaultKind.values().length : FaultKind.ISOLATE.ordinal())];
            int peer = (first + (i == 0 ? 0 : random.nextInt(SIZE)) - 1) % SIZE + 1;
            if (!kind.ofNetwork() && !dead.add(peer)) {
                continue; // it cannot be stopped while it is dead
            }
            SortedSet<Integer> peers = new TreeSet<>(Set.of(peer));
            if (kind == FaultKind.HALVE) {
                peers.add((peer + random.nextInt(SIZE - 1)) % SIZE + 1);
            }
            plan.add(new Fault(kind, peers, i == 0 ? 0 : random.nextInt(1_500), length(kind, random)));
        }
        return plan;
    }

    private static long length(FaultKind kind, Random random) {
        if (random.nextBoolean() && kind.ofMinority()) {
            return between(random, 2_500, 4_500); // the others have to go on without them
        }
        return switch (kind) {
            case KILL -> between(random, 50, 2_000);
            case STOP -> between(random, 100, 15_000);
            case RESET -> between(random, 50, 500);
            default -> between(random, 300, 6_000);
        };
    }

    /** Short ones as often as long ones. */
    private static long between(Random random, long least, long most) {
        return Math.round(least * Math.pow((double) most / least, random.nextDouble()));
    }

    /** What the router does about it. */
    List<String> rules() {
        List<String> rules = new ArrayList<>();
        int peer = peers.first();
        switch (kind) {
            case ISOLATE -> {
                rules.add("-s " + Network.host(peer) + " -j DROP");
                rules.add("-d " + Network.host(peer) + " -j DROP");
            }
            case HALVE -> {
                for (int here : peers) {
                    for (int there = 1; there <= SIZE; there++) {
                        if (!peers.contains(there)) {
                            rules.add("-s " + Network.host(here) + " -d " + Network.host(there) + " -j DROP");
                            rules.add("-s " + Network.host(there) + " -d " + Network.host(here) + " -j DROP");
                        }
                    }
                }
            }
            case ONE_WAY -> rules.add("-s " + Network.host(peer) + " -d " + Network.host(peer % SIZE + 1) + " -j DROP");
            case LOSS -> rules.add("-m statistic --mode random --probability 0.2 -j DROP");
            case RESET -> {
                rules.add("-p tcp -s " + Network.host(peer) + " -j REJECT --reject-with tcp-reset");
                rules.add("-p tcp -d " + Network.host(peer) + " -j REJECT --reject-with tcp-reset");
            }
            default -> { }
        }
        return rules;
    }

    @Override
    public String toString() {
        String hit = kind == FaultKind.LOSS ? "" : " " + peers.toString().replaceAll("[\\[\\] ]", "");
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-') + hit
                + (kind == FaultKind.ONE_WAY ? ">" + (peers.first() % SIZE + 1) : "") + String.format(Locale.ROOT, " %.1f s", length / 1e3);
    }
}
