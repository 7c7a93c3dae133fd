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
//SOURCES mutex/algorithm/Tries.java mutex/algorithm/package-info.java
//SOURCES mutex/cli/AlgorithmOptions.java mutex/cli/Certs.java mutex/cli/Contest.java mutex/cli/Demo.java
//SOURCES mutex/cli/DiscoverOptions.java mutex/cli/Look.java mutex/cli/PeerCommand.java mutex/cli/Reader.java
//SOURCES mutex/cli/TlsOptions.java mutex/cli/Top.java mutex/cli/package-info.java
//SOURCES mutex/client/Held.java mutex/client/Mutex.java mutex/client/NotAcquired.java
//SOURCES mutex/client/PeerBuilder.java mutex/client/Request.java mutex/client/package-info.java
//SOURCES mutex/discover/Address.java mutex/discover/BadConfiguration.java mutex/discover/Discovery.java
//SOURCES mutex/discover/Dns.java mutex/discover/Lookups.java mutex/discover/MessagePack.java
//SOURCES mutex/discover/PeersFile.java mutex/discover/Reach.java mutex/discover/Serf.java
//SOURCES mutex/discover/SerfAgent.java mutex/discover/Source.java mutex/discover/StartList.java
//SOURCES mutex/discover/package-info.java
//SOURCES mutex/group/Absence.java mutex/group/Acquaintances.java mutex/group/Binding.java
//SOURCES mutex/group/Change.java mutex/group/Founders.java mutex/group/Founding.java mutex/group/Gathering.java
//SOURCES mutex/group/Group.java mutex/group/GroupMessage.java mutex/group/Hello.java mutex/group/Joining.java
//SOURCES mutex/group/LeaseMessage.java mutex/group/Listed.java mutex/group/Membership.java
//SOURCES mutex/group/Promise.java mutex/group/Proposal.java mutex/group/Saved.java mutex/group/Site.java
//SOURCES mutex/group/Standing.java mutex/group/Version.java mutex/group/Wish.java mutex/group/Witness.java
//SOURCES mutex/group/package-info.java
//SOURCES mutex/link/Dialer.java mutex/link/Dialers.java mutex/link/FaultLab.java mutex/link/Handshake.java
//SOURCES mutex/link/Inquiries.java mutex/link/Lane.java mutex/link/Link.java mutex/link/Links.java
//SOURCES mutex/link/Outbox.java mutex/link/Pause.java mutex/link/Strangers.java mutex/link/package-info.java
//SOURCES mutex/log/Entry.java mutex/log/Input.java mutex/log/InputLine.java mutex/log/Journal.java
//SOURCES mutex/log/Life.java mutex/log/Line.java mutex/log/Log.java mutex/log/LogFile.java
//SOURCES mutex/log/LogLine.java mutex/log/LogReader.java mutex/log/Tallies.java mutex/log/VectorClock.java
//SOURCES mutex/log/package-info.java
//SOURCES mutex/metrics/Happened.java mutex/metrics/MetricsServer.java mutex/metrics/Present.java
//SOURCES mutex/metrics/package-info.java
//SOURCES mutex/node/Cost.java mutex/node/Counters.java mutex/node/Disk.java mutex/node/Effect.java
//SOURCES mutex/node/Event.java mutex/node/Frame.java mutex/node/Happening.java mutex/node/Home.java
//SOURCES mutex/node/Inbox.java mutex/node/Lease.java mutex/node/LockName.java mutex/node/Locks.java
//SOURCES mutex/node/NamedLock.java mutex/node/Node.java mutex/node/Overtakings.java mutex/node/Peers.java
//SOURCES mutex/node/Post.java mutex/node/Printable.java mutex/node/RollCall.java mutex/node/Rule.java
//SOURCES mutex/node/Tokens.java mutex/node/View.java mutex/node/Waits.java mutex/node/package-info.java
//SOURCES mutex/peer/Askers.java mutex/peer/HoldStream.java mutex/peer/LocalPeer.java mutex/peer/Looking.java
//SOURCES mutex/peer/MutexService.java mutex/peer/PeerLoop.java mutex/peer/Remembered.java
//SOURCES mutex/peer/Server.java mutex/peer/Settings.java mutex/peer/StartRules.java mutex/peer/StateFile.java
//SOURCES mutex/peer/StateName.java mutex/peer/StatusDesk.java mutex/peer/Tenants.java
//SOURCES mutex/peer/WatchStream.java mutex/peer/package-info.java
//SOURCES mutex/remote/ByteCall.java mutex/remote/Choice.java mutex/remote/Client.java
//SOURCES mutex/remote/HoldCall.java mutex/remote/QuickCall.java mutex/remote/QuickHeaders.java
//SOURCES mutex/remote/RemotePeer.java mutex/remote/RemotePeers.java mutex/remote/Succession.java
//SOURCES mutex/remote/TlsCall.java mutex/remote/Watched.java mutex/remote/Watching.java
//SOURCES mutex/remote/package-info.java
//SOURCES mutex/replay/Actor.java mutex/replay/Difference.java mutex/replay/Life.java mutex/replay/Mail.java
//SOURCES mutex/replay/Played.java mutex/replay/Progress.java mutex/replay/Recording.java
//SOURCES mutex/replay/Replay.java mutex/replay/ReplayCommand.java mutex/replay/ReplayCommands.java
//SOURCES mutex/replay/ReplayShell.java mutex/replay/Stage.java mutex/replay/Step.java mutex/replay/Words.java
//SOURCES mutex/replay/package-info.java
//SOURCES mutex/run/GroupKiller.java mutex/run/Help.java mutex/run/HoldRun.java mutex/run/Inherited.java
//SOURCES mutex/run/Limits.java mutex/run/LockOptions.java mutex/run/LockRun.java mutex/run/PerlSupervisor.java
//SOURCES mutex/run/Program.java mutex/run/ShellSupervisor.java mutex/run/Signals.java mutex/run/Supervisor.java
//SOURCES mutex/run/SupervisorLine.java mutex/run/Tenant.java mutex/run/UnderLock.java mutex/run/Uptime.java
//SOURCES mutex/run/Whom.java mutex/run/Words.java mutex/run/package-info.java
//SOURCES mutex/shell/AddCommand.java mutex/shell/CancelCommand.java mutex/shell/Commands.java
//SOURCES mutex/shell/Completion.java mutex/shell/CriticalSection.java mutex/shell/FaultCommand.java
//SOURCES mutex/shell/GroupChange.java mutex/shell/HealCommand.java mutex/shell/Leaving.java
//SOURCES mutex/shell/LineWriter.java mutex/shell/LockCommand.java mutex/shell/LocksCommand.java
//SOURCES mutex/shell/LogCommand.java mutex/shell/Pasting.java mutex/shell/PeersCommand.java
//SOURCES mutex/shell/ReleaseCommand.java mutex/shell/RemoveCommand.java mutex/shell/RequestCommand.java
//SOURCES mutex/shell/Screen.java mutex/shell/Session.java mutex/shell/Shell.java mutex/shell/ShellCommands.java
//SOURCES mutex/shell/Turn.java mutex/shell/Visitors.java mutex/shell/package-info.java
//SOURCES mutex/status/Asking.java mutex/status/Explanation.java mutex/status/Interest.java
//SOURCES mutex/status/Removal.java mutex/status/Snapshot.java mutex/status/StandingText.java
//SOURCES mutex/status/StatusText.java mutex/status/StoppingText.java mutex/status/TopTable.java
//SOURCES mutex/status/package-info.java
//SOURCES mutex/text/Count.java mutex/text/Durations.java mutex/text/ExitCode.java mutex/text/LeaseText.java
//SOURCES mutex/text/Length.java mutex/text/Usage.java mutex/text/package-info.java
//SOURCES mutex/trace/Calm.java mutex/trace/Check.java mutex/trace/Diagram.java mutex/trace/DiagramData.java
//SOURCES mutex/trace/Discussion.java mutex/trace/Fairness.java mutex/trace/Holders.java
//SOURCES mutex/trace/LogFiles.java mutex/trace/Merge.java mutex/trace/Messages.java mutex/trace/Method.java
//SOURCES mutex/trace/Output.java mutex/trace/Report.java mutex/trace/Shiviz.java mutex/trace/Span.java
//SOURCES mutex/trace/Story.java mutex/trace/Summary.java mutex/trace/TextDiagram.java mutex/trace/Trace.java
//SOURCES mutex/trace/TraceCommand.java mutex/trace/Turn.java mutex/trace/Turns.java mutex/trace/Violation.java
//SOURCES mutex/trace/package-info.java
//SOURCES mutex/transport/Admission.java mutex/transport/Callbacks.java mutex/transport/Caller.java
//SOURCES mutex/transport/CertificateMaker.java mutex/transport/Connections.java mutex/transport/Daemon.java
//SOURCES mutex/transport/Elapsed.java mutex/transport/EventLoop.java mutex/transport/HttpBounds.java
//SOURCES mutex/transport/LibraryLines.java mutex/transport/Mishap.java mutex/transport/PeerCertificate.java
//SOURCES mutex/transport/Problems.java mutex/transport/Rehearsal.java mutex/transport/Repeats.java
//SOURCES mutex/transport/Room.java mutex/transport/Throttle.java mutex/transport/Tls.java
//SOURCES mutex/transport/TlsFiles.java mutex/transport/TlsProblems.java mutex/transport/Trust.java
//SOURCES mutex/transport/WatchedTls.java mutex/transport/package-info.java
//SOURCES mutex/web/Frames.java mutex/web/Gate.java mutex/web/GroupTable.java mutex/web/Live.java
//SOURCES mutex/web/PageLocks.java mutex/web/PageSecret.java mutex/web/Recent.java mutex/web/WebServer.java
//SOURCES mutex/web/package-info.java
//SOURCES mutex/wire/Beginning.java mutex/wire/Fed.java mutex/wire/FrameText.java mutex/wire/Recorder.java
//SOURCES mutex/wire/StepText.java mutex/wire/Wire.java mutex/wire/WireEvent.java mutex/wire/WireFrame.java
//SOURCES mutex/wire/WirePart.java mutex/wire/WireStatus.java mutex/wire/package-info.java
//FILES mutex/trace/diagram.css=mutex/trace/diagram.css mutex/trace/diagram.html=mutex/trace/diagram.html
//FILES mutex/trace/diagram.js=mutex/trace/diagram.js mutex/trace/report.html=mutex/trace/report.html
//FILES mutex/web/live.css=mutex/web/live.css mutex/web/live.html=mutex/web/live.html
//FILES mutex/web/live.js=mutex/web/live.js

import java.util.List;
import mutex.cli.Look;
import mutex.cli.PeerCommand;
import mutex.node.Printable;
import mutex.replay.ReplayCommand;
import mutex.run.HoldRun;
import mutex.run.LockRun;
import mutex.run.UnderLock;
import mutex.text.Usage;
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
