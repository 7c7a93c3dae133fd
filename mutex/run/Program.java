package mutex.run;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mutex.text.Printable;

/** The command that is to be run. */
final class Program {

    private Program() {}

    /** What a person's shell would make of the text, as flock(1) does it. */
    static List<String> ofShell(String text, Map<String, String> environment) {
        String shell = environment.getOrDefault("SHELL", "");
        return List.of(shell.isEmpty() ? "/bin/sh" : shell, "-c", text);
    }

    /** A program of ours, on the PATH. */
    static Optional<String> find(String name) {
        for (String folder : System.getenv().getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin").split(":", -1)) {
            File file = new File(folder.isEmpty() ? "." : folder, name);
            if (file.isFile() && file.canExecute()) {
                return Optional.of(file.toString());
            }
        }
        return Optional.empty();
    }

    /** Why it cannot be executed, in one line; found out before anybody waits for a lock. */
    static Optional<String> problem(String name, Map<String, String> environment) {
        List<File> places = new ArrayList<>();
        if (name.contains("/")) {
            places.add(new File(name));
        } else if (!name.isEmpty()) {
            for (String folder : environment.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin").split(":", -1)) {
                places.add(new File(folder.isEmpty() ? "." : folder, name));
            }
        }
        if (places.stream().anyMatch(place -> place.canExecute() && !place.isDirectory() || isUnsayable(place))) {
            return Optional.empty();
        }
        String why = places.stream().filter(File::exists).findFirst()
                .map(place -> place.isDirectory() ? "it is a folder" : "it may not be executed").orElse("there is no such program");
        return Optional.of("cannot execute " + Printable.quoted(name) + ": " + why);
    }

    /** Whether the locale has no words for its bytes: whoever executes it finds out. */
    private static boolean isUnsayable(File place) {
        return place.getPath().indexOf('\uFFFD') >= 0;
    }
}
