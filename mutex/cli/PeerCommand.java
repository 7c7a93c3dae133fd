package mutex.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import mutex.algorithm.AlgorithmKind;
import mutex.discover.BadConfiguration;
import mutex.discover.Discovery;
import mutex.discover.Reach;
import mutex.discover.StartList;
import mutex.log.LogFile;
import mutex.metrics.MetricsServer;
import mutex.peer.BrokenRule;
import mutex.peer.LocalPeer;
import mutex.peer.StartRules;
import mutex.peer.StateFile;
import mutex.shell.Leaving;
import mutex.shell.Screen;
import mutex.shell.Session;
import mutex.shell.Shell;
import mutex.shell.Usage;
import mutex.text.ExitCode;
import mutex.trace.TraceCommand;
import mutex.transport.EventLoop;
import mutex.transport.Tls;
import mutex.web.WebServer;
import org.jline.utils.Signals;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** One peer of a distributed lock without a server: starts it, with a shell on a terminal. */
@Command(name = "peer", sortOptions = false, mixinStandardHelpOptions = true, version = "After You 0.1.0",
        description = "Runs one peer of a lock among equals.", subcommands = {Certs.class, Demo.class, TraceCommand.class},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:ended in order", "1:a command of a piped shell failed", "64:wrong usage",
            "70:the peer broke one of its own rules and stopped", "78:bad configuration, or the port is in use"})
