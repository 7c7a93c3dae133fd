package mutex.shell;

import mutex.net.Snapshot;
import mutex.node.View;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(name = "locks", description = "List the locks that are held or wanted anywhere in the group.")
final class LocksCommand implements Runnable {

    @ParentCommand
    private ShellCommands shell;

    @Override
    public void run() {
        boolean none = true;
        for (Snapshot peer : shell.session.peer.inquire().join().values()) {
            for (View.OfLock lock : StatusCommand.locks(peer.node())) {
                none = false;
                shell.session.screen.line("peer " + peer.node().id() + " " + StatusCommand.line(lock, peer.node()));
            }
        }
        if (none) {
            shell.session.screen.line("no lock is held or wanted anywhere");
        }
    }
}
