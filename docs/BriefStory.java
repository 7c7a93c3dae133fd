package docs;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import mutex.algorithm.Message;
import mutex.algorithm.Stamp;
import mutex.event.LogEvent;
import mutex.event.LogEvent.Detail.InMode;
import mutex.event.LogEvent.EventKind;
import mutex.log.LogEntry;

/**
 * Excerpts like those of {@link ExampleStory}, without the REQUESTs themselves: one goes to each other peer as it is made, and the
 * answer shows that it came. What a peer does at once for several locks of a request is one line.
 */
final class BriefStory {

    private static final String ROW = "%-8s%-30s%-30s%s";
    private static final long AT_ONCE_MICROS = 50_000; // whoever types takes longer

    /** What one peer did for one request. */
    private record Line(LogEntry first, List<String> locks) {}

    private final Set<String> locks;
    private final List<Stamp> requests;
    private final List<Line> lines = new ArrayList<>();

    private BriefStory(Set<String> locks, List<Stamp> requests) {
        this.locks = locks;
        this.requests = requests;
    }

    /** Of these locks the entries and exits, and of these requests the rest as well. */
    static String of(List<LogEntry> events, Set<String> locks, Stamp... requests) {
        BriefStory story = new BriefStory(locks, List.of(requests));
        events.stream().filter(story.about()).forEach(story::take);
        return story.text();
    }

    private Predicate<LogEntry> about() {
        return event -> event.what().lock() != null && locks.contains(event.what().lock()) && switch (event.what().kind()) {
            case ENTRY, EXIT -> true;
            case REQUEST, DEFER, PERMISSION -> requests.contains(event.what().stamp());
            case SEND -> requests.contains(event.what().stamp()) && event.what().message() instanceof Message.Permission;
            default -> false;
        };
    }

    /** The events of a peer come in their order. */
    private void take(LogEntry event) {
        for (int i = lines.size() - 1; i >= 0 && lines.get(i).first.peer() == event.peer()
                && event.timeMicros() - lines.get(i).first.timeMicros() < AT_ONCE_MICROS; i--) {
            if (text(lines.get(i).first.what()).equals(text(event.what()))) {
                lines.get(i).locks.add(event.what().lock());
                return;
            }
        }
        lines.add(new Line(event, new ArrayList<>(List.of(event.what().lock()))));
    }

    private String text() {
        lines.sort(Comparator.comparingLong(line -> line.first.timeMicros()));
        long start = lines.get(0).first.timeMicros();
        return row("ms", "peer 1", "peer 2", "peer 3") + lines.stream().map(line -> {
            String[] cells = {"", "", ""};
            cells[line.first.peer() - 1] = text(line.first.what()) + (locks.size() == 1 ? "" : " [" + String.join(",", line.locks) + "]");
            return row(String.format(Locale.ROOT, "%.1f", (line.first.timeMicros() - start) / 1e3), cells);
        }).collect(Collectors.joining()).stripTrailing();
    }

    private static String row(String time, String... cells) {
        return String.format(Locale.ROOT, ROW, time, cells[0], cells[1], cells[2]).stripTrailing() + "\n";
    }

    private static String text(LogEvent what) {
        return switch (what.kind()) {
            case REQUEST -> what.stamp() + " asks" + (what.detail() instanceof InMode how ? " " + how.mode() : "");
            case SEND -> "permits " + what.stamp() + used(what);
            case PERMISSION -> what.stamp() + " has it of " + what.peer() + used(what);
            case DEFER -> "defers " + what.stamp();
            case ENTRY -> what.stamp() + " ENTERS";
            default -> what.stamp() + " leaves";
        };
    }

    private static String used(LogEvent what) {
        return what.message() instanceof Message.Permission permission && permission.used() > 0 ? ", used " + permission.used() : "";
    }

    /** The requests of a peer for the lock, in their order. */
    static List<Stamp> requests(List<LogEntry> events, String lock, int peer) {
        return events.stream().filter(event -> event.peer() == peer && ExampleStory.is(event, lock, EventKind.REQUEST))
                .map(event -> event.what().stamp()).toList();
    }
}
