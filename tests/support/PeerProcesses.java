package tests.support;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Starts peers as processes of their own, from the classes that the test itself runs from. */
public final class PeerProcesses implements AutoCloseable {

    /** From a shell's background INT and HUP come ignored, and Java then leaves them so. */
    private static final List<String> SIGNALS = List.of("env", "--default-signal=INT,HUP");
    private static final boolean RESET = works(SIGNALS);

    private final Path folder;
    private final List<Running> started = new ArrayList<>();
    private int groups;

    /**
     * Peers whose working folder is this one, so that no peers.txt is found, and that keep their state in it.
     */
    public PeerProcesses(Path folder) {
        this.folder = folder;
    }

    /** The command line of a peer with these arguments. */
    public static List<String> command(String... args) {
        return hearsSignals(Jvm.command(List.of("-XX:+DisplayVMOutputToStderr"), "Peer", List.of(args)));
    }

    /** The same command, which hears Ctrl-C also where a job in the background runs the tests. */
    public static List<String> hearsSignals(List<String> command) {
        List<String> all = new ArrayList<>(RESET ? SIGNALS : List.of());
        all.addAll(command);
        return all;
    }

    /** The same, with temporary files in the folder: who is killed cannot clear up. */
    public static List<String> command(Path folder, String... args) {
        List<String> command = new ArrayList<>(command(args));
        command.add(command.indexOf("-cp"), "-Djava.io.tmpdir=" + folder);
        return command;
    }

    /** A command as a shell takes it. */
    public static String shell(List<String> command) {
        return command.stream().map(word -> "'" + word.replace("'", "'\\''") + "'").collect(Collectors.joining(" "));
    }

    private static boolean works(List<String> env) {
        try {
            return new ProcessBuilder(Stream.concat(env.stream(), Stream.of("true")).toList()).start().waitFor() == 0;
        } catch (IOException none) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Ports that are free now. */
    public static int[] ports(int count) {
        return FreePorts.take(count).stream().mapToInt(port -> port).toArray();
    }

    /** What a peer of a group on these ports is started with; peer 1 has the first port, {id} stands for the id. */
    public static String[] arguments(Path state, int id, int[] ports, String... more) {
        Stream<String> others = IntStream.range(0, ports.length).filter(i -> i != id - 1)
                .mapToObj(i -> "localhost:" + ports[i]);
        return Stream.of(Stream.of("--id", "" + id, "--port", "" + ports[id - 1], "--state", state.toString()),
                Stream.of(more).map(word -> word.replace("{id}", "" + id)), others).flatMap(words -> words).toArray(String[]::new);
    }

    /** Starts a peer with exactly these arguments. */
    public Running start(String... args) {
        return run(command(args));
    }

    /** Starts a peer that has no others, on a port of the system's choice. */
    public Running alone(String... more) {
        return start(arguments(stateOfItsOwn(), 1, new int[1], more));
    }

    /** One process at a time has the state of an id, so each group has a folder. */
    private Path stateOfItsOwn() {
        return folder.resolve("state" + groups++);
    }

    /** Runs a line of sh. */
    public Running sh(String line) {
        return run(List.of("sh", "-c", line));
    }

    public Running run(List<String> command) {
        return add(new Running(new ProcessBuilder(command).directory(folder.toFile())));
    }

    /** Starts one that has ended anew, by the same command line. */
    public Running again(Running ended) {
        return add(ended.again());
    }

    private Running add(Running process) {
        started.add(process);
        return process;
    }

    /** Starts a group of so many; returns when all listen. Another program may take a port in between: then once more. */
    public List<Running> group(int size, String... more) {
        for (int attempt = 1;; attempt++) {
            int[] ports = ports(size);
            Path state = stateOfItsOwn();
            List<Running> group = IntStream.rangeClosed(1, size)
                    .mapToObj(id -> start(arguments(state, id, ports, more))).toList();
            try {
                group.forEach(peer -> peer.await("listens on", 60_000));
                return group;
            } catch (AssertionError clash) {
                group.forEach(Running::close);
                if (attempt == 3 || group.stream().noneMatch(peer -> peer.err().contains("is in use"))) {
                    throw clash;
                }
            }
        }
    }

    @Override
    public void close() {
        started.forEach(Running::close);
    }
}
