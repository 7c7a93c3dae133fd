package tests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One JVM that a test has started: what it prints is waited for, always with a deadline. */
final class Running {

    /** How long anything may take that is expected to happen. */
    static final long PATIENCE_SECONDS = 30;

    final String name;
    final List<String> command;
    private final Process process;
    private final OutputStream in;
    private final List<String> lines = new ArrayList<>(); // guarded by this, as all below
    private int told; // how many lines there were at the last command
    private boolean ended; // nothing more will be printed

    /** The process prints its problems to its output, too. */
    Running(String name, List<String> command, Process process) {
        this.name = name;
        this.command = command;
        this.process = process;
        in = process.getOutputStream();
        Thread reader = new Thread(this::read, "output of " + name);
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                add(line);
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
    synchronized Running tell(String line) {
        told = lines.size();
        try {
            in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            in.flush();
        } catch (IOException gone) {
            throw new AssertionError(name + " does not take \"" + line + "\" any more" + soFar());
        }
        return this;
    }

    /** Waits for a line with a match after the last command. */
    Matcher answers(String regex) {
        return await(regex, true);
    }

    /** Waits for a line with a match, printed at any time. */
    Matcher says(String regex) {
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
    synchronized long count(String regex) {
        Pattern pattern = Pattern.compile(regex);
        return lines.stream().filter(line -> pattern.matcher(line).find()).count();
    }

    /** As {@code kill -9}; returns when it is dead. */
    void kill() {
        process.destroyForcibly();
        exit();
    }

    /** Ends its input, and gives its exit code. */
    int finish() {
        try {
            in.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return exit();
    }

    private int exit() {
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError(name + " still runs after " + PATIENCE_SECONDS + " s" + soFar());
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while " + name + " ended" + soFar());
        }
        return process.exitValue();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    private synchronized String soFar() {
        return "; it printed:\n  " + String.join("\n  ", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    }
}
