package mutex.shell;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import mutex.algorithm.Algorithm.State;
import mutex.net.Snapshot;
import mutex.net.StandingText;
import mutex.node.View;
import mutex.trace.Tallies.Tally;

/** The locks of a group as several peers see them at about the same time: who is inside, who waits in which order. */
final class TopTable {

    private static final List<String> HEAD = List.of("LOCK", "HOLDER", "FOR", "FENCE", "MSG/ENTRY", "WAITING, OLDEST FIRST");

    /** What one peer has to do with a lock. */
    private record Part(Snapshot peer, View.OfLock lock) {

        boolean holds() {
            return lock.state() == State.HELD;
        }

        boolean waits() {
            return lock.state() == State.WANTED || lock.stamp() == null && lock.waiting() > 0;
        }

        String waiter() {
            String since = lock.stamp() == null ? "no majority" : Durations.say(lock.sinceNanos());
            return peer.node().id() + " (" + since + ")" + behind();
        }

        String behind() {
            int more = lock.waiting() - (lock.stamp() == null ? 1 : 0);
            return more > 0 ? " +" + more : "";
        }
    }

    private TopTable() {}

    /** Who answers, then the table; the first of the peers is the one that was asked. */
    static List<String> lines(int self, SortedMap<Integer, Snapshot> peers) {
        List<String> lines = new ArrayList<>();
        lines.add(title(peers.get(self), peers));
        lines.addAll(StandingText.lines(peers.get(self)));
        List<List<String>> rows = new ArrayList<>();
        parts(peers.values()).forEach((lock, parts) -> rows.add(row(lock, parts)));
        if (rows.isEmpty()) {
            lines.add("no lock is held or wanted anywhere");
            return lines;
        }
        rows.add(0, HEAD);
        lines.addAll(aligned(rows));
        return lines;
    }

    private static String title(Snapshot self, SortedMap<Integer, Snapshot> peers) {
        View node = self.node();
        if (node.group() == null) {
            return "peer " + node.id() + ": no group yet: " + node.waitingFor();
        }
        List<Integer> silent = node.group().members().keySet().stream().filter(id -> !peers.containsKey(id)).toList();
        int members = node.group().members().size();
        return "as peer " + node.id() + " sees it: " + (members - silent.size()) + " of " + members + " members answer"
                + (silent.isEmpty() ? "" : ", not " + silent.stream().map(String::valueOf).collect(Collectors.joining(", ")));
    }

    /** Locks that somebody holds or waits for, by name. */
    private static SortedMap<String, List<Part>> parts(Collection<Snapshot> peers) {
        SortedMap<String, List<Part>> parts = new TreeMap<>();
        for (Snapshot peer : peers) {
            peer.node().locks().forEach(lock -> parts.computeIfAbsent(lock.name(), name -> new ArrayList<>()).add(new Part(peer, lock)));
        }
        parts.values().removeIf(all -> all.stream().noneMatch(part -> part.holds() || part.waits()));
        return parts;
    }

    private static List<String> row(String lock, List<Part> parts) {
        List<Part> inside = parts.stream().filter(Part::holds).toList();
        Tally tally = parts.stream().map(part -> part.peer.tallies().getOrDefault(lock, Tally.NONE)).reduce(Tally.NONE, Tally::plus);
        return List.of(lock,
                joined(inside.stream().map(part -> part.peer.node().id() + part.behind()).toList()),
                joined(inside.stream().map(part -> Durations.say(part.lock.sinceNanos())).toList()),
                joined(inside.stream().map(part -> String.valueOf(part.lock.fence())).toList()),
                tally.entries() == 0 ? "-" : String.format(Locale.ROOT, "%.1f", (double) tally.messages() / tally.entries()),
                joined(parts.stream().filter(Part::waits)
                        .sorted(Comparator.comparing((Part part) -> part.lock.stamp(), Comparator.nullsLast(Comparator.naturalOrder())))
                        .map(Part::waiter).toList()));
    }

    private static String joined(List<String> words) {
        return words.isEmpty() ? "-" : String.join(", ", words);
    }

    private static List<String> aligned(List<List<String>> rows) {
        int[] widths = new int[HEAD.size()];
        rows.forEach(row -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        return rows.stream().map(row -> {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).append(i + 1 < widths.length ? " ".repeat(widths[i] - row.get(i).length() + 2) : "");
            }
            return line.toString();
        }).toList();
    }
}
