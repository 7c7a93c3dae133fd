package mutex.shell;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import mutex.discover.BadConfiguration;
import mutex.text.Printable;
import mutex.transport.DaemonThreads;

/**
 * What the exercise does inside: appends one line to a file that the peers share, stays a while, and gives the lock
 * back. The file may block, so it is written on a thread of its own; the lock is not given back meanwhile.
 */
final class CriticalSection {

    private static final int LONGEST_LINE = 4_096; // bytes; a name has 128 at most, a request 16 of them with modes
    private static final Pattern OURS = Pattern.compile("(?s)|(.*\\n)?\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z peer \\d+ \\[\\S+] stamp \\d+@\\d+ fence \\d+\\n");

    private final Session session;
    private final ShellRequest request;
    private final Path file; // null: nothing is written
    private final Duration sleep; // null: it is given back at once, or by what --for says

    private CriticalSection(Session session, ShellRequest request, Path file, Duration sleep) {
        this.session = session;
        this.request = request;
        this.file = file;
        this.sleep = sleep;
    }

    /**
     * Does it as soon as the lock is entered.
     *
     * @param last whether the lock is given back after it
     * @return whether it was done and the lock was held all the while; completes when that is over
     */
    static CompletableFuture<Boolean> run(Session session, ShellRequest request, Path file, Duration sleep, boolean last) {
        CriticalSection section = new CriticalSection(session, request, file, sleep);
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        request.entry.thenAccept(entered -> {
            if (entered) {
                section.enter(last, done);
            } else {
                done.complete(false);
            }
        });
        return done;
    }

    private void enter(boolean last, CompletableFuture<Boolean> done) {
        Thread thread = DaemonThreads.named("critical-section").newThread(() -> {
            boolean written = file == null || write();
            request.end.thenRun(() -> done.complete(written && !request.lost()));
            if (!written) {
                request.leave();
            } else if (last) {
                session.after(sleep == null ? 0 : sleep.toMillis(), request::leave);
            }
        });
        try {
            thread.start();
        } catch (OutOfMemoryError noThread) { // the limit of tasks is reached
            request.end.thenRun(() -> done.complete(false));
            session.problem(request.lock, "nothing was written: the system allows no more threads (" + noThread.getMessage()
                    + "), so the lock is given back");
            request.leave();
        }
    }

    private boolean write() {
        String name = Printable.quoted(file.toString());
        if (!request.beginWrite()) {
            session.problem(request.lock, "nothing was written to " + name + ": the lock is no longer held");
            return false;
        }
        try {
            append(Instant.now() + " peer " + session.id() + " [" + request.lock + "] stamp " + request.stamp() + " fence " + request.fence() + "\n");
            session.tell(request.lock, "wrote a line to " + name);
            return true;
        } catch (IOException e) {
            session.problem(request.lock, name + " cannot be written (" + (e instanceof NoSuchFileException ? "its folder does not exist"
                    : BadConfiguration.reason(e)) + "), so the lock is given back; name another file after --write");
            return false;
        } finally {
            request.endWrite();
        }
    }

    /** In one go, and on the disk when it returns; else the file is as it was. */
    private void append(String line) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new FileSystemException(file.toString(), null, "it is not a regular file"); // a pipe would wait for its reader
        }
        if (Files.exists(file) && !OURS.matcher(end()).matches()) {
            throw new FileSystemException(file.toString(), null, "its last line was not written by --write");
        }
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            long before = out.size(); // nobody else writes now: it is the lock's
            ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
            try {
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            } catch (IOException full) {
                out.truncate(before); // half a line would spoil the next one
                throw full;
            }
        }
    }

    private String end() throws IOException {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer end = ByteBuffer.allocate(LONGEST_LINE);
            long from = Math.max(0, in.size() - LONGEST_LINE);
            while (end.hasRemaining() && in.read(end, from + end.position()) > 0) {
                continue;
            }
            return new String(end.array(), 0, end.position(), StandardCharsets.UTF_8);
        }
    }
}
