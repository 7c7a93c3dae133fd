package mutex.trace;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import mutex.algorithm.Mode;
import mutex.log.Incarnation;
import mutex.log.LogContents;
import mutex.log.LogEntry;
import mutex.log.LogLine;
import mutex.log.LogReader;

/**
 * The logs of several peers, merged. A place is an index in {@code lines}, which are in an order that agrees
 * with cause and effect.
 *
 * @param lives by peer
 * @param spans in the order of asking
 * @param partners by the place of a message's sending that of its arrival, and the other way round; else -1
 * @param sendings by the place of an arrival that of the sending it may be of, also where a network repeated the message; else -1
 * @param previous by place, that of the same peer's event before; -1 for its first
 * @param lifeNumbers by place, that of the event's life among those of its peer, from 1
 */
record Trace(List<LogContents> logs, SortedMap<Integer, List<Incarnation>> lives, List<LogLine> lines, List<RequestSpan> spans, int[] partners, int[] sendings, int[] previous,
        int[] lifeNumbers) {

    static Trace of(List<LogContents> logs) {
        SortedMap<Integer, List<Incarnation>> lives = Incarnation.of(logs);
        List<LogLine> lines = Merge.of(lives);
        return new Trace(logs, lives, lines, RequestSpans.of(lines, lives), MessageMatching.partners(lines), MessageMatching.sendings(lines), previous(lines),
                lifeNumbers(lines, lives));
    }

    /** @throws IllegalArgumentException in one line with file, line and what is wrong there */
    static Trace read(List<Path> files) throws IOException {
        List<LogContents> logs = new ArrayList<>();
        for (Path file : files) {
            logs.add(LogReader.log(file));
        }
        return of(logs);
    }

    /** Events that never were in a file, such as those that a peer has in memory; each has its number in its peer's life. */
    static Trace ofEvents(List<LogEntry> events) {
        Map<Integer, List<LogLine>> byPeer = new TreeMap<>();
        events.forEach(event -> {
            List<LogLine> lines = byPeer.computeIfAbsent(event.peer(), none -> new ArrayList<>());
            lines.add(new LogLine("peer " + event.peer(), (int) event.vector().of(event.peer()), event));
        });
        return of(byPeer.values().stream().map(lines -> new LogContents(lines.get(0).file(), lines, List.of(), List.of())).toList());
    }

    /** The first place that knows of lines which a log says are missing: from there on nothing can be judged; else behind the last. */
    int judgedUntil() {
        Map<Integer, Long> known = new TreeMap<>(); // by peer, the events before the first gap in its log
        logs.stream().filter(log -> log.gap() > 0).forEach(log -> log.lines().stream().filter(line -> line.number() < log.gap())
                .forEach(line -> known.merge(line.event().peer(), line.event().vector().of(line.event().peer()), Math::max)));
        Map<String, Integer> gaps = new TreeMap<>();
        logs.stream().filter(log -> log.gap() > 0).forEach(log -> gaps.put(log.name(), log.gap()));
        int at = 0;
        while (at < lines.size() && lines.get(at).number() < gaps.getOrDefault(lines.get(at).file(), Integer.MAX_VALUE)
                && !knowsMore(event(at), known)) {
            at++;
        }
        return at;
    }

    private static boolean knowsMore(LogEntry event, Map<Integer, Long> known) {
        return known.entrySet().stream().anyMatch(of -> event.vector().of(of.getKey()) > of.getValue());
    }

    LogEntry event(int place) {
        return lines.get(place).event();
    }

    /** The place in its file, {@code peer1.log:17}. */
    String where(int place) {
        return lines.get(place).where();
    }

    long micros(int place) {
        return event(place).timeMicros();
    }

    /** Wall-clock time from one place to another, microseconds; of two peers' clocks, if those are two. */
    long micros(int from, int to) {
        return micros(to) - micros(from);
    }

    /** What the peer had asked for of the lock, or had, just before that place, oldest first. */
    List<RequestSpan> during(int place, int peer, String lock) {
        LinkedList<RequestSpan> during = new LinkedList<>();
        int oldest = -1;
        for (int i = spans.size() - 1; i >= 0 && spans.get(i).asked >= oldest; i--) {
            RequestSpan span = spans.get(i);
            if (span.peer() == peer && span.asked < place && span.lock.equals(lock)) {
                oldest = oldest < 0 ? span.oldestBeside : oldest;
                if (span.ended >= place) {
                    during.addFirst(span);
                }
            }
        }
        return during;
    }

    /** Those because of which a peer makes a request wait at that place: its holds, and its older request (K1); oldest first. */
    List<RequestSpan> ahead(int place, RequestSpan waits) {
        return during(place, event(place).peer(), waits.lock).stream().filter(span -> span.use(waits) > 0
                && (span.heldAt(place) || span.stamp.compareTo(waits.stamp) < 0)).toList();
    }

    /** How long the request waited, until it was entered or given up; microseconds. */
    long waited(RequestSpan span) {
        return micros(span.asked, span.waitedUntil());
    }

    /** From the first event to the last, microseconds. */
    long length() {
        return lines.isEmpty() ? 0 : micros(0, lines.size() - 1);
    }

    /** In the order of entry. */
    List<RequestSpan> entries() {
        return spans.stream().filter(RequestSpan::held).sorted(Comparator.comparingInt(span -> span.entered)).toList();
    }

    /** Whether there are requests that do not want their lock alone. */
    boolean mixed() {
        return spans.stream().anyMatch(span -> !Mode.EXCLUSIVE.equals(span.mode));
    }

    List<String> locks() {
        return spans.stream().map(span -> span.lock).distinct().sorted().toList();
    }

    private static int[] previous(List<LogLine> lines) {
        int[] previous = new int[lines.size()];
        Map<Integer, Integer> last = new TreeMap<>(); // by peer
        for (int at = 0; at < previous.length; at++) {
            Integer before = last.put(lines.get(at).event().peer(), at);
            previous[at] = before == null ? -1 : before;
        }
        return previous;
    }

    private static int[] lifeNumbers(List<LogLine> lines, SortedMap<Integer, List<Incarnation>> lives) {
        int[] numbers = new int[lines.size()];
        Map<Integer, Integer> begun = new TreeMap<>(); // lives by peer
        for (int at = 0; at < numbers.length; at++) {
            int peer = lines.get(at).event().peer();
            List<Incarnation> ofPeer = lives.get(peer);
            int number = begun.getOrDefault(peer, 0);
            boolean next = number < ofPeer.size() && ofPeer.get(number).first() == lines.get(at);
            numbers[at] = next ? number + 1 : number;
            begun.put(peer, numbers[at]);
        }
        return numbers;
    }

    /** The life of which the event is the first, if another went before it; else null. */
    Incarnation begunAnew(int place) {
        Incarnation life = lives.get(event(place).peer()).get(lifeNumbers[place] - 1);
        return life.number() > 1 && life.first() == lines.get(place) ? life : null;
    }
}
