package mutex.transport;

import java.nio.channels.ClosedChannelException;
import java.util.concurrent.RejectedExecutionException;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import mutex.text.Printable;

/** Prints what the network library warns of: a line instead of a stack trace, and the same once a minute at most. */
final class LibraryLog extends Handler {

    private static final int MOST_TEXT = 300;

    private final OncePerMinute repeats = new OncePerMinute(); // guarded by this
    private final SimpleFormatter formatter = new SimpleFormatter(); // fills in the parameters

    @Override
    public synchronized void publish(LogRecord entry) {
        if (entry.getLevel().intValue() < Level.WARNING.intValue() || isOfAnEnd(entry.getThrown())) {
            return;
        }
        String text = Printable.of(formatter.formatMessage(entry).lines().findFirst().orElse(""), MOST_TEXT);
        if (repeats.first(text, System.nanoTime())) {
            System.err.println("network library: " + text
                    + (entry.getThrown() == null ? "" : ": " + FailureText.inOneLine(entry.getThrown())));
        }
    }

    /** A loop or a connection is closed: by us, or whoever uses it is told. */
    private static boolean isOfAnEnd(Throwable thrown) {
        Throwable root = thrown;
        while (root != null && root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root instanceof RejectedExecutionException || root instanceof ClosedChannelException;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
