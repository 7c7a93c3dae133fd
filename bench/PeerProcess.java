package bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tests.support.Jvm;
import tests.support.Running;

/** A peer in a process of its own, started with the flags that Peer.java names. */
final class PeerProcess implements AutoCloseable {

    private final Running process;

    /** On a terminal the peer has its shell; that needs the program {@code script}. */
    PeerProcess(boolean terminal, int id, List<Integer> ports, Path state, String... more) throws IOException {
        List<String> command = command("--id", String.valueOf(id), "--port", String.valueOf(ports.get(id - 1)), "--state", state.toString());
        ports.stream().filter(port -> !port.equals(ports.get(id - 1))).forEach(port -> command.add("localhost:" + port));
        command.addAll(List.of(more));
        if (terminal) {
            process = start(List.of("script", "-q", "-c", "exec " + String.join(" ", command), "/dev/null"));
        } else {
            command.add("--no-shell");
            process = start(command);
        }
    }

    /** Peer with these words, by Java with the flags that Peer.java names. */
    static List<String> command(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(Jvm.java()));
        command.addAll(flags());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "Peer"));
        command.addAll(List.of(words));
        return command;
    }

    private static Running start(List<String> command) {
        return new Running(new ProcessBuilder(command).redirectErrorStream(true));
    }

    private static List<String> flags() throws IOException {
        String directive = "//RUNTIME_OPTIONS ";
        Path entry = Path.of(System.getProperty("afteryou.root", "."), "Peer.java");
        return Files.readAllLines(entry).stream().filter(line -> line.startsWith(directive)).findFirst()
                .map(line -> List.of(line.substring(directive.length()).trim().split(" +"))).orElse(List.of());
    }

    /** Waits until it has said that. */
    void awaitLine(String text) {
        process.await(Pattern.quote(text));
    }

    private ProcessHandle java() {
        return process.descendants("java").stream().findFirst().or(() -> ProcessHandle.of(process.pid())).orElseThrow();
    }

    /** User and system time so far. */
    double cpuSeconds() {
        return java().info().totalCpuDuration().orElseThrow().toMillis() / 1e3;
    }

    /** Resident memory, as the system counts it. */
    double residentMegabytes() throws IOException {
        return status("VmRSS:") / 1024.0;
    }

    long threads() throws IOException {
        return status("Threads:");
    }

    private long status(String line) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + java().pid() + "/status")).stream()
                .filter(found -> found.startsWith(line))
                .mapToLong(found -> Long.parseLong(found.replaceAll("\\D", ""))).findFirst().orElseThrow();
    }

    @Override
    public void close() {
        process.close();
    }
}
