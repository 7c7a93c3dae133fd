package tests.support;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process under test: its output is collected as it comes, every wait has a deadline, and it ends with its test. */
public final class Running implements AutoCloseable {

    private static final long DEADLINE_SECONDS = 20;

    private final Process process;
    private final OutputStream in;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(); // guarded by this, as all below
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private int open = 2; // streams that have not ended

    public Running(ProcessBuilder builder) {
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        in = process.getOutputStream();
        collect(process.getInputStream(), out);
        collect(process.getErrorStream(), err);
    }

    private void collect(InputStream from, ByteArrayOutputStream to) {
        Thread thread = new Thread(() -> {
            byte[] some = new byte[8192];
            try {
                for (int n; (n = from.read(some)) > 0;) {
                    synchronized (this) {
                        to.write(some, 0, n);
                        notifyAll();
                    }
                }
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
        return await(out, regex, DEADLINE_SECONDS * 1_000);
    }

    public Matcher await(String regex, long millis) {
        return await(out, regex, millis);
    }

    /** Waits until its standard error matches somewhere. */
    public Matcher awaitError(String regex) {
        return await(err, regex, DEADLINE_SECONDS * 1_000);
    }

    public Matcher awaitError(String regex, long millis) {
        return await(err, regex, millis);
    }

    private synchronized Matcher await(ByteArrayOutputStream where, String regex, long millis) {
        Pattern pattern = Pattern.compile(regex, Pattern.MULTILINE);
        long deadline = System.nanoTime() + millis * 1_000_000;
        while (true) {
            boolean ended = open == 0;
            Matcher found = pattern.matcher(where.toString(StandardCharsets.UTF_8));
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
        return exit(DEADLINE_SECONDS * 1_000);
    }

    public int exit(long millis) {
        try {
            if (!process.waitFor(millis, TimeUnit.MILLISECONDS)) {
                throw new AssertionError("still runs after " + millis + " ms: " + this);
            }
            long deadline = System.nanoTime() + DEADLINE_SECONDS * 1_000_000_000;
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

    public static void signal(String name, long pid) {
        try {
            new ProcessBuilder("kill", "-" + name, String.valueOf(pid)).start().waitFor();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("cannot send " + name, e);
        }
    }

    /** Of the process itself. */
    public long pid() {
        return process.pid();
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
        return "process " + process.pid() + (process.isAlive() ? "" : ", exit code " + process.exitValue())
                + "\n--- standard output\n" + out() + "--- standard error\n" + err() + "---";
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        hangUp();
    }
}
