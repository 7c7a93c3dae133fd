///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES Run.java support/Chromium.java support/Closing.java support/Eventually.java support/Folders.java
//SOURCES support/FreePorts.java support/Jvm.java support/Neighbour.java support/PeerProcesses.java
//SOURCES support/Running.java support/Voice.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import mutex.web.WebServer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tests.support.Chromium;
import tests.support.Closing;
import tests.support.Eventually;
import tests.support.Neighbour;
import tests.support.PeerProcesses;
import tests.support.Running;

/** The live page of real peers in a headless Chromium: what it shows is counted against their logs, its buttons are pressed. */
@Tag("chromium")
@Timeout(300)
class LivePageTest {

    private static final int EVENTS = 100_000;
    private static final double MOST_DRAW_MILLIS = 10_000; // on a loaded machine; 50 are meant

    @AutoClose
    private static Chromium page;

    @TempDir
    private Path folder;
    @AutoClose
    private final Closing open = new Closing();
    private PeerProcesses peers;
    private int[] ports;
    private final List<Running> group = new ArrayList<>();

    @BeforeAll
    static void startChromium() {
        page = new Chromium();
    }

    /** Another program may take a port in between: then once more. */
    private void startThree() {
        peers = open.add(new PeerProcesses(folder));
        for (int attempt = 1;; attempt++) {
            ports = PeerProcesses.ports(6);
            group.clear();
            IntStream.rangeClosed(1, 3).forEach(id -> group.add(start(id)));
            try {
                group.forEach(peer -> peer.await("listens on"));
                return;
            } catch (AssertionError clash) {
                group.forEach(Running::close);
                if (attempt == 3) {
                    throw clash;
                }
            }
        }
    }

    /** Each has a page of its own. */
    private Running start(int id) {
        return peers.start(PeerProcesses.arguments(folder.resolve("state"), id, List.of(ports[0], ports[1], ports[2]).stream().mapToInt(i -> i).toArray(),
                "--log", log(id).toString(), "--web", "" + ports[2 + id]));
    }

    private Running peer(int id) {
        return group.get(id - 1);
    }

    private Path log(int id) {
        return folder.resolve("peer" + id + ".jsonl");
    }

    private void openPage() {
        page.open(URI.create(peer(1).await("live page at (\\S+)").group(1)));
        awaitText("#state", "3 of 3 peers answer");
    }

    private static void awaitText(String selector, String regex) {
        Eventually.holds(() -> page.text(selector).matches("(?s).*(?:" + regex + ").*"), () -> regex + " in " + page.text(selector));
    }

    private static void awaitTrue(String expression) {
        Eventually.holds(() -> page.run(expression).getAsBoolean(), () -> expression + "; locks: " + page.text("#locks"));
    }

    /** Who is in trouble is red, and not counted as one that answers; a peer that was just asked for its events is not yet in trouble. */
    private static void assertCountedAsShown() {
        for (String[] row : new String[][] {{"linked: true, unheard: true, silent: group.now - 1e6", "3 of 3 peers answer|0"},
            {"linked: true, unheard: true, silent: group.now - 6e6", "2 of 3 peers answer|1"},
            {"linked: true, unheard: false, silent: group.now - 1e6", "2 of 3 peers answer|1"}, {"linked: false", "2 of 3 peers answer|1"},
            {"linked: true, trouble: 'silent for 3 s'", "2 of 3 peers answer|1"}}) {
            assertEquals(row[1], page.run("(() => { const kept = group; takeGroup({...group, peers: group.peers.map(peer => peer.id === 2 ? {id: 2, endpoint: 'x:1', "
                    + "trouble: '', reason: 'not heard yet', " + row[0] + "} : {id: peer.id, endpoint: peer.endpoint, trouble: '', linked: true})}); watch(); "
                    + "const said = byId('state').textContent + '|' + document.querySelectorAll('#peers .trouble').length; takeGroup(kept); return said; })()").getAsString());
        }
    }

