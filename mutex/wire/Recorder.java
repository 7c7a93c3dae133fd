package mutex.wire;

import mutex.log.Input;
import mutex.log.LogFile;
import mutex.node.Event;

/** Writes down what is fed to a node, so that {@code replay} can feed it to a fresh one. Loop thread only. */
public final class Recorder {

    private final LogFile log;
    private final int peer;
    private final StepText text = new StepText(); // used on the log's thread only
    private long number = 1; // of the last input; the first is the beginning

    public Recorder(LogFile log, int peer) {
        this.log = log;
        this.peer = peer;
    }

    public void fed(Event event, long known, long now) {
        Fed fed = new Fed(event, known, now);
        log.feed(new Input(peer, ++number, fed.quiet(), () -> text.out(fed)));
    }
}
