package mutex.shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(name = "status", description = "Show this peer, its group, and the locks held, wanted and deferred.")
final class StatusCommand implements Runnable {

    @ParentCommand
    private ShellCommands shell;

    @Override
    public void run() {
        StatusText.lines(shell.session.peer.snapshot().join()).forEach(shell.session.screen::line);
    }
}
