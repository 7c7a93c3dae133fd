package tests.faults;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import mutex.algorithm.RicartAgrawala;
import mutex.replay.ReplayCommand;
import picocli.CommandLine;

/** Plays rounds of faults against the same five peers; after one that breaks a promise, against new ones. */
public final class Rounds implements AutoCloseable {

    public static final long LEASE_MILLIS = 2_000;

    /** A round that was too slow is played so often again. */
    private static final int AGAIN = 2;

    private final Pulse pulse = new Pulse((from, to) -> { });
    private final Network network = networkIfPossible();
    private final String fault;
    private final String algorithm;
    private final long leaseMillis;
    private Rivals rivals; // null between those that broke a promise and new ones
    private long entries;
    private long lost;
    private long refused;
    private long heldUp;
    private long served;
    private int broken;
    private int played;
    private int slow; // how often one was played again

    /** @param fault of the first rival, "none", or "log" for a log of each, which is replayed at the end, and in the evidence */
    public Rounds(String fault) {
        this(fault, RicartAgrawala.NAME, LEASE_MILLIS);
    }

    /**
     * @param fault as above
     * @param leaseMillis 0 is off: then nobody can do without those that are hit
     */
    public Rounds(String fault, String algorithm, long leaseMillis) {
        this.fault = fault;
        this.algorithm = algorithm;
        this.leaseMillis = leaseMillis;
    }

    static Network networkIfPossible() {
        try {
            return new Network(Rivals.SIZE);
        } catch (IOException impossible) {
            System.out.println("without faults of the network: " + impossible.getMessage());
            return null;
        }
    }

    /** Plays the round of each seed from this one on. */
    public void play(int count, long seed) throws IOException {
        for (long last = seed + count; seed < last; seed++) {
            long own = seed;
            String title = "seed " + seed + ": ";
            String replay = "\nreplay: ./jbang tests/FaultTest.java --seed " + seed + options();
            judge(title, round -> round.play(own), replay, AGAIN);
        }
    }

    private String options() {
        return (algorithm.equals(RicartAgrawala.NAME) ? "" : " --algorithm " + algorithm) + (leaseMillis > 0 ? "" : " --lease 0");
    }

    /** Cuts the network into pieces without a majority for so long, and then two peers off. */
    public void cut(long millis) throws IOException {
        if (network != null) {
            SortedSet<Integer> one = new TreeSet<>(List.of(1));
            SortedSet<Integer> two = new TreeSet<>(List.of(2, 3));
            for (List<Fault> plan : List.of(List.of(new Fault(Fault.FaultKind.ISOLATE, one, 0, millis), new Fault(Fault.FaultKind.HALVE, two, 0, millis)),
                    List.of(new Fault(Fault.FaultKind.HALVE, two, 0, millis)))) {
                judge("long cut: ", round -> round.play(plan, -1), "", AGAIN);
            }
        }
    }

    /**
     * Stops the first peer while it is inside, or cuts it off, until the others have entered, and lets it go on.
     *
     * @throws AssertionError in one line when it does not notice
     */
    public void hitFirst() throws IOException {
        FaultRound round = new FaultRound(rivals(), pulse);
        while (round.awaitHolder() != 1) {
            rivals.checker.go();
        }
        Fault.FaultKind kind = network == null ? Fault.FaultKind.STOP : Fault.FaultKind.ISOLATE;
        long millis = 5 * LEASE_MILLIS; // on a machine that stalls the others enter late
        round.play(List.of(new Fault(kind, new TreeSet<>(List.of(1)), 0, millis)), millis * 1_000_000);
    }

    private interface Playing {
        void play(FaultRound round) throws IOException;
    }

    /** @param more how often to play it again when it was too slow: the machine may have been, three times in a row it was not */
    private void judge(String title, Playing playing, String replay, int more) throws IOException {
        long started = System.nanoTime();
        FaultRound round = new FaultRound(rivals(), pulse);
        String wrong = null;
        try {
            playing.play(round);
        } catch (AssertionError | IllegalStateException e) {
            if (more > 0 && round.slow()) {
                System.out.println("      once more, as it was slow: " + title + round + "; " + e.getMessage());
                slow++;
                end();
                judge(title, playing, replay, more - 1);
                return;
            }
            wrong = "\nBROKEN: " + e.getMessage() + "\nevidence: " + rivals.keepEvidence() + replay;
            broken++;
        }
        played++;
        heldUp = Math.max(heldUp, round.heldUp());
        served = Math.max(served, round.served());
        System.out.printf(Locale.ROOT, "%4d  %5.1f s  %s%s%s%n", played, (System.nanoTime() - started) / 1e9, title, round, wrong == null ? "" : wrong);
        if (wrong != null) {
            end();
        }
    }

    private Rivals rivals() throws IOException {
        if (rivals == null) {
            rivals = new Rivals(network, algorithm, leaseMillis, fault);
        }
        return rivals;
    }

    private void end() throws IOException {
        if (rivals != null) {
            entries += rivals.chronicle.entered();
            lost += rivals.chronicle.lost();
            refused += rivals.checker.refused();
            replay();
            rivals.close();
            rivals = null;
        }
    }

    /** With logs: whether fresh nodes do the same. */
    private void replay() throws IOException {
        List<String> logs = rivals.logs();
        String[] words = Stream.concat(Stream.of("--check"), logs.stream()).toArray(String[]::new);
        if (!logs.isEmpty() && new CommandLine(new ReplayCommand()).execute(words) != 0) {
            broken++;
        }
    }

    /** How many writes of an old fence were refused. */
    public long refused() {
        return refused + (rivals == null ? 0 : rivals.checker.refused());
    }

    /** Ends the peers, says the sum in one line, and how many rounds broke a promise. */
    public int finish() throws IOException {
        end();
        System.out.printf(Locale.ROOT, "%d rounds%s%s, %,d entries, %d lost, %d late writes refused; others held up for %.2f s at most, all served %.2f s after "
                + "healing at most; %d played again, as one was slow; %d broken%n", played, options(), network == null ? " without faults of the network" : "", entries, lost, refused,
                heldUp / 1e9, served / 1e9, slow, broken);
        return broken;
    }

    @Override
    public void close() throws IOException {
        end();
        if (network != null) {
            network.close();
        }
    }
}
