package bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import mutex.run.LockRun;
import tests.support.FreePorts;

/** Some machines with a peer on each: network namespaces with a bridge between them, or all this one. */
final class Machines implements AutoCloseable {

    private static final String NAME = "afteryou-bench";
    private static final String BRIDGE = "ay-bench";

    private final int count;
    private final boolean apart;
    private final Path folder;
    private final List<Integer> ports;
    private final List<Process> peers = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** Apart needs ip(8), and root. */
    Machines(int count, boolean apart, Path folder) throws IOException {
        this.count = count;
        this.apart = apart;
        this.folder = folder;
        ports = FreePorts.take(count);
        if (apart) {
            ip("link add " + BRIDGE + " type bridge");
            ip("link set " + BRIDGE + " up");
            for (int i = 0; i < count; i++) {
                ip("netns add " + NAME + i);
                ip("link add " + BRIDGE + i + " type veth peer name eth0 netns " + NAME + i);
                ip("link set " + BRIDGE + i + " master " + BRIDGE + " up");
                ip("-n " + NAME + i + " addr add " + host(i) + "/24 dev eth0");
                ip("-n " + NAME + i + " link set eth0 up");
                ip("-n " + NAME + i + " link set lo up");
            }
        }
    }

    private static void ip(String words) {
        try {
            new ProcessBuilder(Stream.concat(Stream.of("ip"), Stream.of(words.split(" "))).toList()).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String host(int machine) {
        return apart ? "10.77.77." + (machine + 1) : "localhost";
    }

    private String address(int machine) {
        return host(machine) + ":" + ports.get(machine);
    }

    void startPeers() throws IOException {
        for (int i = 0; i < count; i++) {
            List<String> words = new ArrayList<>(List.of("--id", "" + (i + 1), "--host", host(i), "--port", "" + ports.get(i),
                    "--state", folder.resolve("state").toString(), "--no-shell"));
            if (apart) {
                words.add("--insecure");
            }
            for (int other = 0; other < count; other++) {
                if (other != i) {
                    words.add(address(other));
                }
            }
            peers.add(start(i, words));
        }
    }

    /** Runs Peer with these words on that machine; its environment names the peer there. */
    Process run(int machine, String... words) {
        try {
            return start(machine, List.of(words));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same by a thread of this process. */
    CompletableFuture<Integer> start(int machine, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.set(0, "--peer");
        all.add(1, address(machine));
        return CompletableFuture.supplyAsync(() -> LockRun.run(all), threads);
    }

    private Process start(int machine, List<String> words) throws IOException {
        List<String> command = new ArrayList<>(apart ? List.of("ip", "netns", "exec", NAME + machine) : List.of());
        command.addAll(PeerProcess.command(words.toArray(String[]::new)));
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("MUTEX_PEER", address(machine));
        return builder.start();
    }

    @Override
    public void close() {
        peers.forEach(Process::destroyForcibly);
        threads.shutdown();
        if (apart) {
            for (int i = 0; i < count; i++) {
                ip("netns del " + NAME + i);
            }
            ip("link del " + BRIDGE);
        }
    }
}
