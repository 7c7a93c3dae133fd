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
import java.util.stream.Stream;
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
        return List.of(Jvm.java(), "-Xshare:dump", "--enable-native-access=ALL-UNNAMED", "-XX:+UseG1GC",
                "-XX:SharedClassListFile=" + list, "-XX:SharedArchiveFile=" + file,
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

    /** The demo, and a peer with the commands that look at it and use it; also with TLS. */
    public static void main(String[] args) throws Exception {
        InProcess.run("demo");
        Path folder = Files.createTempDirectory("afteryou-archive");
        try {
            use(folder.resolve("plain"), List.of(), List.of());
            InProcess.run("certs", folder.toString(), "1=localhost");
            use(folder.resolve("tls"), files(folder, "peer-1"), files(folder, "client"));
        } finally {
            Folders.delete(folder);
        }
        System.exit(0);
    }

    private static List<String> files(Path folder, String whose) {
        return List.of("--tls-cert", folder.resolve(whose + ".pem").toString(), "--tls-key", folder.resolve(whose + ".key").toString(),
                "--tls-ca", folder.resolve("ca.pem").toString());
    }

    private static void use(Path state, List<String> ofPeer, List<String> ofClient) throws Exception {
        PipedOutputStream lines = new PipedOutputStream();
        String address = "localhost:" + FreePorts.one();
        System.setIn(new PipedInputStream(lines));
        Thread peer = new Thread(() -> run(with(ofPeer, "--lease=5s", "--id", "1", "--port", address.replaceFirst(".*:", ""),
                "--state", state.toString(), "--peers-file", "/dev/null")));
        peer.start();
        for (int tries = 0; tries < TRIES && InProcess.run(with(ofClient, "lock", "--peer", address, "-w", "5", "x", "true")).code() != 0; tries++) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        InProcess.run(with(ofClient, "status", "--peer", address));
        InProcess.run(with(ofClient, "status", "--peer", address, "--json"));
        lines.write("request\nstatus\nrelease\n".getBytes(StandardCharsets.US_ASCII));
        lines.close();
        peer.join(TimeUnit.SECONDS.toMillis(SECONDS / 3));
    }

    /** The options after the first word: before the command that lock is to run. */
    private static String[] with(List<String> options, String... words) {
        return Stream.of(Stream.of(words).limit(1), options.stream(), Stream.of(words).skip(1)).flatMap(all -> all).toArray(String[]::new);
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
