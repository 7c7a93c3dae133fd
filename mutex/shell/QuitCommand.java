package mutex.shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(name = "quit", description = "Give everything back, withdraw what waits, leave the group, and end this peer.")
final class QuitCommand implements Runnable {

    @ParentCommand
    private ShellCommands shell;

    @Override
    public void run() {
        shell.session.quitting = true;
    }
}
