package mutex.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import mutex.node.NodeView;
import mutex.status.Snapshot;
import mutex.text.Durations;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(name = "peers", description = "List the peers: address, state, epoch (incarnation), last heard, round-trip time.")
public final class PeersCommand implements Runnable {

    private static final String ROW = "%-5s %-22s %-9s %-13s %-10s %s";

    @ParentCommand
    private ShellCommands shell;

    @Override
    public void run() {
        lines(shell.session.peer.snapshot().join()).forEach(shell.session.screen::line);
    }

    public static List<String> lines(Snapshot now) {
        List<String> lines = new ArrayList<>();
        lines.add(row("peer", "address", "state", "epoch", "last heard", "round trip"));
        lines.add(row(now.node().id(), now.node().endpoint(), "this peer", now.node().epoch(), "-", "-"));
        for (Snapshot.Other other : now.peers()) {
            lines.add(row(other.id() == 0 ? "?" : other.id(), other.endpoint(),
                    state(now, other), other.epoch() == 0 ? "-" : other.epoch(),
                    other.heardMillisAgo() < 0 ? "never" : Durations.sayMillis(other.heardMillisAgo()),
                    (other.roundTripMicros() == 0 ? "-" : Durations.sayMicros(other.roundTripMicros()))
                            + (other.trouble().isEmpty() ? "" : "  " + other.trouble())));
        }
        return lines;
    }

    private static String state(Snapshot now, Snapshot.Other other) {
        NodeView.StandingView standing = now.node().standing();
        return standing != null && standing.absent().contains(other.id()) ? "absent" : other.linked() ? "linked" : "no link";
    }

    private static String row(Object... cells) {
        return String.format(Locale.ROOT, ROW, cells).stripTrailing();
    }
}
