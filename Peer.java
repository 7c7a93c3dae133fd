///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -Xms8m -XX:+DisplayVMOutputToStderr
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
//SOURCES mutex/algorithm/Algorithm.java mutex/algorithm/Algorithms.java mutex/algorithm/Known.java
//SOURCES mutex/algorithm/Making.java mutex/algorithm/Message.java mutex/algorithm/Outgoing.java
//SOURCES mutex/algorithm/Passing.java mutex/algorithm/RicartAgrawala.java mutex/algorithm/RingLocks.java
//SOURCES mutex/algorithm/RoucairolCarvalho.java mutex/algorithm/Stamp.java mutex/algorithm/TokenRing.java
//SOURCES mutex/algorithm/Tries.java
//SOURCES mutex/client/Callbacks.java mutex/client/Held.java mutex/client/Mutex.java
//SOURCES mutex/client/NotAcquired.java mutex/client/PeerBuilder.java mutex/client/Request.java
//SOURCES mutex/discover/Address.java mutex/discover/BadConfiguration.java mutex/discover/Discovery.java
//SOURCES mutex/discover/Dns.java mutex/discover/Lookups.java mutex/discover/MessagePack.java
//SOURCES mutex/discover/PeersFile.java mutex/discover/Reach.java mutex/discover/Serf.java
//SOURCES mutex/discover/SerfAgent.java mutex/discover/Source.java mutex/discover/StartList.java
//SOURCES mutex/group/Absence.java mutex/group/Acquaintances.java mutex/group/Binding.java
//SOURCES mutex/group/Change.java mutex/group/Founders.java mutex/group/Founding.java mutex/group/Gathering.java
//SOURCES mutex/group/Group.java mutex/group/GroupMessage.java mutex/group/Hello.java mutex/group/Joining.java
//SOURCES mutex/group/LeaseMessage.java mutex/group/Listed.java mutex/group/Membership.java
//SOURCES mutex/group/Promise.java mutex/group/Proposal.java mutex/group/Saved.java mutex/group/Site.java
//SOURCES mutex/group/Standing.java mutex/group/Version.java mutex/group/Wish.java mutex/group/Witness.java
//SOURCES mutex/metrics/Happened.java mutex/metrics/MetricsServer.java mutex/metrics/Present.java
//SOURCES mutex/net/Admission.java mutex/net/Askers.java mutex/net/Asking.java mutex/net/Beginning.java
//SOURCES mutex/net/ByteCall.java mutex/net/Caller.java mutex/net/CertificateMaker.java mutex/net/Choice.java
//SOURCES mutex/net/Client.java mutex/net/Connections.java mutex/net/Daemon.java mutex/net/Dialer.java
//SOURCES mutex/net/Dialers.java mutex/net/Elapsed.java mutex/net/EventLoop.java mutex/net/FaultLab.java
//SOURCES mutex/net/Fed.java mutex/net/FrameText.java mutex/net/Handshake.java mutex/net/HoldCall.java
//SOURCES mutex/net/HoldStream.java mutex/net/HttpBounds.java mutex/net/Inquiries.java mutex/net/Interest.java
//SOURCES mutex/net/Lane.java mutex/net/LeaseText.java mutex/net/LibraryLines.java mutex/net/Link.java
//SOURCES mutex/net/Links.java mutex/net/LocalPeer.java mutex/net/Looking.java mutex/net/Mishap.java
//SOURCES mutex/net/MutexService.java mutex/net/Outbox.java mutex/net/Pause.java mutex/net/PeerCertificate.java
//SOURCES mutex/net/PeerLoop.java mutex/net/Problems.java mutex/net/QuickCall.java mutex/net/QuickHeaders.java
//SOURCES mutex/net/Recorder.java mutex/net/Rehearsal.java mutex/net/Remembered.java mutex/net/RemotePeer.java
//SOURCES mutex/net/RemotePeers.java mutex/net/Repeats.java mutex/net/Room.java mutex/net/Server.java
//SOURCES mutex/net/Settings.java mutex/net/Snapshot.java mutex/net/StandingText.java mutex/net/StartRules.java
//SOURCES mutex/net/StateFile.java mutex/net/StateName.java mutex/net/StatusDesk.java mutex/net/StepText.java
//SOURCES mutex/net/StoppingText.java mutex/net/Strangers.java mutex/net/Succession.java mutex/net/Tenants.java
//SOURCES mutex/net/Throttle.java mutex/net/Tls.java mutex/net/TlsCall.java mutex/net/TlsFiles.java
//SOURCES mutex/net/TlsProblems.java mutex/net/Trust.java mutex/net/WatchStream.java mutex/net/Watched.java
//SOURCES mutex/net/WatchedTls.java mutex/net/Watching.java mutex/net/Wire.java mutex/net/WireEvent.java
//SOURCES mutex/net/WireFrame.java mutex/net/WirePart.java mutex/net/WireStatus.java
//SOURCES mutex/node/Cost.java mutex/node/Counters.java mutex/node/Disk.java mutex/node/Effect.java
//SOURCES mutex/node/Event.java mutex/node/Frame.java mutex/node/Happening.java mutex/node/Home.java
//SOURCES mutex/node/Inbox.java mutex/node/Lease.java mutex/node/LockName.java mutex/node/Locks.java
//SOURCES mutex/node/NamedLock.java mutex/node/Node.java mutex/node/Overtakings.java mutex/node/Peers.java
//SOURCES mutex/node/Post.java mutex/node/Printable.java mutex/node/RollCall.java mutex/node/Rule.java
//SOURCES mutex/node/Tokens.java mutex/node/View.java mutex/node/Waits.java
//SOURCES mutex/replay/Actor.java mutex/replay/Difference.java mutex/replay/Life.java mutex/replay/Mail.java
//SOURCES mutex/replay/Played.java mutex/replay/Progress.java mutex/replay/Recording.java
//SOURCES mutex/replay/Replay.java mutex/replay/ReplayCommand.java mutex/replay/ReplayCommands.java
//SOURCES mutex/replay/ReplayShell.java mutex/replay/Stage.java mutex/replay/Step.java mutex/replay/Words.java
//SOURCES mutex/run/ExitCode.java mutex/run/GroupKiller.java mutex/run/Help.java mutex/run/HoldRun.java
//SOURCES mutex/run/Inherited.java mutex/run/Length.java mutex/run/Limits.java mutex/run/LockOptions.java
//SOURCES mutex/run/LockRun.java mutex/run/PerlSupervisor.java mutex/run/Program.java
//SOURCES mutex/run/ShellSupervisor.java mutex/run/Signals.java mutex/run/Supervisor.java
//SOURCES mutex/run/SupervisorLine.java mutex/run/Tenant.java mutex/run/UnderLock.java mutex/run/Uptime.java
//SOURCES mutex/run/Whom.java mutex/run/Words.java
//SOURCES mutex/shell/AddCommand.java mutex/shell/AlgorithmOptions.java mutex/shell/CancelCommand.java
//SOURCES mutex/shell/Certs.java mutex/shell/Commands.java mutex/shell/Completion.java mutex/shell/Contest.java
//SOURCES mutex/shell/CriticalSection.java mutex/shell/Demo.java mutex/shell/DiscoverOptions.java
//SOURCES mutex/shell/Durations.java mutex/shell/Explanation.java mutex/shell/FaultCommand.java
//SOURCES mutex/shell/GroupChange.java mutex/shell/HealCommand.java mutex/shell/Leaving.java
//SOURCES mutex/shell/LineWriter.java mutex/shell/LockCommand.java mutex/shell/LocksCommand.java
//SOURCES mutex/shell/LogCommand.java mutex/shell/Look.java mutex/shell/PassCommand.java
//SOURCES mutex/shell/Pasting.java mutex/shell/PeerCommand.java mutex/shell/PeersCommand.java
//SOURCES mutex/shell/QuitCommand.java mutex/shell/Reader.java mutex/shell/ReleaseCommand.java
//SOURCES mutex/shell/Removal.java mutex/shell/RemoveCommand.java mutex/shell/RequestCommand.java
//SOURCES mutex/shell/Screen.java mutex/shell/Session.java mutex/shell/Shell.java mutex/shell/ShellCommands.java
//SOURCES mutex/shell/StatusCommand.java mutex/shell/StatusText.java mutex/shell/TlsOptions.java
//SOURCES mutex/shell/Top.java mutex/shell/TopTable.java mutex/shell/Turn.java mutex/shell/Usage.java
//SOURCES mutex/shell/Visitors.java mutex/shell/WhyCommand.java
//SOURCES mutex/trace/Calm.java mutex/trace/Check.java mutex/trace/Diagram.java mutex/trace/DiagramData.java
//SOURCES mutex/trace/Discussion.java mutex/trace/Entry.java mutex/trace/Fairness.java mutex/trace/Holders.java
//SOURCES mutex/trace/Input.java mutex/trace/InputLine.java mutex/trace/Journal.java mutex/trace/Life.java
//SOURCES mutex/trace/Line.java mutex/trace/Log.java mutex/trace/LogFile.java mutex/trace/LogFiles.java
//SOURCES mutex/trace/LogLine.java mutex/trace/LogReader.java mutex/trace/Merge.java mutex/trace/Messages.java
//SOURCES mutex/trace/Method.java mutex/trace/Output.java mutex/trace/Report.java mutex/trace/Shiviz.java
//SOURCES mutex/trace/Span.java mutex/trace/Story.java mutex/trace/Summary.java mutex/trace/Tallies.java
//SOURCES mutex/trace/TextDiagram.java mutex/trace/Trace.java mutex/trace/TraceCommand.java
//SOURCES mutex/trace/Turn.java mutex/trace/Turns.java mutex/trace/VectorClock.java mutex/trace/Violation.java
//SOURCES mutex/web/Frames.java mutex/web/Gate.java mutex/web/GroupTable.java mutex/web/Live.java
//SOURCES mutex/web/PageLocks.java mutex/web/PageSecret.java mutex/web/Recent.java mutex/web/WebServer.java
//FILES mutex/trace/diagram.css=mutex/trace/diagram.css mutex/trace/diagram.html=mutex/trace/diagram.html
//FILES mutex/trace/diagram.js=mutex/trace/diagram.js mutex/trace/report.html=mutex/trace/report.html
//FILES mutex/web/live.css=mutex/web/live.css mutex/web/live.html=mutex/web/live.html
//FILES mutex/web/live.js=mutex/web/live.js

