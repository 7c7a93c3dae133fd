///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Closing.java support/Eventually.java support/FreePorts.java support/Neighbour.java
//SOURCES support/Proxy.java support/Voice.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import mutex.transport.EventLoop;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Closing;
import tests.support.Eventually;
import tests.support.Neighbour;
import tests.support.Neighbour.Asked;
import tests.support.Proxy;

/** Links break and come back: what waited is said again and entered, and nothing is left behind. */
class ReconnectTest {

    private static final long SILENT_AFTER = 2_500_000_000L; // nanoseconds; then a link is given up

    @TempDir
    private Path folder;
    @AutoClose
    private final Closing open = new Closing();

    /** Peers 1 and 2, whose link goes through the proxy: the smaller id dialed it. */
    private List<Neighbour> pairThrough(Proxy proxy, int port) {
        Neighbour one = open.add(new Neighbour(folder, 1, 0, proxy.endpoint()));
        Neighbour two = open.add(new Neighbour(folder, 2, port, one.endpoint()));
        return List.of(one.awaitGroupOf(2), two.awaitGroupOf(2));
    }

    @Test
    void aRequestLostWithItsLinkIsSaidAgainAndEntered() {
        for (int asking = 0; asking < 2; asking++) {
            int port = Neighbour.freePort();
            Proxy proxy = open.add(new Proxy(port));
            List<Neighbour> pair = pairThrough(proxy, port);
            pair.forEach(Neighbour::isWell);
            long stalled = System.nanoTime();
            proxy.stall();
            Asked asked = pair.get(asking).ask("lost");
            proxy.awaitHeld();
            assertTrue(!asked.entered.isDone() || System.nanoTime() - stalled > SILENT_AFTER, "the request is in the proxy");
            proxy.cut();
            proxy.flow();
            Eventually.get(asked.entered, "entry after the link was made again");
            pair.get(asking).giveBack(asked);
            saysOnceThatItIsGone(pair.get(0), "peer 2");
            saysOnceThatItIsGone(pair.get(1), "peer 1");
            pair.forEach(Neighbour::isWell);
            pair.get(1).close();
            pair.get(0).close();
        }
    }

    /** A link beside one that has broken, which the other side may not know yet, can end, too; and so can one that is silent as the machine stalls. */
    private static void saysOnceThatItIsGone(Neighbour peer, String other) {
        String gone = other + " at .* is gone: ";
        assertFalse(peer.voice.lines(gone).isEmpty(), peer.voice.lines()::toString);
        assertTrue(peer.voice.lines(gone + "(?!the other side closed it|the link beside it broke|silent for)").size() <= 1, peer.voice.lines()::toString);
    }

    @Test
    void whoWaitsForAHolderStillWaitsAfterAResetAndEntersOnce() {
        int port = Neighbour.freePort();
        Proxy proxy = open.add(new Proxy(port));
        List<Neighbour> pair = pairThrough(proxy, port);
        Asked holder = pair.get(0).ask("a");
        long fence = Eventually.get(holder.entered, "the holder");
        Asked waiter = pair.get(1).ask("a");
        Eventually.holds(() -> pair.get(0).look().node().locks().get(0).deferred().size() == 1, () -> "deferred");
        proxy.cut();
        pair.get(1).voice.await("peer 1 at .* is gone");
        Eventually.holds(() -> pair.get(1).linkedTo(1), () -> "linked again");
        assertFalse(waiter.entered.isDone(), "two inside");
        pair.get(0).giveBack(holder);
        assertTrue(Eventually.get(waiter.entered, "the waiter") > fence);
        pair.get(1).giveBack(waiter);
        pair.forEach(Neighbour::isWell);
    }

    @Test
    void whoWaitsForARestartingPeerEntersAtOnceWhenItIsBack() {
        long least = Long.MAX_VALUE;
        for (int tries = 0; tries < 3 && least >= 2_000; tries++) { // a machine that stalls may be late once
            least = Math.min(least, millisToEnterAfterARestart());
        }
        assertTrue(least < 2_000, "entered " + least + " ms after the other was back");
    }

