package mutex.status;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import mutex.event.NodeView;
import mutex.text.LeaseText;

/** Whether a peer with a lease may use the group's locks, in words. */
public final class StandingText {

    private StandingText() {}

    /** For the prompt; empty when there is nothing to say. */
    public static String prompt(Snapshot peer) {
        NodeView.StandingView standing = peer.node().standing();
        return standing == null || standing.good() ? "" : " no majority " + standing.heard() + "/" + size(peer.node());
    }

    /** Why nothing can be entered at this peer now; empty when something can. */
    public static Optional<String> noMajority(NodeView node) {
        NodeView.StandingView standing = node.standing();
        return standing == null || standing.good() ? Optional.empty()
                : Optional.of("no majority: " + standing.heard() + " of " + size(node) + " peers reachable, " + standing.majority() + " needed");
    }

    /** For a person who asks how the peer is. */
    public static List<String> lines(Snapshot peer) {
        NodeView node = peer.node();
        NodeView.StandingView standing = node.standing();
        List<String> lines = new ArrayList<>();
        if (standing != null) {
            lines.add(noMajority(node).map(none -> none + "; no lock can be acquired until more peers answer").orElseGet(() ->
                    "majority: " + standing.heard() + " of " + size(node) + " peers reachable, " + standing.majority() + " needed"));
            if (!standing.absent().isEmpty()) {
                lines.add("absent: " + standing.absent().stream().map(String::valueOf).collect(Collectors.joining(", "))
                        + " (suspected of having failed; locks are acquired without " + (standing.absent().size() == 1 ? "it)" : "them)"));
            }
            if (size(node) == 2) {
                lines.add(LeaseText.OF_TWO);
            }
        }
        node.suspects().forEach((id, rule) -> lines.add("suspect: peer " + id + " " + rule));
        return lines;
    }

    private static int size(NodeView node) {
        return node.group() == null ? 1 : node.group().members().size();
    }
}
