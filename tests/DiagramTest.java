///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES EntersUnasked.java Run.java support/Chromium.java support/Folders.java support/LoggedGroup.java
//SOURCES support/Traced.java ../Peer.java
package tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import mutex.algorithm.AlgorithmKind;
import mutex.algorithm.RicartAgrawala;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tests.support.Chromium;
import tests.support.LoggedGroup;
import tests.support.Traced;

/** The pages that {@code trace} makes, opened in a headless Chromium and counted against the logs. */
@Tag("chromium")
class DiagramTest {

    /** How many of what is drawn cover one before. */
    private static final String COVERING = "(() => { const all = [...document.querySelectorAll('svg#picture %s')].map(each => each.getBoundingClientRect()); return all.filter((a, i) => "
            + "all.some((b, j) => j < i && a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)).length; })()";

    @AutoClose
    private static Chromium page;

    @TempDir
    Path folder;
    private List<Path> logs;

    @BeforeAll
    static void startChromium() {
        page = new Chromium();
    }

    private void open(int size, int events, int locks, AlgorithmKind algorithm) {
        LoggedGroup group = new LoggedGroup(size, 5, algorithm);
        group.run(events, locks);
        logs = group.write(folder);
        Path html = folder.resolve("run.html");
        Traced.of(logs, "--html", html.toString());
        page.open(html);
    }

