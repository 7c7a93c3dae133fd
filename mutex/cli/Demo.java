package mutex.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import mutex.algorithm.AlgorithmKind;
import mutex.group.Seed;
import mutex.log.LogEntry;
import mutex.peer.BrokenRule;
import mutex.peer.LocalPeer;
import mutex.shell.Screen;
import mutex.shell.Session;
import mutex.shell.Shell;
import mutex.text.ExitCode;
import mutex.transport.EventLoop;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Three peers with real gRPC between them in one process: to play with on a terminal, to be checked without. */
@Command(name = "demo", mixinStandardHelpOptions = true, exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:every rule held, or the shell was left", "1:a rule was broken", "64:wrong usage",
            "74:the output cannot be written", "78:the peers cannot be started"},
        description = "Run three peers in one process: on a terminal a shell to try, otherwise 30 entries of the lock and their check.")
public final class Demo implements Callable<Integer> {

    private static final int PEERS = 3;
    private static final int ENTRIES = 30;
    private static final String ENDED = "it was ended";

    @Mixin
    private final AlgorithmOptions algorithm = new AlgorithmOptions();

    @Spec
    private CommandSpec spec;

    private final List<LocalPeer> peers = new ArrayList<>(); // guarded by this, as the next, while they change
    private Path state;
    private volatile boolean ending; // that the peers miss each other then is no news

    @Override
    public Integer call() throws IOException, InterruptedException {
        boolean terminal = Shell.onTerminal();
        AlgorithmKind algorithms = algorithms();
        try (Screen screen = new Screen(System.out, terminal ? null : System.err)) {
            makeState();
            screen.line("demo: starting " + PEERS + " peers ...");
            start(screen, algorithms);
            if (!terminal) {
                return AlgorithmContest.run(peers, algorithms.entryRule(), ENTRIES, screen) ? 0 : ExitCode.NO;
            }
            screen.line("you are peer 1; peers 2 and 3 ask for the lock now and then");
            screen.line("Enter asks for the lock and gives it back; help lists the commands");
            try (Session session = new Session(peers.get(0).loop(), screen, true);
                    DemoPeers others = new DemoPeers(peers.subList(1, PEERS))) {
                others.start();
                new Shell(session).run();
            }
            return 0;
        } finally {
            end();
        }
    }

    private void makeState() throws IOException {
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "demo")); // by a signal; before there is anything to delete
        synchronized (this) {
            if (ending) {
                throw new IOException(ENDED);
            }
            state = Files.createTempDirectory("afteryou-demo");
        }
    }

    private synchronized void end() {
        if (!ending) {
            ending = true;
            peers.forEach(LocalPeer::close);
            if (state != null) {
                delete(state);
            }
        }
    }

    private AlgorithmKind algorithms() {
        try {
            return algorithm.withoutHands();
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), wrong.getMessage());
        }
    }

    /** The first peer begins alone; the others know it, and ask to be added. */
    private void start(Screen screen, AlgorithmKind algorithms) throws IOException, InterruptedException {
        EventLoop events = new EventLoop();
        for (int id = 1; id <= PEERS; id++) {
            List<Seed> known = id == 1 ? List.of() : List.of(new Seed(peers.get(0).endpoint(), 1));
            CompletableFuture<Void> inGroup = new CompletableFuture<>();
            LocalPeer peer = start(events, new LocalPeer.PeerStart(id, "localhost", 0, known, state,
                    algorithms, line -> say(screen, line), BrokenRule.ends("demo")));
            int size = id;
            Consumer<LogEntry> watch = entry -> peer.loop().snapshot().thenAccept(now -> {
                if (now.node().group() != null && now.node().group().members().size() == size) {
                    inGroup.complete(null);
                }
            });
            peer.loop().journal().listen(watch);
            watch.accept(null);
            try {
                inGroup.get(30, TimeUnit.SECONDS);
            } catch (TimeoutException | ExecutionException e) {
                throw new IOException("peer " + id + " did not get into the group within 30 s");
            } finally {
                peer.loop().journal().unlisten(watch);
            }
        }
    }

    private synchronized LocalPeer start(EventLoop events, LocalPeer.PeerStart start) throws IOException {
        if (ending) {
            throw new IOException(ENDED);
        }
        LocalPeer peer = LocalPeer.start(events, start);
        peers.add(peer);
        return peer;
    }

    private void say(Screen screen, String line) {
        if (!ending) {
            screen.problem(line);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