import java.util.List;
import mutex.node.Printable;
import mutex.replay.ReplayCommand;
import mutex.run.HoldRun;
import mutex.run.LockRun;
import mutex.run.UnderLock;
import mutex.shell.Look;
import mutex.shell.PeerCommand;
import mutex.shell.Usage;
import picocli.CommandLine;

/** The entry: a command on a lock or at a running peer, or else a peer; {@link PeerCommand} says which options that takes. */
final class Peer {

    private static final int USAGE = 64;
    private static final int INTERNAL = 70;
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
        UnderLock.addTo(line);
        Look.addTo(line);
        ReplayCommand.addTo(line);
        line.setAllowSubcommandsAsOptionParameters(true); // --peers-file peers
        line.setExpandAtFiles(false); // every word is taken as it stands
        line.setUsageHelpAutoWidth(true);
        line.setExecutionStrategy(Peer::execute);
        line.setParameterExceptionHandler((wrong, a) -> {
            String problem = Usage.inOneLine(wrong);
            return fail(wrong.getCommandLine(), USAGE, problem.endsWith("?") ? problem : problem + "; --help shows how it is used");
        });
        line.setExecutionExceptionHandler((failure, command, a) -> fail(command, CONFIGURATION, failure.getMessage()));
        try {
            return line.execute(args);
        } catch (Error broken) { // Java would leave with a trace, and 1, which says that another has the lock
            return fail(line, INTERNAL, broken instanceof OutOfMemoryError ? "the system gives it no more memory or threads ("
                    + broken.getMessage() + "); raise its limits, as ulimit -u, and start it again" : "internal error: " + broken);
        }
    }

    /** A command stands first: what stands before it would be taken for a peer's, and do nothing. */
    private static int execute(CommandLine.ParseResult all) {
        if (all.hasSubcommand() && !all.matchedArgs().isEmpty()) {
            String name = all.subcommand().commandSpec().name();
            throw new CommandLine.ParameterException(all.commandSpec().commandLine(), "\"" + name + "\" is a command, and "
                    + "no part of a peer's command line; write it first, or leave it out");
        }
        return new CommandLine.RunLast().execute(all);
    }

    private static int fail(CommandLine command, int code, String problem) {
        System.err.println(command.getCommandName() + ": " + Printable.of(problem));
        return code;
    }
}
