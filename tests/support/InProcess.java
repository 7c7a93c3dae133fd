package tests.support;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;

/**
 * What Peer.run did in this process: half a second is too long to wait for each of a hundred command lines.
 *
 * @param out all of standard output
 */
public record InProcess(int code, String out, String err) {

    /** Runs it with nothing on standard input. A class in a package can name Peer, which is in none, by reflection only. */
    public static InProcess run(String... args) throws ReflectiveOperationException {
        InputStream in = System.in;
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        ByteArrayOutputStream problems = new ByteArrayOutputStream();
        System.setIn(new ByteArrayInputStream(new byte[0]));
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(problems, true, StandardCharsets.UTF_8));
        try {
            Method run = Class.forName("Peer").getDeclaredMethod("run", String[].class);
            run.setAccessible(true);
            int code = (int) run.invoke(null, (Object) args);
            return new InProcess(code, said.toString(StandardCharsets.UTF_8), problems.toString(StandardCharsets.UTF_8));
        } finally {
            System.setIn(in);
            System.setOut(out);
            System.setErr(err);
        }
    }
}
