///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror -XDstringConcat=inline
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
//SOURCES mutex/algorithm/AbstractAlgorithm.java mutex/algorithm/Algorithm.java
//SOURCES mutex/algorithm/AlgorithmKind.java mutex/algorithm/Claims.java mutex/algorithm/Invariant.java
//SOURCES mutex/algorithm/LockMode.java mutex/algorithm/Message.java mutex/algorithm/Mode.java
//SOURCES mutex/algorithm/PendingTries.java mutex/algorithm/RememberedRequests.java
//SOURCES mutex/algorithm/RicartAgrawala.java mutex/algorithm/RingKind.java mutex/algorithm/RollCall.java
//SOURCES mutex/algorithm/RoucairolCarvalho.java mutex/algorithm/Stamp.java mutex/algorithm/Suspects.java
//SOURCES mutex/algorithm/TokenKnowledge.java mutex/algorithm/TokenRecovery.java
//SOURCES mutex/algorithm/TokenRing.java mutex/algorithm/TokenState.java mutex/algorithm/package-info.java
//SOURCES mutex/cli/AlgorithmContest.java mutex/cli/AlgorithmOptions.java mutex/cli/Certs.java
//SOURCES mutex/cli/Demo.java mutex/cli/DemoPeers.java mutex/cli/DiscoverOptions.java
//SOURCES mutex/cli/OutputReader.java mutex/cli/PeerCommand.java mutex/cli/PeerOptions.java
//SOURCES mutex/cli/ServiceNews.java mutex/cli/StatusCommands.java mutex/cli/TlsOptions.java mutex/cli/Top.java
//SOURCES mutex/cli/package-info.java
//SOURCES mutex/client/Held.java mutex/client/LockSet.java mutex/client/Mutex.java mutex/client/NotAcquired.java
//SOURCES mutex/client/PeerBuilder.java mutex/client/PendingLock.java mutex/client/package-info.java
//SOURCES mutex/discover/Address.java mutex/discover/BadConfiguration.java mutex/discover/Discovery.java
//SOURCES mutex/discover/Dns.java mutex/discover/InputFile.java mutex/discover/LateNotice.java mutex/discover/Lookups.java
//SOURCES mutex/discover/MessagePack.java
//SOURCES mutex/discover/NameLookups.java mutex/discover/PeerSource.java mutex/discover/PeersFile.java mutex/discover/Reach.java
//SOURCES mutex/discover/Serf.java mutex/discover/SerfAgent.java mutex/discover/StartList.java
//SOURCES mutex/discover/package-info.java
//SOURCES mutex/group/Acceptor.java mutex/group/Bootstrap.java mutex/group/ChangeQueue.java
//SOURCES mutex/group/ChangeRules.java mutex/group/Changes.java mutex/group/DiscoveryBootstrap.java
//SOURCES mutex/group/DurableState.java mutex/group/DurableWrites.java mutex/group/Founding.java
//SOURCES mutex/group/Greetings.java mutex/group/Group.java mutex/group/GroupHost.java
//SOURCES mutex/group/GroupMessage.java mutex/group/Hello.java mutex/group/JoinRequests.java
//SOURCES mutex/group/Learner.java mutex/group/ListBootstrap.java mutex/group/Membership.java
//SOURCES mutex/group/OwnGroup.java mutex/group/Promise.java mutex/group/Proposal.java
//SOURCES mutex/group/Proposer.java mutex/group/Seed.java mutex/group/TrustedPeers.java
//SOURCES mutex/group/Version.java mutex/group/package-info.java
//SOURCES mutex/lease/Absence.java mutex/lease/LeaseMessage.java mutex/lease/Standing.java
//SOURCES mutex/lease/Witness.java mutex/lease/package-info.java
//SOURCES mutex/link/Dialer.java mutex/link/Dialers.java mutex/link/FaultLab.java mutex/link/FaultQueue.java
//SOURCES mutex/link/FaultyStream.java mutex/link/GrpcStream.java mutex/link/Handshake.java
//SOURCES mutex/link/Inquiries.java mutex/link/Link.java mutex/link/LinkAdmission.java
//SOURCES mutex/link/LinkNotices.java mutex/link/LinkStream.java mutex/link/LinkTable.java
//SOURCES mutex/link/LinkWatch.java mutex/link/Links.java mutex/link/Pause.java mutex/link/StrangerLimits.java
//SOURCES mutex/link/package-info.java
//SOURCES mutex/log/AppendedFile.java mutex/log/EntryParser.java mutex/log/Incarnation.java
//SOURCES mutex/log/Journal.java mutex/log/LogContents.java mutex/log/LogEntry.java mutex/log/LogFile.java
//SOURCES mutex/log/LogLine.java mutex/log/LogReader.java mutex/log/MessageText.java mutex/log/OldText.java
//SOURCES mutex/log/PackedBytes.java mutex/log/PackedEvent.java mutex/log/PackedEvents.java
//SOURCES mutex/log/Repeats.java mutex/log/StepLine.java mutex/log/StepLines.java mutex/log/Tallies.java
//SOURCES mutex/log/VectorClock.java mutex/log/package-info.java
//SOURCES mutex/metrics/EventCounters.java mutex/metrics/Gauges.java mutex/metrics/MetricsServer.java
//SOURCES mutex/metrics/package-info.java
//SOURCES mutex/node/Clocks.java mutex/node/Effect.java mutex/node/EntrySection.java mutex/node/Event.java
//SOURCES mutex/node/EventDispatch.java mutex/node/FailureDetector.java mutex/node/Frame.java
//SOURCES mutex/node/FrameReceiver.java mutex/node/Incarnations.java mutex/node/Lease.java
//SOURCES mutex/node/LeaseGate.java mutex/node/LocalAsker.java mutex/node/LocalGroup.java
//SOURCES mutex/node/LocalRequests.java mutex/node/LockTable.java mutex/node/Locks.java
//SOURCES mutex/node/LogEvent.java mutex/node/NamedLock.java mutex/node/Node.java mutex/node/NodeView.java
//SOURCES mutex/node/OverdueWaits.java mutex/node/PeerTable.java mutex/node/RunOnce.java
//SOURCES mutex/node/StepOutput.java mutex/node/TokenKeeper.java mutex/node/package-info.java
//SOURCES mutex/once/MarkMessage.java mutex/once/MarkReplica.java mutex/once/MarkedRun.java
//SOURCES mutex/once/RunMark.java mutex/once/RunMarks.java mutex/once/package-info.java
//SOURCES mutex/peer/BrokenRule.java mutex/peer/Departure.java mutex/peer/EffectRunner.java
//SOURCES mutex/peer/Failures.java mutex/peer/GracePeriods.java mutex/peer/HoldServerCall.java
//SOURCES mutex/peer/LocalPeer.java mutex/peer/MutexService.java mutex/peer/NodeRunner.java
//SOURCES mutex/peer/PairNotice.java mutex/peer/PeerLinks.java mutex/peer/PeerLoop.java
//SOURCES mutex/peer/PeerSettings.java mutex/peer/PendingRequests.java mutex/peer/Server.java
//SOURCES mutex/peer/ServerHold.java mutex/peer/Snapshots.java mutex/peer/StartRules.java
//SOURCES mutex/peer/StateFile.java mutex/peer/StateFileName.java mutex/peer/StateNotice.java
//SOURCES mutex/peer/StatusCalls.java mutex/peer/SuspendAwareClock.java mutex/peer/WatchServerCall.java
//SOURCES mutex/peer/WholeFile.java mutex/peer/package-info.java
//SOURCES mutex/remote/AwaitedAnswer.java mutex/remote/ByteCall.java mutex/remote/DirectPeer.java mutex/remote/Failover.java
//SOURCES mutex/remote/GrpcMessages.java mutex/remote/HoldCall.java mutex/remote/HoldClientCall.java
//SOURCES mutex/remote/HoldsCall.java mutex/remote/Http2Frame.java mutex/remote/PeerChoice.java
//SOURCES mutex/remote/PeerWatch.java mutex/remote/PlainGrpcCall.java mutex/remote/PlainGrpcHeaders.java
//SOURCES mutex/remote/RemoteHold.java mutex/remote/RemotePeer.java mutex/remote/RemotePeers.java
//SOURCES mutex/remote/StatusClient.java mutex/remote/TlsGrpcCall.java mutex/remote/WatchedPeer.java
//SOURCES mutex/remote/package-info.java
//SOURCES mutex/replay/Difference.java mutex/replay/EventText.java mutex/replay/MessagesInFlight.java
//SOURCES mutex/replay/Played.java mutex/replay/ProgressNotice.java mutex/replay/RecordedLife.java
//SOURCES mutex/replay/Recording.java mutex/replay/Replay.java mutex/replay/ReplayCommand.java
//SOURCES mutex/replay/ReplayCommands.java mutex/replay/ReplayShell.java mutex/replay/ReplayStep.java
//SOURCES mutex/replay/ReplayedPeer.java mutex/replay/StepCursor.java mutex/replay/package-info.java
//SOURCES mutex/run/FailoverCall.java mutex/run/GroupKiller.java mutex/run/Help.java mutex/run/HoldRun.java
//SOURCES mutex/run/InheritedState.java mutex/run/LockCommands.java mutex/run/LockHolder.java
//SOURCES mutex/run/LockOption.java mutex/run/LockOptions.java mutex/run/LockRun.java
//SOURCES mutex/run/LockedCommand.java mutex/run/OptionParser.java mutex/run/OwnFault.java
//SOURCES mutex/run/PerlSupervisor.java mutex/run/PrintedOutput.java mutex/run/Program.java mutex/run/ShellSupervisor.java mutex/run/Signals.java mutex/run/StopTimes.java
//SOURCES mutex/run/Supervisor.java mutex/run/SupervisorLine.java mutex/run/TimedEvents.java
//SOURCES mutex/run/Uptime.java mutex/run/WaitReport.java mutex/run/package-info.java
//SOURCES mutex/shell/AddCommand.java mutex/shell/Commands.java mutex/shell/Completion.java
//SOURCES mutex/shell/CriticalSection.java mutex/shell/DurationConverter.java mutex/shell/FaultCommand.java
//SOURCES mutex/shell/GroupChange.java mutex/shell/HealCommand.java mutex/shell/Leaving.java
//SOURCES mutex/shell/LineLoop.java mutex/shell/LockCommand.java mutex/shell/LocksCommand.java
//SOURCES mutex/shell/LogCommand.java mutex/shell/Pasting.java mutex/shell/PeersCommand.java
//SOURCES mutex/shell/RemoveCommand.java mutex/shell/RequestCommand.java mutex/shell/Screen.java
//SOURCES mutex/shell/Session.java mutex/shell/Shell.java mutex/shell/ShellCommands.java
//SOURCES mutex/shell/ShellRequest.java mutex/shell/TerminalWidth.java mutex/shell/Usage.java
//SOURCES mutex/shell/UserTerminal.java mutex/shell/package-info.java
//SOURCES mutex/status/AskedLocks.java mutex/status/Conflict.java mutex/status/Explanation.java
//SOURCES mutex/status/LockClient.java mutex/status/LockListener.java mutex/status/LockRole.java
//SOURCES mutex/status/Removal.java mutex/status/Snapshot.java mutex/status/StandingText.java
//SOURCES mutex/status/StatusText.java mutex/status/StoppingText.java mutex/status/TopTable.java
//SOURCES mutex/status/package-info.java
//SOURCES mutex/text/AlignedTable.java mutex/text/Count.java mutex/text/DisplayWidth.java
//SOURCES mutex/text/Durations.java mutex/text/ExitCode.java mutex/text/LeaseText.java mutex/text/LockName.java
//SOURCES mutex/text/Printable.java mutex/text/WordWrap.java mutex/text/package-info.java
//SOURCES mutex/trace/AlgorithmText.java mutex/trace/Check.java mutex/trace/Diagram.java
//SOURCES mutex/trace/DiagramData.java mutex/trace/EntryStory.java mutex/trace/Fairness.java
//SOURCES mutex/trace/Holders.java mutex/trace/HtmlReport.java mutex/trace/LogFiles.java mutex/trace/Merge.java
//SOURCES mutex/trace/MessageMatching.java mutex/trace/OutputFiles.java mutex/trace/Pools.java
//SOURCES mutex/trace/QuietSpans.java mutex/trace/RequestSpan.java mutex/trace/RequestSpans.java
//SOURCES mutex/trace/Shiviz.java mutex/trace/Summary.java mutex/trace/TextDiagram.java
//SOURCES mutex/trace/Timeline.java mutex/trace/Together.java mutex/trace/Trace.java
//SOURCES mutex/trace/TraceCommand.java mutex/trace/Violation.java mutex/trace/package-info.java
//SOURCES mutex/transport/Baton.java mutex/transport/CallAdmission.java mutex/transport/CallLimit.java
//SOURCES mutex/transport/CallThrottle.java mutex/transport/Callbacks.java mutex/transport/CallerAddress.java
//SOURCES mutex/transport/CallerCertificate.java mutex/transport/CertificateMaker.java
//SOURCES mutex/transport/CertificateTrust.java mutex/transport/ConnectionLimit.java
//SOURCES mutex/transport/ConnectionReads.java mutex/transport/DaemonThreads.java mutex/transport/EventLoop.java
//SOURCES mutex/transport/FailureText.java mutex/transport/HttpBounds.java mutex/transport/LibraryLog.java
//SOURCES mutex/transport/NetworkErrorText.java mutex/transport/OncePerMinute.java
//SOURCES mutex/transport/PeerCertificate.java mutex/transport/ReadTurns.java
//SOURCES mutex/transport/Tls.java
//SOURCES mutex/transport/TlsFailureReporter.java mutex/transport/TlsFiles.java mutex/transport/TlsProblems.java
//SOURCES mutex/transport/TlsWarmUp.java mutex/transport/package-info.java
//SOURCES mutex/web/EventBuffer.java mutex/web/GroupTable.java mutex/web/LatestNews.java mutex/web/LivePage.java
//SOURCES mutex/web/OriginCheck.java mutex/web/PageLocks.java mutex/web/PageSecret.java mutex/web/WebServer.java
//SOURCES mutex/web/package-info.java
//SOURCES mutex/wire/FrameCodec.java mutex/wire/IncomingFrame.java mutex/wire/NodeStart.java
//SOURCES mutex/wire/OutgoingFrame.java mutex/wire/RecordedStep.java mutex/wire/StatusJson.java
//SOURCES mutex/wire/StepCodec.java mutex/wire/StepRecorder.java mutex/wire/VectorPrototype.java
//SOURCES mutex/wire/WireEvent.java mutex/wire/WireFields.java mutex/wire/WireLock.java mutex/wire/WireMode.java
//SOURCES mutex/wire/WireStatus.java mutex/wire/package-info.java
//FILES mutex/trace/diagram.css=mutex/trace/diagram.css mutex/trace/diagram.html=mutex/trace/diagram.html
//FILES mutex/trace/diagram.js=mutex/trace/diagram.js mutex/trace/report.html=mutex/trace/report.html
//FILES mutex/web/live.css=mutex/web/live.css mutex/web/live.html=mutex/web/live.html
//FILES mutex/web/live.js=mutex/web/live.js

