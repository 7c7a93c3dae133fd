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
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import tests.support.Folders;

/**
 * What a user feels first: entry 1 of three peers in fresh JVMs that stand as a group, entries 1 to 10, to 100 and to 1,000, and the
 * time of as many once the compiler is done. {@code FirstEntries [SERVICE ...]}: those of {@link Comparison}; else the embedded peer. Where
 * -archived follows the name, JVMs start with a class archive (CDS), which a group before has made with as many entries.
 */
public final class FirstEntries {

    private static final int GROUPS = 5;
    private static final int ENTRIES = 1_000;
    private static final int STANDS_AFTER = 3_000; // milliseconds
    private static final int WARM_AFTER = 30_000; // milliseconds of entries

    private FirstEntries() {}

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory("afteryou-first");
        try {
            System.out.println("| | entry 1, ms | entries 1 to 10, ms | to 100, ms | to 1,000, ms | 1,000 warm ones, ms | ratio |");
            System.out.println("|---|---|---|---|---|---|---|");
            for (String service : args.length == 0 ? new String[] {"embedded"} : args) {
                measure(service, folder);
            }
        } finally {
            Folders.delete(folder);
        }
        System.exit(0);
    }

    private static void measure(String service, Path folder) throws Exception {
        List<double[]> first = new ArrayList<>();
        double warm = 0;
        List<String> options = service.endsWith(ComparedGroup.ARCHIVED) ? List.of("-XX:SharedArchiveFile=" + archive(service, folder)) : List.of();
        for (int i = 1; i <= GROUPS; i++) {
            System.err.println(service + ", group " + i + " of " + GROUPS);
            try (ComparedGroup group = new ComparedGroup(service, Files.createDirectory(folder.resolve(service + i)), System.getProperty("before"), options)) {
                Thread.sleep(STANDS_AFTER);
                first.add(group.some(ENTRIES));
                if (i == GROUPS) {
                    group.alone(WARM_AFTER);
                    warm = group.some(ENTRIES)[3] / 1e3;
                }
            }
        }
        System.out.printf(Locale.ROOT, "| %s | %s | %s | %s | %s | %.0f | %.1f |%n", service, spread(first, 0), spread(first, 1), spread(first, 2), spread(first, 3),
                warm, spread(first, 3).median() / warm);
    }

    /** Each of three JVMs writes one as it ends; that of the one that asked has the most classes. */
    private static Path archive(String service, Path folder) throws Exception {
        Path files = Files.createDirectory(folder.resolve(service + "-classes"));
        try (ComparedGroup group = new ComparedGroup(service, Files.createDirectory(folder.resolve(service)), null,
                List.of("-XX:ArchiveClassesAtExit=" + files.resolve("%p.jsa")))) {
            group.some(ENTRIES);
        }
        try (Stream<Path> written = Files.list(files)) {
            return written.max(Comparator.comparingLong(file -> file.toFile().length())).orElseThrow();
        }
    }

    /** In milliseconds. */
    private static Spread spread(List<double[]> all, int at) {
        return Spread.of(all.stream().mapToDouble(one -> one[at] / 1e3).toArray());
    }
}
