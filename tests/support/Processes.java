package tests.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Starts JVMs in a temporary folder, with the class path of this one; closing it leaves nothing behind. */
public final class Processes implements AutoCloseable {

    private static final int TRIES = 5;

    public final Path folder;
    private final List<Running> started = new ArrayList<>();

    public Processes() throws IOException {
        folder = Files.createTempDirectory("afteryou-test");
    }

    /** Starts the main class; its working directory is empty of anything that it would read unasked. */
    public Running start(String main, List<String> arguments) {
        return start(List.of(), main, arguments, (line, answer) -> false);
    }

    /**
     * The same; it prints its problems to its output, too.
     *
     * @param before a command that runs another one, such as {@code nsenter}
     */
    public Running start(List<String> before, String main, List<String> arguments, Running.LineTaker taker) {
        List<String> command = new ArrayList<>(before);
        command.addAll(Jvm.command(List.of("-ea"), main, arguments));
        return add(new Running(new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true), taker));
    }

    /** Starts one that has ended anew, by the same command line. */
    public Running again(Running ended) {
        return add(ended.again());
    }

    private Running add(Running process) {
        started.add(process);
        return process;
    }

    /** What to start for the peers at these ports; peer i + 1 is at the i-th. */
    public interface ProcessGroup {
        List<Running> start(List<Integer> ports);
    }

    /** Starts peers at ports chosen by the system; when another program was quicker at one, at others. */
    public List<Running> group(int size, ProcessGroup group) {
        for (int tries = 1; ; tries++) {
            List<Running> peers = group.start(FreePorts.take(size));
            boolean listen = true;
            for (Running peer : peers) {
                listen &= peer.await("listens on|is in use").group().equals("listens on");
            }
            if (listen) {
                return peers;
            }
            if (tries == TRIES) {
                throw new AssertionError("no free ports after " + TRIES + " tries");
            }
            peers.forEach(Running::kill);
        }
    }

    /** A peer for each port, whose arguments are told by its place. */
    public static List<Running> each(int size, IntFunction<Running> start) {
        return IntStream.range(0, size).mapToObj(start).toList();
    }

    @Override
    public void close() {
        started.forEach(Running::kill);
        Folders.delete(folder);
    }
}
