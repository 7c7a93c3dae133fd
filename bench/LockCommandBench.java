///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//SOURCES ../tests/support/Folders.java ../tests/support/FreePorts.java ../tests/support/Jvm.java ../tests/support/Running.java
//SOURCES ../Peer.java PeerProcess.java Spread.java
package bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import tests.support.Folders;
import tests.support.FreePorts;
import tests.support.Jvm;

/**
 * What a start costs: {@code lock NAME -- true} as it is installed for cron and units, as newcomers start it and without any launcher, beside
 * flock and what Java itself takes, one after the other.
 */
final class LockCommandBench {

    private static final int ROUNDS = 30;

    /** A command and the most milliseconds it should take; 0: it is there to compare with. */
    private record TimedCommand(String name, List<String> command, int target, List<Double> millis) {

        TimedCommand(String name, List<String> command, int target) {
            this(name, command, target, new ArrayList<>());
        }

        void run(boolean counts) throws IOException, InterruptedException {
            long begin = System.nanoTime();
            Process process = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + ": exit code " + process.exitValue());
            }
            if (counts) {
                millis.add((System.nanoTime() - begin) / 1e6);
            }
        }

        void print() {
            Spread all = Spread.of(millis.stream().mapToDouble(Double::doubleValue).toArray());
            System.out.printf(Locale.ROOT, "%-36s %8.1f (%.1f-%.1f)%s%n", name, all.median(), all.least(), all.greatest(),
                    target == 0 ? "" : ", target <= " + target + (all.median() <= target ? ", reached" : ", MISSED"));
        }
    }

    private LockCommandBench() {}

    public static void main(String[] args) throws Exception {
        List<Integer> ports = FreePorts.take(1);
        Path folder = Files.createTempDirectory("bench");
        Path root = Path.of(System.getProperty("afteryou.root", ".")).toAbsolutePath();
        try (PeerProcess peer = new PeerProcess(false, 1, ports, folder, "--peers-file", "/dev/null")) {
            peer.awaitLine("listens on");
            Path launcher = folder.resolve("bin/afteryou");
            new TimedCommand("install", List.of(root + "/jbang", "install", launcher.getParent().toString()), 0).run(false);
            String[] lock = {"lock", "--peer", "localhost:" + ports.get(0), "bench", "--", "true"};
            List<TimedCommand> all = List.of(
                    new TimedCommand("flock FILE true", List.of("flock", folder.resolve("file").toString(), "true"), 0),
                    new TimedCommand("java -version", List.of(Jvm.java(), "-version"), 0),
                    new TimedCommand("java Peer --version", PeerProcess.command("--version"), 0),
                    new TimedCommand("java Peer lock NAME -- true", PeerProcess.command(lock), 0),
                    new TimedCommand("afteryou lock NAME -- true", with(launcher.toString(), lock), 150),
                    new TimedCommand("./jbang lock NAME -- true", with(root + "/jbang", lock), 250));
            for (int round = -3; round < ROUNDS; round++) { // the first ones warm the disk's cache
                for (TimedCommand one : all) {
                    one.run(round >= 0);
                }
            }
            System.out.printf(Locale.ROOT, "%d rounds, median (least-greatest), milliseconds%n", ROUNDS);
            all.forEach(TimedCommand::print);
        } finally {
            Folders.delete(folder);
        }
    }

    private static List<String> with(String program, String... words) {
        return Stream.concat(Stream.of(program), Stream.of(words)).toList();
    }
}
