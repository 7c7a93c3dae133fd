///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//SOURCES ../Peer.java BriefStory.java ExamplePage.java ExampleStory.java ../tests/support/Folders.java
//SOURCES ../tests/support/FreePorts.java ../tests/support/Jvm.java ../tests/support/Running.java
package docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import mutex.algorithm.Stamp;
import mutex.log.LogEntry;
import mutex.trace.Check;
import tests.support.Jvm;
import tests.support.Running;

/**
 * Makes docs/kinds.md from a run of three peers in three processes: {@code ./jbang kinds-of-lock}.
 * The text is in kinds.in.md; the excerpts are taken from the run's logs, kept in docs/logs/kinds.
 */
public final class KindsOfLock {

    private static final List<String> LOCKS = List.of("config", "room", "gpu", "left", "right");

    private KindsOfLock() {}

    public static void main(String[] args) throws Exception {
        Path docs = Path.of("docs").toAbsolutePath();
        ExamplePage.run(docs.resolve("logs/kinds"), KindsOfLock::type);
        Files.writeString(docs.resolve("kinds.md"), page(docs));
        System.out.println("docs/kinds.md is made from a run");
    }

    /** The page that the text and the logs of the last run give. */
    public static String page(Path docs) throws IOException {
        List<LogEntry> events = ExamplePage.read(docs.resolve("logs/kinds"));
        for (String lock : LOCKS) {
            Check.of(lock, events).violation().ifPresent(found -> {
                throw new IllegalStateException(found);
            });
        }
        return ExamplePage.fill(docs.resolve("kinds.in.md"), excerpts(events));
    }

    private static void type(Running one, Running two, Running three, List<String> addresses) {
        readersAndAWriter(one, two, three, addresses.get(0));
        ask(one, "request room --kind red");
        ask(two, "request room --kind red");
        wait(three, "request room --kind blue");
        give(one);
        give(two);
        give(three, "HELD");
        ask(one, "request gpu --units 3 --take 2");
        ask(two, "request gpu --units 3");
        wait(three, "request gpu --units 3 --take 2");
        give(two);
        three.answers("peer 2"); // it was told a lower figure
        give(one);
        give(three, "HELD");
        ask(one, "request left");
        wait(two, "request left,right");
        wait(three, "request right,left");
        give(one);
        give(two, "HELD");
        give(three, "HELD");
    }

    private static void readersAndAWriter(Running one, Running two, Running three, String address) {
        ask(one, "request config --shared");
        ask(two, "request config --shared");
        Running second = new Running(new ProcessBuilder(Jvm.command(List.of(), "Peer", List.of("hold", "--peer", address, "-s", "config"))));
        try {
            second.await("^[0-9]+$"); // its fence
            wait(three, "request config");
            give(two);
            wait(two, "request config --shared");
        } finally {
            second.signal("TERM");
            second.exit();
        }
        give(one);
        give(three, "HELD");
        give(two, "HELD");
    }

    private static void ask(Running peer, String request) {
        peer.tell(request).answers("HELD");
    }

    /** Asks, and returns when it has said for whom it waits. */
    private static void wait(Running peer, String request) {
        peer.tell(request).answers("waits with (?s:.*)peer [123]: ");
    }

    private static void give(Running peer, String... first) {
        for (String before : first) {
            peer.answers(before);
        }
        peer.tell("release").answers("given back");
    }

    private static Map<String, String> excerpts(List<LogEntry> events) {
        Map<String, String> found = new TreeMap<>();
        List<Stamp> readersOfOne = BriefStory.requests(events, "config", 1);
        Stamp writer = BriefStory.requests(events, "config", 3).get(0);
        Stamp late = BriefStory.requests(events, "config", 2).get(1);
        found.put("joined", readersOfOne.get(1).toString());
        found.put("writer", writer.toString());
        found.put("late", late.toString());
        found.put("shared", BriefStory.of(events, Set.of("config"), readersOfOne.get(1), writer, late));
        Stamp blue = BriefStory.requests(events, "room", 3).get(0);
        found.put("blue", blue.toString());
        found.put("kind", BriefStory.of(events, Set.of("room"), blue));
        Stamp large = BriefStory.requests(events, "gpu", 3).get(0);
        found.put("large", large.toString());
        found.put("units", BriefStory.of(events, Set.of("gpu"), BriefStory.requests(events, "gpu", 2).get(0), large));
        Stamp first = BriefStory.requests(events, "left", 2).get(0);
        Stamp second = BriefStory.requests(events, "left", 3).get(0);
        found.put("first", first.toString());
        found.put("second", second.toString());
        found.put("several", BriefStory.of(events, Set.of("left", "right"), first, second));
        return found;
    }
}
