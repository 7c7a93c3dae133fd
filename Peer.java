///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -Xms8m
//DEPS io.grpc:grpc-bom:1.85.1@pom
//DEPS io.grpc:grpc-netty-shaded
//DEPS io.grpc:grpc-protobuf
//DEPS io.grpc:grpc-stub
//DEPS io.grpc:grpc-services
//DEPS com.google.protobuf:protobuf-java:4.36.2
//DEPS com.google.guava:guava:33.6.0-jre
//DEPS com.google.code.gson:gson:2.14.0
//DEPS io.prometheus:prometheus-metrics-core:1.8.0
//DEPS io.prometheus:prometheus-metrics-exporter-httpserver:1.8.0
//DEPS org.jline:jline:4.5.0
//DEPS info.picocli:picocli:4.7.7
//DEPS info.picocli:picocli-shell-jline3:4.7.7
//SOURCES MutexGrpc.java MutexProto.java
//SOURCES mutex/algorithm/Algorithm.java mutex/algorithm/Message.java mutex/algorithm/Outgoing.java
//SOURCES mutex/algorithm/RicartAgrawala.java mutex/algorithm/Stamp.java
//SOURCES mutex/client/Held.java mutex/client/Mutex.java mutex/client/NotAcquired.java
//SOURCES mutex/client/PeerBuilder.java mutex/client/Request.java
//SOURCES mutex/discover/Address.java mutex/discover/BadConfiguration.java mutex/discover/PeersFile.java
//SOURCES mutex/discover/StartList.java
//SOURCES mutex/group/Absence.java mutex/group/Binding.java mutex/group/Change.java mutex/group/Founding.java
//SOURCES mutex/group/Group.java mutex/group/GroupMessage.java mutex/group/Hello.java mutex/group/Joining.java
//SOURCES mutex/group/LeaseMessage.java mutex/group/Listed.java mutex/group/Membership.java
//SOURCES mutex/group/Promise.java mutex/group/Proposal.java mutex/group/Saved.java mutex/group/Site.java
//SOURCES mutex/group/Standing.java mutex/group/Version.java mutex/group/Wish.java mutex/group/Witness.java
//SOURCES mutex/metrics/Happened.java mutex/metrics/MetricsServer.java mutex/metrics/Present.java
//SOURCES mutex/net/Askers.java mutex/net/Asking.java mutex/net/ByteCall.java mutex/net/Caller.java
//SOURCES mutex/net/CertificateMaker.java mutex/net/Client.java mutex/net/Dialer.java mutex/net/Dialers.java
//SOURCES mutex/net/Elapsed.java mutex/net/EventLoop.java mutex/net/Handshake.java mutex/net/HoldCall.java
//SOURCES mutex/net/HoldStream.java mutex/net/Inquiries.java mutex/net/LeaseText.java mutex/net/Link.java
//SOURCES mutex/net/Links.java mutex/net/LocalPeer.java mutex/net/Looking.java mutex/net/MutexService.java
//SOURCES mutex/net/Outbox.java mutex/net/PeerCertificate.java mutex/net/PeerLoop.java mutex/net/Problems.java
//SOURCES mutex/net/QuickCall.java mutex/net/QuickHeaders.java mutex/net/Rehearsal.java
//SOURCES mutex/net/RemotePeer.java mutex/net/Repeats.java mutex/net/Room.java mutex/net/Server.java
//SOURCES mutex/net/Settings.java mutex/net/Snapshot.java mutex/net/StateFile.java mutex/net/Tenants.java
//SOURCES mutex/net/Tls.java mutex/net/TlsCall.java mutex/net/TlsFiles.java mutex/net/TlsProblems.java
//SOURCES mutex/net/Trust.java mutex/net/WatchStream.java mutex/net/WatchedTls.java mutex/net/Wire.java
//SOURCES mutex/net/WireEvent.java mutex/net/WireFrame.java mutex/net/WirePart.java mutex/net/WireStatus.java
//SOURCES mutex/node/Counters.java mutex/node/Effect.java mutex/node/Event.java mutex/node/Frame.java
//SOURCES mutex/node/Happening.java mutex/node/Home.java mutex/node/Inbox.java mutex/node/Lease.java
//SOURCES mutex/node/LockName.java mutex/node/Locks.java mutex/node/NamedLock.java mutex/node/Node.java
//SOURCES mutex/node/Overtakings.java mutex/node/Peers.java mutex/node/Post.java mutex/node/Printable.java
//SOURCES mutex/node/Rule.java mutex/node/View.java mutex/node/Waits.java
//SOURCES mutex/run/ExitCode.java mutex/run/Help.java mutex/run/HoldRun.java mutex/run/Limits.java
//SOURCES mutex/run/LockOptions.java mutex/run/LockRun.java mutex/run/Program.java mutex/run/Signals.java
//SOURCES mutex/run/Supervisor.java mutex/run/SupervisorScript.java mutex/run/Tenant.java
//SOURCES mutex/run/UnderLock.java mutex/run/Uptime.java mutex/run/Words.java
//SOURCES mutex/shell/AddCommand.java mutex/shell/CancelCommand.java mutex/shell/Certs.java
//SOURCES mutex/shell/Completion.java mutex/shell/Contest.java mutex/shell/Demo.java mutex/shell/Durations.java
//SOURCES mutex/shell/Explanation.java mutex/shell/GroupChange.java mutex/shell/Leaving.java
//SOURCES mutex/shell/LineWriter.java mutex/shell/LockCommand.java mutex/shell/LocksCommand.java
//SOURCES mutex/shell/LogCommand.java mutex/shell/Look.java mutex/shell/PeersCommand.java
//SOURCES mutex/shell/QuitCommand.java mutex/shell/ReleaseCommand.java mutex/shell/Removal.java
//SOURCES mutex/shell/RemoveCommand.java mutex/shell/RequestCommand.java mutex/shell/Screen.java
//SOURCES mutex/shell/Session.java mutex/shell/Shell.java mutex/shell/ShellCommands.java
//SOURCES mutex/shell/StandingText.java mutex/shell/StatusCommand.java mutex/shell/TlsOptions.java
//SOURCES mutex/shell/Top.java mutex/shell/TopTable.java mutex/shell/Turn.java mutex/shell/Usage.java
//SOURCES mutex/shell/Visitors.java mutex/shell/WhyCommand.java
//SOURCES mutex/trace/Calm.java mutex/trace/Check.java mutex/trace/Diagram.java mutex/trace/Discussion.java
//SOURCES mutex/trace/Entry.java mutex/trace/Fairness.java mutex/trace/Holders.java mutex/trace/Journal.java
//SOURCES mutex/trace/Life.java mutex/trace/Line.java mutex/trace/Log.java mutex/trace/LogFile.java
//SOURCES mutex/trace/LogLine.java mutex/trace/LogReader.java mutex/trace/Merge.java mutex/trace/Messages.java
//SOURCES mutex/trace/Report.java mutex/trace/Shiviz.java mutex/trace/Span.java mutex/trace/Story.java
//SOURCES mutex/trace/Summary.java mutex/trace/Tallies.java mutex/trace/TextDiagram.java mutex/trace/Trace.java
//SOURCES mutex/trace/TraceCommand.java mutex/trace/Turn.java mutex/trace/Turns.java
//SOURCES mutex/trace/VectorClock.java mutex/trace/Violation.java
//FILES mutex/trace/diagram.html=mutex/trace/diagram.html mutex/trace/report.html=mutex/trace/report.html

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import mutex.algorithm.RicartAgrawala;
import mutex.discover.BadConfiguration;
import mutex.discover.StartList;
import mutex.metrics.MetricsServer;
import mutex.net.EventLoop;
import mutex.net.LocalPeer;
import mutex.net.PeerCertificate;
import mutex.net.Tls;
import mutex.run.HoldRun;
import mutex.run.LockRun;
import mutex.run.UnderLock;
import mutex.shell.Certs;
import mutex.shell.Demo;
import mutex.shell.Durations;
import mutex.shell.Leaving;
import mutex.shell.Look;
import mutex.shell.Screen;
import mutex.shell.Session;
import mutex.shell.Shell;
import mutex.shell.TlsOptions;
import mutex.shell.Usage;
import mutex.trace.LogFile;
import mutex.trace.TraceCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One peer of a distributed lock without a server: starts it, with a shell on a terminal. */
@Command(name = "peer", sortOptions = false, mixinStandardHelpOptions = true, version = "After You 0.1.0",
        description = "Runs one peer of a lock among equals.", subcommands = {Certs.class, Demo.class, TraceCommand.class},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:ended in order", "1:a command of a piped shell failed", "64:wrong usage",
            "70:the peer broke one of its own rules and stopped", "78:bad configuration, or the port is in use"})
