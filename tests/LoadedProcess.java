package tests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One JVM that a test has started: what it prints is waited for, always with a deadline. */
public final class LoadedProcess {

    /** How long anything may take that is expected to happen. */
    public static final long PATIENCE_SECONDS = 30;

    public final String name;
    final List<String> command;
    final BiPredicate<String, Consumer<String>> taker;
    private final Process process;
    private final OutputStream in;
    private final List<String> lines = new ArrayList<>(); // guarded by this, as all below
    private int told; // how many lines there were at the last command
    private boolean ended; // nothing more will be printed

    /**
     * The process prints its problems to its output, too.
     *
     * @param taker is given each line and how to answer it; those it takes are not kept
     */
    LoadedProcess(String name, List<String> command, Process process, BiPredicate<String, Consumer<String>> taker) {
        this.name = name;
        this.command = command;
        this.process = process;
        this.taker = taker;
        in = process.getOutputStream();
        Thread reader = new Thread(this::read, "output of " + name);
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (!taker.test(line, this::offer)) {
                    add(line);
                }
            }
        } catch (IOException killed) {
            add("(output cut off)");
        }
        synchronized (this) {
            ended = true;
            notifyAll();
        }
    }

    private synchronized void add(String line) {
        lines.add(line);
        notifyAll();
    }

    /** Gives a command, as if typed. */
    public synchronized LoadedProcess tell(String line) {
        told = lines.size();
        if (!offer(line)) {
            throw new AssertionError(name + " does not take \"" + line + "\" any more" + soFar());
        }
        return this;
    }

    /** Gives a line that nothing is expected to follow; whether it still took it. */
    private synchronized boolean offer(String line) {
        try {
            in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            in.flush();
            return true;
        } catch (IOException gone) {
            return false;
        }
    }

    /** Waits for a line with a match after the last command. */
    public Matcher answers(String regex) {
        return await(regex, true);
    }

    /** Waits for a line with a match, printed at any time. */
    public Matcher says(String regex) {
        return await(regex, false);
    }

    private synchronized Matcher await(String regex, boolean answer) {
        Pattern pattern = Pattern.compile(regex);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        for (int next = answer ? told : 0; ; next++) {
            while (next == lines.size()) {
                long millis = (deadline - System.nanoTime()) / 1_000_000;
                if (ended || millis <= 0) {
                    throw new AssertionError(name + (ended ? " ended without" : " did not say within " + PATIENCE_SECONDS + " s:")
                            + " \"" + regex + "\"" + (answer ? " after the last command" : "") + soFar());
                }
                try {
                    wait(millis);
                } catch (InterruptedException e) {
                    throw new AssertionError("interrupted while waiting for \"" + regex + "\" of " + name + soFar());
                }
            }
            Matcher line = pattern.matcher(lines.get(next));
            if (line.find()) {
                return line;
            }
        }
    }

    /** How many lines so far have a match. */
    public synchronized long count(String regex) {
        Pattern pattern = Pattern.compile(regex);
        return lines.stream().filter(line -> pattern.matcher(line).find()).count();
    }

    /** Sends it the signal, such as STOP; what it has printed is still read, also after KILL. */
    public void signal(String signal) {
        try {
            int code = new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start().waitFor();
            if (code != 0) {
                throw new AssertionError("kill -" + signal + " of " + name + " fails" + soFar());
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("kill -" + signal + " of " + name + ": " + e);
        }
    }

    public long pid() {
        return process.pid();
    }

    /** As {@code kill -9}; returns when it is dead. */
    public void kill() {
        process.destroyForcibly();
        exit();
    }

    /** Ends its input, and gives its exit code. */
    public int finish() {
        try {
            in.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return exit();
    }

    /** Waits for its end, and gives its exit code. */
    public int exit() {
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError(name + " still runs after " + PATIENCE_SECONDS + " s" + soFar());
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while " + name + " ended" + soFar());
        }
        return process.exitValue();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** The last lines, for a message. */
    public String soFar() {
        return "; it printed:\n  " + String.join("\n  ", last(40));
    }

    /** The last lines, at most so many. */
    public synchronized List<String> last(int count) {
        return List.copyOf(lines.subList(Math.max(0, lines.size() - count), lines.size()));
    }
}
