package mutex.wire;

import mutex.event.Event;
import mutex.log.LogFile;
import mutex.log.StepLine;

/** Writes down what is fed to a node, so that {@code replay} can feed it to a fresh one. Loop thread only. */
public final class StepRecorder {

    private final LogFile log;
    private final int peer;
    private final StepCodec text = new StepCodec(); // used on the log's thread only
    private long number = 1; // of the last input; the first is the beginning

    public StepRecorder(LogFile log, int peer) {
        this.log = log;
        this.peer = peer;
    }

    public void fed(Event event, long known, long now) {
        RecordedStep fed = new RecordedStep(event, known, now);
        log.feed(new StepLine(peer, ++number, fed.quiet(), () -> text.out(fed)));
    }
}
