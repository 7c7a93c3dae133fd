package docs;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import mutex.algorithm.Message;
import mutex.algorithm.Stamp;
import mutex.event.LogEvent;
import mutex.event.LogEvent.EventKind;
import mutex.log.LogEntry;

/**
 * Excerpts of the logs of three peers: one line an event, one column a peer.
 * The peers ran on one machine, whose clock therefore agrees with the causal order.
 */
final class ExampleStory {

    private static final int PEERS = 3;
    private static final String ROW = "%-6s%-30s%-30s%s";

    private ExampleStory() {}

    static boolean is(LogEntry event, String lock, EventKind kind) {
        return event.what().kind() == kind && lock.equals(event.what().lock());
    }

    /** Everything about these requests. */
    static String of(List<LogEntry> events, String lock, Stamp... requests) {
        Set<Stamp> about = Set.of(requests);
        StringBuilder story = new StringBuilder(row("ms", "peer 1", "peer 2", "peer 3"));
        List<LogEntry> chosen = events.stream()
                .filter(event -> lock.equals(event.what().lock()) && about.contains(event.what().stamp()))
                .filter(event -> !tellsTwice(event.what()))
                .sorted(Comparator.comparingLong(LogEntry::timeMicros))
                .toList();
        long start = chosen.get(0).timeMicros();
        for (LogEntry event : chosen) {
            String[] cells = {"", "", ""};
            cells[event.peer() - 1] = text(event.what());
            story.append(row(String.format(Locale.ROOT, "%.1f", (event.timeMicros() - start) / 1e3), cells));
        }
        return story.toString().stripTrailing();
    }

    private static String row(String time, String... cells) {
        return String.format(Locale.ROOT, ROW, time, cells[0], cells[1], cells[PEERS - 1]).stripTrailing() + "\n";
    }

    /** A counted permission and a deferral are events of their own, next to the message's arrival. */
    private static boolean tellsTwice(LogEvent what) {
        return what.kind() == EventKind.RECEIVE && what.message() instanceof Message.Permission;
    }

    private static String text(LogEvent what) {
        return switch (what.kind()) {
            case REQUEST -> "asks with " + what.stamp();
            case SEND -> what.message() + " to " + what.peer();
            case RECEIVE -> "gets " + what.message() + " of " + what.peer();
            case PERMISSION -> "has PERMISSION " + what.stamp() + " of " + what.peer();
            case DEFER -> "defers " + what.peer();
            case ENTRY -> "ENTERS with " + what.stamp();
            case EXIT -> "LEAVES";
            default -> what.kind().name().toLowerCase(Locale.ROOT);
        };
    }

    /** The line of the log, as it is in the file. */
    static String json(List<LogEntry> events, String lock, Stamp request, EventKind kind) {
        return events.stream()
                .filter(event -> is(event, lock, kind) && request.equals(event.what().stamp()))
                .map(LogEntry::json).findFirst().orElseThrow();
    }
}
