package docs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A peer in a process of its own, driven through its pipe. */
final class PipedPeer implements AutoCloseable {

    private static final long SECONDS = 30;

    private final Process process;
    private final PrintStream commands;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    PipedPeer(int id, Path peers, Path log, Path state) throws IOException {
        process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "-cp", System.getProperty("java.class.path"), "Peer", "--id", String.valueOf(id),
                "--peers-file", peers.toString(), "--log", log.toString(), "--state", state.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        commands = new PrintStream(process.getOutputStream(), true);
        Thread reader = new Thread(this::read);
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream()))) {
            String line;
            while ((line = out.readLine()) != null) {
                lines.add(line);
            }
        } catch (IOException ended) {
            lines.add("the peer's output ended: " + ended.getMessage());
        }
    }

    void send(String command) {
        commands.println(command);
    }

    /** Waits for a line with the text, and returns it. */
    String await(String text) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        String line;
        do {
            line = lines.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
        } while (line != null && !line.contains(text));
        if (line == null) {
            throw new IllegalStateException("no \"" + text + "\" within " + SECONDS + " s");
        }
        return line;
    }

    void say(String command, String answer) throws InterruptedException {
        send(command);
        await(answer);
    }

    /** Ends the peer in order. */
    @Override
    public void close() {
        commands.close();
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
        }
    }
}
