package mutex.run;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import mutex.text.ExitCode;

/** The end of a command by a fault of its own: with a line, where there is memory and a reader for it, and in any case with 70. 1, as Java would leave, says that another has the lock. */
public final class OwnFault {

    private static final long LINE_WITHIN = 2_000; // milliseconds
    private static final byte[] UNSAID = "internal error: no memory is left\n".getBytes(StandardCharsets.US_ASCII);

    private OwnFault() {}

    /** Says it, within two seconds or else ends at once; the exit code. */
    static int say(String verb, Throwable fault) {
        return say(() -> verb + ": internal error: " + fault);
    }

    /** The same, in other words. */
    public static int say(Supplier<String> line) {
        CountDownLatch said = new CountDownLatch(1);
        try {
            endUnless(said);
            System.err.println(line.get());
        } catch (RuntimeException | Error noMemory) {
            say(UNSAID);
        } finally {
            said.countDown();
        }
        return ExitCode.INTERNAL;
    }

    private static void endUnless(CountDownLatch said) {
        Thread end = new Thread(() -> {
            try {
                if (!said.await(LINE_WITHIN, TimeUnit.MILLISECONDS)) {
                    Runtime.getRuntime().halt(ExitCode.INTERNAL);
                }
            } catch (InterruptedException e) {
                // nobody does
            }
        }, "end");
        end.setDaemon(true);
        try {
            end.start();
        } catch (OutOfMemoryError noThread) {
            // then the line is waited for
        }
    }

    private static void say(byte[] line) {
        try {
            new FileOutputStream(FileDescriptor.err).write(line);
        } catch (IOException | Error unsaid) {
            // the code says it
        }
    }
}
