package mutex.cli;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import mutex.event.LogEvent;
import mutex.event.LogEvent.Detail.InGroup;
import mutex.event.LogEvent.Detail.Reachable;
import mutex.log.LogEntry;

/**
 * What a peer without a shell says for its log: its problems, and that they are over. Good news is said once, and again
 * only after a problem, so that a log ends as the peer stands. Loop thread only.
 */
final class ServiceNews implements Consumer<LogEntry> {

    private static final int MOST_PEERS = 64;

    private final Consumer<String> good;
    private final Consumer<String> bad;
    private final Map<Integer, Integer> linked = new HashMap<>(); // by peer, how many problems had been said when its link was
    private SortedSet<Integer> members = new TreeSet<>(); // empty while in no group
    private int problems;

    ServiceNews(Consumer<String> good, Consumer<String> bad) {
        this.good = good;
        this.bad = bad;
    }

    /** Says something that went wrong. */
    void problem(String line) {
        problems++;
        bad.accept(line);
    }

    @Override
    public void accept(LogEntry entry) {
        LogEvent what = entry.what();
        switch (what.kind()) {
            case LINK -> {
                if (what.detail() instanceof Reachable reachable && reachable.now() && isNews(what.peer())) {
                    good.accept("peer " + entry.peer() + " is linked with peer " + what.peer());
                }
            }
            case GROUP -> group(entry);
            case ABSENT, EPOCH -> {
                if (what.peer() == entry.peer() || members.contains(what.peer()) && what.detail() instanceof Reachable) {
                    good.accept(entry.toString());
                }
            }
            default -> { }
        }
    }

    private boolean isNews(int peer) {
        boolean concerns = members.isEmpty() ? linked.containsKey(peer) || linked.size() < MOST_PEERS : members.contains(peer);
        Integer before = concerns ? linked.put(peer, problems) : Integer.valueOf(problems);
        return before == null || before < problems;
    }

    private void group(LogEntry entry) {
        if (entry.what().detail() instanceof InGroup group) {
            members = group.members();
            linked.keySet().retainAll(members);
            good.accept(members.isEmpty() ? entry.toString() : "peer " + entry.peer() + " is in a group: " + entry.what().text());
        } else {
            good.accept(entry.toString());
        }
    }
}