import java.util.List;
import mutex.cli.PeerCommand;
import mutex.cli.StatusCommands;
import mutex.replay.ReplayCommand;
import mutex.run.HoldRun;
import mutex.run.LockCommands;
import mutex.run.LockRun;
import mutex.run.OwnFault;
import mutex.run.PrintedOutput;
import mutex.shell.TerminalWidth;
import mutex.shell.Usage;
import mutex.text.ExitCode;
import mutex.text.Printable;
import mutex.trace.TraceCommand;
import picocli.CommandLine;

/** The entry: a command on a lock or at a running peer, or else a peer; {@link PeerCommand} says which options that takes. */
final class Peer {

    private Peer() {}

    public static void main(String[] args) {
        int code = ExitCode.INTERNAL;
        try {
            code = run(args);
            System.exit(code);
        } finally { // without memory even that may throw, and Java would leave with 1, which says that another has the lock
            Runtime.getRuntime().halt(code);
        }
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
        try {
            return line().execute(args);
        } catch (Error broken) {
            return OwnFault.say(() -> "peer: " + Printable.of(broken instanceof OutOfMemoryError
                    ? "the system allows no more memory or threads (" + broken.getMessage() + "); raise its limits (see ulimit -u) and start again"
                    : "internal error: " + broken));
        }
    }