public final class PeerCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--id", paramLabel = "ID", description = "1 to 65535, another for each peer")
    private String id;

    @Option(names = "--port", paramLabel = "PORT", description = "port to listen on; 0 lets the system choose")
    private String port;

    @Option(names = "--host", paramLabel = "HOST",
            description = "name or address of this machine that the others reach it by (default: localhost)")
    private String host;

    @Option(names = "--listen", paramLabel = "HOST[:PORT]", description = "what to listen on, where that is not what the others "
            + "reach it by; 0.0.0.0 and [::] are every address of this machine (default: as --host and --port say)")
    private String listen;
    private Reach reach;

    @Mixin
    private TlsOptions tls;

    @Option(names = "--insecure", description = "listen beyond this machine, without TLS")
    private boolean insecure;

    @Option(names = "--peers-file", paramLabel = "FILE",
            description = "list of peers, a host:port a line (default: ./peers.txt if there is one)")
    private Path peersFile;

    @Mixin
    private DiscoverOptions discover;

    @Option(names = "--lease", paramLabel = "TIME", description = "how long a silent minority of three or more peers may hold "
            + "up the others, 200ms to 10m, the same at all; 0 waits for every peer (default: 0)")
    private String lease = "0";
    private long leaseMillis;

    @Mixin
    private AlgorithmOptions algorithm;
    private AlgorithmKind algorithms;

    @Option(names = "--no-shell", description = "read no commands; run until INT or TERM")
    private boolean noShell;

    @Option(names = "--log", paramLabel = "FILE", description = "append every event to the file, and what led to it, in lines of JSON: for trace and replay")
    private Path log;

    @Option(names = "--lab", description = "for classes: the shell takes \"fault\", which delays, drops, cuts and pauses")
    private boolean lab;

    @Option(names = "--metrics", paramLabel = "PORT",
            description = "serve http://HOST:PORT/metrics for Prometheus and /ready, without TLS; 0 lets the system choose")
    private String metrics;
    private int metricsPort;

    @Option(names = "--web", paramLabel = "PORT", description = "serve a page to this machine, at an address that it prints and nobody can guess: the "
            + "group, its locks and its messages as they happen, and buttons to request and release; 0 lets the system choose")
    private String web;
    private int webPort;

    @Option(names = "--state", paramLabel = "DIR",
            description = "folder of the state file, which remembers a group that grew (default: the user's state folder)")
    private Path state;

    @Parameters(paramLabel = "HOST:PORT", description = "the other peers of the group")
    private List<String> addresses = List.of();

    @Override
    public Integer call() throws IOException, InterruptedException {
        StartList start = checked();
        Path folder = state != null ? StartRules.state(state) : StateFile.usualFolder();
        boolean terminal = !noShell && Shell.onTerminal();
        Screen screen = new Screen(System.out, terminal ? null : System.err);
        Tls secured = opened(screen);
        LogFile file = log == null ? null : openLog(screen);
        if (noShell) { // before anything says that it runs
            Signals.register("HUP", file == null ? () -> { } : file::reopen); // as logrotate sends it
        }
        EventLoop events = new EventLoop(secured);
        LocalPeer peer = LocalPeer.start(events, new LocalPeer.PeerStart(StartRules.number("--id", id, 1), start.self().host(), start.self().port(),
                listen, insecure, start.others(), folder, algorithms, leaseMillis, discover.expect(), screen::problem, BrokenRule.ends("peer"), file));
        if (lab) {
            peer.loop().lab().open();
        }
        MetricsServer counting;
        WebServer page;
        try {
            counting = metrics == null ? null : measured(peer, screen);
            page = web == null ? null : new WebServer(peer.loop(), webPort, secured,
                    peer.state().resolveSibling("peer-" + peer.loop().settings().id() + ".page"));
        } catch (IOException e) {
            peer.close();
            throw e;
        }
        screen.line("peer " + id + " listens on " + peer.endpoint());
        if (peer.remembersGroup()) {
            screen.line("its group is remembered in " + peer.state());
        }
        if (page != null) {
            screen.line("live page at " + page.address());
        }
        Discovery discovery = discover.start(peer.endpoint(), peer.loop()::discovered, screen::problem);
        Runnable leave = () -> {
            Leaving.orAtOnce();
            if (page != null) {
                page.close();
            }
            peer.close();
            if (discovery != null) {
                discovery.close();
            }
            if (counting != null) {
                counting.close();
            }
            if (file != null) {
                file.close();
            }
            screen.flush();
        };
        Runtime.getRuntime().addShutdownHook(new Thread(leave, "leave"));
        return serve(peer, screen, terminal);
    }

    private MetricsServer measured(LocalPeer peer, Screen screen) throws IOException {
        MetricsServer server = new MetricsServer(peer.loop(), reach.listen(), metricsPort);
        screen.line("metrics at http://" + reach.host() + ":" + server.port() + "/metrics");
        return server;
    }

    private int serve(LocalPeer peer, Screen screen, boolean terminal) throws IOException, InterruptedException {
        if (noShell) {
            new CountDownLatch(1).await();
        }
        try (Session session = new Session(peer.loop(), screen, terminal)) {
            Shell shell = new Shell(session);
            if (terminal) {
                screen.line("Enter asks for the lock and gives it back; help lists the commands");
                shell.run();
                new Leaving(session).leave();
                return 0;
            }
            int code = shell.run(System.in);
            return new Leaving(session).leave() ? code : ExitCode.NO;
        }
    }

    private StartList checked() {
        String first = addresses.isEmpty() ? null : addresses.get(0);
        if (id == null && first != null && !first.contains(":")) {
            String similar = Usage.didYouMean(new UnmatchedArgumentException(spec.commandLine(), List.of(first)));
            require(false, "unknown command " + Usage.quoted(first)
                    + (similar.isEmpty() ? "; to start a peer write for example --id 1 --port 5001 localhost:5000" : similar));
        }
        require(id != null, "--id is missing; write for example --id 1 --port 5001");
        for (Path path : new Path[] {peersFile, log, state}) {
            require(path == null || !path.toString().isEmpty(), (path == peersFile ? "--peers-file" : path == log ? "--log" : "--state")
                    + " \"\": the name is empty; write one, or leave the option out");
        }
        try {
            metricsPort = metrics == null ? 0 : StartRules.number("--metrics", metrics, 0);
            webPort = web == null ? 0 : StartRules.number("--web", web, 0);
            leaseMillis = StartRules.leaseMillis(lease);
            algorithms = algorithm.chosen(leaseMillis);
            Integer at = port == null ? null : StartRules.number("--port", port, 0);
            discover.check(peersFile, addresses);
            StartList start = discover.given() ? StartList.discovering(StartRules.number("--id", id, 1), host, at)
                    : StartList.of(StartRules.number("--id", id, 1), host, at, peersFile, addresses);
            tls.check();
            StartRules.insecureWithTls(insecure, tls.given());
            reach = Reach.of(start.self().host(), start.self().port(), listen, insecure || tls.given());
            return start;
        } catch (BadConfiguration e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }

    private Tls opened(Screen screen) {
        Tls opened = tls.open(screen::problem);
        StartRules.encryption(StartRules.number("--id", id, 1), insecure, opened);
        return opened;
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }

    private LogFile openLog(Screen screen) {
        try {
            return new LogFile(log, screen::problem);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException("--log " + log + ": " + wrong.getMessage());
        } catch (UncheckedIOException e) {
            throw new IllegalArgumentException("--log " + log + ": cannot be written (" + BadConfiguration.reason(e.getCause())
                    + "); name a file in a folder that is there");
        }
    }
}
