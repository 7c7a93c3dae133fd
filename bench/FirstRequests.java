///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//SOURCES ../tests/support/Folders.java ../tests/support/FreePorts.java Spread.java
package bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import tests.support.Folders;
import tests.support.FreePorts;

/**
 * What the first requests after the prompt cost at peers as {@code ./jbang install} puts them: three fresh ones, and a shell that reads
 * {@code request a} and {@code release a} a thousand times; then as many once the compiler is done. {@code FirstRequests [LAUNCHER ...]}:
 * launchers to compare, in turn; without any, this build is installed for the time of the run.
 */
final class FirstRequests {

    private static final int GROUPS = 5;
    private static final int TYPED_AFTER = 3_000; // milliseconds: a person, too, needs some time for the first one
    private static final int REQUESTS = 1_000;
    private static final int WARM_UP = 20_000; // requests

    /** A peer, its shell, and what that has said. */
    private record ShellPeer(Process process, PrintStream in, BufferedReader out) {

        static ShellPeer start(String launcher, int id, List<Integer> ports, Path state) throws IOException {
            List<String> command = new ArrayList<>(List.of(launcher, "--id", String.valueOf(id), "--port", String.valueOf(ports.get(id - 1)),
                    "--state", state.toString()));
            ports.stream().filter(port -> !port.equals(ports.get(id - 1))).forEach(port -> command.add("localhost:" + port));
            Process process = new ProcessBuilder(command).redirectErrorStream(true).directory(state.toFile()).start();
            return new ShellPeer(process, new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8),
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)));
        }

        /** Reads on until a line has one of the texts in it; gives that line. */
        String await(String... texts) throws IOException {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (Stream.of(texts).anyMatch(line::contains)) {
                    return line;
                }
            }
            throw new IOException("it ended before it had said \"" + String.join("\" or \"", texts) + "\"");
        }

        void awaitGroup() throws IOException {
            do {
                in.println("status");
            } while (!await("of 3 peers", "no group yet").contains("of 3 peers"));
        }

        /** Milliseconds of the first request and release, of the first ten together, and so on. */
        double[] requests(int count) throws IOException {
            double[] sums = new double[4];
            long begin = System.nanoTime();
            for (int i = 1, next = 1, at = 0; i <= count; i++) {
                in.println("request a");
                await("HELD");
                in.println("release a");
                await("given back");
                if (i == next && i <= REQUESTS) {
                    sums[at++] = (System.nanoTime() - begin) / 1e6;
                    next *= 10;
                }
            }
            return sums;
        }
    }

    private FirstRequests() {}

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory("bench");
        try {
            List<String> launchers = List.of(args);
            if (launchers.isEmpty()) {
                String root = System.getProperty("afteryou.root", ".");
                new ProcessBuilder(root + "/jbang", "install", folder.resolve("bin").toString()).inheritIO().start().waitFor();
                launchers = List.of(folder.resolve("bin/afteryou").toString());
            }
            List<List<double[]>> first = new ArrayList<>();
            List<double[]> warm = new ArrayList<>();
            launchers.forEach(launcher -> first.add(new ArrayList<>()));
            for (int group = 1; group <= GROUPS; group++) {
                for (int i = 0; i < launchers.size(); i++) {
                    Path state = Files.createDirectory(folder.resolve("state" + group + "-" + i));
                    double[] last = measure(launchers.get(i), state, first.get(i), group == GROUPS);
                    if (group == GROUPS) {
                        warm.add(last);
                    }
                }
            }
            System.out.println("| | prompt, ms | entry 1, ms | 1 to 10 | to 100 | to 1,000 | 1,000 warm ones | ratio |\n|---|---|---|---|---|---|---|---|");
            for (int i = 0; i < launchers.size(); i++) {
                print(launchers.get(i), first.get(i), warm.get(i)[3]);
            }
        } finally {
            Folders.delete(folder);
        }
    }

    /** @param warms whether as many are measured at the end, once it has got through many more */
    private static double[] measure(String launcher, Path state, List<double[]> into, boolean warms) throws Exception {
        List<Integer> ports = FreePorts.take(3);
        List<ShellPeer> peers = new ArrayList<>();
        try {
            long begin = System.nanoTime();
            for (int id = 1; id <= 3; id++) {
                peers.add(ShellPeer.start(launcher, id, ports, state));
            }
            for (ShellPeer peer : peers) {
                peer.await("listens on");
            }
            double prompt = (System.nanoTime() - begin) / 1e6;
            for (ShellPeer peer : peers) {
                peer.awaitGroup();
            }
            Thread.sleep(TYPED_AFTER);
            double[] sums = peers.get(1).requests(REQUESTS);
            into.add(new double[] {prompt, sums[0], sums[1], sums[2], sums[3]});
            if (warms) {
                peers.get(1).requests(WARM_UP);
            }
            return warms ? peers.get(1).requests(REQUESTS) : sums;
        } finally {
            peers.forEach(peer -> peer.process().destroy());
            for (ShellPeer peer : peers) {
                peer.process().waitFor();
            }
        }
    }

    private static void print(String launcher, List<double[]> all, double warm) {
        StringBuilder line = new StringBuilder("| " + launcher + " |");
        for (int at = 0; at < 5; at++) {
            line.append(' ').append(spread(all, at)).append(" |");
        }
        System.out.printf(Locale.ROOT, "%s %.0f | %.1f |%n", line, warm, spread(all, 4).median() / warm);
    }

    private static Spread spread(List<double[]> all, int at) {
        return Spread.of(all.stream().mapToDouble(one -> one[at]).toArray());
    }
}