    private static CommandLine line() {
        CommandLine line = new CommandLine(new PeerCommand());
        LockCommands.addTo(line);
        StatusCommands.addTo(line);
        TraceCommand.addTo(line, TerminalWidth::limit);
        ReplayCommand.addTo(line);
        line.setAllowSubcommandsAsOptionParameters(true); // --peers-file peers
        line.setExpandAtFiles(false); // every word is taken as it stands
        line.setUsageHelpAutoWidth(true);
        line.setExecutionStrategy(Peer::execute);
        line.setParameterExceptionHandler((wrong, a) -> {
            String problem = Usage.inOneLine(wrong);
            return fail(wrong.getCommandLine(), ExitCode.USAGE, problem.endsWith("?") ? problem : problem + "; see --help");
        });
        line.setExecutionExceptionHandler((failure, command, a) -> fail(command, ExitCode.CONFIGURATION, failure.getMessage()));
        return line;
    }

    /** A command stands first: what stands before it would be taken for a peer's, and do nothing. */
    private static int execute(CommandLine.ParseResult all) {
        if (all.hasSubcommand() && !all.matchedArgs().isEmpty()) {
            throw new CommandLine.ParameterException(all.commandSpec().commandLine(), "\"" + nameOf(all) + "\" is a command and "
                    + "cannot follow a peer's options; write it first, or leave it out");
        }
        int code = new CommandLine.RunLast().execute(all);
        return code == 0 && printsAndEnds(all) ? PrintedOutput.code(nameOf(all)) : code;
    }

    /** A peer goes on without a reader, and what its shell prints is no result. */
    private static boolean printsAndEnds(CommandLine.ParseResult all) {
        return all.hasSubcommand() || all.isUsageHelpRequested() || all.isVersionHelpRequested();
    }

    private static String nameOf(CommandLine.ParseResult all) {
        return (all.hasSubcommand() ? all.subcommand() : all).commandSpec().name();
    }

    private static int fail(CommandLine command, int code, String problem) {
        System.err.println(command.getCommandName() + ": " + Printable.of(problem));
        return code;
    }
}
