package mutex.shell;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import mutex.status.Snapshot;
import mutex.status.StatusText;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(name = "locks", description = "List the locks that are held or wanted anywhere in the group.")
public final class LocksCommand implements Runnable {

    @ParentCommand
    private ShellCommands shell;

    @Override
    public void run() {
        lines(shell.session.peer.inquire(Set.of()).join().values()).forEach(shell.session.screen::line);
    }

    public static List<String> lines(Collection<Snapshot> peers) {
        List<String> lines = new ArrayList<>();
        for (Snapshot peer : peers) {
            StatusText.locks(peer.node()).forEach(lock -> {
                List<String> of = StatusText.lines(lock, peer);
                lines.add("peer " + peer.node().id() + " " + of.get(0));
                lines.addAll(of.subList(1, of.size()));
            });
            StatusText.more(peer.node()).ifPresent(more -> lines.add("peer " + peer.node().id() + " " + more));
        }
        return lines.isEmpty() ? List.of("no lock is held or wanted anywhere") : lines;
    }
}
