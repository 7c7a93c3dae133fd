package mutex.lease;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import mutex.lease.LeaseMessage.Inquiry;
import mutex.lease.LeaseMessage.Testimony;

/**
 * Which members entries may do without. A silent one is absent when a majority testifies that it has not
 * acknowledged it for a lease, and a margin for clocks: it has no standing then, so whatever it does later
 * it does in an epoch that gained standing, and asked, afterwards.
 *
 * <p>Pure; times are nanoseconds of the caller's clock. Source: protocol.md, absence.
 */
public final class Absence {

    /** The margin: covers clock rates up to 5 % apart. */
    private static final double EPSILON = 0.1;

    /** One question about one member to all the others. */
    private static final class WitnessRound {
        final long number;
        final long askedAt;
        final Set<Integer> witnesses = new HashSet<>();

        WitnessRound(long number, long askedAt) {
            this.number = number;
            this.askedAt = askedAt;
        }
    }

    private final int self;
    private final long lease;
    private final Map<Integer, Long> heardAt = new HashMap<>(); // last sign of life
    private final Map<Integer, List<WitnessRound>> rounds = new HashMap<>(); // about the silent, begun within a lease
    private final SortedSet<Integer> absent = new TreeSet<>();
    private SortedSet<Integer> others = Collections.emptySortedSet();
    private long lastRound;

    public Absence(int self, long lease) {
        this.self = self;
        this.lease = lease;
    }

    /** For so long nothing may have been acknowledged, in nanoseconds, if the silence was to last that long. */
    public static long withMargin(long nanos) {
        return (long) Math.ceil(nanos * (1 + EPSILON));
    }

    public void regroup(SortedSet<Integer> others, long now) {
        this.others = others;
        heardAt.keySet().retainAll(others);
        others.forEach(id -> heardAt.putIfAbsent(id, now));
        lapse();
    }

    /** A sign of life; whether it had been absent until now (A2). */
    public boolean heard(int peer, long now) {
        if (others.contains(peer)) {
            heardAt.put(peer, now);
        }
        rounds.remove(peer);
        return absent.remove(peer);
    }

    /** What to ask all others now: about every member that has been silent for a lease (A1). */
    public List<Inquiry> inquire(Witness own, long now) {
        List<Inquiry> questions = new ArrayList<>();
        for (int peer : others) {
            if (!absent.contains(peer) && now - heardAt.get(peer) >= lease) {
                List<WitnessRound> running = rounds.computeIfAbsent(peer, id -> new ArrayList<>());
                running.removeIf(round -> now - round.askedAt >= lease); // an answer may take longer than a beat
                WitnessRound round = new WitnessRound(++lastRound, now);
                running.add(round);
                count(round, self, own.silent(peer, now), now);
                questions.add(new Inquiry(peer, round.number));
            }
        }
        return questions;
    }

    /** Takes in an answer; whether the peer it is about is absent now. */
    public boolean testified(int witness, Testimony testimony, long now) {
        int peer = testimony.about();
        WitnessRound round = rounds.getOrDefault(peer, List.of()).stream()
                .filter(running -> running.number == testimony.round()).findFirst().orElse(null);
        if (round == null || witness == peer || !others.contains(witness)) {
            return false;
        }
        count(round, witness, testimony.silentMicros() * 1_000, now);
        if (round.witnesses.size() < (others.size() + 1) / 2 + 1) {
            return false;
        }
        if (heardAt.get(peer) > round.askedAt) {
            throw new IllegalStateException("peer " + peer + " was heard after it was asked about");
        }
        rounds.remove(peer);
        return absent.add(peer);
    }

    /** A1: the ACK may have been sent just before the testimony, and that took as long as the round has run. */
    private void count(WitnessRound round, int witness, long silent, long now) {
        if (silent >= withMargin(lease + (now - round.askedAt))) {
            round.witnesses.add(witness);
        }
    }

    /** Without standing nobody is absent. */
    public void lapse() {
        absent.clear();
        rounds.clear();
    }

    public SortedSet<Integer> absent() {
        return absent;
    }
}
