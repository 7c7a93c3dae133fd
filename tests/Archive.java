package tests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The program's classes as a JVM has them in memory (a dynamic CDS archive): a peer that starts with it takes a third less of a
 * processor, and tests start peers by the hundred.
 */
final class Archive {

    /** The file, for what starts peers; not set where there is none. */
    static final String PROPERTY = "afteryou.test.archive";

    private static final long SECONDS = 120;

    private Archive() {}

    /** Runs the demo once and keeps the classes that it used until this JVM ends. Without an archive all tests do the same. */
    static void make() throws InterruptedException {
        if (!System.getProperty("java.class.path").matches("([^:;]+\\.jar[:;]?)+")) {
            return; // a JVM archives what is in jars only
        }
        try {
            Path file = Files.createTempFile("afteryou-test", ".jsa");
            file.toFile().deleteOnExit();
            Process demo = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:ArchiveClassesAtExit=" + file, "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), "Peer", "demo"))
                    .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            demo.getOutputStream().close();
            if (demo.waitFor(SECONDS, TimeUnit.SECONDS) && demo.exitValue() == 0 && Files.size(file) > 0) {
                System.setProperty(PROPERTY, file.toString());
            }
            demo.destroyForcibly();
        } catch (IOException none) {
            System.out.println("peers start without an archive of their classes: " + none.getMessage());
        }
    }
}
