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
//DEPS org.jline:jline:4.5.0
//DEPS info.picocli:picocli:4.7.7
//DEPS info.picocli:picocli-shell-jline3:4.7.7
//SOURCES MutexGrpc.java MutexProto.java
//SOURCES mutex/algorithm/Algorithm.java mutex/algorithm/Message.java mutex/algorithm/Outgoing.java
//SOURCES mutex/algorithm/RicartAgrawala.java mutex/algorithm/Stamp.java
//SOURCES mutex/discover/Address.java mutex/discover/BadConfiguration.java mutex/discover/PeersFile.java
//SOURCES mutex/discover/StartList.java
//SOURCES mutex/group/Binding.java mutex/group/Change.java mutex/group/Founding.java mutex/group/Group.java
//SOURCES mutex/group/GroupMessage.java mutex/group/Hello.java mutex/group/Joining.java mutex/group/Listed.java
//SOURCES mutex/group/Membership.java mutex/group/Promise.java mutex/group/Proposal.java mutex/group/Saved.java
//SOURCES mutex/group/Site.java mutex/group/Version.java mutex/group/Wish.java
//SOURCES mutex/net/Asking.java mutex/net/Dialer.java mutex/net/Dialers.java mutex/net/EventLoop.java
//SOURCES mutex/net/Handshake.java mutex/net/HoldStream.java mutex/net/Inquiries.java mutex/net/Link.java
//SOURCES mutex/net/Links.java mutex/net/LocalPeer.java mutex/net/Looking.java mutex/net/MutexService.java
//SOURCES mutex/net/Outbox.java mutex/net/PeerLoop.java mutex/net/Problems.java mutex/net/Repeats.java
//SOURCES mutex/net/Server.java mutex/net/Settings.java mutex/net/Snapshot.java mutex/net/StateFile.java
//SOURCES mutex/net/WatchStream.java mutex/net/Wire.java mutex/net/WireStatus.java
//SOURCES mutex/node/Counters.java mutex/node/Effect.java mutex/node/Event.java mutex/node/Frame.java
//SOURCES mutex/node/Happening.java mutex/node/Home.java mutex/node/Inbox.java mutex/node/LockName.java
//SOURCES mutex/node/Locks.java mutex/node/NamedLock.java mutex/node/Node.java mutex/node/Peers.java
//SOURCES mutex/node/Post.java mutex/node/Printable.java mutex/node/View.java mutex/node/Waits.java
//SOURCES mutex/shell/AddCommand.java mutex/shell/CancelCommand.java mutex/shell/Completion.java
//SOURCES mutex/shell/Contest.java mutex/shell/Demo.java mutex/shell/Durations.java mutex/shell/Explanation.java
//SOURCES mutex/shell/LineWriter.java mutex/shell/LockCommand.java mutex/shell/LocksCommand.java
//SOURCES mutex/shell/LogCommand.java mutex/shell/PeersCommand.java mutex/shell/QuitCommand.java
//SOURCES mutex/shell/ReleaseCommand.java mutex/shell/RequestCommand.java mutex/shell/Screen.java
//SOURCES mutex/shell/Session.java mutex/shell/Shell.java mutex/shell/ShellCommands.java
//SOURCES mutex/shell/StatusCommand.java mutex/shell/Turn.java mutex/shell/Usage.java mutex/shell/Visitors.java
//SOURCES mutex/shell/WhyCommand.java
//SOURCES mutex/trace/Check.java mutex/trace/Entry.java mutex/trace/Journal.java mutex/trace/LogFile.java
//SOURCES mutex/trace/LogReader.java mutex/trace/VectorClock.java

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
import mutex.net.EventLoop;
import mutex.net.LocalPeer;
import mutex.shell.Demo;
import mutex.shell.Screen;
import mutex.shell.Session;
import mutex.shell.Shell;
import mutex.shell.Usage;
import mutex.trace.LogFile;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One peer of a distributed lock without a server: starts it, with a shell on a terminal. */
@Command(name = "peer", sortOptions = false, mixinStandardHelpOptions = true, version = "After You 0.1.0",
        description = "Runs one peer of a lock among equals.", subcommands = Demo.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:ended in order", "1:a command of a piped shell failed", "64:wrong usage",
            "70:the peer broke one of its own rules and stopped", "78:bad configuration, or the port is in use"})
