///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Eventually.java support/LockRound.java support/Peers.java support/Running.java ../Peer.java
package tests;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tests.support.LockRound;
import tests.support.LockRound.Child;
import tests.support.Peers;
import tests.support.Running;

/**
 * The command is stopped before anybody else may enter, whatever happens to us: three peers with a lease, twenty
 * locks at a time, and a command under each that would go on for ever.
 */
@Timeout(180)
class LockFaultTest {

    private static final int ROUNDS = 20;
    private static final int AT_ONCE = 5;

    @TempDir
    Path folder;
    private Peers peers;
    private List<Running> group;
    private List<String> addresses;
    private final List<LockRound> rounds = new ArrayList<>();

    @BeforeEach
    void startAGroup() {
        peers = new Peers(folder);
        group = peers.group(3, "--lease", "2s", "--no-shell");
        addresses = group.stream().map(peer -> "localhost:" + peer.await("listens on localhost:(\\d+)").group(1)).toList();
    }

    @AfterEach
    void endAll() {
        rounds.forEach(LockRound::close);
        peers.close();
    }

    /** So many commands at that peer, each inside its own lock and each with somebody else in line at another peer. */
    private List<LockRound> commands(String name, Child child, int count, int peer, int next) {
        List<LockRound> more = new ArrayList<>();
        while (more.size() < count) { // a few at a time: starting them is what takes the machine's time
            List<LockRound> some = IntStream.range(more.size(), Math.min(count, more.size() + AT_ONCE))
                    .mapToObj(i -> new LockRound(folder, name + "-" + i, child, addresses.get(peer - 1))).toList();
            rounds.addAll(some);
            more.addAll(some);
            some.forEach(LockRound::awaitInside);
        }
        more.forEach(round -> round.queue(addresses.get(next - 1)));
        return more;
    }

    @Test
    void whenWeAreKilledOrStopped() {
        List<LockRound> stopped = commands("stopped", Child.PLAIN, ROUNDS, 1, 2);
        stopped.forEach(round -> round.ours.signal("STOP"));
        for (Child child : Child.values()) {
            List<LockRound> killed = commands("killed-" + child, child, ROUNDS, 3, 2);
            killed.forEach(round -> round.ours.signal("KILL"));
            LockRound.check(killed);
        }
        LockRound.check(stopped);
    }

    @Test
    void whenThePeerLosesItsStanding() {
        List<LockRound> local = commands("stopped-peer", Child.IGNORES_SIGNALS, ROUNDS / 3 + 1, 1, 3);
        group.get(0).signal("STOP");
        LockRound.check(local);
        group.get(0).signal("CONT");
        List<LockRound> killed = commands("killed-peer", Child.FORKS_TWICE, ROUNDS / 3 + 1, 2, 3);
        group.get(1).signal("KILL");
        LockRound.check(killed);
        List<LockRound> alone = commands("alone", Child.PLAIN, ROUNDS / 3, 1, 3);
        group.get(2).signal("STOP");
        alone.forEach(round -> round.ours.exit());
        group.get(2).signal("CONT");
        LockRound.check(alone);
    }

    public static void main(String[] args) {
        Run.only(LockFaultTest.class);
    }
}