    /** How many events of the logs hold all these. */
    private long logged(String... parts) {
        return logs.stream().flatMap(DiagramTest::lines).filter(line -> Stream.of(parts).allMatch(line::contains)).count();
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertDrawn(String... about) {
        String[] sent = Stream.concat(Stream.of("\"event\":\"send\""), Stream.of(about)).toArray(String[]::new);
        String[] asked = Stream.concat(Stream.of("\"event\":\"request\""), Stream.of(about)).toArray(String[]::new);
        String[] entered = Stream.concat(Stream.of("\"event\":\"entry\""), Stream.of(about)).toArray(String[]::new);
        assertTrue(logged(sent) > 50, "messages to count");
        assertEquals(logged(sent), page.count("svg#picture .arrow"), "arrows");
        assertEquals(logged(asked), page.count("svg#picture .wait"), "bars of waiting");
        assertEquals(logged(entered), page.count("svg#picture .hold"), "bars of holding");
    }

    @Test
    void everyMessageIsAnArrowAndEveryRequestABar() {
        open(3, 600, 2, RicartAgrawala.KIND);
        assertEquals(6, page.count("svg#picture .peer"), "a line of each peer for each lock");
        assertDrawn();
        assertEquals(0, page.count("svg#picture .bad, svg#picture .lost"));
        page.run("byId('mode').value = 'order'; byId('mode').onchange({target: byId('mode')})");
        page.drawn();
        assertDrawn();
        page.run("byId('lock').value = 1; byId('lock').onchange({target: byId('lock')})"); // the filter
        page.drawn();
        assertDrawn("\"lock\":\"lock-1\"");
    }

    /** Else two that hold different locks at once look like broken exclusion. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 6, 9})
    void whatIsOfAnotherLockHasAnotherLaneAndNoLabelCoversAnother(int locks) {
        open(3, 500, locks, RicartAgrawala.KIND);
        for (String zoom : List.of("whole()", "show(turns[3])", "show(turns[20])")) {
            page.run(zoom);
            page.drawn();
            assertEquals(0, page.run(COVERING.replace("%s", "rect:is(.wait, .hold)")).getAsInt(), "bars that cover each other");
            assertEquals(0, page.run(COVERING.replace("%s", "text")).getAsInt(), "labels that cover each other");
            assertEquals(0, page.run("[...document.querySelectorAll('svg#picture text:is(.of-wait, .of-hold)')].filter(text => "
                    + "text.getBoundingClientRect().right > text.previousElementSibling.getBoundingClientRect().right + 1).length").getAsInt(), "labels longer than their bars");
        }
        page.run("whole()");
        page.drawn();
        assertEquals(locks == 1 || locks > 6 ? 0 : 3 * locks, page.count("svg#picture text.lock"), "names of lanes");
        int colours = page.run("new Set([...document.querySelectorAll('svg#picture .hold')].map(bar => getComputedStyle(bar).fill)).size").getAsInt();
        assertEquals(Math.min(locks, 6), colours, "colours of locks");
    }

    /** Of more locks than have a lane of their own each, too. */
    @ParameterizedTest
    @ValueSource(ints = {2, 6, 7, 12})
    void locksThatOnePeerHoldsAtOnceLieBesideEachOther(int locks) throws IOException {
        List<String> events = new ArrayList<>();
        for (int i = 0; i < locks + 4; i++) { // at most five at once
            String lock = "\"lock\":\"lock-" + i + "\",\"stamp\":\"" + (i + 1) + "@1\"";
            if (i < locks) {
                events.add("\"request\"," + lock);
                events.add("\"entry\"," + lock + ",\"fence\":" + (i + 1));
            }
            if (i >= 4) {
                events.add("\"exit\",\"lock\":\"lock-" + (i - 4) + "\",\"stamp\":\"" + (i - 3) + "@1\",\"fence\":" + (i - 3));
            }
        }
        List<String> lines = new ArrayList<>();
        for (String event : events) {
            lines.add(String.format(Locale.ROOT, "{\"time\":\"2026-11-21T10:00:00.%03dZ\",\"peer\":1,\"epoch\":1,\"lamport\":1,\"vector\":{\"1\":%d},\"event\":%s}",
                    lines.size() + 1, lines.size() + 1, event));
        }
        Path log = Files.write(folder.resolve("peer1.log"), lines);
        Path html = folder.resolve("run.html");
        Traced.of(List.of(log), "--html", html.toString());
        page.open(html);
        assertEquals(locks, page.count("svg#picture .hold"));
        assertEquals(0, page.run(COVERING.replace("%s", "rect:is(.wait, .hold)")).getAsInt(), "bars that cover each other");
    }

    /** Its log ends inside, and goes on nowhere: it is green to its last event, and from there on nothing is known. */
    @ParameterizedTest
    @ValueSource(strings = {"time", "order"})
    void aHolderWhoseLogEndsIsNotInsideForEver(String mode) throws IOException {
        LoggedGroup group = new LoggedGroup(3, 5, RicartAgrawala.KIND);
        group.run(500, 2);
        logs = group.write(folder);
        List<String> third = lines(logs.get(2)).toList();
        int entry = IntStream.range(third.size() / 2, third.size()).filter(i -> third.get(i).contains("\"event\":\"entry\"")).findFirst().orElseThrow();
        Files.write(logs.get(2), third.subList(0, entry + 1));
        Path html = folder.resolve("run.html");
        Traced.of(logs, "--html", html.toString());
        page.open(html);
        page.run("byId('mode').value = '" + mode + "'; byId('mode').onchange({target: byId('mode')})");
        page.drawn();
        assertTrue(page.run("turns.filter(turn => turn.peer === 2 && turn.end === 'OPEN').every(turn => until(turn) <= value(run.last[2]))").getAsBoolean());
        assertEquals(1, page.count("svg#picture .unheard"), "was inside when last heard");
        assertTrue(page.run("document.querySelector('svg#picture .unheard').getBBox().width < picture.clientWidth / 3").getAsBoolean(), "only until the next entry");
        assertTrue(page.count("svg#picture .quiet") >= 2, "the lines of peer 3 are dotted from there on");
    }

    /** What no entry shows is not claimed; what only some show is said of those. */
    @Test
    void theReportClaimsWhatWasJudged() {
        LoggedGroup group = new LoggedGroup(3, 5, RicartAgrawala.KIND);
        group.run(60, 1);
        openReport(group.write(folder));
        String cost = "[...document.querySelectorAll('td')].find(cell => /2\\(N-1\\) messages per entry/.test(cell.textContent)).parentElement.textContent";
        String few = page.run(cost).getAsString();
        Matcher judged = Pattern.compile("same peer: ([\\d,]+) of ([\\d,]+) entries\\.(.*)").matcher(few);
        assertTrue(judged.find(), few);
        assertEquals(judged.group(1).equals("0") ? "not shown: no entry could be judged" : "yes, in the " + judged.group(1) + " judged", judged.group(3).strip());
        assertTrue(Integer.parseInt(judged.group(1)) < Integer.parseInt(judged.group(2)), "the first request of each peer may be said again");
    }

    @Test
    void theWheelZoomsTheMouseTellsAClickTellsTheStoryADragMoves() {
        open(3, 600, 1, RicartAgrawala.KIND);
        double before = page.run("to - from").getAsDouble();
        double[] bar = page.middle(".hold");
        page.mouse("mouseWheel", bar[0], bar[1], -600);
        assertTrue(page.run("to - from").getAsDouble() < before / 3, "zoomed in");
        assertTrue(page.count(".arrow") < logged("\"event\":\"send\""), "fewer arrows are drawn");
        bar = page.middle(".hold");
        page.mouse("mouseMoved", bar[0], bar[1], 0);
        String tip = page.text("#tip");
        assertTrue(tip.matches("(?s)entry \\d+: peer \\d \\[default\\] \\d+@\\d, waited .* ms, inside .* ms, fence \\d+\\n.*peer\\d\\.log:\\d+ to .*peer\\d\\.log:\\d+"), tip);
        page.click(bar[0], bar[1]);
        assertEquals(4, page.run("[...document.querySelectorAll('#story li')].filter(li => /REQUEST|PERMISSION/.test(li.textContent)).length").getAsInt(), "messages in " + page.text("#story"));
        assertEquals(4, page.run("look(chosen.asked && value(chosen.asked) - 1, value(chosen.ended) + 1), new Promise(done => requestAnimationFrame(() => "
                + "requestAnimationFrame(() => done(document.querySelectorAll('.arrow:not(.faded)').length))))").getAsInt(), "arrows of the chosen request");
        double left = page.run("from").getAsDouble();
        page.mouse("mousePressed", 600, 260, 0).mouse("mouseMoved", 500, 260, 0).mouse("mouseReleased", 500, 260, 0);
        assertTrue(page.run("from").getAsDouble() > left, "dragged to later times");
        assertTrue(page.run("chosen !== null").getAsBoolean(), "a drag chooses nothing");
    }

    @Test
    void aBrokenRuleIsListedAndRed() {
        open(2, 400, 1, EntersUnasked.KIND);
        assertTrue(page.count("svg#picture .hold.bad") > 0, "red bars");
        assertTrue(page.text("#verdict").contains("broken: one holder at a time"), page.text("#verdict"));
        double[] first = page.middle("#verdict button");
        double before = page.run("to - from").getAsDouble();
        page.click(first[0], first[1]);
        assertTrue(page.run("to - from").getAsDouble() < before / 3, "the view went there");
        assertTrue(page.text("#story").startsWith("entry "), page.text("#story"));
    }

    private void openReport(List<Path> of) {
        logs = of;
        Path html = folder.resolve("report.html");
        Traced.of(logs, "--report", html.toString());
        page.open(html);
    }

    @Test
    void theReportHasRequirementsThreeEntriesAndAllLogsAndPrints() throws IOException {
        LoggedGroup group = new LoggedGroup(3, 5, RicartAgrawala.KIND);
        int entries = group.run(500, 1);
        openReport(group.write(folder));
        assertEquals(7, page.count("td.holds"), "requirements that hold");
        assertEquals(0, page.count(".broken"), "requirements that do not");
        assertTrue(page.text("body").contains("check: " + entries + " entries, never two at once"), "the verdict");
        assertEquals(3, page.count(".picture"), "entries with a picture");
        assertTrue(page.text("body").matches("(?s).*Peer \\d deferred it \\(\\S+peer\\d.log:\\d+\\), because it (was inside|had also asked).*, so the exit happened before it\\..*"));
        String text = page.text("body");
        for (Path log : logs) {
            lines(log).forEach(line -> assertTrue(text.contains(line), line));
        }
        String pdf = new String(page.pdf(), StandardCharsets.ISO_8859_1);
        assertTrue(pdf.startsWith("%PDF-") && pdf.split("/Type /Page\\b").length > 5, "pages of the PDF: " + (pdf.split("/Type /Page\\b").length - 1));
    }

    @Test
    void theReportOfAFaultyRunSaysSo() {
        LoggedGroup group = new LoggedGroup(2, 5, EntersUnasked.KIND);
        group.run(400, 1);
        openReport(group.write(folder));
        assertTrue(page.text("td.broken").startsWith("no: broken "), page.text("td.broken"));
        assertTrue(page.text("body").matches("(?s).*VIOLATION \\S+peer\\d.log:\\d+: \\[default] peer \\d entered .*It entered without the permission of peer \\d.*"));
    }

    @Test
    void aHundredThousandEventsStayUsable() {
        long started = System.nanoTime();
        open(5, 100_000, 3, RicartAgrawala.KIND);
        double opened = (System.nanoTime() - started) / 1e9;
        double whole = page.run("Number(document.body.dataset.drawMillis)").getAsDouble();
        assertTrue(page.count("svg#picture *") < 20_000, "shapes of the whole run: " + page.count("svg#picture *"));
        double slowest = 0;
        for (int i = 0; i < 12; i++) {
            page.mouse("mouseWheel", 650, 300, -300);
            slowest = Math.max(slowest, page.run("Number(document.body.dataset.drawMillis)").getAsDouble());
        }
        assertTrue(page.count("svg#picture *") < 20_000, "shapes in a part of it");
        assertTrue(page.count(".arrow") > 0, "arrows after zooming in");
        long inView = page.run("arrows.filter(a => Math.min(value(a.sent), value(a.received)) <= to && Math.max(value(a.sent), value(a.received)) >= from).length").getAsLong();
        assertEquals(inView, page.count(".arrow"), "arrows in view");
        System.out.printf(Locale.ROOT, "diagram: 100,000 events made and opened in %.1f s; drawn in %.0f ms as a whole, %.0f ms at most zooming in%n",
                opened, whole, slowest);
        assertTrue(whole < 30_000 && slowest < 30_000, "drawn in " + whole + " and " + slowest + " ms"); // 100 ms are meant
    }

    public static void main(String[] args) {
        Run.only(DiagramTest.class);
    }
}
