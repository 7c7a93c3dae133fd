package mutex.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mutex.node.Printable;

/** The command that is to be run. */
final class Program {

    private Program() {}

    /** What a person's shell would make of the text, as flock(1) does it. */
    static List<String> ofShell(String text, Map<String, String> environment) {
        String shell = environment.getOrDefault("SHELL", "");
        return List.of(shell.isEmpty() ? "/bin/sh" : shell, "-c", text);
    }

    /** Why it cannot be executed, in one line; found out before anybody waits for a lock. */
    static Optional<String> problem(String name, Map<String, String> environment) {
        List<Path> places = new ArrayList<>();
        if (name.contains("/")) {
            places.add(Path.of(name));
        } else if (!name.isEmpty()) {
            for (String folder : environment.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin").split(":", -1)) {
                places.add(Path.of(folder, name));
            }
        }
        if (places.stream().anyMatch(place -> Files.isExecutable(place) && !Files.isDirectory(place))) {
            return Optional.empty();
        }
        String why = places.stream().filter(Files::exists).findFirst()
                .map(place -> Files.isDirectory(place) ? "it is a folder" : "it may not be executed").orElse("there is no such program");
        return Optional.of("cannot execute \"" + Printable.of(name, 80) + "\": " + why);
    }
}
