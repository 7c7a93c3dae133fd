package mutex.shell;

import java.io.PrintStream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import mutex.text.Count;
import mutex.text.Printable;
import mutex.text.WordWrap;
import mutex.transport.DaemonThreads;
import mutex.transport.FailureText;
import mutex.transport.OncePerMinute;

/**
 * Prints, on a thread of its own, so that a slow terminal never holds up the peer. Events are left
 * out, and counted, when they come faster than they can be read; answers to commands never are.
 */
public final class Screen implements AutoCloseable {

    private static final int MOST_EVENTS_WAITING = 200;
    private static final int LEAST = 20; // columns
    private static final char ESCAPE = 27;

    private final BlockingQueue<Runnable> jobs = new LinkedBlockingQueue<>();
    private volatile Consumer<String> printer;
    private volatile Runnable redrawer = () -> { };
    private volatile IntSupplier width = () -> Integer.MAX_VALUE;
    private final PrintStream problems;
    private int leftOut; // guarded by this
    private final OncePerMinute repeats = new OncePerMinute(); // of the thread that prints
    private volatile Consumer<Throwable> failure = error -> { };

    /**
     * @param out where lines go until a terminal takes them
     * @param problems where troubles go; null on a terminal, where they stand among the lines, which are broken between words
     */
    public Screen(PrintStream out, PrintStream problems) {
        printer = out::println;
        this.problems = problems;
        if (problems == null) {
            int columns = TerminalWidth.now();
            width = () -> columns;
        }
        DaemonThreads.named("screen").newThread(this::print).start();
    }

    /** Replaces how a line is printed, above the prompt, say, and how the prompt is drawn again. */
    void printWith(Consumer<String> printer, Runnable redrawer) {
        this.printer = printer;
        this.redrawer = redrawer;
    }

    /** From now on it is told what was thrown while a line was printed, by the thread that prints; the next are printed in any case. */
    public void whenFailed(Consumer<Throwable> listener) {
        failure = listener;
    }

    /** From now on lines are broken for that many columns; below 20 for none, as where a terminal does not say. */
    public void breakAt(IntSupplier columns) {
        width = columns;
    }

    /** The most columns of a line. */
    int width() {
        int columns = width.getAsInt();
        return columns < LEAST ? Integer.MAX_VALUE : columns;
    }

    /** Draws the prompt again, as it has changed. */
    void redraw() {
        jobs.add(() -> redrawer.run());
    }

    /** The answer to a command; it may quote what came from others. */
    public void line(String text) {
        String line = Printable.of(text);
        jobs.add(() -> printer.accept(broken(line)));
    }

    /** The same, of a row whose text begins at that column. */
    public void row(String text, int column) {
        String line = Printable.of(text);
        jobs.add(() -> printer.accept(String.join("\n", WordWrap.lines(line, width(), column))));
    }

    private String broken(String line) {
        return String.join("\n", WordWrap.lines(line, width()));
    }

    /** Text of our own, which may ring the bell, or have escape sequences for bold in it, and then fits. */
    void styled(String text) {
        jobs.add(() -> printer.accept(text.indexOf(ESCAPE) < 0 ? broken(text) : text));
    }

    /** Something that happened; it is put into words by the thread that prints. */
    public synchronized void event(Object what) {
        if (jobs.size() >= MOST_EVENTS_WAITING) {
            leftOut++;
            return;
        }
        if (leftOut > 0) {
            line("... " + Count.of(leftOut, "event") + " left out here; the \"log\" command shows them");
            leftOut = 0;
        }
        jobs.add(() -> printer.accept(broken(Printable.of(what.toString()))));
    }

    /** Something that went wrong. */
    public void problem(String text) {
        String line = Printable.of(text); // it may quote what was typed or came in
        jobs.add(problems == null ? () -> printer.accept(broken(line)) : () -> problems.println(line));
    }

    private void print() {
        try {
            while (true) {
                print(jobs.take());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A line that cannot be printed costs no other one. */
    private void print(Runnable job) {
        try {
            job.run();
        } catch (RuntimeException | Error error) {
            try {
                failure.accept(error);
                String line = "a line cannot be printed: " + FailureText.inOneLine(error);
                if (repeats.first(line, System.nanoTime())) {
                    System.err.println(line);
                }
            } catch (RuntimeException | Error mute) {
                // nobody hears of it, that is all
            }
        }
    }

    /** Waits until what was said so far is printed, for two seconds at most. */
    public void flush() {
        CountDownLatch printed = new CountDownLatch(1);
        jobs.add(printed::countDown);
        try {
            printed.await(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        flush();
    }
}
