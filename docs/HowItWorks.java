///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//SOURCES ../Peer.java ExampleStory.java ../tests/support/Folders.java ../tests/support/FreePorts.java
//SOURCES ../tests/support/Jvm.java ../tests/support/Running.java
package docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import mutex.algorithm.Stamp;
import mutex.log.LogEntry;
import mutex.log.LogReader;
import mutex.node.LogEvent.EventKind;
import mutex.trace.Check;
import tests.support.Folders;
import tests.support.FreePorts;
import tests.support.Jvm;
import tests.support.Running;

/**
 * Makes docs/how-it-works.md from a run of three peers in three processes: {@code ./jbang how-it-works}.
 * The text is in how-it-works.in.md; the excerpts are taken from the run's logs, kept in docs/logs.
 */
final class HowItWorks {

    private static final int MOST_ROUNDS = 100;
    private static final String LOCK = "default";

    private HowItWorks() {}

    public static void main(String[] args) throws Exception {
        Path docs = Path.of("docs").toAbsolutePath();
        Path logs = Files.createDirectories(docs.resolve("logs"));
        Path scratch = Files.createTempDirectory("how-it-works");
        List<Path> files = List.of(logs.resolve("peer-1.jsonl"), logs.resolve("peer-2.jsonl"), logs.resolve("peer-3.jsonl"));
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
        Map<String, String> found = run(scratch, files);
        List<LogEntry> events = read(files);
        Check check = Check.of(LOCK, events);
        found.put("check.entries", String.valueOf(check.entries()));
        found.put("check.messages", String.valueOf(check.messages()));
        found.put("check.verdict", check.violation().orElse("no violation"));
        String text = Files.readString(docs.resolve("how-it-works.in.md"));
        for (Map.Entry<String, String> entry : found.entrySet()) {
            text = text.replace("{{" + entry.getKey() + "}}", entry.getValue());
        }
        if (text.contains("{{")) {
            throw new IllegalStateException("nothing stands for " + text.substring(text.indexOf("{{"), text.indexOf("}}") + 2));
        }
        Files.writeString(docs.resolve("how-it-works.md"), text);
        System.out.println("docs/how-it-works.md is made from a run of " + events.size() + " events; " + check);
        Folders.delete(scratch);
        System.exit(check.violation().isEmpty() ? 0 : 1);
    }

    private static Map<String, String> run(Path scratch, List<Path> logs) throws Exception {
        List<Integer> ports = FreePorts.take(logs.size());
        Path peers = scratch.resolve("peers.txt");
        StringBuilder list = new StringBuilder();
        for (int id = 1; id <= logs.size(); id++) {
            list.append(id).append(" localhost:").append(ports.get(id - 1)).append('\n');
        }
        Files.writeString(peers, list);
        List<Running> started = new ArrayList<>();
        try {
            for (int id = 1; id <= logs.size(); id++) {
                started.add(new Running(new ProcessBuilder(Jvm.command(List.of(), "Peer", List.of("--id", String.valueOf(id),
                        "--peers-file", peers.toString(), "--log", logs.get(id - 1).toString(), "--state", scratch.toString())))));
            }
            Running one = started.get(0);
            Running two = started.get(1);
            Running three = started.get(2);
            for (Running peer : started) { // each enters once, so that all know each other
                peer.tell("request hello").answers("HELD");
                peer.tell("release hello").answers("given back");
            }
            one.tell("request").answers("HELD");
            one.tell("release").answers("given back");
            one.tell("request").answers("HELD");
            two.tell("request").answers("asks for it");
            two.answers("holds it with"); // after 300 ms it says for whom it waits
            one.tell("release").answers("given back");
            two.answers("HELD");
            two.tell("release").answers("given back");
            untilTie(one, two, three);
        } finally {
            started.forEach(Running::finish);
        }
        return excerpts(read(logs));
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

    private static List<LogEntry> read(List<Path> logs) throws IOException {
        List<LogEntry> events = new ArrayList<>();
        for (Path log : logs) {
            events.addAll(LogReader.read(log));
        }
        return events;
    }
}
