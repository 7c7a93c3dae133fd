///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//SOURCES ../Peer.java ExamplePage.java ExampleStory.java ../tests/support/Folders.java ../tests/support/FreePorts.java
//SOURCES ../tests/support/Jvm.java ../tests/support/Running.java
package docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import mutex.algorithm.Stamp;
import mutex.event.LogEvent.EventKind;
import mutex.log.LogEntry;
import mutex.trace.Check;
import tests.support.Running;

/**
 * Makes docs/how-it-works.md from a run of three peers in three processes: {@code ./jbang how-it-works}.
 * The text is in how-it-works.in.md; the excerpts are taken from the run's logs, kept in docs/logs.
 */
public final class HowItWorks {

    private static final int MOST_ROUNDS = 100;
    private static final String LOCK = "default";

    private HowItWorks() {}

    public static void main(String[] args) throws Exception {
        Path docs = Path.of("docs").toAbsolutePath();
        Path logs = docs.resolve("logs");
        ExamplePage.run(logs, (one, two, three, addresses) -> type(one, two, three));
        Files.writeString(docs.resolve("how-it-works.md"), page(docs));
        Check check = Check.of(LOCK, ExamplePage.read(logs));
        System.out.println("docs/how-it-works.md is made from a run; " + check);
        System.exit(check.violation().isEmpty() ? 0 : 1);
    }

    /** The page that the text and the logs of the last run give. */
    public static String page(Path docs) throws IOException {
        List<LogEntry> events = ExamplePage.read(docs.resolve("logs"));
        Map<String, String> found = excerpts(events);
        Check check = Check.of(LOCK, events);
        found.put("check.entries", String.valueOf(check.entries()));
        found.put("check.messages", String.valueOf(check.messages()));
        found.put("check.verdict", check.violation().orElse("no violation"));
        return ExamplePage.fill(docs.resolve("how-it-works.in.md"), found);
    }

    private static void type(Running one, Running two, Running three) {
        one.tell("request").answers("HELD");
        one.tell("release").answers("given back");
        one.tell("request").answers("HELD");
        two.tell("request").answers("asks for it");
        two.answers("holds it with"); // after 300 ms it says for whom it waits
        one.tell("release").answers("given back");
        two.answers("HELD");
        two.tell("release").answers("given back");
        untilTie(one, two, three);
    }

    /** Two peers whose clocks a third has just made equal ask at once, until their requests cross. */
    private static void untilTie(Running one, Running two, Running three) {
        for (int round = 0; round < MOST_ROUNDS; round++) {
            one.tell("request").answers("HELD");
            one.tell("release").answers("given back");
            two.tell("request");
            three.tell("request");
            two.say("release");
            three.say("release");
            String twos = time(two.answers(".*asks for it.*").group());
            String threes = time(three.answers(".*asks for it.*").group());
            two.answers("given back");
            three.answers("given back");
            if (twos.equals(threes)) {
                return;
            }
        }
        throw new IllegalStateException("no tie in " + MOST_ROUNDS + " rounds; run it again");
    }

    /** The Lamport time in "... with stamp 4@2". */
    private static String time(String line) {
        return line.substring(line.lastIndexOf(' ') + 1, line.lastIndexOf('@'));
    }

    /** The earlier of two requests with one Lamport time that crossed. */
    private static Stamp tie(List<LogEntry> events) {
        List<Stamp> asked = events.stream().filter(event -> ExampleStory.is(event, LOCK, EventKind.REQUEST))
                .map(event -> event.what().stamp()).toList();
        return asked.stream().filter(stamp -> stamp.peer() == 2 && asked.contains(new Stamp(stamp.time(), 3)))
                .findFirst().orElse(null);
    }

    private static Map<String, String> excerpts(List<LogEntry> events) {
        List<Stamp> ofOne = events.stream()
                .filter(event -> event.peer() == 1 && ExampleStory.is(event, LOCK, EventKind.REQUEST))
                .map(event -> event.what().stamp()).toList();
        Stamp alone = ofOne.get(0);
        Stamp holder = ofOne.get(1);
        Stamp deferred = events.stream().filter(event -> event.peer() == 1 && ExampleStory.is(event, LOCK, EventKind.DEFER))
                .map(event -> event.what().stamp()).findFirst().orElseThrow();
        Stamp tie = tie(events);
        Stamp loser = new Stamp(tie.time(), 3);
        Map<String, String> found = new TreeMap<>();
        found.put("alone", alone.toString());
        found.put("alone.story", ExampleStory.of(events, LOCK, alone));
        found.put("alone.entry.json", ExampleStory.json(events, LOCK, alone, EventKind.ENTRY));
        found.put("alone.exit.json", ExampleStory.json(events, LOCK, alone, EventKind.EXIT));
        found.put("holder", holder.toString());
        found.put("deferred", deferred.toString());
        found.put("deferred.story", ExampleStory.of(events, LOCK, holder, deferred));
        found.put("deferred.entry.json", ExampleStory.json(events, LOCK, deferred, EventKind.ENTRY));
        found.put("holder.exit.json", ExampleStory.json(events, LOCK, holder, EventKind.EXIT));
        found.put("tie", tie.toString());
        found.put("loser", loser.toString());
        found.put("tie.time", String.valueOf(tie.time()));
        found.put("tie.story", ExampleStory.of(events, LOCK, tie, loser));
        return found;
    }
}
