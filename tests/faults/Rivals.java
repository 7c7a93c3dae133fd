package tests.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import tests.support.Processes;
import tests.support.Running;

/** Five processes that want the same lock all the time, and what can be done to them. One thread only. */
final class Rivals implements AutoCloseable {

    static final int SIZE = 5;
    private static final String PORT = "5001"; // where each peer has a network of its own

    final Chronicle chronicle;
    final Checker checker;
    final long lease; // nanoseconds
    private final Processes processes = new Processes();
    private final Network network; // null: all are in this machine's own, and its faults are not possible
    private final List<Running> running = new ArrayList<>(); // by id - 1
    private final List<Fault> active = new ArrayList<>(); // of the network
    private final Thread hook = new Thread(() -> running().forEach(rival -> ProcessHandle.of(rival.pid()).ifPresent(ProcessHandle::destroyForcibly)));

    /**
     * Starts them, and waits until each has entered.
     *
     * @param leaseMillis 0 is off
     * @param fault that the first of them has, as in {@link Rival}; "log" makes all write a log
     */
    Rivals(Network network, String algorithm, long leaseMillis, String fault) throws IOException {
        this.network = network;
        lease = leaseMillis * 1_000_000;
        chronicle = new Chronicle(lease);
        checker = new Checker(processes.folder.resolve("history"), chronicle);
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            running.addAll(processes.group(SIZE, ports -> Processes.each(SIZE, i -> {
                List<String> addresses = IntStream.range(0, SIZE)
                        .mapToObj(other -> network == null ? "localhost:" + ports.get(other) : Network.host(other + 1) + ":" + PORT).toList();
                List<String> arguments = new ArrayList<>(List.of(String.valueOf(i + 1)));
                arguments.addAll(List.of(addresses.get(i).split(":")));
                arguments.addAll(List.of(processes.folder.toString(), String.valueOf(leaseMillis),
                        i == 0 || fault.equals("log") ? fault : "none", algorithm));
                IntStream.range(0, SIZE).filter(other -> other != i).forEach(other -> arguments.add(addresses.get(other)));
                return processes.start(network == null ? List.of() : network.of(i + 1), Rival.class.getName(),
                        arguments, checker::take);
            })));
            awaitAll(System.nanoTime());
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private synchronized List<Running> running() {
        return List.copyOf(running);
    }

    Running rival(int peer) {
        return running.get(peer - 1);
    }

    boolean hasNetwork() {
        return network != null;
    }

    /** Waits until each of them has entered since. */
    void awaitAll(long since) {
        long deadline = System.nanoTime() + Running.PATIENCE_SECONDS * 1_000_000_000;
        if (!chronicle.await(() -> IntStream.rangeClosed(1, SIZE).allMatch(peer -> chronicle.waited(peer, since).isPresent()), deadline)) {
            throw new AssertionError("not served within " + Running.PATIENCE_SECONDS + " s: peers " + IntStream.rangeClosed(1, SIZE)
                    .filter(peer -> chronicle.waited(peer, since).isEmpty()).boxed().toList());
        }
        chronicle.await(chronicle::settled, deadline); // else who is still inside is found out
    }

    /** The fault begins. */
    void begin(Fault fault) {
        int peer = fault.peers().first();
        switch (fault.kind()) {
            case KILL -> {
                long from = System.nanoTime();
                rival(peer).signal("KILL");
                rival(peer).exit();
                chronicle.add("kill " + peer + " " + from + " " + System.nanoTime());
            }
            case STOP -> {
                chronicle.add("stop " + peer + " 0 " + System.nanoTime());
                rival(peer).signal("STOP");
            }
            default -> {
                if (active.isEmpty()) {
                    chronicle.add("cut 0 0 " + System.nanoTime());
                }
                active.add(fault);
                route();
            }
        }
    }

    /** And is over, but that a process that was started again may need a while. */
    void end(Fault fault) {
        int peer = fault.peers().first();
        switch (fault.kind()) {
            case KILL -> {
                synchronized (this) {
                    running.set(peer - 1, processes.again(rival(peer)));
                }
            }
            case STOP -> {
                rival(peer).signal("CONT");
                chronicle.add("cont " + peer + " 0 " + System.nanoTime());
            }
            default -> {
                active.remove(fault);
                route();
                if (active.isEmpty()) {
                    chronicle.add("heal 0 0 " + System.nanoTime());
                }
            }
        }
    }

    private void route() {
        try {
            network.rules(active.stream().flatMap(fault -> fault.rules().stream()).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until all are there. */
    void awaitListening() {
        running.forEach(rival -> rival.await("listens on"));
    }

    /** Those that have ended by themselves. */
    List<Running> ended() {
        return running.stream().filter(rival -> !rival.isAlive()).toList();
    }

    /** The files of those that write a log. */
    List<String> logs() throws IOException {
        try (var files = Files.list(processes.folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("log-")).map(Path::toString).sorted().toList();
        }
    }

    /** Has all write down their last events, beside the history; gives the folder, which stays. */
    Path keepEvidence() throws IOException {
        Path kept = Files.createTempDirectory("afteryou-faults");
        for (Running rival : running) {
            if (rival.isAlive()) {
                rival.tell("events").answers("^no more events$");
            }
            Files.write(kept.resolve("printed-" + (running.indexOf(rival) + 1)), rival.last(Integer.MAX_VALUE));
        }
        try (var files = Files.list(processes.folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, kept.resolve(file.getFileName()));
            }
        }
        return kept;
    }

    @Override
    public void close() throws IOException {
        processes.close();
        checker.close();
        if (network != null) {
            network.rules(List.of());
        }
        active.clear();
        Runtime.getRuntime().removeShutdownHook(hook);
    }
}
