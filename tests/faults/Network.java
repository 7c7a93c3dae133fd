package tests.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A network of its own for each peer, and a router between them that drops what it is told to. All of it
 * is namespaces of the kernel without a name, each kept by a process that ends when this one does: the
 * machine's own network is not touched, and nothing can be left behind. Needs root, or a system where
 * users may make namespaces.
 */
public final class Network implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 10;
    private static final boolean ROOT = System.getProperty("user.name").equals("root");
    private static final List<String> NEED =
            List.of("-m statistic --mode random --probability 0.2 -j DROP", "-p tcp -j REJECT --reject-with tcp-reset");

    private final List<Process> keepers = new ArrayList<>(); // the router's first, then one a peer

    /** @throws IOException in one line, when this machine or this user cannot have it */
    public Network(int peers) throws IOException {
        try {
            keepers.add(keep(List.of("unshare", ROOT ? "-n" : "-rn")));
            run(router("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward"), "");
            for (int peer = 1; peer <= peers; peer++) {
                keepers.add(keep(router("unshare", "-n")));
                run(router("ip", "link", "add", "p" + peer, "type", "veth", "peer", "name", "eth", "netns",
                        String.valueOf(keepers.get(peer).pid())), "");
                run(router("sh", "-c", "ip address add " + prefix(peer) + "1/24 dev p" + peer + " && ip link set p" + peer + " up"), "");
                run(of(peer, "sh", "-c", "ip address add " + host(peer) + "/24 dev eth && ip link set lo up && ip link set eth up"
                        + " && ip route add default via " + prefix(peer) + "1"), "");
            }
            rules(NEED);
            rules(List.of());
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private static Process keep(List<String> command) throws IOException {
        List<String> whole = new ArrayList<>(command);
        whole.addAll(List.of("sh", "-c", "echo made && exec cat")); // until its input ends
        Process keeper = builder(whole).start();
        if (!"made".equals(keeper.inputReader().readLine())) {
            throw new IOException(String.join(" ", command) + " fails: " + keeper.errorReader().readLine());
        }
        return keeper;
    }

    private static ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().merge("PATH", "/usr/sbin:/sbin", (path, more) -> path + ":" + more);
        return builder;
    }

    private List<String> router(String... command) {
        return within(0, command);
    }

    /** The command, in the peer's network. */
    public List<String> of(int peer, String... command) {
        return within(peer, command);
    }

    private List<String> within(int keeper, String... command) {
        List<String> enter = List.of("nsenter", "-t", String.valueOf(keepers.get(keeper).pid()), "-n");
        List<String> asRoot = ROOT ? List.of() : List.of("-U", "--preserve-credentials");
        return Stream.of(enter, asRoot, List.of(command)).flatMap(Collection::stream).toList();
    }

    private static void run(List<String> command, String input) throws IOException {
        Process process = builder(command).redirectErrorStream(true).start();
        try (var in = process.outputWriter(StandardCharsets.US_ASCII)) {
            in.write(input);
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + " fails: " + said.strip().replace('\n', ';'));
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while it ran " + command);
        }
    }

    private static String prefix(int peer) {
        return "10.77." + peer + ".";
    }

    /** The address of the peer. */
    public static String host(int peer) {
        return prefix(peer) + "2";
    }

    /** What the router does from now on, all at once: each rule as iptables has it, but for its chain. */
    void rules(List<String> rules) throws IOException {
        StringBuilder table = new StringBuilder("*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n");
        rules.forEach(rule -> table.append("-A FORWARD ").append(rule).append('\n'));
        run(router("iptables-restore"), table + "COMMIT\n");
    }

    /** The machine of the peer is gone from now on: nothing comes from it, and nobody says that it does not. */
    public void down(int peer) throws IOException {
        run(router("ip", "link", "set", "p" + peer, "down"), "");
    }

    /** To be called when no process is left in it. */
    @Override
    public void close() {
        keepers.forEach(Process::destroy);
    }
}
