package mutex.status;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import mutex.event.NodeView;
import mutex.log.Tallies.LockTally;
import mutex.text.AlignedTable;
import mutex.text.Durations;
import mutex.text.WordWrap;

/** The locks of a group as several peers see them at about the same time: who is inside, who waits in which order. */
public final class TopTable {

    private static final List<String> HEAD = List.of("LOCK", "HOLDER", "FOR", "FENCE", "MSG/ENTRY", "WAITING, OLDEST FIRST");

    private TopTable() {}

    /**
     * Who answers, then the table; the first of the peers is the one that was asked.
     *
     * @param width the most columns of a line
     */
    public static List<String> lines(int self, SortedMap<Integer, Snapshot> peers, int width) {
        List<String> lines = new ArrayList<>(WordWrap.lines(title(peers.get(self), peers), width));
        StandingText.lines(peers.get(self)).forEach(line -> lines.addAll(WordWrap.lines(line, width)));
        List<List<String>> rows = new ArrayList<>();
        LockRole.byLock(peers.values()).forEach((lock, roles) -> rows.add(row(lock, roles)));
        if (rows.isEmpty()) {
            lines.add("no lock is held or wanted anywhere");
            return lines;
        }
        rows.add(0, HEAD);
        lines.addAll(AlignedTable.lines(rows, Set.of(), width, 0)); // of a queue that is too long, those who wait longest stand first
        return lines;
    }

    private static String title(Snapshot self, SortedMap<Integer, Snapshot> peers) {
        NodeView node = self.node();
        if (node.group() == null) {
            return "peer " + node.id() + ": no group yet: " + node.waitingFor();
        }
        List<Integer> silent = node.group().members().keySet().stream().filter(id -> !peers.containsKey(id)).toList();
        int members = node.group().members().size();
        return "as peer " + node.id() + " sees it: " + (members - silent.size()) + " of " + members + " members answer"
                + (silent.isEmpty() ? "" : ", no answer from " + silent.stream().map(String::valueOf).collect(Collectors.joining(", ")));
    }

    private static List<String> row(String lock, List<LockRole> roles) {
        List<LockRole> inside = LockRole.holders(roles);
        LockTally tally = roles.stream().map(LockRole::peer).distinct().map(each -> each.tallies().getOrDefault(lock, LockTally.NONE)).reduce(LockTally.NONE, LockTally::plus);
        return List.of(lock,
                joined(inside.stream().map(each -> each.peer().node().id() + by(each) + how(each) + behind(each)).toList()),
                joined(inside.stream().map(each -> Durations.say(each.sinceNanos())).toList()),
                joined(inside.stream().map(each -> String.valueOf(each.hold().fence())).toList()),
                tally.entries() == 0 ? "-" : String.format(Locale.ROOT, "%.1f", (double) tally.messages() / tally.entries()),
                joined(LockRole.queue(roles).stream().map(TopTable::waiter).toList()));
    }

    private static String waiter(LockRole each) {
        String since = each.stamp() == null ? "no majority" : Durations.say(each.sinceNanos());
        return each.peer().node().id() + how(each) + " (" + since + ")" + behind(each);
    }

    private static String by(LockRole each) {
        LockClient client = each.client();
        return client == null ? "" : " " + client.brief();
    }

    private static String how(LockRole each) {
        return each.how().isEmpty() ? "" : " " + each.how();
    }

    private static String behind(LockRole each) {
        return each.behind() > 0 ? " +" + each.behind() : "";
    }

    private static String joined(List<String> words) {
        return words.isEmpty() ? "-" : String.join(", ", words);
    }
}
