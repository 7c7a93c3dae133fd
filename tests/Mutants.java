///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//COMPILE_OPTIONS --release 17 -Xlint:all -Werror
//RUNTIME_OPTIONS -ea -XX:+UseSerialGC
//DEPS org.junit.jupiter:junit-jupiter:6.1.3
//DEPS org.junit.platform:junit-platform-launcher:6.1.3
//SOURCES mutants/Compiler.java mutants/FaultTable.java mutants/Killer.java mutants/Mutant.java
//SOURCES mutants/MutantVerdict.java mutants/Workshop.java support/Folders.java support/Jvm.java ../Peer.java
package tests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tests.mutants.FaultTable;
import tests.mutants.Killer;
import tests.mutants.Mutant;
import tests.mutants.MutantVerdict;
import tests.mutants.MutantVerdict.VerdictKind;
import tests.mutants.Workshop;

/**
 * Puts the faults of {@code tests/mutants/*.txt} into the code, one at a time, and sees whether the test
 * named for each fails: {@code mutants} tries all, {@code mutants NAME...} some, {@code mutants --list}
 * names them, {@code mutants --sim 3000} shows which ones random search finds.
 *
 * <p>Exit code 1 when one survives, 2 when the table is out of date or a test fails without any fault.
 */
public final class Mutants {

    private static final int WIDTH = 150;

    private record Judged(Mutant fault, MutantVerdict verdict) {}

    private Mutants() {}

    public static void main(String[] args) throws IOException, InterruptedException, ExecutionException {
        try {
            List<Mutant> table = FaultTable.read(root());
            if (args.length == 1 && args[0].equals("--list")) {
                table.forEach(fault -> System.out.printf(Locale.ROOT, "%-28s %-80s %s%n", fault.name(), fault.rule(), fault.killer().text()));
            } else if (args.length == 2 && args[0].equals("--sim") && args[1].matches("[1-9]\\d{0,8}")) {
                Killer sim = new Killer("sim " + args[1]);
                System.exit(judge(table.stream().map(fault -> fault.killedBy(sim)).toList()));
            } else {
                System.exit(judge(args.length == 0 ? table : chosen(table, List.of(args))));
            }
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage());
            System.exit(2);
        }
    }

    private static List<Mutant> chosen(List<Mutant> table, List<String> names) {
        List<Mutant> chosen = table.stream().filter(fault -> names.contains(fault.name())).toList();
        if (chosen.size() < names.size()) {
            List<String> unknown = new ArrayList<>(names);
            chosen.forEach(fault -> unknown.remove(fault.name()));
            System.err.println("mutants: no fault " + String.join(", ", unknown)
                    + " in the table; write --list to see them all");
            System.exit(64);
        }
        return chosen;
    }

    /** Judges them, no more than two at a time; the exit code. */
    private static int judge(List<Mutant> faults) throws IOException, InterruptedException, ExecutionException {
        ExecutorService workers = Executors.newFixedThreadPool(Math.min(2, Runtime.getRuntime().availableProcessors()));
        Map<VerdictKind, Integer> count = new EnumMap<>(VerdictKind.class);
        try (Workshop workshop = new Workshop(root(), faults)) {
            System.out.println("all their tests must pass where there is no fault ...");
            workshop.prepare();
            CompletionService<Judged> judged = new ExecutorCompletionService<>(workers);
            faults.forEach(fault -> judged.submit(() -> new Judged(fault, workshop.judge(fault))));
            for (int i = 1; i <= faults.size(); i++) {
                Judged next = judged.take().get();
                count.merge(next.verdict.kind(), 1, Integer::sum);
                System.out.println(line(i, faults.size(), next.fault, next.verdict));
            }
        } finally {
            workers.shutdownNow();
        }
        int killed = count.getOrDefault(VerdictKind.KILLED, 0);
        for (VerdictKind kind : List.of(VerdictKind.ELSEWHERE, VerdictKind.INVALID)) {
            System.out.print(count.containsKey(kind) ? count.get(kind) + " " + kind + ", " : "");
        }
        System.out.println(killed + " killed, " + count.getOrDefault(VerdictKind.SURVIVED, 0) + " survived");
        return killed == faults.size() ? 0 : 1;
    }

    private static String line(int number, int total, Mutant fault, MutantVerdict verdict) {
        String line = String.format(Locale.ROOT, "%3d/%d  %-9s %5.1f s  %-28s %s", number, total, verdict.kind(), verdict.seconds(),
                fault.name(), verdict.how());
        if (verdict.kind() != VerdictKind.KILLED) {
            return line + "\n        drops " + fault.rule() + " (" + fault.place() + ")";
        }
        return line.length() <= WIDTH ? line : line.substring(0, WIDTH - 3) + "...";
    }

    /** The project's folder, from wherever in it this is started. */
    private static Path root() {
        Path folder = Path.of(System.getProperty("afteryou.root", "")).toAbsolutePath();
        while (folder != null && !Files.isDirectory(folder.resolve("tests/mutants"))) {
            folder = folder.getParent();
        }
        if (folder == null) {
            throw new IllegalArgumentException("mutants: start this in the project's folder or below it");
        }
        return folder;
    }
}
