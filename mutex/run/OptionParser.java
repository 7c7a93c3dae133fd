package mutex.run;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import mutex.text.Printable;

/**
 * The words of a command line, as getopt(3) takes them apart: {@code -w5}, {@code -w 5}, {@code --wait=5},
 * {@code -nw5}, and {@code --}. A class of its own rather than picocli: that takes a third of our start.
 */
final class OptionParser {

    private final Deque<String> left;
    private String value; // of the option last read

    OptionParser(List<String> words) {
        left = new ArrayDeque<>(words);
    }

    /**
     * The next option; null when a word follows that is none, or nothing.
     *
     * @throws IllegalArgumentException in one line when it is not known, or its value is missing
     */
    LockOption option() {
        String word = left.peekFirst();
        if (word == null || word.length() < 2 || !word.startsWith("-") || word.equals("--")) {
            return null;
        }
        left.removeFirst();
        if (!word.startsWith("--")) {
            String typed = word.substring(0, 2);
            LockOption option = LockOption.ofLetter(word.charAt(1)).orElseThrow(() -> unknown(typed));
            String more = word.substring(2);
            value = more.isEmpty() ? null : more;
            if (!option.takesValue() && value != null) {
                left.addFirst("-" + more); // letters in one word
                value = null;
            }
            return withValue(option, typed);
        }
        int equals = word.indexOf('=');
        String typed = equals < 0 ? word : word.substring(0, equals);
        LockOption option = LockOption.ofName(typed.substring(2)).orElseThrow(() -> unknown(typed));
        value = equals < 0 ? null : word.substring(equals + 1);
        if (value != null && !option.takesValue()) {
            throw new IllegalArgumentException(typed + " takes no value; leave out \"=\" and what follows it");
        }
        return withValue(option, typed);
    }

    private LockOption withValue(LockOption option, String typed) {
        if (option.takesValue() && value == null) {
            value = left.pollFirst();
            if (value == null) {
                throw new IllegalArgumentException(typed + ": the value is missing");
            }
        }
        return option;
    }

    private static IllegalArgumentException unknown(String typed) {
        String known = switch (typed) {
            case "-u", "--unlock" -> "a lock is given back when its command ends; leave it out";
            case "-F", "--no-fork" -> "the command always runs as a child; leave it out";
            default -> null;
        };
        if (known != null) {
            return new IllegalArgumentException(typed + " of flock(1) is not supported: " + known);
        }
        return new IllegalArgumentException("unknown option " + Printable.quoted(typed));
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
