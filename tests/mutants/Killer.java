package tests.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import mutex.algorithm.RicartAgrawala;

/**
 * What notices a fault: {@code RulesTest.newerRequestIsDeferred}, one test method, or {@code sim 3000},
 * the simulator in the schedules of the seeds from 1 to 3000; {@code sim 3000 token-ring} with another algorithm.
 */
public record Killer(String text) {

    public Killer {
        if (!text.matches("sim [1-9]\\d{0,8}( [a-z-]+)?|[A-Z]\\w*\\.[a-z]\\w*")) {
            throw new IllegalArgumentException('"' + text + "\" names no test; write RulesTest.oneOfItsMethods or sim 3000");
        }
    }

    public boolean simulates() {
        return text.startsWith("sim ");
    }

    /** The highest seed. */
    public long schedules() {
        return Long.parseLong(text.split(" ")[1]);
    }

    public String algorithm() {
        String[] words = text.split(" ");
        return words.length == 3 ? words[2] : RicartAgrawala.NAME;
    }

    public String testClass() {
        return text.substring(0, text.indexOf('.'));
    }

    public String method() {
        return text.substring(text.indexOf('.') + 1);
    }

    /** The source to compile for it, from the project's folder. */
    public String source() {
        return simulates() ? "tests/simulation/World.java" : "tests/" + testClass() + ".java";
    }

    boolean standsIn(Path root) throws IOException {
        Path file = root.resolve(source());
        return Files.isRegularFile(file)
                && (simulates() || Files.readString(file).matches("(?s).*\\bvoid " + method() + "\\(.*"));
    }
}
