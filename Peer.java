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
//SOURCES mutex/algorithm/Algorithm.java mutex/algorithm/Algorithms.java mutex/algorithm/Message.java
//SOURCES mutex/algorithm/Outgoing.java mutex/algorithm/Renewal.java mutex/algorithm/RicartAgrawala.java
//SOURCES mutex/algorithm/RoucairolCarvalho.java mutex/algorithm/Stamp.java mutex/algorithm/TokenRing.java
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
//SOURCES mutex/net/CertificateMaker.java mutex/net/Client.java mutex/net/Daemon.java mutex/net/Dialer.java
//SOURCES mutex/net/Dialers.java mutex/net/Elapsed.java mutex/net/EventLoop.java mutex/net/Handshake.java
//SOURCES mutex/net/HoldCall.java mutex/net/HoldStream.java mutex/net/Inquiries.java mutex/net/LeaseText.java
//SOURCES mutex/net/Link.java mutex/net/Links.java mutex/net/LocalPeer.java mutex/net/Looking.java
//SOURCES mutex/net/MutexService.java mutex/net/Outbox.java mutex/net/PeerCertificate.java
//SOURCES mutex/net/PeerLoop.java mutex/net/Problems.java mutex/net/QuickCall.java mutex/net/QuickHeaders.java
//SOURCES mutex/net/Rehearsal.java mutex/net/RemotePeer.java mutex/net/Repeats.java mutex/net/Room.java
//SOURCES mutex/net/Server.java mutex/net/Settings.java mutex/net/Snapshot.java mutex/net/StateFile.java
//SOURCES mutex/net/Tenants.java mutex/net/Tls.java mutex/net/TlsCall.java mutex/net/TlsFiles.java
//SOURCES mutex/net/TlsProblems.java mutex/net/Trust.java mutex/net/WatchStream.java mutex/net/WatchedTls.java
//SOURCES mutex/net/Wire.java mutex/net/WireEvent.java mutex/net/WireFrame.java mutex/net/WirePart.java
//SOURCES mutex/net/WireStatus.java
//SOURCES mutex/node/Counters.java mutex/node/Effect.java mutex/node/Event.java mutex/node/Frame.java
//SOURCES mutex/node/Happening.java mutex/node/Home.java mutex/node/Inbox.java mutex/node/Lease.java
//SOURCES mutex/node/LockName.java mutex/node/Locks.java mutex/node/NamedLock.java mutex/node/Node.java
//SOURCES mutex/node/Overtakings.java mutex/node/Peers.java mutex/node/Post.java mutex/node/Printable.java
//SOURCES mutex/node/Rule.java mutex/node/Tokens.java mutex/node/View.java mutex/node/Waits.java
//SOURCES mutex/run/ExitCode.java mutex/run/Help.java mutex/run/HoldRun.java mutex/run/Limits.java
//SOURCES mutex/run/LockOptions.java mutex/run/LockRun.java mutex/run/Program.java mutex/run/Signals.java
//SOURCES mutex/run/Supervisor.java mutex/run/SupervisorScript.java mutex/run/Tenant.java
//SOURCES mutex/run/UnderLock.java mutex/run/Uptime.java mutex/run/Words.java
//SOURCES mutex/shell/AddCommand.java mutex/shell/AlgorithmOptions.java mutex/shell/CancelCommand.java
//SOURCES mutex/shell/Certs.java mutex/shell/Completion.java mutex/shell/Contest.java mutex/shell/Demo.java
//SOURCES mutex/shell/Durations.java mutex/shell/Explanation.java mutex/shell/GroupChange.java
//SOURCES mutex/shell/Leaving.java mutex/shell/LineWriter.java mutex/shell/LockCommand.java
//SOURCES mutex/shell/LocksCommand.java mutex/shell/LogCommand.java mutex/shell/Look.java
//SOURCES mutex/shell/PassCommand.java mutex/shell/PeerCommand.java mutex/shell/PeersCommand.java
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
//SOURCES mutex/trace/Method.java mutex/trace/Report.java mutex/trace/Shiviz.java mutex/trace/Span.java
//SOURCES mutex/trace/Story.java mutex/trace/Summary.java mutex/trace/Tallies.java mutex/trace/TextDiagram.java
//SOURCES mutex/trace/Trace.java mutex/trace/TraceCommand.java mutex/trace/Turn.java mutex/trace/Turns.java
//SOURCES mutex/trace/VectorClock.java mutex/trace/Violation.java
//FILES mutex/trace/diagram.html=mutex/trace/diagram.html mutex/trace/report.html=mutex/trace/report.html

import java.util.List;
import mutex.run.HoldRun;
import mutex.run.LockRun;
import mutex.run.UnderLock;
import mutex.shell.Look;
import mutex.shell.PeerCommand;
import mutex.shell.Usage;
import picocli.CommandLine;

/** The entry: a command on a lock or at a running peer, or else a peer; {@link PeerCommand} says which options that takes. */
final class Peer {

    /** First words that are commands; with the two that list them. */
    private static final List<String> VERBS = List.of("status", "why", "locks", "peers", "watch", "top", "-h", "--help");
    private static final int USAGE = 64;
    private static final int CONFIGURATION = 78;

    private Peer() {}

    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Without picocli, which takes a third of the time that such a short run takes. */
    private static boolean runsUnderALock(String... args) {
        return args.length > 0 && (args[0].equals("lock") || args[0].equals("hold"));
    }

    /** Does what the words say, to its end; the exit code. */
    static int run(String... args) {
        if (runsUnderALock(args)) {
            List<String> words = List.of(args).subList(1, args.length);
            return args[0].equals("lock") ? LockRun.run(words) : HoldRun.run(words);
        }
        CommandLine line = new CommandLine(new PeerCommand());
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
}
