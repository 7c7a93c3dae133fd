package bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A peer in a process of its own, started with the flags that Peer.java names. */
final class PeerProcess implements AutoCloseable {

    private final Process process;
    private final BufferedReader output;

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
        output = new BufferedReader(new InputStreamReader(process.getInputStream()));
    }

    /** Peer with these words, by Java with the flags that Peer.java names. */
    static List<String> command(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(flags());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "Peer"));
        command.addAll(List.of(words));
        return command;
    }

    private static Process start(List<String> command) throws IOException {
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static List<String> flags() throws IOException {
        String directive = "//RUNTIME_OPTIONS ";
        Path entry = Path.of(System.getProperty("afteryou.root", "."), "Peer.java");
        return Files.readAllLines(entry).stream().filter(line -> line.startsWith(directive)).findFirst()
                .map(line -> List.of(line.substring(directive.length()).trim().split(" +"))).orElse(List.of());
    }

    static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sockets.add(new ServerSocket(0));
        }
        List<Integer> ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    /** Reads on until a line has the text in it. */
    void awaitLine(String text) throws IOException {
        for (String line = output.readLine(); line == null || !line.contains(text); line = output.readLine()) {
            if (line == null) {
                throw new IOException("a peer ended before it said \"" + text + "\"");
            }
        }
    }

    private ProcessHandle java() {
        return process.toHandle().descendants()
                .filter(child -> child.info().command().orElse("").endsWith("java"))
                .findFirst().orElse(process.toHandle());
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
        java().destroyForcibly();
        process.destroyForcibly();
    }
}
