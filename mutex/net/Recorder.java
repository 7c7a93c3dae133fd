package mutex.net;

import mutex.node.Event;
import mutex.trace.Input;
import mutex.trace.LogFile;

/** Writes down what is fed to a node, so that {@code replay} can feed it to a fresh one. Loop thread only. */
final class Recorder {

    private final LogFile log;
    private final int peer;
    private final StepText text = new StepText(); // used on the log's thread only
    private long number = 1; // of the last input; the first is the beginning

    Recorder(LogFile log, int peer) {
        this.log = log;
        this.peer = peer;
    }

    void fed(Event event, long known, long now) {
        Fed fed = new Fed(event, known, now);
        log.feed(new Input(peer, ++number, fed.quiet(), () -> text.out(fed)));
    }
}
