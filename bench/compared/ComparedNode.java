package bench.compared;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One node of a service under comparison, in a process of its own; a line of standard input is an order, and one of standard output the answer. */
public final class ComparedNode {

    private static final List<String> SOME_NAMES = IntStream.range(0, 1_000).mapToObj(i -> "alone-" + i).toList();

    private final ComparedLocks locks;

    private ComparedNode(ComparedLocks locks) {
        this.locks = locks;
    }

    /** {@code SERVICE ID PORT,PORT,... FOLDER} */
    public static void main(String[] args) throws Exception {
        PrintStream answers = System.out;
        System.setOut(System.err); // some services greet there
        List<Integer> ports = Stream.of(args[2].split(",")).map(Integer::valueOf).toList();
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in));
        try (ComparedLocks locks = ComparedLocks.of(args[0], Integer.parseInt(args[1]), ports, args[3])) {
            ComparedNode node = new ComparedNode(locks);
            answers.println("ready");
            for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                answers.println(node.obey(order.split(" ")));
            }
        }
        System.exit(0); // whatever threads a service leaves behind
    }

    private String obey(String[] order) throws Exception {
        return switch (order[0]) {
            case "some" -> some(Integer.parseInt(order[1]));
            case "alone" -> alone(Long.parseLong(order[1]));
            case "crowd" -> crowd(Integer.parseInt(order[1]), Long.parseLong(order[2]));
            case "cpu" -> String.valueOf(cpuNanos());
            default -> throw new IllegalArgumentException("order " + order[0]);
        };
    }

    /** Nobody else wants the lock: microseconds to take it, to take and give it back, and of the latter the 99th percentile. */
    private String alone(long millis) throws Exception {
        String lock = locks.unfavoured(SOME_NAMES);
        long until = System.nanoTime() + millis * 1_000_000;
        List<long[]> times = new ArrayList<>();
        for (long start = System.nanoTime(); start < until; start = System.nanoTime()) {
            locks.lock(lock);
            long taken = System.nanoTime();
            locks.unlock(lock);
            times.add(new long[] {taken - start, System.nanoTime() - start});
        }
        return String.format(Locale.ROOT, "%.2f %.2f %.2f", percentile(times, 0, 50), percentile(times, 1, 50), percentile(times, 1, 99));
    }

    /** So many times in a row: microseconds of the first, and of the first ten, hundred and so on together. */
    private String some(int count) throws Exception {
        StringBuilder sums = new StringBuilder();
        long start = System.nanoTime();
        for (int i = 1, next = 1; i <= count; i++) {
            locks.lock(SOME_NAMES.get(0));
            locks.unlock(SOME_NAMES.get(0));
            if (i == next) {
                sums.append((System.nanoTime() - start) / 1_000).append(' ');
                next *= 10;
            }
        }
        return sums.toString();
    }

    private static double percentile(List<long[]> times, int which, int percent) {
        long[] sorted = times.stream().mapToLong(time -> time[which]).sorted().toArray();
        return sorted[sorted.length * percent / 100] / 1e3;
    }

    /** A thread for each of so many locks takes it again and again, as the other nodes do at the same time: entries. */
    private String crowd(int count, long millis) throws Exception {
        long until = System.nanoTime() + millis * 1_000_000;
        AtomicLong entries = new AtomicLong();
        Thread[] threads = new Thread[count];
        Arrays.setAll(threads, i -> new Thread(() -> {
            try {
                for (; System.nanoTime() < until; entries.incrementAndGet()) {
                    locks.lock("crowd-" + i);
                    locks.unlock("crowd-" + i);
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }));
        for (Thread thread : threads) {
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return entries.toString();
    }

    /** User and system time of this process so far. */
    private static long cpuNanos() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getProcessCpuTime() : 0;
    }
}
