package mutex.status;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import mutex.algorithm.Mode;
import mutex.algorithm.Stamp;
import mutex.event.NodeView;
import mutex.text.Count;
import mutex.text.Durations;
import mutex.text.LeaseText;

/** A peer, its group, and the locks held, wanted and deferred, in words. */
public final class StatusText {

    private StatusText() {}

    public static List<String> lines(Snapshot now) {
        NodeView node = now.node();
        List<String> lines = new ArrayList<>();
        lines.add("peer " + node.id() + " at " + node.endpoint() + ", epoch " + node.epoch() + ", Lamport time "
                + node.time() + ", " + now.algorithm() + ", " + LeaseText.say(now.leaseMillis()));
        lines.add(node.group() == null ? "no group yet: " + node.waitingFor() : "group " + node.group());
        lines.addAll(StandingText.lines(now));
        if (node.change() != null) {
            lines.add("change of the group: " + node.change());
        }
        now.faults().forEach(fault -> lines.add("fault: " + fault));
        for (Snapshot.Other other : now.peers()) {
            if (!other.trouble().isEmpty()) {
                lines.add("peer " + (other.id() == 0 ? "" : other.id() + " ") + "at " + other.endpoint() + ": " + other.trouble());
            }
            wayOut(now, other).ifPresent(lines::add);
        }
        List<NodeView.LockView> locks = node.locks().stream().filter(lock -> used(lock) || !lock.about().isEmpty()).toList();
        if (locks.isEmpty() && node.moreLocks() == 0) {
            lines.add("no lock is held or wanted here");
        }
        locks.forEach(lock -> lines.addAll(lines(lock, now)));
        more(node).ifPresent(lines::add);
        node.jobs().forEach(job -> lines.add("job [" + job.mark().job() + "] " + job.text()));
        return lines;
    }

    /** What to do about a member that is known only from the state file, perhaps from a trial long ago. */
    static Optional<String> wayOut(Snapshot now, Snapshot.Other other) {
        boolean member = now.node().group() != null && now.node().group().members().containsKey(other.id());
        return !member || other.heardMillisAgo() >= 0 ? Optional.empty()
                : Optional.of("peer " + other.id() + " belongs to the group that the state file remembers, but has not been heard from since this peer "
                        + "started; if it is gone for good, \"remove " + other.id() + (now.leaseMillis() == 0 ? " --force" : "")
                        + "\" removes it");
    }

    /** How many locks there are besides those that the view shows, in a line; empty where it shows all. */
    public static Optional<String> more(NodeView node) {
        return node.moreLocks() == 0 ? Optional.empty() : Optional.of("and " + node.moreLocks() + (node.moreLocks() == 1 ? " lock" : " locks") + " more");
    }

    /** Those held or wanted at the peer. */
    public static List<NodeView.LockView> locks(NodeView node) {
        return node.locks().stream().filter(StatusText::used).toList();
    }

    private static boolean used(NodeView.LockView lock) {
        return lock.stamp() != null || lock.waiting() > 0;
    }

    /** How it stands here, and where somebody has it, how that one gives it back. */
    public static List<String> lines(NodeView.LockView lock, Snapshot now) {
        LockClient client = now.client(lock, lock.stamp());
        List<String> lines = new ArrayList<>(List.of(line(lock, now, client)));
        wayBack(lock, now, client, !lock.holds().isEmpty(), lines);
        for (NodeView.HoldView hold : lock.holds().stream().skip(1).toList()) {
            LockClient next = now.client(lock, hold.stamp());
            lines.add("  and HELD with " + with(hold.stamp(), hold.mode()) + " for " + Durations.say(hold.sinceNanos()) + by(next, now, true) + ", fence " + hold.fence());
            wayBack(lock, now, next, true, lines);
        }
        int more = now.holds(lock) - lock.holds().size();
        if (more > 0) {
            lines.add("  and HELD " + more + " times more");
        }
        if (!lock.holds().isEmpty() && lock.wish() != null) {
            LockClient next = now.client(lock, lock.wish().stamp());
            lines.add("  and WANTED with " + with(lock.wish().stamp(), lock.wish().mode()) + " for " + Durations.say(lock.wish().sinceNanos()) + by(next, now, false) + missing(lock));
            wayBack(lock, now, next, false, lines);
        }
        return lines;
    }

    private static void wayBack(NodeView.LockView lock, Snapshot now, LockClient client, boolean held, List<String> lines) {
        if (client != null && lock.stamp() != null) {
            lines.add("  " + client.wayBack(lock.name(), now.node().id(), held));
        }
    }

    /** The stamp, and the mode where it is not exclusive. */
    static String with(Stamp stamp, Mode mode) {
        return stamp + mode.suffix();
    }

    private static String by(LockClient client, Snapshot now, boolean held) {
        return client == null ? "" : (held ? " by " : " for ") + client.who(now.node().id());
    }

    private static String missing(NodeView.LockView lock) {
        return lock.missing().isEmpty() ? "" : ", waiting for permission from " + Count.peers(lock.missing());
    }

    private static String line(NodeView.LockView lock, Snapshot now, LockClient client) {
        String about = lock.about().isEmpty() ? "" : ", " + lock.about();
        if (!used(lock)) {
            return "[" + lock.name() + "] IDLE" + about;
        } else if (lock.stamp() == null) {
            return "[" + lock.name() + "] " + lock.waiting() + " waiting here, until "
                    + (now.node().group() == null ? "the group begins" : "there is a majority");
        }
        boolean held = !lock.holds().isEmpty();
        Mode mode = held ? lock.holds().get(0).mode() : lock.wish() == null ? Mode.EXCLUSIVE : lock.wish().mode();
        String fence = held ? ", fence " + lock.fence() + ", entered with " + lock.messages()
                + (lock.messages() == 1 ? " message" : " messages") : "";
        String deferred = lock.deferred().isEmpty() ? "" : lock.deferred().values().stream()
                .map(Object::toString).collect(Collectors.joining(", ", ", deferred: ", ""));
        return "[" + lock.name() + "] " + lock.state() + " with " + with(lock.stamp(), mode) + " for "
                + Durations.say(lock.sinceNanos()) + by(client, now, held) + fence + (held ? "" : missing(lock)) + deferred + about
                + (lock.waiting() == 0 ? "" : ", " + lock.waiting() + " more waiting here");
    }
}
