package bench.compared;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tests.support.FreePorts;
import tests.support.Jvm;

/** The nodes of one service, each a JVM, and what runs beside them: a server, or the peers of clients. */
final class ComparedGroup implements AutoCloseable {

    static final int NODES = 3;
    static final String BEFORE = "-before";
    static final String ARCHIVED = "-archived";

    /** One node: an order goes in, an answer comes out. */
    private record NodeProcess(Process process, PrintStream in, BufferedReader out) {

        static NodeProcess start(List<String> command) throws IOException {
            Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            return new NodeProcess(process, new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8),
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)));
        }

        String answer() throws IOException {
            String line = out.readLine();
            if (line == null) {
                throw new IOException("a node has ended: " + process.info().commandLine().orElse("?"));
            }
            return line;
        }
    }

    final String name;
    private final List<NodeProcess> nodes = new ArrayList<>();
    private final List<Process> beside = new ArrayList<>();

    /** @param before class path of an earlier build, for services whose name ends in {@link #BEFORE} */
    ComparedGroup(String name, Path folder, String before) throws IOException {
        this(name, folder, before, List.of());
    }

    /** @param options of the JVMs of all nodes */
    ComparedGroup(String name, Path folder, String before, List<String> options) throws IOException {
        this.name = name;
        String service = name.replace(BEFORE, "").replace(ARCHIVED, "");
        String path = name.endsWith(BEFORE) ? before : System.getProperty("java.class.path");
        List<Integer> ports = FreePorts.take(NODES + 1);
        List<Integer> own = ports.subList(0, NODES);
        if (service.equals("client")) {
            for (int id = 1; id <= NODES; id++) {
                beside.add(quiet(peer(id, own, folder, path)));
            }
        } else if (service.equals("redisson")) {
            beside.add(quiet(List.of("redis-server", "--port", String.valueOf(ports.get(NODES)), "--bind", "127.0.0.1", "--save", "", "--dir", folder.toString())));
        }
        for (int id = 1; id <= NODES; id++) {
            nodes.add(NodeProcess.start(node(service, id, service.equals("redisson") ? ports : own, folder, path, options)));
        }
        for (NodeProcess node : nodes) {
            node.answer();
        }
    }

    private static Process quiet(List<String> command) throws IOException {
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    }

    private static List<String> node(String service, int id, List<Integer> ports, Path folder, String path, List<String> options) {
        List<String> command = new ArrayList<>(List.of(Jvm.java(), "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(options);
        command.addAll(List.of("-cp", path, ComparedNode.class.getName(), service, String.valueOf(id),
                ports.stream().map(String::valueOf).collect(Collectors.joining(",")), folder.toString()));
        return command;
    }

    private static List<String> peer(int id, List<Integer> ports, Path folder, String path) {
        List<String> command = new ArrayList<>(List.of(Jvm.java(), "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of("-cp", path, "Peer", "--id", String.valueOf(id), "--no-shell",
                "--port", String.valueOf(ports.get(id - 1)), "--state", folder.toString()));
        ports.stream().filter(port -> !port.equals(ports.get(id - 1))).forEach(port -> command.add("localhost:" + port));
        return command;
    }

    /** Node 2, which has no part of its own in keeping the locks: microseconds to take, to take and give back, the latter's p99. */
    double[] alone(long millis) throws IOException {
        nodes.get(1).in().println("alone " + millis);
        String[] words = nodes.get(1).answer().split(" ");
        return new double[] {Double.parseDouble(words[0]), Double.parseDouble(words[1]), Double.parseDouble(words[2])};
    }

    /** Node 2: microseconds of its first entry, its first ten together, and so on up to so many. */
    double[] some(int entries) throws IOException {
        nodes.get(1).in().println("some " + entries);
        return Stream.of(nodes.get(1).answer().split(" ")).mapToDouble(Double::parseDouble).toArray();
    }

    /** All nodes want each of so many locks all the time: entries a second, and CPU microseconds an entry. */
    double[] crowd(int locks, long millis) throws IOException {
        long cpu = cpuNanos();
        tellAll("crowd " + locks + " " + millis);
        double entries = 0;
        for (NodeProcess node : nodes) {
            entries += Long.parseLong(node.answer());
        }
        return new double[] {entries * 1e3 / millis, (cpuNanos() - cpu) / 1e3 / entries};
    }

    private void tellAll(String order) {
        nodes.forEach(node -> node.in().println(order));
    }

    private long cpuNanos() throws IOException {
        long sum = 0;
        tellAll("cpu");
        for (NodeProcess node : nodes) {
            sum += Long.parseLong(node.answer());
        }
        for (Process process : beside) {
            sum += process.info().totalCpuDuration().orElseThrow().toNanos();
        }
        return sum;
    }

    @Override
    public void close() {
        nodes.forEach(node -> node.in().close());
        nodes.forEach(node -> node.process().destroy());
        beside.forEach(Process::destroy);
        nodes.forEach(node -> node.process().onExit().join());
        beside.forEach(process -> process.onExit().join());
    }
}
