package mutex.cli;

import java.time.Duration;
import java.util.Iterator;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.RicartAgrawala;
import mutex.algorithm.RingKind;
import mutex.algorithm.TokenRing;
import mutex.peer.StartRules;
import mutex.shell.DurationConverter;
import mutex.text.Printable;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that choose the algorithm of a group: a mixin. */
final class AlgorithmOptions {

    private static final long SHORTEST_PACE = Duration.ofMillis(1).toNanos();
    private static final long LONGEST_PACE = Duration.ofMinutes(10).toNanos();

    /** For the help. */
    static final class AlgorithmNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return AlgorithmKind.names().iterator();
        }
    }

    @Option(names = "--algorithm", paramLabel = "NAME", completionCandidates = AlgorithmNames.class,
            description = "how the peers agree on who is next, the same at all peers: ${COMPLETION-CANDIDATES} (default: " + RicartAgrawala.NAME + ")")
    private String name = RicartAgrawala.NAME;

    @Option(names = "--pace", paramLabel = "TIME",
            description = TokenRing.NAME + ": how long a token that nobody wants stays at each peer, 1ms to 10m (default: 1s)")
    private String pace;

    @Option(names = "--pass-by-hand", description = TokenRing.NAME + ": the token moves on only when somebody types \"pass\"")
    private boolean byHand;

    /** @throws IllegalArgumentException in one line when they do not go together */
    AlgorithmKind chosen(long leaseMillis) {
        AlgorithmKind named = StartRules.algorithm(name);
        boolean ring = name.equals(TokenRing.NAME);
        String ofRing = pace != null ? "--pace" : byHand ? "--pass-by-hand" : null;
        if (!ring && ofRing != null) {
            throw new IllegalArgumentException(ofRing + " applies to a token ring only; add --algorithm " + TokenRing.NAME + ", or leave it out");
        }
        StartRules.algorithmWithLease(named, leaseMillis);
        return ring ? new RingKind(paceNanos(), byHand) : named;
    }

    /**
     * The same for peers without a lease and without people who could pass a token on.
     *
     * @throws IllegalArgumentException in one line when they do not go together
     */
    AlgorithmKind withoutHands() {
        AlgorithmKind chosen = chosen(0);
        if (byHand) {
            throw new IllegalArgumentException("--pass-by-hand needs somebody to type \"pass\" at each peer; leave it out, or start the peers one by one");
        }
        return chosen;
    }

    private long paceNanos() {
        if (pace == null) {
            return TokenRing.PACE;
        }
        try {
            long nanos = new DurationConverter().convert(pace).toNanos();
            if (nanos >= SHORTEST_PACE && nanos <= LONGEST_PACE) {
                return nanos;
            }
        } catch (TypeConversionException wrong) {
            // said below, with what is possible
        }
        throw new IllegalArgumentException("--pace " + Printable.quoted(pace) + " is not a time of 1ms to 10m, e.g. 500ms");
    }
}
