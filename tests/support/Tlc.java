package tests.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs TLC, the model checker of TLA+, on a model with some of its constants changed. In a JVM of its own, for TLC
 * ends its JVM; with the class path of this one, on which its jar is.
 */
public final class Tlc {

    private static final Pattern VIOLATED = Pattern.compile("^Error: Invariant (\\w+) is violated", Pattern.MULTILINE);
    private static final Pattern SEARCHED = Pattern.compile("^(\\d+) states generated, (\\d+) distinct states found, "
            + "(\\d+) states left on queue", Pattern.MULTILINE);
    private static final Pattern STEP = Pattern.compile("^State \\d+:", Pattern.MULTILINE);
    private static final int FOUND_NOTHING = 0;
    private static final int FOUND_A_VIOLATION = 12;

    private final Path model;
    private final Path scratch;
    private String config;
    private String compile = "-XX:+TieredCompilation";

    /**
     * What TLC found.
     *
     * @param violated the invariant that does not hold, or "" when all hold in every state
     * @param states how many different states it has seen: all there are, unless something is violated
     * @param steps from the first state to the violation
     */
    public record Verdict(String violated, long states, int steps) {}

    /** The module and the config, without their suffixes, lie in the folder; all that TLC writes goes to scratch. */
    public Tlc(Path folder, String module, String config, Path scratch) {
        this.scratch = scratch;
        try {
            model = Files.copy(folder.resolve(module + ".tla"), scratch.resolve(module + ".tla"));
            this.config = Files.readString(folder.resolve(config + ".cfg"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the config with another value of a constant, or with other invariants. */
    public Tlc with(String name, String value) {
        Matcher line = Pattern.compile("^( *" + name + "(?: =)?) .*", Pattern.MULTILINE).matcher(config);
        if (!line.find()) {
            throw new IllegalArgumentException("no line \"" + name + " ...\" in\n" + config);
        }
        config = line.replaceFirst(Matcher.quoteReplacement(line.group(1) + " " + value));
        return this;
    }

    /** There are few states: compiling better would take more than it gives. */
    public Tlc small() {
        compile = "-XX:TieredStopAtLevel=1";
        return this;
    }

    /** Searches all states, or up to the first violation. */
    public Verdict check(long millis) {
        try (Running tlc = new Running(command())) {
            int code = tlc.exit(millis);
            Matcher violated = VIOLATED.matcher(tlc.out());
            Matcher searched = SEARCHED.matcher(tlc.out());
            boolean bad = violated.find();
            if (code != (bad ? FOUND_A_VIOLATION : FOUND_NOTHING) || !searched.find()) {
                throw new AssertionError("TLC ended without a verdict: " + tlc);
            }
            if (!bad && !searched.group(3).equals("0")) {
                throw new AssertionError("TLC left states out: " + tlc);
            }
            int steps = (int) STEP.matcher(tlc.out()).results().count() - 1;
            return new Verdict(bad ? violated.group(1) : "", Long.parseLong(searched.group(2)), Math.max(0, steps));
        }
    }

    private ProcessBuilder command() {
        try {
            Files.writeString(scratch.resolve("model.cfg"), config);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ProcessBuilder(List.of(
                Jvm.java(), "-Xmx1g", "-XX:+UseSerialGC", compile,
                "-Djava.io.tmpdir=" + scratch, "-cp", System.getProperty("java.class.path"),
                "tlc2.TLC", "-workers", "2", "-metadir", scratch.resolve("states").toString(),
                "-config", scratch.resolve("model.cfg").toString(), model.toString()))
                .directory(scratch.toFile());
    }
}
