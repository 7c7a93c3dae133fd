package tests.support;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import mutex.trace.TraceCommand;
import picocli.CommandLine;

/** What {@code trace} says when it is called with these arguments: exit code, standard output and error. */
public record Traced(int code, String out, String err) {

    public static Traced of(List<Path> logs, String... options) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        ByteArrayOutputStream failed = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(failed, true, StandardCharsets.UTF_8));
            int code = new CommandLine(new TraceCommand())
                    .execute(Stream.concat(Stream.of(options), logs.stream().map(Path::toString)).toArray(String[]::new));
            return new Traced(code, said.toString(StandardCharsets.UTF_8), failed.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    @Override
    public String toString() {
        return "exit code " + code + "\n--- standard output\n" + out + "--- standard error\n" + err + "---";
    }
}
