package mutex.log;

import java.util.List;

/**
 * A log file as it was read.
 *
 * @param name as it was given
 * @param lines in the file's order
 * @param inputs what was fed to the nodes, in the file's order
 * @param cuts what is said about lines that end in the middle, as those of a killed peer do; one sentence each
 * @param gap number of the first line that says that others are missing; 0 when none does
 */
public record LogContents(String name, List<LogLine> lines, List<StepLines> inputs, List<String> cuts, int gap) {

    public LogContents(String name, List<LogLine> lines, List<StepLines> inputs, List<String> cuts) {
        this(name, lines, inputs, cuts, 0);
    }
}
