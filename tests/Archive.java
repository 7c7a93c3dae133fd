package tests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tests.support.Jvm;

/**
 * The program's classes as a JVM has them in memory (a dynamic CDS archive): a peer that starts with it takes a third less of a
 * processor, and tests start peers by the hundred.
 */
final class Archive {

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
            Process demo = new ProcessBuilder(Jvm.command(List.of("-XX:ArchiveClassesAtExit=" + file), "Peer", List.of("demo")))
                    .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            demo.getOutputStream().close();
            if (demo.waitFor(SECONDS, TimeUnit.SECONDS) && demo.exitValue() == 0 && Files.size(file) > 0) {
                System.setProperty(Jvm.ARCHIVE, file.toString());
            }
            demo.destroyForcibly();
        } catch (IOException none) {
            System.out.println("peers start without an archive of their classes: " + none.getMessage());
        }
    }
}
