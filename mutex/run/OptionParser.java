package mutex.run;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import mutex.text.Printable;

/**
 * The words of a command line, as getopt(3) takes them apart: {@code -w5}, {@code -w 5}, {@code --wait=5},
 * {@code -nw5}, and {@code --}. A class of its own rather than picocli: that takes a third of our start.
 */
final class OptionParser {

    private final Map<Character, String> letters; // to the long names
    private final Map<String, Boolean> names; // whether a value follows
    private final Deque<String> left;
    private String value; // of the option last read

    /** @param letters such as {@code n=nonblock}, {@code w=wait}; names whether the long names take a value */
    OptionParser(List<String> words, Map<Character, String> letters, Map<String, Boolean> names) {
        left = new ArrayDeque<>(words);
        this.letters = letters;
        this.names = names;
    }

    /**
     * The long name of the next option; null when a word follows that is none, or nothing.
     *
     * @throws IllegalArgumentException in one line when it is not known, or its value is missing
     */
    String option() {
        String word = left.peekFirst();
        if (word == null || word.length() < 2 || !word.startsWith("-") || word.equals("--")) {
            return null;
        }
        left.removeFirst();
        if (!word.startsWith("--")) {
            String name = letters.get(word.charAt(1));
            String more = word.substring(2);
            if (name == null) {
                throw unknown(word.substring(0, 2));
            }
            value = more.isEmpty() ? null : more;
            if (!names.get(name) && value != null) {
                left.addFirst("-" + more); // letters in one word
                value = null;
            }
            return withValue(name, word.substring(0, 2));
        }
        int equals = word.indexOf('=');
        String name = word.substring(2, equals < 0 ? word.length() : equals);
        if (!names.containsKey(name)) {
            throw unknown("--" + name);
        }
        value = equals < 0 ? null : word.substring(equals + 1);
        if (value != null && !names.get(name)) {
            throw new IllegalArgumentException("--" + name + " takes no value; leave \"=\" and what follows out");
        }
        return withValue(name, "--" + name);
    }

    private String withValue(String name, String typed) {
        if (names.get(name) && value == null) {
            value = left.pollFirst();
            if (value == null) {
                throw new IllegalArgumentException(typed + ": the value is missing");
            }
        }
        return name;
    }

    private static IllegalArgumentException unknown(String typed) {
        String known = switch (typed) {
            case "-s", "--shared" -> "shared locks do not exist here; leave it out for an exclusive one";
            case "-u", "--unlock" -> "a lock is given back when its command ends; leave it out";
            case "-F", "--no-fork" -> "the command always runs as a child; leave it out";
            case "--verbose" -> "what happens is said on standard error anyway; leave it out";
            default -> null;
        };
        if (known != null) {
            return new IllegalArgumentException(typed + " of flock(1) is not taken: " + known);
        }
        return new IllegalArgumentException("unknown option \"" + Printable.of(typed, 80) + "\"");
    }

    /** Of the option last read. */
    String value() {
        return value;
    }

    /** The next word, whatever it is; null at the end. */
    String next() {
        return left.pollFirst();
    }

    /** Skips {@code --}, if that is next. */
    void skipDashes() {
        if ("--".equals(left.peekFirst())) {
            left.removeFirst();
        }
    }

    /** All that is left. */
    List<String> rest() {
        return new ArrayList<>(left);
    }
}
