package mutex.peer;

import java.util.function.BiConsumer;
import mutex.text.ExitCode;

/** What becomes of a process whose peer has broken a rule of the core: better no peer than one that lets two in. */
public final class BrokenRule {

    private BrokenRule() {}

    /**
     * Says what was broken, with the last events, and ends the process at once.
     *
     * @param program that runs the peer, as its messages begin
     */
    public static BiConsumer<Throwable, String> ends(String program) {
        return (broken, lastEvents) -> {
            System.err.println(program + ": stopped, because a peer broke one of its own rules: " + broken + "; last events: " + lastEvents);
            broken.printStackTrace();
            Runtime.getRuntime().halt(ExitCode.INTERNAL);
        };
    }
}
