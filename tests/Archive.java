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
 * The program's classes as a JVM has them in memory (a static CDS archive): a peer that starts with it takes half of a
 * processor, and tests start peers by the hundred. A dynamic archive, made in one step, would not have picocli's classes: they are too old for it.
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
            Path list = Files.createTempFile("afteryou-test", ".classes");
            Path file = Files.createTempFile("afteryou-test", ".jsa");
            list.toFile().deleteOnExit();
            file.toFile().deleteOnExit();
            if (ends(Jvm.command(List.of("-XX:DumpLoadedClassList=" + list), Archive.class.getName(), List.of()))
                    && ends(dump(list, file)) && Files.size(file) > 0) {
                System.setProperty(Jvm.ARCHIVE, file.toString());
            }
        } catch (IOException none) {
            System.out.println("peers start without an archive of their classes: " + none.getMessage());
        }
    }

    /** Lambdas of picocli's old classes are left out: to archive one links its class, and a linked one of that age is not archived. */
    private static List<String> dump(Path list, Path file) throws IOException {
        Files.write(list, Files.readAllLines(list).stream().filter(line -> !(line.startsWith("@lambda") && line.contains("picocli"))).toList());
        return List.of(Jvm.java(), "-Xshare:dump", "-XX:+UseG1GC", "-XX:SharedClassListFile=" + list, "-XX:SharedArchiveFile=" + file,
                "-cp", System.getProperty("java.class.path"));
    }

    private static boolean ends(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        process.getOutputStream().close();
        try {
            return process.waitFor(SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } finally {
            process.destroyForcibly();
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
