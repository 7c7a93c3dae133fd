package tests.support;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** What a peer says to a person, kept line by line. */
public final class Voice implements Consumer<String> {

    private static final long DEADLINE_SECONDS = 40;

    private final List<String> lines = new ArrayList<>(); // guarded by this

    @Override
    public synchronized void accept(String line) {
        lines.add(line);
        notifyAll();
    }

    /** Waits for a line in which the regular expression is found. */
    public synchronized String await(String regex) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (true) {
            for (String line : lines) {
                if (line.matches(".*(?:" + regex + ").*")) {
                    return line;
                }
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError("no line with \"" + regex + "\" within " + DEADLINE_SECONDS + " s, but " + lines);
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    public synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    /** The lines in which the regular expression is found. */
    public List<String> lines(String regex) {
        return lines().stream().filter(line -> line.matches(".*(?:" + regex + ").*")).toList();
    }
}
