package mutex.shell;

import java.util.concurrent.Callable;
import mutex.link.FaultLab;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(name = "heal", description = "End all faults; whatever they held up continues at once.")
final class HealCommand implements Callable<Integer> {

    @ParentCommand
    private ShellCommands shell;

    @Override
    public Integer call() {
        Session session = shell.session;
        FaultLab lab = session.peer.lab();
        if (!lab.isOpen()) {
            session.screen.problem("heal: the fault lab is off; start this peer with --lab");
            return 1;
        }
        int faults = session.peer.snapshot().join().faults().size();
        lab.heal().join();
        session.screen.line("heal: " + (faults == 0 ? "there were no faults" : faults == 1 ? "the fault is over" : faults + " faults are over"));
        return 0;
    }
}
