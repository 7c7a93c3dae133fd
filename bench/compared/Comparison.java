///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC
//DEPS org.jgroups:jgroups:5.3.24.Final
//DEPS com.hazelcast:hazelcast:5.7.0
//DEPS org.redisson:redisson:4.7.0
//SOURCES ../../tests/support/Folders.java ../../tests/support/FreePorts.java ../../tests/support/Jvm.java
//SOURCES ../AnsweredStream.java ../Echo.java ../Payload.java ../Spread.java AfterYouLocks.java ComparedGroup.java
//SOURCES ComparedLocks.java ComparedNode.java HazelcastLocks.java JGroupsLocks.java RawLocks.java
//SOURCES RedissonLocks.java ../../Peer.java
package bench.compared;

import bench.Spread;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import tests.support.Folders;

/**
 * The lock beside JGroups, Hazelcast and Redisson, and beside the floor, three nodes each in three JVMs: prints the
 * table of docs/benchmarks.md. All services are warmed up for equally long and measured in turn.
 *
 * <p>{@code Comparison [--quick] [SERVICE ...]}; Redisson needs redis-server on the PATH. With {@code -Dbefore=CLASSPATH}, of
 * an earlier build, embedded-before and client-before are that build's; {@code -Dwarmup=15000} are milliseconds for each service; on one core
 * the compiler needs some 60,000.
 */
public final class Comparison {

    private static final Map<String, String> SERVICES = new LinkedHashMap<>();

    static {
        SERVICES.put("raw", "raw gRPC fan-out to two peers (locks nothing)");
        SERVICES.put("embedded", "After You, embedded peer (`Mutex.peer`)");
        SERVICES.put("client", "After You, `Mutex.connect` to the local peer");
        SERVICES.put("embedded" + ComparedGroup.BEFORE, "After You before, embedded peer");
        SERVICES.put("client" + ComparedGroup.BEFORE, "After You before, `Mutex.connect`");
        SERVICES.put("jgroups", "JGroups CENTRAL_LOCK2, not the coordinator");
        SERVICES.put("hazelcast", "Hazelcast IMap.lock, remote key");
        SERVICES.put("redisson", "Redisson RLock, one Redis");
    }

    private static final int MANY = 64;

    /** What one service showed in one round. */
    private record ComparedRound(double take, double turn, double p99, double handOvers, double many, double cpu) {}

    private Comparison() {}

    public static void main(String[] args) throws Exception {
        List<String> words = new ArrayList<>(List.of(args));
        boolean quick = words.remove("--quick");
        List<String> services = !words.isEmpty() ? words : SERVICES.keySet().stream().filter(name -> !name.endsWith(ComparedGroup.BEFORE)).toList();
        services.stream().filter(service -> !SERVICES.containsKey(service)).findFirst().ifPresent(unknown -> {
            System.err.println("service " + unknown + " is none of " + String.join(", ", SERVICES.keySet()));
            System.exit(2);
        });
        Path folder = Files.createTempDirectory("afteryou-comparison");
        List<ComparedGroup> groups = new ArrayList<>();
        try {
            for (String service : services) {
                System.err.println("starting " + SERVICES.get(service));
                groups.add(new ComparedGroup(service, Files.createDirectory(folder.resolve(service)), System.getProperty("before")));
            }
            run(groups, Long.getLong("warmup", quick ? 3_000 : 90_000), quick ? 3 : 9, quick ? 500 : 2_000);
        } finally {
            groups.forEach(ComparedGroup::close);
            Folders.delete(folder);
        }
        System.exit(0);
    }

    private static void run(List<ComparedGroup> groups, long warmUpMillis, int rounds, long millis) throws Exception {
        for (ComparedGroup group : groups) {
            System.err.println("warming up " + SERVICES.get(group.name));
            group.alone(warmUpMillis / 3);
            group.crowd(1, warmUpMillis / 3);
            group.crowd(MANY, warmUpMillis / 3);
        }
        Map<String, List<ComparedRound>> shown = new LinkedHashMap<>();
        for (int round = 1; round <= rounds; round++) {
            System.err.println("round " + round + " of " + rounds);
            for (ComparedGroup group : groups) {
                double[] alone = group.alone(millis);
                double[] one = group.crowd(1, millis);
                double[] many = group.crowd(MANY, millis);
                shown.computeIfAbsent(group.name, service -> new ArrayList<>())
                        .add(new ComparedRound(alone[0], alone[1], alone[2], one[0], many[0], many[1]));
            }
        }
        print(shown);
    }

    /** Medians of the rounds; the ratios are taken round by round beside the first service, with their least and greatest. */
    private static void print(Map<String, List<ComparedRound>> shown) {
        List<ComparedRound> floor = shown.values().iterator().next();
        System.out.println("| | take, us | ratio | take and give back, us | ratio | p99, us | hand-overs/s | " + MANY + " locks, entries/s | CPU an entry, us |");
        System.out.println("|---|---|---|---|---|---|---|---|---|");
        shown.forEach((service, rounds) -> System.out.printf(Locale.ROOT, "| %s | %.0f | %s | %.0f | %s | %.0f | %,.0f | %,.0f | %.0f |%n",
                SERVICES.get(service), median(rounds, ComparedRound::take), ratio(rounds, floor, ComparedRound::take),
                median(rounds, ComparedRound::turn), ratio(rounds, floor, ComparedRound::turn), median(rounds, ComparedRound::p99),
                median(rounds, ComparedRound::handOvers), median(rounds, ComparedRound::many), median(rounds, ComparedRound::cpu)));
    }

    private static String ratio(List<ComparedRound> rounds, List<ComparedRound> floor, ToDoubleFunction<ComparedRound> of) {
        double[] ratios = new double[rounds.size()];
        Arrays.setAll(ratios, i -> of.applyAsDouble(rounds.get(i)) / of.applyAsDouble(floor.get(i)));
        Spread ratio = Spread.of(ratios);
        return String.format(Locale.ROOT, "%.2f (%.2f-%.2f)", ratio.median(), ratio.least(), ratio.greatest());
    }

    private static double median(List<ComparedRound> rounds, ToDoubleFunction<ComparedRound> of) {
        return Spread.of(rounds.stream().mapToDouble(of).toArray()).median();
    }
}
