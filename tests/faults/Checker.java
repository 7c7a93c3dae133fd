package tests.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * What the lock protects: a file in which each holder writes its fence and name, through this check
 * that refuses a fence below the highest that was ever written. It answers a line with {@code ok},
 * {@code refused} or {@code stay} and its fence, and whom it let stay with {@code go}. Safe for many
 * threads.
 */
public final class Checker implements AutoCloseable {

    /** Whoever stays inside until it is told to go. */
    private record Guest(long fence, Consumer<String> answer) {}

    private final Chronicle chronicle;
    private final FileChannel file;
    private long highest; // guarded by this, as all below
    private long refused;
    private CompletableFuture<Integer> stay; // null unless the next one shall
    private Guest guest; // null when nobody stays

    public Checker(Path file, Chronicle chronicle) throws IOException {
        this.chronicle = chronicle;
        this.file = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Takes a line of the chronicle and answers it; whether it was one. */
    public synchronized boolean take(String line, Consumer<String> answer) {
        if (!chronicle.add(line)) {
            return false;
        }
        String[] words = line.split(" ");
        boolean enter = words[0].equals("enter");
        if (!enter && !words[0].equals("write")) {
            write(line);
            return true;
        }
        long fence = Long.parseLong(words[2]);
        boolean old = enter ? fence <= highest : fence < highest;
        refused += old ? 1 : 0;
        highest = Math.max(highest, fence);
        String word = old ? "refused" : "ok";
        if (enter && !old && stay != null) {
            word = "stay";
            guest = new Guest(fence, answer);
            stay.complete(Integer.parseInt(words[1]));
            stay = null;
        }
        write(line + " " + word);
        answer.accept(word + " " + fence);
        return true;
    }

    private void write(String line) {
        try {
            file.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets the next one that enters stay inside; completed with its id. */
    public synchronized CompletableFuture<Integer> stay() {
        stay = new CompletableFuture<>();
        return stay;
    }

    /** Lets go who stays, if it still does. */
    public synchronized void go() {
        if (guest != null) {
            guest.answer.accept("go " + guest.fence);
            guest = null;
        }
    }

    /** How many writes of an old fence were refused. */
    public synchronized long refused() {
        return refused;
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }
}
