package mutex.status;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import mutex.algorithm.Algorithm.State;
import mutex.node.NodeView;
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
        if (locks.isEmpty()) {
            lines.add("no lock is held or wanted here");
        }
        locks.forEach(lock -> lines.addAll(lines(lock, now)));
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

    /** Those held or wanted at the peer. */
    public static List<NodeView.LockView> locks(NodeView node) {
        return node.locks().stream().filter(StatusText::used).toList();
    }

    private static boolean used(NodeView.LockView lock) {
        return lock.stamp() != null || lock.waiting() > 0;
    }

    /** How it stands here, and where somebody has it, how that one gives it back. */
    public static List<String> lines(NodeView.LockView lock, Snapshot now) {
        LockClient client = now.clients().get(lock.name());
        List<String> lines = new ArrayList<>(List.of(line(lock, now.node(), client)));
        if (client != null && lock.stamp() != null) {
            lines.add("  " + client.wayBack(lock.name(), now.node().id(), lock.state() == State.HELD));
        }
        return lines;
    }

    private static String line(NodeView.LockView lock, NodeView node, LockClient client) {
        String about = lock.about().isEmpty() ? "" : ", " + lock.about();
        if (!used(lock)) {
            return "[" + lock.name() + "] IDLE" + about;
        } else if (lock.stamp() == null) {
            return "[" + lock.name() + "] " + lock.waiting() + " waiting here, until "
                    + (node.group() == null ? "the group begins" : "there is a majority");
        }
        String missing = lock.state() == State.WANTED && !lock.missing().isEmpty() ? ", waiting for permission from " + Count.peers(lock.missing()) : "";
        String fence = lock.state() == State.HELD ? ", fence " + lock.fence() + ", entered with " + lock.messages()
                + (lock.messages() == 1 ? " message" : " messages") : "";
        String deferred = lock.deferred().isEmpty() ? "" : lock.deferred().values().stream()
                .map(Object::toString).collect(Collectors.joining(", ", ", deferred: ", ""));
        return "[" + lock.name() + "] " + lock.state() + " with " + lock.stamp() + " for "
                + Durations.say(lock.sinceNanos()) + (client == null ? "" : (lock.state() == State.HELD ? " by " : " for ") + client.who(node.id())) + fence + missing + deferred + about
                + (lock.waiting() == 0 ? "" : ", " + lock.waiting() + " more waiting here");
    }
}