final class Peer implements Callable<Integer> {

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

    @Option(names = "--insecure", description = "listen beyond this machine, without encryption")
    private boolean insecure;

    @Option(names = "--peers-file", paramLabel = "FILE",
            description = "list of peers, a host:port a line (default: ./peers.txt if there is one)")
    private Path peersFile;

    @Option(names = "--no-shell", description = "read no commands; run until INT or TERM")
    private boolean noShell;

    @Option(names = "--log", paramLabel = "FILE", description = "append every event to the file, a line of JSON each")
    private Path log;

    @Option(names = "--state", paramLabel = "DIR",
            description = "folder of the state file, which remembers a group that grew (default: the user's state folder)")
    private Path state;

    @Parameters(paramLabel = "HOST:PORT", description = "the other peers of the group")
    private List<String> addresses = List.of();

    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Runs a peer to its end; the exit code. */
    static int run(String... args) {
        CommandLine line = new CommandLine(new Peer());
        line.setParameterExceptionHandler((wrong, a) -> {
            String problem = Usage.inOneLine(wrong);
            return fail(USAGE, problem.endsWith("?") ? problem : problem + "; --help shows how it is used");
        });
        line.setExecutionExceptionHandler((failure, command, a) -> fail(CONFIGURATION, failure.getMessage()));
        return line.execute(args);
    }

    private static int fail(int code, String problem) {
        System.err.println("peer: " + problem);
        return code;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        StartList start = checked();
        Path folder = stateFolder();
        boolean terminal = !noShell && Shell.onTerminal();
        Screen screen = new Screen(System.out, terminal ? null : System.err);
        LogFile file = log == null ? null : openLog(screen);
        EventLoop events = new EventLoop();
        LocalPeer peer = LocalPeer.start(events, new LocalPeer.Start(number("--id", id, 1), start.self().host(), start.self().port(),
                start.others(), folder, RicartAgrawala::new, screen::problem, Peer::die));
        if (file != null) {
            peer.loop().journal().listen(file);
        }
        Runnable leave = () -> {
            peer.close();
            if (file != null) {
                file.close();
            }
            screen.flush();
        };
        Runtime.getRuntime().addShutdownHook(new Thread(leave, "leave"));
        screen.line("peer " + id + " listens on " + peer.endpoint());
        return serve(peer, screen, terminal);
    }

    private int serve(LocalPeer peer, Screen screen, boolean terminal) throws IOException, InterruptedException {
        if (noShell) {
            new CountDownLatch(1).await();
        }
        try (Session session = new Session(peer.loop(), screen, terminal)) {
            Shell shell = new Shell(session);
            if (!terminal) {
                return shell.run(System.in);
            }
            screen.line("Enter asks for the lock and gives it back; help lists the commands");
            shell.run();
            return 0;
        }
    }

    private StartList checked() {
        require(id != null, "--id is missing; write for example --id 1 --port 5001");
        for (Path path : new Path[] {peersFile, log, state}) {
            require(path == null || !path.toString().isEmpty(), (path == peersFile ? "--peers-file" : path == log ? "--log" : "--state")
                    + " \"\": the name is empty; write one, or leave the option out");
        }
        try {
            StartList start = StartList.of(number("--id", id, 1), host, port == null ? null : number("--port", port, 0),
                    peersFile, addresses);
            require(insecure || start.self().isLoopback(), "--host " + start.self().host()
                    + " is not this machine alone, and nothing is encrypted; add --insecure if the network is trusted");
            return start;
        } catch (BadConfiguration e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
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
