package docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import mutex.log.LogEntry;
import mutex.log.LogReader;
import tests.support.Folders;
import tests.support.FreePorts;
import tests.support.Jvm;
import tests.support.Running;

/** A page whose excerpts come from the logs of three peers in three processes. */
final class ExamplePage {

    static final int PEERS = 3;

    /** Types into the shells of the peers, which know each other. */
    interface Typist {
        void type(Running one, Running two, Running three, List<String> addresses);
    }

    private ExamplePage() {}

    static List<Path> logs(Path folder) {
        return IntStream.rangeClosed(1, PEERS).mapToObj(id -> folder.resolve("peer-" + id + ".jsonl")).toList();
    }

    /** All events of the three logs in the folder. */
    static List<LogEntry> read(Path folder) throws IOException {
        List<LogEntry> events = new ArrayList<>();
        for (Path log : logs(folder)) {
            events.addAll(LogReader.read(log));
        }
        return events;
    }

    /** Runs three peers; their logs replace those in the folder. */
    static void run(Path folder, Typist typist) throws IOException {
        Files.createDirectories(folder);
        Path scratch = Files.createTempDirectory("example");
        List<Integer> ports = FreePorts.take(PEERS);
        List<String> addresses = ports.stream().map(port -> "localhost:" + port).toList();
        Path peers = Files.writeString(scratch.resolve("peers.txt"), String.join("\n",
                IntStream.range(0, PEERS).mapToObj(i -> i + 1 + " " + addresses.get(i)).toList()) + "\n");
        List<Running> started = new ArrayList<>();
        try {
            for (Path log : logs(folder)) {
                Files.deleteIfExists(log);
                started.add(new Running(new ProcessBuilder(Jvm.command(List.of(), "Peer", List.of("--id", String.valueOf(started.size() + 1),
                        "--peers-file", peers.toString(), "--log", log.toString(), "--state", scratch.toString())))));
            }
            for (Running peer : started) { // each enters once, so that all know each other
                peer.tell("request hello").answers("HELD");
                peer.tell("release hello").answers("given back");
            }
            typist.type(started.get(0), started.get(1), started.get(2), addresses);
        } finally {
            started.forEach(Running::finish);
            Folders.delete(scratch);
        }
    }

    /** The text with what was found in place of {{names}}. */
    static String fill(Path text, Map<String, String> found) throws IOException {
        String page = Files.readString(text);
        for (Map.Entry<String, String> entry : found.entrySet()) {
            page = page.replace("{{" + entry.getKey() + "}}", entry.getValue());
        }
        if (page.contains("{{")) {
            throw new IllegalStateException("nothing stands for " + page.substring(page.indexOf("{{"), page.indexOf("}}") + 2));
        }
        return page;
    }
}
