package mutex.peer;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import mutex.text.ExitCode;
import mutex.transport.DaemonThreads;

/**
 * What becomes of a process whose peer has broken a rule of the core, or has no memory: better no peer than one that lets two in.
 * It ends whatever happens: what that takes is made beforehand, and a thread of its own sees to it where nobody reads the last words.
 */
public final class BrokenRule {

    private static final long WORDS_WITHIN = 2_000; // milliseconds
    private static final CountDownLatch BROKEN = new CountDownLatch(1);
    private static final FileOutputStream ERROR = new FileOutputStream(FileDescriptor.err); // takes bytes without making anything

    static {
        DaemonThreads.named("end").newThread(() -> {
            try {
                BROKEN.await();
                Thread.sleep(WORDS_WITHIN);
            } catch (InterruptedException e) {
                return; // nobody does
            }
            Runtime.getRuntime().halt(ExitCode.INTERNAL);
        }).start();
    }

    private BrokenRule() {}

    /**
     * Says what was broken, with the last events, and ends the process at once.
     *
     * @param program that runs the peer, as its messages begin
     */
    public static BiConsumer<Throwable, String> ends(String program) {
        byte[] withoutMemory = (program + ": stopped, because no memory is left\n").getBytes(StandardCharsets.UTF_8);
        return (broken, lastEvents) -> {
            try {
                BROKEN.countDown();
                say(program + ": stopped, because a peer broke one of its own rules: " + broken + "; last events: " + lastEvents, broken);
            } catch (RuntimeException | Error noMemory) {
                say(withoutMemory);
            } finally {
                Runtime.getRuntime().halt(ExitCode.INTERNAL);
            }
        };
    }

    private static void say(String line, Throwable broken) {
        System.err.println(line);
        broken.printStackTrace();
    }

    private static void say(byte[] line) {
        try {
            ERROR.write(line);
        } catch (IOException unread) {
            // it ends all the same
        }
    }
}
