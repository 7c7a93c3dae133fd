///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Closing.java support/Eventually.java support/FreePorts.java support/Neighbour.java
//SOURCES support/Voice.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Closing;
import tests.support.Eventually;
import tests.support.FreePorts;
import tests.support.Neighbour;

/** A group of many peers: they start together, on one machine even, and some of their addresses are those of machines that are gone. */
@Tag("slow")
@Timeout(180)
class LargeGroupTest {

    @TempDir
    private Path folder;
    @AutoClose
    private final Closing open = new Closing();
    private final List<Dialed> dialed = new CopyOnWriteArrayList<>();

    /** A connection was accepted at that address. */
    private record Dialed(InetAddress address, long at) {}

    public static void main(String[] args) {
        Run.only(LargeGroupTest.class);
    }

    /** So many addresses of this machine, at which somebody accepts, and hangs up at once or never says a word. */
    private String[] addresses(int count, boolean hangsUp) throws IOException {
        ServerSocket all = open.add(new ServerSocket(0, 200, InetAddress.getByName("0.0.0.0")));
        Thread accepting = new Thread(() -> {
            try {
                while (true) {
                    Socket caller = open.add(all.accept());
                    dialed.add(new Dialed(caller.getLocalAddress(), System.nanoTime()));
                    if (hangsUp) {
                        caller.close();
                    }
                }
            } catch (IOException over) {
                // closed
            }
        });
        accepting.setDaemon(true);
        accepting.start();
        return IntStream.rangeClosed(1, count).mapToObj(i -> "127.0.1." + i + ":" + all.getLocalPort()).toArray(String[]::new);
    }

    private long addressesDialed() {
        return dialed.stream().map(Dialed::address).distinct().count();
    }

    @Test
    void fourOfManySilentAddressesAreDialedAtOnceAndEachHasItsTurn() throws IOException {
        String[] silent = addresses(14, false);
        areOneGroup(2); // what is done for the first time takes longer
        long began = System.nanoTime();
        open.add(new Neighbour(folder, 3, 0, silent));
        Eventually.holds(() -> addressesDialed() == silent.length, () -> "dialed: " + addressesDialed());
        assertTrue(dialed.get(4).at - began >= TimeUnit.SECONDS.toNanos(1), () -> "the fifth after " + (dialed.get(4).at - began) + " ns");
    }

    @Test
    void oneThatAnswersIsFoundAmongManyThatDoNot() throws IOException {
        String[] others = addresses(20, false);
        List<Integer> ports = FreePorts.take(2).stream().sorted().toList();
        others[others.length - 1] = "localhost:" + ports.get(0); // just before our own in the ring of addresses: the last in turn
        Neighbour one = open.add(new Neighbour(folder, 1, ports.get(1), others));
        Neighbour other = open.add(new Neighbour(folder, 2, ports.get(0)));
        Eventually.holds(() -> one.linkedTo(2) && other.linkedTo(1), () -> "no link: " + one.look());
    }

    @Test
    void manyAddressesWhereNobodyIsAreTriedSixteenTimesASecond() throws IOException {
        String[] gone = addresses(32, true);
        open.add(new Neighbour(folder, 1, 0, gone));
        int first = 8 * gone.length; // by then the pauses do not grow any more
        Eventually.holds(() -> dialed.size() > first + gone.length, () -> "dialed: " + dialed.size());
        long took = dialed.get(first + gone.length).at - dialed.get(first).at;
        assertTrue(took >= TimeUnit.MILLISECONDS.toNanos(1_200), () -> gone.length + " tries within " + took + " ns");
    }

    @Test
    void twentyPeersThatStartTogetherAreOneGroup() {
        areOneGroup(20);
    }

    @Test
    @Tag("long")
    void sixtyThreePeersThatStartTogetherAreOneGroup() {
        areOneGroup(63);
    }

    private void areOneGroup(int size) {
        List<Integer> ports = FreePorts.take(size);
        List<Neighbour> all = IntStream.rangeClosed(1, size).mapToObj(id -> open.add(new Neighbour(folder, id, ports.get(id - 1),
                ports.stream().filter(port -> !port.equals(ports.get(id - 1))).map(port -> "localhost:" + port).toArray(String[]::new)))).toList();
        all.forEach(peer -> peer.awaitGroupOf(size));
        all.forEach(Neighbour::isWell);
    }
}
