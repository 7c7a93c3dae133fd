///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES ../Peer.java BadInputTest.java Contender.java ExplorerTest.java FoundationsTest.java FuzzTest.java
//SOURCES GeneratedTest.java GrantsWhileHolding.java GroupTest.java History.java LauncherTest.java LinkTest.java
//SOURCES MembershipTest.java PipeTest.java Processes.java ReadmeTest.java ReconnectTest.java RulesTest.java
//SOURCES Run.java Running.java SafetyTest.java ServiceTest.java ShellTest.java SimulationTest.java
//SOURCES StateFileTest.java WireTest.java simulation/Explorer.java simulation/Fate.java
//SOURCES simulation/Fingerprint.java simulation/Locals.java simulation/Machine.java simulation/Profile.java
//SOURCES simulation/Referee.java simulation/Table.java simulation/Visited.java simulation/Wires.java
//SOURCES simulation/World.java support/Edge.java support/Eventually.java support/Grpcurl.java
//SOURCES support/InProcess.java support/Mutator.java support/Neighbour.java support/Peers.java
//SOURCES support/Proxy.java support/RawBytes.java support/RawPeer.java support/RawServer.java
//SOURCES support/Running.java support/Subject.java support/Tmux.java support/Voice.java
package tests;

/** Every test there is, the core first: {@code ./jbang test}. */
final class All {

    private All() {}

    public static void main(String[] args) {
        Run.only(
                FoundationsTest.class, RulesTest.class, GroupTest.class, ExplorerTest.class,
                SimulationTest.class, SafetyTest.class, BadInputTest.class, FuzzTest.class,
                GeneratedTest.class, LauncherTest.class, LinkTest.class, MembershipTest.class, PipeTest.class,
                ReadmeTest.class, ReconnectTest.class, ServiceTest.class, ShellTest.class, StateFileTest.class,
                WireTest.class);
    }
}
