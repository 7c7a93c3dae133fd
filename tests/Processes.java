package tests;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Starts JVMs in a temporary folder, with the classpath of this one; closing it leaves nothing behind. */
public final class Processes implements AutoCloseable {

    private static final List<String> FLAGS = List.of("-ea", "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    private static final int TRIES = 5;

    public final Path folder;
    private final List<LoadedProcess> started = new ArrayList<>();

    public Processes() throws IOException {
        folder = Files.createTempDirectory("afteryou-test");
    }

    /** Starts the main class; its working directory is empty of anything that it would read unasked. */
    public LoadedProcess start(String name, String main, List<String> arguments) {
        return start(name, List.of(), main, arguments, (line, answer) -> false);
    }

    /**
     * The same.
     *
     * @param before a command that runs another one, such as {@code nsenter}
     * @param taker is given each line that it prints and how to answer; those it takes are not kept
     */
    public LoadedProcess start(String name, List<String> before, String main, List<String> arguments,
            BiPredicate<String, Consumer<String>> taker) {
        List<String> command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        Stream.ofNullable(System.getProperty("afteryou.test.archive")).map("-XX:SharedArchiveFile="::concat).forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        command.addAll(arguments);
        return start(name, command, taker);
    }

    /** Starts one that has ended anew, by the same command line. */
    public LoadedProcess again(LoadedProcess ended) {
        if (ended.isAlive()) {
            throw new IllegalStateException(ended.name + " still runs");
        }
        return start(ended.name, ended.command, ended.taker);
    }

    private LoadedProcess start(String name, List<String> command, BiPredicate<String, Consumer<String>> taker) {
        try {
            Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
            LoadedProcess running = new LoadedProcess(name, command, process, taker);
            started.add(running);
            return running;
        } catch (IOException e) {
            throw new AssertionError(name + " does not start: " + e);
        }
    }

    /** What to start for the peers at these ports; peer i + 1 is at the i-th. */
    public interface ProcessGroup {
        List<LoadedProcess> start(List<Integer> ports);
    }

    /** Starts peers at ports chosen by the system; when another program was quicker at one, at others. */
    public List<LoadedProcess> group(int size, ProcessGroup group) throws IOException {
        for (int tries = 1; ; tries++) {
            List<LoadedProcess> peers = group.start(freePorts(size));
            boolean listen = true;
            for (LoadedProcess peer : peers) {
                listen &= peer.says("listens on|is in use").group().equals("listens on");
            }
            if (listen) {
                return peers;
            }
            if (tries == TRIES) {
                throw new AssertionError("no free ports after " + TRIES + " tries");
            }
            peers.forEach(LoadedProcess::kill);
        }
    }

    /** A peer for each port, whose arguments are told by its place. */
    public static List<LoadedProcess> each(int size, IntFunction<LoadedProcess> start) {
        return IntStream.range(0, size).mapToObj(start).toList();
    }

    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> bound = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                bound.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return bound.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : bound) {
                socket.close();
            }
        }
    }

    @Override
    public void close() throws IOException {
        started.forEach(LoadedProcess::kill);
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
    }
}
