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
//SOURCES mutex/algorithm/AlgorithmKind.java mutex/algorithm/Claims.java
//SOURCES mutex/algorithm/Invariant.java mutex/algorithm/LockMode.java mutex/algorithm/Message.java
//SOURCES mutex/algorithm/Mode.java mutex/algorithm/PendingTries.java
//SOURCES mutex/algorithm/RememberedRequests.java mutex/algorithm/RicartAgrawala.java
//SOURCES mutex/algorithm/RingKind.java mutex/algorithm/RollCall.java
//SOURCES mutex/algorithm/RoucairolCarvalho.java mutex/algorithm/Stamp.java
//SOURCES mutex/algorithm/Suspects.java mutex/algorithm/TokenKnowledge.java
//SOURCES mutex/algorithm/TokenRecovery.java mutex/algorithm/TokenRing.java
//SOURCES mutex/algorithm/TokenState.java mutex/algorithm/package-info.java
//SOURCES mutex/cli/AlgorithmContest.java mutex/cli/AlgorithmOptions.java mutex/cli/Certs.java
//SOURCES mutex/cli/Demo.java mutex/cli/DemoPeers.java mutex/cli/DiscoverOptions.java
//SOURCES mutex/cli/OutputReader.java mutex/cli/PeerCommand.java mutex/cli/PeerOptions.java
//SOURCES mutex/cli/ServiceNews.java mutex/cli/StatusCommands.java mutex/cli/TlsOptions.java
//SOURCES mutex/cli/Top.java mutex/cli/package-info.java
//SOURCES mutex/client/Held.java mutex/client/LockSet.java mutex/client/Mutex.java
//SOURCES mutex/client/NotAcquired.java mutex/client/PeerBuilder.java mutex/client/PendingLock.java
//SOURCES mutex/client/package-info.java
//SOURCES mutex/discover/Address.java mutex/discover/BadConfiguration.java
//SOURCES mutex/discover/Discovery.java mutex/discover/Dns.java mutex/discover/InputFile.java
//SOURCES mutex/discover/LateNotice.java mutex/discover/Lookups.java mutex/discover/MessagePack.java
//SOURCES mutex/discover/NameLookups.java mutex/discover/PeerSource.java
//SOURCES mutex/discover/PeersFile.java mutex/discover/Reach.java mutex/discover/Serf.java
//SOURCES mutex/discover/SerfAgent.java mutex/discover/StartList.java
//SOURCES mutex/discover/package-info.java
//SOURCES mutex/event/Effect.java mutex/event/Event.java mutex/event/Frame.java
//SOURCES mutex/event/LogEvent.java mutex/event/NodeView.java mutex/event/package-info.java
//SOURCES mutex/group/Acceptor.java mutex/group/Bootstrap.java mutex/group/ChangeQueue.java
//SOURCES mutex/group/ChangeRules.java mutex/group/Changes.java mutex/group/DiscoveryBootstrap.java
//SOURCES mutex/group/DurableState.java mutex/group/Founding.java mutex/group/Greetings.java
//SOURCES mutex/group/Group.java mutex/group/GroupHost.java mutex/group/GroupMessage.java
//SOURCES mutex/group/Hello.java mutex/group/JoinRequests.java mutex/group/Learner.java
//SOURCES mutex/group/ListBootstrap.java mutex/group/Membership.java mutex/group/OwnGroup.java
//SOURCES mutex/group/Promise.java mutex/group/Proposal.java mutex/group/Proposer.java
//SOURCES mutex/group/Seed.java mutex/group/TrustedPeers.java mutex/group/Version.java
//SOURCES mutex/group/VersionSwitch.java mutex/group/package-info.java
//SOURCES mutex/lease/Absence.java mutex/lease/LeaseMessage.java mutex/lease/Standing.java
//SOURCES mutex/lease/Witness.java mutex/lease/package-info.java
//SOURCES mutex/link/Dialer.java mutex/link/Dialers.java mutex/link/FaultLab.java
//SOURCES mutex/link/FaultQueue.java mutex/link/FaultyStream.java mutex/link/GrpcStream.java
//SOURCES mutex/link/Handshake.java mutex/link/Inquiries.java mutex/link/Link.java
//SOURCES mutex/link/LinkAdmission.java mutex/link/LinkMethod.java mutex/link/LinkNotices.java
//SOURCES mutex/link/LinkStream.java mutex/link/LinkTable.java mutex/link/LinkWatch.java
//SOURCES mutex/link/Links.java mutex/link/PacketMarshaller.java mutex/link/Pause.java
//SOURCES mutex/link/StrangerLimits.java mutex/link/package-info.java
//SOURCES mutex/log/AppendedFile.java mutex/log/EntryParser.java mutex/log/Incarnation.java
//SOURCES mutex/log/Journal.java mutex/log/LogContents.java mutex/log/LogEntry.java
//SOURCES mutex/log/LogFile.java mutex/log/LogLine.java mutex/log/LogReader.java
//SOURCES mutex/log/MessageText.java mutex/log/OldText.java mutex/log/PackedBytes.java
//SOURCES mutex/log/PackedEvent.java mutex/log/PackedEvents.java mutex/log/Repeats.java
//SOURCES mutex/log/StepLine.java mutex/log/StepLines.java mutex/log/Tallies.java
//SOURCES mutex/log/VectorClock.java mutex/log/package-info.java
//SOURCES mutex/metrics/EventCounters.java mutex/metrics/Gauges.java
//SOURCES mutex/metrics/MetricsServer.java mutex/metrics/package-info.java
//SOURCES mutex/node/Clocks.java mutex/node/DurableWrites.java mutex/node/EntrySection.java
//SOURCES mutex/node/EventDispatch.java mutex/node/FailureDetector.java
//SOURCES mutex/node/FrameReceiver.java mutex/node/Incarnations.java mutex/node/Lease.java
//SOURCES mutex/node/LeaseGate.java mutex/node/LocalAsker.java mutex/node/LocalGroup.java
//SOURCES mutex/node/LocalRequests.java mutex/node/LockTable.java mutex/node/Locks.java
//SOURCES mutex/node/NamedLock.java mutex/node/Node.java mutex/node/OverdueWaits.java
//SOURCES mutex/node/PeerTable.java mutex/node/RunOnce.java mutex/node/StepOutput.java
//SOURCES mutex/node/TokenKeeper.java mutex/node/package-info.java
//SOURCES mutex/once/MarkMessage.java mutex/once/MarkReplica.java mutex/once/MarkedRun.java
//SOURCES mutex/once/RunMark.java mutex/once/RunMarks.java mutex/once/package-info.java
//SOURCES mutex/peer/BrokenRule.java mutex/peer/Departure.java mutex/peer/EffectRunner.java
//SOURCES mutex/peer/Failures.java mutex/peer/GracePeriods.java mutex/peer/HoldServerCall.java
//SOURCES mutex/peer/LocalPeer.java mutex/peer/MutexService.java mutex/peer/NodeRunner.java
//SOURCES mutex/peer/PairNotice.java mutex/peer/PeerLinks.java mutex/peer/PeerLoop.java
//SOURCES mutex/peer/PeerRequests.java mutex/peer/PeerSettings.java mutex/peer/PendingRequests.java
//SOURCES mutex/peer/Server.java mutex/peer/ServerHold.java mutex/peer/Snapshots.java
//SOURCES mutex/peer/StartRules.java mutex/peer/StatusCalls.java mutex/peer/SuspendAwareClock.java
//SOURCES mutex/peer/WatchServerCall.java mutex/peer/package-info.java
//SOURCES mutex/remote/AwaitedAnswer.java mutex/remote/ByteCall.java mutex/remote/DirectPeer.java
//SOURCES mutex/remote/Failover.java mutex/remote/GrpcMessages.java mutex/remote/HoldCall.java
//SOURCES mutex/remote/HoldClientCall.java mutex/remote/HoldsCall.java mutex/remote/Http2Frame.java
//SOURCES mutex/remote/PeerChoice.java mutex/remote/PeerWatch.java mutex/remote/PlainGrpcCall.java
//SOURCES mutex/remote/PlainGrpcHeaders.java mutex/remote/RemoteHold.java
//SOURCES mutex/remote/RemotePeer.java mutex/remote/RemotePeers.java mutex/remote/StatusClient.java
//SOURCES mutex/remote/TlsGrpcCall.java mutex/remote/WatchedPeer.java mutex/remote/package-info.java
//SOURCES mutex/replay/Difference.java mutex/replay/EventText.java
//SOURCES mutex/replay/MessagesInFlight.java mutex/replay/Played.java
//SOURCES mutex/replay/ProgressNotice.java mutex/replay/RecordedLife.java
//SOURCES mutex/replay/Recording.java mutex/replay/Replay.java mutex/replay/ReplayCommand.java
//SOURCES mutex/replay/ReplayCommands.java mutex/replay/ReplayShell.java
//SOURCES mutex/replay/ReplayStep.java mutex/replay/ReplayedPeer.java mutex/replay/StepCursor.java
//SOURCES mutex/replay/package-info.java
//SOURCES mutex/run/FailoverCall.java mutex/run/GroupKiller.java mutex/run/Help.java
//SOURCES mutex/run/HoldRun.java mutex/run/InheritedState.java mutex/run/LockCommands.java
//SOURCES mutex/run/LockHolder.java mutex/run/LockOption.java mutex/run/LockOptions.java
//SOURCES mutex/run/LockRun.java mutex/run/LockedCommand.java mutex/run/OptionParser.java
//SOURCES mutex/run/OwnFault.java mutex/run/PerlSupervisor.java mutex/run/PrintedOutput.java
//SOURCES mutex/run/Program.java mutex/run/ShellSupervisor.java mutex/run/Signals.java
//SOURCES mutex/run/StopTimes.java mutex/run/Supervisor.java mutex/run/SupervisorLine.java
//SOURCES mutex/run/TimedEvents.java mutex/run/Uptime.java mutex/run/WaitReport.java
//SOURCES mutex/run/package-info.java
//SOURCES mutex/shell/AddCommand.java mutex/shell/Commands.java mutex/shell/Completion.java
//SOURCES mutex/shell/CriticalSection.java mutex/shell/DurationConverter.java
//SOURCES mutex/shell/FaultCommand.java mutex/shell/GroupChange.java mutex/shell/HealCommand.java
//SOURCES mutex/shell/Leaving.java mutex/shell/LineLoop.java mutex/shell/LockCommand.java
//SOURCES mutex/shell/LocksCommand.java mutex/shell/LogCommand.java mutex/shell/Pasting.java
//SOURCES mutex/shell/PeersCommand.java mutex/shell/RemoveCommand.java
//SOURCES mutex/shell/RequestCommand.java mutex/shell/Screen.java mutex/shell/Session.java
//SOURCES mutex/shell/Shell.java mutex/shell/ShellCommands.java mutex/shell/ShellRequest.java
//SOURCES mutex/shell/TerminalWidth.java mutex/shell/Usage.java mutex/shell/UserTerminal.java
//SOURCES mutex/shell/package-info.java
//SOURCES mutex/state/StateFile.java mutex/state/StateFileName.java mutex/state/StateNotice.java
//SOURCES mutex/state/WholeFile.java mutex/state/package-info.java
//SOURCES mutex/status/AskedLocks.java mutex/status/Conflict.java mutex/status/Explanation.java
//SOURCES mutex/status/LockClient.java mutex/status/LockListener.java mutex/status/LockRole.java
//SOURCES mutex/status/Removal.java mutex/status/Snapshot.java mutex/status/StandingText.java
//SOURCES mutex/status/StatusText.java mutex/status/StoppingText.java mutex/status/TopTable.java
//SOURCES mutex/status/package-info.java
//SOURCES mutex/text/AlignedTable.java mutex/text/Count.java mutex/text/DisplayWidth.java
//SOURCES mutex/text/Durations.java mutex/text/ExitCode.java mutex/text/LeaseText.java
//SOURCES mutex/text/LockName.java mutex/text/Printable.java mutex/text/WordWrap.java
//SOURCES mutex/text/package-info.java
//SOURCES mutex/trace/AlgorithmText.java mutex/trace/Check.java mutex/trace/Diagram.java
//SOURCES mutex/trace/DiagramData.java mutex/trace/EntryStory.java mutex/trace/Fairness.java
//SOURCES mutex/trace/Holders.java mutex/trace/HtmlReport.java mutex/trace/LogFiles.java
//SOURCES mutex/trace/Merge.java mutex/trace/MessageMatching.java mutex/trace/OutputFiles.java
//SOURCES mutex/trace/Pools.java mutex/trace/QuietSpans.java mutex/trace/RequestSpan.java
//SOURCES mutex/trace/RequestSpans.java mutex/trace/Shiviz.java mutex/trace/Summary.java
//SOURCES mutex/trace/TextDiagram.java mutex/trace/Timeline.java mutex/trace/Together.java
//SOURCES mutex/trace/Trace.java mutex/trace/TraceCommand.java mutex/trace/Violation.java
//SOURCES mutex/trace/package-info.java
//SOURCES mutex/transport/Baton.java mutex/transport/CallAdmission.java
//SOURCES mutex/transport/CallLimit.java mutex/transport/CallThrottle.java
//SOURCES mutex/transport/Callbacks.java mutex/transport/CallerAddress.java
//SOURCES mutex/transport/CallerCertificate.java mutex/transport/CertificateMaker.java
//SOURCES mutex/transport/CertificateTrust.java mutex/transport/ConnectionLimit.java
//SOURCES mutex/transport/ConnectionReads.java mutex/transport/DaemonThreads.java
//SOURCES mutex/transport/EventLoop.java mutex/transport/FailureText.java
//SOURCES mutex/transport/HttpBounds.java mutex/transport/LibraryLog.java
//SOURCES mutex/transport/NetworkErrorText.java mutex/transport/OncePerMinute.java
//SOURCES mutex/transport/PeerCertificate.java mutex/transport/ReadTurns.java
//SOURCES mutex/transport/Tls.java mutex/transport/TlsFailureReporter.java
//SOURCES mutex/transport/TlsFiles.java mutex/transport/TlsProblems.java
//SOURCES mutex/transport/TlsWarmUp.java mutex/transport/package-info.java
//SOURCES mutex/web/EventBuffer.java mutex/web/GroupTable.java mutex/web/LatestNews.java
//SOURCES mutex/web/LivePage.java mutex/web/OriginCheck.java mutex/web/PageLocks.java
//SOURCES mutex/web/PageSecret.java mutex/web/WebServer.java mutex/web/package-info.java
//SOURCES mutex/wire/FrameCodec.java mutex/wire/FrameReader.java mutex/wire/FrameTags.java
//SOURCES mutex/wire/FrameWriter.java mutex/wire/IncomingFrame.java mutex/wire/NodeStart.java
//SOURCES mutex/wire/OutgoingFrame.java mutex/wire/Packet.java mutex/wire/RecordedStep.java
//SOURCES mutex/wire/StatusJson.java mutex/wire/StepCodec.java mutex/wire/StepRecorder.java
//SOURCES mutex/wire/VectorPrototype.java mutex/wire/WireEvent.java mutex/wire/WireFields.java
//SOURCES mutex/wire/WireLock.java mutex/wire/WireMode.java mutex/wire/WireStatus.java
//SOURCES mutex/wire/package-info.java
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
