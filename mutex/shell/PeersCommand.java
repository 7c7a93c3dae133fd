package mutex.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import mutex.event.NodeView;
import mutex.status.Snapshot;
import mutex.text.AlignedTable;
import mutex.text.Durations;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(name = "peers", description = "List the peers: address, state, epoch (incarnation), last heard, round-trip time.")
public final class PeersCommand implements Runnable {

    @ParentCommand
    private ShellCommands shell;

    @Override
    public void run() {
        lines(shell.session.peer.snapshot().join(), shell.session.screen.width()).forEach(shell.session.screen::line);
    }

    /**
     * A line a peer, and below it what is wrong with it.
     *
     * @param width the most columns of a line; addresses are shortened where they do not fit
     */
    public static List<String> lines(Snapshot now, int width) {
        List<List<String>> rows = new ArrayList<>(List.of(List.of("peer", "address", "state", "epoch", "last heard", "round trip"),
                List.of(String.valueOf(now.node().id()), now.node().endpoint(), "this peer", String.valueOf(now.node().epoch()), "-", "-")));
        for (Snapshot.Other other : now.peers()) {
            rows.add(List.of(other.id() == 0 ? "?" : String.valueOf(other.id()), other.endpoint(), state(now, other),
                    other.epoch() == 0 ? "-" : String.valueOf(other.epoch()),
                    other.heardMillisAgo() < 0 ? "never" : Durations.sayMillis(other.heardMillisAgo()),
                    other.roundTripMicros() == 0 ? "-" : Durations.sayMicros(other.roundTripMicros())));
        }
        List<String> lines = AlignedTable.lines(rows, Set.of(), width, 1);
        List<String> all = new ArrayList<>(lines.subList(0, 2));
        for (int i = 0; i < now.peers().size(); i++) {
            all.add(lines.get(i + 2));
            String trouble = now.peers().get(i).trouble();
            if (!trouble.isEmpty()) {
                all.add("      " + trouble);
            }
        }
        return all;
    }

    private static String state(Snapshot now, Snapshot.Other other) {
        NodeView.StandingView standing = now.node().standing();
        return standing != null && standing.absent().contains(other.id()) ? "absent" : other.linked() ? "linked" : "no link";
    }
}
