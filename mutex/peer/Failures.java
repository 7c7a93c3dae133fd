package mutex.peer;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import mutex.transport.FailureText;
import mutex.transport.OncePerMinute;

/**
 * What becomes of a failure here. At the edge (a listener, a page, a link) the peer says what it was and goes on; in the
 * core, or of the Java machine itself, it ends the process: better no peer than one that lets two in. Loop thread only.
 */
final class Failures {

    /** Stands for the last events where there is no memory to look for them. */
    static final String UNKNOWN = "not known";

    private final Consumer<String> voice;
    private final BiConsumer<Throwable, String> dying;
    private final Supplier<List<?>> lastEvents;
    private final OncePerMinute repeats = new OncePerMinute();
    private boolean broken; // a rule of the core
    private Runnable whenBroken = () -> { };

    /**
     * @param voice takes the lines for a person
     * @param dying is told what broke, and the last events; ends the process
     */
    Failures(Consumer<String> voice, BiConsumer<Throwable, String> dying, Supplier<List<?>> lastEvents) {
        this.voice = voice;
        this.dying = dying;
        this.lastEvents = lastEvents;
    }

    /** One line for a person; where that cannot be taken, to the standard error. */
    void say(String line) {
        try {
            voice.accept(line);
        } catch (RuntimeException | Error mute) {
            System.err.println(line + " (" + FailureText.inOneLine(mute) + ")");
        }
    }

    void sayOncePerMinute(String line) {
        if (repeats.first(line, System.nanoTime())) {
            say(line);
        }
    }

    /** Something at the edge threw. Not the core, so this peer goes on, and says what it was. */
    void failed(Throwable error) {
        if (broken) {
            return; // it is that which is on its way out
        }
        if (FailureText.isFatal(error)) {
            die(error);
            return;
        }
        sayOncePerMinute("failed here, and goes on: " + FailureText.inOneLine(error));
    }

    /** A peer that fails in the middle of a step must not go on. */
    void die(Throwable error) {
        if (!broken) {
            broken = true;
            String last = UNKNOWN;
            try {
                whenBroken.run();
                last = String.valueOf(lastEvents.get());
            } finally {
                dying.accept(error, last); // which ends the process, whatever was thrown meanwhile
            }
        }
    }

    /** To be run when a rule of the core is broken: it must not be called again. */
    void whenBroken(Runnable stop) {
        whenBroken = stop;
    }
}
