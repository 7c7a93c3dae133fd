package tests;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mutex.algorithm.Stamp;

/**
 * Checks what the processes wrote down inside: a file with a line for each enter and exit, and a
 * counter to which each added one. Knows nothing of peers, logs or messages.
 */
final class History {

    private static final Pattern LINE = Pattern.compile("(enter|exit) (\\d+) (\\d+)@(\\d+) (\\d+)");

    private History() {}

    /** The line to write: {@code enter 2 14@2 1234}, with peer, stamp and fence. */
    static String line(String event, int peer, Stamp stamp, long fence) {
        return event + " " + peer + " " + stamp + " " + fence + "\n";
    }

    /**
     * Says what is wrong with a history, the worst first, in one line with its place.
     *
     * @param lines in the order in which they were written
     * @param counter how often one was added to it
     * @param entries how many there should be
     * @param ofStamps whether they should be in the order of stamps
     * @return the first violation; empty when every rule holds
     */
    static Optional<String> violation(List<String> lines, long counter, int entries, boolean ofStamps) {
        Matcher inside = null; // the last enter line; null before the first and after an exit
        Matcher last = null; // the last enter line
        String disorder = null; // the first; an overlap anywhere is worse and goes before it
        for (int i = 0; i < lines.size(); i++) {
            Matcher line = LINE.matcher(lines.get(i));
            String where = "line " + (i + 1) + ", \"" + lines.get(i) + "\": ";
            if (!line.matches()) {
                return Optional.of(where + "torn, as if two wrote at once");
            }
            if (line.group(1).equals("exit")) {
                if (inside == null || !same(inside, line)) {
                    return Optional.of(where + "overlap, exit of one that is not the only one inside");
                }
                inside = null;
                continue;
            }
            if (inside != null) {
                return Optional.of(where + "overlap, peer " + inside.group(2) + " is still inside");
            }
            if (disorder == null && last != null) {
                disorder = fence(line) <= fence(last) ? where + "fence is not above the one before, " + fence(last)
                        : ofStamps && stamp(line).compareTo(stamp(last)) <= 0 ? where + "stamp is not after the one before, " + stamp(last)
                        : null;
            }
            inside = line;
            last = line;
        }
        if (inside != null) {
            return Optional.of("peer " + inside.group(2) + " never left");
        }
        if (lines.size() != 2 * entries) {
            return Optional.of(lines.size() + " lines for " + entries + " entries");
        }
        if (disorder != null) {
            return Optional.of(disorder);
        }
        return counter == entries ? Optional.empty()
                : Optional.of("lost increment: the counter is " + counter + " after " + entries + " entries");
    }

    private static boolean same(Matcher enter, Matcher exit) {
        return enter.group(2).equals(exit.group(2)) && stamp(enter).equals(stamp(exit)) && fence(enter) == fence(exit);
    }

    private static Stamp stamp(Matcher line) {
        return new Stamp(Long.parseLong(line.group(3)), Integer.parseInt(line.group(4)));
    }

    private static long fence(Matcher line) {
        return Long.parseLong(line.group(5));
    }
}
