package mutex.replay;

import java.io.PrintStream;
import mutex.transport.DaemonThreads;

/** Says that something goes on, once it takes more than a second; on a thread of its own. */
final class ProgressNotice implements AutoCloseable {

    private static final long SAY_EVERY_MILLIS = 1_000;

    private final PrintStream out;
    private final Thread teller = DaemonThreads.named("progress").newThread(this::tell);
    private volatile String doing;

    ProgressNotice(PrintStream out, String doing) {
        this.out = out;
        this.doing = doing;
        teller.start();
    }

    void now(String doing) {
        this.doing = doing;
    }

    private void tell() {
        try {
            while (true) {
                Thread.sleep(SAY_EVERY_MILLIS);
                out.println("replay: " + doing + " ...");
            }
        } catch (InterruptedException done) {
            // that is how it ends
        }
    }

    @Override
    public void close() {
        teller.interrupt();
    }
}
