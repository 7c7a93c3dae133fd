package mutex.shell;

import java.util.concurrent.Callable;
import mutex.link.FaultLab;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(name = "heal", description = "End all faults; what they held up goes on at once.")
final class HealCommand implements Callable<Integer> {

    @ParentCommand
    private ShellCommands shell;

    @Override
    public Integer call() {
        Session session = shell.session;
        FaultLab lab = session.peer.lab();
        if (!lab.isOpen()) {
            session.screen.problem("heal: this peer has no fault lab; start it with --lab");
            return 1;
        }
        int faults = session.peer.snapshot().join().faults().size();
        lab.heal().join();
        session.screen.line("heal: " + (faults == 0 ? "there was no fault" : faults == 1 ? "the fault is over" : faults + " faults are over"));
        return 0;
    }
}
