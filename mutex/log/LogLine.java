package mutex.log;

/**
 * One line of a log file.
 *
 * @param file the name as it was given
 * @param number of the line, from 1
 */
public record LogLine(String file, int number, LogEntry event) {

    /** The place, as compilers write it: {@code peer1.log:17}. */
    public String where() {
        return file + ":" + number;
    }
}
