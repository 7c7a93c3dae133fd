package mutex.trace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import mutex.text.ExitCode;
import mutex.text.Printable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The logs that a command reads, and how it ends when it cannot. */
public final class LogFiles {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Parameters(paramLabel = "LOG", arity = "1..*", description = "files that peers wrote with --log")
    private List<Path> files;

    public List<Path> all() {
        return files;
    }

    /** Whether each is a file and given once: 0, or the exit code after one line that says which is not. */
    public int check() throws IOException {
        Set<Path> seen = new HashSet<>();
        for (Path file : files) {
            if (!Files.isRegularFile(file)) {
                return fail(ExitCode.UNREADABLE, file + (Files.exists(file) ? ": is not a file" : ": does not exist") + "; name a file that a peer wrote with --log");
            }
            if (!seen.add(file.toRealPath())) {
                return fail(ExitCode.USAGE, file + ": is given twice; give it once");
            }
        }
        return 0;
    }

    /** Says the problem in the name of the command, and returns the code. */
    public int fail(int code, String problem) {
        System.err.println(command.name() + ": " + Printable.of(problem));
        return code;
    }
}
