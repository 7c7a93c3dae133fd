package tests.support;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process under test: its output is collected as it comes, every wait has a deadline, and it ends with its test. */
public final class Running implements AutoCloseable {

    /** How long anything may take that is expected to happen. */
    public static final long PATIENCE_SECONDS = 30;

    /** Sees each line of standard output first. */
    public interface LineTaker {

        /**
         * Whether the line is not kept.
         *
         * @param answer writes a line to standard input, if that is still read
         */
        boolean takes(String line, Consumer<String> answer);
    }

    private final ProcessBuilder builder;
    private final LineTaker taker; // null: all is kept, line or not
    private final Process process;
    private final OutputStream in;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(); // guarded by this, as all below
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private int told; // how much of out there was at the last command
    private int open = 2; // streams that have not ended

    public Running(ProcessBuilder builder) {
        this(builder, null);
    }

    public Running(ProcessBuilder builder, LineTaker taker) {
        this.builder = builder;
        this.taker = taker;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        in = process.getOutputStream();
        collect(process.getInputStream(), taker == null ? this::keepAll : this::keepLines);
        collect(process.getErrorStream(), from -> copy(from, err));
    }

    /** Starts one that has ended anew, by the same command line. */
    public Running again() {
        if (isAlive()) {
            throw new IllegalStateException("still runs: " + this);
        }
        return new Running(builder, taker);
    }

    private interface Collector {
        void collect(InputStream from) throws IOException;
    }

    private void keepAll(InputStream from) throws IOException {
        copy(from, out);
    }

    private void copy(InputStream from, ByteArrayOutputStream to) throws IOException {
        byte[] some = new byte[8192];
        for (int n; (n = from.read(some)) > 0;) {
            keep(to, some, n);
        }
    }

    private void keepLines(InputStream from) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!taker.takes(line, this::offer)) {
                byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
                keep(out, bytes, bytes.length);
            }
        }
    }

    private synchronized void keep(ByteArrayOutputStream to, byte[] bytes, int length) {
        to.write(bytes, 0, length);
        notifyAll();
    }

    private void collect(InputStream from, Collector collector) {
        Thread thread = new Thread(() -> {
            try {
                collector.collect(from);
            } catch (IOException closed) {
                // destroyed: what came until then counts
            } finally {
                synchronized (this) {
                    open--;
                    notifyAll();
                }
            }
        }, "collect");
        thread.setDaemon(true);
        thread.start();
    }

    /** Writes a line to its standard input. */
    public Running say(String line) {
        return feed((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    public Running feed(byte[] bytes) {
        try {
            in.write(bytes);
            in.flush();
        } catch (IOException e) {
            throw new AssertionError("does not read its standard input: " + this, e);
        }
        return this;
    }

    /** Writes a line that may come too late. */
    private void offer(String line) {
        try {
            in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            in.flush();
        } catch (IOException gone) {
            // nothing follows from it
        }
    }

    /** Gives a command, as if typed; {@link #answers} waits for what it causes. */
    public Running tell(String line) {
        synchronized (this) {
            told = out.size();
        }
        return say(line);
    }

    /** Closes its standard input. */
    public Running hangUp() {
        try {
            in.close();
        } catch (IOException gone) {
            // it has ended already, and needs no end of input
        }
        return this;
    }

    /** Waits until its standard output matches somewhere. */
    public Matcher await(String regex) {
        return await(regex, PATIENCE_SECONDS * 1_000);
    }

    public Matcher await(String regex, long millis) {
        return await(out, 0, regex, millis);
    }

    /** Waits until what it wrote to standard output after the last command matches somewhere. */
    public Matcher answers(String regex) {
        return await(out, told, regex, PATIENCE_SECONDS * 1_000);
    }

    /** How many lines of standard output have a match so far. */
    public long count(String regex) {
        Pattern pattern = Pattern.compile(regex);
        return out().lines().filter(line -> pattern.matcher(line).find()).count();
    }

    /** The last lines of standard output, at most so many. */
    public List<String> last(int most) {
        List<String> lines = out().lines().toList();
        return lines.subList(Math.max(0, lines.size() - most), lines.size());
    }

    /** Waits until its standard error matches somewhere. */
    public Matcher awaitError(String regex) {
        return awaitError(regex, PATIENCE_SECONDS * 1_000);
    }

    public Matcher awaitError(String regex, long millis) {
        return await(err, 0, regex, millis);
    }

    private synchronized Matcher await(ByteArrayOutputStream where, int from, String regex, long millis) {
        Pattern pattern = Pattern.compile(regex, Pattern.MULTILINE);
        long deadline = System.nanoTime() + millis * 1_000_000;
        while (true) {
            boolean ended = open == 0;
            Matcher found = pattern.matcher(new String(where.toByteArray(), from, where.size() - from, StandardCharsets.UTF_8));
            if (found.find()) {
                return found;
            }
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (ended || left <= 0) {
                throw new AssertionError((ended ? "ended without \"" : "within " + millis + " ms no \"") + regex + "\": " + this);
            }
            pause(left);
        }
    }

    private void pause(long millis) {
        try {
            wait(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + this, e);
        }
    }

    /** Waits for its end and all its output; gives the exit code. */
    public int exit() {
        return exit(PATIENCE_SECONDS * 1_000);
    }

    public int exit(long millis) {
        try {
            if (!process.waitFor(millis, TimeUnit.MILLISECONDS)) {
                throw new AssertionError("still runs after " + millis + " ms: " + this);
            }
            long deadline = System.nanoTime() + PATIENCE_SECONDS * 1_000_000_000;
            synchronized (this) {
                while (open > 0 && deadline - System.nanoTime() > 0) {
                    wait(100);
                }
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for the end of " + this, e);
        }
    }

    /** Processes that it has started, and theirs, that run a program whose name matches. */
    public List<ProcessHandle> descendants(String program) {
        return process.descendants().filter(one -> one.info().command().map(name -> Path.of(name).getFileName().toString())
                .filter(name -> name.matches(program)).isPresent()).toList();
    }

    /** Sends a signal such as TERM. */
    public void signal(String name) {
        signal(name, process.pid());
    }

    /** To its whole process group, which it has to lead. */
    public void signalJob(String name) {
        try { // as a shell has it built in: the kill(1) of some systems takes -1234 for -1, which is everybody
            new ProcessBuilder("sh", "-c", "kill -s " + name + " -- -" + process.pid()).start().waitFor();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("cannot send " + name, e);
        }
    }

    public static void signal(String name, long pid) {
        try {
            new ProcessBuilder("kill", "-" + name, String.valueOf(pid)).start().waitFor();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("cannot send " + name, e);
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
        return hangUp().exit();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public synchronized String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    public synchronized String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "process " + process.pid() + " " + builder.command().subList(Math.max(0, builder.command().size() - 12), builder.command().size())
                + (process.isAlive() ? "" : ", exit code " + process.exitValue())
                + "\n--- standard output\n" + out() + "--- standard error\n" + err() + "---";
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        hangUp();
    }
}