final class Peer implements Callable<Integer> {

    /** First words that are commands; with the two that list them. */
    private static final List<String> VERBS = List.of("status", "why", "locks", "peers", "watch", "top", "-h", "--help");
    private static final int USAGE = 64;
    private static final int SOFTWARE = 70;
    private static final int CONFIGURATION = 78;

    @Spec
    private CommandSpec spec;

    @Option(names = "--id", paramLabel = "ID", description = "1 to 65535, another for each peer")
    private String id;

    @Option(names = "--port", paramLabel = "PORT", description = "port to listen on; 0 lets the system choose")
    private String port;

    @Option(names = "--host", paramLabel = "HOST",
            description = "name or address of this machine that the others reach it by (default: localhost)")
    private String host;

    @Mixin
    private TlsOptions tls;

    @Option(names = "--insecure", description = "listen beyond this machine, without TLS")
    private boolean insecure;

    @Option(names = "--peers-file", paramLabel = "FILE",
            description = "list of peers, a host:port a line (default: ./peers.txt if there is one)")
    private Path peersFile;

    @Option(names = "--lease", paramLabel = "TIME", description = "how long a silent minority of three or more peers may hold "
            + "up the others, 200ms to 10m, the same at all; 0 waits for every peer (default: 0)")
    private String lease = "0";
    private long leaseMillis;