    private static void click(String selector) {
        double[] middle = page.middle(selector);
        page.click(middle[0], middle[1]);
    }

    /** How many events of the logs hold this. */
    private long logged(String part) {
        return IntStream.rangeClosed(1, 3).mapToObj(this::log).flatMap(LivePageTest::lines).filter(line -> line.contains(part)).count();
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Looks at all that has happened, and counts it. */
    private void assertDrawnAsLogged() {
        page.run("whole()");
        Eventually.holds(() -> logged("\"event\":\"send\"") == page.count("svg#picture .arrow")
                && logged("\"event\":\"request\"") == page.count("svg#picture .wait")
                && logged("\"event\":\"entry\"") == page.count("svg#picture .hold"),
                () -> "logged " + logged("\"event\":\"send\"") + " messages, " + logged("\"event\":\"request\"") + " requests, " + logged("\"event\":\"entry\"")
                        + " entries; drawn " + page.count("svg#picture .arrow") + ", " + page.count("svg#picture .wait") + ", " + page.count("svg#picture .hold"));
        assertEquals(3, page.run("[...document.querySelectorAll('svg#picture text')].filter(text => /^peer \\d$/.test(text.textContent)).length").getAsInt(), "peers");
    }

    @Test
    void whoIsInsideAndWhoWaitsIsShownEveryMessageIsDrawnAndButtonsArePressed() {
        startThree();
        peer(2).say("request past").await("HELD with");
        peer(2).say("release past").await("given back"); // before the page is opened
        openPage();
        String fence = peer(2).say("request").await("\\[default] HELD with .*fence (\\d+)").group(1);
        awaitText("#locks", "peer 2.*" + fence);
        awaitText("#locks", "the shell of peer 2; \"release default\" in that shell gives it back");
        assertCountedAsShown();
        peer(3).say("request").await("waits with");
        click("#ask button"); // the name is there already
        awaitText("#locks", "peer 3 with \\d+@3 .*peer 1 with \\d+@1 "); // in the order of their stamps
        assertEquals(3, page.run("[...document.querySelectorAll('#locks td')].filter(cell => /^peer 2$|^default$|^cancel$/.test(cell.textContent)).length").getAsInt());
        click("#locks button");
        awaitText("#said", "\\[default] request withdrawn");
        awaitTrue("document.querySelector('#locks button').textContent === 'request'");
        click("#locks button");
        awaitTrue("document.querySelector('#locks button').textContent === 'cancel'");
        peer(2).say("release");
        peer(3).await("HELD with");
        peer(3).say("release");
        awaitTrue("document.querySelector('#locks button').textContent === 'release'");
        awaitText("#locks", "the live page of peer 1; the button \"release\" on that page gives it back");
        peer(1).say("status").await("\\[default\\] HELD with");
        page.run("byId('name').value = 'a b'");
        click("#ask button");
        awaitText("#answer", "lock name \"a b\": use 1 to 128 of a-z A-Z 0-9 . _ : / -");
        assertDrawnAsLogged();
        click("#locks button");
        awaitText("#said", "\\[default] given back");
        awaitTrue("!byId('none').hidden");
        assertDrawnAsLogged();
        assertTrue(logged("\"event\":\"entry\"") >= 4, "entries to count");
    }

    @Test
    void whatGoesOnIsDrawnUpToNowWhereNothingElseHappens() {
        startThree();
        peer(2).say("request").await("HELD with");
        openPage();
        awaitTrue("following && run.turns.length === 1");
        page.run("present = null; prepare(); started = false; start()"); // as where the run comes before the group
        page.run("from = to - 2e5"); // a fifth of a second: the entry leaves the view at the left
        awaitTrue("from > run.times[run.times.length - 1] && document.querySelectorAll('svg#picture .hold').length === 1");
    }

    @Test
    void peersThatAreKilledAndStartedAgainAreDrawnOnThePagesOwnToo() {
        startThree();
        openPage();
        peer(3).say("request").await("HELD with");
        awaitText("#locks", "peer 3");
        assertDrawnAsLogged();
        peer(3).signal("KILL");
        awaitText("#peers", "nothing listens there");
        awaitTrue("document.querySelectorAll('svg#picture .quiet').length === 1");
        awaitTrue("(last => last !== undefined && until(last) < present)(turns.find(goesOn))"); // what it held is drawn to where it was heard last
        peer(2).say("request").await("waits with"); // an event after that, in any case
        awaitTrue("(() => { mode = 'order'; prepare(); const end = until(turns.find(turn => goesOn(turn))); mode = 'time'; prepare(); "
                + "return end < run.times.length - 1; })()"); // nor goes it on in the order of events
        awaitText("#locks", "perhaps peer 3");
        group.set(2, start(3));
        peer(2).await("HELD with");
        awaitTrue("document.querySelectorAll('svg#picture .quiet').length === 0");
        assertDrawnAsLogged();
        peer(1).signal("KILL");
        awaitText("#state", "peer 1 has not answered for .* s; this is how it was then");
        group.set(0, start(1));
        awaitText("#state", "^3 of 3 peers answer");
        peer(2).say("release");
        click("#ask button");
        awaitTrue("document.querySelector('#locks button').textContent === 'release'");
        whatIsDrawnIsOfTheLastLives();
    }

    /** Also under a name that takes more room than there is, and on a telephone. */
    @Test
    void whoIsInsideAndWhoWaitsIsInViewOnANarrowPageToo() {
        startThree();
        openPage();
        String name = "of_many_words_".repeat(9);
        for (int reader = 1; reader <= 3; reader++) {
            peer(reader).say("request read --shared").await("\\[read:shared\\] HELD");
        }
        awaitText("#locks", "peer 1 shared, peer 2 shared, peer 3 shared");
        peer(2).tell("request " + name).answers("HELD with");
        peer(3).tell("request " + name).answers("waits with");
        awaitText("#locks", "peer 3 with \\d+@3 .*, waiting for permission from 2, requested by the shell of peer 3");
        for (int width : new int[] {1300, 1000, 700, 400}) {
            page.size(width, 900);
            assertEquals(0, page.run("document.getElementById('none').offsetHeight").getAsInt(), "there are locks");
            String outOfView = "[...document.querySelectorAll('#locks td, #tools > *')].filter(part => part.offsetWidth > 0)"
                    + ".filter(part => part.getBoundingClientRect().right > Math.min(innerWidth, 1 + (part.closest('.wide') ?? document.body).getBoundingClientRect().right) || part.getBoundingClientRect().height > 400).map(part => part.textContent).join()";
            Eventually.holds(() -> page.run(outOfView).getAsString().isEmpty(), () -> width + ": " + page.run(outOfView));
        }
        page.size(1300, 800);
    }

    @Test
    void aPageWhosePeerHasAnotherAddressNowSaysSo() throws IOException {
        startThree();
        openPage();
        peer(1).signal("KILL");
        awaitText("#state", "peer 1 has not answered for .* s; this is how it was then");
        Files.delete(folder.resolve("state").resolve("peer-1.page"));
        group.set(0, start(1));
        awaitText("#state", "^peer 1 was restarted and has printed a new address of this page; open that one$");
    }

    private void whatIsDrawnIsOfTheLastLives() {
        page.run("whole()"); // what a process had in memory has ended with it
        Eventually.holds(() -> inLastLives("request") == page.count("svg#picture .wait") && inLastLives("entry") == page.count("svg#picture .hold"),
                () -> "logged " + inLastLives("request") + " requests, " + inLastLives("entry") + " entries; drawn "
                        + page.count("svg#picture .wait") + ", " + page.count("svg#picture .hold"));
        assertTrue(inLastLives("request") >= 2, "requests to count");
        assertTrue(page.count("svg#picture .arrow") >= inLastLives("send"), "arrows, with those that ended lives have sent");
    }

    /** How many such events the processes have logged that still run. */
    private long inLastLives(String event) {
        return IntStream.rangeClosed(1, 3).mapToLong(id -> {
            List<String> lines = lines(log(id)).toList();
            int first = IntStream.range(0, lines.size()).filter(i -> lines.get(i).matches(".*\"vector\":\\{[^}]*\"" + id + "\":1[,}].*"))
                    .max().orElseThrow();
            return lines.subList(first, lines.size()).stream().filter(line -> line.contains("\"event\":\"" + event + "\"")).count();
        }).sum();
    }

    @Test
    void aHundredThousandEventsDoNotMakeItSlow() throws Exception {
        Neighbour one = open.add(new Neighbour(folder, 1, 0));
        Neighbour two = open.add(new Neighbour(folder, 2, 0, one.endpoint())).awaitGroupOf(2);
        AtomicLong events = new AtomicLong();
        List.of(one, two).forEach(peer -> peer.peer.loop().journal().listen(entry -> events.incrementAndGet()));
        WebServer server = open.add(new WebServer(one.peer.loop(), 0, null, null));
        page.open(URI.create(server.address()));
        awaitText("#state", "2 of 2 peers answer");
        awaitTrue("run.times.length > 0");
        double slowest = 0;
        while (events.get() < EVENTS) {
            for (int i = 0; i < 20; i++) {
                turns(List.of(one, two));
            }
            slowest = Math.max(slowest, page.run("Number(document.body.dataset.drawMillis)").getAsDouble());
            int kept = page.run("run.times.length").getAsInt();
            assertTrue(kept <= 3_000, "events kept: " + kept);
        }
        assertTrue(page.count("svg#picture *") < 20_000, "shapes: " + page.count("svg#picture *"));
        page.key(" ");
        assertFalse(page.run("following").getAsBoolean(), "the space bar pauses");
        double left = page.run("from").getAsDouble();
        page.key("ArrowLeft").key("ArrowLeft");
        assertTrue(page.run("from").getAsDouble() < left, "scrolled back");
        long drawn = page.run("run.times[run.times.length - 1]").getAsLong();
        one.takeTurn("c");
        awaitTrue("news !== null && news.locks.includes('c')");
        assertEquals(drawn, page.run("run.times[run.times.length - 1]").getAsLong(), "paused, it stays as it was");
        page.key("p");
        awaitText("#story", "^(entry \\d+: )?peer \\d \\[many\\d] \\d+@\\d, waited");
        page.key(" ");
        awaitTrue("following && run.locks.includes('c')");
        page.run("press('request', 'button')");
        awaitText("#said", "\\[button] HELD");
        System.out.printf(Locale.ROOT, "live page: %,d events; drawn in %.0f ms at most, %.1f MB of memory%n", events.get(), slowest,
                page.run("performance.memory.usedJSHeapSize").getAsDouble() / 1e6);
        assertTrue(slowest < MOST_DRAW_MILLIS, "drawn in " + slowest + " ms");
    }

    /** Both take turns at ten locks, at the same time. */
    private static void turns(List<Neighbour> group) {
        List<List<Neighbour.Asked>> asked = group.stream().map(peer -> IntStream.range(0, 10).mapToObj(i -> peer.ask("many" + i)).toList()).toList();
        for (int i = 0; i < 10; i++) {
            List<Neighbour.Asked> here = List.of(asked.get(0).get(i), asked.get(1).get(i));
            Eventually.get(CompletableFuture.anyOf(here.get(0).entered, here.get(1).entered), "an entry");
            int first = here.get(0).entered.isDone() ? 0 : 1;
            group.get(first).giveBack(here.get(first));
            Eventually.get(here.get(1 - first).entered, "the other's entry");
            group.get(1 - first).giveBack(here.get(1 - first));
        }
    }

    public static void main(String[] args) {
        Run.only(LivePageTest.class);
    }
}
