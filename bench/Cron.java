///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//SOURCES ../tests/support/Folders.java ../tests/support/FreePorts.java ../tests/support/Jvm.java ../tests/support/Running.java
//SOURCES ../Peer.java Machines.java PeerProcess.java
package bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import tests.support.Folders;

/**
 * Three machines, each with a cron that starts the same job every second with {@code --once-per 1s}, for a minute: it
 * should run once in each second. Three times a second Java is started so, which takes a quiet machine: with
 * {@code --threads} the jobs are threads of this process. With {@code --netns}, as root, the machines are network namespaces.
 */
final class Cron {

    private static final int MACHINES = 3;
    private static final int TICKS = 60;
    private static final int LEAST = 58;

    private Cron() {}

    public static void main(String[] args) throws Exception {
        boolean apart = List.of(args).contains("--netns");
        boolean threads = List.of(args).contains("--threads");
        Path folder = Files.createTempDirectory("bench-cron");
        AtomicInteger wrong = new AtomicInteger();
        boolean reached;
        try (Machines machines = new Machines(MACHINES, apart, folder)) {
            machines.startPeers();
            for (int machine = 0; machine < MACHINES; machine++) { // until the group has begun
                while (machines.run(machine, "lock", "begin", "true").waitFor() != 0) {
                    Thread.sleep(100);
                }
            }
            Path runs = folder.resolve("runs");
            ScheduledExecutorService cron = Executors.newScheduledThreadPool(1);
            List<CompletableFuture<Integer>> jobs = new ArrayList<>();
            AtomicInteger tick = new AtomicInteger();
            cron.scheduleAtFixedRate(() -> {
                int now = tick.getAndIncrement();
                for (int machine = 0; now < TICKS && machine < MACHINES; machine++) {
                    String[] words = {"lock", "--once-per", "1s", "job", "--", "sh", "-c", "echo " + now + " >>" + runs};
                    jobs.add(threads ? machines.start(machine, words) : machines.run(machine, words).onExit().thenApply(Process::exitValue));
                }
            }, 0, 1, TimeUnit.SECONDS);
            while (tick.get() <= TICKS) {
                Thread.sleep(200);
            }
            cron.shutdown();
            for (CompletableFuture<Integer> job : jobs) {
                wrong.addAndGet(job.join() == 0 ? 0 : 1);
            }
            Map<String, Long> byTick = (Files.exists(runs) ? Files.readAllLines(runs) : List.<String>of()).stream()
                    .collect(Collectors.groupingBy(line -> line, TreeMap::new, Collectors.counting()));
            long twice = byTick.values().stream().filter(count -> count > 1).count();
            System.out.println(byTick.size() + " of " + TICKS + " seconds with a run (at least " + LEAST + "), " + twice + " with more than one (none), "
                    + wrong + " of " + jobs.size() + " jobs that did not end with 0 (none)");
            reached = byTick.size() >= LEAST && twice == 0 && wrong.get() == 0;
            System.out.println(reached ? "reached" : "MISSED");
        } finally {
            Folders.delete(folder);
        }
        System.exit(reached ? 0 : 1); // with the peers ended
    }
}