    @Option(names = "--no-shell", description = "read no commands; run until INT or TERM")
    private boolean noShell;

    @Option(names = "--log", paramLabel = "FILE", description = "append every event to the file, a line of JSON each")
    private Path log;

    @Option(names = "--metrics", paramLabel = "PORT",
            description = "serve http://HOST:PORT/metrics for Prometheus and /ready, without TLS; 0 lets the system choose")
    private String metrics;
    private int metricsPort;

    @Option(names = "--state", paramLabel = "DIR",
            description = "folder of the state file, which remembers a group that grew (default: the user's state folder)")
    private Path state;

    @Parameters(paramLabel = "HOST:PORT", description = "the other peers of the group")
    private List<String> addresses = List.of();

    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Without picocli, which takes a third of the time that such a short run takes. */
    private static boolean runsUnderALock(String... args) {
        return args.length > 0 && (args[0].equals("lock") || args[0].equals("hold"));
    }

    /** Runs a peer to its end; the exit code. */
    static int run(String... args) {
        if (runsUnderALock(args)) {
            List<String> words = List.of(args).subList(1, args.length);
            return args[0].equals("lock") ? LockRun.run(words) : HoldRun.run(words);
        }
        CommandLine line = new CommandLine(new Peer());
        if (args.length > 0 && VERBS.contains(args[0])) { // elsewhere such a word is a value: --peers-file peers
            UnderLock.addTo(line);
            Look.addTo(line);
        }
        line.setParameterExceptionHandler((wrong, a) -> {
            String problem = Usage.inOneLine(wrong);
            return fail(wrong.getCommandLine(), USAGE, problem.endsWith("?") ? problem : problem + "; --help shows how it is used");
        });
        line.setExecutionExceptionHandler((failure, command, a) -> fail(command, CONFIGURATION, failure.getMessage()));
        return line.execute(args);
    }

