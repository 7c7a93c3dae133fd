package mutex.replay;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import mutex.log.LogContents;
import mutex.log.LogLine;
import mutex.log.StepLines;
import mutex.wire.NodeStart;
import mutex.wire.StepCodec;

/**
 * What a run's logs have to feed to fresh nodes.
 *
 * @param lives by peer, in their order
 * @param missing what cannot be replayed, and why; one sentence each
 */
record Recording(SortedMap<Integer, List<RecordedLife>> lives, List<String> missing) {

    /** What one file has of one process in a row: inputs and events, as they come. */
    private static final class Piece {
        final int peer;
        final List<Object> lines = new ArrayList<>(); // InputLine or Line
        long begun; // wall clock, microseconds; of this process and those before it in the file: the clock may have been set back
        long next; // number of the input that would go on

        Piece(int peer) {
            this.peer = peer;
        }

        /** Null when it has events only. */
        StepLines first() {
            return lines.get(0) instanceof StepLines input ? input : null;
        }

        String where() {
            return first() == null ? ((LogLine) lines.get(0)).where() : first().where();
        }
    }

    /** How many steps all lives have. */
    int steps() {
        return lives.values().stream().flatMap(List::stream).mapToInt(life -> life.steps.size()).sum();
    }

    static Recording of(List<LogContents> logs) {
        List<Piece> pieces = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        logs.forEach(log -> {
            pieces.addAll(pieces(log));
            missing.addAll(log.cuts());
        });
        SortedMap<Integer, List<RecordedLife>> lives = new TreeMap<>();
        List<Piece> starts = new ArrayList<>(pieces.stream().filter(piece -> piece.first() != null && piece.first().beginning() != null)
                .sorted(Comparator.comparingLong(piece -> piece.begun)).toList());
        pieces.removeAll(starts);
        for (Piece start : starts) {
            RecordingReader reader = new RecordingReader(missing);
            reader.read(start);
            for (Piece more = following(pieces, start.peer, reader.next); more != null; more = following(pieces, start.peer, reader.next)) {
                pieces.remove(more);
                reader.read(more);
            }
            if (reader.life != null) {
                lives.computeIfAbsent(start.peer, none -> new ArrayList<>()).add(reader.life);
            }
        }
        pieces.forEach(piece -> missing.add(piece.where() + ": the earlier steps of peer " + piece.peer + (piece.first() == null
                ? " are not in its log, which lacks its beginning or is of a version without replay"
                : " are missing before this line") + "; from here to its next start peer " + piece.peer + " is not replayed"));
        return new Recording(lives, missing);
    }

    /** The rest of a process's log in another file. */
    private static Piece following(List<Piece> pieces, int peer, long next) {
        return pieces.stream().filter(piece -> piece.peer == peer && piece.first() != null && piece.first().first() == next)
                .findFirst().orElse(null);
    }

    private static List<Piece> pieces(LogContents log) {
        List<Piece> pieces = new ArrayList<>();
        Map<Integer, Piece> last = new HashMap<>(); // by peer: a file may have the logs of several
        int event = 0;
        for (StepLines input : log.inputs()) {
            while (event < log.lines().size() && log.lines().get(event).number() < input.line()) {
                add(pieces, last, log.lines().get(event++));
            }
            Piece piece = last.get(input.peer());
            if (piece == null || input.beginning() != null || piece.first() == null) {
                long before = piece == null ? 0 : piece.begun;
                piece = new Piece(input.peer());
                piece.begun = input.beginning() == null ? before : Math.max(before, begun(input));
                pieces.add(piece);
                last.put(input.peer(), piece);
            }
            piece.lines.add(input);
        }
        while (event < log.lines().size()) {
            add(pieces, last, log.lines().get(event++));
        }
        return pieces;
    }

    private static long begun(StepLines input) {
        return input.beginning().has("wall") ? input.beginning().get("wall").getAsLong() : 0;
    }

    private static void add(List<Piece> pieces, Map<Integer, Piece> last, LogLine event) {
        last.computeIfAbsent(event.event().peer(), peer -> {
            pieces.add(new Piece(peer));
            return pieces.get(pieces.size() - 1);
        }).lines.add(event);
    }

    /** Reads one process. */
    private static final class RecordingReader {

        private final List<String> missing;
        private final StepCodec text = new StepCodec();
        private RecordedLife life; // null when not even the beginning can be read
        private long next = 1;

        RecordingReader(List<String> missing) {
            this.missing = missing;
        }

        /** As far as it goes; after that, next is no number any more. */
        void read(Piece piece) {
            for (Object line : piece.lines) {
                if (line instanceof LogLine event) {
                    life.add(event);
                } else if (!read((StepLines) line)) {
                    next = -1;
                    return;
                }
            }
        }

        private boolean read(StepLines line) {
            try {
                if (line.first() != next) {
                    missing.add(line.where() + ": steps " + next + " to " + (line.first() - 1) + " of peer " + line.peer()
                            + " are missing before this line; from here to its next start it is not replayed");
                    return false;
                } else if (line.beginning() != null) {
                    life = new RecordedLife(NodeStart.of(line.beginning()), line.where());
                    next++;
                }
                for (String step : line.steps()) {
                    life.steps.add(new ReplayStep(text.in(step), line.where()));
                    next++;
                }
                return true;
            } catch (IllegalArgumentException wrong) {
                missing.add(line.where() + ": " + wrong.getMessage() + "; from here to its next start peer " + line.peer() + " is not replayed");
                return false;
            }
        }
    }
}
