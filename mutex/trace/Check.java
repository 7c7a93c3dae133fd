package mutex.trace;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mutex.algorithm.Stamp;
import mutex.node.Happening;
import mutex.node.Happening.Kind;

/**
 * What the logs of all peers show about one lock: that no two held it at once, by causal order; that
 * fences grew and stamps came in order; and how many messages it took.
 *
 * @param entries how often the lock was entered
 * @param messages how many messages about it were sent
 * @param violation the first broken rule in one line; empty when all hold
 */
public record Check(int entries, int messages, Optional<String> violation) {

    /** One stay inside: exit is null while it lasts, or when the peer was killed. */
    private record Stay(Entry entry, Entry exit) {}

    /** Checks the events of all peers, in any order between peers. */
    public static Check of(String lock, List<Entry> events) {
        int messages = 0;
        Map<String, Entry> exits = new HashMap<>();
        List<Entry> entries = new ArrayList<>();
        for (Entry event : events) {
            if (!lock.equals(event.what().lock())) {
                continue;
            }
            Happening what = event.what();
            messages += what.kind() == Kind.SEND ? 1 : 0;
            if (what.kind() == Kind.ENTRY) {
                entries.add(event);
            } else if (what.kind() == Kind.EXIT || what.kind() == Kind.LOST) {
                exits.put(stay(event), event);
            }
        }
        entries.sort(Comparator.comparingLong(entry -> entry.what().fence()));
        List<Stay> stays = entries.stream().map(entry -> new Stay(entry, exits.get(stay(entry)))).toList();
        return new Check(entries.size(), messages, violation(lock, stays));
    }

    private static String stay(Entry event) {
        return event.peer() + " " + event.what().epoch() + " " + event.what().stamp();
    }

    private static Optional<String> violation(String lock, List<Stay> stays) {
        for (int i = 1; i < stays.size(); i++) {
            Entry before = stays.get(i - 1).entry();
            Entry exit = stays.get(i - 1).exit();
            Entry next = stays.get(i).entry();
            String broken = exit == null ? "was entered while held"
                    : !next.vector().covers(exit.vector()) ? "was entered before the exit was known"
                    : before.what().fence() == next.what().fence() ? "was entered twice with one fence"
                    : late(before.what().stamp(), next.what().stamp()) ? "was entered out of the order of stamps"
                    : null;
            if (broken != null) {
                return Optional.of("[" + lock + "] " + broken + ": " + before + "; " + next);
            }
        }
        return Optional.empty();
    }

    private static boolean late(Stamp before, Stamp next) {
        return before.compareTo(next) >= 0;
    }
}