    private static int fail(CommandLine command, int code, String problem) {
        System.err.println(command.getCommandName() + ": " + problem);
        return code;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        StartList start = checked();
        Path folder = stateFolder();
        boolean terminal = !noShell && Shell.onTerminal();
        Screen screen = new Screen(System.out, terminal ? null : System.err);
        Tls secured = opened(screen);
        LogFile file = log == null ? null : openLog(screen);
        EventLoop events = new EventLoop(secured);
        LocalPeer peer = LocalPeer.start(events, new LocalPeer.Start(number("--id", id, 1), start.self().host(), start.self().port(),
                start.others(), folder, RicartAgrawala::new, leaseMillis, screen::problem, Peer::die));
        if (file != null) {
            peer.loop().journal().listen(file);
        }
        MetricsServer counting = metrics == null ? null : measured(peer, start, screen);
        Runnable leave = () -> {
            peer.close();
            if (counting != null) {
                counting.close();
            }
            if (file != null) {
                file.close();
            }
            screen.flush();
        };
        Runtime.getRuntime().addShutdownHook(new Thread(leave, "leave"));
        screen.line("peer " + id + " listens on " + peer.endpoint());
        return serve(peer, screen, terminal);
    }

    private MetricsServer measured(LocalPeer peer, StartList start, Screen screen) throws IOException {
        try {
            MetricsServer server = new MetricsServer(peer.loop(), start.self().host(), metricsPort);
            screen.line("metrics at http://" + start.self().host() + ":" + server.port() + "/metrics");
            return server;
        } catch (IOException e) {
            peer.close();
            throw e;
        }
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
            return new Leaving(session).leave() ? code : 1;
        }
    }

    private StartList checked() {
        require(id != null, "--id is missing; write for example --id 1 --port 5001");
        for (Path path : new Path[] {peersFile, log, state}) {
            require(path == null || !path.toString().isEmpty(), (path == peersFile ? "--peers-file" : path == log ? "--log" : "--state")
                    + " \"\": the name is empty; write one, or leave the option out");
        }
        try {
            metricsPort = metrics == null ? 0 : number("--metrics", metrics, 0);
            leaseMillis = Durations.leaseMillis(lease);
            StartList start = StartList.of(number("--id", id, 1), host, port == null ? null : number("--port", port, 0),
                    peersFile, addresses);
            tls.check();
            require(!(insecure && tls.given()), "--insecure and --tls-cert do not go together; leave one of them out");
            require(insecure || tls.given() || start.self().isLoopback(), "--host " + start.self().host()
                    + " is not this machine alone, and nothing is encrypted; add --tls-cert, --tls-key and --tls-ca, "
                    + "or --insecure if the network is trusted");
            return start;
        } catch (BadConfiguration e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }

    private Tls opened(Screen screen) {
        Tls opened = tls.open(screen::problem);
        if (opened != null && opened.peer() != number("--id", id, 1)) {
            throw new IllegalArgumentException("--tls-cert: is the certificate of " + (opened.peer() == PeerCertificate.OF_CLIENT
                    ? "a client" : "peer " + opened.peer()) + ", but this peer has --id " + id + "; name its own");
        }
        return opened;
    }

    private static int number(String option, String text, int least) {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) < least || Integer.parseInt(text) > 65_535) {
            throw new IllegalArgumentException(option + " \"" + (text.length() > 80 ? text.substring(0, 80) + "..." : text)
                    + "\" is not a number from " + least + " to 65535");
        }
        return Integer.parseInt(text);
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }

    private LogFile openLog(Screen screen) {
        try {
            return new LogFile(log, screen::problem);
        } catch (UncheckedIOException e) {
            throw new IllegalArgumentException("--log " + log + ": cannot be written (" + BadConfiguration.reason(e.getCause())
                    + "); name a file in a folder that is there");
        }
    }

    private Path stateFolder() {
        if (state != null) {
            if (Files.exists(state) && !Files.isDirectory(state)) {
                throw new IllegalArgumentException("--state " + state + ": is a file; name a folder, or one that is to be made");
            }
            return state;
        }
        String chosen = System.getenv("XDG_STATE_HOME");
        Path home = Path.of(System.getProperty("user.home"));
        return (chosen == null || chosen.isEmpty() ? home.resolve(".local/state") : Path.of(chosen)).resolve("afteryou");
    }

    /** A broken rule of the core: better no peer than one that lets two in. */
    private static void die(Throwable broken, String lastEvents) {
        System.err.println("peer: stopped, because it broke one of its own rules: " + broken);
        broken.printStackTrace();
        System.err.println("last events: " + lastEvents);
        Runtime.getRuntime().halt(SOFTWARE);
    }
}
