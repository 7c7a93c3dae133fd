package tests.mutants;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import tests.mutants.MutantVerdict.VerdictKind;
import tests.support.Folders;
import tests.support.Jvm;

/**
 * Where faults are tried: the tree is compiled once into a folder of its own, a faulty file alone into
 * another one that stands before it on the class path of a child process. Any thread may judge.
 */
public final class Workshop implements AutoCloseable {

    /** What {@code Trial} says of a test, in front of its name. */
    static final String PASSED = "trial passed: ";
    static final String FAILED = "trial failed: ";

    /** A test takes milliseconds, a simulation seconds; what takes so long hangs. */
    private static final long LIMIT_SECONDS = 60;
    private static final String HANGS = "no end within the time limit";

    /** What the tests in one child process said. */
    private record Ran(Set<String> passed, List<String> failed, boolean hangs, List<String> output) {

        boolean noticed() {
            return hangs || !failed.isEmpty();
        }

        String how() {
            return hangs ? HANGS : failed.get(0);
        }
    }

    private final Path root;
    private final Path folder;
    private final Path base;
    private final Map<Mutant, String> spoilt = new HashMap<>(); // the source with the fault in it
    private final Set<Killer> killers = new LinkedHashSet<>();

    /** @throws IllegalArgumentException with every fault whose text or test is not in the sources any more */
    public Workshop(Path root, Collection<Mutant> faults) throws IOException {
        this.root = root;
        List<String> wrong = new ArrayList<>();
        for (Mutant fault : faults) {
            try {
                spoilt.put(fault, fault.spoilIn(root));
                killers.add(fault.killer());
            } catch (IllegalArgumentException drifted) {
                wrong.add(drifted.getMessage());
            }
        }
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", wrong));
        }
        folder = Files.createTempDirectory("mutants");
        base = folder.resolve("base");
    }

    /**
     * Compiles the sources and runs every killer without a fault.
     *
     * @throws IllegalArgumentException unless all compile and pass
     */
    public void prepare() throws IOException, InterruptedException {
        Set<Path> sources = new LinkedHashSet<>(List.of(root.resolve("tests/mutants/Trial.java")));
        killers.forEach(killer -> sources.add(root.resolve(killer.source())));
        Compiler.compile(sources, root, System.getProperty("java.class.path"), base);
        Ran ran = run(folder, base.toString(), killers);
        for (Killer killer : killers) {
            if (!ran.passed.contains(killer.text())) {
                throw new IllegalArgumentException("without any fault, " + killer.text()
                        + " does not pass, so it proves nothing:\n" + (ran.noticed() ? ran.how() : String.join("\n", ran.output)));
            }
        }
    }

    /** Whether the fault's killer notices it, and if not, whether another one does. */
    public MutantVerdict judge(Mutant fault) throws IOException, InterruptedException {
        long started = System.nanoTime();
        Path own = Files.createDirectories(folder.resolve(fault.name()));
        Path source = own.resolve(Path.of(fault.file()).getFileName());
        Files.writeString(source, spoilt.get(fault));
        try {
            Compiler.compile(Set.of(source), own, base + File.pathSeparator + System.getProperty("java.class.path"), own);
        } catch (IllegalArgumentException wrong) {
            return verdict(VerdictKind.INVALID, fault.place() + ": " + wrong.getMessage(), started);
        }
        String classes = own + File.pathSeparator + base;
        Ran named = run(own, classes, Set.of(fault.killer()));
        if (named.noticed()) {
            return verdict(VerdictKind.KILLED, named.how(), started);
        }
        if (!named.passed.contains(fault.killer().text())) {
            throw new IOException(fault.name() + ": the child process ended early: " + String.join("\n", named.output));
        }
        Ran others = run(own, classes, killers.stream().filter(killer -> !killer.equals(fault.killer())).toList());
        return others.noticed() ? verdict(VerdictKind.ELSEWHERE, fault.killer().text() + " passes, but " + others.how(), started)
                : verdict(VerdictKind.SURVIVED, fault.killer().text() + " passes", started);
    }

    private static MutantVerdict verdict(VerdictKind kind, String how, long started) {
        return new MutantVerdict(kind, how, (System.nanoTime() - started) / 1e9);
    }

    private Ran run(Path where, String classes, Collection<Killer> tests) throws IOException, InterruptedException {
        Path said = Files.createTempFile(where, "said", ".txt");
        List<String> command = new ArrayList<>(List.of(Jvm.java(),
                "-ea", "-Xmx512m", "-XX:+UseSerialGC", "-cp",
                classes + File.pathSeparator + System.getProperty("java.class.path"), "tests.mutants.Trial"));
        tests.forEach(test -> command.add(test.text()));
        Process child = new ProcessBuilder(command).directory(root.toFile()).redirectErrorStream(true)
                .redirectOutput(said.toFile()).start();
        boolean ended;
        try {
            ended = child.waitFor(LIMIT_SECONDS * (1 + tests.size() / 10), TimeUnit.SECONDS);
        } finally {
            child.destroyForcibly().waitFor();
        }
        List<String> output = Files.readAllLines(said);
        return new Ran(Set.copyOf(after(PASSED, output)), after(FAILED, output), !ended, output);
    }

    private static List<String> after(String prefix, List<String> lines) {
        return lines.stream().filter(line -> line.startsWith(prefix)).map(line -> line.substring(prefix.length()))
                .distinct().toList();
    }

    @Override
    public void close() throws IOException {
        Folders.delete(folder);
    }
}