    private long millisToEnterAfterARestart() {
        int port = Neighbour.freePort();
        try (Neighbour one = new Neighbour(folder, 1, 0, "localhost:" + port)) {
            Neighbour two = open.add(new Neighbour(folder, 2, port, one.endpoint()));
            one.awaitGroupOf(2).isWell();
            two.close();
            one.voice.await("peer 2 at .* is gone");
            Asked asked = one.ask("a");
            one.voice.await("no link to " + two.endpoint() + ": nothing listens there");
            try (Neighbour again = new Neighbour(folder, 2, port, one.endpoint())) {
                long began = System.nanoTime();
                Eventually.get(asked.entered, "entry after the restart");
                long millis = (System.nanoTime() - began) / 1_000_000;
                one.giveBack(asked);
                again.isWell();
                assertEquals(1, one.voice.lines("nothing listens there").size(), one.voice.lines().toString());
                return millis;
            }
        }
    }

    @Test
    void aThousandWaitingRequestsAreSaidAgainOverANewLink() {
        int port = Neighbour.freePort();
        Neighbour one = open.add(new Neighbour(folder, 1, 0, "localhost:" + port));
        Neighbour two = open.add(new Neighbour(folder, 2, port, one.endpoint()));
        one.awaitGroupOf(2).isWell();
        two.close();
        one.voice.await("peer 2 at .* is gone");
        List<Asked> asked = IntStream.range(0, 1_000).mapToObj(i -> one.ask("lock/" + i)).toList();
        open.add(new Neighbour(folder, 2, port, one.endpoint()));
        asked.forEach(each -> Eventually.get(each.entered, "entry of each"));
        assertEquals(1, one.voice.lines("is gone").size(), one.voice.lines().toString());
        asked.forEach(one::giveBack);
    }

    @Test
    @Tag("slow")
    void aHundredStopsAndStartsLeaveNoThreadAndNoFileBehind() {
        List<EventLoop> loops = List.of(open.add(new EventLoop()), open.add(new EventLoop()));
        for (int i = 0; i < 5; i++) {
            round(loops); // what is loaded once is loaded then
        }
        long threads = Thread.activeCount();
        int files = files().size();
        for (int i = 0; i < 100; i++) {
            round(loops);
        }
        Eventually.holds(() -> Thread.activeCount() <= threads && files().size() <= files,
                () -> Thread.activeCount() + " threads, were " + threads + "; " + files().size() + " files, were " + files
                + "; " + Thread.getAllStackTraces().keySet() + files());
    }

    private void round(List<EventLoop> loops) {
        int port = Neighbour.freePort();
        try (Neighbour one = new Neighbour(loops.get(0), folder, 1, 0, "localhost:" + port);
                Neighbour two = new Neighbour(loops.get(1), folder, 2, port, one.endpoint())) {
            two.awaitGroupOf(2).isWell();
        }
    }

    private static List<String> files() {
        List<String> names = new ArrayList<>();
        String[] open = Path.of("/proc/self/fd").toFile().list();
        for (String number : open == null ? new String[0] : open) {
            try {
                String name = Files.readSymbolicLink(Path.of("/proc/self/fd", number)).toString();
                if (!name.endsWith(".jar")) { // opened when a class in it is first used
                    names.add(name);
                }
            } catch (IOException closed) {
                // meanwhile
            }
        }
        return names;
    }

    @Test
    @Tag("slow")
    void tenThousandLocksUsedOnceLeaveNoMemoryBehind() {
        int port = Neighbour.freePort();
        Neighbour one = open.add(new Neighbour(folder, 1, 0, "localhost:" + port));
        Neighbour two = open.add(new Neighbour(folder, 2, port, one.endpoint()));
        one.awaitGroupOf(2);
        use(one, 0, 10_000); // fills both logs, which keep the last 10,000 events, and the library's caches
        long least = Long.MAX_VALUE;
        for (int round = 1; round <= 3 && least >= 1 << 20; round++) { // what leaks grows each time; what others in this process do does not
            long before = heap();
            use(one, round * 10_000, (round + 1) * 10_000);
            least = Math.min(least, heap() - before);
        }
        long more = least;
        assertTrue(more < 1 << 20, "the heap has grown by " + more + " bytes");
        assertEquals(List.of(), one.look().node().locks());
        assertEquals(List.of(), two.look().node().locks());
        System.out.printf(Locale.ROOT, "10,000 locks: the heap has grown by %,d bytes%n", more);
    }

    private static void use(Neighbour peer, int from, int to) {
        for (int i = from; i < to; i++) {
            peer.takeTurn("lock/" + i);
        }
    }

    /** The least of some collections: the serial collector fills gaps with dead arrays, and closes them all at every fourth. */
    private static long heap() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 12; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    public static void main(String[] args) {
        Run.only(ReconnectTest.class);
    }
}
