///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//SOURCES ../tests/support/Folders.java ../tests/support/FreePorts.java ../tests/support/Jvm.java ../tests/support/Running.java
//SOURCES ../Peer.java PeerProcess.java
package bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tests.support.Folders;
import tests.support.FreePorts;

/** What {@code lock NAME -- true} takes beside {@code peer --version} with the same options of Java, one after the other. */
final class LockCommandBench {

    private static final int ROUNDS = 30;
    private static final double TARGET = 1.5;

    private LockCommandBench() {}

    public static void main(String[] args) throws Exception {
        List<Integer> ports = FreePorts.take(1);
        Path state = Files.createTempDirectory("bench");
        try (PeerProcess peer = new PeerProcess(false, 1, ports, state, "--peers-file", "/dev/null")) {
            peer.awaitLine("listens on");
            String[] lock = {"lock", "--peer", "localhost:" + ports.get(0), "bench", "--", "true"};
            List<Double> ours = new ArrayList<>();
            List<Double> beside = new ArrayList<>();
            List<Double> ratios = new ArrayList<>();
            for (int round = -3; round < ROUNDS; round++) { // the first ones warm the disk's cache
                double version = millis("--version");
                double locked = millis(lock);
                if (round >= 0) {
                    beside.add(version);
                    ours.add(locked);
                    ratios.add(locked / version);
                }
            }
            System.out.printf(Locale.ROOT, "%d rounds, median (least, greatest), milliseconds%n", ROUNDS);
            System.out.println("peer --version         " + text(beside));
            System.out.println("lock NAME -- true      " + text(ours));
            System.out.println("ratio                  " + text(ratios) + ", target <= " + TARGET
                    + (median(ratios) <= TARGET ? ", reached" : ", MISSED"));
        } finally {
            Folders.delete(state);
        }
    }

    private static double millis(String... words) throws IOException, InterruptedException {
        List<String> command = PeerProcess.command(words);
        long begin = System.nanoTime();
        Process process = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", words) + ": exit code " + process.exitValue());
        }
        return (System.nanoTime() - begin) / 1e6;
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }

    private static String text(List<Double> values) {
        return String.format(Locale.ROOT, "%8.2f (%.2f, %.2f)", median(values), values.stream().min(Double::compare).orElseThrow(),
                values.stream().max(Double::compare).orElseThrow());
    }
}
