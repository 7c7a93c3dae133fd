package mutex.shell;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import mutex.status.Removal;
import mutex.status.Snapshot;
import mutex.text.Durations;
import mutex.text.Printable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(name = "remove", description = "Remove silent peers from the group for good.")
final class RemoveCommand implements Callable<Integer> {

    @ParentCommand
    private ShellCommands shell;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "ID", description = "ids of the peers")
    private List<String> words;

    @Option(names = "--force", description = "remove even a peer that answers, and even if the others cannot agree: "
            + "if it is still alive, two peers may hold a lock at once. Asks to type the ids again")
    private boolean force;

    @Override
    public Integer call() {
        Session session = shell.session;
        SortedSet<Integer> ids = new TreeSet<>();
        words.forEach(word -> ids.add(id(word)));
        Snapshot now = session.peer.snapshot().join();
        Removal removal = new Removal(now, ids);
        Optional<String> problem = removal.impossible(force).or(() -> force ? unconfirmed(session, removal) : removal.dangerous());
        if (problem.isPresent()) {
            session.screen.problem("remove: " + problem.get());
            return 1;
        }
        String peers = removal.peers();
        boolean agreed = removal.canBeAgreed();
        session.screen.line("remove: asking the others to go on without " + peers + (!agreed ? " ..."
                : ", then waiting until " + (ids.size() == 1 ? "its" : "their") + " lease has expired, "
                        + Durations.sayMillis(now.leaseMillis() * 11 / 10) + " ..."));
        return GroupChange.ask(session, "remove", peers + (ids.size() == 1 ? " is" : " are") + " out of the group",
                done -> session.peer.requests().remove(ids, !agreed, done)) ? 0 : 1;
    }

    private int id(String word) {
        if (!word.matches("[0-9]{1,5}") || Integer.parseInt(word) < 1 || Integer.parseInt(word) > 65_535) {
            throw new ParameterException(spec.commandLine(), Printable.quoted(word) + " is not the id of a peer, e.g. 3");
        }
        return Integer.parseInt(word);
    }

    /** Asks for the ids once more. */
    private static Optional<String> unconfirmed(Session session, Removal removal) {
        String ids = removal.ids();
        String answer = session.ask("type " + ids + " to remove " + removal.peers() + " for good; " + removal.risk() + ": ");
        if (answer == null) {
            return Optional.of("not confirmed: " + ids + (session.interactive ? " was not typed" : " was not on the next line") + "; nothing was done");
        }
        return Arrays.asList(answer.strip().split("[ ,]+")).equals(Arrays.asList(ids.split(" "))) ? Optional.empty()
                : Optional.of(Printable.quoted(answer.strip()) + " is not " + ids + "; nothing was done");
    }
}
