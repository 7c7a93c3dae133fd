package mutex.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import mutex.event.LogEvent.EventKind;
import mutex.text.Count;

/**
 * What one process of a peer logged, from its start to its end. A peer that is started again begins
 * a new incarnation: its vector counts from 1 once more, and it has a new epoch.
 *
 * @param number of the incarnation among those of its peer in these logs, from 1
 */
public record Incarnation(int peer, int number, List<LogLine> lines) {

    public LogLine first() {
        return lines.get(0);
    }

    public LogLine last() {
        return lines.get(lines.size() - 1);
    }

    /**
     * A sentence for each place where events are missing: the disk was too slow, or somebody edited the file. Only in a
     * first incarnation, and between events that know the same peers: else a peer may have told this one of its earlier ones.
     */
    public List<String> gaps() {
        List<String> gaps = new ArrayList<>();
        for (int i = 1; number == 1 && i < lines.size(); i++) {
            VectorClock.Reading before = lines.get(i - 1).event().vector();
            VectorClock.Reading next = lines.get(i).event().vector();
            long missing = next.of(peer) - before.of(peer) - 1;
            if (missing > 0 && Arrays.equals(before.peers(), next.peers())) {
                gaps.add(lines.get(i).where() + ": " + Count.of(missing, "event") + " missing before this line");
            }
        }
        return gaps;
    }

    /** Whether the second event of a file begins a new incarnation, and does not go on with that of the first. */
    static boolean begins(LogEntry before, LogEntry next) {
        boolean sameEpoch = before.what().epoch() == next.what().epoch();
        boolean raises = next.what().kind() == EventKind.EPOCH && next.what().peer() == next.peer();
        return before.peer() != next.peer() || !sameEpoch && !raises
                || next.vector().of(next.peer()) <= before.vector().of(before.peer());
    }

    /** The incarnations in the logs, those of each peer in their order. */
    public static SortedMap<Integer, List<Incarnation>> of(List<LogContents> logs) {
        SortedMap<Integer, List<Cut>> parts = new TreeMap<>();
        for (LogContents log : logs) {
            Map<Integer, Cut> last = new HashMap<>(); // by peer: a file may have the events of several
            for (LogLine line : log.lines()) {
                int peer = line.event().peer();
                Cut part = last.get(peer);
                if (part == null || begins(part.last().event(), line.event())) {
                    part = new Cut(part == null ? 0 : part.highestEpoch);
                    last.put(peer, part);
                    parts.computeIfAbsent(peer, none -> new ArrayList<>()).add(part);
                }
                part.add(line);
            }
        }
        SortedMap<Integer, List<Incarnation>> incarnations = new TreeMap<>();
        parts.forEach((peer, found) -> incarnations.put(peer, joined(peer, found)));
        return incarnations;
    }

    /** In order; what goes on in another file is one incarnation. */
    private static List<Incarnation> joined(int peer, List<Cut> parts) {
        parts.sort(Comparator.comparingLong((Cut part) -> part.highestEpoch)
                .thenComparingLong(part -> part.lines.get(0).event().vector().of(peer)));
        List<Incarnation> incarnations = new ArrayList<>();
        for (Cut part : parts) {
            Incarnation before = incarnations.isEmpty() ? null : incarnations.get(incarnations.size() - 1);
            if (before != null && !begins(before.last().event(), part.lines.get(0).event())) {
                before.lines.addAll(part.lines);
            } else {
                incarnations.add(new Incarnation(peer, incarnations.size() + 1, part.lines));
            }
        }
        return incarnations;
    }

    /** What one file has of an incarnation. */
    private static final class Cut {

        private final List<LogLine> lines = new ArrayList<>();
        private long highestEpoch; // of this incarnation and those before it in the file: the clock may have been set back

        Cut(long highestEpoch) {
            this.highestEpoch = highestEpoch;
        }

        public LogLine last() {
            return lines.get(lines.size() - 1);
        }

        void add(LogLine line) {
            lines.add(line);
            highestEpoch = Math.max(highestEpoch, line.event().what().epoch());
        }
    }
}
