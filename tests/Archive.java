package tests;

import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tests.support.Folders;
import tests.support.FreePorts;
import tests.support.InProcess;
import tests.support.Jvm;

/**
 * The program's classes as a JVM has them in memory (a dynamic CDS archive): a peer that starts with it takes a third less of a
 * processor, and tests start peers by the hundred.
 */
final class Archive {

    private static final long SECONDS = 120;
    private static final int TRIES = 100; // of a tenth of a second

    private Archive() {}

    /** Does once what tests do most, and keeps the classes that this used until this JVM ends. Without an archive all tests do the same. */
    static void make() throws InterruptedException {
        if (!System.getProperty("java.class.path").matches("([^:;]+\\.jar[:;]?)+")) {
            return; // a JVM archives what is in jars only
        }
        try {
            Path file = Files.createTempFile("afteryou-test", ".jsa");
            file.toFile().deleteOnExit();
            Process all = new ProcessBuilder(Jvm.command(List.of("-XX:ArchiveClassesAtExit=" + file), Archive.class.getName(), List.of()))
                    .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            all.getOutputStream().close();
            if (all.waitFor(SECONDS, TimeUnit.SECONDS) && all.exitValue() == 0 && Files.size(file) > 0) {
                System.setProperty(Jvm.ARCHIVE, file.toString());
            }
            all.destroyForcibly();
        } catch (IOException none) {
            System.out.println("peers start without an archive of their classes: " + none.getMessage());
        }
    }

    /** The demo, and a peer with the commands that look at it and use it. */
    public static void main(String[] args) throws Exception {
        InProcess.run("demo");
        Path state = Files.createTempDirectory("afteryou-archive");
        try {
            PipedOutputStream lines = new PipedOutputStream();
            String address = "localhost:" + FreePorts.take(1).get(0);
            System.setIn(new PipedInputStream(lines));
            Thread peer = new Thread(() -> run("--id", "1", "--port", address.replaceFirst(".*:", ""), "--lease", "5s", "--state", state.toString(),
                    "--peers-file", "/dev/null"));
            peer.start();
            for (int tries = 0; tries < TRIES && InProcess.run("lock", "--peer", address, "-w", "5", "x", "true").code() != 0; tries++) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
            InProcess.run("status", "--peer", address);
            InProcess.run("status", "--peer", address, "--json");
            lines.write("request\nstatus\nrelease\n".getBytes(StandardCharsets.US_ASCII));
            lines.close();
            peer.join(TimeUnit.SECONDS.toMillis(SECONDS / 2));
        } finally {
            Folders.delete(state);
        }
        System.exit(0);
    }

    private static void run(String... args) {
        try {
            Method run = Class.forName("Peer").getDeclaredMethod("run", String[].class);
            run.setAccessible(true);
            run.invoke(null, (Object) args);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
