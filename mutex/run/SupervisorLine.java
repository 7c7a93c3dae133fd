package mutex.run;

import java.io.BufferedReader;
import java.io.File;
import java.io.FileReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import mutex.transport.DaemonThreads;

/**
 * The way to and from the supervisor: two named pipes, whose names are removed as soon as both ends
 * are open. Standard input, output and error are the command's, and Java hands on no other descriptors.
 */
final class SupervisorLine {

    /** They change how Perl itself starts, and reach the command another way. */
    private static final List<String> OF_PERL = List.of("PERL5OPT", "PERL5LIB", "PERLLIB", "PERL5DB", "PERL_UNICODE", "PERL_SIGNALS");

    private static final long PIPES_WITHIN = 2_000; // milliseconds, in one place
    private static final long DELETED_WITHIN = 500; // milliseconds

    private final Path folder;
    private final RandomAccessFile to; // both are opened both ways: at once, without waiting for the other end
    private final RandomAccessFile from;
    private final Process process;
    private final boolean shell; // and not Perl
    private boolean closed; // guarded by this

    private SupervisorLine(Path folder, RandomAccessFile to, RandomAccessFile from, Process process, boolean shell) {
        this.folder = folder;
        this.to = to;
        this.from = from;
        this.process = process;
        this.shell = shell;
    }

    /** @throws IOException in one line when there is no place for the pipes, or no program to read them */
    static SupervisorLine open(List<String> command, long graceMillis, Map<String, String> added) throws IOException {
        Path folder = makeFolder();
        try {
            RandomAccessFile to = new RandomAccessFile(folder + "/to", "rw");
            RandomAccessFile from = new RandomAccessFile(folder + "/from", "rw");
            String grace = String.valueOf(graceMillis / 10);
            boolean perl = Program.find("perl").isPresent();
            List<String> words = perl ? List.of("perl", "-e", PerlSupervisor.TEXT, folder.toString(), grace)
                    : ShellSupervisor.command(folder.toString(), grace, command);
            if (words == null) {
                throw new IOException("perl, setsid, bash or ksh is needed to run the command in a process group of its own; none is on the PATH");
            }
            ProcessBuilder builder = new ProcessBuilder(words).inheritIO();
            Map<String, String> environment = builder.environment();
            environment.putAll(added);
            StringBuilder kept = new StringBuilder();
            for (String name : OF_PERL) {
                String value = perl ? environment.remove(name) : null;
                if (value != null) {
                    kept.append("env ").append(InheritedState.hex(name)).append(' ').append(InheritedState.hex(value)).append('\n');
                }
            }
            SupervisorLine line = new SupervisorLine(folder, to, from, builder.start(), !perl);
            if (kept.length() > 0) {
                line.write(kept.substring(0, kept.length() - 1));
            }
            return line;
        } catch (IOException | RuntimeException | Error e) { // an error where this machine allows no more threads
            delete(folder);
            throw e;
        }
    }

    /** With the pipes in it, where there is place for them. */
    private static Path makeFolder() throws IOException {
        IOException failed = null;
        Set<String> places = new LinkedHashSet<>(Arrays.asList(System.getProperty("java.io.tmpdir"), System.getenv("TMPDIR"), "/tmp", "/var/tmp", "/dev/shm"));
        places.remove(null);
        for (String place : places) {
            try {
                return makePipes(place);
            } catch (IOException | RuntimeException unusable) { // another one may do
                failed = failed == null ? new IOException("no place for the pipes to it: "
                        + (unusable instanceof FileSystemException ? place + " cannot be written" : unusable.getMessage())) : failed;
            }
        }
        throw failed;
    }

    /** On a thread of its own: the disk of a server that is gone lets whoever writes there wait. */
    private static Path makePipes(String place) throws IOException {
        FutureTask<Path> pipes = new FutureTask<>(() -> makePipes(Files.createTempDirectory(Path.of(place), "afteryou-lock")));
        Thread making = DaemonThreads.named("pipes").newThread(pipes);
        making.start();
        try {
            return pipes.get(PIPES_WITHIN, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            pipes.cancel(true);
            awaitDeletion(making);
            throw new IOException(place + " does not answer");
        } catch (InterruptedException e) {
            pipes.cancel(true);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error broken) {
                throw broken;
            }
            throw e.getCause() instanceof IOException unusable ? unusable : new IOException(e.getCause().getMessage());
        }
    }

    /** What it has made until then it deletes, if the disk answers: this process may end sooner than that. */
    private static void awaitDeletion(Thread making) throws IOException {
        try {
            making.join(DELETED_WITHIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted");
        }
    }

    private static Path makePipes(Path folder) throws IOException {
        Process mkfifo = null;
        try {
            mkfifo = new ProcessBuilder("mkfifo", "-m", "600", folder + "/to", folder + "/from", folder + "/own").start();
            if (mkfifo.waitFor() == 0) {
                return folder;
            }
            throw new IOException("mkfifo fails in " + folder.getParent());
        } catch (InterruptedException late) {
            mkfifo.destroyForcibly();
            delete(folder);
            throw new IOException("interrupted");
        } catch (IOException | RuntimeException | Error e) {
            delete(folder);
            throw e;
        }
    }

    /** From now on hands on each line that comes, on a thread of its own; last "gone". */
    void listen(Consumer<String> listener) {
        process.onExit().thenRun(() -> { // behind all that it has written
            try {
                from.write("gone\n".getBytes(StandardCharsets.US_ASCII));
            } catch (IOException discarded) {
                // nobody waits for it any more
            }
        });
        Thread thread = new Thread(() -> {
            try (BufferedReader lines = new BufferedReader(new FileReader(from.getFD()))) {
                for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                    listener.accept(text);
                    if (text.equals("gone")) {
                        return;
                    }
                }
            } catch (IOException discarded) {
                // so it is over
            } catch (RuntimeException | Error broken) { // such as no memory: what it says is not heard any more, as if it were gone
                listener.accept("gone");
            }
        }, "supervisor");
        thread.setDaemon(true);
        thread.start();
    }

    /** A line, or several. */
    void write(String text) {
        try {
            to.write((text + "\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException discarded) {
            // whoever waits for an answer finds out
        }
    }

    /** Ends the program itself. */
    void end() {
        if (shell) {
            process.children().forEach(ProcessHandle::destroyForcibly); // its helpers, of which one may be stopped
        }
        process.destroyForcibly();
    }

    /** Lets the program end, unless a command runs. */
    synchronized void close() {
        if (!closed) {
            closed = true;
            try {
                to.close();
            } catch (IOException e) {
                // it ends with us
            }
            delete(folder);
        }
    }

    private static void delete(Path folder) {
        for (String name : List.of("to", "from", "own")) {
            new File(folder.toFile(), name).delete();
        }
        folder.toFile().delete();
    }
}
