package mutex.cli;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import mutex.discover.Address;
import mutex.remote.AwaitedAnswer;
import mutex.remote.StatusClient;
import mutex.remote.StatusClient.PeerReport;
import mutex.shell.LocksCommand;
import mutex.shell.PeersCommand;
import mutex.shell.Shell;
import mutex.shell.TerminalWidth;
import mutex.status.Explanation;
import mutex.status.StatusText;
import mutex.text.ExitCode;
import mutex.text.LockName;
import mutex.text.Printable;
import mutex.text.WordWrap;
import mutex.wire.StatusJson;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A look at a running peer from the command line: the words are those of its shell; with {@code --json} for programs. */
@Command(sortOptions = false, exitCodeListHeading = "%nExit codes:%n", exitCodeList = {"0:the peer answered", "64:wrong usage, or the TLS files cannot be used",
    "74:the output cannot be written", "75:no peer answered; try again later"})
public abstract class StatusCommands implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--peer", paramLabel = "HOST:PORT[,...]", description = "the peer to ask; of several, the first that can use locks"
            + " (default: MUTEX_PEER, or localhost:5000)")
    private String peer;

    @Mixin
    private TlsOptions tls;

    @Option(names = "--json", description = "print one document of JSON, in one line; of watch one for each event")
    boolean json;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "show this help")
    private boolean help;

    /** Nobody reads what is printed. */
    private static final class Unread extends RuntimeException {

        private static final long serialVersionUID = 1;
    }

    abstract void look(StatusClient peer) throws IOException;

    @Override
    public Integer call() {
        try (StatusClient client = new StatusClient(Address.ofPeers(peer, System.getenv()), tls.open(System.err::println))) {
            if (AwaitedAnswer.isRead()) {
                client.whenLate(line -> System.err.println(spec.name() + ": " + line));
            }
            look(client);
            return 0;
        } catch (Unread end) {
            return 0;
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), wrong.getMessage());
        } catch (IOException e) {
            System.err.println(spec.name() + ": " + Printable.of(e.getMessage()));
            return ExitCode.NOT_NOW;
        }
    }

    /**
     * Prints the document, or the lines.
     *
     * @param document of JSON; asked for only where it is wanted
     */
    void print(Supplier<String> document, List<String> lines) {
        if (json) {
            System.out.println(document.get());
        } else {
            wrapped(lines, TerminalWidth.limit()).forEach(System.out::println);
        }
    }

    static List<String> wrapped(List<String> lines, int width) {
        return lines.stream().flatMap(line -> WordWrap.lines(Printable.of(line), width).stream()).toList();
    }

    /** The commands, for a command line. */
    public static void addTo(CommandLine line) {
        List.of(new OfStatus(), new OfPeers(), new OfLocks(), new OfWhy(), new OfWatch(), new Top()).forEach(line::addSubcommand);
    }

    @Command(name = "status", description = "Show a running peer, its group, and the locks that are held, wanted or deferred there.")
    static final class OfStatus extends StatusCommands {
        @Override
        void look(StatusClient peer) throws IOException {
            PeerReport report = peer.status();
            print(() -> StatusJson.status(report.reply()), StatusText.lines(report.snapshot()));
        }
    }

    @Command(name = "peers", description = "List the peers, as one that runs sees them.")
    static final class OfPeers extends StatusCommands {
        @Override
        void look(StatusClient peer) throws IOException {
            PeerReport report = peer.status();
            print(() -> StatusJson.peers(report.reply()), PeersCommand.lines(report.snapshot(), TerminalWidth.limit()));
        }
    }

    @Command(name = "locks", description = "List the locks that are held or wanted anywhere in the group.")
    static final class OfLocks extends StatusCommands {
        @Override
        void look(StatusClient peer) throws IOException {
            StatusClient.Survey survey = peer.inquire();
            print(() -> StatusJson.locks(survey.replies()), LocksCommand.lines(survey.byId().values()));
        }
    }

    @Command(name = "why", description = "Explain what a request for a lock is waiting for at a running peer.")
    static final class OfWhy extends StatusCommands {

        @Parameters(arity = "0..1", paramLabel = "NAME", defaultValue = LockName.DEFAULT, description = "name of the lock (default: ${DEFAULT-VALUE})")
        private String lock;

        @Override
        void look(StatusClient peer) throws IOException {
            String name = LockName.check(lock);
            StatusClient.Survey survey = peer.inquire(Set.of(name));
            List<String> lines = Explanation.explain(survey.self(), name, survey.byId());
            print(() -> StatusJson.why(name, survey.replies(), lines), lines);
        }
    }

    @Command(name = "watch", description = "Show events at a running peer as they happen, until Ctrl-C.")
    static final class OfWatch extends StatusCommands {

        @Parameters(arity = "0..1", paramLabel = "NAME", description = "only events of this lock (default: all)")
        private String lock;

        @Override
        void look(StatusClient peer) throws IOException {
            String name = lock == null ? "" : LockName.check(lock);
            AtomicBoolean unread = new AtomicBoolean();
            OutputReader reader = OutputReader.watch(() -> {
                unread.set(true);
                peer.close();
            });
            try {
                if (Shell.onTerminal()) {
                    System.err.println("watch: shows " + (name.isEmpty() ? "all events" : "the events of [" + name + "]") + " as they happen, until Ctrl-C");
                }
                int width = TerminalWidth.limit();
                peer.watch(name, event -> {
                    (json ? List.of(event.json()) : wrapped(List.of(event.line()), width)).forEach(System.out::println);
                    if (System.out.checkError()) { // flushes; nobody reads it any more, as behind head
                        throw new Unread();
                    }
                });
            } catch (IOException e) {
                if (!unread.get()) {
                    throw e;
                }
            } finally {
                reader.close();
            }
        }
    }
}
