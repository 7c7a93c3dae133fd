package bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Keeps every loop thread on one processor core, so that both sides of a duel have the same; Linux only. */
final class Core {

    private static final int CORE = Runtime.getRuntime().availableProcessors() - 1;

    private Core() {}

    /** The loops that are there now; the compiler and the collector stay free. */
    static String pinLoops() throws IOException, InterruptedException {
        Path tasks = Path.of("/proc/self/task");
        if (!Files.isDirectory(tasks)) {
            return "not pinned (no /proc)";
        }
        try (Stream<Path> all = Files.list(tasks)) {
            for (Path task : all.toList()) {
                if (name(task).startsWith("loop") && !pin(task.getFileName().toString())) {
                    return "not pinned (no taskset)";
                }
            }
        }
        return "all loops on one core";
    }

    private static String name(Path task) throws IOException {
        try {
            return Files.readString(task.resolve("comm"));
        } catch (NoSuchFileException ended) { // meanwhile
            return "";
        }
    }

    private static boolean pin(String thread) throws InterruptedException {
        try {
            return new ProcessBuilder(List.of("taskset", "-p", "-c", String.valueOf(CORE), thread))
                    .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException missing) {
            return false;
        }
    }
}
