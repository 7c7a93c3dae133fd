package mutex.run;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Runs the command beside the JVM: in a session of its own, with our standard input, output and error, watched by
 * {@link SupervisorScript}. It is prepared while the lock is waited for, so that the command begins at once.
 */
final class Supervisor {

    private final Path folder;
    private final RandomAccessFile line;
    private final Process process;

    private Supervisor(Path folder, RandomAccessFile line, Process process) {
        this.folder = folder;
        this.line = line;
        this.process = process;
    }

    /**
     * Makes everything ready to run the command.
     *
     * @param graceMillis between TERM and KILL at most
     * @param added to the environment
     * @throws IOException in one line when there are no such shells here
     */
    static Supervisor prepare(List<String> command, long graceMillis, Map<String, String> added) throws IOException {
        Path folder = Files.createTempDirectory("afteryou-lock");
        try {
            Path pipe = folder.resolve("line");
            if (new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() != 0) {
                throw new IOException("mkfifo " + pipe + " failed");
            }
            RandomAccessFile line = new RandomAccessFile(pipe.toFile(), "rw"); // both ways: opened without waiting for the other end
            List<String> words = new ArrayList<>(List.of("setsid", "sh", "-c", SupervisorScript.TEXT, "lock",
                    folder.toString(), String.valueOf(graceMillis / 10)));
            words.addAll(unusual(System.getenv()));
            words.addAll(command);
            ProcessBuilder builder = new ProcessBuilder(words).inheritIO();
            builder.environment().putAll(added);
            return new Supervisor(folder, line, builder.start());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted");
        } catch (IOException e) {
            delete(folder);
            throw e;
        }
    }

    /** Variables that a shell does not hand on, because it cannot name them: env(1) does. */
    private static List<String> unusual(Map<String, String> environment) {
        List<String> words = new ArrayList<>();
        environment.forEach((name, value) -> {
            if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
                words.add(name + "=" + value);
            }
        });
        if (!words.isEmpty()) {
            words.add(0, "env");
        }
        return words;
    }

    /** Completes with the command's exit code when its whole process group is gone. */
    CompletableFuture<Integer> exit() {
        return process.onExit().thenApply(Process::exitValue);
    }

    /** Starts the command. */
    void begin(long fence, Limits limits) {
        write("go " + fence + " " + limits.term() + " " + limits.kill());
    }

    void extend(Limits limits) {
        write("until " + limits.term() + " " + limits.kill());
    }

    /** Hands a signal such as INT on to the command's process group. */
    void signal(String name) {
        write("signal " + name);
    }

    /** Stops the command now. */
    void stop() {
        write("stop");
    }

    private void write(String text) {
        try {
            line.write((text + "\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new IllegalStateException("the pipe to the supervisor broke", e);
        }
    }

    /** Whether the command was stopped rather than ended by itself. */
    boolean stopped() {
        return Files.exists(folder.resolve("stopped"));
    }

    /** Whether the supervisor has not seen the end of the command: somebody killed it. */
    boolean killedItself() {
        return !Files.exists(folder.resolve("ended"));
    }

    /** What can be done from here when the supervisor itself does not do its work. */
    void destroy() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
    }

    /** To be called when the command has ended, or is not to be started. */
    void discard() {
        try {
            line.close();
            delete(folder);
        } catch (IOException e) {
            throw new IllegalStateException("cannot close the pipe to the supervisor", e);
        }
    }

    private static void delete(Path folder) {
        File[] files = folder.toFile().listFiles();
        for (File file : files == null ? new File[0] : files) {
            file.delete();
        }
        folder.toFile().delete();
    }
}
