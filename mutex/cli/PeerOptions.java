package mutex.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import mutex.algorithm.AlgorithmKind;
import mutex.discover.BadConfiguration;
import mutex.discover.Discovery;
import mutex.discover.LateNotice;
import mutex.discover.Reach;
import mutex.discover.StartList;
import mutex.group.Seed;
import mutex.log.LogFile;
import mutex.metrics.MetricsServer;
import mutex.node.Node;
import mutex.peer.BrokenRule;
import mutex.peer.LocalPeer;
import mutex.peer.StartRules;
import mutex.remote.AwaitedAnswer;
import mutex.shell.Usage;
import mutex.state.StateFile;
import mutex.text.Printable;
import mutex.transport.Tls;
import mutex.web.WebServer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The options of a peer, and what they come to: a mixin. */
final class PeerOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--id", paramLabel = "ID", description = "1 to 65535, unique in the group")
    private String id;

    @Option(names = "--port", paramLabel = "PORT", description = "port to listen on; 0 lets the system choose")
    private String port;

    @Option(names = "--host", paramLabel = "HOST",
            description = "name or address by which the others reach this machine (default: localhost)")
    private String host;

    @Option(names = "--listen", paramLabel = "HOST[:PORT]", description = "address to listen on, if it differs from the one the others use; "
            + "0.0.0.0 and [::] are every address of this machine (default: --host and --port)")
    private String listen;

    @Mixin
    private TlsOptions tls;

    @Option(names = "--insecure", description = "allow connections from other machines without TLS, on a trusted network")
    private boolean insecure;

    @Option(names = "--peers-file", paramLabel = "FILE",
            description = "file with one host:port per line for each peer (default: peers.txt in this folder, if it exists)")
    private Path peersFile;

    @Mixin
    private DiscoverOptions discover;

    @Option(names = "--lease", paramLabel = "TIME", description = "how long a silent minority may hold up the others, 200ms to 10m, the same at all peers: a peer not heard "
            + "for this long by a majority (quorum) is suspected, and locks are acquired without it. It is not the time to live of a lock. "
            + "0 waits for every peer (default: 0)")
    private String lease = "0";

    @Mixin
    private AlgorithmOptions algorithm;

    @Option(names = "--most-locks", paramLabel = "N", description = "how many locks may be held or wanted at this peer at once, 64 to 1000000; the next is refused. "
            + "A held lock takes about 1 KB of memory; peers of one group may differ (default: 1024)")
    private String mostLocks = String.valueOf(Node.MOST_LOCKS);

    @Option(names = "--no-shell", description = "read no commands and run until INT or TERM, as a service does")
    boolean noShell;

    @Option(names = "--log", paramLabel = "FILE", description = "append every event to this file as lines of JSON, for trace and replay")
    private Path log;

    @Option(names = "--lab", description = "for teaching: enable the shell's command \"fault\", which delays, drops, cuts and pauses")
    boolean lab;

    @Option(names = "--metrics", paramLabel = "PORT",
            description = "serve /metrics for Prometheus and /ready on this port, without TLS; 0 lets the system choose")
    private String metrics;

    @Option(names = "--web", paramLabel = "PORT", description = "serve a live page to this machine, at an unguessable address that is printed: the group, its locks and "
            + "its messages as they happen, with buttons to request and release; 0 lets the system choose")
    private String web;

    @Option(names = "--state", paramLabel = "DIR",
            description = "folder for the state file, which remembers the group (default: afteryou in $XDG_STATE_HOME, or else in .local/state at home)")
    private Path state;

    @Parameters(paramLabel = "HOST:PORT", description = "addresses of the other peers")
    private List<String> addresses = List.of();

    // What they come to, once checked.

    private StartList start;
    private Reach reach;
    private Path folder;
    private long leaseMillis;
    private AlgorithmKind algorithms;
    private int most;
    private int metricsPort;
    private int webPort;

    /**
     * Checks what can be checked before anything is opened.
     *
     * @throws ParameterException in one line when the command line is wrong
     * @throws BadConfiguration in one line when a file or name is
     */
    void check() {
        String first = addresses.isEmpty() ? null : addresses.get(0);
        if (id == null && first != null && !first.contains(":")) {
            String similar = Usage.didYouMean(new UnmatchedArgumentException(spec.commandLine(), List.of(first)));
            require(false, "unknown command " + Printable.quoted(first)
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
            most = StartRules.mostLocks(mostLocks);
            algorithms = algorithm.chosen(leaseMillis);
            Integer at = port == null ? null : StartRules.number("--port", port, 0);
            discover.check(peersFile, addresses);
            start = discover.given() ? StartList.discovering(StartRules.number("--id", id, 1), host, at)
                    : StartList.of(StartRules.number("--id", id, 1), host, at, peersFile, addresses);
            tls.check();
            StartRules.insecureWithTls(insecure, tls.given());
            reach = LateNotice.during(AwaitedAnswer::isRead, "peer: waiting for a name server: " + start.self().host() + (listen == null ? " is" : " and --listen are")
                    + " being looked up", () -> Reach.of(start.self().host(), start.self().port(), listen, insecure || tls.given()));
        } catch (BadConfiguration e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
        folder = state != null ? StartRules.state(state) : StateFile.usualFolder();
    }

    /** Says which file has the other peers where none was named. */
    void tellFile(Consumer<String> out) {
        if (!discover.given() && StartList.isByDefault(peersFile, addresses) && !start.others().isEmpty()) {
            out.accept(StartList.DEFAULT_FILE + " in this folder names the other peers: " + start.others().stream().map(Seed::endpoint)
                    .collect(Collectors.joining(", ")) + "; to pass it over, name them on the command line");
        }
    }

    /** Says that the only addresses that were given are its own. */
    void tellNoOthers(Consumer<String> out) {
        if (!addresses.isEmpty() && start.others().isEmpty()) {
            out.accept(start.self() + " is this peer's own address, so it starts alone; name the addresses of other peers");
        }
    }

    /** Reads the files of TLS; null when none are named. */
    Tls openTls(Consumer<String> voice) {
        Tls opened = tls.open(voice);
        StartRules.encryption(StartRules.number("--id", id, 1), insecure, opened);
        return opened;
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }

    /** Opens the log; null when none is named. */
    LogFile openLog(Consumer<String> voice) {
        try {
            return log == null ? null : new LogFile(log, voice);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException("--log " + log + ": " + wrong.getMessage());
        } catch (UncheckedIOException e) {
            throw new IllegalArgumentException("--log " + log + ": cannot be written (" + BadConfiguration.reason(e.getCause())
                    + "); name a file in a folder that is there");
        }
    }

    /** What the peer is to be; {@link #check} comes before. */
    LocalPeer.PeerStart peerStart(Consumer<String> voice, LogFile file) {
        return new LocalPeer.PeerStart(StartRules.number("--id", id, 1), start.self().host(), start.self().port(), listen, insecure,
                start.others(), folder, algorithms, leaseMillis, discover.expect(), most, voice, BrokenRule.ends("peer"), file);
    }

    /** Serves the metrics, and says where; null when that is not asked for. */
    MetricsServer serveMetrics(LocalPeer peer, Consumer<String> out) throws IOException {
        if (metrics == null) {
            return null;
        }
        MetricsServer server = new MetricsServer(peer.loop(), reach.listen(), metricsPort);
        out.accept("metrics at http://" + reach.host() + ":" + server.port() + "/metrics");
        return server;
    }

    /** Serves the live page; null when that is not asked for. */
    WebServer servePage(LocalPeer peer, Tls secured) throws IOException {
        return web == null ? null : new WebServer(peer.loop(), webPort, secured,
                peer.state().resolveSibling("peer-" + peer.loop().settings().id() + ".page"));
    }

    /** Begins to look for other peers; null where they are listed. */
    Discovery startDiscovery(LocalPeer peer, Consumer<String> voice) {
        return discover.start(peer.endpoint(), peer.loop()::discovered, voice, peer.loop()::endIfFatal);
    }
}
